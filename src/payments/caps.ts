/** Daily and monthly caps of automatic recharge, by the tenant's own calendar (W4). Pure. */
import { Temporal } from 'temporal-polyfill'
import type { Micros } from '../core/money.ts'
import { type Instant, instant, periodOf, type TimeZone } from '../core/time.ts'

export interface Day {
  readonly start: Instant
  readonly end: Instant
}

/** The tenant's calendar day: [start, end). It begins at the first instant whose local date it is, like a month (P6). */
export function dayOf(at: Instant, zone: TimeZone): Day {
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  const day = dayFrom(date, zone)
  // Where the clock goes back over midnight the local date says yesterday again, though today has begun.
  return at < day.end ? day : dayFrom(date.add({ days: 1 }), zone)
}

function dayFrom(date: Temporal.PlainDate, zone: TimeZone): Day {
  const start = (on: Temporal.PlainDate): Instant => instant(on.toZonedDateTime({ timeZone: zone }).epochMilliseconds)
  return { start: start(date), end: start(date.add({ days: 1 })) }
}

export interface Caps {
  readonly dailyCapMicros: Micros | null
  readonly monthlyCapMicros: Micros | null
}

/** When a recharge of `amount` is allowed again: the start of the next day or month; null when it is allowed now. */
export function cappedUntil(
  caps: Caps,
  amount: Micros,
  recharged: { today: Micros; thisMonth: Micros },
  now: Instant,
  zone: TimeZone,
): Instant | null {
  const { dailyCapMicros, monthlyCapMicros } = caps
  if (monthlyCapMicros !== null && recharged.thisMonth + amount > monthlyCapMicros) return periodOf(now, zone).end
  if (dailyCapMicros !== null && recharged.today + amount > dailyCapMicros) return dayOf(now, zone).end
  return null
}
