import { describe, expect, test } from 'vitest'
import { classifyOutbound } from './classification.ts'
import { COUNTRY_OFFERS, parseCountry } from './country.ts'
import { factsOf } from './numbering.ts'
import { domesticNumbers } from './reach.ts'

describe('a number to ask about', () => {
  test.each([...COUNTRY_OFFERS.map(({ country }) => country), 'PR'])(
    '%s: domestic for a user there, and several of them',
    (code) => {
      const country = parseCountry(code)
      const numbers = country ? domesticNumbers(country) : []
      expect(numbers.length).toBeGreaterThan(3)
      for (const number of numbers)
        if (country) expect(classifyOutbound(number, country).classification).toBe('domestic')
    },
  )

  test('an ordinary fixed line where there are plans: the price of a call to it is the price of most calls', () => {
    for (const code of ['CA', 'US', 'GB', 'PR']) {
      const country = parseCountry(code)
      for (const number of country ? domesticNumbers(country) : []) expect(factsOf(number).kind).toBe('fixed')
    }
  })

  test('none where nobody has a number', () => {
    const antarctica = parseCountry('AQ')
    expect(antarctica && domesticNumbers(antarctica)).toEqual([])
  })
})
