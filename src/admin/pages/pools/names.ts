/** What pools, days and odds are called. */
import type { Country } from '../../../core/country.ts'
import { countryName } from '../../../core/country.ts'
import type { Language } from '../../../core/problems.ts'
import type { FundToken } from '../../theme/funds.ts'
import { countryForm } from '../../words/countries.ts'
import { formatsFor, type MoneyText } from '../../words/format.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import type { Key, PoolForecast } from './data.ts'
import { poolWords } from './words.ts'

/** The International plan is an add-on; every other pool comes with the voice licence. */
export const fundOf = ({ plan }: Pick<Key, 'plan'>): Extract<FundToken, 'pool' | 'addon'> =>
  plan === 'international' ? 'addon' : 'pool'

export interface PoolNames {
  /** `Canada`; users in Puerto Rico share the pool of the United States (P2). */
  readonly country: (key: Key) => string
  readonly plan: (key: Key) => string
  /** `Canada, Domestic` */
  readonly full: (key: Key) => string
}

export function usePoolNames(): PoolNames {
  const t = useWords(poolWords)
  const language = useLanguage()
  const country = (key: Key): string =>
    key.country === 'US' && key.plan !== 'conference' ? t('puertoRico') : countryName(key.country as Country, language)
  const plan = (key: Key): string => t(key.plan)
  return { country, plan, full: (key) => t('poolTitle', { country: country(key), plan: plan(key) }) }
}

/** `Canada’s`, `du Canada`: in a sentence about somebody's minutes. */
export function whoseOf(code: string, language: Language): string {
  if (language === 'fr') return countryForm(code, 'from', 'fr')
  const name = countryForm(code, 'the', 'en')
  return name.endsWith('s') ? `${name}’` : `${name}’s`
}

/** Names of local days: `2026-11-23` is the same day wherever it is read. */
export function useDays() {
  const formats = formatsFor(useLanguage(), 'UTC')
  const at = (day: string): string => `${day}T00:00:00Z`
  return {
    /** `23 Nov` */
    day: (day: string): string => formats.day(at(day)),
    /** `Mon 23 Nov` */
    weekday: (day: string): string => formats.weekday(at(day)),
  }
}

/** `97%`; four hundred futures cannot say that something is certain. */
export function useOdds(): (odds: number) => string {
  const t = useWords(poolWords)
  const formats = useFormats()
  return (odds) => {
    if (odds > 0.99) return t('oddsOver', { odds: formats.percent(0.99) })
    return odds < 0.01 ? t('oddsUnder', { odds: formats.percent(0.01) }) : formats.percent(odds)
  }
}

/** An estimate has no cents: `CA$40`. */
export const aboutMoney = ({ amount, currency }: MoneyText, language: Language): string =>
  new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    style: 'currency',
    currency,
    maximumFractionDigits: 0,
  }).format(Math.max(1, Math.round(Number(amount))))

/** How sure it is that a pool runs out: what its colour says. */
export type Verdict = 'lasts' | 'may' | 'ends' | 'none'

const LIKELY = 0.5
const UNLIKELY = 0.1

export function verdictOf(forecast: Pick<PoolForecast, 'basis' | 'runsOut'> | undefined): Verdict {
  if (!forecast || forecast.basis === 'none' || forecast.runsOut === null) return 'none'
  const { odds, likely, earliest } = forecast.runsOut
  if (odds === null) return likely ? 'ends' : earliest ? 'may' : 'lasts'
  if (odds >= LIKELY) return 'ends'
  return odds > UNLIKELY ? 'may' : 'lasts'
}
