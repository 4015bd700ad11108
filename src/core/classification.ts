/**
 * What kind of call it is (C4), from the digits called and the caller's usage location, and why. The same answer serves
 * billing and calling policies (A16 of the facts: one meaning of "domestic").
 */
import type { Country } from './country.ts'
import { areaCodeOf, type E164, factsOf, type NumberKind } from './numbering.ts'

export type Classification =
  | 'internal'
  | 'emergency'
  | 'domestic'
  | 'international'
  | 'toll-free-out'
  | 'toll-free-in'
  | 'inbound'
  | 'premium'
  | 'shared-cost'
  | 'satellite'
  | 'conference-out'
  | 'unknown'

/** What the digits of an external number can say; the other classes come from the direction and the tenant's directory. */
export type OutboundClass = Extract<
  Classification,
  'domestic' | 'international' | 'toll-free-out' | 'premium' | 'shared-cost' | 'satellite' | 'unknown'
>

/** Why a call was classed so (C8), with what a sentence in either language needs. */
export type ClassificationReason =
  /** The number is in the caller's own country. */
  | { readonly code: 'same-country'; readonly country: Country }
  /** US and Canada count as one domestic zone, in both directions. */
  | { readonly code: 'us-and-canada'; readonly country: Country; readonly location: Country }
  /** For a Calling Plan the US includes Puerto Rico, as destination and as location. */
  | { readonly code: 'us-includes-puerto-rico'; readonly country: Country; readonly location: Country }
  /** Area code 876 is Jamaica: +1 is not a country. */
  | { readonly code: 'area-code-abroad'; readonly areaCode: string; readonly country: Country }
  /** Jersey, Guernsey and the Isle of Man share +44 with the United Kingdom and are not part of it. */
  | { readonly code: 'crown-dependency'; readonly country: Country; readonly location: Country }
  | { readonly code: 'other-country'; readonly country: Country; readonly location: Country }
  /** A toll-free number: the called party pays. No country if it is shared by all of +1, or universal. */
  | { readonly code: 'toll-free-number'; readonly country: Country | null }
  | { readonly code: 'premium-number'; readonly country: Country | null }
  | { readonly code: 'shared-cost-number'; readonly country: Country | null }
  | { readonly code: 'satellite-number' }
  /** Nobody can say which country it is in: an area code that is not in use, or one of no area (+1 500, +1 700). */
  | { readonly code: 'country-unknown'; readonly areaCode: string | null }

export type ReasonCode = ClassificationReason['code']

export interface OutboundClassification {
  readonly classification: OutboundClass
  /** The country of the number called, where it has one. */
  readonly country: Country | null
  readonly kind: NumberKind
  readonly reason: ClassificationReason
}

/**
 * Classifies a call to an external number by a user of that location (C4, P4). Emergency and internal calls are told apart
 * before. The kind of line comes first: a premium number at home is premium, not domestic. `unknown` is to be refused.
 */
export function classifyOutbound(number: E164, location: Country): OutboundClassification {
  const { country, kind } = factsOf(number)
  switch (kind) {
    case 'toll-free':
      return { classification: 'toll-free-out', country, kind, reason: { code: 'toll-free-number', country } }
    case 'premium':
      return { classification: 'premium', country, kind, reason: { code: 'premium-number', country } }
    case 'shared-cost':
      return { classification: 'shared-cost', country, kind, reason: { code: 'shared-cost-number', country } }
    case 'satellite':
      return { classification: 'satellite', country, kind, reason: { code: 'satellite-number' } }
    case 'fixed':
    case 'mobile':
    case 'other': {
      const areaCode = areaCodeOf(number)
      if (country === null) {
        return { classification: 'unknown', country, kind, reason: { code: 'country-unknown', areaCode } }
      }
      const reason = compareCountries(country, location, areaCode)
      return { classification: DOMESTIC_REASONS.has(reason.code) ? 'domestic' : 'international', country, kind, reason }
    }
  }
}

const DOMESTIC_REASONS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'same-country',
  'us-and-canada',
  'us-includes-puerto-rico',
])
const NORTH_AMERICAN_ZONE: ReadonlySet<string> = new Set(['US', 'CA', 'PR'])
const CROWN_DEPENDENCIES: ReadonlySet<string> = new Set(['JE', 'GG', 'IM'])

function compareCountries(country: Country, location: Country, areaCode: string | null): ClassificationReason {
  if (country === location) return { code: 'same-country', country }
  if (NORTH_AMERICAN_ZONE.has(location)) {
    if (NORTH_AMERICAN_ZONE.has(country)) {
      const puertoRico = country === 'PR' || location === 'PR'
      return { code: puertoRico ? 'us-includes-puerto-rico' : 'us-and-canada', country, location }
    }
    if (areaCode !== null) return { code: 'area-code-abroad', areaCode, country }
  }
  if (CROWN_DEPENDENCIES.has(country) && location === 'GB') return { code: 'crown-dependency', country, location }
  if (CROWN_DEPENDENCIES.has(location) && country === 'GB') return { code: 'crown-dependency', country, location }
  return { code: 'other-country', country, location }
}
