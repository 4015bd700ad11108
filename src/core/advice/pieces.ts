/**
 * Calls cut into what one grant asks a pool for, in the order of the grants (P10): a call answered at t asks at t, t + 60, t + 120 …,
 * anew where a month begins (P8). Within one month and pool, whatever comes before the first piece that does not fit is paid by
 * the pool and whatever comes after it by credits, so a basket's whole effect is one position per month.
 *
 * A piece is worth what the wallet saves when it and the call's earlier pieces are paid: price of the seconds from here on, less
 * price of those after it. That telescopes, so it is exact for calls within one month. The few that cross a month's start
 * ("crossing") are priced by the sum of both months; their pieces carry an upper bound and `crossing.ts` settles the difference.
 */
import type { Period } from '../time.ts'
import { AMOUNT_MAX, type CreditPrices } from './credit-prices.ts'
import { type CrossingPart, crossingWorths } from './crossing.ts'

/** Some calls of the history, as columns of their own; in order of answer time, ties in order of call ids. */
export interface CallColumns {
  readonly length: number
  readonly answeredAt: Uint32Array
  readonly seconds: Uint32Array
  /** Position of the caller among those who share the pool. */
  readonly caller: Uint32Array
  /** Index into the prices. */
  readonly price: Uint32Array
}

export interface PieceRules {
  readonly incrementSeconds: number
  readonly grantSeconds: number
}

export interface Pieces {
  readonly length: number
  readonly months: number
  /** Pieces of month m: [monthStart[m], monthStart[m + 1]). */
  readonly monthStart: Uint32Array
  readonly caller: Uint32Array
  /** Place of its call among those that were cut. */
  readonly call: Uint32Array
  readonly seconds: Uint32Array
  /** The same, rounded: what it takes from the pool. */
  readonly need: Uint32Array
  /** Micros that credits are spared when the pool pays it. */
  readonly worth: Float64Array
  /** Only if a pool can pay half a piece (the grant is longer than the increment). */
  readonly split: SplitPieces | null
  readonly crossing: readonly CrossingCall[]
  /** What all these calls cost by credits alone. */
  readonly allCredits: number
}

/** What is needed to price half a piece: the seconds of the call from this piece on, and the price. */
export interface SplitPieces {
  readonly rest: Uint32Array
  readonly price: Uint32Array
  /** The most that a part of the piece is worth beyond its share by seconds, rounded up: slack of bounds. */
  readonly slack: Float64Array
}

/** A call over a month's start. */
export interface CrossingCall {
  readonly caller: number
  readonly price: number
  readonly seconds: number
  readonly pieces: readonly CrossingPiece[]
}

export interface CrossingPiece {
  readonly month: number
  /** Position within its month. */
  readonly position: number
  readonly seconds: number
  readonly worth: number
}

/** Whole seconds of the first instant of each month, and the end of the last: months begin on whole seconds everywhere. */
export const monthBounds = (months: readonly Period[]): number[] => [
  ...months.map(({ start }) => start / 1000),
  ...months.slice(-1).map(({ end }) => end / 1000),
]

/**
 * The pieces of `calls` within the months `bounds` (see `monthBounds`). Seconds outside of them are left out, as if the call had
 * been that much shorter. Null if the credits would exceed what can be summed exactly (`AMOUNT_MAX`).
 */
export function makePieces(
  calls: CallColumns,
  bounds: readonly number[],
  prices: CreditPrices,
  rules: PieceRules,
): Pieces | null {
  const months = bounds.length - 1
  const raw = cut(calls, bounds, rules.grantSeconds)
  const order = orderByTime(raw.time)
  const { length } = order
  const monthStart = new Uint32Array(months + 1).fill(length)
  monthStart[0] = 0
  const caller = new Uint32Array(length)
  const callOf = new Uint32Array(length)
  const secondsOf = new Uint32Array(length)
  const need = new Uint32Array(length)
  const worth = new Float64Array(length)
  const split = rules.grantSeconds === rules.incrementSeconds ? null : emptySplit(length)
  const crossers = new Map<number, (CrossingPart & { at: number })[]>()
  let allCredits = 0
  for (let i = 0, month = 0; i < length; i++) {
    const j = order[i] ?? 0
    const time = raw.time[j] ?? 0
    while (time >= (bounds[month + 1] ?? 0)) monthStart[++month] = i
    const call = raw.call[j] ?? 0
    const seconds = raw.seconds[j] ?? 0
    const rest = raw.rest[j] ?? 0
    const price = calls.price[call] ?? 0
    caller[i] = calls.caller[call] ?? 0
    callOf[i] = call
    secondsOf[i] = seconds
    need[i] = Math.ceil(seconds / rules.incrementSeconds) * rules.incrementSeconds
    const cost = prices.cost(price, rest)
    worth[i] = cost - prices.cost(price, rest - seconds)
    if (j === 0 || raw.call[j - 1] !== call) allCredits += cost
    if (split) {
      split.rest[i] = rest
      split.price[i] = price
    }
    const known = crossers.get(call)
    const part = { month, position: i - (monthStart[month] ?? 0), seconds, at: i }
    if (known) known.push(part)
    else if (time + rest > (bounds[month + 1] ?? 0)) crossers.set(call, [part])
  }
  if (!(allCredits <= AMOUNT_MAX)) return null
  const crossing = [...crossers].map(([call, parts]): CrossingCall => {
    const price = calls.price[call] ?? 0
    const worths = crossingWorths(prices, price, parts)
    for (const [n, { at }] of parts.entries()) worth[at] = worths[n] ?? 0
    const pieces = parts.map(({ month, position, seconds }, n) => ({ month, position, seconds, worth: worths[n] ?? 0 }))
    const seconds = parts.reduce((sum, part) => sum + part.seconds, 0)
    return { caller: calls.caller[call] ?? 0, price, seconds, pieces }
  })
  if (split) fillSlack({ split, worth, need, seconds: secondsOf }, prices, rules.incrementSeconds)
  for (const parts of crossers.values()) for (const { at } of parts) if (split) split.slack[at] = worth[at] ?? 0
  return {
    length,
    months,
    monthStart,
    caller,
    call: callOf,
    seconds: secondsOf,
    need,
    worth,
    split,
    crossing,
    allCredits,
  }
}

