/** The file of an operator's numbers, line by line (N3): ranges, where they are, and what is wrong with a line. */
import { type Country, parseCountry } from './country.ts'
import type { CsvRow, CsvTable } from './csv-import.ts'
import { isTypeOf, NUMBER_TYPES, type NumberType, type StockStatus } from './number.ts'
import { type E164, factsOf, parseE164 } from './numbering.ts'

export const STOCK_COLUMNS = ['from', 'to', 'carrier', 'country', 'type', 'city', 'areaCode'] as const
export type StockColumn = (typeof STOCK_COLUMNS)[number]

/** Numbers of one line, and of one file. */
export const STOCK_RANGE_MAX = 10_000
export const STOCK_FILE_MAX = 100_000

export type StockFlaw =
  | 'row-broken'
  | 'number-malformed'
  | 'range-backwards'
  | 'range-too-long'
  | 'country-unknown'
  | 'number-elsewhere'
  | 'type-unknown'
  | 'type-mismatch'
  | 'carrier-missing'
  | 'place-missing'
  | 'twice'
  | 'file-too-long'

export interface StockLine {
  readonly line: number
  readonly flaw: StockFlaw | null
  /** The cell at fault. */
  readonly column: StockColumn | null
  readonly from: string
  readonly to: string
  readonly carrier: string
  readonly country: Country | null
  readonly type: NumberType | null
  readonly city: string
  readonly areaCode: string
  readonly numbers: readonly E164[]
}

/** The columns that are missing from a file's titles; `to`, `city` and `areaCode` may be left out. */
export const missingColumns = (titles: readonly string[]): readonly StockColumn[] => {
  const given = new Set(titles.map((title) => title.toLowerCase()))
  return (['from', 'carrier', 'country', 'type'] as const).filter((column) => !given.has(column.toLowerCase()))
}

/** Reads every line; a bad one says why and gives no numbers, and a number that stands in two lines is refused in the second. */
export function readStock(table: CsvTable): StockLine[] {
  const at = new Map(table.titles.map((title, index) => [title.toLowerCase(), index]))
  const seen = new Set<E164>()
  let total = 0
  return table.rows.map((row) => {
    const line = readLine(row, (column) => row.cells[at.get(column.toLowerCase()) ?? -1]?.trim() ?? '')
    if (line.flaw !== null) return line
    if (line.numbers.some((number) => seen.has(number))) return bad(line, 'twice', 'from')
    total += line.numbers.length
    if (total > STOCK_FILE_MAX) return bad(line, 'file-too-long', 'to')
    for (const number of line.numbers) seen.add(number)
    return line
  })
}

const bad = (line: StockLine, flaw: StockFlaw, column: StockColumn | null): StockLine => ({
  ...line,
  flaw,
  column,
  numbers: [],
})

function readLine(row: CsvRow, cell: (column: StockColumn) => string): StockLine {
  const country = parseCountry(cell('country').toUpperCase())
  const type = NUMBER_TYPES.find((one) => one === cell('type').toLowerCase()) ?? null
  const line: StockLine = {
    line: row.line,
    flaw: null,
    column: null,
    from: cell('from'),
    to: cell('to') === '' ? cell('from') : cell('to'),
    carrier: cell('carrier'),
    country,
    type,
    city: cell('city'),
    areaCode: cell('areaCode').replaceAll(/\D/g, ''),
    numbers: [],
  }
  if (row.flaw !== null) return bad(line, 'row-broken', null)
  const from = parseE164(plain(line.from))
  const to = parseE164(plain(line.to))
  if (!from) return bad(line, 'number-malformed', 'from')
  if (!to || to.length !== from.length) return bad(line, 'number-malformed', 'to')
  if (to < from) return bad(line, 'range-backwards', 'to')
  const count = Number(BigInt(to.slice(1)) - BigInt(from.slice(1))) + 1
  if (count > STOCK_RANGE_MAX) return bad(line, 'range-too-long', 'to')
  if (country === null) return bad(line, 'country-unknown', 'country')
  if (type === null) return bad(line, 'type-unknown', 'type')
  for (const end of [from, to]) {
    const { country: plan } = factsOf(end)
    if (plan !== null && plan !== country) return bad(line, 'number-elsewhere', 'country')
    if (!isTypeOf(end, type)) return bad(line, 'type-mismatch', 'type')
  }
  if (line.carrier === '') return bad(line, 'carrier-missing', 'carrier')
  // Toll-free numbers are of the whole country; all others are found by where they are.
  if (type !== 'service-toll-free' && line.city === '' && line.areaCode === '')
    return bad(line, 'place-missing', 'city')
  const first = BigInt(from.slice(1))
  const numbers = Array.from({ length: count }, (_, index) => `+${first + BigInt(index)}` as E164)
  return { ...line, numbers }
}

const plain = (text: string): string => {
  const digits = text.replaceAll(/[\s().-]/g, '')
  return digits.startsWith('+') ? digits : `+${digits}`
}

export interface StockVerdict {
  readonly line: number
  readonly verdict: 'add' | 'part' | 'nothing' | 'refused'
  readonly flaw: StockFlaw | null
  readonly column: StockColumn | null
  readonly from: string
  readonly to: string
  /** Of the line's numbers: new, known already in stock, and in service. */
  readonly added: number
  readonly known: number
  readonly inService: number
}

/** What becomes of each line, by what is known of its numbers; withdrawn ones come back. */
export function judgeStock(lines: readonly StockLine[], known: ReadonlyMap<E164, StockStatus>): StockVerdict[] {
  return lines.map((line) => {
    const statuses = line.numbers.map((number) => known.get(number))
    const added = statuses.filter((status) => status === undefined || status === 'withdrawn').length
    const inService = statuses.filter((status) => status === 'in-service').length
    const { line: at, flaw, column, from, to } = line
    const base = { line: at, flaw, column, from, to, added, inService, known: statuses.length - added - inService }
    if (flaw !== null) return { ...base, verdict: 'refused' as const }
    return { ...base, verdict: added === statuses.length ? 'add' : added > 0 ? 'part' : 'nothing' }
  })
}
