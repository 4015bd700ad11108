import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  billedSeconds,
  costOf,
  DEFAULT_PLAN_INCREMENT,
  type Price,
  roundUp,
  SECONDS_UNLIMITED,
  secondsFor,
  secondsWithin,
} from './rate.ts'

const price = (
  perMinute: bigint,
  [initial, next]: [number, number] = [1, 1],
  { fee = 0n, minimum = 0 }: { fee?: bigint; minimum?: number } = {},
): Price => ({
  connectionFeeMicros: fee,
  rateMicrosPerMinute: perMinute,
  initialIncrementSeconds: initial,
  nextIncrementSeconds: next,
  minimumSeconds: minimum,
})

describe('P9: increments', () => {
  test.each([
    // initial next minimum  spoken  billed
    [60, 60, 0, 0, 0],
    [60, 60, 0, 1, 60],
    [60, 60, 0, 60, 60],
    [60, 60, 0, 61, 120],
    [30, 6, 0, 30, 30],
    [30, 6, 0, 31, 36],
    [30, 6, 0, 36, 36],
    [30, 6, 0, 37, 42],
    [10, 10, 0, 11, 20],
    [1, 1, 60, 0, 0],
    [1, 1, 60, 1, 60],
    [1, 1, 60, 59, 60],
    [1, 1, 60, 61, 61],
    [60, 60, 90, 60, 90],
    [60, 60, 90, 61, 120],
  ])('%i/%i, minimum %i: %i s are billed as %i s', (initial, next, minimumSeconds, spoken, billed) => {
    const increments = { initialIncrementSeconds: initial, nextIncrementSeconds: next, minimumSeconds }
    expect(billedSeconds(increments, spoken)).toBe(billed)
  })

  test('P9: a plan rounds up to whole minutes by default: 30 s and 45 s in two months are 60 + 60', () => {
    expect(roundUp(DEFAULT_PLAN_INCREMENT, 30) + roundUp(DEFAULT_PLAN_INCREMENT, 45)).toBe(120)
  })
})

describe('decision 6: money rounds up at the sixth decimal, once', () => {
  test.each<[string, Price, number, bigint]>([
    ['0.10/min, 60/60, 61 s', price(100_000n, [60, 60]), 61, 200_000n],
    ['0.333333/min, 60/60, 181 s: no rounding per minute', price(333_333n, [60, 60]), 181, 1_333_332n],
    ['0.10/min by the second, 1 s', price(100_000n), 1, 1_667n],
    ['0.10/min by the second, 2 s: 3333.33… up, not 2 × 1667', price(100_000n), 2, 3_334n],
    ['0.60 fee and 0.10/min, 30 s', price(100_000n, [1, 1], { fee: 600_000n }), 30, 650_000n],
    ['0.20/min, minimum 60 s, 5 s', price(200_000n, [1, 1], { minimum: 60 }), 5, 200_000n],
    ['0.198/min in steps of 10 s, 11 s', price(198_000n, [10, 10]), 11, 66_000n],
    ['an unanswered call costs no connection fee', price(0n, [1, 1], { fee: 600_000n }), 0, 0n],
    ['a fee alone', price(0n, [1, 1], { fee: 100_000n }), 3600, 100_000n],
  ])('%s', (_, rate, seconds, cost) => {
    expect(costOf(rate, seconds)).toBe(cost)
  })
})

describe('C2: how long money lasts', () => {
  test.each<[string, Price, bigint, number, number]>([
    ['0.10/min 60/60: 0.25 buys 2 minutes', price(100_000n, [60, 60]), 250_000n, 0, 120],
    ['one micro-unit short of the first minute buys nothing', price(100_000n, [60, 60]), 99_999n, 0, 0],
    ['the fee is paid from the same budget', price(60_000n, [1, 1], { fee: 600_000n }), 630_000n, 0, 30],
    ['a budget below the fee', price(0n, [1, 1], { fee: 600_000n }), 599_999n, 0, 0],
    ['the rest of a minute that is paid is free', price(100_000n, [60, 60]), 100_000n, 10, 50],
    ['spoken beyond the budget already', price(100_000n, [60, 60]), 100_000n, 61, 0],
    ['the minimum must fit', price(60_000n, [1, 1], { minimum: 60 }), 59_999n, 0, 0],
    ['no price per minute', price(0n, [1, 1], { fee: 100_000n }), 100_000n, 5, SECONDS_UNLIMITED],
    ['a price too small to run out', price(1n), 9_000_000_000_000n, 0, SECONDS_UNLIMITED],
    ['an overdrawn wallet', price(0n), -1n, 0, 0],
  ])('%s', (_, rate, budget, already, seconds) => {
    expect(secondsFor(rate, budget, already)).toBe(seconds)
  })

  const increment = fc.integer({ min: 1, max: 70 })
  const anyPrice = fc
    .record({
      perMinute: fc.oneof(fc.bigInt(1n, 50n), fc.bigInt(1n, 3_000_000n)),
      fee: fc.oneof(fc.constant(0n), fc.bigInt(0n, 2_000_000n)),
      initial: increment,
      next: increment,
      minimum: fc.integer({ min: 0, max: 130 }),
    })
    .map(({ perMinute, fee, initial, next, minimum }) => price(perMinute, [initial, next], { fee, minimum }))

  test('C2: secondsFor is the exact inverse of costOf (brute force)', () => {
    const spoken = fc.integer({ min: 0, max: 300 })
    fc.assert(
      fc.property(
        anyPrice,
        fc.integer({ min: 0, max: 500 }),
        fc.bigInt(-2n, 2n),
        spoken,
        (rate, about, off, already) => {
          // Budgets at the edge of a step tell a right answer from one that is nearly right.
          const budget = costOf(rate, about) + off
          let further = 0
          for (let s = 1; s <= 800 && costOf(rate, already + s) <= budget; s++) further = s
          const answer = secondsFor(rate, budget, already)
          if (further < 800) expect(answer).toBe(further)
          else expect(answer).toBeGreaterThanOrEqual(800)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('P9: secondsWithin is the exact inverse of roundUp (brute force)', () => {
    fc.assert(
      fc.property(increment, increment, fc.integer({ min: 0, max: 400 }), (initialSeconds, nextSeconds, budget) => {
        const plan = { initialSeconds, nextSeconds }
        let most = 0
        while (roundUp(plan, most + 1) <= budget) most++
        expect(secondsWithin(plan, budget)).toBe(most)
      }),
    )
  })
})
