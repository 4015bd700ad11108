/** What a seat costs in the demonstration. Invented, like its people: an operator sets their own (`POST /v1/seat-prices`). */
import type { Sku } from '../core/catalogue.ts'

const list = (sku: Sku, prices: Readonly<Record<string, string>>) =>
  Object.entries(prices).map(([currency, amount]) => ({ sku, perMonth: { amount, currency } }))

/** Bodies of the requests, one for each price. */
export const DEMO_SEAT_PRICES = [
  ...list('voice-with-calling-plan', { CAD: '26.00', GBP: '16.00', USD: '20.00' }),
  ...list('international-calling-plan', { CAD: '15.60', GBP: '9.60', USD: '12.00' }),
  ...list('voice-without-calling-plan', { EUR: '14.00' }),
]
