/**
 * Money is a whole number of micro-units (10⁻⁶ of a currency), never a float (W1). Nothing outside this file divides it.
 */
import { assert } from './assert.ts'
import type { Brand } from './brand.ts'

/** Millionths of a currency unit. */
export type Micros = Brand<bigint, 'Micros'>

/** ISO 4217, upper case. */
export type Currency = Brand<string, 'Currency'>

/** Money on the wire: `{"amount": "12.345600", "currency": "USD"}`. */
export interface Money {
  readonly amount: string
  readonly currency: string
}

export const ZERO = 0n as Micros
export const MICROS_PER_UNIT = 1_000_000n

/** PostgreSQL `bigint` is the store of every amount; what does not fit there is refused at the edge. */
export const MICROS_MAX = 9_223_372_036_854_775_807n

export const micros = (value: bigint): Micros => value as Micros

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/

/** Reads a decimal string with at most six decimals; null for anything else (exponents, commas, spaces, seven decimals). */
export function parseMicros(text: string): Micros | null {
  const match = DECIMAL.exec(text)
  if (!match) return null
  const [, sign, whole = '0', fraction = ''] = match
  const value = BigInt(whole) * MICROS_PER_UNIT + BigInt(fraction.padEnd(6, '0'))
  return micros(sign ? -value : value)
}

/** Prints all six decimals, so that equal amounts are equal bytes. `formatMicros(parseMicros(x))` is `x`, padded. */
export function formatMicros(value: Micros): string {
  const absolute = value < 0n ? -value : value
  const text = `${absolute / MICROS_PER_UNIT}.${String(absolute % MICROS_PER_UNIT).padStart(6, '0')}`
  return value < 0n ? `-${text}` : text
}

export const toMoney = (value: Micros, currency: Currency): Money => ({ amount: formatMicros(value), currency })

/** ⌈numerator / denominator⌉ for a non-negative numerator: charges round up, once (decision 6). */
export function divCeil(numerator: bigint, denominator: bigint): bigint {
  assert(numerator >= 0n && denominator > 0n, 'divCeil: non-negative numerator and positive denominator')
  return (numerator + denominator - 1n) / denominator
}

/** ⌊numerator / denominator⌋ for a non-negative numerator: what can be bought rounds down. */
export function divFloor(numerator: bigint, denominator: bigint): bigint {
  assert(numerator >= 0n && denominator > 0n, 'divFloor: non-negative numerator and positive denominator')
  return numerator / denominator
}

export const minBigint = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const maxBigint = (a: bigint, b: bigint): bigint => (a > b ? a : b)
