/**
 * Can somebody call outside right now? The answer of the engine for an ordinary call within the user's own country: asked of the
 * code that decides real calls, so a page never promises what the telephone does not get.
 */
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { classifyOutbound } from './classification.ts'
import type { Country } from './country.ts'
import { type E164, parseE164 } from './numbering.ts'
import type { PriceQuote, PriceRefused } from './price.ts'
import type { RefusalCode } from './problems.ts'

export type Reach =
  /** `pool`: minutes of the plan; `credits`: the wallet; `carrier`: the tenant's own, over its trunk (L4). */
  | { readonly canCall: true; readonly payer: 'pool' | 'credits' | 'carrier'; readonly source: string }
  | { readonly canCall: false; readonly refusal: RefusalCode }

export function reachOf(quote: PriceQuote | PriceRefused): Reach {
  if (quote.result === 'refused') return { canCall: false, refusal: quote.refusal.code }
  const { source } = quote
  const payer = source === 'none' ? 'carrier' : source.startsWith('pool:') ? 'pool' : 'credits'
  return { canCall: true, payer, source }
}

/** Numbers of ordinary lines that are nobody's: kept free for films and examples. */
const FICTIONAL: Readonly<Record<string, string>> = {
  CA: '+1613555010',
  US: '+1202555010',
  PR: '+1787555010',
  GB: '+44207946095',
}

/**
 * Numbers that are domestic for a user there, to ask about: several, for one may be in service with a tenant. None for the few
 * places without numbers of their own.
 */
export function domesticNumbers(location: Country): readonly E164[] {
  const stem = FICTIONAL[location] ?? getExampleNumber(location as string as CountryCode, examples)?.number.slice(0, -1)
  if (stem === undefined) return []
  return Array.from({ length: 10 }, (_, digit) => parseE164(`${stem}${digit}`)).filter(
    (number): number is E164 => number !== null && classifyOutbound(number, location).classification === 'domestic',
  )
}
