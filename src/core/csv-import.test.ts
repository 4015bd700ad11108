import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CSV_DELIMITERS, csvLine, decodeCsv, readCsv } from './csv-import.ts'

const utf16 = (text: string, isBig: boolean, mark: boolean): Uint8Array => {
  const units = [...(mark ? `\ufeff${text}` : text)].flatMap((letter) =>
    letter.split('').map((unit) => unit.charCodeAt(0)),
  )
  return Uint8Array.from(units.flatMap((unit) => (isBig ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8])))
}
const TEXT = 'Nom;Pays\r\nZoé;Canada\r\n'

describe('bytes', () => {
  test.each([
    ['UTF-8', new TextEncoder().encode(TEXT), 'utf-8'],
    ['UTF-8 with mark', new TextEncoder().encode(`\ufeff${TEXT}`), 'utf-8'],
    ['UTF-16LE with mark', utf16(TEXT, false, true), 'utf-16le'],
    ['UTF-16BE with mark', utf16(TEXT, true, true), 'utf-16be'],
    ['UTF-16LE without mark', utf16(TEXT, false, false), 'utf-16le'],
    ['UTF-16BE without mark', utf16(TEXT, true, false), 'utf-16be'],
    ['Latin-1', Uint8Array.from([...TEXT].map((letter) => letter.charCodeAt(0))), 'windows-1252'],
  ] as const)('%s', (_name, bytes, encoding) => {
    expect(decodeCsv(bytes)).toEqual({ text: TEXT, encoding })
  })

  test('the sign of the euro, as Windows writes it', () => {
    expect(decodeCsv(Uint8Array.from([0x61, 0x80, 0xe9])).text).toBe('a€é')
  })
})

const cellsOf = (text: string): string[][] => readCsv(text).rows.map(({ cells }) => [...cells])

describe('rows', () => {
  test.each([
    ['commas', 'a,b\n1,2\n', ','],
    ['semicolons', 'a;b\n1;2\n', ';'],
    ['tabs', 'a\tb\n1\t2\n', '\t'],
    ['bars', 'a|b\n1|2\n', '|'],
    ['a delimiter that is named', 'sep=;\r\na,a;b\r\n1;2\r\n', ';'],
    ['more commas within a quoted title', '"a, b, c";d\n1;2\n', ';'],
  ])('%s', (_name, text, delimiter) => {
    expect(readCsv(text)).toMatchObject({ delimiter, rows: [{ cells: ['1', '2'], flaw: null }] })
  })

  test('stray spaces, also those that pages have, and old line ends', () => {
    expect(cellsOf('a, b\r 1\u00a0 , "2" \r3 ,\u200b4')).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
  })

  test('a quoted cell may hold delimiters, quotation marks and lines; the next row still knows its line', () => {
    const { rows } = readCsv('a,b\n"x, ""y""\nz",2\n3,4\n')
    expect(rows).toEqual([
      { line: 2, cells: ['x, "y"\nz', '2'], flaw: null },
      { line: 4, cells: ['3', '4'], flaw: null },
    ])
  })

  test('empty lines are no rows', () => {
    expect(cellsOf('a,b\n\n,,\n1,2\n  \n')).toEqual([['1', '2']])
  })

  test('a bad row in the middle says what is wrong with it, and those after it are read', () => {
    const { rows } = readCsv('a,b\n1,2\n3,4,5\n"6"x,7\n8,9\n')
    expect(rows.map(({ line, flaw }) => [line, flaw])).toEqual([
      [2, null],
      [3, 'columns'],
      [4, 'quotes'],
      [5, null],
    ])
  })

  test('a quotation mark that never closes ends with its line', () => {
    const { rows } = readCsv('a,b\n"1,2\n3,4\n')
    expect(rows.map(({ flaw }) => flaw)).toEqual(['quotes', null])
    expect(rows[1]?.cells).toEqual(['3', '4'])
  })

  test('an empty file has neither titles nor rows', () => {
    expect(readCsv('')).toMatchObject({ titles: [], rows: [] })
  })

  test('what csvLine writes is read back', () => {
    const cell = fc.string({ unit: 'grapheme-ascii' }).map((text) => text.trim())
    fc.assert(
      fc.property(
        fc.constantFrom(...CSV_DELIMITERS),
        fc.array(cell, { minLength: 2, maxLength: 5 }),
        (delimiter, cells) => {
          fc.pre(cells.some((text) => text !== ''))
          const titles = cells.map((_, index) => `t${index}`)
          const { rows } = readCsv(csvLine(titles, delimiter) + csvLine(cells, delimiter), delimiter)
          expect(rows[0]?.cells).toEqual(cells)
        },
      ),
    )
  })
})
