import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyOutbound } from './classification.ts'
import type { Country } from './country.ts'
import { homeZoneOf } from './home-zone.ts'
import { parseE164 } from './numbering.ts'

const HOMES = ['US', 'CA', 'PR', 'GB'] as readonly string[] as readonly Country[]

const letsThrough = (location: Country, digits: string): boolean => {
  const zone = homeZoneOf(location)
  return zone !== null && new RegExp(zone.pattern).test(digits) && !new RegExp(zone.except).test(digits)
}

describe('C10: what a switch lets through as domestic while nobody can be asked', () => {
  test.each(HOMES)('%s: whatever matches is a domestic call to the engine too', (location) => {
    const zone = homeZoneOf(location)
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(zone?.pattern ?? '')), (digits) => {
        fc.pre(letsThrough(location, digits))
        const number = parseE164(`+${digits}`)
        expect(number && classifyOutbound(number, location).classification).toBe('domestic')
        expect(zone?.mayBeHome(digits.slice(zone.callingCode.length))).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  test('ordinary numbers pass; Jamaica, premium, the Crown dependencies and personal numbers do not', () => {
    const us = 'US' as Country
    const gb = 'GB' as Country
    expect(['12125550100', '14165550100', '17875550100'].map((digits) => letsThrough(us, digits))).toEqual([
      true,
      true,
      true,
    ])
    expect(
      ['18765550100', '19005550100', '18005550100', '442079460000', '12125550'].map((digits) =>
        letsThrough(us, digits),
      ),
    ).toEqual([false, false, false, false, false])
    expect(['442079460000', '447400123456', '443001234567'].map((digits) => letsThrough(gb, digits))).toEqual([
      true,
      true,
      true,
    ])
    expect(
      ['441534123456', '447012345678', '448712345678', '449098790000', '447797123456'].map((digits) =>
        letsThrough(gb, digits),
      ),
    ).toEqual([false, false, false, false, false])
    expect(homeZoneOf('FR' as Country)).toBeNull()
  })
})
