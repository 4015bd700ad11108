import { describe, expect, test } from 'vitest'
import { allCountries, availabilityOf } from './availability.ts'
import { COUNTRY_OFFERS, type Country, countryName } from './country.ts'

describe('L2, G3: availability', () => {
  test('72 countries have an offer, three of them with a plan, and every other one none', () => {
    expect(COUNTRY_OFFERS).toHaveLength(72)
    const answers = allCountries('en').map(availabilityOf)
    expect(
      answers
        .filter(({ licenceType }) => licenceType === 'with-calling-plan')
        .map((row) => [row.country, row.domesticMinutes]),
    ).toEqual([
      ['CA', 3000],
      ['GB', 1200],
      ['US', 3000],
    ])
    expect(answers.filter(({ licenceType }) => licenceType === 'without-calling-plan')).toHaveLength(69)
    expect(answers.length).toBeGreaterThan(240)
    expect(answers.filter(({ licenceType }) => licenceType === 'not-available')).toHaveLength(answers.length - 72)
  })

  test('A13: an organisation in Puerto Rico goes through a partner; its users may draw the pool of the United States', () => {
    expect(availabilityOf('PR' as Country)).toEqual({
      country: 'PR',
      licenceType: 'without-calling-plan',
      domesticMinutes: null,
      usersInPoolOf: 'US',
    })
    expect(allCountries('en').filter((one) => availabilityOf(one).usersInPoolOf !== null)).toEqual(['PR'])
  })

  test('sorted by name in each language', () => {
    for (const language of ['en', 'fr'] as const) {
      const names = allCountries(language).map((one) => countryName(one, language))
      expect(names).toEqual(names.toSorted(new Intl.Collator(language).compare))
    }
  })
})
