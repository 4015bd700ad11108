import { expect, test } from 'vitest'
import { micros } from '../money.ts'
import { normalQuantile, rechargeOf } from './recharge.ts'

test('the normal quantile, against the tables', () => {
  const table = [
    [0.5, 0],
    [0.8, 0.841621],
    [0.975, 1.959964],
    [0.998, 2.878162],
    [0.9996, 3.352795],
    [0.01, -2.326348],
  ] as const
  for (const [p, z] of table) expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-6)
})

const WEEK = 7 * 86_400
const UNIT = 1_000_000

/** One spend a week. */
const weekly = (amounts: readonly number[]) => ({
  at: Float64Array.from(amounts, (_, week) => week * WEEK + 3600),
  micros: Float64Array.from(amounts, (amount) => amount * UNIT),
})

const options = { dryRisk: 0.05, rechargeLeadSeconds: 900, dailyCap: null }

test('W4, W9: the threshold grows with the spread, the lead time and the wish for safety', () => {
  const bounds = [0, 26 * WEEK]
  const even = Array.from({ length: 26 }, () => 30)
  const uneven = Array.from({ length: 26 }, (_, week) => 10 + (week % 5) * 10)
  const of = (amounts: readonly number[], over: Partial<typeof options> = {}) =>
    rechargeOf(weekly(amounts), bounds, { ...options, ...over }).threshold ?? 0n
  expect(of(even)).toBe(30_000_000n)
  expect(of(uneven)).toBeGreaterThan(50_000_000n)
  expect(of(uneven, { dryRisk: 0.01 })).toBeGreaterThan(of(uneven))
  expect(of(uneven, { rechargeLeadSeconds: 2 * WEEK })).toBeGreaterThan(of(uneven))
})

test('W4: two weeks of spend, at least 50, and a warning above the daily cap', () => {
  const bounds = [0, 10 * WEEK]
  const amounts = Array.from({ length: 10 }, () => 400)
  expect(rechargeOf(weekly(amounts), bounds, options)).toMatchObject({
    amount: 800_000_000n,
    wouldExpire: false,
    aboveDailyCap: false,
  })
  expect(rechargeOf(weekly(amounts), bounds, { ...options, dailyCap: micros(500_000_000n) }).aboveDailyCap).toBe(true)
  expect(rechargeOf(weekly([1, 1]), bounds, options)).toMatchObject({
    amount: 50_000_000n,
    basis: 'largest-seen',
    wouldExpire: true,
  })
})
