import { describe, expect, test } from 'vitest'
import type { Country } from './country.ts'
import { addressForm, addressLines, areaMatches, type CivicAddress, checkAddress } from './emergency-address.ts'
import type { E164 } from './numbering.ts'

const address = (given: Partial<Omit<CivicAddress, 'country'>> & { country: string }): CivicAddress => ({
  houseNumber: '1',
  street: 'Main Street',
  locality: '',
  city: 'Town',
  region: '',
  postalCode: '',
  ...given,
  country: given.country as Country,
})
const faults = (given: CivicAddress) => checkAddress(given).issues.map(({ field, fault }) => `${field} ${fault}`)

describe('N6 addresses', () => {
  test('each country has its fields, in its order', () => {
    const fields = (country: string) => addressForm(country as Country).fields.join(' ')
    expect(fields('US')).toBe('houseNumber street city region postalCode')
    expect(fields('GB')).toBe('houseNumber street city postalCode')
    expect(fields('FR')).toBe('houseNumber street postalCode city')
    expect(fields('DE')).toBe('street houseNumber postalCode city')
    expect(fields('HK')).toBe('houseNumber street city region')
    expect(addressForm('CA' as Country, 'fr').regions.at(-1)).toEqual({ code: 'YT', name: 'Yukon' })
    expect(addressForm('GB' as Country).required).toEqual(['houseNumber', 'street', 'city', 'postalCode'])
  })

  test('what is missing, what does not belong and what is malformed is said field by field', () => {
    const us = { country: 'US', city: 'New York', region: 'NY', postalCode: '10005' }
    expect(faults(address(us))).toEqual([])
    expect(faults(address({ ...us, houseNumber: '', street: '', city: '', region: '', postalCode: '' }))).toEqual([
      'houseNumber required',
      'street required',
      'city required',
      'region required',
      'postalCode required',
    ])
    expect(faults(address({ ...us, region: 'Ontario' }))).toEqual(['region region-unknown'])
    expect(faults(address({ ...us, postalCode: '1000' }))).toEqual(['postalCode postal-code-malformed'])
    expect(faults(address({ ...us, postalCode: '90210' }))).toEqual(['postalCode postal-code-elsewhere'])
    for (const street of ['P.O. Box 7', 'po box 7', 'Boîte postale 12', 'Postfach 3', '12345']) {
      expect([street, faults(address({ ...us, street }))]).toEqual([street, ['street no-civic-address']])
    }
    for (const houseNumber of ['one', '?', '12345678901234567']) {
      expect(faults(address({ ...us, houseNumber }))).toEqual(['houseNumber house-number-malformed'])
    }
    expect(faults(address({ country: 'FR', postalCode: '75002', region: 'Île-de-France' }))).toEqual([
      'region not-used',
    ])
    // P4: the Channel Islands and the Isle of Man are not GB.
    expect(faults(address({ country: 'GB', postalCode: 'JE2 3AB' }))).toEqual(['postalCode postal-code-malformed'])
  })

  test('what was typed is written properly: capitals, short names, the space in a postal code', () => {
    const written = (given: CivicAddress): string => addressLines(checkAddress(given).normalised).join(' | ')
    expect(
      written(
        address({
          country: 'CA',
          street: 'rue  sainte-catherine',
          city: 'MONTRÉAL',
          region: 'québec',
          postalCode: 'h2x1k4',
        }),
      ),
    ).toBe('1 Rue Sainte-Catherine | Montréal QC H2X 1K4')
    expect(written(address({ country: 'GB', city: 'London', postalCode: 'w1t3jl' }))).toBe(
      '1 Main Street | London | W1T 3JL',
    )
    expect(written(address({ country: 'NL', street: 'Damrak', city: 'Amsterdam', postalCode: '1012lg' }))).toBe(
      'Damrak 1 | 1012 LG Amsterdam',
    )
    expect(written(address({ country: 'DE', street: 'McAllee', city: 'Berlin', postalCode: '10115' }))).toBe(
      'McAllee 1 | 10115 Berlin',
    )
    expect(addressLines(address({ country: 'US' }), 'Floor 3')[0]).toBe('Floor 3')
  })

  test('in six countries the address lies in the area of the number, and nowhere else does it matter', () => {
    for (const [country, number, inside, outside] of [
      ['FR', '+33199000001', '75002', '69001'],
      ['FR', '+33465710001', '13001', '75002'],
      ['DE', '+49301234567', '10115', '20095'],
      ['DE', '+498912345678', '80331', '50667'],
      ['BE', '+3221234567', '1000', '4000'],
      ['BE', '+3243456789', '4000', '1000'],
      ['NL', '+31201234567', '1012 LG', '3011 AA'],
      ['ES', '+34911234567', '28013', '08001'],
      ['ES', '+34931234567', '08001', '28013'],
      ['IE', '+35311234567', 'D02 X285', 'T12 W8XF'],
    ] as const) {
      const matches = (postalCode: string) => areaMatches(number as E164, address({ country, postalCode }))
      expect([number, matches(inside), matches(outside)]).toEqual([number, true, false])
    }
    expect(areaMatches('+442079460000' as E164, address({ country: 'GB', postalCode: 'M1 1AE' }))).toBe(true)
    // A mobile number is of no area.
    expect(areaMatches('+33612345678' as E164, address({ country: 'FR', postalCode: '69001' }))).toBe(true)
  })
})
