/** Calendar days in a tenant's time zone. A day begins at the first instant of its local date, as a month does (P6). */
import { Temporal } from 'temporal-polyfill'
import type { Brand } from './brand.ts'
import { type Instant, instant, type Month, type TimeZone } from './time.ts'

/** `2026-11-30`: sorts and compares as text. */
export type LocalDay = Brand<string, 'LocalDay'>

const DAY_MS = 86_400_000

const epochOf = (day: LocalDay): number => Date.parse(`${day}T00:00:00Z`)

/** A day that the calendar has; null for anything else: `2026-02-30`, `yesterday`. */
export function parseDay(text: string): LocalDay | null {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? (text as LocalDay) : null
}

export const addDays = (day: LocalDay, days: number): LocalDay =>
  new Date(epochOf(day) + days * DAY_MS).toISOString().slice(0, 10) as LocalDay

/** How many days `later` is after `day`; below zero if it is before. */
export const daysFrom = (day: LocalDay, later: LocalDay): number => Math.round((epochOf(later) - epochOf(day)) / DAY_MS)

/** 0 is Sunday. */
export const weekdayOf = (day: LocalDay): number => new Date(epochOf(day)).getUTCDay()

export const monthOfDay = (day: LocalDay): Month => day.slice(0, 7) as Month

export const firstDayOf = (month: Month): LocalDay => `${month}-01` as LocalDay

export function lastDayOf(month: Month): LocalDay {
  const next = new Date(epochOf(firstDayOf(month)) + 32 * DAY_MS).toISOString().slice(0, 7) as Month
  return addDays(firstDayOf(next), -1)
}

/** The days of a month, in order. */
export function daysOf(month: Month): LocalDay[] {
  const first = firstDayOf(month)
  return Array.from({ length: daysFrom(first, lastDayOf(month)) + 1 }, (_, index) => addDays(first, index))
}

// As in core/time.ts: the polyfill takes some 80 µs for a day, and a page asks for the same few hundred again and again. The memo
// cannot change an answer, only its price.
const memo = new Map<string, Instant>()
const MEMO_MAX = 20_000

/** The first instant of the day: steps over a midnight that does not exist, and takes the earlier of two. */
export function startOfDay(day: LocalDay, zone: TimeZone): Instant {
  const key = `${zone} ${day}`
  const known = memo.get(key)
  if (known !== undefined) return known
  if (memo.size >= MEMO_MAX) memo.clear()
  const start = instant(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone }).epochMilliseconds)
  memo.set(key, start)
  return start
}

/** The day that has begun last at `at`. */
export function dayOf(at: Instant, zone: TimeZone): LocalDay {
  // No zone is further than 14 hours east or 12 west of UTC.
  let day = new Date(at + 14 * 3_600_000).toISOString().slice(0, 10) as LocalDay
  while (startOfDay(day, zone) > at) day = addDays(day, -1)
  return day
}
