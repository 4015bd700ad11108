/** The fields of a rate deck line: what each may hold, and by which code it is refused otherwise (api.md, "Rate decks"). */
import countries from 'i18n-iso-countries'
import { type Micros, parseMicros } from './money.ts'
import { LINE_KINDS, type LineKind, RATE_DIRECTIONS, type RateDirection } from './rate.ts'
import type { RateDeckErrorCode } from './rate-deck-messages.ts'
import { type Instant, instant } from './time.ts'

export const RATE_DECK_COLUMNS = [
  'direction',
  'prefix',
  'origin',
  'lineKind',
  'currency',
  'connectionFee',
  'perMinute',
  'initialIncrement',
  'nextIncrement',
  'minimumSeconds',
  'validFrom',
] as const
export type RateDeckColumn = (typeof RATE_DECK_COLUMNS)[number]

/** A value, or the code of what is wrong with it. */
export type Field<T> = { readonly value: T } | { readonly code: RateDeckErrorCode; readonly expected?: string }

const COUNTRIES: ReadonlySet<string> = new Set(Object.keys(countries.getAlpha2Codes()))
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

export function readDirection(text: string): Field<RateDirection> {
  const value = RATE_DIRECTIONS.find((direction) => direction === text)
  return value ? { value } : { code: 'direction', expected: RATE_DIRECTIONS.join(', ') }
}

export function readPrefix(text: string): Field<number> {
  if (/^[1-9]\d{0,14}$/.test(text)) return { value: Number(text) }
  return { code: text.startsWith('+') ? 'prefix-plus' : 'prefix' }
}

export function readOrigin(text: string): Field<string> {
  return text === '' || COUNTRIES.has(text) ? { value: text } : { code: 'origin' }
}

export function readLineKind(text: string): Field<LineKind> {
  const value = LINE_KINDS.find((kind) => kind === text)
  return value ? { value } : { code: 'line-kind', expected: LINE_KINDS.join(', ') }
}

export function readCurrency(text: string): Field<string> {
  return CURRENCIES.has(text) ? { value: text } : { code: 'currency' }
}

export function isDecimalComma(text: string): boolean {
  return /^-?\d+,\d+$/.test(text)
}

export function readAmount(text: string): Field<Micros> {
  const value = parseMicros(text)
  if (value !== null && !text.startsWith('-')) return { value }
  if (isDecimalComma(text)) return { code: 'decimal-comma' }
  if (/^-\d+(\.\d+)?$/.test(text)) return { code: 'amount-negative' }
  return { code: /^\d{1,12}\.\d{7,}$/.test(text) ? 'amount-decimals' : 'amount' }
}

export function readIncrement(text: string): Field<number> {
  return /^\d{1,6}$/.test(text) && Number(text) >= 1 ? { value: Number(text) } : { code: 'increment' }
}

export function readMinimum(text: string): Field<number> {
  return /^\d{1,6}$/.test(text) ? { value: Number(text) } : { code: 'minimum' }
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** RFC 3339 §5.6 with offset; fractions beyond milliseconds are dropped, leap seconds are refused. */
export function readValidFrom(text: string): Field<Instant> {
  const [, year, month, day] = RFC_3339.exec(text) ?? []
  // Date.parse takes 30 February for 2 March.
  const isDay = new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDate() === Number(day)
  const value = isDay ? Date.parse(text.toUpperCase()) : Number.NaN
  return Number.isNaN(value) ? { code: 'valid-from' } : { value: instant(value) }
}
