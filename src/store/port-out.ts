/** Numbers that leave for another carrier, and the PIN that it must know (N5). */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface PortOutPin {
  readonly pinHash: string
  readonly setAt: Instant
  readonly setBy: string
}

export async function findPortOutPin(db: Queryable, tenantId: TenantId): Promise<PortOutPin | null> {
  const [row] = await db.query<PortOutPin>(
    `SELECT pin_hash AS "pinHash", set_at AS "setAt", set_by AS "setBy" FROM port_out_pin WHERE tenant_id = $1`,
    [tenantId],
  )
  return row ?? null
}

/** A new PIN; the former one opens nothing any more. */
export async function savePortOutPin(tx: Tx, tenantId: TenantId, pin: PortOutPin): Promise<void> {
  await tx.execute(
    `INSERT INTO port_out_pin (tenant_id, pin_hash, set_at, set_by) VALUES ($1, $2, to_timestamp($3 / 1000.0), $4)
     ON CONFLICT (tenant_id) DO UPDATE SET pin_hash = excluded.pin_hash, set_at = excluded.set_at, set_by = excluded.set_by`,
    [tenantId, pin.pinHash, pin.setAt, pin.setBy],
  )
}

export interface PortOutRow {
  readonly portOutId: Uuid
  readonly tenantId: TenantId
  readonly number: E164
  readonly carrier: string
  readonly status: 'scheduled' | 'completed' | 'cancelled'
  readonly requestedAt: Instant
  readonly leavesAt: Instant
  readonly endedAt: Instant | null
}

const COLUMNS = `o.port_out_id AS "portOutId", o.tenant_id AS "tenantId", o.number, o.carrier, o.status, o.requested_at AS "requestedAt",
  o.leaves_at AS "leavesAt", o.ended_at AS "endedAt"`

/** `leaves_once` refuses a number that leaves already. */
export async function insertPortOut(tx: Tx, row: PortOutRow): Promise<void> {
  await tx.execute(
    `INSERT INTO port_out (port_out_id, tenant_id, number, carrier, status, requested_at, leaves_at)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7 / 1000.0))`,
    [row.portOutId, row.tenantId, row.number, row.carrier, row.status, row.requestedAt, row.leavesAt],
  )
}

/** Newest first, those before `before` if given. */
export const listPortOuts = (
  db: Queryable,
  tenantId: TenantId,
  page: { readonly limit: number; readonly before: Uuid | null },
): Promise<PortOutRow[]> =>
  db.query<PortOutRow>(
    `SELECT ${COLUMNS} FROM port_out o WHERE o.tenant_id = $1 AND ($2::uuid IS NULL OR o.port_out_id < $2)
     ORDER BY o.port_out_id DESC LIMIT $3`,
    [tenantId, page.before, page.limit],
  )

/** Those whose time has come, by each tenant's clock; locked, a few at a time. */
export const lockDuePortOuts = (
  tx: Tx,
  now: Instant,
  tenantId: TenantId | null,
  limit: number,
): Promise<(PortOutRow & { readonly now: Instant })[]> =>
  tx.query(
    `SELECT ${COLUMNS}, coalesce(t.clock_at, to_timestamp($1 / 1000.0)) AS now
     FROM port_out o JOIN tenant t ON t.tenant_id = o.tenant_id
     WHERE o.status = 'scheduled' AND o.leaves_at <= coalesce(t.clock_at, to_timestamp($1 / 1000.0))
       AND ($2::uuid IS NULL OR o.tenant_id = $2)
     ORDER BY o.leaves_at, o.port_out_id LIMIT $3 FOR UPDATE OF o SKIP LOCKED`,
    [now, tenantId, limit],
  )

/**
 * The number is another carrier's: out of service here, and never back in stock by itself. Whoever does not hold it any more, since a
 * ported number took the place of a temporary one, has nothing that could leave: then the request ends as cancelled, and the number of
 * whoever holds it now is left alone.
 */
export async function letNumberGo(tx: Tx, row: PortOutRow, at: Instant): Promise<PortOutRow> {
  const held = await tx.query('SELECT FROM phone_number WHERE tenant_id = $1 AND number = $2 FOR UPDATE', [
    row.tenantId,
    row.number,
  ])
  if (held.length === 0) return endPortOut(tx, row, 'cancelled', at)
  await tx.execute(
    `UPDATE number_stock SET status = 'withdrawn', order_id = NULL, quarantine_until = NULL WHERE number = $1`,
    [row.number],
  )
  await tx.execute('DELETE FROM phone_number WHERE tenant_id = $1 AND number = $2', [row.tenantId, row.number])
  return endPortOut(tx, row, 'completed', at)
}

/** Whether a number of this tenant is about to leave. Whoever holds the lock of the number's own row knows that it stays so. */
export async function isLeaving(tx: Tx, tenantId: TenantId, number: E164): Promise<boolean> {
  const rows = await tx.query(
    `SELECT FROM port_out WHERE tenant_id = $1 AND number = $2 AND status = 'scheduled' FOR UPDATE`,
    [tenantId, number],
  )
  return rows.length > 0
}

/** Locked, so that it does not leave while somebody keeps it; null: there is no such one. */
export async function lockPortOut(tx: Tx, tenantId: TenantId, portOutId: Uuid): Promise<PortOutRow | null> {
  const [row] = await tx.query<PortOutRow>(
    `SELECT ${COLUMNS} FROM port_out o WHERE o.tenant_id = $1 AND o.port_out_id = $2 FOR UPDATE`,
    [tenantId, portOutId],
  )
  return row ?? null
}

/** The number stays. */
export const cancelPortOut = (tx: Tx, row: PortOutRow, at: Instant): Promise<PortOutRow> =>
  endPortOut(tx, row, 'cancelled', at)

async function endPortOut(
  tx: Tx,
  row: PortOutRow,
  status: 'completed' | 'cancelled',
  at: Instant,
): Promise<PortOutRow> {
  await tx.execute(`UPDATE port_out SET status = $2, ended_at = to_timestamp($3 / 1000.0) WHERE port_out_id = $1`, [
    row.portOutId,
    status,
    at,
  ])
  return { ...row, status, endedAt: at }
}

/** Whom to tell: those who look after the numbers of a tenant. */
export async function numberAdmins(db: Queryable, tenantId: TenantId): Promise<string[]> {
  const rows = await db.query<{ email: string }>(
    `SELECT DISTINCT p.email FROM role_grant g JOIN person p USING (person_id)
     WHERE g.tenant_id = $1 AND g.role IN ('global-admin', 'communications-admin') AND p.disabled_at IS NULL ORDER BY p.email`,
    [tenantId],
  )
  return rows.map(({ email }) => email)
}
