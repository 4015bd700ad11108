/** A rate deck in memory: immutable, and quick enough to ask on every call (R1). */
import { assert } from './assert.ts'
import type { LineKind, Rate, RateDirection } from './rate.ts'
import {
  ANY_LINE_KIND,
  ANY_ORIGIN,
  lineKindCode,
  originCode,
  PREFIX_DIGITS_MAX,
  type RateRow,
  type RateRows,
  rateRowAt,
  scopeCode,
} from './rate-rows.ts'
import { canonicalOrder, compareRateKeys, permuteRateRows } from './rate-rows-order.ts'
import type { Instant } from './time.ts'

export interface RateDeck {
  readonly version: number
  /** In canonical order: the rows of one prefix are neighbours, the preferred one first. */
  readonly rows: RateRows
  /** Open addressing: 1 + the first row of a (scope, prefix), or 0. At most half full. */
  readonly slots: Uint32Array
  /** Per scope, bit n is set where a prefix of n digits exists: only those lengths are tried. */
  readonly prefixLengths: ReadonlyMap<number, number>
}

export interface RateQuery {
  readonly direction: RateDirection
  /** The number called (for `toll-free-in`: the tenant's own) in digits of E.164 without `+`. */
  readonly digits: string
  /** The caller's country, `''` where it is not known: then only rows for any origin match. */
  readonly origin: string
  /** `any` where an ordinary number may be fixed or mobile: then only rows for any line match. */
  readonly lineKind: LineKind
  readonly currency: string
  /** The tenant's now. */
  readonly at: Instant
}

/** Rows in any order, each key once (as the CSV reader promises). Keeps nothing of `rows` that the caller could change. */
export function makeRateDeck(version: number, rows: RateRows): RateDeck {
  const sorted = permuteRateRows(rows, canonicalOrder(rows))
  let slotCount = 2
  while (slotCount < sorted.length * 2) slotCount *= 2
  const slots = new Uint32Array(slotCount)
  const prefixLengths = new Map<number, number>()
  for (let i = 0; i < sorted.length; i++) {
    assert(i === 0 || compareRateKeys(sorted, i - 1, sorted, i) < 0, 'makeRateDeck: each key once')
    const scope = sorted.scope[i] ?? 0
    const prefix = sorted.prefix[i] ?? 0
    if (i > 0 && sorted.prefix[i - 1] === prefix && sorted.scope[i - 1] === scope) continue
    let slot = hash(scope, prefix) & (slotCount - 1)
    while (slots[slot] !== 0) slot = (slot + 1) & (slotCount - 1)
    slots[slot] = i + 1
    prefixLengths.set(scope, (prefixLengths.get(scope) ?? 0) | (1 << digitCount(prefix)))
  }
  return { version, rows: sorted, slots, prefixLengths }
}

/** A deck that prices nothing: what is active before the first is published. */
export function emptyRateDeck(): RateDeck {
  return makeRateDeck(0, {
    length: 0,
    scope: new Uint16Array(),
    prefix: new Float64Array(),
    origin: new Uint16Array(),
    lineKind: new Uint8Array(),
    price: new Uint32Array(),
    validFrom: new Float64Array(),
    prices: {
      connectionFeeMicros: new BigInt64Array(),
      rateMicrosPerMinute: new BigInt64Array(),
      initialIncrementSeconds: new Uint32Array(),
      nextIncrementSeconds: new Uint32Array(),
      minimumSeconds: new Uint32Array(),
    },
  })
}

/**
 * The row that prices a call (R1): the longest prefix; then the more specific row (origin and kind, origin alone, kind alone,
 * neither); then the latest `validFrom` not after `at`. Rows of another origin or kind, or of the future, are as if they
 * were not there: a shorter prefix is tried. Premium, shared-cost and satellite numbers are priced only by rows that name
 * their kind (C4). Null: nothing prices it, and nothing may be guessed.
 */
export function findRate(deck: RateDeck, query: RateQuery): Rate | null {
  const row = findRow(deck, query)
  return row === -1 ? null : { deckVersion: deck.version, ...rateRowAt(deck.rows, row) }
}

/** All rows of the deck in canonical order, for lists and exports. */
export function* rowsOf(deck: RateDeck): Generator<RateRow> {
  for (let i = 0; i < deck.rows.length; i++) yield rateRowAt(deck.rows, i)
}

function findRow(deck: RateDeck, query: RateQuery): number {
  const scope = scopeCode(query.direction, query.currency)
  const lengths = deck.prefixLengths.get(scope)
  // No E.164 number begins with 0, and as a number 044 would be taken for 44.
  if (lengths === undefined || query.digits.startsWith('0')) return -1
  const origin = originCode(query.origin)
  const lineKind = lineKindCode(query.lineKind)
  const isOrdinary = query.lineKind === 'any' || query.lineKind === 'fixed' || query.lineKind === 'mobile'

  const { rows, slots } = deck
  let length = Math.min(query.digits.length, PREFIX_DIGITS_MAX)
  for (let prefix = leadingNumber(query.digits, length); length > 0; length--, prefix = Math.floor(prefix / 10)) {
    if ((lengths & (1 << length)) === 0) continue
    for (let row = firstRow(rows, slots, scope, prefix); row !== -1 && row < rows.length; row++) {
      if (rows.prefix[row] !== prefix || rows.scope[row] !== scope) break
      const rowOrigin = rows.origin[row]
      const rowKind = rows.lineKind[row]
      if (rowOrigin !== ANY_ORIGIN && rowOrigin !== origin) continue
      if (rowKind !== lineKind && !(rowKind === ANY_LINE_KIND && isOrdinary)) continue
      if ((rows.validFrom[row] ?? Number.POSITIVE_INFINITY) > query.at) continue
      return row
    }
  }
  return -1
}

function firstRow(rows: RateRows, slots: Uint32Array, scope: number, prefix: number): number {
  const mask = slots.length - 1
  for (let slot = hash(scope, prefix) & mask; ; slot = (slot + 1) & mask) {
    const row = (slots[slot] ?? 0) - 1
    if (row === -1 || (rows.prefix[row] === prefix && rows.scope[row] === scope)) return row
  }
}

function leadingNumber(digits: string, length: number): number {
  let value = 0
  for (let i = 0; i < length; i++) {
    const digit = digits.charCodeAt(i) - 48
    assert(digit >= 0 && digit <= 9, `findRate: digits only, not ${digits}`)
    value = value * 10 + digit
  }
  return value
}

function digitCount(prefix: number): number {
  let count = 1
  for (let bound = 10; prefix >= bound; bound *= 10) count++
  return count
}

// Both halves of the prefix are mixed (murmur3's finaliser), or neighbours such as 4420 and 4421 would form long chains.
function hash(scope: number, prefix: number): number {
  let h = (prefix | 0) ^ Math.imul((prefix / 4_294_967_296) | 0, 0x9e3779b1) ^ Math.imul(scope, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
