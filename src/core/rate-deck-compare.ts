/**
 * What a deck would change if it became active at an instant (R1): row by row of those that would then be in force, whatever date each
 * says that it is valid from. A new price list repeats every prefix with a new date; by its dates alone all of it would be new.
 */

import type { Country } from './country.ts'
import { callingCodeOf, planOf } from './numbering-plans.ts'
import { type RateRow, type RateRows, rateRowAt } from './rate-rows.ts'
import { compareRateKeys } from './rate-rows-order.ts'
import type { Instant } from './time.ts'

/** Upper ends of the bars of the histogram, in per cent; beyond the last there is one more bar. */
export const CHANGE_STEPS = [-50, -25, -10, -5, 0, 5, 10, 25, 50, 100] as const

export interface PriceChange {
  readonly before: RateRow
  readonly after: RateRow
  /** Thousandths of the price before; null where that was 0. */
  readonly perMille: number | null
}

export interface RateDeckComparison {
  readonly added: number
  readonly removed: number
  /** Rows whose price a minute, fee or increments differ; of them, those whose price a minute rises and falls. */
  readonly changed: number
  readonly up: number
  readonly down: number
  readonly same: number
  /** Rows of the new deck that come into force only after the instant. */
  readonly later: number
  /** How many prices a minute change by how much: bar `i` reaches to `CHANGE_STEPS[i]`. */
  readonly histogram: readonly number[]
  /** The steepest rises first. */
  readonly worst: readonly PriceChange[]
  readonly addedSample: readonly RateRow[]
  readonly removedSample: readonly RateRow[]
}

const SAMPLE = 20

/** Compares the rows that `before` and `after` have in force at `at`; both in canonical order. */
export function compareRateDecks(before: RateRows, after: RateRows, at: Instant): RateDeckComparison {
  const counts = { added: 0, removed: 0, changed: 0, up: 0, down: 0, same: 0, later: 0 }
  const histogram = Array.from({ length: CHANGE_STEPS.length + 1 }, () => 0)
  const worst = steepest()
  const addedSample: RateRow[] = []
  const removedSample: RateRow[] = []

  for (const [old, fresh] of blocks(before, after)) {
    const mine = inForce(before, old, at)
    const theirs = inForce(after, fresh, at)
    counts.later += theirs.later
    for (const [key, j] of theirs.rows) {
      const i = mine.rows.get(key)
      if (i === undefined) {
        counts.added++
        if (addedSample.length < SAMPLE) addedSample.push(rateRowAt(after, j))
      } else compareRows(i, j)
    }
    for (const [key, i] of mine.rows) {
      if (theirs.rows.has(key)) continue
      counts.removed++
      if (removedSample.length < SAMPLE) removedSample.push(rateRowAt(before, i))
    }
  }
  return { ...counts, histogram, worst: worst.list(), addedSample, removedSample }

  function compareRows(i: number, j: number): void {
    const p = before.price[i] ?? 0
    const q = after.price[j] ?? 0
    const was = before.prices.rateMicrosPerMinute[p] ?? 0n
    const is = after.prices.rateMicrosPerMinute[q] ?? 0n
    const isSame =
      was === is &&
      before.prices.connectionFeeMicros[p] === after.prices.connectionFeeMicros[q] &&
      before.prices.initialIncrementSeconds[p] === after.prices.initialIncrementSeconds[q] &&
      before.prices.nextIncrementSeconds[p] === after.prices.nextIncrementSeconds[q] &&
      before.prices.minimumSeconds[p] === after.prices.minimumSeconds[q]
    if (isSame) {
      counts.same++
      return
    }
    counts.changed++
    if (was === is) return
    if (is > was) counts.up++
    else counts.down++
    const perMille = was === 0n ? null : Number(((is - was) * 1000n) / was)
    const bar = was === 0n ? -1 : CHANGE_STEPS.findIndex((step) => (is - was) * 100n <= BigInt(step) * was)
    const place = bar === -1 ? histogram.length - 1 : bar
    histogram[place] = (histogram[place] ?? 0) + 1
    if (is > was) worst.add(perMille, () => ({ before: rateRowAt(before, i), after: rateRowAt(after, j), perMille }))
  }
}

type Span = readonly [from: number, until: number]

/** The rows of one direction, currency and prefix, of both decks; one of the two may have none. */
function* blocks(a: RateRows, b: RateRows): Generator<readonly [Span, Span]> {
  const end = (rows: RateRows, from: number): number => {
    let until = from + 1
    while (until < rows.length && rows.prefix[until] === rows.prefix[from] && rows.scope[until] === rows.scope[from])
      until++
    return until
  }
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const isSame = i < a.length && j < b.length && a.scope[i] === b.scope[j] && a.prefix[i] === b.prefix[j]
    const first = i === a.length ? 1 : j === b.length ? -1 : isSame ? 0 : compareRateKeys(a, i, b, j)
    const mine: Span = [i, first <= 0 ? end(a, i) : i]
    const theirs: Span = [j, first >= 0 ? end(b, j) : j]
    yield [mine, theirs]
    i = mine[1]
    j = theirs[1]
  }
}

/** By origin and kind of line the row in force at `at`: the latest that is not of the future, as the look-up takes it. */
function inForce(rows: RateRows, [from, until]: Span, at: Instant): { rows: Map<number, number>; later: number } {
  const found = new Map<number, number>()
  let later = 0
  for (let i = from; i < until; i++) {
    const validFrom = rows.validFrom[i] ?? 0
    if (validFrom > at) {
      later++
      continue
    }
    const key = (rows.origin[i] ?? 0) * 16 + (rows.lineKind[i] ?? 0)
    const known = found.get(key)
    if (known === undefined || validFrom > (rows.validFrom[known] ?? 0)) found.set(key, i)
  }
  return { rows: found, later }
}

/** Keeps the largest; rises from 0, of which no per cent can be told, come after the others. */
function steepest() {
  let kept: { readonly perMille: number; readonly change: PriceChange }[] = []
  return {
    add(perMille: number | null, make: () => PriceChange): void {
      const weight = perMille ?? -1
      if (kept.length === SAMPLE && weight <= (kept.at(-1)?.perMille ?? 0)) return
      kept.push({ perMille: weight, change: make() })
      kept = kept.sort((a, b) => b.perMille - a.perMille).slice(0, SAMPLE)
    },
    list: () => kept.map(({ change }) => change),
  }
}

/** Where numbers with a prefix are; null: in no country, or (`1`) in many. */
export function countryOfPrefix(prefix: string): Country | null {
  const code = callingCodeOf(prefix)
  if (code === null || prefix === '1') return null
  const national = `${prefix.slice(code.length)}${ANY_DIGITS}`.slice(0, ANY_DIGITS.length)
  return planOf(code).countryOf(national)
}

/** Digits that no plan gives a meaning of its own to. */
const ANY_DIGITS = '2345678901'
