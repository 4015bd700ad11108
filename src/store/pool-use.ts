/**
 * What pools and the wallet paid, by local day and by person. Sums of calls that are over lie in `fund_use`; what is newer is added
 * from its postings in the same statement, so a figure is exact at any moment, whenever the job ran last.
 */
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import { addDays, type LocalDay, startOfDay } from '../core/local-day.ts'
import type { TimeZone } from '../core/time.ts'
import type { Queryable } from './db.ts'

/** `user_id` of what nobody of the tenant used: toll-free callers, services. */
export const NOBODY = '00000000-0000-0000-0000-000000000000' as UserId

/** Of the wallet, whatever its lots are called. */
export const WALLET_FUND = 'wallet'

/** Seconds and micros that the wallet paid for calls that a plan would have covered had it not been used up. */
export const beyondFund = (country: string, plan: string): string => `beyond:${country}:${plan}`
export const beyondCostFund = (country: string, plan: string): string => `beyond-cost:${country}:${plan}`

/** Parts of a local day: four hours each, the last one as long as the day is. */
export const SLOT_HOURS = 4

export interface FundUse {
  readonly fund: string
  readonly day: LocalDay
  readonly slot: number
  /** Seconds of a pool, micros of the wallet. */
  readonly amount: bigint
}

/** Where local days begin, as columns for `DATED`. */
interface ZoneDays {
  readonly zones: readonly TimeZone[]
  readonly starts: readonly number[]
  readonly days: readonly LocalDay[]
}

/** These days and the one after them, so that what came later is not taken for the last of them. */
function zoneDays(zone: TimeZone, given: readonly LocalDay[]): ZoneDays {
  const last = given.at(-1)
  const days = last === undefined ? [] : [...given, addDays(last, 1)]
  return { zones: days.map(() => zone), starts: days.map((day) => startOfDay(day, zone)), days }
}

/**
 * Dates what `spent` (tenant_id, source_id, at, debit, amount) holds by the days of `$1…$3` (zone, start, day). What a pool paid
 * outside of its month belongs to the month all the same (P8): it is dated on the nearest day.
 */
export const DATED = `
  zone_days AS (
    SELECT zone, array_agg(to_timestamp(start / 1000.0) ORDER BY start) AS starts, array_agg(day ORDER BY start) AS days
    FROM unnest($1::text[], $2::bigint[], $3::date[]) d(zone, start, day) GROUP BY zone
  ), placed AS (
    SELECT s.tenant_id, s.source_id, s.amount, CASE WHEN s.debit LIKE 'pool:%' THEN s.debit ELSE '${WALLET_FUND}' END AS fund,
           z.days[w.i] AS day, least(6, floor(extract(epoch FROM s.at - z.starts[w.i]) / ${SLOT_HOURS * 3600}))::integer AS slot,
           CASE WHEN s.debit LIKE 'pool:%' THEN (right(s.debit, 7) || '-01')::date END AS first
    FROM spent s JOIN tenant t ON t.tenant_id = s.tenant_id JOIN zone_days z ON z.zone = t.time_zone,
         LATERAL (SELECT width_bucket(s.at, z.starts) AS i) w
  ), dated AS (
    SELECT tenant_id, source_id, fund, amount,
           CASE WHEN first IS NULL THEN day ELSE greatest(first, least(coalesce(day, first), ${lastOf('first')})) END AS day,
           CASE WHEN first IS NULL OR day BETWEEN first AND ${lastOf('first')} THEN slot WHEN day > first THEN 5 ELSE 0 END AS slot
    FROM placed
  )`

function lastOf(first: string): string {
  return `(${first} + interval '1 month' - interval '1 day')::date`
}

/**
 * Postings of the tenant `$4` that are not in the sums yet, of accounts from `$5` up to `$6`. The mark decides, in the same snapshot as
 * the sums. `$7` is a mark that was read before: it only rises, so this takes nothing away, and tells the planner that the tail is
 * short (889 ms without it, 15 ms with it, at a million calls).
 */
const TAIL = `
  spent AS (
    SELECT p.tenant_id, p.source_id, p.at, p.debit, p.amount FROM posting p
    WHERE p.tenant_id = $4 AND p.source_id >= (SELECT until_call FROM fund_use_mark) AND p.source_id >= $7
      AND p.cause IN ('call', 'event') AND p.debit >= $5 AND p.debit < $6
    UNION ALL
    SELECT p.tenant_id, p.source_id, p.at, p.debit, p.amount
    FROM fund_use_pending q JOIN posting p ON p.source_id = q.call_id
    WHERE q.tenant_id = $4 AND p.tenant_id = $4 AND p.cause IN ('call', 'event') AND p.debit >= $5 AND p.debit < $6
  )`

/** Names of funds and of the accounts behind them: [from, to) in the order of bytes. */
export interface FundRange {
  readonly funds: readonly [string, string]
  readonly accounts: readonly [string, string]
}

const upTo = (prefix: string): readonly [string, string] => [prefix, `${prefix.slice(0, -1)}${next(prefix.slice(-1))}`]
const next = (character: string): string => String.fromCharCode(character.charCodeAt(0) + 1)

/** One month's pool, or with a name that ends in `:` those of all months. */
export const poolRange = (name: string): FundRange => {
  const range = name.endsWith(':') ? upTo(name) : ([name, `${name}\u0001`] as const)
  return { funds: range, accounts: range }
}

