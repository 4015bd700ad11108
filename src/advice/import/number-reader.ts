/**
 * Numbers of call records: `+digits` of exports, and what people dialled on a PBX, which means something only together with the
 * country and the digit for an outside line. Each distinct dialled string is read once.
 */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { Country } from '../../core/country.ts'
import { type E164, isEmergency, parseE164 } from '../../core/numbering.ts'

export interface DialOptions {
  /** Where the PBX stands: national numbers are of this country. */
  readonly country: Country
  /** The digits for an outside line, such as `9`; '' where there are none. */
  readonly outsidePrefix: string
}

export type DialledNumber =
  | { readonly kind: 'external'; readonly number: E164 }
  | { readonly kind: 'extension' }
  | { readonly kind: 'emergency' }
  | { readonly kind: 'none' }

const EXTENSION_DIGITS_MAX = 6
const REMEMBERED_MAX = 200_000
const NONE: DialledNumber = { kind: 'none' }

/** A reader that remembers: a year of calls goes to few numbers. */
export function makeNumberReader(options: DialOptions): (text: string) => DialledNumber {
  const known = new Map<string, DialledNumber>()
  return (text) => {
    const e164 = text.startsWith('+') ? parseE164(text) : null
    if (e164 !== null) return { kind: 'external', number: e164 }
    const remembered = known.get(text)
    if (remembered) return remembered
    const read = readDialled(text, options)
    if (known.size >= REMEMBERED_MAX) known.clear()
    known.set(text, read)
    return read
  }
}

/**
 * Spaces, dots, dashes and brackets mean nothing; trailing stars of a masked number stand for any digits; up to six digits without `+`
 * are an extension unless they are an emergency number; the rest is dialled as in the country, with or without the outside prefix.
 */
export function readDialled(text: string, { country, outsidePrefix }: DialOptions): DialledNumber {
  const masked = text
    .replaceAll(/[\s().\-/\u00a0\u202f]/g, '')
    .replace(/^(tel|sip):/i, '')
    .replace(/@.*$/, '')
  const dialled = masked.replace(/\*{1,6}$/, (stars) => '0'.repeat(stars.length))
  if (!/^\+?\d{1,20}$/.test(dialled)) return NONE
  if (dialled.startsWith('+')) return external(dialled)
  const bare = outsidePrefix !== '' && dialled.startsWith(outsidePrefix) ? dialled.slice(outsidePrefix.length) : null
  for (const digits of bare === null ? [dialled] : [bare, dialled]) {
    if (isEmergency(digits, country)) return { kind: 'emergency' }
  }
  if (dialled.length <= EXTENSION_DIGITS_MAX) return { kind: 'extension' }
  for (const digits of bare === null ? [dialled] : [bare, dialled]) {
    const found = parsePhoneNumberFromString(digits, country as string as CountryCode)
    if (found?.isValid()) return external(found.number)
  }
  // E.164 digits whose + got lost on the way.
  const withPlus = parsePhoneNumberFromString(`+${dialled}`)
  return withPlus?.isValid() ? external(withPlus.number) : NONE
}

function external(text: string): DialledNumber {
  const number = parseE164(text)
  return number === null ? NONE : { kind: 'external', number }
}
