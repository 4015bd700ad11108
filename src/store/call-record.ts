/** Call records as they are read: newest first, each with what a late termination added (C8, C9). */
import type { Direction } from '../core/call.ts'
import {
  type CallSupplement,
  fundingEntries,
  moneyOf,
  type RateOnRecord,
  type RecordDetails,
} from '../core/call-record.ts'
import type { Classification } from '../core/classification.ts'
import { type CallId, formatId, type SwitchId, type TenantId, type UserId } from '../core/ids.ts'
import type { Currency, Micros, Money } from '../core/money.ts'
import { type Refusal, type RefusalCode, refusal } from '../core/problems.ts'
import type { FundingEntry } from '../core/request.ts'
import { type SettledRecord, withSupplement } from '../core/settled-record.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

/** Which calls a list shows; what is absent does not matter. */
export interface CallFilters {
  /** Calls that began at or after this instant … */
  readonly from?: Instant
  /** … and before this one. */
  readonly to?: Instant
  readonly userId?: UserId
  readonly classification?: Classification
  readonly result?: 'ended' | 'refused'
}

export interface CallPage {
  readonly limit: number
  /** The last call of the page before: the list goes on with older ones. Null: from the newest. */
  readonly before: CallId | null
  readonly filters?: CallFilters
}

export interface RecordRow {
  readonly call_id: CallId
  readonly tenant_id: TenantId
  readonly switch_id: SwitchId
  readonly session_id: string
  readonly user_id: UserId | null
  readonly direction: Direction
  readonly calling_number: string | null
  readonly called_number: string
  readonly classification: Classification
  readonly result: 'ended' | 'refused'
  readonly started_at: Instant
  readonly answered_at: Instant | null
  readonly ended_at: Instant
  readonly end_cause: string
  readonly charged_seconds: number
  readonly charge_micros: Micros
  readonly currency: Currency
  readonly refusal_code: RefusalCode | null
  readonly details: RecordDetails
  /** The supplement; all null or none. */
  readonly late_ended_at: Instant | null
  readonly late_end_cause: string | null
  readonly late_charged_seconds: number | null
  readonly late_charge_micros: Micros | null
  readonly late_details: RecordDetails | null
}

/** Of `RECORD_TABLES`, for `readRecord`. */
export const RECORD_COLUMNS = `r.call_id, r.tenant_id, r.switch_id, r.session_id, r.user_id, r.direction, r.calling_number, r.called_number,
    r.classification, r.result, r.started_at, r.answered_at, r.ended_at, r.end_cause, r.charged_seconds, r.charge_micros,
    r.currency, r.refusal_code, r.details,
    s.ended_at AS late_ended_at, s.end_cause AS late_end_cause, s.charged_seconds AS late_charged_seconds,
    s.charge_micros AS late_charge_micros, s.details AS late_details`

export const RECORD_TABLES = 'call_record r LEFT JOIN call_supplement s ON s.call_id = r.call_id'

const SELECT = `SELECT ${RECORD_COLUMNS} FROM ${RECORD_TABLES}`

/** The tenant's records, newest first: by call id, which leads with the time of receipt. */
export async function listCalls(db: Queryable, tenantId: TenantId, page: CallPage): Promise<SettledRecord[]> {
  const { from, to, userId, classification, result } = page.filters ?? {}
  const rows = await db.query<RecordRow>(
    `${SELECT}
     WHERE r.tenant_id = $1
       AND ($3::uuid IS NULL OR r.call_id < $3)
       AND ($4::bigint IS NULL OR r.started_at >= to_timestamp($4 / 1000.0))
       AND ($5::bigint IS NULL OR r.started_at < to_timestamp($5 / 1000.0))
       AND ($6::uuid IS NULL OR r.user_id = $6)
       AND ($7::text IS NULL OR r.classification = $7)
       AND ($8::text IS NULL OR r.result = $8)
     ORDER BY r.call_id DESC
     LIMIT $2`,
    [
      tenantId,
      page.limit,
      page.before,
      from ?? null,
      to ?? null,
      userId ?? null,
      classification ?? null,
      result ?? null,
    ],
  )
  return rows.map(readRecord)
}

