/** Orders of numbers: ten minutes with what they have reserved, then in service or back in stock (N3). */
import type { Country } from '../core/country.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import type { NumberType } from '../core/number.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface NumberOrderRow {
  readonly orderId: Uuid
  readonly tenantId: TenantId
  readonly status: 'reserved' | 'completed' | 'cancelled' | 'expired'
  readonly name: string
  readonly description: string
  readonly country: Country
  readonly type: NumberType
  /** What was reserved, and stays here when it went another way. */
  readonly numbers: readonly E164[]
  readonly createdAt: Instant
  /** By the tenant's clock. */
  readonly expiresAt: Instant
  readonly endedAt: Instant | null
}

const COLUMNS = `o.order_id AS "orderId", o.tenant_id AS "tenantId", o.status, o.name, o.description, o.country, o.type, o.numbers,
  o.created_at AS "createdAt", o.expires_at AS "expiresAt", o.ended_at AS "endedAt"`

/** `realNow`: beside the tenant's own times, for a sandbox whose clock stands still. */
export async function insertOrder(tx: Tx, order: NumberOrderRow, realNow: Instant): Promise<void> {
  await tx.execute(
    `INSERT INTO number_order (order_id, tenant_id, status, name, description, country, type, numbers, created_at, expires_at, made_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0), to_timestamp($10 / 1000.0), to_timestamp($11 / 1000.0))`,
    [
      order.orderId,
      order.tenantId,
      order.status,
      order.name,
      order.description,
      order.country,
      order.type,
      [...order.numbers],
      order.createdAt,
      order.expiresAt,
      realNow,
    ],
  )
}

export async function setOrderNumbers(tx: Tx, orderId: Uuid, numbers: readonly E164[]): Promise<void> {
  await tx.execute('UPDATE number_order SET numbers = $2 WHERE order_id = $1', [orderId, [...numbers]])
}

export async function lockOrder(tx: Tx, tenantId: TenantId, orderId: Uuid): Promise<NumberOrderRow | null> {
  const [row] = await tx.query<NumberOrderRow>(
    `SELECT ${COLUMNS} FROM number_order o WHERE o.tenant_id = $1 AND o.order_id = $2 FOR UPDATE OF o`,
    [tenantId, orderId],
  )
  return row ?? null
}

export async function findOrder(db: Queryable, tenantId: TenantId, orderId: Uuid): Promise<NumberOrderRow | null> {
  const [row] = await db.query<NumberOrderRow>(
    `SELECT ${COLUMNS} FROM number_order o WHERE o.tenant_id = $1 AND o.order_id = $2`,
    [tenantId, orderId],
  )
  return row ?? null
}

/** Newest first, those before `before` if given. */
export const listOrders = (
  db: Queryable,
  tenantId: TenantId,
  page: { readonly limit: number; readonly before: Uuid | null },
): Promise<NumberOrderRow[]> =>
  db.query<NumberOrderRow>(
    `SELECT ${COLUMNS} FROM number_order o WHERE o.tenant_id = $1 AND ($2::uuid IS NULL OR o.order_id < $2)
     ORDER BY o.order_id DESC LIMIT $3`,
    [tenantId, page.before, page.limit],
  )

export async function endOrder(
  tx: Tx,
  orderId: Uuid,
  end: {
    readonly status: 'completed' | 'cancelled' | 'expired'
    readonly at: Instant
    readonly name?: string
    readonly description?: string
  },
): Promise<void> {
  await tx.execute(
    `UPDATE number_order SET status = $2, ended_at = to_timestamp($3 / 1000.0), name = coalesce($4, name),
       description = coalesce($5, description)
     WHERE order_id = $1`,
    [orderId, end.status, end.at, end.name ?? null, end.description ?? null],
  )
}

/** Reservations whose ten minutes are over by their tenant's clock, or by the real one `madeBefore` ago; locked, a few at a time. */
export const lockOverdue = (
  tx: Tx,
  now: Instant,
  madeBefore: Instant,
  limit: number,
): Promise<(NumberOrderRow & { readonly now: Instant })[]> =>
  tx.query(
    `SELECT ${COLUMNS}, coalesce(t.clock_at, to_timestamp($1 / 1000.0)) AS now
     FROM number_order o JOIN tenant t ON t.tenant_id = o.tenant_id
     WHERE o.status = 'reserved'
       AND (o.expires_at <= coalesce(t.clock_at, to_timestamp($1 / 1000.0)) OR o.made_at <= to_timestamp($2 / 1000.0))
     ORDER BY o.order_id LIMIT $3 FOR UPDATE OF o SKIP LOCKED`,
    [now, madeBefore, limit],
  )

export interface NumberUse {
  readonly type: NumberType
  /** In service and counted by N2: neither ported nor standing in for one that is. */
  readonly counted: number
  readonly reserved: number
  readonly inService: number
}

/** What a tenant has of each type; reservations that are over at `now` (the tenant's) count no more. */
export const numberUse = (db: Queryable, tenantId: TenantId, now: Instant): Promise<NumberUse[]> =>
  db.query<NumberUse>(
    `SELECT type, sum(counted)::integer AS counted, sum(reserved)::integer AS reserved, sum(in_service)::integer AS "inService" FROM (
       SELECT type, count(*) FILTER (WHERE origin NOT IN ('ported', 'trunk') AND NOT temporary) AS counted, 0 AS reserved, count(*) AS in_service
       FROM phone_number WHERE tenant_id = $1 GROUP BY type
       UNION ALL
       SELECT type, 0, sum(cardinality(numbers)), 0 FROM number_order
       WHERE tenant_id = $1 AND status = 'reserved' AND expires_at > to_timestamp($2 / 1000.0) GROUP BY type
     ) parts GROUP BY type ORDER BY type`,
    [tenantId, now],
  )

export interface VoiceLicences {
  /** All voice licences that were bought … */
  readonly all: number
  /** … and of these, with plan. */
  readonly withPlan: number
}

export async function voiceLicences(db: Queryable, tenantId: TenantId): Promise<VoiceLicences> {
  const [row] = await db.query<VoiceLicences>(
    `SELECT coalesce(sum(purchased), 0)::integer AS "all",
       coalesce(sum(purchased) FILTER (WHERE sku = 'voice-with-calling-plan'), 0)::integer AS "withPlan"
     FROM subscription WHERE tenant_id = $1 AND sku IN ('voice-with-calling-plan', 'voice-without-calling-plan')`,
    [tenantId],
  )
  return row ?? { all: 0, withPlan: 0 }
}
