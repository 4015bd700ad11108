import { describe, expect, test } from 'vitest'
import type { Country } from './country.ts'
import { DEFAULT_FAILURE_POLICIES, type FailurePolicies } from './failure-policy.ts'
import { makeRateDeck } from './rate-deck.ts'
import { makeRateRows, type RateRow } from './rate-rows.ts'
import { instant } from './time.ts'
import { worstLossPerHour } from './worst-loss.ts'

const NOW = instant(Date.UTC(2026, 10, 22))
const row = (prefix: string, cents: number, over: Partial<RateRow> = {}): RateRow => ({
  direction: 'out',
  prefix,
  origin: '',
  lineKind: 'any',
  currency: 'CAD',
  connectionFeeMicros: 0n,
  rateMicrosPerMinute: BigInt(cents) * 10_000n,
  initialIncrementSeconds: 60,
  nextIncrementSeconds: 60,
  minimumSeconds: 0,
  validFrom: instant(0),
  ...over,
})
const deck = makeRateDeck(
  1,
  makeRateRows([
    row('1', 2),
    row('1416', 4, { connectionFeeMicros: 10_000n }),
    row('1876', 70),
    row('1900', 500, { lineKind: 'premium' }),
    row('1212', 90, { validFrom: instant(Date.UTC(2027, 0, 1)) }),
    row('1', 80, { currency: 'USD' }),
    row('53', 90),
    row('1800', 6, { direction: 'toll-free-in' }),
  ]),
)
const at = { currency: 'CAD', locations: ['CA'] as readonly string[] as readonly Country[], now: NOW }
const on = { action: 'continue', boundSeconds: 301, calls: 3 } as const
const policies = (over: Partial<FailurePolicies>): FailurePolicies => ({ ...DEFAULT_FAILURE_POLICIES, ...over })
const loss = (over: Partial<FailurePolicies>): string => String(worstLossPerHour(policies(over), deck, at).perHour)

describe('C10, P47: the worst loss of an hour without charging', () => {
  test('nothing, while calls are refused; nothing for what is not charged anyway', () => {
    expect(loss({})).toBe('0')
    expect(loss({ domestic: { ...on, action: 'retry-and-terminate' } })).toBe('0')
    expect(loss({ inbound: on })).toBe('0')
  })

  test('at home: three that go on and three that begin, six minutes each at the dearest row in force, with its fee', () => {
    // 6 × (0.01 + 6 × 0.04): Jamaica, premium, another currency and next year are not at home today.
    expect(loss({ domestic: on })).toBe('1500000')
  })

  test('abroad: only calls in progress go on, at the dearest ordinary row', () => {
    expect(loss({ international: on })).toBe(String(3 * 6 * 900_000))
  })

  test('the classes add up, and without a deck nothing has a price', () => {
    expect(loss({ domestic: on, 'toll-free-in': on })).toBe(String(1_500_000 + 6 * 6 * 60_000))
    expect(String(worstLossPerHour(policies({ domestic: on }), null, at).perHour)).toBe('0')
  })
})
