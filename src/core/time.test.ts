import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatInstant,
  type Instant,
  instant,
  isTimeZone,
  type Month,
  nextPeriod,
  oneYearAfter,
  parseMonth,
  periodNamed,
  periodOf,
  secondsUntilPeriodEnd,
  splitByPeriod,
  type TimeZone,
} from './time.ts'

const zone = (name: string): TimeZone => name as TimeZone
const at = (text: string): Instant => instant(Date.parse(text))
const NEW_YORK = zone('America/New_York')
const ZONES = Intl.supportedValuesOf('timeZone')
const HOUR = 3_600_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** The clock on the wall, as if it were UTC: a second way to look at a zone, beside Temporal. */
function wallClock(epochMs: number, name: string): number {
  let format = formats.get(name)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(name, format)
  }
  const [month = 1, day = 1, year = 0, hour = 0, minute = 0, second = 0] = (
    format.format(epochMs).match(/\d+/g) ?? []
  ).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

const offsetOf = (epochMs: number, name: string): number => wallClock(epochMs, name) - epochMs
const isFirst = (epochMs: number, name: string): boolean => new Date(wallClock(epochMs, name)).getUTCDate() === 1

/** Month starts whose 1st has no midnight, or two. */
function oddMonthStarts(): { name: string; month: Month; midnights: number }[] {
  const odd: { name: string; month: Month; midnights: number }[] = []
  for (const name of ZONES) {
    for (let index = 0; index < 26 * 12; index++) {
      const first = Date.UTC(2005, index, 1)
      const offsets = new Set([offsetOf(first - 15 * HOUR, name), offsetOf(first + 15 * HOUR, name)])
      if (offsets.size === 1) continue
      const midnights = [...offsets].filter((offset) => offsetOf(first - offset, name) === offset).length
      if (midnights !== 1) odd.push({ name, month: new Date(first).toISOString().slice(0, 7) as Month, midnights })
    }
  }
  return odd
}

describe('P6: a month begins at the first instant whose local date is the 1st', () => {
  const odd = oddMonthStarts()

  test('the runtime knows the odd month starts of 2005 to 2030', () => {
    expect(odd.length).toBeGreaterThanOrEqual(20)
    expect(odd).toContainEqual({ name: 'Africa/Cairo', month: '2014-08', midnights: 0 })
    expect(odd).toContainEqual({ name: 'America/Havana', month: '2026-11', midnights: 2 })
    expect(odd).toContainEqual({ name: 'America/St_Johns', month: '2009-11', midnights: 2 })
  })

  test.each(odd)('$name $month has $midnights midnights', ({ name, month }) => {
    const { start, end } = periodNamed(month, zone(name))
    expect(isFirst(start, name)).toBe(true)
    for (let before = 1000; before <= 3 * HOUR; before += 60_000) expect(isFirst(start - before, name)).toBe(false)
    expect(periodOf(instant(start - 1), zone(name)).end).toBe(start)
    // Where the clock goes back over midnight the date says "31st" again: the month has begun nevertheless.
    for (let after = 0; after <= 3 * HOUR; after += 600_000) {
      expect(periodOf(instant(start + after), zone(name)).month).toBe(month)
    }
    expect(periodOf(instant(end - 1), zone(name)).month).toBe(month)
  })

  test('every zone: months follow each other without a gap, and each instant is in the month that holds it', () => {
    for (const [index, name] of ZONES.entries()) {
      const period = periodOf(instant(Date.UTC(2005 + (index % 26), index % 12, 15)), zone(name))
      expect(isFirst(period.start, name), name).toBe(true)
      expect(isFirst(period.start - 1000, name), name).toBe(false)
      const next = nextPeriod(period, zone(name))
      expect(next.start, name).toBe(period.end)
      expect(periodOf(period.end, zone(name)), name).toEqual(next)
      expect(periodOf(period.start, zone(name)), name).toEqual(period)
    }
  })

  test('the memo of months does not change an answer', () => {
    const instants = Array.from({ length: 24 }, (_, index) => instant(Date.UTC(2026, index, 1, 3)))
    const months = instants.map((each) => periodOf(each, NEW_YORK).month)
    expect([...instants].reverse().map((each) => periodOf(each, NEW_YORK).month)).toEqual(months.reverse())
  })

  test.each(['+02:00', '', 'Mars/Olympus', '2026', 'UTC+1', 'Europe/Paris; DROP'])('%j is no time zone', (text) => {
    expect(isTimeZone(text)).toBe(false)
  })

  test('names of months', () => {
    expect(['2026-11', '2026-13', '2026-00', '26-01', '2026-1', '2026-01-01'].map(parseMonth)).toEqual([
      '2026-11',
      null,
      null,
      null,
      null,
      null,
    ])
    expect(isTimeZone('America/Toronto')).toBe(true)
    expect(formatInstant(at('2026-11-30T23:50:00-05:00'))).toBe('2026-12-01T04:50:00.000Z')
  })
})

