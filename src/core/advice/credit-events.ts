/** When a basket spends credits: each call that is not all paid by pools, at the moment it was answered. The sum is exact. */
import { type Abroad, type Exhaustion, newExhaustion, sparedBy } from './abroad.ts'
import type { CreditPrices } from './credit-prices.ts'
import { type CallColumns, orderByTime, type Pieces } from './pieces.ts'

/** Moments in seconds since 1970, and micros, as columns that grow together. */
export class CreditEvents {
  private at = new Float64Array(1024)
  private micros = new Float64Array(1024)
  private length = 0
  /** Seconds that credits would have to pay and that nothing prices: such calls are refused or cut. */
  unpricedSeconds = 0

  add(at: number, seconds: number, price: number, prices: CreditPrices): void {
    if (prices.prices[price] === null) this.unpricedSeconds += seconds
    const micros = prices.cost(price, seconds)
    if (micros === 0) return
    if (this.length === this.at.length) {
      this.at = grown(this.at)
      this.micros = grown(this.micros)
    }
    this.at[this.length] = at
    this.micros[this.length] = micros
    this.length++
  }

  /** In order of time. */
  finish(): { at: Float64Array; micros: Float64Array } {
    const order = orderByTime(this.at.subarray(0, this.length))
    return {
      at: Float64Array.from(order, (i) => this.at[i] ?? 0),
      micros: Float64Array.from(order, (i) => this.micros[i] ?? 0),
    }
  }
}

function grown(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2)
  larger.set(values)
  return larger
}

/** Calls that no pool pays at all, within the bounds. */
export function addUnpaid(
  events: CreditEvents,
  calls: CallColumns,
  prices: CreditPrices,
  bounds: readonly number[],
  isUnpaid: (caller: number) => boolean,
): void {
  const [first = 0] = bounds
  const last = bounds.at(-1) ?? 0
  for (let i = 0; i < calls.length; i++) {
    if (!isUnpaid(calls.caller[i] ?? 0)) continue
    const at = calls.answeredAt[i] ?? 0
    const from = Math.max(first, at)
    const to = Math.min(last, at + (calls.seconds[i] ?? 0))
    if (from < to) events.add(from, to - from, calls.price[i] ?? 0, prices)
  }
}

/** What a pool that runs out leaves of the calls of those who draw it. */
export function addBeyond(
  events: CreditEvents,
  {
    calls,
    pieces,
    prices,
    bounds,
  }: { calls: CallColumns; pieces: Pieces; prices: CreditPrices; bounds: readonly number[] },
  { position, left }: Exhaustion,
  draws: (caller: number) => boolean,
): void {
  const unpaid = new Uint32Array(calls.length)
  for (let month = 0; month < pieces.months; month++) {
    const first = pieces.monthStart[month] ?? 0
    const from = first + (position[month] ?? 0)
    const end = pieces.monthStart[month + 1] ?? 0
    for (let i = from; i < end; i++) {
      if (!draws(pieces.caller[i] ?? 0)) continue
      const call = pieces.call[i] ?? 0
      const seconds = pieces.seconds[i] ?? 0
      const paid = i === from ? Math.min(left[month] ?? 0, seconds) : 0
      unpaid[call] = (unpaid[call] ?? 0) + seconds - paid
    }
  }
  const [start = 0] = bounds
  for (let call = 0; call < calls.length; call++) {
    const seconds = unpaid[call] ?? 0
    if (seconds > 0) events.add(Math.max(start, calls.answeredAt[call] ?? 0), seconds, calls.price[call] ?? 0, prices)
  }
}

/** Credits of the covered calls abroad with these holders. */
export function addAbroad(
  events: CreditEvents,
  abroad: Abroad,
  calls: CallColumns,
  bounds: readonly number[],
  { isHolder, holders }: { isHolder: Uint8Array; holders: number },
): void {
  const out = newExhaustion(abroad.months)
  sparedBy(abroad, isHolder, holders, out)
  const { pieces, prices } = abroad
  addUnpaid(events, calls, prices, bounds, (caller) => isHolder[caller] === 0)
  addBeyond(events, { calls, pieces, prices, bounds }, out, (caller) => isHolder[caller] === 1)
}
