/**
 * Reads the times of call records straight from bytes, to whole seconds since 1970. Exports write RFC 3339 in UTC; PBXs write local
 * time without a zone, in which one hour a year is missing and one comes twice: the first of the two is taken.
 */
import { localToInstant, type TimeZone } from '../../core/time.ts'

export type DateOrder = 'day-first' | 'month-first'

export interface TimeReading {
  /** Whole seconds since 1970-01-01T00:00:00Z; -1: not a time. Fractions are cut off. */
  readonly seconds: number
  /** It had no zone of its own, so that of the tenant was taken. */
  readonly isLocal: boolean
}

const DIGITS_MAX_EPOCH = 13

/** A reader with the zone for times that name none, and the order of dates such as 03/04/2026. */
export function makeTimeReader(timeZone: TimeZone, dateOrder: DateOrder | null) {
  const days = new Map<number, number>()
  const hours = new Map<number, number>()
  const numbers = new Int32Array(8)
  const reading = { seconds: -1, isLocal: false }

  const utcDay = (year: number, month: number, day: number): number => {
    const key = (year * 16 + month) * 32 + day
    const known = days.get(key)
    if (known !== undefined) return known
    const made = Date.UTC(year, month - 1, day)
    const back = new Date(made)
    const exists = back.getUTCMonth() === month - 1 && back.getUTCDate() === day
    const seconds = exists ? made / 1000 : -1
    days.set(key, seconds)
    return seconds
  }

  /** Zones change by whole quarters of an hour, never inside one: an offset is looked up once for each. */
  const localQuarter = (utcSeconds: number): number => {
    const quarter = Math.floor(utcSeconds / 900)
    const known = hours.get(quarter)
    if (known !== undefined) return known
    const start = localToInstant(quarter * 900 * 1000, timeZone) / 1000
    hours.set(quarter, start)
    return start
  }

  /**
   * `YYYY-MM-DD HH:MM:SS[.f][Z|±HH:MM]` with blank or T, `DD/MM/YYYY HH:MM[:SS]` in the order that was told, or seconds (or
   * milliseconds) since 1970. The answer is the same object each time.
   */
  return function read(bytes: Uint8Array, start: number, end: number): TimeReading {
    reading.seconds = -1
    reading.isLocal = false
    let at = start
    while (at < end && bytes[at] === 0x20) at++
    while (end > at && bytes[end - 1] === 0x20) end--
    const first = at
    let count = 0
    // Digits in groups, one separator between two of them.
    while (at < end && count < 7) {
      let value = 0
      const from = at
      for (; at < end; at++) {
        const digit = (bytes[at] ?? 0) - 0x30
        if (digit < 0 || digit > 9) break
        value = value * 10 + digit
      }
      const width = at - from
      if (width === 0) return reading
      if (count === 0 && at === end && width >= 9 && width <= DIGITS_MAX_EPOCH) {
        reading.seconds = width > 10 ? Math.floor(value / 1000) : value
        return reading
      }
      if (width > 4 && count < 6) return reading
      numbers[count++] = value
      const separator = bytes[at]
      if (at >= end || separator === 0x5a || separator === 0x2b || (separator === 0x2d && count > 3)) break
      if (count === 6 && separator !== 0x2e && separator !== 0x2c) break
      if (separator === 0x20 && count !== 3) break
      at++
    }
    if (count < 5) return reading
    const isYearFirst = bytes[first + 4] === 0x2d || bytes[first + 4] === 0x2f
    const [a, b, c] = [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0]
    let [year, month, day] = [a, b, c]
    if (!isYearFirst) {
      // Over 12 it can only be a day; else somebody has to say which.
      const isDayFirst = a > 12 || (b <= 12 && dateOrder === 'day-first')
      if (!isDayFirst && b <= 12 && dateOrder === null) return reading
      ;[year, month, day] = isDayFirst ? [c, b, a] : [c, a, b]
    }
    const [hour, minute, second] = [numbers[3] ?? 0, numbers[4] ?? 0, count > 5 ? (numbers[5] ?? 0) : 0]
    if (year < 1970 || year > 2200 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return reading
    const base = utcDay(year, month, day)
    if (base === -1) return reading
    const wall = base + hour * 3600 + minute * 60 + second

    while (at < end && bytes[at] === 0x20) at++
    if (at >= end) {
      reading.isLocal = true
      reading.seconds = localQuarter(wall) + (wall % 900)
      return reading
    }
    const offset = readOffset(bytes, at, end)
    if (offset !== null) reading.seconds = wall - offset
    return reading
  }
}

/** `Z`, `UTC`, `GMT`, `+02:00`, `-0500`, `+02` in seconds; null: something else stands there. */
function readOffset(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start === 1) return bytes[start] === 0x5a ? 0 : null
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 8)))
  if (text === 'UTC' || text === 'GMT') return 0
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(text)
  if (!match) return null
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60
  return match[1] === '-' ? -seconds : seconds
}
