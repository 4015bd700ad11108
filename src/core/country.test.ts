import { describe, expect, test } from 'vitest'
import {
  COUNTRY_OFFERS,
  type Country,
  countryName,
  internationalPlanCovers,
  isZoneA,
  licenceTypeOf,
  offerOf,
  parseCountry,
  planLocation,
} from './country.ts'
import { INTERNATIONAL_PLAN_DESTINATIONS } from './data/countries.ts'

const country = (text: string): Country => {
  const parsed = parseCountry(text)
  if (!parsed) throw new Error(`not a country: ${text}`)
  return parsed
}

describe('parseCountry', () => {
  test.each(['CA', 'KP', 'JE', 'IN', 'AX', 'AQ', 'XK'])('reads %s', (text) => {
    expect(parseCountry(text)).toBe(text)
  })

  test.each(['', 'ca', 'CAN', 'UK', 'ZZ', 'EU', ' CA', 'CA\n', 'constructor', '__proto__'])('refuses %j', (text) => {
    expect(parseCountry(text)).toBeNull()
  })
})

describe('what is sold where', () => {
  test('L2: 72 countries, three of them with a Calling Plan', () => {
    expect(COUNTRY_OFFERS).toHaveLength(72)
    const withPlan = COUNTRY_OFFERS.filter((offer) => offer.licenceType === 'with-calling-plan')
    expect(withPlan.map((offer) => [offer.country, offer.domesticMinutes, offer.wizard])).toEqual([
      ['CA', 3000, true],
      ['GB', 1200, true],
      ['US', 3000, true],
    ])
    for (const offer of COUNTRY_OFFERS) expect(parseCountry(offer.country)).toBe(offer.country)
    expect(new Set(COUNTRY_OFFERS.map((offer) => offer.country)).size).toBe(72)
  })

  test('L2: every other country is not available, said plainly', () => {
    expect(licenceTypeOf(country('GB'))).toBe('with-calling-plan')
    expect(licenceTypeOf(country('PR'))).toBe('without-calling-plan')
    expect(licenceTypeOf(country('FR'))).toBe('without-calling-plan')
    for (const text of ['AU', 'CN', 'IN', 'KP', 'JE']) expect(licenceTypeOf(country(text))).toBe('not-available')
    expect(offerOf(country('AU'))).toBeNull()
  })

  test('N1: toll-free numbers are known to be available, or not known', () => {
    expect(offerOf(country('FR'))?.tollFree).toBe('yes')
    expect(offerOf(country('AT'))?.tollFree).toBe('unknown')
  })

  test('L8, P2: users in Puerto Rico share the pool of the US, nobody else has a borrowed pool', () => {
    const pools = ['CA', 'GB', 'US', 'PR', 'GU', 'JE', 'FR', 'VI'].map((text) => planLocation(country(text)))
    expect(pools).toEqual(['CA', 'GB', 'US', 'US', null, null, null, null])
  })
})

describe('what a plan reaches', () => {
  const all = INTERNATIONAL_PLAN_DESTINATIONS.trim().split(/\s+/)

  test('L7: Zone A has 44 countries', () => {
    const zone = [...COUNTRY_OFFERS.map((offer) => offer.country), country('AU'), country('CN'), country('IN')]
    expect(zone.filter(isZoneA)).toHaveLength(44)
    expect(['AR', 'KP', 'JM', 'CY', 'TR', 'JE'].map(country).some(isZoneA)).toBe(false)
  })

  test('P5: 197 names are 199 codes, the Netherlands Antilles being three of them', () => {
    expect(all).toHaveLength(199)
    expect(new Set(all).size).toBe(199)
    for (const text of all) expect(parseCountry(text)).toBe(text)
  })

  test.each([
    'GU',
    'VI',
    'AS',
    'MP',
    'AI',
    'MQ',
    'RE',
    'PF',
    'PM',
    'GL',
    'FO',
    'GI',
    'AW',
    'CW',
    'SX',
    'BQ',
    'MO',
    'PS',
    'VA',
    'TW',
    'DE',
    'JM',
  ])('P5: %s is on the list', (text) => {
    expect(internationalPlanCovers(country(text))).toBe(true)
  })

  test.each(['CU', 'KP', 'SO', 'TD', 'GA', 'GM', 'MG', 'MV', 'LR', 'JE', 'GG', 'IM', 'XK', 'TN', 'SS'])(
    'P5: %s is not',
    (text) => {
      expect(internationalPlanCovers(country(text))).toBe(false)
    },
  )
})

describe('countryName', () => {
  test('names the countries of the catalogue in both languages', () => {
    expect(countryName(country('GB'), 'en')).toBe('United Kingdom')
    expect(countryName(country('GB'), 'fr')).toBe('Royaume-Uni')
    expect(countryName(country('TT'), 'fr')).toBe('Trinité-et-Tobago')
  })

  test('names every other one too', () => {
    expect(countryName(country('JM'), 'en')).toBe('Jamaica')
    expect(countryName(country('JM'), 'fr')).toBe('Jamaïque')
    expect(countryName(country('XK'), 'fr')).toBe('Kosovo')
  })
})