const anyZone = fc.constantFrom(
  'America/New_York',
  'Africa/Cairo',
  'America/Havana',
  'America/St_Johns',
  'Asia/Kathmandu',
  'UTC',
)
const aroundMonthEnd = fc
  .record({
    name: anyZone,
    index: fc.integer({ min: 0, max: 26 * 12 }),
    offset: fc.integer({ min: -90_000, max: 90_000 }),
  })
  .map(({ name, index, offset }) => {
    const { end } = periodOf(instant(Date.UTC(2005, index, 15)), zone(name))
    return { name: zone(name), end, at: instant(end + offset) }
  })

describe('P8: each second belongs to the month in which it was spoken', () => {
  test('the parts are the seconds, one after the other, each in the month in which it began', () => {
    fc.assert(
      fc.property(aroundMonthEnd, fc.integer({ min: 1, max: 180 }), ({ name, at: ended }, seconds) => {
        const months = Array.from(
          { length: seconds },
          (_, second) => periodOf(instant(ended - (seconds - second) * 1000), name).month,
        )
        const parts = splitByPeriod(seconds, ended, name)
        expect(parts.flatMap((part) => Array<Month>(part.seconds).fill(part.period.month))).toEqual(months)
      }),
      { numRuns: 60 },
    )
  })

  test('seconds are conserved over many months', () => {
    fc.assert(
      fc.property(aroundMonthEnd, fc.integer({ min: 0, max: 20_000_000 }), ({ name, at: ended }, seconds) => {
        const parts = splitByPeriod(seconds, ended, name)
        expect(parts.reduce((sum, part) => sum + part.seconds, 0)).toBe(seconds)
        expect(parts.every((part) => part.seconds > 0)).toBe(true)
        expect(new Set(parts.map((part) => part.period.month)).size).toBe(parts.length)
      }),
      { numRuns: 40 },
    )
  })

  test('30 s before and 45 s after midnight', () => {
    const parts = splitByPeriod(75, at('2026-12-01T00:00:45-05:00'), NEW_YORK)
    expect(parts.map(({ period, seconds }) => [period.month, seconds])).toEqual([
      ['2026-11', 30],
      ['2026-12', 45],
    ])
  })

  test('a grant that ends with the month does not cross it', () => {
    fc.assert(
      fc.property(aroundMonthEnd, ({ name, at: from }) => {
        const period = periodOf(from, name)
        const seconds = secondsUntilPeriodEnd(from, period)
        expect(seconds).toBeGreaterThanOrEqual(1)
        if (period.end - from >= 1000) expect(from + seconds * 1000).toBeLessThanOrEqual(period.end)
        expect(from + (seconds + 1) * 1000).toBeGreaterThan(period.end)
      }),
    )
  })

  test('a month with a change of the clock is as long as it is', () => {
    const march = periodNamed('2027-03' as Month, NEW_YORK)
    expect((march.end - march.start) / HOUR).toBe(31 * 24 - 1)
    const november = periodNamed('2026-11' as Month, NEW_YORK)
    expect((november.end - november.start) / HOUR).toBe(30 * 24 + 1)
  })
})

describe('W3: the same local date and time a year later', () => {
  test.each([
    ['2026-06-10T10:00:00-04:00', '2027-06-10T10:00:00-04:00', 'a plain day'],
    ['2028-02-29T10:00:00-05:00', '2029-02-28T10:00:00-05:00', '29 February'],
    ['2027-02-28T10:00:00-05:00', '2028-02-28T10:00:00-05:00', 'the 28th before a leap year'],
    ['2026-03-14T12:00:00-04:00', '2027-03-14T12:00:00-04:00', 'the day of the change'],
    ['2026-03-13T10:00:00-04:00', '2027-03-13T10:00:00-05:00', 'a day that was in summer and is in winter'],
    ['2025-03-08T02:30:00-05:00', '2026-03-08T03:30:00-04:00', 'a time that does not exist'],
  ])('%s expires at %s: %s', (from, to) => {
    expect(formatInstant(oneYearAfter(at(from), NEW_YORK))).toBe(formatInstant(at(to)))
  })
})
