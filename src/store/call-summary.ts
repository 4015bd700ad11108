/** The totals of a filter over the call history: from the sums by hour where they can tell, else from the records, a stretch at a time. */
import { CALL_FUNDS, type CallFund } from '../core/call-kinds.ts'
import type { TenantId } from '../core/ids.ts'
import { type Micros, micros } from '../core/money.ts'
import { type Instant, instant } from '../core/time.ts'
import { type CallFilter, type CallPlace, conditionsOf, rangeOf, stretchOf, Values } from './call-search.ts'
import { CALL_SUMS, PAID } from './call-sum.ts'
import type { Queryable } from './db.ts'

export interface CallTotals {
  readonly calls: number
  /** Spoken, before rounding. */
  readonly seconds: number
  readonly chargeMicros: Micros
  /** After rounding: what each fund gave. */
  readonly funds: Readonly<Record<CallFund, number>>
}

export interface CallSummary extends CallTotals {
  /** Where to go on, where not all records were read; what follows is to be added. */
  readonly next: CallPlace | null
}

interface Sums {
  readonly calls: number
  readonly seconds: bigint | null
  readonly charge: bigint | null
  readonly domestic: bigint | null
  readonly international: bigint | null
  readonly conference: bigint | null
  readonly credits: bigint | null
}

const NAMES = 'calls, seconds, charge, domestic, international, conference, credits'
/** Opened at once: some 50 ms. */
const RECORDS_AT_ONCE = 4_000
const PATIENCE_MS = 50
const HOUR_MS = 3_600_000

/** The sums by hour do not know people, numbers and lengths. */
const isSummed = ({ userId, number, minSeconds }: CallFilter): boolean =>
  userId === undefined && number === undefined && minSeconds === undefined

/** All in one answer where the sums can tell; else as much as can be read in a moment, from `after` on. */
export async function summariseCalls(
  db: Queryable,
  tenantId: TenantId,
  filter: CallFilter,
  after: CallPlace | null,
): Promise<CallSummary> {
  if (isSummed(filter) && after === null) return { ...(await fromSums(db, tenantId, filter)), next: null }
  const started = performance.now()
  let totals = NOTHING
  let place = after
  do {
    const part = await fromRecords(db, tenantId, filter, place)
    totals = plus(totals, part.totals)
    place = part.next
  } while (place !== null && performance.now() - started < PATIENCE_MS)
  return { ...totals, next: place }
}

/** Whole hours from the sums; what they do not have yet, and the parts of hours at both ends, from the records. */
async function fromSums(db: Queryable, tenantId: TenantId, filter: CallFilter): Promise<CallTotals> {
  const { from, to } = filter
  const first = from === undefined ? undefined : instant(Math.ceil(from / HOUR_MS) * HOUR_MS)
  const last = to === undefined ? undefined : instant(Math.floor(to / HOUR_MS) * HOUR_MS)
  if (first !== undefined && last !== undefined && first >= last) return ofRecords(db, tenantId, filter, null)
  const whole: CallFilter = {
    ...filter,
    ...(first === undefined ? {} : { from: first }),
    ...(last === undefined ? {} : { to: last }),
  }
  const parts = [ofHours(db, tenantId, whole), ofRecords(db, tenantId, whole, 'newer')]
  if (from !== undefined && first !== undefined && from < first) {
    parts.push(ofRecords(db, tenantId, { ...filter, from, to: first }, null))
  }
  if (to !== undefined && last !== undefined && last < to) {
    parts.push(ofRecords(db, tenantId, { ...filter, from: last, to }, null))
  }
  return (await Promise.all(parts)).reduce(plus)
}

async function ofHours(db: Queryable, tenantId: TenantId, filter: CallFilter): Promise<CallTotals> {
  const { from, to, directions, classifications, result, outcome, fund, isCharged } = filter
  const values = new Values()
  const time = (at: Instant): string => `to_timestamp(${values.add(at)}::bigint / 1000.0)`
  const conditions = [
    `tenant_id = ${values.add(tenantId)}`,
    ...(from === undefined ? [] : [`hour >= ${time(from)}`]),
    ...(to === undefined ? [] : [`hour < ${time(to)}`]),
    ...(directions === undefined ? [] : [`direction = ANY(${values.add(directions)})`]),
    ...(classifications === undefined ? [] : [`classification = ANY(${values.add(classifications)})`]),
    ...(result === undefined ? [] : [`result = ${values.add(result)}`]),
    ...(outcome === undefined ? [] : [`outcome = ${values.add(outcome)}`]),
    ...(isCharged === true ? ['has_charge'] : []),
    ...(fund === undefined ? [] : [fundOfHours(values, fund)]),
  ]
  return read(
    await db.query<Sums>(
      `SELECT coalesce(sum(calls), 0)::integer AS calls, sum(seconds)::bigint AS seconds, sum(charge_micros)::bigint AS charge,
              sum(domestic_seconds)::bigint AS domestic, sum(international_seconds)::bigint AS international,
              sum(conference_seconds)::bigint AS conference, sum(credits_seconds)::bigint AS credits
       FROM call_sum WHERE ${conditions.join(' AND ')}`,
      values.list,
    ),
  )
}

