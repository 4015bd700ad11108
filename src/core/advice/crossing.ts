/**
 * Calls over a month's start (P8): each month's pool pays seconds of its own, and the wallet prices the sum of what is left, once.
 * So what one month's pool spares depends on the other month. The search needs a worth per piece that never falls short of that.
 */
import { divCeil } from '../money.ts'
import { billedSeconds } from '../rate.ts'
import type { CreditPrices } from './credit-prices.ts'

export interface CrossingPart {
  readonly month: number
  readonly position: number
  readonly seconds: number
}

/**
 * A worth for each piece of one call, in the order spoken, such that whatever part of each month is paid by its pool (pieces in
 * their order), the credits spared are at most the sum of the worths of what is paid. Exact for the first month.
 */
export function crossingWorths(prices: CreditPrices, price: number, parts: readonly CrossingPart[]): number[] {
  const total = parts.reduce((sum, { seconds }) => sum + seconds, 0)
  let before = 0
  let paid = 0
  let spared = 0
  return parts.map(({ month, seconds }, i) => {
    if (i > 0 && parts[i - 1]?.month !== month) {
      before += paid
      paid = 0
      spared = 0
    }
    paid += seconds
    const most = mostSpared(prices, price, { from: total - before, paid, unpaidBefore: before })
    const worth = most - spared
    spared = most
    return worth
  })
}

/**
 * The most that paying `paid` of the `from` seconds from here on can spare, if up to `unpaidBefore` earlier seconds of the call
 * were left to the wallet. Beyond the initial increment and the minimum the price repeats with the next increment, so a few
 * cases stand for all.
 */
function mostSpared(
  prices: CreditPrices,
  index: number,
  { from, paid, unpaidBefore }: { from: number; paid: number; unpaidBefore: number },
): number {
  const price = prices.prices[index]
  if (!price) return 0
  let most = prices.cost(index, from) - prices.cost(index, from - paid)
  const { initialIncrementSeconds, nextIncrementSeconds, minimumSeconds, rateMicrosPerMinute } = price
  const cases = Math.min(unpaidBefore, Math.max(initialIncrementSeconds, minimumSeconds) + nextIncrementSeconds)
  for (let unpaid = 1; unpaid <= cases; unpaid++) {
    const all = from + unpaid
    const billed = billedSeconds(price, all) - billedSeconds(price, all - paid)
    most = Math.max(most, Number(divCeil(rateMicrosPerMinute * BigInt(billed), 60n)))
  }
  return most
}
