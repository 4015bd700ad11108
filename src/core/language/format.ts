/** Numbers, money and times as people of a language and country write them. */
import type { LocalDay } from '../local-day.ts'
import type { Language } from '../problems.ts'
import type { Instant, Month, TimeZone } from '../time.ts'

export interface Format {
  /** A whole number, grouped. */
  number(value: number): string
  /**
   * A decimal amount as exact as it is, with at least two decimals: `0,60 $US`, `CA$0.0485`. Whose dollar it is stands there in every
   * country, as in the console: a sentence and the table beside it say the same.
   */
  money(amount: string, currency: string): string
  /** Date and time to the second in the tenant's zone, with the zone's name. */
  moment(at: Instant): string
  /** Time of day to the second in the tenant's zone. */
  timeOfDay(at: Instant): string
  /** `November 2026`. */
  month(month: Month): string
  /** `Monday 23 November`. */
  day(day: LocalDay): string
}

/** Where a language is written in its own way; English elsewhere follows the United Kingdom, French elsewhere France. */
const LOCALES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: { US: 'en-US', PR: 'en-US', CA: 'en-CA' },
  fr: { CA: 'fr-CA' },
}
const DEFAULT_LOCALE: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }

// 24 hours in every language: no doubt about noon, and no “p.m.” whose dot would meet that of the sentence.
const TIME_OF_DAY = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
const MOMENT = { day: 'numeric', month: 'long', year: 'numeric', ...TIME_OF_DAY, timeZoneName: 'short' } as const

/** The way of writing of a tenant in that country, whose clocks show `timeZone`. */
export function makeFormat(language: Language, country: string, timeZone: TimeZone): Format {
  const locale = LOCALES[language][country] ?? DEFAULT_LOCALE[language]
  const number = new Intl.NumberFormat(locale)
  const moment = new Intl.DateTimeFormat(locale, { timeZone, ...MOMENT })
  const timeOfDay = new Intl.DateTimeFormat(locale, { timeZone, ...TIME_OF_DAY })
  const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' })
  const day = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' })
  return {
    number: (value) => number.format(value),
    money: (amount, currency) =>
      new Intl.NumberFormat(DEFAULT_LOCALE[language], {
        style: 'currency',
        currency,
        minimumFractionDigits: 2,
        maximumFractionDigits: 6,
        // A decimal string is formatted exactly; as a JavaScript number it would be a float (W1).
      }).format(amount as Intl.StringNumericLiteral),
    moment: (at) => moment.format(at),
    timeOfDay: (at) => timeOfDay.format(at),
    month: (name) => month.format(Date.parse(`${name}-01T00:00:00Z`)),
    day: (name) => day.format(Date.parse(`${name}T00:00:00Z`)),
  }
}
