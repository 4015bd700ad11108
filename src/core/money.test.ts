import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Currency, divCeil, divFloor, formatMicros, MICROS_MAX, micros, parseMicros, toMoney } from './money.ts'

const anyAmount = fc.bigInt({ min: -999_999_999_999_999_999n, max: 999_999_999_999_999_999n }).map(micros)

describe('W1: money is whole micro-units', () => {
  test('what is printed is read back, to the millionth', () => {
    fc.assert(
      fc.property(anyAmount, (value) => {
        expect(parseMicros(formatMicros(value))).toBe(value)
      }),
    )
  })

  test('equal amounts are equal bytes: always six decimals', () => {
    fc.assert(
      fc.property(anyAmount, (value) => {
        expect(formatMicros(value)).toMatch(/^-?\d+\.\d{6}$/)
      }),
    )
    expect(formatMicros(micros(-1n))).toBe('-0.000001')
    expect(formatMicros(micros(0n))).toBe('0.000000')
    expect(formatMicros(micros(MICROS_MAX))).toBe('9223372036854.775807')
    expect(toMoney(micros(12_345_600n), 'USD' as Currency)).toEqual({ amount: '12.345600', currency: 'USD' })
  })

  test.each([
    ['12', 12_000_000n],
    ['12.3', 12_300_000n],
    ['-0.000001', -1n],
    ['007', 7_000_000n],
    ['999999999999.999999', 999_999_999_999_999_999n],
  ])('%s is read', (text, value) => {
    expect(parseMicros(text)).toBe(value)
  })

  test.each([
    '',
    '.',
    '1.',
    '.5',
    '1.1234567',
    '1e3',
    '1,5',
    ' 1',
    '1 ',
    '+1',
    '--1',
    '0x10',
    'NaN',
    '1_000',
    '1000000000000',
    '١',
  ])('%j is no amount', (text) => {
    expect(parseMicros(text)).toBeNull()
  })

  test('divisions round as their names say, and never more than one unit', () => {
    const natural = fc.bigInt({ min: 0n, max: 10n ** 20n })
    fc.assert(
      fc.property(natural, fc.bigInt({ min: 1n, max: 10n ** 9n }), (numerator, denominator) => {
        const [up, down] = [divCeil(numerator, denominator), divFloor(numerator, denominator)]
        expect(up * denominator >= numerator && (up - 1n) * denominator < numerator).toBe(true)
        expect(down * denominator <= numerator && (down + 1n) * denominator > numerator).toBe(true)
      }),
    )
    expect(() => divCeil(-1n, 60n)).toThrow()
    expect(() => divFloor(1n, 0n)).toThrow()
  })
})
