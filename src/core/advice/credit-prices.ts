/**
 * What credits cost, as plain numbers: the prices of `costOf`, remembered. The advice counts in doubles that hold whole micros and
 * stay below 2⁵³, so sums are exact; `AMOUNT_MAX` keeps them there.
 */
import { costOf, type Price } from '../rate.ts'

/** Credits of one country over the horizon, in micros: 140 million of a currency. Leaves room for sixteenths and sums of bounds. */
export const AMOUNT_MAX = 2 ** 47

const REMEMBERED_SECONDS = 2048

export interface CreditPrices {
  readonly prices: readonly (Price | null)[]
  /** Micros for so many seconds at price `index`, rounded once as the wallet does; 0 for 0 seconds and where nothing prices it. */
  cost(index: number, seconds: number): number
}

/** Asks `costOf` once for each price and length of up to half an hour. */
export function creditPrices(prices: readonly (Price | null)[]): CreditPrices {
  const known: (Float64Array | undefined)[] = []
  const ask = (index: number, seconds: number): number => {
    const price = prices[index]
    return price ? Number(costOf(price, seconds)) : 0
  }
  return {
    prices,
    cost(index, seconds) {
      if (seconds === 0) return 0
      if (seconds >= REMEMBERED_SECONDS) return ask(index, seconds)
      let row = known[index]
      if (row === undefined) {
        row = new Float64Array(REMEMBERED_SECONDS).fill(-1)
        known[index] = row
      }
      let cost = row[seconds] ?? -1
      if (cost === -1) {
        cost = ask(index, seconds)
        row[seconds] = cost
      }
      return cost
    },
  }
}
