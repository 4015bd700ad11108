/** Cards know no millionths: amounts go to a provider in the smallest coin of the currency. */
import type { Currency, Micros } from '../core/money.ts'
import { MICROS_PER_UNIT } from '../core/money.ts'

/** Decimals of a currency by ISO 4217, as the runtime knows them: USD 2, JPY 0, KWD 3. */
export function decimalsOf(currency: Currency): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return maximumFractionDigits
}

/** The amount in the smallest coin (cents), or null when it is no whole number of them. */
export function toMinorUnits(amount: Micros, currency: Currency): bigint | null {
  const microsPerCoin = MICROS_PER_UNIT / 10n ** BigInt(decimalsOf(currency))
  return amount % microsPerCoin === 0n ? amount / microsPerCoin : null
}
