/** Who changed what, when, from what to what: append-only, in the transaction of the change itself. */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface AuditEntry {
  readonly id: Uuid
  /** Null: the whole installation. */
  readonly tenantId: TenantId | null
  readonly at: Instant
  /** The name of the key or user that did it. */
  readonly actor: string
  /** `licence.assigned`: noun, then verb in the past. */
  readonly action: string
  readonly subject: string
  readonly before?: unknown
  readonly after?: unknown
}

export async function record(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.execute(
    `INSERT INTO audit_log (audit_id, tenant_id, at, actor, action, subject, before, after)
     VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, $5, $6, $7::jsonb, $8::jsonb)`,
    [
      entry.id,
      entry.tenantId,
      entry.at,
      entry.actor,
      entry.action,
      entry.subject,
      entry.before === undefined ? null : JSON.stringify(entry.before),
      entry.after === undefined ? null : JSON.stringify(entry.after),
    ],
  )
}

/** A tenant's changes, newest first. */
export function listAuditLog(
  db: Queryable,
  tenantId: TenantId,
  limit: number,
  before: Uuid | null,
): Promise<AuditEntry[]> {
  return db.query<AuditEntry>(
    `SELECT audit_id AS id, tenant_id AS "tenantId", at, actor, action, subject, before, after FROM audit_log
     WHERE tenant_id = $1 AND ($3::uuid IS NULL OR audit_id < $3) ORDER BY audit_id DESC LIMIT $2`,
    [tenantId, limit, before],
  )
}
