import { describe, expect, test } from 'vitest'
import { classifyOutbound } from './classification.ts'
import { type Country, parseCountry } from './country.ts'
import { type E164, parseE164 } from './numbering.ts'

const country = (text: string): Country => {
  const parsed = parseCountry(text)
  if (!parsed) throw new Error(`not a country: ${text}`)
  return parsed
}
const e164 = (text: string): E164 => {
  const parsed = parseE164(text)
  if (!parsed) throw new Error(`not E.164: ${text}`)
  return parsed
}
const classify = (from: string, to: string) => classifyOutbound(e164(to), country(from))

const US = '+14155550100'
const CA = '+14165550123'
const PR = '+17872345678'
const GB = '+442071838750'

describe('classifyOutbound', () => {
  test.each([
    ['US', US, 'same-country'],
    ['CA', CA, 'same-country'],
    ['CA', '+14162345678', 'same-country'],
    ['GB', GB, 'same-country'],
    ['PR', PR, 'same-country'],
    ['FR', '+33142685300', 'same-country'],
    ['FR', '+33612345678', 'same-country'],
    ['GB', '+443451234567', 'same-country'],
    ['JM', '+18763001234', 'same-country'],
    ['JE', '+441534200000', 'same-country'],
    ['US', CA, 'us-and-canada'],
    ['CA', US, 'us-and-canada'],
    ['US', PR, 'us-includes-puerto-rico'],
    ['CA', PR, 'us-includes-puerto-rico'],
    ['PR', US, 'us-includes-puerto-rico'],
    ['PR', CA, 'us-includes-puerto-rico'],
  ])('P4: %s to %s is domestic: %s', (from, to, reason) => {
    expect(classify(from, to)).toMatchObject({ classification: 'domestic', reason: { code: reason } })
  })

  test.each([
    ['US', '+18763001234', 'area-code-abroad'],
    ['CA', '+14412345678', 'area-code-abroad'],
    ['US', '+16716461234', 'area-code-abroad'],
    ['US', '+13402345678', 'area-code-abroad'],
    ['US', '+16842345678', 'area-code-abroad'],
    ['PR', '+18092345678', 'area-code-abroad'],
    ['GB', '+441534200000', 'crown-dependency'],
    ['GB', '+447797712345', 'crown-dependency'],
    ['GB', '+441481250000', 'crown-dependency'],
    ['GB', '+441624612345', 'crown-dependency'],
    ['JE', GB, 'crown-dependency'],
    ['JE', '+441481250000', 'other-country'],
    ['US', GB, 'other-country'],
    ['US', '+441534200000', 'other-country'],
    ['GB', US, 'other-country'],
    ['FR', '+18763001234', 'other-country'],
    ['JM', US, 'other-country'],
    ['GB', '+5372041234', 'other-country'],
  ])('P4: %s to %s is international: %s', (from, to, reason) => {
    expect(classify(from, to)).toMatchObject({ classification: 'international', reason: { code: reason } })
  })

  test.each([
    ['US', '+19002345678', 'premium', 'premium-number'],
    ['GB', '+449012345678', 'premium', 'premium-number'],
    ['GB', '+448451234567', 'shared-cost', 'shared-cost-number'],
    ['US', '+448451234567', 'shared-cost', 'shared-cost-number'],
    ['US', '+870773111632', 'satellite', 'satellite-number'],
    ['GB', '+881612345678', 'satellite', 'satellite-number'],
    ['US', '+18005550100', 'toll-free-out', 'toll-free-number'],
    ['GB', '+448081234567', 'toll-free-out', 'toll-free-number'],
    ['US', '+80012345678', 'toll-free-out', 'toll-free-number'],
  ])('C4: %s to %s is %s wherever it is', (from, to, classification, reason) => {
    expect(classify(from, to)).toMatchObject({ classification, reason: { code: reason } })
  })

  test.each([
    ['+19992345678', '999'],
    ['+15002345678', '500'],
    ['+17102345678', '710'],
  ])('C4: %s has no country that can be told: unknown, not guessed', (to, areaCode) => {
    expect(classify('US', to)).toEqual({
      classification: 'unknown',
      country: null,
      kind: 'other',
      reason: { code: 'country-unknown', areaCode },
    })
  })

  test('C8: the reason carries what its sentence needs', () => {
    expect(classify('US', '+18763001234').reason).toEqual({ code: 'area-code-abroad', areaCode: '876', country: 'JM' })
    expect(classify('GB', '+447797712345').reason).toEqual({ code: 'crown-dependency', country: 'JE', location: 'GB' })
    expect(classify('CA', US).reason).toEqual({ code: 'us-and-canada', country: 'US', location: 'CA' })
    expect(classify('GB', '+449012345678').reason).toEqual({ code: 'premium-number', country: 'GB' })
  })
})

describe('numbers that an installation hands out', () => {
  test.each([
    ['US', 'US', (tail: string) => `+1212${2 + (Number(tail) % 8)}${tail}`],
    ['CA', 'CA', (tail: string) => `+1416${2 + (Number(tail) % 8)}${tail}`],
    ['PR', 'PR', (tail: string) => `+1787${2 + (Number(tail) % 8)}${tail}`],
    ['GB', 'GB', (tail: string) => `+44207${1_000_000 + Number(tail)}`],
    ['FR', 'FR', (tail: string) => `+3314${2_000_000 + Number(tail)}`],
  ])('P4: every number of a block in %s is domestic there', (from, expected, make) => {
    for (let value = 0; value < 1_000_000; value += 7_919) {
      const called = classify(from, make(String(value).padStart(6, '0')))
      expect(called).toMatchObject({ classification: 'domestic', country: expected, kind: 'fixed' })
    }
  })

  test.each(['800', '855', '877'])('N1: every number of +1 %s is toll-free', (areaCode) => {
    for (let value = 0; value < 1_000_000; value += 7_919) {
      const to = `+1${areaCode}${2 + (value % 8)}${String(value).padStart(6, '0')}`
      expect(classify('US', to).classification).toBe('toll-free-out')
    }
  })
})
