/**
 * The rows of a rate deck as columns. A million rows as objects are some 300 MB and long pauses of the collector; as typed
 * arrays they are 25 MB. Names become small codes, a prefix becomes the number it spells (E.164 has at most 15 digits and
 * none begins with 0, so nothing is lost below 2⁵³), and equal prices are kept once.
 */
import { assert } from './assert.ts'
import { LINE_KINDS, type LineKind, type Price, RATE_DIRECTIONS, type Rate, type RateDirection } from './rate.ts'
import { type Instant, instant } from './time.ts'

export const PREFIX_DIGITS_MAX = 15

/** A row as the CSV states it: a `Rate` that no version has published yet. */
export type RateRow = Omit<Rate, 'deckVersion'>

/** Each distinct price once. */
export interface RatePrices {
  readonly connectionFeeMicros: BigInt64Array
  readonly rateMicrosPerMinute: BigInt64Array
  readonly initialIncrementSeconds: Uint32Array
  readonly nextIncrementSeconds: Uint32Array
  readonly minimumSeconds: Uint32Array
}

/** Immutable once made. Row `i` is what the six columns hold at `i`. */
export interface RateRows {
  readonly length: number
  /** Direction and currency, see `scopeCode`: every look-up is within one. */
  readonly scope: Uint16Array
  readonly prefix: Float64Array
  readonly origin: Uint16Array
  readonly lineKind: Uint8Array
  readonly price: Uint32Array
  readonly validFrom: Float64Array
  readonly prices: RatePrices
}

const A = 65
const LETTERS = 26
const CURRENCIES = LETTERS ** 3
const letter = (text: string, index: number): number => {
  const value = text.charCodeAt(index) - A
  assert(value >= 0 && value < LETTERS, `a code of capital letters, not ${text}`)
  return value
}
const letterAt = (value: number): string => String.fromCharCode(A + (value % LETTERS))

/** Direction and ISO 4217 currency in one number below 2¹⁶. */
export function scopeCode(direction: RateDirection, currency: string): number {
  const code = (letter(currency, 0) * LETTERS + letter(currency, 1)) * LETTERS + letter(currency, 2)
  return RATE_DIRECTIONS.indexOf(direction) * CURRENCIES + code
}

/** 0 for `''`, the caller's country otherwise. */
export const originCode = (origin: string): number =>
  origin === '' ? 0 : 1 + letter(origin, 0) * LETTERS + letter(origin, 1)

export const lineKindCode = (lineKind: LineKind): number => LINE_KINDS.indexOf(lineKind)
export const ANY_LINE_KIND = lineKindCode('any')
export const ANY_ORIGIN = 0

function directionOf(scope: number): RateDirection {
  const direction = RATE_DIRECTIONS[Math.floor(scope / CURRENCIES)]
  assert(direction, `no direction in scope ${scope}`)
  return direction
}

function currencyOf(scope: number): string {
  const code = scope % CURRENCIES
  return letterAt(Math.floor(code / LETTERS ** 2)) + letterAt(Math.floor(code / LETTERS)) + letterAt(code)
}

const originOf = (code: number): string =>
  code === 0 ? '' : letterAt(Math.floor((code - 1) / LETTERS)) + letterAt(code - 1)

/** Reads one row back. */
export function rateRowAt(rows: RateRows, index: number): RateRow {
  assert(index >= 0 && index < rows.length, `row ${index} of ${rows.length}`)
  const scope = rows.scope[index] ?? 0
  const price = rows.price[index] ?? 0
  const { prices } = rows
  return {
    direction: directionOf(scope),
    prefix: String(rows.prefix[index]),
    origin: originOf(rows.origin[index] ?? 0),
    lineKind: LINE_KINDS[rows.lineKind[index] ?? 0] ?? 'any',
    currency: currencyOf(scope),
    connectionFeeMicros: prices.connectionFeeMicros[price] ?? 0n,
    rateMicrosPerMinute: prices.rateMicrosPerMinute[price] ?? 0n,
    initialIncrementSeconds: prices.initialIncrementSeconds[price] ?? 1,
    nextIncrementSeconds: prices.nextIncrementSeconds[price] ?? 1,
    minimumSeconds: prices.minimumSeconds[price] ?? 0,
    validFrom: instant(rows.validFrom[index] ?? 0),
  }
}

