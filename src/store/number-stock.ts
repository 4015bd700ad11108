/** The operator's stock of numbers, one row each, and what orders take from it (N3). */
import type { Country } from '../core/country.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import { MOVES, type NumberType, type StockStatus, stockStatusesFor } from '../core/number.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import { textColumn, texts } from './bulk.ts'
import type { Queryable, Tx } from './db.ts'

export interface StockRow {
  readonly number: E164
  readonly type: NumberType
  readonly country: Country
  readonly city: string
  readonly areaCode: string
  readonly carrier: string
  readonly status: StockStatus
  readonly quarantineUntil: Instant | null
  readonly addedAt: Instant
  /** Who has it, or has reserved it. */
  readonly tenantId: TenantId | null
  readonly tenantName: string | null
}

const SELECT = `SELECT s.number, s.type, s.country, s.city, s.area_code AS "areaCode", s.carrier, s.status,
    s.quarantine_until AS "quarantineUntil", s.added_at AS "addedAt", t.tenant_id AS "tenantId", t.name AS "tenantName"
  FROM number_stock s
  LEFT JOIN phone_number n ON n.number = s.number
  LEFT JOIN number_order o ON o.order_id = s.order_id AND s.status = 'reserved'
  LEFT JOIN tenant t ON t.tenant_id = coalesce(n.tenant_id, o.tenant_id)`

export interface StockFilter {
  /** Digits anywhere in the number, or '' for all. */
  readonly search: string
  readonly country: Country | null
  readonly type: NumberType | null
  readonly city: string | null
  readonly areaCode: string | null
  readonly carrier: string | null
  readonly status: StockStatus | null
}

const CONDITIONS = `($1 = '' OR strpos(s.number, $1) > 0) AND ($2::text IS NULL OR s.country = $2) AND ($3::text IS NULL OR s.type = $3)
  AND ($4::text IS NULL OR s.city = $4) AND ($5::text IS NULL OR s.area_code = $5) AND ($6::text IS NULL OR s.carrier = $6)
  AND ($7::text IS NULL OR s.status = $7)`

const values = (filter: StockFilter): unknown[] => [
  filter.search,
  filter.country,
  filter.type,
  filter.city,
  filter.areaCode,
  filter.carrier,
  filter.status,
]

/** A page of the stock, by number; those after `after`. */
export const listStock = (
  db: Queryable,
  filter: StockFilter,
  page: { readonly limit: number; readonly after: string | null },
): Promise<StockRow[]> =>
  db.query<StockRow>(
    `${SELECT} WHERE ${CONDITIONS} AND ($8::text IS NULL OR s.number > $8) ORDER BY s.number LIMIT $9`,
    [...values(filter), page.after, page.limit],
  )

export interface StockCount {
  readonly country: Country
  readonly type: NumberType
  readonly status: StockStatus
  readonly count: number
}

