/** What a new rate deck changes, for the dry run of an import (R1). */
import type { RateDeck } from './rate-deck.ts'
import { type RateRow, type RateRows, rateRowAt } from './rate-rows.ts'
import { compareRateKeys } from './rate-rows-order.ts'

export interface RateChange {
  readonly before: RateRow | null
  readonly after: RateRow | null
}

export interface RateDeckDiff {
  readonly added: number
  readonly changed: number
  readonly removed: number
  /** The first changes by direction, currency and prefix: to look at, not to apply. */
  readonly sample: readonly RateChange[]
}

export const DIFF_SAMPLE_MAX = 50

/** Rows are the same row when their key is (direction, prefix, origin, lineKind, currency, validFrom); equal ones are not counted. */
export function diffRateDecks(before: RateDeck, after: RateDeck, sampleMax = DIFF_SAMPLE_MAX): RateDeckDiff {
  const counts = { added: 0, changed: 0, removed: 0 }
  const sample: RateChange[] = []
  const note = (kind: keyof typeof counts, i: number | null, j: number | null): void => {
    counts[kind]++
    if (sample.length >= sampleMax) return
    sample.push({
      before: i === null ? null : rateRowAt(before.rows, i),
      after: j === null ? null : rateRowAt(after.rows, j),
    })
  }

  let i = 0
  let j = 0
  while (i < before.rows.length || j < after.rows.length) {
    const order =
      i === before.rows.length ? 1 : j === after.rows.length ? -1 : compareRateKeys(before.rows, i, after.rows, j)
    if (order < 0) note('removed', i++, null)
    else if (order > 0) note('added', null, j++)
    else {
      if (!samePrice(before.rows, i, after.rows, j)) note('changed', i, j)
      i++
      j++
    }
  }
  return { ...counts, sample }
}

function samePrice(a: RateRows, i: number, b: RateRows, j: number): boolean {
  const p = a.price[i] ?? 0
  const q = b.price[j] ?? 0
  return (
    a.prices.connectionFeeMicros[p] === b.prices.connectionFeeMicros[q] &&
    a.prices.rateMicrosPerMinute[p] === b.prices.rateMicrosPerMinute[q] &&
    a.prices.initialIncrementSeconds[p] === b.prices.initialIncrementSeconds[q] &&
    a.prices.nextIncrementSeconds[p] === b.prices.nextIncrementSeconds[q] &&
    a.prices.minimumSeconds[p] === b.prices.minimumSeconds[q]
  )
}
