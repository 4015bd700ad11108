/** The operator's price list of seats. Nothing in it is ever changed: a new price counts from its own instant on. */
import type { Sku } from '../core/catalogue.ts'
import type { Uuid } from '../core/ids.ts'
import { type Currency, micros } from '../core/money.ts'
import type { SeatPrice } from '../core/seat-price.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface SeatPriceRow extends SeatPrice {
  readonly priceId: Uuid
  readonly currency: Currency
  readonly createdAt: Instant
  readonly createdBy: string
}

interface Row {
  readonly price_id: Uuid
  readonly sku: Sku
  readonly currency: Currency
  readonly per_month_micros: bigint
  readonly valid_from: Instant
  readonly created_at: Instant
  readonly created_by: string
}

const COLUMNS = 'price_id, sku, currency, per_month_micros, valid_from, created_at, created_by'

const readRow = (row: Row): SeatPriceRow => ({
  priceId: row.price_id,
  sku: row.sku,
  currency: row.currency,
  perMonth: micros(row.per_month_micros),
  validFrom: row.valid_from,
  createdAt: row.created_at,
  createdBy: row.created_by,
})

/** Every price of a currency, in the order in which they were set: what `seatPriceAt` reads. */
export async function readSeatPrices(db: Queryable, currency: Currency): Promise<SeatPriceRow[]> {
  const rows = await db.query<Row>(`SELECT ${COLUMNS} FROM seat_price WHERE currency = $1 ORDER BY price_id`, [
    currency,
  ])
  return rows.map(readRow)
}

/** The whole list, newest first. */
export async function listSeatPrices(db: Queryable, limit: number, before: Uuid | null): Promise<SeatPriceRow[]> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS} FROM seat_price WHERE $2::uuid IS NULL OR price_id < $2 ORDER BY price_id DESC LIMIT $1`,
    [limit, before],
  )
  return rows.map(readRow)
}

export async function insertSeatPrice(tx: Tx, price: SeatPriceRow): Promise<void> {
  await tx.execute(
    `INSERT INTO seat_price (${COLUMNS})
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0), to_timestamp($6 / 1000.0), $7)`,
    [price.priceId, price.sku, price.currency, price.perMonth, price.validFrom, price.createdAt, price.createdBy],
  )
}
