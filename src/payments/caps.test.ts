import { describe, expect, test } from 'vitest'
import type { Currency, Micros } from '../core/money.ts'
import { formatInstant, instant, type TimeZone } from '../core/time.ts'
import { cappedUntil, dayOf } from './caps.ts'
import { toMinorUnits } from './minor-units.ts'

const at = (text: string) => instant(Date.parse(text))
const day = (text: string, zone: string) => {
  const { start, end } = dayOf(at(text), zone as TimeZone)
  return [formatInstant(start), formatInstant(end)]
}

describe('caps of automatic recharge', () => {
  test.each([
    [
      'an ordinary day',
      '2027-03-10T15:00:00Z',
      'America/New_York',
      '2027-03-10T05:00:00.000Z',
      '2027-03-11T05:00:00.000Z',
    ],
    [
      'a day without a midnight',
      '2014-08-01T12:00:00Z',
      'Africa/Cairo',
      '2014-07-31T22:00:00.000Z',
      '2014-08-01T21:00:00.000Z',
    ],
    [
      'a day with two midnights',
      '2026-11-01T05:30:00Z',
      'America/Havana',
      '2026-11-01T04:00:00.000Z',
      '2026-11-02T05:00:00.000Z',
    ],
    // Asunción, 22 March 2020: at midnight the clocks went back to 23:00 of the 21st, so that the 22nd had not begun.
    [
      'an evening that comes twice',
      '2020-03-22T03:30:00Z',
      'America/Asuncion',
      '2020-03-21T03:00:00.000Z',
      '2020-03-22T04:00:00.000Z',
    ],
    // St John's, 7 November 2010: at one past midnight they went back to 23:01 of the 6th, and the 7th had begun.
    [
      'a day that began twice',
      '2010-11-07T02:45:00Z',
      'America/St_Johns',
      '2010-11-07T02:30:00.000Z',
      '2010-11-08T03:30:00.000Z',
    ],
  ])('W4: the day of %s', (_name, now, zone, start, end) => {
    expect(day(now, zone)).toEqual([start, end])
  })

  test('W4: a day follows the one before it without a gap, all year round', () => {
    for (const zone of [
      'Africa/Cairo',
      'America/Havana',
      'America/Asuncion',
      'Asia/Beirut',
      'Pacific/Apia',
    ] as TimeZone[]) {
      let { start, end } = dayOf(at('2011-12-20T12:00:00Z'), zone)
      for (let days = 0; days < 400; days++) {
        expect(dayOf(instant(end - 1), zone)).toEqual({ start, end })
        const next = dayOf(end, zone)
        expect(next.start).toBe(end)
        ;({ start, end } = next)
      }
    }
  })

  test('W4: up to the cap is allowed, beyond it waits for the next day or month', () => {
    const zone = 'America/New_York' as TimeZone
    const now = at('2027-03-10T15:00:00Z')
    const until = (daily: bigint | null, monthly: bigint | null, today: bigint, month: bigint) =>
      cappedUntil(
        { dailyCapMicros: daily as Micros | null, monthlyCapMicros: monthly as Micros | null },
        50n as Micros,
        { today: today as Micros, thisMonth: month as Micros },
        now,
        zone,
      )
    expect(until(null, null, 10n ** 12n, 10n ** 12n)).toBeNull()
    expect(until(100n, 200n, 50n, 150n)).toBeNull()
    expect(until(100n, 200n, 51n, 51n)).toBe(at('2027-03-11T05:00:00Z'))
    expect(until(100n, 200n, 51n, 151n)).toBe(at('2027-04-01T04:00:00Z'))
  })

  test.each([
    ['USD', 50_010_000n, 5001n],
    ['USD', 50_001_000n, null],
    ['JPY', 50_000_000n, 50n],
    ['JPY', 50_500_000n, null],
    ['KWD', 50_001_000n, 50_001n],
  ])('W4: cards take whole coins: %s %d', (currency, amount, coins) => {
    expect(toMinorUnits(amount as Micros, currency as Currency)).toBe(coins)
  })
})