export interface RateRowsBuilder {
  readonly length: () => number
  /** The number of this price, the same for an equal one. */
  readonly price: (price: Price) => number
  /** Codes as made by the functions above; `price` from this builder. */
  readonly add: (
    scope: number,
    prefix: number,
    origin: number,
    lineKind: number,
    price: number,
    validFrom: Instant,
  ) => void
  /** The rows in the order added. The builder is used up. */
  readonly finish: () => RateRows
}

/** Collects rows without knowing how many will come. */
export function rateRowsBuilder(): RateRowsBuilder {
  let length = 0
  let capacity = 1024
  let scope = new Uint16Array(capacity)
  let prefix = new Float64Array(capacity)
  let origin = new Uint16Array(capacity)
  let lineKind = new Uint8Array(capacity)
  let price = new Uint32Array(capacity)
  let validFrom = new Float64Array(capacity)
  const prices: Price[] = []
  const known = new Map<string, number>()

  const grow = (): void => {
    capacity *= 2
    scope = copyInto(new Uint16Array(capacity), scope)
    prefix = copyInto(new Float64Array(capacity), prefix)
    origin = copyInto(new Uint16Array(capacity), origin)
    lineKind = copyInto(new Uint8Array(capacity), lineKind)
    price = copyInto(new Uint32Array(capacity), price)
    validFrom = copyInto(new Float64Array(capacity), validFrom)
  }

  return {
    length: () => length,
    price: (value) => {
      const key = `${value.connectionFeeMicros}/${value.rateMicrosPerMinute}/${value.initialIncrementSeconds}/${value.nextIncrementSeconds}/${value.minimumSeconds}`
      let index = known.get(key)
      if (index === undefined) {
        index = prices.push(value) - 1
        known.set(key, index)
      }
      return index
    },
    add: (scopeOfRow, prefixOfRow, originOfRow, lineKindOfRow, priceOfRow, validFromOfRow) => {
      if (length === capacity) grow()
      scope[length] = scopeOfRow
      prefix[length] = prefixOfRow
      origin[length] = originOfRow
      lineKind[length] = lineKindOfRow
      price[length] = priceOfRow
      validFrom[length] = validFromOfRow
      length++
    },
    finish: () => ({
      length,
      scope: scope.slice(0, length),
      prefix: prefix.slice(0, length),
      origin: origin.slice(0, length),
      lineKind: lineKind.slice(0, length),
      price: price.slice(0, length),
      validFrom: validFrom.slice(0, length),
      prices: {
        connectionFeeMicros: BigInt64Array.from(prices, (value) => value.connectionFeeMicros),
        rateMicrosPerMinute: BigInt64Array.from(prices, (value) => value.rateMicrosPerMinute),
        initialIncrementSeconds: Uint32Array.from(prices, (value) => value.initialIncrementSeconds),
        nextIncrementSeconds: Uint32Array.from(prices, (value) => value.nextIncrementSeconds),
        minimumSeconds: Uint32Array.from(prices, (value) => value.minimumSeconds),
      },
    }),
  }
}

function copyInto<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(target: T, source: T): T {
  target.set(source)
  return target
}

/** Columns from a list of rows: for tests and small decks. Rows must be valid, as the CSV reader checks them. */
export function makeRateRows(list: Iterable<RateRow>): RateRows {
  const builder = rateRowsBuilder()
  for (const row of list) {
    assert(/^[1-9]\d{0,14}$/.test(row.prefix), `a prefix of 1 to 15 digits, not ${row.prefix}`)
    const scope = scopeCode(row.direction, row.currency)
    const { prefix, origin, lineKind, validFrom } = row
    builder.add(scope, Number(prefix), originCode(origin), lineKindCode(lineKind), builder.price(row), validFrom)
  }
  return builder.finish()
}