export const WALLET_RANGE: FundRange = { funds: [WALLET_FUND, `${WALLET_FUND}\u0001`], accounts: upTo('wallet:') }

interface Owner {
  readonly tenantId: TenantId
  readonly timeZone: TimeZone
}

/** `$1…$7` of a statement with `TAIL` and `DATED`. */
async function parameters(
  db: Queryable,
  { tenantId, timeZone }: Owner,
  { accounts }: FundRange,
  given: readonly LocalDay[],
): Promise<unknown[]> {
  const [mark] = await db.query<{ until_call: Uuid }>('SELECT until_call FROM fund_use_mark')
  const { zones, starts, days } = zoneDays(timeZone, given)
  return [zones, starts, days, tenantId, ...accounts, mark?.until_call]
}

/** What the funds paid on these days, which follow each other, in parts of four hours; parts in which nothing was paid are left out. */
export async function readUse(
  db: Queryable,
  owner: Owner,
  range: FundRange,
  days: readonly LocalDay[],
): Promise<FundUse[]> {
  return db.query<FundUse>(
    `WITH ${TAIL}, ${DATED}
     SELECT fund, day, slot, sum(amount)::bigint AS amount FROM (
       SELECT fund, day, slot, amount FROM fund_use
       WHERE tenant_id = $4 AND fund >= $8 AND fund < $9 AND day BETWEEN $10 AND $11
       UNION ALL
       SELECT fund, day, slot, amount FROM dated WHERE day BETWEEN $10 AND $11
     ) u GROUP BY fund, day, slot ORDER BY day, slot`,
    [...(await parameters(db, owner, range, days)), ...range.funds, days[0], days.at(-1)],
  )
}

/** Sums without what is newer: for rhythms, which look at days that are over. */
export function readSums(
  db: Queryable,
  tenantId: TenantId,
  fund: string,
  [from, to]: readonly [LocalDay, LocalDay],
): Promise<{ day: LocalDay; amount: bigint }[]> {
  return db.query(
    `SELECT day, sum(amount)::bigint AS amount FROM fund_use
     WHERE tenant_id = $1 AND fund = $2 AND day BETWEEN $3 AND $4 GROUP BY day ORDER BY day`,
    [tenantId, fund, from, to],
  )
}

export interface PersonUse {
  readonly userId: UserId
  /** Null: nobody of the tenant. */
  readonly name: string | null
  readonly amount: bigint
}

/** Where a page of people goes on. */
export interface PersonCursor {
  readonly amount: bigint
  readonly userId: UserId
}

/** Who used most of a pool, most first. `days`: of its month. */
export async function readPersons(
  db: Queryable,
  owner: Owner,
  range: FundRange,
  days: readonly LocalDay[],
  page: { readonly limit: number; readonly after: PersonCursor | null },
): Promise<PersonUse[]> {
  return db.query<PersonUse>(
    `WITH ${TAIL}, ${DATED}, ${PERSON_TAIL}, totals AS (
       SELECT user_id, sum(amount)::bigint AS amount FROM (
         SELECT user_id, amount FROM fund_use_total WHERE tenant_id = $4 AND fund = $8
         UNION ALL
         SELECT user_id, amount FROM person_tail
       ) u GROUP BY user_id
     ), most AS (
       SELECT user_id, amount FROM totals WHERE $10::bigint IS NULL OR (amount, user_id) < ($10, $11::uuid)
       ORDER BY amount DESC, user_id DESC LIMIT $9)
     SELECT m.user_id AS "userId", u.name, m.amount FROM most m LEFT JOIN tenant_user u ON u.user_id = m.user_id
     ORDER BY m.amount DESC, m.user_id DESC`,
    [
      ...(await parameters(db, owner, range, days)),
      range.funds[0],
      page.limit,
      page.after?.amount ?? null,
      page.after?.userId ?? null,
    ],
  )
}

/** A live call has no record yet: then its session knows whose it is. */
const PERSON_TAIL = `
  person_tail AS (
    SELECT coalesce(r.user_id, (s.call ->> 'userId')::uuid, '${NOBODY}') AS user_id, d.day, d.amount
    FROM dated d LEFT JOIN call_record r ON r.call_id = d.source_id LEFT JOIN call_session s ON s.call_id = d.source_id
  )`

/** Day by day, for a few people. */
export async function readPersonDays(
  db: Queryable,
  owner: Owner,
  range: FundRange,
  days: readonly LocalDay[],
  userIds: readonly UserId[],
): Promise<{ userId: UserId; day: LocalDay; amount: bigint }[]> {
  if (userIds.length === 0) return []
  return db.query(
    `WITH ${TAIL}, ${DATED}, ${PERSON_TAIL}
     SELECT user_id AS "userId", day, sum(amount)::bigint AS amount FROM (
       SELECT user_id, day, amount FROM fund_use_person
       WHERE tenant_id = $4 AND fund = $8 AND user_id = ANY($11) AND day BETWEEN $9 AND $10
       UNION ALL
       SELECT user_id, day, amount FROM person_tail WHERE user_id = ANY($11) AND day BETWEEN $9 AND $10
     ) u GROUP BY user_id, day ORDER BY user_id, day`,
    [...(await parameters(db, owner, range, days)), range.funds[0], days[0], days.at(-1), userIds],
  )
}