const fundOfHours = (values: Values, fund: CallFund | 'none'): string =>
  fund === 'none' ? `result = 'ended' AND funds = ''` : `${values.add(fund)} = ANY(string_to_array(funds, '+'))`

/** From the records; `newer`: only from those that are not in the sums. */
async function ofRecords(
  db: Queryable,
  tenantId: TenantId,
  filter: CallFilter,
  only: 'newer' | null,
): Promise<CallTotals> {
  const values = new Values()
  const where = `${rangeOf(values, tenantId, filter)} AND ${conditionsOf(values, filter)}`
  // Two ways to the newer ones, each by its own index; a mark that is not there would read all.
  const source =
    only === null
      ? 'call_record r'
      : `(SELECT * FROM call_record WHERE tenant_id = $1 AND call_id >= (SELECT until_call FROM call_sum_mark)
          UNION ALL SELECT c.* FROM call_sum_pending p JOIN call_record c ON c.call_id = p.call_id
          WHERE p.tenant_id = $1 AND c.tenant_id = $1 AND c.call_id < (SELECT until_call FROM call_sum_mark)) r`
  return read(
    await db.query<Sums>(
      `SELECT * FROM (SELECT ${CALL_SUMS} FROM ${source}
         LEFT JOIN call_supplement s ON s.tenant_id = $1 AND s.call_id = r.call_id, ${PAID} WHERE ${where}) sums(${NAMES})`,
      values.list,
    ),
  )
}

/** The next stretch of records, newest first. */
async function fromRecords(
  db: Queryable,
  tenantId: TenantId,
  filter: CallFilter,
  after: CallPlace | null,
): Promise<{ totals: CallTotals; next: CallPlace | null }> {
  const values = new Values()
  const stretch = stretchOf(values, tenantId, filter, after)
  const conditions = conditionsOf(values, filter)
  const rows = await db.query<Sums & { read: number; end_at: Instant | null; end_id: CallPlace['callId'] | null }>(
    `WITH stretch AS MATERIALIZED (
       SELECT r.* FROM call_record r WHERE ${stretch}
       ORDER BY r.started_at DESC, r.call_id DESC LIMIT ${values.add(RECORDS_AT_ONCE)}
     ), sums(${NAMES}) AS (
       SELECT ${CALL_SUMS} FROM stretch r
       LEFT JOIN call_supplement s ON s.tenant_id = $1 AND s.call_id = r.call_id, ${PAID} WHERE ${conditions}
     )
     SELECT sums.*, (SELECT count(*)::integer FROM stretch) AS read, e.started_at AS end_at, e.call_id AS end_id
     FROM sums LEFT JOIN (SELECT started_at, call_id FROM stretch ORDER BY started_at, call_id LIMIT 1) e ON true`,
    values.list,
  )
  const [row] = rows
  const totals = read(rows)
  if (!row || row.read < RECORDS_AT_ONCE || row.end_at === null || row.end_id === null) return { totals, next: null }
  return { totals, next: { startedAt: row.end_at, callId: row.end_id } }
}

const NOTHING: CallTotals = {
  calls: 0,
  seconds: 0,
  chargeMicros: micros(0n),
  funds: { domestic: 0, international: 0, conference: 0, credits: 0 },
}

function read([row]: readonly Sums[]): CallTotals {
  if (!row) return NOTHING
  return {
    calls: row.calls,
    seconds: Number(row.seconds ?? 0n),
    chargeMicros: micros(row.charge ?? 0n),
    funds: {
      domestic: Number(row.domestic ?? 0n),
      international: Number(row.international ?? 0n),
      conference: Number(row.conference ?? 0n),
      credits: Number(row.credits ?? 0n),
    },
  }
}

const plus = (a: CallTotals, b: CallTotals): CallTotals => ({
  calls: a.calls + b.calls,
  seconds: a.seconds + b.seconds,
  chargeMicros: micros(a.chargeMicros + b.chargeMicros),
  funds: Object.fromEntries(CALL_FUNDS.map((fund) => [fund, a.funds[fund] + b.funds[fund]])) as Record<
    CallFund,
    number
  >,
})
