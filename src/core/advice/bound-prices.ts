/**
 * Bound 1 (docs/advice.md): with a price for each month's pool seconds, a basket's profit is at most what its callers are worth one
 * by one, plus what the pool would fetch, less the plans. One page of prices bounds every number of holders at once.
 */
import { type Abroad, countHolders } from './abroad.ts'
import { AMOUNT_MAX } from './credit-prices.ts'
import { bestPoint, fullHulls, type Hulls } from './hull.ts'

/** Prices are whole sixteenths of a micro per second, so that products with seconds and their sums are exact. */
export const SIXTEENTHS = 16
export const inSixteenths = (price: number): number => Math.round(price * SIXTEENTHS) / SIXTEENTHS

export class PriceBound {
  private readonly abroad: Abroad
  private readonly hulls: Hulls
  /** The dearest price that keeps sums exact. */
  readonly priceMax: number
  private readonly slack: number
  /** Worth of each caller at the prices last asked for. */
  readonly score: Float64Array
  /** Seconds that (caller, month) would take at these prices. */
  readonly use: Float64Array
  private readonly sums: Float64Array
  private readonly sorted: Float64Array
  private poolPrice = 0

  constructor(abroad: Abroad) {
    const { callers, months, idleMax, holderSeconds } = abroad
    this.abroad = abroad
    this.hulls = fullHulls(abroad)
    const poolMax = Math.max(1, (callers + idleMax) * holderSeconds * months)
    this.priceMax = Math.floor(AMOUNT_MAX / poolMax)
    this.slack = slackOf(abroad)
    this.score = new Float64Array(callers)
    this.use = new Float64Array(callers * months)
    this.sums = new Float64Array(callers + 1)
    this.sorted = new Float64Array(callers)
  }

  /** Values every caller at these prices (at least 0: the pool may last). */
  ask(prices: Float64Array): void {
    const { callers, months } = this.abroad
    const { hulls, score, use, sorted, sums } = this
    for (let c = 0; c < callers; c++) {
      let sum = 0
      for (let m = 0; m < months; m++) {
        const cell = c * months + m
        const price = prices[m] ?? 0
        const best = bestPoint(hulls, cell, price)
        const need = hulls.need[best] ?? 0
        use[cell] = need
        sum += (hulls.worth[best] ?? 0) - price * need
      }
      score[c] = sum
    }
    sorted.set(score)
    sorted.sort().reverse()
    for (let c = 0; c < callers; c++) sums[c + 1] = (sums[c] ?? 0) + (sorted[c] ?? 0)
    this.poolPrice = prices.reduce((sum, price) => sum + price, 0)
  }

  /** No basket with so many plans has more profit than this. */
  most(holders: number): number {
    const { callers, planPrice, holderSeconds } = this.abroad
    const taken = this.sums[Math.min(holders, callers)] ?? 0
    return taken + this.slack + holders * (this.poolPrice * holderSeconds - planPrice)
  }

  /** The callers that the bound takes for so many plans. */
  choose(holders: number, isHolder: Uint8Array): void {
    const { callers } = this.abroad
    const count = Math.min(holders, callers)
    isHolder.fill(0)
    if (count === 0) return
    const least = this.sorted[count - 1] ?? 0
    let left = count
    for (let c = 0; c < callers; c++) {
      if ((this.score[c] ?? 0) <= least) continue
      isHolder[c] = 1
      left--
    }
    for (let c = 0; c < callers && left > 0; c++) {
      if (this.score[c] !== least) continue
      isHolder[c] = 1
      left--
    }
  }

  /** Lowers the bound for so many plans by moving the prices against the seconds left over; ends below `enough`. */
  improve(
    holders: number,
    prices: Float64Array,
    { steps, enough, keepGoing }: { steps: number; enough: number; keepGoing: () => boolean },
  ): number {
    const { callers, months, planPrice, holderSeconds } = this.abroad
    const isHolder = new Uint8Array(callers)
    const at = prices.slice()
    const over = new Float64Array(months)
    let least = Number.POSITIVE_INFINITY
    let scale = 1
    let stalled = 0
    for (let step = 0; step < steps && keepGoing(); step++) {
      this.ask(at)
      const most = this.most(holders)
      if (most < least) {
        least = most
        prices.set(at)
        stalled = 0
      } else if (++stalled >= 4) {
        scale /= 2
        stalled = 0
        at.set(prices)
        this.ask(at)
      }
      if (least <= enough) break
      this.choose(holders, isHolder)
      let norm = 0
      for (let m = 0; m < months; m++) {
        let seconds = holders * holderSeconds
        for (let c = 0; c < callers; c++) if (isHolder[c] === 1) seconds -= this.use[c * months + m] ?? 0
        if ((at[m] ?? 0) <= 0 && seconds > 0) seconds = 0
        over[m] = seconds
        norm += seconds * seconds
      }
      if (norm === 0) break
      const length = (scale * Math.max(this.most(holders) - enough, planPrice / 100)) / norm
      for (let m = 0; m < months; m++) {
        const moved = inSixteenths((at[m] ?? 0) - length * (over[m] ?? 0))
        at[m] = Math.min(this.priceMax, Math.max(0, moved))
      }
    }
    this.ask(prices)
    return this.most(holders)
  }

  /**
   * Callers whose other choice, at the prices last asked for, cannot have more profit than `best`: they hold the plan, or do not,
   * in whatever is better with so many plans.
   */
  decided(holders: number, best: number): { holds: number[]; not: number[] } {
    const { callers, idleMax } = this.abroad
    const most = this.most(holders)
    const count = Math.min(holders, callers)
    const idle = holders - count
    const isHolder = new Uint8Array(callers)
    this.choose(holders, isHolder)
    const next = Math.max(
      count < callers ? (this.sorted[count] ?? 0) : Number.NEGATIVE_INFINITY,
      idle < idleMax ? 0 : Number.NEGATIVE_INFINITY,
    )
    const last = Math.min(
      count > 0 ? (this.sorted[count - 1] ?? 0) : Number.POSITIVE_INFINITY,
      idle > 0 ? 0 : Number.POSITIVE_INFINITY,
    )
    const holds: number[] = []
    const not: number[] = []
    for (let c = 0; c < callers; c++) {
      const score = this.score[c] ?? 0
      if (isHolder[c] === 1) {
        if (most - (score - next) <= best) holds.push(c)
      } else if (most - (last - score) <= best) not.push(c)
    }
    return { holds, not }
  }
}

/** The most that the halves of split pieces can spare beyond their share, summed over the months. */
export function slackOf({ pieces: { split, monthStart }, months }: Abroad): number {
  if (!split) return 0
  let sum = 0
  for (let m = 0; m < months; m++) sum += slackBetween(split.slack, monthStart[m] ?? 0, monthStart[m + 1] ?? 0)
  return sum
}

export function slackBetween(slack: Float64Array, from: number, to: number): number {
  let most = 0
  for (let i = from; i < to; i++) most = Math.max(most, slack[i] ?? 0)
  return most
}

/** Plans that nobody needs for calls of their own. */
export const idleOf = (isHolder: Uint8Array, holders: number): number => holders - countHolders(isHolder)
