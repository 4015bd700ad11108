/** Numbers, money and times as people of the reader's language and the tenant's country write them. */
import { LANGUAGES, type Language, type Strings } from './strings.ts'
import type { Money, Overview } from './wire.ts'

export interface Speech {
  readonly language: Language
  readonly say: Strings
  readonly number: (value: number) => string
  /** Minutes of a pool: whole, or to the second where few are left. */
  readonly minutes: (seconds: number) => string
  readonly money: (money: Money) => string
  /** With every decimal that there is: receipts are exact. */
  readonly exactMoney: (money: Money) => string
  readonly day: (at: string) => string
  readonly moment: (at: string) => string
  readonly month: (month: string) => string
  readonly country: (code: string) => string
}

const LOCALES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: { US: 'en-US', PR: 'en-US', CA: 'en-CA' },
  fr: { CA: 'fr-CA' },
}

export function speechOf(language: Language, tenant: Pick<Overview['tenant'], 'country' | 'timeZone'>): Speech {
  const locale = LOCALES[language][tenant.country] ?? (language === 'fr' ? 'fr-FR' : 'en-GB')
  const { timeZone } = tenant
  const number = new Intl.NumberFormat(locale)
  const day = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short', year: 'numeric' })
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const moment = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short', ...clock })
  const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' })
  const countries = new Intl.DisplayNames([locale], { type: 'region' })
  const money = (decimals: number) => (value: Money) =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: value.currency,
      minimumFractionDigits: 2,
      maximumFractionDigits: decimals,
      roundingMode: 'trunc',
    }).format(value.amount as Intl.StringNumericLiteral)
  return {
    language,
    say: LANGUAGES[language],
    number: (value) => number.format(value),
    minutes: (seconds) =>
      seconds % 60 === 0 || seconds >= 6e3 ? number.format(Math.floor(seconds / 60)) : clockTime(seconds),
    money: money(2),
    exactMoney: money(6),
    day: (at) => day.format(Date.parse(at)),
    moment: (at) => moment.format(Date.parse(at)),
    month: (name) => month.format(Date.parse(`${name}-01T00:00:00Z`)),
    country: (code) => (code === 'US' ? LANGUAGES[language].usAndPuertoRico : (countries.of(code) ?? code)),
  }
}

/** `3:04`, `1:03:04`. */
export function clockTime(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

export type Fund = 'pool' | 'addon' | 'credits' | 'free'

/** Four colours mean four funds, everywhere. */
export const fundOf = (source: string | null): Fund =>
  source === null ? 'free' : source === 'wallet' ? 'credits' : source.includes(':domestic:') ? 'pool' : 'addon'

export function fundName(source: string | null, say: Strings): string {
  if (source === null) return say.free
  if (source === 'wallet') return say.fundCredits
  if (source.includes(':conference:')) return say.fundConference
  return source.includes(':domestic:') ? say.fundPool : say.fundAddon
}
