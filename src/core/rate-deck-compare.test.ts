import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { micros } from './money.ts'
import { findRate, makeRateDeck } from './rate-deck.ts'
import { CHANGE_STEPS, compareRateDecks, countryOfPrefix } from './rate-deck-compare.ts'
import { makeRateRows, type RateRow } from './rate-rows.ts'
import type { BilledCall } from './re-rate.ts'
import { reRate, whatIf } from './re-rate.ts'
import { instant } from './time.ts'

const NOW = instant(Date.UTC(2026, 10, 22))
const DECEMBER = instant(Date.UTC(2026, 11, 1))

const row = (prefix: string, milli: number, over: Partial<RateRow> = {}): RateRow => ({
  direction: 'out',
  prefix,
  origin: '',
  lineKind: 'any',
  currency: 'CAD',
  connectionFeeMicros: 0n,
  rateMicrosPerMinute: BigInt(milli) * 1_000n,
  initialIncrementSeconds: 60,
  nextIncrementSeconds: 60,
  minimumSeconds: 0,
  validFrom: instant(0),
  ...over,
})
const deck = (rows: readonly RateRow[]) => makeRateDeck(1, makeRateRows(rows))
const compare = (before: readonly RateRow[], after: readonly RateRow[], at = NOW) =>
  compareRateDecks(deck(before).rows, deck(after).rows, at)

describe('R1: what a deck would change', () => {
  test('counts, bars and the steepest rise', () => {
    const before = [row('33', 100), row('44', 100), row('49', 100), row('81', 100), row('88', 0), row('7', 5)]
    const after = [row('33', 100), row('44', 104), row('49', 60), row('81', 412), row('88', 10), row('1', 5)]
    const { histogram, worst, ...counts } = compare(before, after)
    expect(counts).toMatchObject({ added: 1, removed: 1, changed: 4, up: 3, down: 1, same: 1, later: 0 })
    const bars = Object.fromEntries(
      histogram.flatMap((count, i) => (count === 0 ? [] : [[CHANGE_STEPS[i] ?? 'more', count]])),
    )
    // 0 → 10 has no per cent: with the largest.
    expect(bars).toEqual({ [-25]: 1, 5: 1, more: 2 })
    expect(worst.map(({ before: { prefix }, perMille }) => [prefix, perMille])).toEqual([
      ['81', 3120],
      ['44', 40],
      ['88', null],
    ])
    expect(counts.addedSample.map(({ prefix }) => prefix)).toEqual(['1'])
    expect(counts.removedSample.map(({ prefix }) => prefix)).toEqual(['7'])
  })

  test('a price list that repeats everything with a new date changes what it changes, from that date on', () => {
    const before = [row('33', 100), row('44', 100), row('44', 80, { lineKind: 'mobile', origin: 'CA' })]
    const after = before.map((old) => ({
      ...old,
      validFrom: DECEMBER,
      rateMicrosPerMinute: old.rateMicrosPerMinute + 1n,
    }))
    expect(compare(before, after, DECEMBER)).toMatchObject({ added: 0, removed: 0, changed: 3, up: 3, later: 0 })
    expect(compare(before, after, NOW)).toMatchObject({ added: 0, removed: 3, changed: 0, later: 3 })
    expect(compare(before, [...before, ...after], NOW)).toMatchObject({ removed: 0, changed: 0, same: 3, later: 3 })
  })

  test('for any two decks the counts are those of the rows in force', () => {
    const rows = fc.uniqueArray(
      fc.record({
        prefix: fc.constantFrom('1', '33', '331', '44'),
        origin: fc.constantFrom('', 'CA'),
        lineKind: fc.constantFrom('any' as const, 'mobile' as const),
        validFrom: fc.constantFrom(instant(0), instant(1000), DECEMBER),
        milli: fc.integer({ min: 0, max: 3 }),
      }),
      {
        selector: ({ prefix, origin, lineKind, validFrom }) => `${prefix}/${origin}/${lineKind}/${validFrom}`,
        maxLength: 12,
      },
    )
    const force = (list: readonly RateRow[]): Map<string, bigint> => {
      const latest = new Map<string, RateRow>()
      for (const one of list) {
        const key = `${one.prefix}/${one.origin}/${one.lineKind}`
        if (one.validFrom <= NOW && one.validFrom >= (latest.get(key)?.validFrom ?? 0)) latest.set(key, one)
      }
      return new Map([...latest].map(([key, { rateMicrosPerMinute }]) => [key, rateMicrosPerMinute]))
    }
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const [before, after] = [a, b].map((list) => list.map(({ prefix, milli, ...over }) => row(prefix, milli, over)))
        const [mine, theirs] = [force(before ?? []), force(after ?? [])]
        const both = [...mine.keys()].filter((key) => theirs.has(key))
        const found = compare(before ?? [], after ?? [])
        expect(found.added).toBe(theirs.size - both.length)
        expect(found.removed).toBe(mine.size - both.length)
        expect(found.up).toBe(both.filter((key) => (theirs.get(key) ?? 0n) > (mine.get(key) ?? 0n)).length)
        expect(found.changed).toBe(both.filter((key) => theirs.get(key) !== mine.get(key)).length)
        expect(found.histogram.reduce((sum, count) => sum + count, 0)).toBe(found.up + found.down)
      }),
    )
  })
})