interface RawPieces {
  readonly time: Float64Array
  readonly call: Uint32Array
  readonly rest: Uint32Array
  readonly seconds: Uint32Array
}

/** In the order of the calls, pieces of one call in the order spoken. */
function cut(calls: CallColumns, bounds: readonly number[], grantSeconds: number): RawPieces {
  const [first = 0] = bounds
  const last = bounds.at(-1) ?? 0
  let length = 0
  walk((count) => {
    length += count
  })
  const raw = {
    time: new Float64Array(length),
    call: new Uint32Array(length),
    rest: new Uint32Array(length),
    seconds: new Uint32Array(length),
  }
  let at = 0
  walk((count, call, from, until, end) => {
    for (let n = 0, time = from; n < count; n++, time += grantSeconds) {
      raw.time[at] = time
      raw.call[at] = call
      raw.rest[at] = end - time
      raw.seconds[at] = Math.min(grantSeconds, until - time)
      at++
    }
  })
  return raw

  /** Each call's part in each month: how many pieces, from when until when; and when the whole call ends. */
  function walk(visit: (count: number, call: number, from: number, until: number, end: number) => void): void {
    for (let call = 0, month = 0; call < calls.length; call++) {
      const answeredAt = calls.answeredAt[call] ?? 0
      const end = Math.min(last, answeredAt + (calls.seconds[call] ?? 0))
      let from = Math.max(first, answeredAt)
      if (from >= end) continue
      while (month > 0 && from < (bounds[month] ?? 0)) month--
      while (from >= (bounds[month + 1] ?? 0)) month++
      for (let part = month; from < end; part++) {
        const until = Math.min(end, bounds[part + 1] ?? 0)
        visit(Math.ceil((until - from) / grantSeconds), call, from, until, end)
        from = until
      }
    }
  }
}

/** Stable: pieces of the same second keep the order of their calls. Time and place in one double sort without a comparison. */
export function orderByTime(time: Float64Array): Uint32Array {
  const { length } = time
  const first = time.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const keys = new Float64Array(length)
  for (let i = 0; i < length; i++) keys[i] = ((time[i] ?? 0) - first) * length + i
  keys.sort()
  const order = new Uint32Array(length)
  for (let i = 0; i < length; i++) order[i] = (keys[i] ?? 0) % length
  return order
}

const emptySplit = (length: number): SplitPieces => ({
  rest: new Uint32Array(length),
  price: new Uint32Array(length),
  slack: new Float64Array(length),
})

/** The dearest part of each piece beyond its share by seconds: the pool has a multiple of the increment left. */
function fillSlack(
  { split, ...pieces }: Pick<Pieces, 'worth' | 'need' | 'seconds'> & { split: SplitPieces },
  prices: CreditPrices,
  incrementSeconds: number,
): void {
  for (let i = 0; i < pieces.worth.length; i++) {
    const all = pieces.need[i] ?? 0
    const worth = pieces.worth[i] ?? 0
    let most = 0
    for (let left = incrementSeconds; left < all; left += incrementSeconds) {
      const beyond = partWorth(split, i, Math.min(left, pieces.seconds[i] ?? 0), prices) * all - left * worth
      // Whole numbers until here, or else the whole piece is the slack: nothing in a bound is rounded.
      most = Number.isSafeInteger(beyond) ? Math.max(most, Math.ceil(beyond / all)) : worth
    }
    split.slack[i] = most
  }
}

/** What credits are spared when the pool pays only the first `paid` seconds of piece `i`. Exact for calls within one month. */
export function partWorth(split: SplitPieces, i: number, paid: number, prices: CreditPrices): number {
  const rest = split.rest[i] ?? 0
  const price = split.price[i] ?? 0
  return prices.cost(price, rest) - prices.cost(price, rest - paid)
}
