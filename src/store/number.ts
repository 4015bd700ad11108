/** Numbers in service: one holder each, in the whole installation (N4). */
import type { Country } from '../core/country.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import type { NumberOrigin, NumberType } from '../core/number.ts'
import { afterQuarantine } from '../core/number.ts'
import { type E164, factsOf } from '../core/numbering.ts'
import { type Instant, instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface NumberRow {
  readonly numberId: Uuid
  readonly tenantId: TenantId
  readonly number: E164
  readonly type: NumberType
  readonly userId: UserId | null
  /** Since when it is in service. */
  readonly createdAt: Instant
  readonly origin: NumberOrigin
  /** Where it was sold; null: what the numbering plan says (`countryOfNumber`). */
  readonly country: Country | null
  /** '' where it is of none. */
  readonly city: string
  readonly areaCode: string
  /** Stands in for a number that is being ported. */
  readonly temporary: boolean
  /** The emergency location that calls with it are sent to. */
  readonly locationId: Uuid | null
}

const COLUMNS = `n.number_id AS "numberId", n.tenant_id AS "tenantId", n.number, n.type, n.user_id AS "userId", n.created_at AS "createdAt",
  n.origin, n.country, n.city, n.area_code AS "areaCode", n.temporary, n.location_id AS "locationId"`

export type NewNumber = Pick<NumberRow, 'numberId' | 'tenantId' | 'number' | 'type' | 'createdAt'> &
  Partial<Pick<NumberRow, 'userId' | 'origin' | 'country' | 'city' | 'areaCode' | 'temporary' | 'locationId'>>

/**
 * Puts a number in service: it rings, or is refused with the right words, as soon as this is committed and the switch was told
 * (`deps.onDirectoryChange`). What is left out is as for a number of the operator's hand. A row of the stock leaves it in the same
 * statement (trigger). `phone_number_pkey` refuses a second holder, and a number that another tenant has reserved.
 */
export async function insertNumber(tx: Tx, number: NewNumber): Promise<void> {
  await tx.execute(
    `INSERT INTO phone_number (number_id, tenant_id, number, type, user_id, created_at, origin, country, city, area_code, temporary,
                               location_id)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7, $8, $9, $10, $11, $12)`,
    [
      number.numberId,
      number.tenantId,
      number.number,
      number.type,
      number.userId ?? null,
      number.createdAt,
      number.origin ?? 'operator',
      number.country === undefined ? factsOf(number.number).country : number.country,
      number.city ?? '',
      number.areaCode ?? '',
      number.temporary ?? false,
      number.locationId ?? null,
    ],
  )
}

export async function findNumber(db: Queryable, number: E164): Promise<NumberRow | null> {
  const [row] = await db.query<NumberRow>(`SELECT ${COLUMNS} FROM phone_number n WHERE n.number = $1`, [number])
  return row ?? null
}

/** As a list shows it. */
export interface ListedNumber extends NumberRow {
  readonly userName: string | null
  /** Of the emergency location: the address' name, and the place in it. */
  readonly locationName: string | null
  readonly locationPlace: string | null
}

export interface NumberFilter {
  /** Digits anywhere in the number, or words of the holder's name; '' for all. */
  readonly search: string
  readonly type: NumberType | null
  readonly country: Country | null
  readonly isAssigned: boolean | null
  readonly userId: UserId | null
  readonly locationId: Uuid | null
}

export const ALL_NUMBERS: NumberFilter = {
  search: '',
  type: null,
  country: null,
  isAssigned: null,
  userId: null,
  locationId: null,
}

const LISTED = `SELECT ${COLUMNS}, u.name AS "userName", a.name AS "locationName", l.place AS "locationPlace"
  FROM phone_number n LEFT JOIN tenant_user u ON u.user_id = n.user_id
  LEFT JOIN emergency_location l ON l.location_id = n.location_id LEFT JOIN emergency_address a ON a.address_id = l.address_id`

/** A page of the tenant's numbers, in order of their digits; those after `after`. */
export function listNumbers(
  db: Queryable,
  tenantId: TenantId,
  { filter, limit, after }: { readonly filter: NumberFilter; readonly limit: number; readonly after: string | null },
): Promise<ListedNumber[]> {
  const digits = filter.search.replaceAll(/\D/g, '')
  return db.query<ListedNumber>(
    `${LISTED} WHERE n.tenant_id = $1 AND ($3::text IS NULL OR n.number > $3)
       AND ($4 = '' OR ($5::text IS NOT NULL AND strpos(n.number, $5) > 0) OR (fold_text($4) <> '' AND strpos(' ' || u.name_key, ' ' || fold_text($4)) > 0))
       AND ($6::text IS NULL OR n.type = $6) AND ($7::text IS NULL OR n.country = $7)
       AND ($8::boolean IS NULL OR (n.user_id IS NOT NULL) = $8) AND ($9::uuid IS NULL OR n.user_id = $9)
       AND ($10::uuid IS NULL OR n.location_id = $10)
     ORDER BY n.number LIMIT $2`,
    [
      tenantId,
      limit,
      after,
      filter.search,
      digits.length >= 3 ? digits : null,
      filter.type,
      filter.country,
      filter.isAssigned,
      filter.userId,
      filter.locationId,
    ],
  )
}

export async function findListed(db: Queryable, tenantId: TenantId, numberId: Uuid): Promise<ListedNumber | null> {
  const [row] = await db.query<ListedNumber>(`${LISTED} WHERE n.tenant_id = $1 AND n.number_id = $2`, [
    tenantId,
    numberId,
  ])
  return row ?? null
}

/** What came in on numbers of services, in seconds as it was spoken. */
export async function secondsIn(
  db: Queryable,
  tenantId: TenantId,
  numbers: readonly E164[],
  period: { readonly start: Instant; readonly end: Instant },
): Promise<ReadonlyMap<E164, number>> {
  const rows = await db.query<{ number: E164; seconds: bigint }>(
    `SELECT r.called_number AS number, sum(coalesce(s.charged_seconds, r.charged_seconds))::bigint AS seconds
     FROM call_record r LEFT JOIN call_supplement s ON s.call_id = r.call_id
     WHERE r.tenant_id = $1 AND r.direction = 'in' AND r.called_number = ANY($2::text[])
       AND r.started_at >= to_timestamp($3 / 1000.0) AND r.started_at < to_timestamp($4 / 1000.0)
     GROUP BY r.called_number`,
    [tenantId, numbers, period.start, period.end],
  )
  return new Map(rows.map(({ number, seconds }) => [number, Number(seconds)]))
}

/** What was spoken on each toll-free number that has been in service since the period began. */
export async function tollFreeUse(
  db: Queryable,
  tenantId: TenantId,
  period: { readonly start: Instant; readonly end: Instant },
): Promise<{ readonly number: E164; readonly seconds: number }[]> {
  const rows = await db.query<{ number: E164 }>(
    `SELECT number FROM phone_number WHERE tenant_id = $1 AND type = 'service-toll-free' AND created_at <= to_timestamp($2 / 1000.0)
     ORDER BY number LIMIT 20`,
    [tenantId, period.start],
  )
  if (rows.length === 0) return []
  const numbers = rows.map(({ number }) => number)
  const seconds = await secondsIn(db, tenantId, numbers, period)
  return numbers.map((number) => ({ number, seconds: seconds.get(number) ?? 0 }))
}

/** A number of the tenant, for a change. */
export async function lockNumber(tx: Tx, tenantId: TenantId, numberId: Uuid): Promise<NumberRow | null> {
  const [row] = await tx.query<NumberRow>(
    `SELECT ${COLUMNS} FROM phone_number n WHERE n.tenant_id = $1 AND n.number_id = $2 FOR UPDATE OF n`,
    [tenantId, numberId],
  )
  return row ?? null
}

/** Gives the user this number and takes back the one before: the tenant keeps it, unassigned. */
export async function assignNumber(tx: Tx, number: E164, userId: UserId): Promise<void> {
  await tx.execute('UPDATE phone_number SET user_id = NULL WHERE user_id = $1 AND number <> $2', [userId, number])
  await tx.execute('UPDATE phone_number SET user_id = $2 WHERE number = $1', [number, userId])
}

/** The tenant keeps the number; nobody has it. */
export async function unassignNumber(tx: Tx, numberId: Uuid): Promise<void> {
  await tx.execute('UPDATE phone_number SET user_id = NULL WHERE number_id = $1', [numberId])
}

export async function setNumberLocation(tx: Tx, numberId: Uuid, locationId: Uuid | null): Promise<void> {
  await tx.execute('UPDATE phone_number SET location_id = $2 WHERE number_id = $1', [numberId, locationId])
}

/** How long numbers rest after they were released, in days: the operator's choice. */
export async function quarantineDays(db: Queryable): Promise<number> {
  const [row] = await db.query<{ days: number }>('SELECT quarantine_days AS days FROM number_setting')
  return row?.days ?? 0
}

/**
 * Takes a number out of service and puts it in quarantine (N4). `now` is the real time: the stock has one clock. The number must be
 * assigned to nobody; calls to it are refused from now on.
 */
export async function releaseNumber(tx: Tx, row: NumberRow, soldIn: Country, now: Instant): Promise<void> {
  // The row of the stock is seen by the tenant only while the number is its own: so it goes first.
  await quarantine(tx, row, soldIn, now)
  await tx.execute('DELETE FROM phone_number WHERE number_id = $1', [row.numberId])
}

/**
 * A ported number takes the place of the temporary one, in this transaction: the same line (`numberId`) with the user, service,
 * emergency location and caller ID that point to it, so that each call finds one of the two. `to` may be known already as a number of
 * the same tenant that nobody holds. The temporary number rests in quarantine. Throws `phone_number_pkey` when somebody else has `to`.
 */
export async function swapNumber(
  tx: Tx,
  from: NumberRow,
  to: { readonly number: E164; readonly country: Country; readonly city?: string; readonly areaCode?: string },
  now: Instant,
): Promise<void> {
  await tx.execute('DELETE FROM phone_number WHERE tenant_id = $1 AND number = $2 AND user_id IS NULL', [
    from.tenantId,
    to.number,
  ])
  await quarantine(tx, from, from.country ?? to.country, now)
  await tx.execute(
    `UPDATE phone_number SET number = $2, origin = 'ported', temporary = false, country = $3, city = $4, area_code = $5,
       created_at = to_timestamp($6 / 1000.0)
     WHERE number_id = $1`,
    [from.numberId, to.number, to.country, to.city ?? '', to.areaCode ?? '', now],
  )
}

async function quarantine(tx: Tx, row: NumberRow, soldIn: Country, now: Instant): Promise<void> {
  const until = instant(now + (await quarantineDays(tx)) * 86_400_000)
  await tx.execute(
    `INSERT INTO number_stock (number, type, country, city, area_code, carrier, status, quarantine_until, after_quarantine, added_at)
     VALUES ($1, $2, $3, $4, $5, '', 'quarantine', to_timestamp($6 / 1000.0), $7, to_timestamp($8 / 1000.0))
     ON CONFLICT (number) DO UPDATE SET status = 'quarantine', order_id = NULL, quarantine_until = excluded.quarantine_until,
       after_quarantine = excluded.after_quarantine`,
    [row.number, row.type, soldIn, row.city, row.areaCode, until, afterQuarantine(row.origin), now],
  )
}
