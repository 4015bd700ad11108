/**
 * Call history: the calls that fit a filter, by when they began, newest first. However rare they are, a request reads a bounded number of
 * records and says how far it got; the next one goes on there.
 */
import type { Direction } from '../core/call.ts'
import type { CallFund } from '../core/call-kinds.ts'
import type { Classification } from '../core/classification.ts'
import type { CallId, TenantId, UserId } from '../core/ids.ts'
import type { SettledRecord } from '../core/settled-record.ts'
import type { Instant } from '../core/time.ts'
import { RECORD_COLUMNS, type RecordRow, readRecord } from './call-record.ts'
import type { Queryable } from './db.ts'

/** Which calls are meant; what is absent does not matter. */
export interface CallFilter {
  /** Calls that began at or after this instant … */
  readonly from?: Instant
  /** … and before this one. */
  readonly to?: Instant
  readonly userId?: UserId
  readonly directions?: readonly Direction[]
  readonly classifications?: readonly Classification[]
  readonly result?: 'ended' | 'refused'
  /** An end cause, or the code of a refusal. */
  readonly outcome?: string
  readonly fund?: CallFund | 'none'
  /** With `+`: how a number begins; else digits that are in it somewhere. Of either end. */
  readonly number?: string
  /** Spoken, at least. */
  readonly minSeconds?: number
  /** Only what cost money. */
  readonly isCharged?: boolean
}

export interface CallPlace {
  readonly startedAt: Instant
  readonly callId: CallId
}

export interface FoundCall {
  readonly record: SettledRecord
  readonly userName: string | null
}

export interface CallsFound {
  readonly calls: readonly FoundCall[]
  /** Where to go on, when there may be more; calls after it were looked at. */
  readonly next: CallPlace | null
}

/** Collects the parameters of a statement. */
export class Values {
  readonly list: unknown[] = []

  add(value: unknown): string {
    this.list.push(value)
    return `$${this.list.length}`
  }
}

const at = (instant: string): string => `to_timestamp(${instant}::bigint / 1000.0)`

/** What an index says: which stretch of time, of whom. */
export function rangeOf(values: Values, tenantId: TenantId, filter: CallFilter): string {
  const { from, to, userId } = filter
  return [
    `r.tenant_id = ${values.add(tenantId)}`,
    ...(from === undefined ? [] : [`r.started_at >= ${at(values.add(from))}`]),
    ...(to === undefined ? [] : [`r.started_at < ${at(values.add(to))}`]),
    ...(userId === undefined ? [] : [`r.user_id = ${values.add(userId)}`]),
  ].join(' AND ')
}

/** What the index by start has beside: no record is opened for it. */
function cheapOf(values: Values, filter: CallFilter): string[] {
  const { directions, classifications, result, minSeconds, isCharged } = filter
  return [
    ...(directions === undefined ? [] : [`r.direction = ANY(${values.add(directions)})`]),
    ...(classifications === undefined ? [] : [`r.classification = ANY(${values.add(classifications)})`]),
    ...(result === undefined ? [] : [`r.result = ${values.add(result)}`]),
    ...(minSeconds === undefined
      ? []
      : [`coalesce(s.charged_seconds, r.charged_seconds) >= ${values.add(minSeconds)}`]),
    ...(isCharged === true ? ['coalesce(s.charge_micros, r.charge_micros) > 0'] : []),
  ]
}

/** What only the record itself says. */
function dearOf(values: Values, filter: CallFilter): string[] {
  const { outcome, fund, number } = filter
  return [
    ...(outcome === undefined ? [] : [`coalesce(s.end_cause, r.end_cause) = ${values.add(outcome)}`]),
    ...(number === undefined ? [] : [numberCondition(values, number)]),
    ...(fund === undefined ? [] : [fundCondition(values, fund)]),
  ]
}

/** All conditions but the stretch. */
export const conditionsOf = (values: Values, filter: CallFilter): string =>
  ['true', ...cheapOf(values, filter), ...dearOf(values, filter)].join(' AND ')

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)

function numberCondition(values: Values, number: string): string {
  const pattern = values.add(number.startsWith('+') ? `${escaped(number)}%` : `%${escaped(number)}%`)
  return `(r.called_number LIKE ${pattern} OR r.calling_number LIKE ${pattern})`
}

function fundCondition(values: Values, fund: CallFund | 'none'): string {
  const funding = `coalesce(s.details, r.details) -> 'funding'`
  if (fund === 'none') return `r.result = 'ended' AND json_array_length(${funding}) = 0`
  const source = values.add(fund === 'credits' ? 'wallet' : `pool:__:${fund}:%`)
  return `EXISTS (SELECT FROM json_array_elements(${funding}) f WHERE f ->> 'source' LIKE ${source})`
}

/** Records that one look goes through: many where the index says enough, fewer where each has to be opened. */
const LOOKS = { cheap: [1_000, 20_000, 60_000], dear: [500, 4_000, 8_000] } as const
/** No further look is begun after so many ms: whoever asks goes on with the cursor. */
const PATIENCE_MS = 50

