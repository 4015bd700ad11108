/** Money coming in: one row per intent. Its id is the provider's idempotency key and the name of the lot that it opens. */
import type { TenantId, Uuid } from '../core/ids.ts'
import { type Currency, type Micros, micros } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export type FundingKind = 'manual' | 'card' | 'recharge'
export type FundingState = 'pending' | 'succeeded' | 'failed'

export interface Funding {
  readonly fundingId: Uuid
  readonly tenantId: TenantId
  readonly kind: FundingKind
  readonly state: FundingState
  readonly amountMicros: Micros
  readonly currency: Currency
  readonly paymentMethodId: Uuid | null
  readonly createdAt: Instant
  /** How often the provider was asked. */
  readonly attempts: number
  readonly nextAttemptAt: Instant | null
  readonly settledAt: Instant | null
  readonly expiresAt: Instant | null
  readonly failure: string | null
  readonly providerReference: string | null
}

interface FundingRow {
  readonly funding_id: Uuid
  readonly tenant_id: TenantId
  readonly kind: FundingKind
  readonly state: FundingState
  readonly amount_micros: bigint
  readonly currency: Currency
  readonly payment_method_id: Uuid | null
  readonly created_at: Instant
  readonly attempts: number
  readonly next_attempt_at: Instant | null
  readonly settled_at: Instant | null
  readonly expires_at: Instant | null
  readonly failure: string | null
  readonly provider_reference: string | null
}

const COLUMNS = `funding_id, tenant_id, kind, state, amount_micros, currency, payment_method_id, created_at, attempts,
  next_attempt_at, settled_at, expires_at, failure, provider_reference`

const readRow = (row: FundingRow): Funding => ({
  fundingId: row.funding_id,
  tenantId: row.tenant_id,
  kind: row.kind,
  state: row.state,
  amountMicros: micros(row.amount_micros),
  currency: row.currency,
  paymentMethodId: row.payment_method_id,
  createdAt: row.created_at,
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  settledAt: row.settled_at,
  expiresAt: row.expires_at,
  failure: row.failure,
  providerReference: row.provider_reference,
})

/** False when the tenant's wallet has a recharge in flight already (W4: one). */
export async function insertFunding(tx: Tx, funding: Funding): Promise<boolean> {
  const inserted = await tx.execute(
    `INSERT INTO funding (funding_id, tenant_id, kind, state, amount_micros, currency, payment_method_id, created_at, attempts,
                          next_attempt_at, settled_at, expires_at, failure, provider_reference)
     VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0), $9, to_timestamp($10 / 1000.0), to_timestamp($11 / 1000.0),
             to_timestamp($12 / 1000.0), $13, $14)
     ON CONFLICT (tenant_id) WHERE kind = 'recharge' AND state = 'pending' DO NOTHING`,
    [
      funding.fundingId,
      funding.tenantId,
      funding.kind,
      funding.state,
      funding.amountMicros,
      funding.currency,
      funding.paymentMethodId,
      funding.createdAt,
      funding.attempts,
      funding.nextAttemptAt,
      funding.settledAt,
      funding.expiresAt,
      funding.failure,
      funding.providerReference,
    ],
  )
  return inserted === 1
}

export async function readFunding(db: Queryable, tenantId: TenantId, fundingId: Uuid): Promise<Funding | null> {
  const rows = await db.query<FundingRow>(`SELECT ${COLUMNS} FROM funding WHERE tenant_id = $1 AND funding_id = $2`, [
    tenantId,
    fundingId,
  ])
  return rows[0] ? readRow(rows[0]) : null
}

/** Locks the funding until the transaction ends: who holds it settles it. */
export async function lockFunding(tx: Tx, fundingId: Uuid): Promise<Funding | null> {
  const rows = await tx.query<FundingRow>(`SELECT ${COLUMNS} FROM funding WHERE funding_id = $1 FOR NO KEY UPDATE`, [
    fundingId,
  ])
  return rows[0] ? readRow(rows[0]) : null
}