/** One record of the tenant; null where there is none, or the call is another tenant's, or it is still going on. */
export async function getCall(db: Queryable, tenantId: TenantId, callId: CallId): Promise<SettledRecord | null> {
  const [row] = await db.query<RecordRow>(`${SELECT} WHERE r.tenant_id = $1 AND r.call_id = $2`, [tenantId, callId])
  return row ? readRecord(row) : null
}

export function readRecord(row: RecordRow): SettledRecord {
  const record = {
    callId: row.call_id,
    tenantId: row.tenant_id,
    switchId: row.switch_id,
    sessionId: row.session_id,
    userId: row.user_id,
    direction: row.direction,
    callingNumber: row.calling_number,
    calledNumber: row.called_number,
    classification: row.classification,
    result: row.result,
    startedAt: row.started_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    endCause: row.end_cause,
    chargedSeconds: row.charged_seconds,
    chargeMicros: row.charge_micros,
    currency: row.currency,
    refusalCode: row.refusal_code,
    details: row.details,
  }
  return withSupplement(record, readSupplement(row))
}

function readSupplement(row: RecordRow): CallSupplement | null {
  const { late_ended_at: endedAt, late_end_cause: endCause, late_details: details } = row
  const { late_charged_seconds: chargedSeconds, late_charge_micros: chargeMicros } = row
  if (endedAt === null || endCause === null || details === null || chargedSeconds === null || chargeMicros === null) {
    return null
  }
  return { callId: row.call_id, tenantId: row.tenant_id, endedAt, endCause, chargedSeconds, chargeMicros, details }
}

/** The JSON of api.md, "A call record". */
export interface CallRecordOnWire {
  readonly id: string
  readonly sessionId: string
  readonly tenantId: string
  readonly userId: string | null
  readonly direction: Direction
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly classification: Classification
  readonly result: 'ended' | 'refused'
  readonly startedAt: string
  readonly answeredAt: string | null
  readonly endedAt: string
  readonly endCause: string
  readonly chargedSeconds: number
  readonly charge: Money
  readonly funding: FundingEntry[]
  readonly rate: RateOnRecord | null
  readonly refusal: Refusal | null
}

/** The same record gives the same bytes: members are named one by one, in an order that no storage decides. */
export function recordToWire(record: SettledRecord): CallRecordOnWire {
  const { details } = record
  return {
    id: formatId('call', record.callId),
    sessionId: record.sessionId,
    tenantId: formatId('tenant', record.tenantId),
    userId: record.userId === null ? null : formatId('user', record.userId),
    direction: record.direction,
    callingNumber: record.callingNumber,
    calledNumber: record.calledNumber,
    classification: record.classification,
    result: record.result,
    startedAt: formatInstant(record.startedAt),
    answeredAt: record.answeredAt === null ? null : formatInstant(record.answeredAt),
    endedAt: formatInstant(record.endedAt),
    endCause: record.endCause,
    chargedSeconds: record.chargedSeconds,
    charge: moneyOf(record),
    funding: fundingEntries(details.funding, record.currency),
    rate: details.rate && rateToWire(details.rate),
    refusal: record.refusalCode === null ? null : refusal(record.refusalCode, record.direction),
  }
}

const rateToWire = (rate: RateOnRecord): RateOnRecord => ({
  deckVersion: rate.deckVersion,
  direction: rate.direction,
  prefix: rate.prefix,
  origin: rate.origin,
  lineKind: rate.lineKind,
  currency: rate.currency,
  perMinute: rate.perMinute,
  connectionFee: rate.connectionFee,
  initialIncrement: rate.initialIncrement,
  nextIncrement: rate.nextIncrement,
  minimumSeconds: rate.minimumSeconds,
})