/** The next calls that fit, after `after`; fewer than `limit` where the look was long, and then with a place to go on from. */
export async function searchCalls(
  db: Queryable,
  tenantId: TenantId,
  filter: CallFilter,
  page: { readonly limit: number; readonly after: CallPlace | null },
): Promise<CallsFound> {
  const started = performance.now()
  const calls: FoundCall[] = []
  let after = page.after
  for (let round = 0; ; round++) {
    const limit = page.limit - calls.length
    const found = await lookOnce(db, tenantId, filter, { round, limit, after })
    calls.push(...found.calls)
    after = found.next
    const isOver = after === null || calls.length >= page.limit || performance.now() - started > PATIENCE_MS
    if (isOver) return { calls, next: after }
  }
}

/** One row at least, so that it is known how far the look got: then without a call. */
type Row = { readonly [Name in keyof RecordRow]: RecordRow[Name] | null } & {
  readonly user_name: string | null
  readonly scanned: number
  readonly scanned_at: Instant
  readonly scanned_id: CallId
}

/** Columns of the index by start: with these alone no record is opened. */
const INDEXED =
  'r.tenant_id, r.started_at, r.call_id, r.direction, r.classification, r.result, r.charged_seconds, r.charge_micros'
const OPENED = `${INDEXED}, r.end_cause, r.called_number, r.calling_number`

const columnsFor = ({ fund }: CallFilter, isDear: boolean): string => {
  if (!isDear) return INDEXED
  return fund === undefined ? OPENED : `${OPENED}, r.details`
}

/** The stretch after a place, newest first. */
export const stretchOf = (values: Values, tenantId: TenantId, filter: CallFilter, after: CallPlace | null): string => {
  const range = rangeOf(values, tenantId, filter)
  if (after === null) return range
  return `${range} AND (r.started_at, r.call_id) < (${at(values.add(after.startedAt))}, ${values.add(after.callId)}::uuid)`
}

async function lookOnce(
  db: Queryable,
  tenantId: TenantId,
  filter: CallFilter,
  { round, limit, after }: { readonly round: number; readonly limit: number; readonly after: CallPlace | null },
): Promise<CallsFound> {
  const values = new Values()
  const stretch = stretchOf(values, tenantId, filter, after)
  const [cheap, dear] = [cheapOf(values, filter), dearOf(values, filter)]
  const looks = dear.length > 0 ? LOOKS.dear : LOOKS.cheap
  const scanned = cheap.length + dear.length === 0 ? limit : (looks[Math.min(round, looks.length - 1)] ?? limit)
  const rows = await db.query<Row>(
    `WITH scanned AS MATERIALIZED (
       SELECT ${columnsFor(filter, dear.length > 0)} FROM call_record r WHERE ${stretch}
       ORDER BY r.started_at DESC, r.call_id DESC LIMIT ${values.add(scanned)}
     ), hits AS MATERIALIZED (
       SELECT r.started_at, r.call_id FROM scanned r LEFT JOIN call_supplement s ON s.tenant_id = $1 AND s.call_id = r.call_id
       WHERE ${['true', ...cheap, ...dear].join(' AND ')} ORDER BY r.started_at DESC, r.call_id DESC LIMIT ${values.add(limit)}
     ), shown AS MATERIALIZED (
       SELECT ${RECORD_COLUMNS}, u.name AS user_name
       FROM hits h JOIN call_record r ON r.call_id = h.call_id AND r.tenant_id = $1
       LEFT JOIN call_supplement s ON s.tenant_id = $1 AND s.call_id = r.call_id
       LEFT JOIN tenant_user u ON u.tenant_id = $1 AND u.user_id = r.user_id
     )
     SELECT (SELECT count(*)::integer FROM scanned) AS scanned, x.started_at AS scanned_at, x.call_id AS scanned_id, shown.*
     FROM (SELECT) one LEFT JOIN shown ON true
     LEFT JOIN (SELECT started_at, call_id FROM scanned ORDER BY started_at, call_id LIMIT 1) x ON true
     ORDER BY shown.started_at DESC, shown.call_id DESC`,
    values.list,
  )
  const calls = rows.flatMap((row): FoundCall[] =>
    row.call_id === null ? [] : [{ record: readRecord(row as RecordRow), userName: row.user_name }],
  )
  const [end] = rows
  const last = calls.at(-1)?.record
  if (last && calls.length >= limit) return { calls, next: { startedAt: last.startedAt, callId: last.callId } }
  const isFull = end !== undefined && end.scanned >= scanned
  return { calls, next: isFull ? { startedAt: end.scanned_at, callId: end.scanned_id } : null }
}

/** Where a call lies in this order; null where there is none. */
export async function placeOfCall(db: Queryable, tenantId: TenantId, callId: CallId): Promise<CallPlace | null> {
  const [row] = await db.query<{ started_at: Instant }>(
    'SELECT started_at FROM call_record WHERE tenant_id = $1 AND call_id = $2',
    [tenantId, callId],
  )
  return row ? { startedAt: row.started_at, callId } : null
}
