/** Cards know no millionths: amounts go to a provider in the smallest coin of the currency. */
import type { Currency, Micros } from '../core/money.ts'
import { coinMicros } from '../core/seat-price.ts'

/** The amount in the smallest coin (cents), or null when it is no whole number of them. */
export function toMinorUnits(amount: Micros, currency: Currency): bigint | null {
  const coin = coinMicros(currency)
  return amount % coin === 0n ? amount / coin : null
}
