/** Sources of funding as funds: their colours and their names. */

import type { Classification } from '../../../core/classification.ts'
import { type Country, countryName, parseCountry } from '../../../core/country.ts'
import type { Fund } from '../../theme/funds.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { callWords } from './call-words.ts'

export const CREDITS = 'wallet'
export const OVERRUN = 'overrun'

/** `pool:CA:international:2026-11` in its parts; null for what is no pool. */
export function poolOf(
  source: string,
): { readonly country: string; readonly plan: string; readonly month: string } | null {
  const [kind, country = '', plan = '', month = ''] = source.split(':')
  return kind === 'pool' ? { country, plan, month } : null
}

/** The colour of a source; null: nobody pays. */
export function fundOf(source: string | null | undefined): Fund {
  if (source === CREDITS) return 'credits'
  const pool = source ? poolOf(source) : null
  if (!pool) return 'free'
  return pool.plan === 'international' ? 'addon' : 'pool'
}

const PLANS = ['domestic', 'international', 'conference'] as const

export interface SourceNames {
  /** `International plan`, `Credits`, `No charge`. */
  readonly short: (source: string | null | undefined) => string
  /** `International plan · Canada · November 2026`. */
  readonly full: (source: string) => string
}

export function useSourceNames(): SourceNames {
  const t = useWords(callWords)
  const language = useLanguage()
  const formats = useFormats()
  const short = (source: string | null | undefined): string => {
    if (!source) return t('fund.none')
    if (source === CREDITS) return t('fund.credits')
    if (source === OVERRUN) return t('fund.overrun')
    const plan = PLANS.find((one) => one === poolOf(source)?.plan)
    return plan ? t(`fund.${plan}`) : source
  }
  return {
    short,
    full(source) {
      const pool = poolOf(source)
      if (!pool) return short(source)
      const month = formats.month(pool.month)
      if (pool.plan === 'conference') return t('poolOfAll', { plan: short(source), month })
      return t('poolOf', { plan: short(source), country: nameOf(pool.country, language), month })
    },
  }
}

export function nameOf(code: string, language: 'en' | 'fr'): string {
  const country = parseCountry(code)
  return country === null ? code : countryName(country as Country, language)
}

/** Whether a text is one of the keys that `callWords` has. */
const has = <Prefix extends string>(prefix: Prefix, name: string): name is KnownAfter<Prefix> =>
  `${prefix}${name}` in callWords.entries

type KnownAfter<Prefix extends string> =
  Extract<keyof typeof callWords.entries, `${Prefix}${string}`> extends `${Prefix}${infer Name}` ? Name : never

/** `Caller hung up`; an end that a switch has named otherwise is given as it is. */
export function useEndNames(): (cause: string) => string {
  const t = useWords(callWords)
  return (cause) => (has('end.', cause) ? t(`end.${cause}`) : cause)
}

export function useKindNames(): (kind: Classification) => string {
  const t = useWords(callWords)
  return (kind) => t(`kind.${kind}`)
}

/** Ends that were our doing. */
const CUT = new Set([
  'funds-exhausted',
  'credit-limit-reached',
  'cut-by-admin',
  'charging-unreachable',
  'limit-reached',
])
export const wasCut = (cause: string): boolean => CUT.has(cause)
