import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BYTE_CSV_FIELDS_MAX, BYTE_CSV_RECORD_MAX, ByteCsv, textOf } from './byte-csv.ts'

interface Row {
  readonly fields: string[]
  readonly line: number
  readonly flaw: string | null
}

function read(text: string, delimiter = ',', cuts: readonly number[] = [1 << 20]): Row[] {
  const rows: Row[] = []
  const csv = new ByteCsv(delimiter, (record) => {
    const count = Math.min(record.fieldCount, BYTE_CSV_FIELDS_MAX)
    rows.push({
      fields: Array.from({ length: count }, (_, field) => textOf(record, field)),
      line: record.line,
      flaw: record.flaw,
    })
  })
  const bytes = new TextEncoder().encode(text)
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const step = cuts[i % cuts.length] ?? 1
    csv.push(bytes.slice(at, at + step))
    at += step
  }
  csv.end()
  return rows
}

const field = fc.oneof(
  fc.constantFrom('', 'a', '+14165550123', 'é’🙂', '12 345', 'x"y', 'a,b', 'a;b', 'two\nlines', 'crlf\r\ninside', '""'),
  fc.string({ maxLength: 6 }),
)

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

const written = (text: string, delimiter: string, isQuoted: boolean): string =>
  isQuoted || /["\r\n]/.test(text) || text.includes(delimiter) || text.startsWith(' ') ? quoted(text) : text

describe('the byte scanner reads what csv-parse reads', () => {
  test('any fields, any delimiter, cut anywhere', () => {
    const table = fc.array(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 5 }), { maxLength: 8 })
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
        (rows, delimiter, lineBreak, hasLast, cuts) => {
          const text =
            rows
              .map((row) => row.map(([value, isQuoted]) => written(value, delimiter, isQuoted)).join(delimiter))
              .join(lineBreak) + (hasLast && rows.length > 0 ? lineBreak : '')
          const expected: string[][] = parse(text, {
            delimiter,
            record_delimiter: lineBreak,
            relax_column_count: true,
            skip_empty_lines: false,
          })
          const found = read(text, delimiter, cuts).map((row) => row.fields)
          expect(found).toEqual(expected)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('however it is cut, the records are the same', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', 'é') }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
        (text, cuts) => {
          expect(read(text, ',', cuts)).toEqual(read(text))
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

test('lines are those of the file, also after fields that hold line breaks', () => {
  expect(read('a,"x\ny"\r\nb,c\n').map((row) => row.line)).toEqual([1, 3])
})

test('a quote that is never closed costs its line and no other', () => {
  expect(read('a,b\n"c,d\ne,f\n').map((row) => [row.line, row.fields, row.flaw])).toEqual([
    [1, ['a', 'b'], null],
    [2, [], 'quotes'],
    [3, ['e', 'f'], null],
  ])
  const long = read(`"a,b\n${'c,d\n'.repeat(BYTE_CSV_RECORD_MAX)}`, ',', [64 * 1024])
  expect(long.length).toBe(BYTE_CSV_RECORD_MAX + 1)
  expect(long.filter((row) => row.flaw !== null).map((row) => row.line)).toEqual([1])
})

test('text after a closing quote is a flaw, blanks around quotes are not', () => {
  expect(read('"a" , "b"\n"a"x,b\nc,d').map((row) => [row.fields, row.flaw])).toEqual([
    [['a', 'b'], null],
    [[], 'quotes'],
    [['c', 'd'], null],
  ])
})

test('a line without end is a flaw, and the next line is read', () => {
  for (const cuts of [[64 * 1024], [1 << 20]]) {
    const rows = read(`a,b\n${'x'.repeat(BYTE_CSV_RECORD_MAX * 2)}\nc,d\n`, ',', cuts)
    expect(rows.map((row) => row.flaw)).toEqual([null, 'too-long', null])
    expect(rows[2]).toMatchObject({ fields: ['c', 'd'], line: 3 })
  }
})
