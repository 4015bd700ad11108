import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SKUS } from './catalogue.ts'
import { micros } from './money.ts'
import { BILLINGS } from './order.ts'
import { type ChargedSeats, changeBetween, type MonthOfMoney, sumsOf } from './statement.ts'

const VOICE = 'voice-with-calling-plan' as const
const month = (seats: number, price: bigint): ChargedSeats => ({
  sku: VOICE,
  kind: 'month',
  seats,
  perMonth: micros(price),
  amount: micros(price * BigInt(seats)),
  paidFrom: 'statement',
})

describe('a statement', () => {
  test('more seats, a new price, part of a month and calls: each its own reason, the largest first', () => {
    const before: MonthOfMoney = { seats: [month(10, 26_000_000n)], usage: micros(5_000_000n) }
    const part: ChargedSeats = { ...month(1, 27_000_000n), kind: 'part', amount: micros(9_000_000n) }
    const now: MonthOfMoney = { seats: [month(12, 27_000_000n), part], usage: micros(4_000_000n) }
    expect(changeBetween(before, now)).toEqual({
      difference: 72_000_000n,
      reasons: [
        { reason: 'seats', sku: VOICE, seatsBefore: 10, seatsNow: 12, amount: 52_000_000n },
        { reason: 'price', sku: VOICE, before: 26_000_000n, now: 27_000_000n, amount: 12_000_000n },
        { reason: 'part-of-month', sku: VOICE, amount: 9_000_000n },
        { reason: 'usage', amount: -1_000_000n },
      ],
    })
  })

  test('the same month again: nothing to explain', () => {
    const same: MonthOfMoney = { seats: [month(3, 1_000_000n)], usage: micros(7n) }
    expect(changeBetween(same, same)).toEqual({ difference: 0n, reasons: [] })
  })

  const charge = fc.record({
    sku: fc.constantFrom(...SKUS),
    kind: fc.constantFrom('month' as const, 'part' as const),
    seats: fc.integer({ min: 1, max: 300 }),
    perMonth: fc.option(fc.bigInt(0n, 100_000_000n).map(micros)),
    amount: fc.bigInt(0n, 9_000_000_000n).map(micros),
    paidFrom: fc.constantFrom(...BILLINGS),
  })
  const anyMonth = fc.record({
    seats: fc.array(charge, { maxLength: 6 }),
    usage: fc.bigInt(0n, 10n ** 12n).map(micros),
  })

  test('the reasons add up to the difference, whatever happened', () => {
    fc.assert(
      fc.property(anyMonth, anyMonth, (before, now) => {
        const { difference, reasons } = changeBetween(before, now)
        expect(reasons.reduce((sum, { amount }) => sum + amount, 0n)).toBe(difference)
        const { onStatement, fromCredits, cost } = sumsOf(now)
        expect(onStatement + fromCredits).toBe(cost)
      }),
    )
  })
})
