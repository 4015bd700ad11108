/** Numbers of a port order: read as people write them, judged one by one (N5, facts §11.1). */
import type { Country } from './country.ts'
import { decodeCsv, readCsv } from './csv-import.ts'
import { type E164, factsOf, parseE164 } from './numbering.ts'
import type { PortType } from './port-order.ts'

export const PORT_COLUMN = 'PhoneNumber'

export const PORT_NUMBER_FAULTS = [
  'malformed',
  'duplicate',
  'other-country',
  'not-portable',
  'mobile-elsewhere',
  'other-type',
  'in-service-here',
  'in-service-elsewhere',
  'in-stock',
  'in-other-order',
  'in-port-elsewhere',
] as const
/**
 * Why a number cannot be in the order. `mobile-elsewhere`: mobiles are ported in the United States only. `in-service-here`: the tenant
 * has it; `…-elsewhere`: somebody else of this installation; `in-stock`: it is the operator's own. `in-other-order`: of this tenant.
 */
export type PortNumberFault = (typeof PORT_NUMBER_FAULTS)[number]

const CALLING_CODES: Readonly<Record<string, string>> = { CA: '1', US: '1', PR: '1', GB: '44' }

/**
 * Digits as people have them: E.164 with or without `+`, or a national number of the country; spaces, dots, dashes and brackets do not
 * count. Null: no number.
 */
export function readPortNumber(text: string, country: Country): E164 | null {
  const bare = text.replaceAll(/[\s().\-/\u2010-\u2015]/g, '')
  if (/^\+\d+$/.test(bare)) return parseE164(bare)
  if (!/^\d+$/.test(bare)) return null
  if (bare.startsWith('00')) return parseE164(`+${bare.slice(2)}`)
  const code = CALLING_CODES[country]
  if (code === undefined) return parseE164(`+${bare}`)
  const national = code === '1' ? bare : bare.replace(/^0/, '')
  const isInternational = code === '1' ? bare.length === 11 && bare.startsWith('1') : bare.startsWith(code)
  return parseE164(isInternational ? `+${bare}` : `+${code}${national}`)
}

/** Ofcom keeps these apart: revenue sharing numbers that no carrier hands over. */
const NOT_PORTABLE_GB = /^\+44(843|844|845|870|871|872)/
/** Universal international freephone numbers belong to nobody's plan. */
const UIFN = /^\+800/

/** What is wrong with a number by its digits alone; null: it can be ported in an order of this country and type. */
export function portNumberFault(number: E164, country: Country, type: PortType): PortNumberFault | null {
  if (UIFN.test(number) || NOT_PORTABLE_GB.test(number)) return 'not-portable'
  const { country: of, kind } = factsOf(number)
  if (kind === 'premium' || kind === 'satellite') return 'not-portable'
  const isShared = of === null && number.startsWith('+1') && kind === 'toll-free'
  if (of !== country && !(isShared && CALLING_CODES[country] === '1')) return 'other-country'
  // In +1 a mobile number looks like any other.
  if (kind === 'mobile') return type === 'mobile' ? null : 'mobile-elsewhere'
  return (kind === 'toll-free') === (type === 'toll-free') ? null : 'other-type'
}

export interface PortLine {
  /** Of the file, from 1. */
  readonly line: number
  /** As it stands there. */
  readonly text: string
  /** Null: `fault` says why. */
  readonly number: E164 | null
  readonly fault: PortNumberFault | null
}

export type PortFileFault = 'empty' | 'no-column' | 'too-many'

/** Longer texts are no numbers, and are not kept. */
const TEXT_MAX = 60

/**
 * Reads a file with one column `PhoneNumber`, as spreadsheets save it in any country. Every line gets its verdict; a number that comes
 * again is a duplicate of the first.
 */
export function readPortFile(
  bytes: Uint8Array,
  { country, type, max }: { readonly country: Country; readonly type: PortType; readonly max: number },
): readonly PortLine[] | PortFileFault {
  const { rows, titles } = readCsv(decodeCsv(bytes).text)
  const column = titles.findIndex((title) => title.toLowerCase() === PORT_COLUMN.toLowerCase())
  if (titles.length === 0) return 'empty'
  if (column === -1) return 'no-column'
  if (rows.length === 0) return 'empty'
  if (rows.length > max) return 'too-many'
  const seen = new Set<E164>()
  return rows.map(({ line, cells, flaw }): PortLine => {
    const text = (cells[column] ?? '').slice(0, TEXT_MAX)
    const number = flaw === null ? readPortNumber(text, country) : null
    if (number === null) return { line, text, number, fault: 'malformed' }
    if (seen.has(number)) return { line, text, number, fault: 'duplicate' }
    seen.add(number)
    return { line, text, number, fault: portNumberFault(number, country, type) }
  })
}
