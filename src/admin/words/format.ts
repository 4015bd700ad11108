/**
 * Numbers, money and times on a page, in one place. English writes as the United Kingdom does (`CA$0.29`, `Mon 23 Nov`), French as
 * France (`0,29 $CA`, `lun. 23 nov.`); 24 hours in both. Times are those of a zone, most often the tenant's.
 */
import type { Language } from '../../core/problems.ts'

/** Money on the wire: `{"amount": "12.345600", "currency": "CAD"}`. */
export interface MoneyText {
  readonly amount: string
  readonly currency: string
}

export type Moment = Date | number | string

export interface Formats {
  readonly language: Language
  readonly timeZone: string
  /** A whole or decimal number, grouped. */
  number(value: number | bigint, options?: Intl.NumberFormatOptions): string
  /** `0.97` → `97%`. */
  percent(share: number, digits?: number): string
  /** With the decimals of its currency; what is not zero and would look so is `< CA$0.01`. `exact`: six decimals. */
  money(money: MoneyText, style?: 'list' | 'exact' | 'rate'): string
  /** `m:ss`, `h:mm:ss`. */
  duration(seconds: number): string
  /** In a sentence: `3 min`, `2 min 05 s`. */
  spoken(seconds: number): string
  /** Seconds as whole minutes, rounded down: what is left to talk. */
  minutes(seconds: number): string
  /** `12 Nov`; with its year when that is not this one. */
  day(at: Moment): string
  /** `12 Nov 2026`. */
  date(at: Moment): string
  /** `Mon 23 Nov`. */
  weekday(at: Moment): string
  /** `Monday 23 November 2026`. */
  dayLong(at: Moment): string
  /** `10:42`. */
  time(at: Moment): string
  /** `10:42:05`. */
  timeExact(at: Moment): string
  /** `12 Nov, 10:42`. */
  moment(at: Moment): string
  /** `12 November 2026 at 10:42:05 CET`: where nothing may be open to doubt. */
  momentExact(at: Moment): string
  /** `November 2026` of `2026-11`. */
  month(month: string): string
  /** `12 seconds ago`, `in 3 days`. */
  relative(at: Moment, now: number): string
  /** `Maya, Liam and Zoé`. */
  list(items: readonly string[]): string
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr-FR' }

const cached = new Map<string, Formats>()

/** The way of writing in a language, with the clocks of a zone. The same answer for the same question. */
export function formatsFor(language: Language, timeZone: string): Formats {
  const key = `${language} ${timeZone}`
  const known = cached.get(key) ?? makeFormats(language, timeZone)
  cached.set(key, known)
  return known
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

const two = (value: number): string => String(value).padStart(2, '0')

function makeFormats(language: Language, timeZone: string): Formats {
  const locale = LOCALES[language]
  const date = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, hourCycle: 'h23', ...options })
    return (at: Moment): string => format.format(new Date(at))
  }
  const plain = new Intl.NumberFormat(locale)
  const day = date({ day: 'numeric', month: 'short' })
  const dayAndYear = date({ day: 'numeric', month: 'short', year: 'numeric' })
  const year = date({ year: 'numeric' })
  const time = date({ hour: '2-digit', minute: '2-digit' })
  const month = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const list = new Intl.ListFormat(locale)
  const dayOf = (at: Moment): string => (year(at) === year(Date.now()) ? day(at) : dayAndYear(at))
  return {
    language,
    timeZone,
    number: (value, options) => (options ? new Intl.NumberFormat(locale, options) : plain).format(value),
    percent: (share, digits = 0) =>
      // The runtime's French has the wider space there.
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits })
        .format(share)
        .replace('\u00a0%', '\u202f%'),
    money: (money, style = 'list') => moneyText(locale, money, style),
    duration(seconds) {
      const whole = Math.max(0, Math.floor(seconds))
      const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
      return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
    },
    spoken(seconds) {
      const whole = Math.max(0, Math.floor(seconds))
      const [m, s] = [Math.floor(whole / 60), whole % 60]
      if (m === 0) return `${s}\u00a0s`
      return s === 0 ? `${plain.format(m)}\u00a0min` : `${plain.format(m)}\u00a0min\u00a0${two(s)}\u00a0s`
    },
    minutes: (seconds) => plain.format(Math.floor(seconds / 60)),
    day: dayOf,
    date: dayAndYear,
    weekday: date({ weekday: 'short', day: 'numeric', month: 'short' }),
    dayLong: date({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    time,
    timeExact: date({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    moment: (at) => `${dayOf(at)}, ${time(at)}`,
    momentExact: date({
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    }),
    month: (name) => month.format(Date.parse(`${name}-01T00:00:00Z`)),
    relative(at, now) {
      const seconds = Math.round((new Date(at).getTime() - now) / 1000)
      const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const)
      return relative.format(Math.trunc(seconds / size), unit)
    },
    list: (items) => list.format(items),
  }
}

/** Decimal text is formatted as it is: as a JavaScript number it would be a float (W1). */
function moneyText(locale: string, { amount, currency }: MoneyText, style: 'list' | 'exact' | 'rate'): string {
  const text = amount as Intl.StringNumericLiteral
  const make = (options: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(locale, { style: 'currency', currency, ...options })
  if (style === 'exact') return make({ minimumFractionDigits: 6, maximumFractionDigits: 6 }).format(text)
  if (style === 'rate') return make({ maximumFractionDigits: 6 }).format(text)
  const format = make({})
  const shown = format.format(text)
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  const isNothing = /^-?[0.]+$/.test(amount)
  if (isNothing || /[1-9]/.test(shown.replaceAll(/[^\d]/g, ''))) return shown
  const least = digits === 0 ? '1' : `0.${'1'.padStart(digits, '0')}`
  return `< ${format.format(least as Intl.StringNumericLiteral)}`
}
