/** Can we serve this country? The honest answer for each (L2, G3), for people who have nothing here yet. */
import { getAlpha2Codes } from 'i18n-iso-countries/index.js'
import { type Country, countryName, type Language, offerOf, parseCountry, planLocation } from './country.ts'

export interface Availability {
  readonly country: Country
  readonly licenceType: 'with-calling-plan' | 'without-calling-plan' | 'not-available'
  /** Per assigned licence and month (P1); null without a plan. */
  readonly domesticMinutes: number | null
  /** Users there can hold a plan of a tenant elsewhere, and draw this country’s pool (A13: Puerto Rico); null: they cannot. */
  readonly usersInPoolOf: Country | null
}

export function availabilityOf(country: Country): Availability {
  const offer = offerOf(country)
  const pool = planLocation(country)
  return {
    country,
    licenceType: offer?.licenceType ?? 'not-available',
    domesticMinutes: offer?.domesticMinutes ?? null,
    usersInPoolOf: pool === country ? null : pool,
  }
}

/** Every country there is, by its name in the language. */
export function allCountries(language: Language): readonly Country[] {
  const known = Object.keys(getAlpha2Codes()).flatMap((code) => parseCountry(code) ?? [])
  const compare = new Intl.Collator(language).compare
  return known.toSorted((a, b) => compare(countryName(a, language), countryName(b, language)))
}
