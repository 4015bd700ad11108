/** Reviews of months that are over: what they would have cost with the cheapest licences and plans. One for each tenant and month. */
import { type CostParts, type Review, type SeatCounts, type Silence, totalOf } from '../core/advice/review.ts'
import type { TenantId } from '../core/ids.ts'
import { micros } from '../core/money.ts'
import type { Instant, Month, TimeZone } from '../core/time.ts'
import type { Queryable } from './db.ts'

/** A tenant, and the last month that was reviewed. */
export interface ReviewOwner {
  readonly tenantId: TenantId
  readonly timeZone: TimeZone
  readonly clockAt: Instant | null
  readonly reviewed: Month | null
}

/** Tenants that may have a month to review: those whose clock is their own are for the caller to decide on. A few at a time. */
export function tenantsToReview(
  db: Queryable,
  lastMonths: readonly { readonly zone: TimeZone; readonly month: Month }[],
): Promise<ReviewOwner[]> {
  return db.query<ReviewOwner>(
    `SELECT t.tenant_id AS "tenantId", t.time_zone AS "timeZone", t.clock_at AS "clockAt", r.month AS reviewed
     FROM tenant t LEFT JOIN unnest($1::text[], $2::text[]) z(zone, month) ON z.zone = t.time_zone
     LEFT JOIN LATERAL (SELECT max(month) AS month FROM month_review WHERE tenant_id = t.tenant_id) r ON true
     WHERE t.licence_type = 'with-calling-plan' AND (t.clock_at IS NOT NULL OR z.month > coalesce(r.month, ''))
       AND EXISTS (SELECT FROM subscription s WHERE s.tenant_id = t.tenant_id)
     ORDER BY t.tenant_id LIMIT 500`,
    [lastMonths.map(({ zone }) => zone), lastMonths.map(({ month }) => month)],
  )
}

export interface ReviewedMonth {
  readonly tenantId: TenantId
  readonly month: Month
  readonly at: Instant
  readonly calls: number
  readonly review: Review
}

/** Once: who comes second changes nothing. */
export async function insertMonthReview(
  db: Queryable,
  { tenantId, month, at, calls, review }: ReviewedMonth,
): Promise<void> {
  const said = review.silent === null ? review : null
  await db.execute(
    `INSERT INTO month_review (tenant_id, month, reviewed_at, calls, silent, before_micros, best_micros,
                               costs_before, costs_best, seats_before, seats_best)
     VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant_id, month) DO NOTHING`,
    [
      tenantId,
      month,
      at,
      calls,
      review.silent,
      said && totalOf(said.before),
      said && totalOf(said.best),
      said && printCosts(said.before),
      said && printCosts(said.best),
      said && JSON.stringify(said.seatsBefore),
      said && JSON.stringify(said.seatsBest),
    ],
  )
}

/** Null: the month was not reviewed. */
export async function readMonthReview(db: Queryable, tenantId: TenantId, month: Month): Promise<Review | null> {
  const [row] = await db.query<{
    silent: Silence | null
    before: PrintedCosts
    best: PrintedCosts
    seatsBefore: SeatCounts
    seatsBest: SeatCounts
  }>(
    `SELECT silent, costs_before AS before, costs_best AS best, seats_before AS "seatsBefore", seats_best AS "seatsBest"
     FROM month_review WHERE tenant_id = $1 AND month = $2`,
    [tenantId, month],
  )
  if (!row) return null
  const { silent, before, best, seatsBefore, seatsBest } = row
  return silent === null
    ? { silent, before: readCosts(before), best: readCosts(best), seatsBefore, seatsBest }
    : { silent }
}

/** JSON has no bigint. */
type PrintedCosts = { readonly [Part in keyof CostParts]: string }

const printCosts = ({ licences, international, credits }: CostParts): string =>
  JSON.stringify({ licences: String(licences), international: String(international), credits: String(credits) })

const readCosts = ({ licences, international, credits }: PrintedCosts): CostParts => ({
  licences: micros(BigInt(licences)),
  international: micros(BigInt(international)),
  credits: micros(BigInt(credits)),
})
