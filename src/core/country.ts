/**
 * Countries as the catalogue sees them (L2, L8): what is sold where, which pool a user belongs to, what a plan reaches.
 */
import { getAlpha2Codes } from 'i18n-iso-countries/index.js'
import type { Brand } from './brand.ts'
import {
  type CountryRow,
  INTERNATIONAL_PLAN_DESTINATIONS,
  type PlanCountryRow,
  type TollFreeAvailability,
  WITH_CALLING_PLAN,
  WITHOUT_CALLING_PLAN,
  ZONE_A_ONLY,
} from './data/countries.ts'

/** ISO 3166-1 alpha-2, upper case, and XK for Kosovo, which has a calling code but no code of its own there. */
export type Country = Brand<string, 'Country'>

export type LicenceType = 'with-calling-plan' | 'without-calling-plan' | 'not-available'

export type Language = 'en' | 'fr'

/** One line of the list of countries where licences are sold. */
export interface CountryOffer {
  readonly country: Country
  readonly licenceType: Exclude<LicenceType, 'not-available'>
  /** Per assigned licence and calendar month (P1); null without a plan. */
  readonly domesticMinutes: number | null
  readonly zoneA: boolean
  readonly tollFree: TollFreeAvailability
  /** Is the Getting Started wizard offered (G2)? */
  readonly wizard: boolean
}

const ISO_CODES: ReadonlySet<string> = new Set(Object.keys(getAlpha2Codes()))

/** Reads an ISO 3166-1 alpha-2 code in upper case; null for anything else. Countries where nothing is sold are countries too. */
export function parseCountry(text: string): Country | null {
  return ISO_CODES.has(text) ? (text as Country) : null
}

const withPlan = (row: PlanCountryRow): CountryOffer => ({
  country: row.iso as Country,
  licenceType: 'with-calling-plan',
  domesticMinutes: row.domesticMinutes,
  zoneA: row.zoneA,
  tollFree: row.tollFree,
  wizard: true,
})

const withoutPlan = (row: CountryRow): CountryOffer => ({
  country: row.iso as Country,
  licenceType: 'without-calling-plan',
  domesticMinutes: null,
  zoneA: row.zoneA,
  tollFree: row.tollFree,
  wizard: false,
})

/** L2: every country where licences are sold, those with a plan first, then by English name. */
export const COUNTRY_OFFERS: readonly CountryOffer[] = [
  ...WITH_CALLING_PLAN.map(withPlan),
  ...WITHOUT_CALLING_PLAN.map(withoutPlan),
]

const OFFER_BY_COUNTRY: ReadonlyMap<string, CountryOffer> = new Map(
  COUNTRY_OFFERS.map((offer) => [offer.country, offer]),
)
const ROW_BY_COUNTRY: ReadonlyMap<string, CountryRow> = new Map(
  [...WITH_CALLING_PLAN, ...WITHOUT_CALLING_PLAN].map((row) => [row.iso, row]),
)
const INTERNATIONAL: ReadonlySet<string> = new Set(INTERNATIONAL_PLAN_DESTINATIONS.trim().split(/\s+/))
const ZONE_A: ReadonlySet<string> = new Set([
  ...COUNTRY_OFFERS.filter((offer) => offer.zoneA).map((offer) => offer.country),
  ...ZONE_A_ONLY,
])

/** What is sold in a country; null where nothing is (L2). */
export function offerOf(country: Country): CountryOffer | null {
  return OFFER_BY_COUNTRY.get(country) ?? null
}

/** L2: which of the two licence types a tenant of this country may get. */
export function licenceTypeOf(country: Country): LicenceType {
  return offerOf(country)?.licenceType ?? 'not-available'
}

/** L8, P2: the country of the pool that a user with this usage location draws; null where a with-plan licence is refused. */
export function planLocation(location: Country): Country | null {
  if (location === 'PR') return 'US' as Country
  return licenceTypeOf(location) === 'with-calling-plan' ? location : null
}

/** One of the 44 countries that the conference dial-out pool reaches (L7). */
export function isZoneA(country: Country): boolean {
  return ZONE_A.has(country)
}

/** P5: does the International Calling Plan reach this country? (Never its premium, shared-cost or satellite numbers.) */
export function internationalPlanCovers(country: Country): boolean {
  return INTERNATIONAL.has(country)
}

const displayNames: Readonly<Record<Language, Intl.DisplayNames>> = {
  en: new Intl.DisplayNames(['en'], { type: 'region' }),
  fr: new Intl.DisplayNames(['fr'], { type: 'region' }),
}

/** The name that people read: the catalogue's where it has one, otherwise the runtime's. */
export function countryName(country: Country, language: Language): string {
  return ROW_BY_COUNTRY.get(country)?.[language] ?? displayNames[language].of(country) ?? country
}
