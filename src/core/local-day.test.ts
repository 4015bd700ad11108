import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  dayOf,
  daysFrom,
  daysOf,
  type LocalDay,
  lastDayOf,
  parseDay,
  startOfDay,
  weekdayOf,
} from './local-day.ts'
import { type Instant, instant, type Month, periodOf, type TimeZone } from './time.ts'

const at = (text: string): Instant => instant(Date.parse(text))
const zones = ['America/Toronto', 'Europe/London', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Africa/Cairo', 'UTC']

describe('local days', () => {
  test('a day is one that the calendar has', () => {
    expect(
      ['2026-11-30', '2024-02-29', '2026-02-29', '2026-02-30', '2026-13-01', '2026-11-3', 'yesterday', ''].map(
        parseDay,
      ),
    ).toEqual(['2026-11-30', '2024-02-29', null, null, null, null, null, null])
  })

  test.each([
    ['2026-11-01T03:59:59Z', 'America/Toronto', '2026-10-31'],
    ['2026-11-01T04:00:00Z', 'America/Toronto', '2026-11-01'],
    // The clocks go back at 2:00: the day has 25 hours.
    ['2026-11-02T04:59:59Z', 'America/Toronto', '2026-11-01'],
    ['2026-11-02T05:00:00Z', 'America/Toronto', '2026-11-02'],
    // Havana shows 00:00 to 01:00 twice; the day begins with the first.
    ['2026-11-01T04:00:00Z', 'America/Havana', '2026-11-01'],
    ['2026-11-01T05:00:00Z', 'America/Havana', '2026-11-01'],
  ])('%s in %s is %s', (time, zone, day) => {
    expect(dayOf(at(time), zone as TimeZone)).toBe(day)
  })

  test('months have their days, leap years too', () => {
    expect(lastDayOf('2028-02' as Month)).toBe('2028-02-29')
    expect(daysOf('2026-11' as Month)).toHaveLength(30)
    expect(daysOf('2026-12' as Month).at(-1)).toBe('2026-12-31')
    expect(weekdayOf('2026-11-22' as LocalDay)).toBe(0)
  })

  test('P6: every instant lies in the day that began last, and that day in the month of the instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), fc.constantFrom(...zones), (ms, name) => {
        const zone = name as TimeZone
        const day = dayOf(instant(ms), zone)
        expect(startOfDay(day, zone)).toBeLessThanOrEqual(ms)
        expect(startOfDay(addDays(day, 1), zone)).toBeGreaterThan(ms)
        expect(day.startsWith(periodOf(instant(ms), zone).month)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('counting days forth and back', () => {
    expect(daysFrom('2026-02-27' as LocalDay, '2026-03-02' as LocalDay)).toBe(3)
    expect(addDays('2026-03-02' as LocalDay, -3)).toBe('2026-02-27')
  })
})
