/** What reports read (A2): answered calls of a range of days, their totals, and what each fund gave them. */
import type { Country } from '../core/country.ts'
import type { CallId, TenantId, UserId } from '../core/ids.ts'
import type { Micros } from '../core/money.ts'
import type { CallType, ReportUser } from '../core/report.ts'
import type { SettledRecord } from '../core/settled-record.ts'
import type { Instant } from '../core/time.ts'
import { RECORD_COLUMNS, RECORD_TABLES, type RecordRow, readRecord } from './call-record.ts'
import type { Queryable } from './db.ts'

/** Which calls a report is about: those that began in [from, until) and went this way. */
export interface ReportFilter {
  readonly from: Instant
  readonly until: Instant
  /** `plan`: what the platform carries and charges. `trunk`: what goes over the tenant's own trunk (L4), refused and unanswered too. */
  readonly way: 'plan' | 'trunk'
  /** False: every external call of this tenant is of the other way, or none is, and no record has to be opened to know. */
  readonly mayMix: boolean
  /** Of these people only. */
  readonly userIds?: readonly UserId[]
  readonly callType?: CallType
}

export interface ReportPlace {
  readonly startedAt: Instant
  readonly callId: CallId
}

export interface ReportRecord {
  readonly record: SettledRecord
  readonly user: ReportUser | null
}

interface Row extends RecordRow {
  readonly user_name: string | null
  readonly sip_username: string | null
  readonly usage_location: Country | null
  readonly voice_sku: string | null
  readonly international_plan: boolean | null
}

/** Calls of which the tenant's licences, plans and credits know; colleagues' calls to each other are no PSTN. */
const EXTERNAL = `r.classification <> 'internal'`

/** L4: an outside call that we authorise and record and do not charge. */
const OWN_TRUNK = `(r.direction = 'out' AND r.classification IN ('domestic', 'international', 'premium', 'shared-cost', 'satellite')
  AND r.charge_micros = 0 AND NOT (r.details ->> 'charged')::boolean)`

const ANSWERED = `r.result = 'ended' AND (r.answered_at IS NOT NULL OR coalesce(s.charged_seconds, 0) > 0)`

/** Asked of the index of forwarded calls, which are few: `call_record_by_start` does not hold a record's details. */
const NOT_FORWARDED = `NOT EXISTS (SELECT FROM call_record f
  WHERE f.tenant_id = $1 AND f.started_at = r.started_at AND f.call_id = r.call_id AND f.details -> 'forwards' IS NOT NULL
    AND f.started_at >= to_timestamp($2 / 1000.0) AND f.started_at < to_timestamp($3 / 1000.0))`

/** What `callTypeOf` of core says of a record, as conditions that can be answered from an index. */
const OF_CALL_TYPE: Readonly<Record<CallType, string>> = {
  user_in: `r.direction = 'in' AND r.user_id IS NOT NULL`,
  ucap_in: `r.direction = 'in' AND r.user_id IS NULL`,
  user_out: `r.direction = 'out' AND r.user_id IS NOT NULL AND ${NOT_FORWARDED}`,
  ucap_out: `r.direction = 'out' AND r.user_id IS NULL AND ${NOT_FORWARDED}`,
  user_out_forwarding: `r.direction = 'out' AND r.details -> 'forwards' IS NOT NULL`,
  conf_out: `r.direction = 'conference-out'`,
}

/** $1 tenant, $2 from, $3 until, $4 people or null. */
function conditionOf(filter: ReportFilter): string {
  const way = filter.mayMix ? (filter.way === 'trunk' ? OWN_TRUNK : `NOT ${OWN_TRUNK}`) : 'true'
  return `r.tenant_id = $1 AND r.started_at >= to_timestamp($2 / 1000.0) AND r.started_at < to_timestamp($3 / 1000.0)
    AND ${EXTERNAL} AND ${filter.way === 'plan' ? ANSWERED : 'true'} AND ${way}
    AND ($4::uuid[] IS NULL OR r.user_id = ANY($4)) AND ${filter.callType ? OF_CALL_TYPE[filter.callType] : 'true'}`
}

const valuesOf = (tenantId: TenantId, { from, until, userIds }: ReportFilter): unknown[] => [
  tenantId,
  from,
  until,
  userIds ?? null,
]