/** How many numbers there are of each country, type and status. */
export const countStock = (db: Queryable): Promise<StockCount[]> =>
  db.query<StockCount>(
    `SELECT country, type, status, count(*)::integer AS count FROM number_stock GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  )

export interface NewStock {
  readonly number: E164
  readonly type: NumberType
  readonly country: Country
  readonly city: string
  readonly areaCode: string
  readonly carrier: string
}

/** What is known of these numbers: the status in stock, or that they are in service without ever having been there. */
export async function knownNumbers(db: Queryable, numbers: readonly E164[]): Promise<ReadonlyMap<E164, StockStatus>> {
  const rows = await db.query<{ number: E164; status: StockStatus }>(
    `SELECT q.number, CASE WHEN n.number IS NOT NULL THEN 'in-service' ELSE s.status END AS status
     FROM unnest($1::text[]) q(number)
     LEFT JOIN phone_number n ON n.number = q.number LEFT JOIN number_stock s ON s.number = q.number
     WHERE n.number IS NOT NULL OR s.number IS NOT NULL`,
    [numbers],
  )
  return new Map(rows.map(({ number, status }) => [number, status]))
}

/** Adds numbers; withdrawn ones come back with what is said of them now. Returns how many: others stay as they are. */
export function addStock(tx: Tx, rows: readonly NewStock[], at: Instant): Promise<number> {
  return tx.execute(
    `INSERT INTO number_stock (number, type, country, city, area_code, carrier, status, added_at)
     SELECT q.number, q.type, q.country, q.city, q.area_code, q.carrier, '${MOVES.add.to}', to_timestamp($7 / 1000.0)
     FROM unnest(${texts(1)}, ${texts(2)}, ${texts(3)}, ${texts(4)}, ${texts(5)}, ${texts(6)})
       q(number, type, country, city, area_code, carrier)
     WHERE NOT EXISTS (SELECT FROM phone_number n WHERE n.number = q.number)
     ORDER BY q.number
     ON CONFLICT (number) DO UPDATE SET type = excluded.type, country = excluded.country, city = excluded.city,
       area_code = excluded.area_code, carrier = excluded.carrier, status = excluded.status, added_at = excluded.added_at,
       after_quarantine = 'available'
       WHERE number_stock.status = ANY($8::text[])`,
    [
      textColumn(rows, (row) => row.number),
      textColumn(rows, (row) => row.type),
      textColumn(rows, (row) => row.country),
      textColumn(rows, (row) => row.city),
      textColumn(rows, (row) => row.areaCode),
      textColumn(rows, (row) => row.carrier),
      at,
      stockStatusesFor('add'),
    ],
  )
}

/** Takes numbers out of what is sold; those that are reserved or in service stay. Returns the ones that were withdrawn. */
export async function withdrawStock(tx: Tx, numbers: readonly E164[]): Promise<E164[]> {
  const rows = await tx.query<{ number: E164 }>(
    `UPDATE number_stock SET status = '${MOVES.withdraw.to}', quarantine_until = NULL
     WHERE number = ANY($1) AND status = ANY($2) RETURNING number`,
    [numbers, stockStatusesFor('withdraw')],
  )
  return rows.map(({ number }) => number)
}

export interface StockPlace {
  readonly city: string
  readonly areaCode: string
  readonly count: number
}

/** Where numbers of a country and type can be had now: each city with its area code, by name. */
export const availablePlaces = (db: Queryable, country: Country, type: NumberType): Promise<StockPlace[]> =>
  db.query<StockPlace>(
    `SELECT city, area_code AS "areaCode", count(*)::integer AS count FROM number_stock
     WHERE country = $1 AND type = $2 AND status = 'available' GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 1000`,
    [country, type],
  )

export interface StockOffer {
  readonly country: Country
  readonly type: NumberType
  readonly count: number
}

/** Which countries and types can be had now. */
export const availableOffers = (db: Queryable): Promise<StockOffer[]> =>
  db.query<StockOffer>(
    `SELECT country, type, count(*)::integer AS count FROM number_stock WHERE status = 'available' GROUP BY 1, 2 ORDER BY 1, 2`,
  )

export interface NumberWish {
  readonly country: Country
  readonly type: NumberType
  /** Null: any. */
  readonly city: string | null
  readonly areaCode: string | null
  readonly quantity: number
}

/**
 * Picks numbers for an order that is there already and reserves them, those of others who are choosing at this moment left out. Fewer
 * than asked for when there are no more: whoever asked decides.
 */
export async function reserveStock(tx: Tx, orderId: Uuid, wish: NumberWish): Promise<E164[]> {
  const rows = await tx.query<{ number: E164 }>(
    `UPDATE number_stock SET status = '${MOVES.reserve.to}', order_id = $1
     WHERE number IN (
       SELECT number FROM number_stock
       WHERE status = '${MOVES.reserve.from[0]}' AND country = $2 AND type = $3 AND ($4::text IS NULL OR city = $4)
         AND ($5::text IS NULL OR area_code = $5)
       ORDER BY number LIMIT $6 FOR UPDATE SKIP LOCKED)
     RETURNING number`,
    [orderId, wish.country, wish.type, wish.city, wish.areaCode, wish.quantity],
  )
  return rows.map(({ number }) => number).toSorted()
}

/** Reserves these very numbers, as far as they are free: for "Reserve again". */
export async function reserveThese(tx: Tx, orderId: Uuid, numbers: readonly E164[]): Promise<E164[]> {
  const rows = await tx.query<{ number: E164 }>(
    `UPDATE number_stock SET status = '${MOVES.reserve.to}', order_id = $1
     WHERE number IN (
       SELECT number FROM number_stock WHERE status = '${MOVES.reserve.from[0]}' AND number = ANY($2)
       ORDER BY number FOR UPDATE SKIP LOCKED)
     RETURNING number`,
    [orderId, numbers],
  )
  return rows.map(({ number }) => number).toSorted()
}

/** What an order has reserved, as it was sold. */
export const reservedFor = (db: Queryable, orderId: Uuid): Promise<NewStock[]> =>
  db.query<NewStock>(
    `SELECT number, type, country, city, area_code AS "areaCode", carrier FROM number_stock
     WHERE order_id = $1 AND status = 'reserved' ORDER BY number`,
    [orderId],
  )

/** Gives back what an order has reserved. */
export async function freeStock(tx: Tx, orderId: Uuid): Promise<void> {
  await tx.execute(
    `UPDATE number_stock SET status = '${MOVES.free.to}', order_id = NULL WHERE order_id = $1 AND status = '${MOVES.free.from[0]}'`,
    [orderId],
  )
}

/** Ends every quarantine that is over at `now`, real time. Returns how many. */
export const endQuarantines = (db: Queryable, now: Instant): Promise<number> =>
  db.execute(
    `UPDATE number_stock SET status = after_quarantine, quarantine_until = NULL, after_quarantine = 'available'
     WHERE status = '${MOVES.endQuarantine.from[0]}' AND quarantine_until <= to_timestamp($1 / 1000.0)`,
    [now],
  )

export async function setQuarantineDays(tx: Tx, days: number): Promise<void> {
  await tx.execute('UPDATE number_setting SET quarantine_days = $1', [days])
}
