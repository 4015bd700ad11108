/** How a call of a history would be paid here (G1): the same classes, plans and rates that decide live calls. */
import { lineKindOf } from '../authorise.ts'
import { classifyOutbound } from '../classification.ts'
import { type Country, internationalPlanCovers, isZoneA } from '../country.ts'
import type { Currency } from '../money.ts'
import type { E164 } from '../numbering.ts'
import { findRate, type RateDeck } from '../rate-deck.ts'
import type { Instant } from '../time.ts'
import type { CallKind, CallTarget } from './types.ts'

/** Calls that need no number to be understood: one target for each kind. */
export const freeTarget = (kind: 'internal' | 'emergency' | 'inbound'): CallTarget => ({
  kind,
  country: null,
  prefix: '',
  price: null,
})

/** What a user of that location would pay with for a call to the number, at the rates of `at`. */
export function targetOf(
  number: E164,
  location: Country,
  { deck, currency, at }: { deck: RateDeck; currency: Currency; at: Instant },
): CallTarget {
  const seen = classifyOutbound(number, location)
  const { classification, country } = seen
  const digits = number.slice(1)
  if (classification === 'toll-free-out') return { kind: 'free-out', country, prefix: '', price: null }
  if (classification === 'unknown')
    return { kind: 'barred', country, prefix: digits.slice(0, UNPRICED_DIGITS), price: null }
  const lineKind = lineKindOf(seen.kind)
  const rate = findRate(deck, { direction: 'out', digits, origin: location, lineKind, currency, at })
  const isOrdinary = classification === 'domestic' || classification === 'international'
  // C4: premium, shared-cost and satellite numbers are sold by a row of their own, or not at all.
  const kind: CallKind = isOrdinary
    ? classification === 'domestic' || (country !== null && internationalPlanCovers(country))
      ? classification
      : 'credits'
    : rate === null
      ? 'barred'
      : 'credits'
  return { kind, country, prefix: rate?.prefix ?? digits.slice(0, UNPRICED_DIGITS), price: rate }
}

/** L7: a conference that dials out; Zone A draws the tenant's pool, the rest is paid by credits. */
export function conferenceTargetOf(
  number: E164,
  location: Country,
  { deck, currency, at }: { deck: RateDeck; currency: Currency; at: Instant },
): CallTarget {
  const { classification, country, kind } = classifyOutbound(number, location)
  const digits = number.slice(1)
  const lineKind = lineKindOf(kind)
  const price = findRate(deck, { direction: 'conference-out', digits, origin: location, lineKind, currency, at })
  const prefix = price?.prefix ?? digits.slice(0, UNPRICED_DIGITS)
  const isSoldByRow = classification === 'premium' || classification === 'shared-cost' || classification === 'satellite'
  if (classification === 'unknown' || (isSoldByRow && price === null))
    return { kind: 'barred', country, prefix, price: null }
  const isPooled = !isSoldByRow && country !== null && isZoneA(country)
  return { kind: isPooled ? 'conference' : 'credits', country, prefix, price }
}

/** Enough of a number that nothing prices to see where it was going, and too little to see whom. */
const UNPRICED_DIGITS = 5

/** What tells targets apart: two with equal keys are paid in the same way. */
export function targetKey({ kind, country, prefix, price }: CallTarget): string {
  if (price === null) return `${kind} ${country ?? ''} ${prefix}`
  const { connectionFeeMicros, rateMicrosPerMinute, initialIncrementSeconds, nextIncrementSeconds, minimumSeconds } =
    price
  return [
    kind,
    country ?? '',
    prefix,
    connectionFeeMicros,
    rateMicrosPerMinute,
    initialIncrementSeconds,
    nextIncrementSeconds,
    minimumSeconds,
  ].join(' ')
}
