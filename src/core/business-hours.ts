/** When somebody is there: spans of local time for each day of the week, in the tenant's time zone. */
import { Temporal } from 'temporal-polyfill'
import type { Instant, TimeZone } from './time.ts'

/** `09:00`–`17:30`, local time; `24:00` is the end of the day. The end is not in it. */
export interface OpenSpan {
  readonly from: string
  readonly to: string
}

/** Monday first; seven days. A day without spans is closed. */
export type WeekHours = readonly (readonly OpenSpan[])[]

export const WEEK_DAYS = 7
export const SPANS_A_DAY_MAX = 4

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/

/** Minutes after midnight; null for what is no time of day. */
export function minutesOf(time: string): number | null {
  if (time === '24:00') return 1_440
  return TIME.test(time) ? Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) : null
}

/**
 * Is `at` within the hours? By the clock on the wall there: on a day that clocks change, 09:00 stays 09:00. Hours that are no
 * times are closed.
 */
export function isOpen(hours: WeekHours, at: Instant, zone: TimeZone): boolean {
  const { dayOfWeek, hour, minute } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const now = hour * 60 + minute
  return (hours[dayOfWeek - 1] ?? []).some(({ from, to }) => {
    const [begin, end] = [minutesOf(from), minutesOf(to)]
    return begin !== null && end !== null && begin <= now && now < end
  })
}

/** The first day (0 is Monday) whose spans are no times, end before they begin, or overlap; null: all is well. */
export function badDay(hours: WeekHours): number | null {
  const index = hours.findIndex((spans) => {
    const minutes = spans.map(({ from, to }) => [minutesOf(from), minutesOf(to)] as const)
    return minutes.some(([from, to], at) => {
      if (from === null || to === null || from >= to) return true
      return minutes.some(
        ([other], before) => before < at && other !== null && other < to && from < (minutes[before]?.[1] ?? 0),
      )
    })
  })
  return index === -1 ? null : index
}
