/**
 * A pool that all who are counted draw: the domestic pool of a country, the conference pool of the tenant. Only its size can be
 * chosen, and what is left for credits falls with it (not evenly: every size is priced exactly).
 */
import { overstated } from './abroad.ts'
import { AmountsTooLarge } from './abroad-spec.ts'
import { addBeyond, type CreditEvents } from './credit-events.ts'
import type { CreditPrices } from './credit-prices.ts'
import { type CallColumns, makePieces, type PieceRules, partWorth } from './pieces.ts'

export interface SharedPool {
  /** Credits over the horizon if each month's pool has so many seconds. */
  beyond(poolSeconds: number): number
  /** When they are spent. */
  addTo(events: CreditEvents, poolSeconds: number): void
}

/**
 * `need` are the rounded seconds asked for per month; `leastSeconds` the smallest pool that will be asked about. Months in which even
 * that lasts are not looked at.
 */
export function makeSharedPool(
  callsOf: () => CallColumns,
  {
    bounds,
    need,
    leastSeconds,
    prices,
    rules,
  }: {
    bounds: readonly number[]
    need: Float64Array
    leastSeconds: number
    prices: CreditPrices
    rules: PieceRules
  },
): SharedPool {
  const isShort = (month: number): boolean => (need[month] ?? 0) > leastSeconds
  const first = need.findIndex((_, month) => isShort(month))
  if (first === -1) return { beyond: () => 0, addTo: () => {} }
  const end = need.findLastIndex((_, month) => isShort(month)) + 1
  // Calls that begin before or end after these months are paid there by pools that last: what lies within is as a call of its own.
  const calls = callsOf()
  const within = bounds.slice(first, end + 1)
  const pieces = makePieces(calls, within, prices, rules)
  if (!pieces) throw new AmountsTooLarge()
  const { monthStart, months } = pieces
  const needUpTo = upTo(pieces.need, monthStart)
  const worthUpTo = upTo(pieces.worth, monthStart)
  const out = { position: new Uint32Array(months), left: new Float64Array(months) }

  const beyond = (poolSeconds: number): number => {
    let spared = 0
    for (let month = 0; month < months; month++) {
      const start = monthStart[month] ?? 0
      const last = monthStart[month + 1] ?? 0
      const fits = countUpTo(needUpTo, start, last, poolSeconds)
      const left = poolSeconds - (fits > start ? (needUpTo[fits - 1] ?? 0) : 0)
      out.position[month] = fits - start
      out.left[month] = left
      if (fits > start) spared += worthUpTo[fits - 1] ?? 0
      const part = Math.min(left, pieces.seconds[fits] ?? 0)
      if (pieces.split && part > 0 && fits < last) spared += partWorth(pieces.split, fits, part, prices)
    }
    for (const call of pieces.crossing) spared -= overstated({ pieces, prices }, call, out)
    return pieces.allCredits - spared
  }
  return {
    beyond,
    addTo(events, poolSeconds) {
      beyond(poolSeconds)
      addBeyond(events, { calls, pieces, prices, bounds: within }, out, () => true)
    },
  }
}

function upTo(values: Uint32Array | Float64Array, monthStart: Uint32Array): Float64Array {
  const sums = new Float64Array(values.length)
  for (let month = 0; month + 1 < monthStart.length; month++) {
    let sum = 0
    for (let i = monthStart[month] ?? 0; i < (monthStart[month + 1] ?? 0); i++) {
      sum += values[i] ?? 0
      sums[i] = sum
    }
  }
  return sums
}

/** The first place of [start, end) whose sum exceeds `limit`. */
function countUpTo(sums: Float64Array, start: number, end: number, limit: number): number {
  let low = start
  let high = end
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
