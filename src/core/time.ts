/**
 * Calendar months in any time zone (P6). Time is an argument everywhere: nothing here reads a clock.
 */
import { Temporal } from 'temporal-polyfill'
import { assert } from './assert.ts'
import type { Brand } from './brand.ts'

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = Brand<number, 'Instant'>

/** IANA name, known to the runtime. */
export type TimeZone = Brand<string, 'TimeZone'>

/** `2026-11`: part of a pool's name. */
export type Month = Brand<string, 'Month'>

/** A tenant's calendar month: [start, end). */
export interface Period {
  readonly month: Month
  readonly start: Instant
  readonly end: Instant
}

export const instant = (epochMs: number): Instant => epochMs as Instant

export const formatInstant = (at: Instant): string => new Date(at).toISOString()

/** True for an IANA zone that this runtime knows; offsets such as `+02:00` are not zones with months and are refused. */
export function isTimeZone(text: string): text is TimeZone {
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}

const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/

export function parseMonth(text: string): Month | null {
  return MONTH.test(text) ? (text as Month) : null
}

// Finding a month costs about 80 µs in the polyfill and is asked for on every request, so the last months of each zone are
// kept. The memo cannot change an answer, only its price; it is bounded by zones × a few months.
const memo = new Map<string, Period[]>()
const MEMO_MONTHS_MAX = 6
const MEMO_ZONES_MAX = 700

/** The month whose local date range holds `at`. A month begins at the first instant whose local date is the 1st (P6). */
export function periodOf(at: Instant, zone: TimeZone): Period {
  const known = memo.get(zone)
  if (known) for (const period of known) if (at >= period.start && at < period.end) return period
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const period = remember(zone, makePeriod(local.year, local.month, zone))
  // Where a zone repeats the last hour of a month, the local date may say "30th" after the 1st has begun.
  if (at >= period.start && at < period.end) return period
  return at < period.start ? previousPeriod(period, zone) : nextPeriod(period, zone)
}

export function periodNamed(month: Month, zone: TimeZone): Period {
  const known = memo.get(zone)?.find((period) => period.month === month)
  if (known) return known
  const match = MONTH.exec(month)
  assert(match, `not a month: ${month}`)
  return remember(zone, makePeriod(Number(match[1]), Number(match[2]), zone))
}

export function nextPeriod(period: Period, zone: TimeZone): Period {
  const month = Temporal.PlainYearMonth.from(period.month).add({ months: 1 })
  return periodNamed(month.toString() as Month, zone)
}

function previousPeriod(period: Period, zone: TimeZone): Period {
  const month = Temporal.PlainYearMonth.from(period.month).subtract({ months: 1 })
  return periodNamed(month.toString() as Month, zone)
}

function makePeriod(year: number, month: number, zone: TimeZone): Period {
  const first = Temporal.PlainDate.from({ year, month, day: 1 })
  const name = first.toPlainYearMonth().toString() as Month
  return { month: name, start: startOfDay(first, zone), end: startOfDay(first.add({ months: 1 }), zone) }
}

// toZonedDateTime without a time gives the first instant of that date: it steps over a midnight that does not exist
// (Cairo, August 2014) and takes the earlier of two (Havana, November 2026).
const startOfDay = (date: Temporal.PlainDate, zone: TimeZone): Instant =>
  instant(date.toZonedDateTime({ timeZone: zone }).epochMilliseconds)

function remember(zone: TimeZone, period: Period): Period {
  const known = memo.get(zone) ?? []
  if (known.length >= MEMO_MONTHS_MAX) known.shift()
  known.push(period)
  if (!memo.has(zone) && memo.size >= MEMO_ZONES_MAX) memo.clear()
  memo.set(zone, known)
  return period
}

/**
 * The instant at which clocks of the zone show `wallClockMs` (as if it were UTC). An hour that comes twice is taken the first time;
 * one that is left out is moved on by what was left out (RFC 5545 3.3.5).
 */
export const localToInstant = (wallClockMs: number, zone: TimeZone): Instant =>
  instant(
    Temporal.Instant.fromEpochMilliseconds(wallClockMs)
      .toZonedDateTimeISO('UTC')
      .toPlainDateTime()
      .toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds,
  )

/** The same local date and time a year later; 29 February becomes the 28th (W3: when a funding expires). */
export function oneYearAfter(at: Instant, zone: TimeZone): Instant {
  const later = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).add({ years: 1 })
  return instant(later.epochMilliseconds)
}

/** Whole seconds from `at` to the end of its month, at least 1: a grant from a pool ends there (P8). */
export function secondsUntilPeriodEnd(at: Instant, period: Period): number {
  return Math.max(1, Math.floor((period.end - at) / 1000))
}

/**
 * Splits the `seconds` that ended at `at` where a month ends (P8): each second belongs to the month in which it began.
 * Parts come in the order spoken; there is one part unless a boundary lies inside.
 */
export function splitByPeriod(seconds: number, at: Instant, zone: TimeZone): { period: Period; seconds: number }[] {
  const parts: { period: Period; seconds: number }[] = []
  const began = at - seconds * 1000
  let spoken = 0
  while (spoken < seconds) {
    const period = periodOf(instant(began + spoken * 1000), zone)
    const until = Math.ceil((period.end - began) / 1000)
    const taken = Math.min(seconds, until) - spoken
    parts.push({ period, seconds: taken })
    spoken += taken
  }
  return parts
}
