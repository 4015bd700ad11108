/** What happened in a call and when, from its record: for the picture of a call. */
import { WALLET_SOURCE } from './call.ts'
import { parsePoolName } from './pool.ts'
import type { SettledRecord } from './settled-record.ts'
import { type Instant, instant } from './time.ts'

/** `fund`: another source takes over; `month`: the same plan goes on with the next month; `last`: the switch was told that no more is there. */
export const CALL_EVENT_KINDS = ['answered', 'fund', 'month', 'last', 'warned', 'cut', 'hung-up'] as const

export interface CallEvent {
  readonly kind: (typeof CALL_EVENT_KINDS)[number]
  readonly at: Instant
  /** Seconds of talk by then. */
  readonly second: number
  /** Who pays from here on, where that changes. */
  readonly source: string | null
}

/** End causes that are not a party's doing. */
const CUT = new Set([
  'funds-exhausted',
  'credit-limit-reached',
  'cut-by-admin',
  'charging-unreachable',
  'limit-reached',
])

export const wasCut = ({ endCause }: Pick<SettledRecord, 'endCause'>): boolean => CUT.has(endCause)

/** In the order in which they happened. A call that nobody answered has none. */
export function eventsOfCall(record: SettledRecord): CallEvent[] {
  const { answeredAt, chargedSeconds, details, endedAt } = record
  if (answeredAt === null || record.result === 'refused') return []
  const { segments, grants = [], warnedAt } = details
  const events: CallEvent[] = [{ kind: 'answered', at: answeredAt, second: 0, source: segments[0]?.source ?? null }]
  const after = (second: number): Instant => instant(answeredAt + second * 1000)
  const secondAt = (at: Instant): number => Math.min(chargedSeconds, Math.max(0, Math.round((at - answeredAt) / 1000)))
  let second = 0
  for (const [index, { source, seconds }] of segments.entries()) {
    const before = segments[index - 1]?.source
    if (before !== undefined) {
      events.push({ kind: isNextMonth(before, source) ? 'month' : 'fund', at: after(second), second, source })
    }
    second += seconds
  }
  const last = grants.findLast((grant) => grant.isLast)
  if (last && last === grants.at(-1))
    events.push({ kind: 'last', at: last.at, second: secondAt(last.at), source: null })
  if (warnedAt !== undefined) events.push({ kind: 'warned', at: warnedAt, second: secondAt(warnedAt), source: null })
  events.sort((a, b) => a.second - b.second)
  events.push({ kind: wasCut(record) ? 'cut' : 'hung-up', at: endedAt, second: chargedSeconds, source: null })
  return events
}

function isNextMonth(before: string, source: string): boolean {
  if (before === WALLET_SOURCE || source === WALLET_SOURCE) return false
  const [one, next] = [parsePoolName(before), parsePoolName(source)]
  return one !== null && next !== null && one.country === next.country && one.plan === next.plan
}
