/**
 * Files of rows as people have them: saved by a spreadsheet in some encoding, with some delimiter, with a title line, quotation marks
 * and stray spaces. What can be told is told; a row that is broken is handed on as such, and the others are read.
 */

export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
export const CSV_DELIMITERS = [',', ';', '\t', '|'] as const
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number]

/** The text of a file, without byte order mark, and what it was written in. Any bytes are some text in Windows-1252. */
export function decodeCsv(bytes: Uint8Array): { readonly text: string; readonly encoding: CsvEncoding } {
  const encoding = encodingOf(bytes)
  const text = encoding === 'windows-1252' ? windowsText(bytes) : new TextDecoder(encoding).decode(bytes)
  return { text, encoding }
}

/** What Windows-1252 has where Latin-1 has control characters; the decoder of Node 20 takes the one for the other. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

const windowsText = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += byte >= 0x80 && byte < 0xa0 ? WINDOWS[byte - 0x80] : String.fromCharCode(byte)
  return text
}

/** Of files without a mark, this much says which it is. */
const LOOKED_AT = 4_096

function encodingOf(bytes: Uint8Array): CsvEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  const head = bytes.subarray(0, LOOKED_AT)
  head.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  })
  const [even = 0, odd = 0] = zeros
  // Latin text in UTF-16 is every other byte a zero.
  if (odd > head.length / 8 && odd > even) return 'utf-16le'
  if (even > head.length / 8 && even > odd) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

export interface CsvRow {
  /** Line of the file on which it begins, from 1. */
  readonly line: number
  /** Without spaces around. */
  readonly cells: readonly string[]
  /** `quotes`: they do not match; `columns`: more cells than titles. */
  readonly flaw: 'quotes' | 'columns' | null
}

export interface CsvTable {
  readonly delimiter: CsvDelimiter
  /** The titles; empty ones too. */
  readonly titles: readonly string[]
  /** Rows that are not empty. */
  readonly rows: readonly CsvRow[]
}

/** Reads a file whose first row has the titles. A first line `sep=;`, which spreadsheets write, names the delimiter. */
export function readCsv(text: string, given?: CsvDelimiter): CsvTable {
  const named = /^sep=(.)\r?\n/i.exec(text)
  const sep = CSV_DELIMITERS.find((candidate) => candidate === named?.[1])
  const delimiter = given ?? sep ?? delimiterOf(text)
  const records = [...recordsOf(text, delimiter)].filter(
    ({ cells, line, flaw }) => (flaw !== null || cells.some((cell) => cell !== '')) && !(named && line === 1),
  )
  const [head, ...rest] = records
  const titles = head?.cells ?? []
  const rows = rest.map((row): CsvRow => {
    const extra = row.cells.slice(titles.length).some((cell) => cell !== '')
    return row.flaw === null && extra ? { ...row, flaw: 'columns' } : row
  })
  return { delimiter, titles, rows }
}

/** The delimiter that the title line has most of, outside of quotation marks. */
function delimiterOf(text: string): CsvDelimiter {
  const [first = ''] = text.split(/\r\n|\r|\n/, 1)
  const bare = first.replaceAll(/"[^"]*"/g, '')
  const counts = CSV_DELIMITERS.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }))
  return counts.reduce((best, other) => (other.count > best.count ? other : best)).delimiter
}

const LINE_END = /\r\n|\r|\n/g

/** RFC 4180, and what spreadsheets make of it: any line end, spaces around quotation marks. */
function* recordsOf(text: string, delimiter: CsvDelimiter): Generator<CsvRow> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const begin = line
    const cells: string[] = []
    let flaw: CsvRow['flaw'] = null
    for (;;) {
      while (text[at] === ' ') at++
      let cell = ''
      if (text[at] === '"') {
        const end = endOfQuoted(text, at)
        // An open quotation mark would swallow the rest of the file: the row ends with its line, and says so.
        if (end === -1) flaw = 'quotes'
        else {
          cell = text.slice(at + 1, end).replaceAll('""', '"')
          line += cell.match(LINE_END)?.length ?? 0
          at = end + 1
        }
      }
      const stop = endOfBare(text, at, delimiter)
      const bare = text.slice(at, stop)
      if (cell === '') cell = bare
      else if (bare.trim() !== '') flaw = 'quotes'
      cells.push(clean(cell))
      at = stop
      if (text[at] !== delimiter) break
      at++
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++
    at++
    line++
    yield { line: begin, cells, flaw }
  }
}

/** Longer than any cell that people mean. */
const QUOTED_MAX = 10_000

/** The closing quotation mark of a cell that opens at `at`; -1 when there is none before a delimiter or the end of a line. */
function endOfQuoted(text: string, at: number): number {
  for (let from = at + 1; ; ) {
    const end = text.indexOf('"', from)
    if (end === -1 || end - at > QUOTED_MAX) return -1
    if (text[end + 1] !== '"') return end
    from = end + 2
  }
}

function endOfBare(text: string, at: number, delimiter: CsvDelimiter): number {
  let end = at
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++
  return end
}

/** No-break spaces and zero-width signs come along when people copy from pages. */
const clean = (cell: string): string =>
  cell
    .replaceAll(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .trim()

/** One row of a file, as spreadsheets read it back. */
export const csvLine = (cells: readonly string[], delimiter: CsvDelimiter): string =>
  `${cells.map((cell) => (needsQuotes(cell, delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\r\n`

const needsQuotes = (cell: string, delimiter: CsvDelimiter): boolean =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) || cell !== cell.trim()
