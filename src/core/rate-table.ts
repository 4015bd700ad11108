/**
 * A rate deck as people read it (R3): what calls to a country cost, from–to, by kind of line. A row counts where a call exists that it
 * prices: each row is tried with numbers that begin with its prefix, through the same look-up that prices calls.
 */
import type { Country } from './country.ts'
import { maxBigint, minBigint } from './money.ts'
import { type E164, factsOf, type NumberKind, parseE164 } from './numbering.ts'
import { callingCodeOf, planOf } from './numbering-plans.ts'
import { LINE_KINDS, type LineKind, type RateDirection } from './rate.ts'
import { findRate, type RateDeck } from './rate-deck.ts'
import { type RateRow, rateRowAt, scopeCode } from './rate-rows.ts'
import { type Instant, instant } from './time.ts'

export interface TableQuestion {
  readonly direction: RateDirection
  readonly currency: string
  /** The caller's country. */
  readonly origin: string
  readonly at: Instant
}

/** Kinds in the order of columns; `any` is no kind of a number. */
export const TABLE_KINDS = ['fixed', 'mobile', 'premium', 'shared-cost', 'satellite'] as const
export type TableKind = (typeof TABLE_KINDS)[number]

/** A row that prices calls now, and which. Toll-free in: the country is the caller’s, null for any, and all lines are `fixed`. */
export interface TableRow {
  readonly rate: RateRow
  readonly country: Country | null
  readonly kinds: readonly TableKind[]
}

export interface PriceRange {
  readonly from: bigint
  readonly to: bigint
}

export interface CountryPrices {
  readonly country: Country | null
  readonly rows: number
  readonly ranges: Readonly<Partial<Record<TableKind, PriceRange>>>
}

/** Where the rows of a direction and currency lie in the deck: [from, until). */
export function rowsInScope(deck: RateDeck, { direction, currency }: TableQuestion): readonly [number, number] {
  const { scope, length } = deck.rows
  const wanted = scopeCode(direction, currency)
  const firstNotBelow = (bound: number): number => {
    let [low, high] = [0, length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((scope[middle] ?? 0) < bound) low = middle + 1
      else high = middle
    }
    return low
  }
  return [firstNotBelow(wanted), firstNotBelow(wanted + 1)]
}

/** The instants between which the table stays as it is: the latest and the next at which a row comes into force. */
export function tableHolds(
  deck: RateDeck,
  question: TableQuestion,
): { readonly since: Instant; readonly until: Instant } {
  let since = Number.NEGATIVE_INFINITY
  let until = Number.POSITIVE_INFINITY
  const [from, end] = rowsInScope(deck, question)
  for (let i = from; i < end; i++) {
    const start = deck.rows.validFrom[i] ?? 0
    if (start <= question.at) since = Math.max(since, start)
    else until = Math.min(until, start)
  }
  return { since: instant(since), until: instant(until) }
}

/** What row `index` prices now, country by country; nothing where every call goes by other rows. */
export function tableRows(deck: RateDeck, question: TableQuestion, index: number): TableRow[] {
  const rate = rateRowAt(deck.rows, index)
  if (rate.validFrom > question.at) return []
  if (question.direction === 'toll-free-in') return tollFreeRow(rate)
  if (rate.origin !== '' && rate.origin !== question.origin) return []
  const kindsOf = new Map<Country | null, Set<TableKind>>()
  for (const number of samplesOf(rate.prefix, rate.lineKind)) {
    const { country, kind } = factsOf(number)
    const tableKind = TABLE_KIND[kind]
    if (tableKind === null || kindsOf.get(country)?.has(tableKind)) continue
    const lineKind = LINE_KINDS.find((candidate) => candidate === kind) ?? 'any'
    const found = findRate(deck, { ...question, digits: number.slice(1), lineKind })
    if (found && isSame(found, rate)) kindsOf.set(country, (kindsOf.get(country) ?? new Set()).add(tableKind))
  }
  // In +1 a number does not say whether it is mobile.
  for (const [country, kinds] of kindsOf)
    if ((country === 'US' || country === 'CA') && kinds.has('fixed')) kinds.add('mobile')
  return [...kindsOf].map(([country, kinds]) => ({
    rate,
    country,
    kinds: TABLE_KINDS.filter((kind) => kinds.has(kind)),
  }))
}

/** By where the caller is: what line that is plays no part. */
const tollFreeRow = (rate: RateRow): TableRow[] => [
  { rate, country: rate.origin === '' ? null : (rate.origin as Country), kinds: ['fixed'] },
]

/** Toll-free numbers cost nobody who calls them; a number of no certain kind is priced as an ordinary line. */
const TABLE_KIND: Readonly<Record<NumberKind, TableKind | null>> = {
  fixed: 'fixed',
  mobile: 'mobile',
  premium: 'premium',
  'shared-cost': 'shared-cost',
  satellite: 'satellite',
  'toll-free': null,
  other: null,
}

const isSame = (a: RateRow, b: RateRow): boolean =>
  a.prefix === b.prefix && a.origin === b.origin && a.lineKind === b.lineKind && a.validFrom === b.validFrom

/** How the rest of a number is filled up. Two, for plans leave gaps. */
const FILLS = ['2345678901234', '5550123456789'] as const

/** Numbers that begin with the prefix. A short prefix stands for many blocks, so each pair of digits after it is tried. */
function* samplesOf(prefix: string, lineKind: LineKind): Generator<E164> {
  const code = callingCodeOf(prefix)
  if (code === null) return
  const lengths = [...planOf(code).possibleLengths].map((length) => length + code.length)
  const national = prefix.length - code.length
  const starts =
    national >= 4 && lineKind !== 'any' ? [''] : national >= 4 ? ['', '5'] : national >= 2 ? TENS : HUNDREDS
  for (const length of lengths) {
    for (const start of starts) {
      for (const fill of FILLS) {
        const text = `+${(prefix + start + fill).slice(0, length)}`
        const number = prefix.length <= length ? parseE164(text) : null
        if (number) yield number
      }
    }
  }
}

const TENS = Array.from({ length: 10 }, (_, digit) => String(digit))
const HUNDREDS = Array.from({ length: 100 }, (_, pair) => String(pair).padStart(2, '0'))

/** Rows by country: how many, and the lowest and highest price a minute of each kind. Countries in the order of their codes, none last. */
export function countryPrices(rows: Iterable<TableRow>): CountryPrices[] {
  const countries = new Map<Country | null, { rows: number; ranges: Partial<Record<TableKind, PriceRange>> }>()
  for (const { rate, country, kinds } of rows) {
    const known = countries.get(country) ?? { rows: 0, ranges: {} }
    countries.set(country, known)
    known.rows++
    const price = rate.rateMicrosPerMinute
    for (const kind of kinds) {
      const { from = price, to = price } = known.ranges[kind] ?? {}
      known.ranges[kind] = { from: minBigint(price, from), to: maxBigint(price, to) }
    }
  }
  return [...countries]
    .map(([country, { rows: count, ranges }]) => ({ country, rows: count, ranges }))
    .toSorted((a, b) => (a.country === null ? 1 : b.country === null ? -1 : a.country < b.country ? -1 : 1))
}
