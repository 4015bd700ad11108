/**
 * Telephone numbers: what is an E.164 number, which country it is in, what kind of line it is, and what is an emergency
 * number where (C4, C5). Pure and total: any text may come in, nothing is guessed.
 */
import { assert } from './assert.ts'
import type { Brand } from './brand.ts'
import type { Country } from './country.ts'
import { EMERGENCY_NUMBERS } from './data/emergency.generated.ts'
import { KIND_OF_GLOBAL_CODE, NANP_PREMIUM, NANP_TOLL_FREE } from './data/numbering.ts'
import { callingCodeOf, countryPlansOf, planOf } from './numbering-plans.ts'

/** A number in international format, `+` and 3 to 15 ASCII digits, of an assigned calling code and a possible length. */
export type E164 = Brand<string, 'E164'>

/**
 * `fixed` includes numbers that may be either fixed or mobile, as everywhere in +1. `other` is an ordinary line that is
 * neither for certain: VoIP, company-wide numbers, and numbers that the country's plan does not list.
 */
export type NumberKind = 'fixed' | 'mobile' | 'toll-free' | 'premium' | 'shared-cost' | 'satellite' | 'other'

export interface NumberFacts {
  /** Null for numbers of no country (satellite, +800), those shared by all of +1 (800, 900), and area codes not in use. */
  readonly country: Country | null
  readonly kind: NumberKind
}

const E164_SHAPE = /^\+[1-9][0-9]{2,14}$/

/**
 * Reads a number as a switch sends it; null for anything else: spaces, dashes, letters, digits of other scripts, `+0…`, an
 * unassigned calling code, a length that no number behind that calling code has. A possible number need not be in service:
 * +1 415 555 0100 is one, and numbering plans grow faster than their descriptions. Never throws.
 */
export function parseE164(text: string): E164 | null {
  // `$` matches before a final line break only with the m flag, which is absent: "+1415…\n" is refused.
  if (!E164_SHAPE.test(text)) return null
  const digits = text.slice(1)
  const callingCode = callingCodeOf(digits)
  if (callingCode === null) return null
  const length = digits.length - callingCode.length
  const possible = callingCode === '1' ? length === NANP_LENGTH : planOf(callingCode).possibleLengths.has(length)
  return possible ? (text as E164) : null
}

/** The country and kind of a number (C4), by area code within +1 and by the country's numbering plan elsewhere. */
export function factsOf(number: E164): NumberFacts {
  const digits = number.slice(1)
  const callingCode = callingCodeOf(digits)
  assert(callingCode !== null, `not E.164: ${number}`)
  if (callingCode === '1') return nanpFactsOf(digits.slice(1))
  const globalKind = KIND_OF_GLOBAL_CODE[callingCode]
  if (globalKind) return { country: null, kind: globalKind }
  const plan = planOf(callingCode)
  const national = digits.slice(callingCode.length)
  const country = plan.countryOf(national)
  return { country, kind: plan.kindOf(national, country) ?? 'other' }
}

/** The area code of a number in +1, for sentences that explain why it is not domestic (P4); null elsewhere. */
export function areaCodeOf(number: E164): string | null {
  return number.startsWith('+1') ? number.slice(2, 5) : null
}

const NANP_LENGTH = 10
const UNKNOWN_NANP: NumberFacts = { country: null, kind: 'other' }

// P4: +1 is not a country. The area code says which one it is, also for numbers that are not in service. Codes that are no
// area (500 and other personal codes, 600, 700, 710) and codes not in use are not here.
const nanpByAreaCode: ReadonlyMap<string, NumberFacts> = buildNanpTable()

function buildNanpTable(): Map<string, NumberFacts> {
  const table = new Map<string, NumberFacts>()
  const plans = countryPlansOf('1')
  for (let code = 200; code <= 999; code++) {
    const areaCode = String(code)
    // US and Canada have no leading digits of their own: their plans list the area codes. 234 5678 is in service in each.
    const plan = plans.find((candidate) =>
      candidate.leadingDigits
        ? candidate.leadingDigits.exec(areaCode)?.[0] === areaCode
        : candidate.kindOf(`${areaCode}2345678`) === 'fixed',
    )
    if (plan) table.set(areaCode, { country: plan.country, kind: 'fixed' })
  }
  for (const code of NANP_TOLL_FREE) table.set(code, { country: null, kind: 'toll-free' })
  for (const code of NANP_PREMIUM) table.set(code, { country: null, kind: 'premium' })
  return table
}

function nanpFactsOf(national: string): NumberFacts {
  const facts = nanpByAreaCode.get(national.slice(0, 3))
  if (!facts) return UNKNOWN_NANP
  if (facts.country === null || facts.country === 'US' || facts.country === 'CA') return facts
  // Elsewhere in +1 mobiles have blocks of their own, and a rate deck may price them apart.
  return planOf('1').kindOf(national, facts.country) === 'mobile' ? { country: facts.country, kind: 'mobile' } : facts
}

/** C5: recognised wherever the user is; phones carry them as emergency numbers without a SIM card. */
const EMERGENCY_EVERYWHERE: readonly string[] = ['112', '911']

const emergencyByCountry: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(EMERGENCY_NUMBERS).map(([country, numbers]) => [
    country,
    [...new Set([...EMERGENCY_EVERYWHERE, ...numbers.split(' ')])].sort(),
  ]),
)

/** The emergency numbers of a usage location, 112 and 911 among them (C5), in text order. */
export function emergencyNumbersOf(location: Country | null): readonly string[] {
  return (location !== null && emergencyByCountry.get(location)) || EMERGENCY_EVERYWHERE
}

/** C5: is this, as dialled (no plus, no prefix), an emergency number for a user of that location? */
export function isEmergency(dialled: string, location: Country | null): boolean {
  return emergencyNumbersOf(location).includes(dialled)
}

/** Every emergency number of every country, in text order: what a switch must let through while nobody can be asked. */
export function allEmergencyNumbers(): readonly string[] {
  return [...new Set([...EMERGENCY_EVERYWHERE, ...[...emergencyByCountry.values()].flat()])].sort()
}
