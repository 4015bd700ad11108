/** The operator's price list as the calculation wants it. */
import type { AdvicePrices } from '../core/advice/types.ts'
import { COUNTRY_OFFERS } from '../core/country.ts'
import type { Currency } from '../core/money.ts'
import { seatPriceAt } from '../core/seat-price.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import { readSeatPrices } from '../store/seat-price.ts'

/** Prices of a moment. Without one for licences nothing is bought with plan, and the report says so. */
export async function advicePrices(db: Queryable, currency: Currency, at: Instant): Promise<AdvicePrices> {
  const prices = await readSeatPrices(db, currency)
  const licence = seatPriceAt(prices, 'voice-with-calling-plan', at)
  const international = seatPriceAt(prices, 'international-calling-plan', at)
  const withPlan = COUNTRY_OFFERS.filter((offer) => offer.licenceType === 'with-calling-plan')
  return {
    withPlan: new Map(licence === null ? [] : withPlan.map(({ country }) => [country, { licence, international }])),
    withoutPlan: seatPriceAt(prices, 'voice-without-calling-plan', at),
  }
}
