/** Calls in progress, as the live page shows them. */
import { type Call, type Direction, grantedSeconds } from '../core/call.ts'
import { type FundedBy, fundedBy } from '../core/call-record.ts'
import type { Classification } from '../core/classification.ts'
import type { CallId, SwitchId, TenantId, UserId } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import { parseCall } from './call-json.ts'
import type { Queryable } from './db.ts'

export interface LiveCall {
  readonly callId: CallId
  readonly userId: UserId | null
  readonly userName: string | null
  readonly direction: Direction
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly classification: Classification
  readonly charged: boolean
  readonly startedAt: Instant
  /** Null until the switch has reported the first second. */
  readonly answeredAt: Instant | null
  readonly lastReportAt: Instant
  /** What the switch has reported so far. */
  readonly spokenSeconds: number
  /** What each source has given so far, after rounding. */
  readonly funding: readonly FundedBy[]
  /** The grant that is out; null for a call without a lease. */
  readonly grant: {
    /** Who pays for the next second; null when nothing was left to grant. */
    readonly source: string | null
    readonly grantedSeconds: number
    /** How much of the grant is left if the call is going on: an estimate until the next report. */
    readonly remainingSeconds: number
  } | null
}

/** The tenant's open sessions, newest first, at its `now`; at most `limit`. */
export async function listLiveCalls(
  db: Queryable,
  tenantId: TenantId,
  now: Instant,
  limit: number,
): Promise<LiveCall[]> {
  const rows = await db.query<{ call_id: CallId; call: unknown; user_name: string | null }>(
    `SELECT s.call_id, s.call, u.name AS user_name
     FROM call_session s LEFT JOIN tenant_user u ON u.user_id = (s.call ->> 'userId')::uuid
     WHERE s.tenant_id = $1 AND s.state = 'open'
     ORDER BY s.call_id DESC LIMIT $2`,
    [tenantId, limit],
  )
  return rows.flatMap((row) => {
    const call = parseCall(row.call, row.call_id, tenantId)
    return call ? [liveCall(call, row.user_name, now)] : []
  })
}

/** A session that holds a call, as the switch knows it. */
export interface OpenCall {
  readonly switchId: SwitchId
  readonly sessionId: string
  readonly call: Call
}

const OPEN_CALL = `SELECT switch_id AS "switchId", session_id AS "sessionId", call_id, tenant_id, call FROM call_session`

interface OpenCallRow {
  readonly switchId: SwitchId
  readonly sessionId: string
  readonly call_id: CallId
  readonly tenant_id: TenantId
  readonly call: unknown
}

const readOpenCalls = (rows: readonly OpenCallRow[]): OpenCall[] =>
  rows.flatMap(({ switchId, sessionId, call_id, tenant_id, call: stored }) => {
    const call = parseCall(stored, call_id, tenant_id)
    return call ? [{ switchId, sessionId, call }] : []
  })

/** Every call of the tenant that is in progress. */
export async function listOpenCalls(db: Queryable, tenantId: TenantId): Promise<OpenCall[]> {
  return readOpenCalls(await db.query(`${OPEN_CALL} WHERE tenant_id = $1 AND state = 'open'`, [tenantId]))
}

/** The calls in progress of one user, newest first. */
export async function listOpenCallsOf(db: Queryable, tenantId: TenantId, userId: UserId): Promise<OpenCall[]> {
  return readOpenCalls(
    await db.query(
      `${OPEN_CALL} WHERE tenant_id = $1 AND state = 'open' AND call ->> 'userId' = $2 ORDER BY call_id DESC LIMIT 10`,
      [tenantId, userId],
    ),
  )
}

/** One call in progress; null where there is none. */
export async function findOpenCall(db: Queryable, tenantId: TenantId, callId: CallId): Promise<OpenCall | null> {
  const rows = await db.query<OpenCallRow>(`${OPEN_CALL} WHERE tenant_id = $1 AND call_id = $2 AND state = 'open'`, [
    tenantId,
    callId,
  ])
  return readOpenCalls(rows)[0] ?? null
}

/** Names of these people, by id. */
export async function userNames(
  db: Queryable,
  tenantId: TenantId,
  userIds: readonly UserId[],
): Promise<Map<UserId, string>> {
  if (userIds.length === 0) return new Map()
  const rows = await db.query<{ user_id: UserId; name: string }>(
    'SELECT user_id, name FROM tenant_user WHERE tenant_id = $1 AND user_id = ANY($2)',
    [tenantId, userIds],
  )
  return new Map(rows.map((row) => [row.user_id, row.name]))
}

/** Who of the tenant answers at these numbers, or at these SIP names, which colleagues without a number are called by. */
export async function holderNames(
  db: Queryable,
  tenantId: TenantId,
  called: readonly string[],
): Promise<Map<string, string>> {
  if (called.length === 0) return new Map()
  const rows = await db.query<{ called: string; name: string }>(
    `SELECT n.number AS called, u.name FROM phone_number n JOIN tenant_user u ON u.user_id = n.user_id
     WHERE n.tenant_id = $1 AND n.number = ANY($2)
     UNION ALL
     SELECT sip_username, name FROM tenant_user WHERE tenant_id = $1 AND sip_username = ANY($2) AND deleted_at IS NULL`,
    [tenantId, called],
  )
  return new Map(rows.map((row) => [row.called, row.name]))
}

function liveCall(call: Call, userName: string | null, now: Instant): LiveCall {
  return {
    callId: call.callId,
    userId: call.userId,
    userName,
    direction: call.direction,
    callingNumber: call.callingNumber,
    calledNumber: call.calledNumber,
    classification: call.classification,
    charged: call.charged,
    startedAt: call.startedAt,
    answeredAt: call.answeredAt,
    lastReportAt: call.lastEventAt,
    spokenSeconds: call.spokenSeconds,
    funding: fundedBy(call),
    grant: call.charged ? grantOf(call, now) : null,
  }
}

/** Seconds since the last report are taken as spoken, in the order in which they were granted. */
function grantOf(call: Call, now: Instant): LiveCall['grant'] {
  const granted = grantedSeconds(call)
  const elapsed = Math.max(0, Math.floor((now - call.lastEventAt) / 1000))
  let passed = Math.min(elapsed, granted)
  const remainingSeconds = granted - passed
  for (const slice of call.grant) {
    if (passed < slice.seconds) return { source: slice.source, grantedSeconds: granted, remainingSeconds }
    passed -= slice.seconds
  }
  return { source: call.grant.at(-1)?.source ?? null, grantedSeconds: granted, remainingSeconds }
}
