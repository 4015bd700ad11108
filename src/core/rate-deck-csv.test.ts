import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldsOfQuoted } from './csv-lines.ts'
import { parseRateDeckCsv, RATE_DECK_ERRORS_MAX } from './rate-deck-csv.ts'
import { RATE_DECK_MESSAGES } from './rate-deck-messages.ts'
import { rateRowAt } from './rate-rows.ts'

const HEADER =
  'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom'
const GOOD = 'out,44,,any,USD,0.00,0.10,60,60,0,2020-01-01T00:00:00Z'
const file = (...lines: string[]): string => `${[HEADER, ...lines].join('\n')}\n`
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
/** `line column code` of each error. */
const faults = (input: string | Uint8Array): string[] =>
  parseRateDeckCsv(input).errors.map(({ line, column, code }) => `${line} ${column} ${code}`)
/** The good line with one column replaced. */
const having = (column: string, value: string): string => {
  const fields = GOOD.split(',')
  fields[HEADER.split(',').indexOf(column)] = value
  return fields.join(',')
}

describe('R1: what is read', () => {
  test('a row, column by column', () => {
    const { rows, rowCount, errors } = parseRateDeckCsv(
      file('toll-free-in,1800,CA,mobile,CAD,0.05,1.234567,30,6,12,2026-11-30T23:50:00.5-05:00'),
    )
    expect(errors).toEqual([])
    expect(rowCount).toBe(1)
    expect(rateRowAt(rows, 0)).toEqual({
      direction: 'toll-free-in',
      prefix: '1800',
      origin: 'CA',
      lineKind: 'mobile',
      currency: 'CAD',
      connectionFeeMicros: 50_000n,
      rateMicrosPerMinute: 1_234_567n,
      initialIncrementSeconds: 30,
      nextIncrementSeconds: 6,
      minimumSeconds: 12,
      validFrom: Date.UTC(2026, 11, 1, 4, 50, 0, 500),
    })
  })

  test.each([
    ['LF', file(GOOD)],
    ['CRLF', file(GOOD).replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${file(GOOD)}`],
    ['no line break at the end', file(GOOD).trimEnd()],
    ['several at the end', `${file(GOOD)}\n\r\n`],
    ['every field in quotes', file(GOOD).replace(/[^,\n]+/g, '"$&"')],
    ['some fields in quotes', file(having('origin', '""'), GOOD.replace('44', '"45"'))],
  ])('%s', (_, text) => {
    for (const input of [text, bytes(text)]) {
      expect(faults(input)).toEqual([])
      expect(rateRowAt(parseRateDeckCsv(input).rows, 0)).toMatchObject({ prefix: '44', rateMicrosPerMinute: 100_000n })
    }
  })

  test('quoted lines are read as csv-parse reads them', () => {
    const field = fc.stringMatching(/^[ab,"]{0,4}$/)
    const quote = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    fc.assert(
      fc.property(fc.array(field, { minLength: 2, maxLength: 5 }), (fields) => {
        expect(fieldsOfQuoted(fields.map(quote).join(','))).toEqual(fields)
      }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[ab,"]{1,12}$/), (line) => {
        let expected: string[] | null = null
        try {
          expected = parse(line, { relax_column_count: true })[0] ?? null
        } catch {}
        expect(fieldsOfQuoted(line)).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('pieces of a long file fit together', () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => having('prefix', String(100_000 + i)))
    const { rowCount, errorCount, rows } = parseRateDeckCsv(bytes(file(...lines)))
    expect([rowCount, errorCount, rows.length]).toEqual([40_000, 0, 40_000])
  })
})

describe('R1: what is wrong is named with line and column', () => {
  test.each<[string, string, string[]]>([
    ['an empty file', '', ['1 direction empty-file']],
    ['only a byte order mark', '\uFEFF', ['1 direction empty-file']],
    ['only line breaks', '\n\n', ['1 direction empty-file']],
    ['a header alone', `${HEADER}\n`, ['1 direction no-rows']],
    ['a column missing', `${HEADER.replace(',origin', '')}\n${GOOD}`, ['1 origin header-missing']],
    ['a column too many', `${HEADER},note\n${GOOD},x`, ['1 note header-unknown']],
    ['a column twice', `${HEADER},origin\n${GOOD},`, ['1 origin header-duplicate']],
    [
      'another spelling',
      HEADER.replace('lineKind', 'linekind'),
      ['1 lineKind header-missing', '1 linekind header-unknown'],
    ],
    ['another order', HEADER.replace('direction,prefix', 'prefix,direction'), ['1 direction header-order']],
    ['no header', GOOD, HEADER.split(',').map((name) => `1 ${name} header-missing`)],
    ['a blank first line', `\n${file(GOOD)}`, ['1 direction blank-line']],
    ['a blank line', file(GOOD, '', '', having('prefix', '45')), ['3 direction blank-line', '4 direction blank-line']],
    ['quotes that do not match', file(GOOD.replace('44', '"44')), ['2 direction quotes']],
    ['too few columns', file('out,44,,any'), ['2 currency too-few-columns']],
    ['too many columns', file(`${GOOD},x`), ['2 validFrom too-many-columns']],
    ['the same key twice', file(GOOD, having('prefix', '45'), having('perMinute', '9')), ['4 prefix duplicate']],
  ])('%s', (_, text, expected) => {
    expect(faults(text).slice(0, HEADER.split(',').length)).toEqual(expected)
  })

  test.each<[string, string, string]>([
    ['direction', 'in', 'direction'],
    ['direction', 'OUT', 'direction'],
    ['direction', ' out', 'direction'],
    ['direction', '', 'direction'],
    ['prefix', '+44', 'prefix-plus'],
    ['prefix', '', 'prefix'],
    ['prefix', '044', 'prefix'],
    ['prefix', '4 4', 'prefix'],
    ['prefix', '1234567890123456', 'prefix'],
    ['prefix', '٤٤', 'prefix'],
    ['origin', 'us', 'origin'],
    ['origin', 'ZZ', 'origin'],
    ['origin', 'USA', 'origin'],
    ['lineKind', '', 'line-kind'],
    ['lineKind', 'landline', 'line-kind'],
    ['currency', 'usd', 'currency'],
    ['currency', 'ABC', 'currency'],
    ['connectionFee', '-0.01', 'amount-negative'],
    ['connectionFee', '0.0000001', 'amount-decimals'],
    ['perMinute', '', 'amount'],
    ['perMinute', '1e-2', 'amount'],
    ['perMinute', '.5', 'amount'],
    ['perMinute', '0;10', 'semicolon'],
    ['perMinute', '1234567890123', 'amount'],
    ['perMinute', '"0,10"', 'decimal-comma'],
    ['connectionFee', '"0,10"', 'decimal-comma'],
    ['initialIncrement', '0', 'increment'],
    ['nextIncrement', '1.5', 'increment'],
    ['nextIncrement', '-1', 'increment'],
    ['minimumSeconds', '-1', 'minimum'],
    ['minimumSeconds', '', 'minimum'],
    ['validFrom', '2020-01-01', 'valid-from'],
    ['validFrom', '2020-01-01T00:00:00', 'valid-from'],
    ['validFrom', '2026-02-30T00:00:00Z', 'valid-from'],
    ['validFrom', '2026-02-28T24:00:00Z', 'valid-from'],
    ['validFrom', '2026-13-01T00:00:00Z', 'valid-from'],
  ])('%s %j: %s', (column, value, code) => {
    // Between two good lines: what was checked before must not let a bad field through.
    const { errors, rowCount, rows } = parseRateDeckCsv(
      file(having('prefix', '1'), having(column, value), having('prefix', '2')),
    )
    expect(errors.map((error) => [error.line, error.column, error.code])).toEqual([[3, column, code]])
    expect([rowCount, rows.length]).toEqual([3, 2])
  })

  test('every fault of a line is reported', () => {
    expect(faults(file('up,+44,,any,USD,0.00,x,0,60,0,now'))).toEqual([
      '2 direction direction',
      '2 prefix prefix-plus',
      '2 perMinute amount',
      '2 initialIncrement increment',
      '2 validFrom valid-from',
    ])
  })

  test('bytes that are not UTF-8: the line, and the rest is read', () => {
    const text = bytes(file(GOOD, having('prefix', '45'), having('origin', 'XX')))
    const at = new TextDecoder('latin1').decode(text).indexOf('45')
    text[at] = 0xe9
    expect(faults(text)).toEqual(['3 direction not-utf8', '4 origin origin'])
    expect(faults(new Uint8Array([0xff, 0xfe, 0x64, 0x00]))).toEqual(['1 direction not-utf8'])
  })

  test('a file with other separators is refused by name', () => {
    const semicolons = file(GOOD, having('prefix', '45')).replaceAll(',', ';')
    expect(faults(semicolons)).toEqual(['1 direction semicolon'])
    expect(faults(semicolons.replaceAll('0.10', '0,10'))).toEqual([
      '1 direction semicolon',
      '2 perMinute decimal-comma',
      '3 perMinute decimal-comma',
    ])
    expect(faults(file(GOOD, GOOD.replaceAll(',', ';')))).toEqual(['3 direction semicolon'])
    expect(parseRateDeckCsv(semicolons).errors[0]?.message).toMatch(/semicolon/)
  })

  test.each([
    ['0,00,0,10', 'connectionFee', '0,00'],
    ['0,50,1.10', 'connectionFee', '0,50'],
    ['0.00,0,10', 'perMinute', '0,10'],
    ['0,0,10', 'perMinute', '0,10'],
  ])('decimal commas without quotes: %s', (amounts, column, value) => {
    const { errors } = parseRateDeckCsv(file(GOOD.replace('0.00,0.10', amounts)))
    expect(errors).toMatchObject([{ line: 2, column, code: 'decimal-comma', params: { value } }])
    expect(errors[0]?.message).toMatch(/decimal comma/)
  })

  test('equal keys name both lines, the first of them each time', () => {
    const { errors, rows, rowCount } = parseRateDeckCsv(
      file(having('prefix', '9'), GOOD, GOOD, having('prefix', '1'), GOOD),
    )
    expect(errors.map(({ line, params }) => [line, params.first])).toEqual([
      [4, 3],
      [6, 3],
    ])
    expect([rowCount, rows.length]).toEqual([5, 3])
  })

  test('the first thousand errors by line are reported, all are counted', () => {
    const lines = Array.from({ length: 12_000 }, (_, i) => (i % 2 ? having('origin', 'ZZ') : GOOD))
    const { errors, errorCount } = parseRateDeckCsv(file(...lines))
    expect(errorCount).toBe(11_999)
    expect(errors).toHaveLength(RATE_DECK_ERRORS_MAX)
    expect(errors.map(({ line }) => line)).toEqual(Array.from({ length: RATE_DECK_ERRORS_MAX }, (_, i) => i + 3))
  })

  test('a long value is cut short in its message', () => {
    const [error] = parseRateDeckCsv(file(having('origin', 'x'.repeat(10_000)))).errors
    expect(error?.message.length).toBeLessThan(200)
  })
})

describe('D1: anything may be uploaded', () => {
  test('no text and no bytes make it throw', () => {
    const pieces = fc.constantFrom(GOOD, HEADER, 'out', ',', ';', '"', '\n', '\r\n', '0,10', '\uFEFF', 'é', '+44', '\0')
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }), (parts) => {
        const { errors, errorCount, rowCount } = parseRateDeckCsv(parts.join(''))
        expect(errorCount).toBeGreaterThanOrEqual(errors.length)
        if (errorCount === 0) expect(rowCount).toBeGreaterThan(0)
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (input) => void parseRateDeckCsv(input)))
  })
})

describe('A1: both languages', () => {
  test('each message exists in English and French with the same parameters', () => {
    for (const { en, fr } of Object.values(RATE_DECK_MESSAGES)) {
      expect(fr).not.toBe(en)
      expect([...fr.matchAll(/\{\w+\}/g)].map(String).toSorted()).toEqual(
        [...en.matchAll(/\{\w+\}/g)].map(String).toSorted(),
      )
    }
  })

  test('a sentence has its parameters filled in', () => {
    const text = file(having('perMinute', '1.2.3'))
    expect(parseRateDeckCsv(text).errors[0]?.message).toBe(
      '“1.2.3” is not an amount: at most 12 digits and 6 decimals, such as 0.10.',
    )
    expect(parseRateDeckCsv(text, 'fr').errors[0]?.message).toContain('« 1.2.3 » n’est pas un montant')
  })
})
