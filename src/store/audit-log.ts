/** Who changed what, when, from what to what, and for whom: append-only, in the transaction of the change itself. */
import type { AuditAct } from '../core/audit-act.ts'
import type { PartnerId, TenantId, Uuid } from '../core/ids.ts'
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
  readonly action: AuditAct
  readonly subject: string
  readonly before?: unknown
  readonly after?: unknown
}

/**
 * Writes an entry. Where somebody acts at a tenant that is not their own, the entry says as whom: what they are at this moment, for
 * roles change and the log does not. The name of a key that looks like nobody’s mail address is a key’s.
 */
export async function record(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.execute(
    `INSERT INTO audit_log (audit_id, tenant_id, at, actor, action, subject, before, after, acting_as, acting_partner_id)
     SELECT $1, $2::uuid, to_timestamp($3 / 1000.0), $4, $5, $6, $7::jsonb, $8::jsonb, guest.role, guest.partner_id
     FROM (SELECT) one LEFT JOIN guest_at($2, $4) guest ON true`,
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

export interface LoggedEntry extends AuditEntry {
  /** Somebody of the installation or of a partner, at a tenant that is not their own. */
  readonly actingAs: 'operator' | 'partner' | null
  readonly partnerId: PartnerId | null
  readonly partnerName: string | null
}

/** Which entries a list shows; what is absent does not matter. */
export interface AuditFilter {
  /** At or after this instant … */
  readonly from?: Instant
  /** … and before this one. */
  readonly to?: Instant
  readonly actor?: string
  /** `licence`, or `licence.assigned`. */
  readonly action?: string
  readonly subject?: string
}

export interface AuditPlace {
  readonly at: Instant
  readonly id: Uuid
}

/** Changes of a tenant, or (null) those of the installation that are no tenant’s, newest first; after `after`, if given. */
export function listAuditLog(
  db: Queryable,
  tenantId: TenantId | null,
  filter: AuditFilter,
  page: { readonly limit: number; readonly after: AuditPlace | null },
): Promise<LoggedEntry[]> {
  const { from, to, actor, action, subject } = filter
  const values: unknown[] = []
  const put = (value: unknown): string => `$${values.push(value)}`
  const instant = (at: Instant): string => `to_timestamp(${put(at)} / 1000.0)`
  // Only what is asked for is in the statement: each wish has an index that leads with it.
  const conditions = [
    tenantId === null ? 'a.tenant_id IS NULL' : `a.tenant_id = ${put(tenantId)}`,
    ...(from === undefined ? [] : [`a.at >= ${instant(from)}`]),
    ...(to === undefined ? [] : [`a.at < ${instant(to)}`]),
    ...(actor === undefined ? [] : [`a.actor = ${put(actor)}`]),
    ...(subject === undefined ? [] : [`a.subject = ${put(subject)}`]),
    ...(action === undefined ? [] : [`a.noun = ${put(action.split('.')[0])}`]),
    ...(action?.includes('.') ? [`a.action = ${put(action)}`] : []),
    ...(page.after === null ? [] : [`(a.at, a.audit_id) < (${instant(page.after.at)}, ${put(page.after.id)}::uuid)`]),
  ]
  return db.query<LoggedEntry>(
    `SELECT a.audit_id AS id, a.tenant_id AS "tenantId", a.at, a.actor, a.action, a.subject, a.before, a.after,
       a.acting_as AS "actingAs", a.acting_partner_id AS "partnerId", p.name AS "partnerName"
     FROM audit_log a LEFT JOIN partner p ON p.partner_id = a.acting_partner_id
     WHERE ${conditions.join(' AND ')} ORDER BY a.at DESC, a.audit_id DESC LIMIT ${put(page.limit)}`,
    values,
  )
}
