import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import { emergencyPatterns, expandPattern, renderEmergencyNumbers, TARGET } from '../../scripts/generate-emergency.ts'
import { type Country, parseCountry } from './country.ts'
import {
  allEmergencyNumbers,
  areaCodeOf,
  type E164,
  emergencyNumbersOf,
  factsOf,
  isEmergency,
  parseE164,
} from './numbering.ts'

const e164 = (text: string): E164 => {
  const parsed = parseE164(text)
  if (!parsed) throw new Error(`not E.164: ${text}`)
  return parsed
}
const country = (text: string): Country => {
  const parsed = parseCountry(text)
  if (!parsed) throw new Error(`not a country: ${text}`)
  return parsed
}
const facts = (text: string): string => {
  const { country: found, kind } = factsOf(e164(text))
  return `${found ?? '-'} ${kind}`
}

describe('parseE164', () => {
  test.each([
    ['without +', '14155550100'],
    ['with 00', '0014155550100'],
    ['national', '4155550100'],
    ['with spaces', '+1 415 555 0100'],
    ['with dashes', '+1-415-555-0100'],
    ['with letters', '+1415FLOWERS'],
    ['of 16 digits', '+1234567890123456'],
    ['of 2 digits', '+12'],
    ['+0…', '+04155550100'],
    ['empty', ''],
    ['a SIP address', 'sip:+14155550100@example.com'],
    ['with an extension', '+14155550100;ext=5'],
    ['tel:', 'tel:+14155550100'],
    ['in full-width digits', '+１４１５５５５０１００'],
    ['with a full-width plus', '＋14155550100'],
    ['in Arabic digits', '+١٤١٥٥٥٥٠١٠٠'],
    ['with a header after it', '+14155550100\r\nX: y'],
    ['with a line break', '+14155550100\n'],
    ['two plus signs', '++14155550100'],
    ['of 100,000 digits', `+1${'5'.repeat(100_000)}`],
    ['of an unassigned calling code', '+9991234567890'],
    ['of another unassigned one', '+2101234567'],
    ['one digit short in +1', '+1415555010'],
    ['one digit long in +1', '+141555501000'],
    ['seven digits in +1', '+13101234'],
    ['of an impossible length in Germany', '+49123'],
    ['with the trunk 0 left in', '+4402071838750'],
  ])('C4: refuses a number %s', (_, text) => {
    expect(parseE164(text)).toBeNull()
  })

  test.each(['+14155550100', '+14165550123', '+18763001234', '+442079460000', '+4930123', '+80012345678'])(
    'C4: accepts %s, which is possible though perhaps not in service',
    (text) => {
      expect(parseE164(text)).toBe(text)
    },
  )

  test('never throws; what it accepts has the shape of E.164 and facts', () => {
    const almost = fc.stringMatching(/^\+?[0-9 ()\-x٣]{0,18}$/)
    const digits = fc.stringMatching(/^\+[1-9][0-9]{2,14}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), almost, digits), (text) => {
        const parsed = parseE164(text)
        if (parsed === null) return
        expect(parsed).toMatch(/^\+[1-9]\d{2,14}$/)
        const { country: found } = factsOf(parsed)
        if (found !== null) expect(parseCountry(found)).toBe(found)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('factsOf', () => {
  test.each([
    ['+14155550100', 'US fixed'],
    ['+14162345678', 'CA fixed'],
    ['+14165550123', 'CA fixed'],
    ['+17872345678', 'PR fixed'],
    ['+442071838750', 'GB fixed'],
    ['+49301234567', 'DE fixed'],
    ['+33142685300', 'FR fixed'],
    ['+33142000000', 'FR fixed'],
    ['+34912345678', 'ES fixed'],
    ['+390612345678', 'IT fixed'],
    ['+31201234567', 'NL fixed'],
    ['+5372041234', 'CU fixed'],
    ['+18763001234', 'JM mobile'],
    ['+16716461234', 'GU fixed'],
    ['+14412345678', 'BM mobile'],
    ['+441534200000', 'JE fixed'],
    ['+447797712345', 'JE mobile'],
    ['+441481250000', 'GG fixed'],
    ['+441624612345', 'IM fixed'],
    ['+3726123456', 'EE fixed'],
    ['+40211234567', 'RO fixed'],
    ['+38512345678', 'HR fixed'],
    ['+38612345678', 'SI fixed'],
    ['+420212345678', 'CZ fixed'],
    ['+48221234567', 'PL fixed'],
    ['+41442345678', 'CH fixed'],
    ['+4532123456', 'DK fixed'],
    ['+4721234567', 'NO fixed'],
    ['+61291234567', 'AU fixed'],
    ['+37122123456', 'LV mobile'],
    ['+37052123456', 'LT fixed'],
    ['+46812345678', 'SE fixed'],
    ['+358912345678', 'FI fixed'],
    ['+351212345678', 'PT fixed'],
    ['+81312345678', 'JP fixed'],
    ['+870773111632', '- satellite'],
    ['+881612345678', '- satellite'],
    ['+19002345678', '- premium'],
    ['+449012345678', 'GB premium'],
    ['+448451234567', 'GB shared-cost'],
  ])('C4: %s is %s', (text, expected) => {
    expect(facts(text)).toBe(expected)
  })

  test.each([
    ['+18005550100', '- toll-free'],
    ['+18332345678', '- toll-free'],
    ['+18552345678', '- toll-free'],
    ['+18772345678', '- toll-free'],
    ['+18222345678', '- other'],
    ['+15002345678', '- other'],
    ['+16002345678', '- other'],
    ['+17002345678', '- other'],
    ['+17102345678', '- other'],
    ['+19992345678', '- other'],
    ['+11232345678', '- other'],
  ])('P4: %s, an area code of no area, is %s', (text, expected) => {
    expect(facts(text)).toBe(expected)
  })

  test.each([
    ['AG', '268'],
    ['AI', '264'],
    ['AS', '684'],
    ['BB', '246'],
    ['BM', '441'],
    ['BS', '242'],
    ['DM', '767'],
    ['DO', '809 829 849'],
    ['GD', '473'],
    ['GU', '671'],
    ['JM', '876 658'],
    ['KN', '869'],
    ['KY', '345'],
    ['LC', '758'],
    ['MP', '670'],
    ['MS', '664'],
    ['PR', '787 939'],
    ['SX', '721'],
    ['TC', '649'],
    ['TT', '868'],
    ['VC', '784'],
    ['VG', '284'],
    ['VI', '340'],
    ['US', '212 415 907 808 983'],
    ['CA', '416 403 867 604'],
  ])('P4: +1 is not a country: %s is %s, in service or not', (expected, areaCodes) => {
    for (const areaCode of areaCodes.split(' ')) {
      // 0000000 is a number in none of them.
      for (const line of ['0000000', '5550100', '2345678']) {
        expect(factsOf(e164(`+1${areaCode}${line}`)).country, areaCode).toBe(expected)
      }
    }
  })

  test.each([
    ['+441534300000', 'JE other'],
    ['+441481000000', 'GG other'],
    ['+441624000000', 'IM other'],
    ['+447700312345', 'JE mobile'],
    ['+447829712345', 'JE mobile'],
    ['+447937712345', 'JE mobile'],
    ['+447509712345', 'JE mobile'],
    ['+447781712345', 'GG mobile'],
    ['+447839712345', 'GG mobile'],
    ['+447911712345', 'GG mobile'],
    ['+447624412345', 'IM mobile'],
    ['+447524412345', 'IM mobile'],
    ['+447924412345', 'IM mobile'],
    ['+447911212345', 'GB mobile'],
    ['+447400123456', 'GB mobile'],
  ])('P4: the Crown dependencies are not the United Kingdom: %s is %s', (text, expected) => {
    expect(facts(text)).toBe(expected)
  })

  test.each([
    ['+448431234567', 'GB shared-cost'],
    ['+448441234567', 'GB shared-cost'],
    ['+448701234567', 'GB shared-cost'],
    ['+448711234567', 'GB shared-cost'],
    ['+448721234567', 'GB shared-cost'],
    ['+449112345678', 'GB premium'],
    ['+449812345678', 'GB premium'],
    ['+449212345678', 'GB premium'],
    ['+447012345678', 'GB premium'],
    ['+448001111', 'GB toll-free'],
    ['+448081234567', 'GB toll-free'],
    ['+44500123456', 'GB toll-free'],
    ['+443451234567', 'GB other'],
    ['+33899123456', 'FR premium'],
    ['+33800123456', 'FR toll-free'],
    ['+33612345678', 'FR mobile'],
    ['+33912345678', 'FR other'],
  ])('C4: numbers that are not ordinary lines: %s is %s', (text, expected) => {
    expect(facts(text)).toBe(expected)
  })

  test.each([
    ['+74951234567', 'RU fixed'],
    ['+77172123456', 'KZ fixed'],
    ['+390669812345', 'VA fixed'],
    ['+4779021234', 'SJ fixed'],
    ['+61891621234', 'CC fixed'],
    ['+61891641234', 'CX fixed'],
    ['+262262123456', 'RE fixed'],
    ['+262269601234', 'YT fixed'],
    ['+262269900000', 'YT other'],
    ['+590590201234', 'GP fixed'],
    ['+590590071234', 'MF fixed'],
    ['+590590871234', 'BL fixed'],
    ['+59994341234', 'CW fixed'],
    ['+5997151234', 'BQ fixed'],
    ['+358181234567', 'AX fixed'],
    ['+24780123', 'SH other'],
    ['+38328012345', 'XK fixed'],
  ])('C4: countries that share a calling code: %s is %s', (text, expected) => {
    expect(facts(text)).toBe(expected)
  })

  test.each([
    ['+881812345678', 'satellite'],
    ['+8821612345678', 'satellite'],
    ['+883510012345', 'satellite'],
    ['+80012345678', 'toll-free'],
    ['+80812345678', 'shared-cost'],
    ['+979123456789', 'premium'],
    ['+878101234567890', 'premium'],
    ['+88812345678901', 'premium'],
  ])('C4: numbers of no country: %s is %s', (text, kind) => {
    expect(factsOf(e164(text))).toEqual({ country: null, kind })
  })

  test('areaCodeOf', () => {
    expect(areaCodeOf(e164('+18763001234'))).toBe('876')
    expect(areaCodeOf(e164('+442071838750'))).toBeNull()
  })

  test('C4: agrees with libphonenumber on every valid number that no rule of ours decides', () => {
    const kinds: Readonly<Record<string, string>> = {
      FIXED_LINE: 'fixed',
      FIXED_LINE_OR_MOBILE: 'fixed',
      MOBILE: 'mobile',
      PREMIUM_RATE: 'premium',
      TOLL_FREE: 'toll-free',
      SHARED_COST: 'shared-cost',
      VOIP: 'other',
      PERSONAL_NUMBER: 'premium',
      PAGER: 'premium',
      UAN: 'other',
      VOICEMAIL: 'other',
    }
    const callingCodes = [...new Set(getCountries().map((region) => getCountryCallingCode(region)))]
    let compared = 0
    const number = fc
      .tuple(fc.constantFrom(...callingCodes), fc.stringMatching(/^[0-9]{6,11}$/))
      .map(([callingCode, national]) => `+${callingCode}${national}`)
    fc.assert(
      fc.property(number, (text) => {
        const parsed = parseE164(text)
        const known = parsePhoneNumberFromString(text)
        // The library drops a trunk prefix that was left in; for us that is another number.
        if (!known?.isValid() || known.number !== text) return
        expect(parsed, text).toBe(text)
        const found = factsOf(e164(text))
        const regionless = found.country === null || ['AC', 'TA'].includes(known.country ?? '')
        const ours = text.startsWith('+44') || (text.startsWith('+1') && regionless)
        if (ours) return
        compared++
        expect(found.kind, text).toBe(kinds[known.getType() ?? ''])
        if (!regionless) expect(found.country, text).toBe(known.country)
      }),
      { numRuns: 10_000 },
    )
    expect(compared).toBeGreaterThan(500)
  })
})

describe('emergency numbers', () => {
  test('C5: 112 and 911 everywhere, the others where they are', () => {
    for (const location of ['CA', 'GB', 'US', 'FR', 'KP', 'AQ', 'GN'].map(country)) {
      expect(isEmergency('112', location)).toBe(true)
      expect(isEmergency('911', location)).toBe(true)
    }
    expect(isEmergency('911', null)).toBe(true)
    expect(isEmergency('999', country('GB'))).toBe(true)
    expect(isEmergency('999', country('US'))).toBe(false)
    expect(isEmergency('999', null)).toBe(false)
    expect(isEmergency('000', country('AU'))).toBe(true)
    expect(emergencyNumbersOf(country('FR'))).toEqual(['112', '15', '17', '18', '911'])
  })

  test.each(['', '+112', '+911', '9911', '9110', '1121', '911 ', ' 911', '９１１', '91'])(
    'C5: %j is none',
    (dialled) => {
      expect(isEmergency(dialled, country('US'))).toBe(false)
    },
  )

  test('C5: all of them, once, for a switch that cannot ask', () => {
    const all = allEmergencyNumbers()
    expect(all).toContain('10111')
    expect(new Set(all).size).toBe(all.length)
    expect([...all].sort()).toEqual(all)
    for (const number of all) expect(number).toMatch(/^[0-9]{2,6}$/)
  })

  const patterns = emergencyPatterns()

  test.runIf(patterns)('C5: the committed numbers are what the generator writes', () => {
    expect(readFileSync(TARGET, 'utf8')).toBe(renderEmergencyNumbers(patterns ?? new Map()))
    expect(patterns?.size).toBeGreaterThan(230)
  })

  test.runIf(patterns)('C5: an expanded pattern holds all that the pattern matches', () => {
    const short = [2, 3, 4].flatMap((length) =>
      Array.from({ length: 10 ** length }, (_, value) => String(value).padStart(length, '0')),
    )
    for (const [region, pattern] of patterns ?? []) {
      const whole = new RegExp(`^(?:${pattern})$`)
      const expanded = expandPattern(pattern)
      expect(expanded.filter((text) => text.length <= 4)).toEqual(short.filter((text) => whole.test(text)).sort())
      for (const text of expanded) expect(text, region).toMatch(whole)
    }
  })

  test('a pattern that the generator does not understand is an error', () => {
    for (const pattern of ['1+', '1{2}', '(1)', '[^1]', '1(?:2', '1)', '.'])
      expect(() => expandPattern(pattern)).toThrow()
  })
})