/** The calls of the report, the latest first; after `after`, if given. */
export async function listReport(
  db: Queryable,
  tenantId: TenantId,
  filter: ReportFilter,
  page: { readonly limit: number; readonly after: ReportPlace | null },
): Promise<ReportRecord[]> {
  const rows = await db.query<Row>(
    `SELECT ${RECORD_COLUMNS}, u.name AS user_name, u.sip_username, u.usage_location, u.voice_sku, u.international_plan
     FROM ${RECORD_TABLES} LEFT JOIN tenant_user u ON u.user_id = r.user_id
     WHERE ${conditionOf(filter)}
       AND ($6::bigint IS NULL OR (r.started_at, r.call_id) < (to_timestamp($6 / 1000.0), $7::uuid))
     ORDER BY r.started_at DESC, r.call_id DESC LIMIT $5`,
    [...valuesOf(tenantId, filter), page.limit, page.after?.startedAt ?? null, page.after?.callId ?? null],
  )
  return rows.map((row) => ({ record: readRecord(row), user: userOf(row) }))
}

function userOf(row: Row): ReportUser | null {
  const { user_name: name, usage_location: usageLocation } = row
  if (name === null || usageLocation === null) return null
  const { sip_username: sipUsername, voice_sku: voiceSku, international_plan: internationalPlan } = row
  return { name, sipUsername, usageLocation, voiceSku, internationalPlan: internationalPlan ?? false }
}

export interface ReportTotals {
  readonly calls: number
  /** Spoken, before rounding. */
  readonly seconds: number
  readonly chargeMicros: Micros
}

const SUMS = `count(*)::integer AS calls, coalesce(sum(coalesce(s.charged_seconds, r.charged_seconds)), 0)::bigint AS seconds,
  coalesce(sum(coalesce(s.charge_micros, r.charge_micros)), 0)::bigint AS charge`

const totalsOf = (row: { calls: number; seconds: bigint; charge: Micros } | undefined): ReportTotals => ({
  calls: row?.calls ?? 0,
  seconds: Number(row?.seconds ?? 0n),
  chargeMicros: row?.charge ?? (0n as Micros),
})

/** The sums of the report's rows, all of them. */
export async function totalReport(db: Queryable, tenantId: TenantId, filter: ReportFilter): Promise<ReportTotals> {
  const [row] = await db.query<{ calls: number; seconds: bigint; charge: Micros }>(
    `SELECT ${SUMS} FROM call_record r LEFT JOIN call_supplement s ON s.tenant_id = $1 AND s.call_id = r.call_id
     WHERE ${conditionOf(filter)}`,
    valuesOf(tenantId, filter),
  )
  return totalsOf(row)
}

export interface ReportPart extends ReportTotals {
  /** Number of the part of the range that its calls began in: from 1, as `starts` counts. */
  readonly part: number
}

/** The sums by parts of the range that begin at `starts`, in order; parts without calls are left out. */
export async function partsOfReport(
  db: Queryable,
  tenantId: TenantId,
  filter: ReportFilter,
  starts: readonly Instant[],
): Promise<ReportPart[]> {
  const rows = await db.query<{ part: number; calls: number; seconds: bigint; charge: Micros }>(
    `WITH starts AS (SELECT array_agg(to_timestamp(at / 1000.0) ORDER BY at) AS at FROM unnest($5::bigint[]) s(at))
     SELECT width_bucket(r.started_at, starts.at) AS part, ${SUMS}
     FROM starts, call_record r LEFT JOIN call_supplement s ON s.tenant_id = $1 AND s.call_id = r.call_id
     WHERE ${conditionOf(filter)} GROUP BY part ORDER BY part`,
    [...valuesOf(tenantId, filter), starts],
  )
  return rows.map(({ part, ...row }) => ({ part, ...totalsOf(row) }))
}

/** People of the tenant whose name or SIP name has the text in it, whatever its capitals; at most 500, in the order of names. */
export async function usersNamed(db: Queryable, tenantId: TenantId, text: string): Promise<UserId[]> {
  const rows = await db.query<{ user_id: UserId }>(
    `SELECT user_id FROM tenant_user WHERE tenant_id = $1
       AND (position(lower($2) IN lower(name)) > 0 OR position(lower($2) IN coalesce(sip_username, '')) > 0)
     ORDER BY name, user_id LIMIT 500`,
    [tenantId, text],
  )
  return rows.map(({ user_id }) => user_id)
}

/** Does or did anybody of this tenant hold a licence without plan (L4, L8)? */
export async function hasOwnTrunk(db: Queryable, tenantId: TenantId): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM subscription WHERE tenant_id = $1 AND sku = 'voice-without-calling-plan'`,
    [tenantId],
  )
  return rows.length > 0
}
