/** Calls that the demonstration has made before you look: credit-control requests as a switch would have sent them. */
import { formatInstant, type Instant, instant, periodOf, type TimeZone } from '../core/time.ts'
import type { DemoTenant } from './people.ts'

export interface PastCall {
  readonly minutesAgo: number
  /** SIP user name of the caller; for a call in, the number that is calling. */
  readonly from: string
  readonly to: string
  readonly seconds: number
  readonly direction?: 'in'
}

/** One working day: every way in which a call may be paid, or refused. */
const MAPLE_DAY: readonly PastCall[] = [
  { minutesAgo: 640, from: 'oliver', to: '+442079460955', seconds: 9_304 },
  { minutesAgo: 620, from: 'liam', to: '+12125550187', seconds: 13_412 },
  { minutesAgo: 600, from: 'zoe', to: '+15145550160', seconds: 11_930 },
  { minutesAgo: 560, from: 'emma', to: '+14165550166', seconds: 12_615 },
  { minutesAgo: 540, from: 'maya', to: '+14165550142', seconds: 8_730 },
  { minutesAgo: 410, from: 'liam', to: '+15145550103', seconds: 185 },
  { minutesAgo: 395, from: 'oliver', to: '+442079460921', seconds: 3_904 },
  { minutesAgo: 360, from: 'maya', to: '+442079460988', seconds: 1_475 },
  { minutesAgo: 322, from: 'liam', to: '+442079460977', seconds: 412 },
  { minutesAgo: 300, from: 'noah', to: '+14165550177', seconds: 0 },
  { minutesAgo: 281, from: '+16045550133', to: '+18005550199', seconds: 655, direction: 'in' },
  { minutesAgo: 240, from: 'zoe', to: '+19005550123', seconds: 0 },
  { minutesAgo: 205, from: 'liam', to: '+18005550123', seconds: 244 },
  { minutesAgo: 180, from: '+16135550120', to: '+14165550101', seconds: 540, direction: 'in' },
  { minutesAgo: 150, from: 'zoe', to: '+14505550148', seconds: 2_100 },
  { minutesAgo: 120, from: 'oliver', to: '+33199004321', seconds: 318 },
  { minutesAgo: 95, from: 'emma', to: '+12125550111', seconds: 4_020 },
  { minutesAgo: 30, from: 'maya', to: '+33199001212', seconds: 640 },
  { minutesAgo: 12, from: 'zoe', to: '+15145550160', seconds: 98 },
]

const ATELIER_DAY: readonly PastCall[] = [
  { minutesAgo: 200, from: 'camille', to: '+33199004410', seconds: 754 },
  { minutesAgo: 140, from: 'julien', to: '+442079460933', seconds: 1_210 },
  { minutesAgo: 75, from: 'paul', to: '+33199004455', seconds: 0 },
  { minutesAgo: 20, from: 'ines', to: '+33199001201', seconds: 132 },
]

export interface TenantIds {
  readonly tenantId: string
  readonly userIds: ReadonlyMap<string, string>
}

/** Initial and termination of each call, oldest first; one array a call, for `POST /v1/credit-control/bulk`. */
export function dayOfCalls(tenant: DemoTenant, ids: TenantIds, now: Instant): object[][] {
  const day = tenant.country === 'FR' ? ATELIER_DAY : MAPLE_DAY
  // On the 1st the day is squeezed into the hours that the month has had, so that its pools have paid.
  const { start } = periodOf(now, tenant.timeZone as TimeZone)
  const share = Math.min(1, (now - start) / (24 * 3_600_000))
  return day.map((call, index) => {
    const at = instant(now - Math.round(call.minutesAgo * 60_000 * share))
    return callRequests(ids, { ...call, sessionId: `demo-${index + 1}`, at })
  })
}

/** What the sandbox's pool has to lose: 1,198 of its 1,200 minutes, so that two are left. */
const TEA_ROOM_MINUTES = [96, 118, 87, 104, 121, 92, 109, 98, 113, 126, 134] as const

/** A call a day of the sandbox, the last one a day before `until`: the clock goes to `at`, then the requests are sent. */
export function teaRoomDays(ids: TenantIds, until: Instant): { at: Instant; requests: object[] }[] {
  return TEA_ROOM_MINUTES.map((minutes, index) => {
    const at = instant(until - (TEA_ROOM_MINUTES.length - index) * 24 * 3_600_000)
    const call = { from: 'alice', to: `+4420794609${30 + index}`, seconds: minutes * 60 }
    return {
      at,
      requests: callRequests(ids, { ...call, sessionId: `demo-${index + 1}`, at: instant(at - call.seconds * 1000) }),
    }
  })
}

/**
 * Where the sandbox's clock stands: at real time, but never so early in a month that its pool had no days to be used, nor so late
 * that a first call would run into the next one.
 */
export function teaRoomNow(now: Instant, zone: TimeZone): Instant {
  const { start, end } = periodOf(now, zone)
  const earliest = start + (TEA_ROOM_MINUTES.length + 1.5) * 24 * 3_600_000
  return instant(Math.min(Math.max(now, earliest), end - 36 * 3_600_000))
}

/** Initial and termination of one call. */
export function callRequests(
  { tenantId, userIds }: TenantIds,
  call: Omit<PastCall, 'minutesAgo'> & { readonly sessionId: string; readonly at: Instant },
): object[] {
  const { sessionId, at, seconds } = call
  const party =
    call.direction === 'in'
      ? { direction: 'in', callingNumber: call.from }
      : { direction: 'out', userId: userIds.get(call.from) }
  const requests: object[] = [
    {
      sessionId,
      requestNumber: 0,
      type: 'initial',
      tenantId,
      ...party,
      calledNumber: call.to,
      requestedSeconds: Math.max(60, Math.ceil(seconds / 60) * 60),
      eventTime: formatInstant(at),
    },
  ]
  // A call that is meant to be refused has no end.
  if (seconds === 0) return requests
  const eventTime = formatInstant(instant(at + seconds * 1000))
  const cause = call.direction === 'in' ? 'callee-hung-up' : 'caller-hung-up'
  return [...requests, { sessionId, requestNumber: 1, type: 'termination', usedSeconds: seconds, cause, eventTime }]
}
