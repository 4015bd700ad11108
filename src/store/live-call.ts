/** Calls in progress, as the live page shows them. */
import { type Call, type Direction, grantedSeconds } from '../core/call.ts'
import { type FundedBy, fundedBy } from '../core/call-record.ts'
import type { Classification } from '../core/classification.ts'
import type { CallId, TenantId, UserId } from '../core/ids.ts'
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
  const rows = await db.query<{ call: unknown; user_name: string | null }>(
    `SELECT s.call, u.name AS user_name
     FROM call_session s LEFT JOIN tenant_user u ON u.user_id = (s.call ->> 'userId')::uuid
     WHERE s.tenant_id = $1 AND s.state = 'open'
     ORDER BY s.call_id DESC LIMIT $2`,
    [tenantId, limit],
  )
  return rows.flatMap((row) => {
    const call = parseCall(row.call)
    return call ? [liveCall(call, row.user_name, now)] : []
  })
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