describe('R1: what recorded calls would cost', () => {
  const prices = deck([
    row('33', 1_000, { connectionFeeMicros: 50_000n, initialIncrementSeconds: 1, nextIncrementSeconds: 1 }),
    row('33', 500, { lineKind: 'mobile' }),
    row('33', 200, { origin: 'US' }),
    row('1888', 30, { direction: 'toll-free-in' }),
  ])
  const call = (over: Partial<BilledCall> = {}): BilledCall => ({
    direction: 'out',
    calledNumber: '+33142685300',
    callingNumber: null,
    location: 'CA',
    currency: 'CAD',
    walletSeconds: 61,
    chargeMicros: micros(2_000_000n),
    ...over,
  })

  test('the row that prices the call is found as for a call, and the wallet’s seconds are rounded by it', () => {
    expect(reRate(prices, call(), NOW)).toBe(1_066_667n)
    expect(reRate(prices, call({ calledNumber: '+33612345678' }), NOW)).toBe(1_000_000n)
    expect(reRate(prices, call({ location: 'US' }), NOW)).toBe(400_000n)
    const tollFree = { direction: 'in' as const, calledNumber: '+18885550100', callingNumber: '+14165550123' }
    expect(reRate(prices, call({ ...tollFree, walletSeconds: 45 }), NOW)).toBe(30_000n)
    expect(reRate(prices, call({ calledNumber: '+442079460000' }), NOW)).toBeNull()
    expect(reRate(prices, call({ currency: 'USD' }), NOW)).toBeNull()
    expect(
      findRate(prices, {
        direction: 'out',
        digits: '33142685300',
        origin: 'CA',
        lineKind: 'fixed',
        currency: 'CAD',
        at: NOW,
      })?.prefix,
    ).toBe('33')
  })

  test('sums by currency, with what has no price apart', () => {
    const calls = [call(), call(), call({ calledNumber: '+442079460000' }), call({ currency: 'USD' })]
    expect(whatIf(prices, calls, NOW)).toEqual([
      { currency: 'CAD', calls: 2, before: 4_000_000n, after: 2_133_334n, unpriced: 1 },
      { currency: 'USD', calls: 0, before: 0n, after: 0n, unpriced: 1 },
    ])
  })
})

test('where a prefix is', () => {
  const places = ['4420', '33', '1416', '1212', '1876', '1', '8816', '000'].map(countryOfPrefix)
  expect(places).toEqual(['GB', 'FR', 'CA', 'US', 'JM', null, null, null])
})