/** The tenant's fundings, newest first, those before `before` if given. */
export async function listFundings(
  db: Queryable,
  tenantId: TenantId,
  page: { limit: number; before: Uuid | null },
): Promise<Funding[]> {
  const rows = await db.query<FundingRow>(
    `SELECT ${COLUMNS} FROM funding WHERE tenant_id = $1 AND ($2::uuid IS NULL OR funding_id < $2)
     ORDER BY funding_id DESC LIMIT $3`,
    [tenantId, page.before, page.limit],
  )
  return rows.map(readRow)
}

/** Automatic recharges, newest first. */
export async function listRecharges(db: Queryable, tenantId: TenantId, limit: number): Promise<Funding[]> {
  const rows = await db.query<FundingRow>(
    `SELECT ${COLUMNS} FROM funding WHERE tenant_id = $1 AND kind = 'recharge' ORDER BY funding_id DESC LIMIT $2`,
    [tenantId, limit],
  )
  return rows.map(readRow)
}

/** Money that came in from `from` until before `to`, oldest first. */
export async function listFundingsOf(
  db: Queryable,
  tenantId: TenantId,
  from: Instant,
  to: Instant,
): Promise<Funding[]> {
  const rows = await db.query<FundingRow>(
    `SELECT ${COLUMNS} FROM funding WHERE tenant_id = $1 AND state = 'succeeded'
       AND settled_at >= to_timestamp($2 / 1000.0) AND settled_at < to_timestamp($3 / 1000.0)
     ORDER BY settled_at, funding_id`,
    [tenantId, from, to],
  )
  return rows.map(readRow)
}

/** Counts a try before it is made, and says when the next one is due if this one brings no answer. */
export async function recordAttempt(tx: Tx, fundingId: Uuid, nextAttemptAt: Instant): Promise<void> {
  await tx.execute(
    'UPDATE funding SET attempts = attempts + 1, next_attempt_at = to_timestamp($2 / 1000.0) WHERE funding_id = $1',
    [fundingId, nextAttemptAt],
  )
}

/** Ends a pending funding; its row must be locked. */
export async function settleFunding(
  tx: Tx,
  fundingId: Uuid,
  end:
    | { state: 'succeeded'; at: Instant; expiresAt: Instant | null; providerReference: string }
    | { state: 'failed'; at: Instant; failure: string },
): Promise<void> {
  await tx.execute(
    `UPDATE funding SET state = $2, settled_at = to_timestamp($3 / 1000.0), next_attempt_at = NULL,
       expires_at = to_timestamp($4 / 1000.0), provider_reference = $5, failure = $6
     WHERE funding_id = $1 AND state = 'pending'`,
    end.state === 'succeeded'
      ? [fundingId, end.state, end.at, end.expiresAt, end.providerReference, null]
      : [fundingId, end.state, end.at, null, null, end.failure],
  )
}

/** What automatic recharges have brought since `since`, for the caps (W4). */
export async function rechargedSince(db: Queryable, tenantId: TenantId, since: Instant): Promise<Micros> {
  const rows = await db.query<{ sum: bigint }>(
    `SELECT coalesce(sum(amount_micros), 0)::bigint AS sum FROM funding
     WHERE tenant_id = $1 AND kind = 'recharge' AND state = 'succeeded' AND settled_at >= to_timestamp($2 / 1000.0)`,
    [tenantId, since],
  )
  return micros(rows[0]?.sum ?? 0n)
}

export interface PendingFunding {
  readonly fundingId: Uuid
  readonly tenantId: TenantId
}

/**
 * Pending fundings whose provider should be asked (again), oldest first. The provider lives in real time, and a frozen clock never
 * comes to the next attempt by itself: a frozen sandbox asks each time.
 */
export async function dueFundings(db: Queryable, now: Instant, tenantId: TenantId | null): Promise<PendingFunding[]> {
  const rows = await db.query<{ funding_id: Uuid; tenant_id: TenantId }>(
    `SELECT f.funding_id, f.tenant_id FROM funding f JOIN tenant t ON t.tenant_id = f.tenant_id
     WHERE f.state = 'pending' AND ($2::uuid IS NULL OR f.tenant_id = $2)
       AND (t.clock_at IS NOT NULL OR f.next_attempt_at <= to_timestamp($1 / 1000.0))
     ORDER BY f.funding_id LIMIT 1000`,
    [now, tenantId],
  )
  return rows.map((row) => ({ fundingId: row.funding_id, tenantId: row.tenant_id }))
}
