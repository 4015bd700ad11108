/** What was asked for seats, by month: for ever, so that a statement can be drawn up again at any time (A3). */
import type { Sku } from '../core/catalogue.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import { type Currency, type Micros, micros } from '../core/money.ts'
import type { Billing } from '../core/order.ts'
import type { DaySpan } from '../core/seat-price.ts'
import type { Instant, Month } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface SeatCharge {
  readonly chargeId: Uuid
  readonly tenantId: TenantId
  readonly sku: Sku
  readonly kind: 'month' | 'part'
  readonly seats: number
  readonly span: Pick<DaySpan, 'month' | 'from' | 'to' | 'monthDays'>
  /** Null: no price was set, and nothing is asked. */
  readonly perMonth: Micros | null
  readonly amount: Micros
  readonly currency: Currency
  readonly paidFrom: Billing
  readonly at: Instant
}

/** False when this month was asked for already: it is asked for once. */
export async function insertSeatCharge(tx: Tx, charge: SeatCharge): Promise<boolean> {
  const { span } = charge
  const inserted = await tx.execute(
    `INSERT INTO seat_charge (charge_id, tenant_id, sku, month, kind, seats, first_day, last_day, month_days, per_month_micros,
                              amount_micros, currency, paid_from, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, to_timestamp($14 / 1000.0))
     ON CONFLICT (tenant_id, sku, month) WHERE kind = 'month' DO NOTHING`,
    [
      charge.chargeId,
      charge.tenantId,
      charge.sku,
      span.month,
      charge.kind,
      charge.seats,
      span.from,
      span.to,
      span.monthDays,
      charge.perMonth,
      charge.amount,
      charge.currency,
      charge.paidFrom,
      charge.at,
    ],
  )
  return inserted === 1
}

/** A month's charges, in the order in which they were made. */
export async function listSeatCharges(db: Queryable, tenantId: TenantId, month: Month): Promise<SeatCharge[]> {
  const rows = await db.query<{
    charge_id: Uuid
    sku: Sku
    kind: 'month' | 'part'
    seats: number
    first_day: string
    last_day: string
    month_days: number
    per_month_micros: bigint | null
    amount_micros: bigint
    currency: Currency
    paid_from: Billing
    at: Instant
  }>(
    `SELECT charge_id, sku, kind, seats, first_day, last_day, month_days, per_month_micros, amount_micros, currency, paid_from, at
     FROM seat_charge WHERE tenant_id = $1 AND month = $2 ORDER BY charge_id`,
    [tenantId, month],
  )
  return rows.map((row) => ({
    chargeId: row.charge_id,
    tenantId,
    sku: row.sku,
    kind: row.kind,
    seats: row.seats,
    span: { month, from: row.first_day, to: row.last_day, monthDays: row.month_days },
    perMonth: row.per_month_micros === null ? null : micros(row.per_month_micros),
    amount: micros(row.amount_micros),
    currency: row.currency,
    paidFrom: row.paid_from,
    at: row.at,
  }))
}
