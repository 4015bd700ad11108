/**
 * Reads a rate deck from CSV (R1; api.md, "Rate decks"). Errors are values with line, column and a sentence: an operator
 * corrects the file by them. Pure, but a million lines take seconds: where calls are charged, run it in a worker.
 *
 * Lines are cut by hand: csv-parse takes 2.3 s for a million of them before anything is checked, and an array of strings
 * for each; here they are read, checked and stored in 1.1 s, because the parts of a line that repeat are checked once. No
 * field can hold a line break, so a line is a record.
 */
import { fieldsOfQuoted, type Line, linesOf, linesOfBytes } from './csv-lines.ts'
import {
  type Field,
  isDecimalComma,
  RATE_DECK_COLUMNS,
  type RateDeckColumn,
  readAmount,
  readCurrency,
  readDirection,
  readIncrement,
  readLineKind,
  readMinimum,
  readOrigin,
  readPrefix,
  readValidFrom,
} from './rate-deck-fields.ts'
import {
  type RateDeckError,
  type RateDeckErrorCode,
  type RateDeckLanguage,
  rateDeckErrorMessage,
} from './rate-deck-messages.ts'
import { lineKindCode, originCode, type RateRows, rateRowsBuilder, scopeCode } from './rate-rows.ts'
import { canonicalOrder, compareRateKeys, permuteRateRows } from './rate-rows-order.ts'
import type { Instant } from './time.ts'

export interface RateDeckCsvError extends RateDeckError {
  readonly message: string
}

export interface RateDeckCsv {
  /** The valid rows in canonical order, each key once. To be published only where `errorCount` is 0. */
  readonly rows: RateRows
  /** Lines after the header, good or bad; blank ones at the end are not counted. */
  readonly rowCount: number
  /** The first `RATE_DECK_ERRORS_MAX` errors by line. */
  readonly errors: readonly RateDeckCsvError[]
  readonly errorCount: number
}

export const RATE_DECK_ERRORS_MAX = 1000

const HEADER = RATE_DECK_COLUMNS.join(',')
const COLUMN_COUNT = RATE_DECK_COLUMNS.length
const VALUE_SHOWN_MAX = 40

/**
 * Text is taken as decoded; bytes must be UTF-8. `language` is that of the messages. Never throws for what a file holds. More than
 * the usual number of errors are kept for a file that lists them.
 */
export function parseRateDeckCsv(
  input: Uint8Array | string,
  language: RateDeckLanguage = 'en',
  errorsMax = RATE_DECK_ERRORS_MAX,
): RateDeckCsv {
  const reader = makeReader(errorsMax)
  for (const line of typeof input === 'string' ? linesOf(input) : linesOfBytes(input)) reader.read(line)
  const result = reader.finish()
  return {
    ...result,
    errors: result.errors.map((error) => ({ ...error, message: rateDeckErrorMessage(error, language) })),
  }
}

/** The parts of a line that repeat from row to row are checked once and then looked up, up to this many of each. */
const MEMO_MAX = 65_536

interface Middle {
  readonly origin: number
  readonly lineKind: number
  readonly currency: string
}

function makeReader(errorsMax: number) {
  const builder = rateRowsBuilder()
  const errors = makeErrors(errorsMax)
  let lineOfRow = new Uint32Array(1024)
  let lineNumber = 0
  let blankLines = 0
  let rowCount = 0
  let separator: ',' | ';' | null = ','
  // `direction`, `currency` → scope; `origin,lineKind,currency`; the five price columns; `validFrom`.
  const directions = new Map<string, Map<string, number>>()
  const middles = new Map<string, Middle>()
  const prices = new Map<string, number>()
  const starts = new Map<string, Instant>()
  const cuts = new Int32Array(COLUMN_COUNT)

  function read(text: Line): void {
    lineNumber++
    const line = lineNumber === 1 && text?.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    if (lineNumber === 1) {
      if (line === '') blankLines++
      else if (line === null) errors.add(1, 'direction', 'not-utf8')
      separator = line ? readHeader(line, errors) : null
      return
    }
    if (line === '') {
      blankLines++
      return
    }
    for (; blankLines > 0; blankLines--) {
      errors.add(lineNumber - blankLines, 'direction', 'blank-line')
      rowCount++
    }
    rowCount++
    if (line === null) errors.add(lineNumber, 'direction', 'not-utf8')
    else if (separator === ';') readSemicolonLine(line)
    else if (separator === ',') readLine(line)
  }

  function readLine(line: string): void {
    if (line.includes('"')) {
      const fields = fieldsOfQuoted(line)
      if (fields === null) errors.add(lineNumber, 'direction', 'quotes')
      else if (fields.some((field) => /[",]/.test(field)) || !readKnown(fields.join(','))) readFields(fields)
    } else if (!readKnown(line)) readFields(line.split(','))
  }

  /** The quick way: true if every part but the prefix was met before. */
  function readKnown(line: string): boolean {
    let count = 0
    for (let comma = line.indexOf(','); comma !== -1; comma = line.indexOf(',', comma + 1)) {
      if (count === COLUMN_COUNT - 1) return false
      cuts[count++] = comma
    }
    if (count !== COLUMN_COUNT - 1) return false
    const cut = (index: number): number => cuts[index] ?? 0
    const middle = middles.get(line.slice(cut(1) + 1, cut(4)))
    if (!middle) return false
    const scope = directions.get(line.slice(0, cut(0)))?.get(middle.currency)
    const price = prices.get(line.slice(cut(4) + 1, cut(9)))
    const validFrom = starts.get(line.slice(cut(9) + 1))
    const prefix = digitsBetween(line, cut(0) + 1, cut(1))
    if (scope === undefined || price === undefined || validFrom === undefined || prefix === 0) return false
    add(scope, prefix, middle, price, validFrom)
    return true
  }

  /** The thorough way: every field is checked, and every fault of the line reported. */
  function readFields(fields: string[]): void {
    if (fields.length !== COLUMN_COUNT) {
      reportColumnCount(fields)
      return
    }
    const check = <T>(column: number, reader: (text: string) => Field<T>): T | null => {
      const text = fields[column] ?? ''
      const field = reader(text)
      if ('value' in field) return field.value
      const code = text.includes(';') ? 'semicolon' : field.code
      errors.add(lineNumber, columnAt(column), code, { value: shown(text), expected: field.expected ?? '' })
      return null
    }
    const direction = check(0, readDirection)
    const prefix = check(1, readPrefix)
    const origin = check(2, readOrigin)
    const lineKind = check(3, readLineKind)
    const currency = check(4, readCurrency)
    const connectionFeeMicros = check(5, readAmount)
    const rateMicrosPerMinute = check(6, readAmount)
    const initialIncrementSeconds = check(7, readIncrement)
    const nextIncrementSeconds = check(8, readIncrement)
    const minimumSeconds = check(9, readMinimum)
    const validFrom = check(10, readValidFrom)
    if (direction === null || prefix === null || origin === null || lineKind === null || currency === null) return
    if (connectionFeeMicros === null || rateMicrosPerMinute === null || validFrom === null) return
    if (initialIncrementSeconds === null || nextIncrementSeconds === null || minimumSeconds === null) return

    const scope = scopeCode(direction, currency)
    const middle = { origin: originCode(origin), lineKind: lineKindCode(lineKind), currency }
    const price = builder.price({
      connectionFeeMicros,
      rateMicrosPerMinute,
      initialIncrementSeconds,
      nextIncrementSeconds,
      minimumSeconds,
    })
    const scopes = directions.get(direction) ?? new Map<string, number>()
    directions.set(direction, scopes.set(currency, scope))
    remember(middles, fields.slice(2, 5).join(','), middle)
    remember(prices, fields.slice(5, 10).join(','), price)
    remember(starts, fields[10] ?? '', validFrom)
    add(scope, prefix, middle, price, validFrom)
  }

  function add(scope: number, prefix: number, middle: Middle, price: number, validFrom: Instant): void {
    const row = builder.length()
    if (row === lineOfRow.length) {
      const longer = new Uint32Array(row * 2)
      longer.set(lineOfRow)
      lineOfRow = longer
    }
    lineOfRow[row] = lineNumber
    builder.add(scope, prefix, middle.origin, middle.lineKind, price, validFrom)
  }

  function reportColumnCount(fields: string[]): void {
    const params = { count: fields.length, expected: COLUMN_COUNT }
    const comma = decimalCommaIn(fields)
    const semicolon = fields.findIndex((field) => field.includes(';'))
    if (comma) errors.add(lineNumber, comma.column, 'decimal-comma', { value: shown(comma.value) })
    else if (semicolon !== -1) errors.add(lineNumber, columnAt(semicolon), 'semicolon')
    else if (fields.length > COLUMN_COUNT)
      errors.add(lineNumber, columnAt(COLUMN_COUNT - 1), 'too-many-columns', params)
    else {
      const name = columnAt(fields.length)
      errors.add(lineNumber, name, 'too-few-columns', { ...params, name })
    }
  }

  /** The separator was refused in line 1; decimal commas come with it, and are named before a second upload. */
  function readSemicolonLine(line: string): void {
    for (const [index, field] of line.replaceAll('"', '').split(';').entries()) {
      if (isDecimalComma(field)) errors.add(lineNumber, columnAt(index), 'decimal-comma', { value: shown(field) })
    }
  }

  function finish(): { rows: RateRows; rowCount: number; errors: RateDeckError[]; errorCount: number } {
    if (lineNumber === 0 || (lineNumber === blankLines && rowCount === 0)) errors.add(1, 'direction', 'empty-file')
    else if (rowCount === 0 && errors.count() === 0) errors.add(1, 'direction', 'no-rows')
    const all = builder.finish()
    const order = canonicalOrder(all)
    // Where keys are equal the order is that of the lines, so the first of a run is the line to name.
    let kept = 0
    for (let i = 0; i < order.length; i++) {
      const row = order[i] ?? 0
      const first = order[kept - 1] ?? 0
      if (kept > 0 && compareRateKeys(all, first, all, row) === 0)
        errors.add(lineOfRow[row] ?? 0, 'prefix', 'duplicate', { first: lineOfRow[first] ?? 0 })
      else order[kept++] = row
    }
    const rows = permuteRateRows(all, order.subarray(0, kept))
    return { rows, rowCount, errors: errors.list(), errorCount: errors.count() }
  }

  return { read, finish }
}

type Errors = ReturnType<typeof makeErrors>

function makeErrors(max: number) {
  let list: RateDeckError[] = []
  let count = 0
  const cut = (): void => {
    list = list.sort((a, b) => a.line - b.line).slice(0, max)
  }
  return {
    add: (line: number, column: string, code: RateDeckErrorCode, params: RateDeckError['params'] = {}): void => {
      count++
      list.push({ line, column, code, params })
      // Double keys are found last and in another order, so the first errors by line are known only at the end.
      if (list.length >= max * 8) cut()
    },
    count: () => count,
    list: () => {
      cut()
      return list
    },
  }
}

/** The separator to read the lines by; null when the columns are wrong, so that no line could be read. */
function readHeader(line: string, errors: Errors): ',' | ';' | null {
  if (line === HEADER) return ','
  if (line.includes(';')) {
    errors.add(1, 'direction', 'semicolon')
    return ';'
  }
  const names = line.includes('"') ? fieldsOfQuoted(line) : line.split(',')
  if (names === null) {
    errors.add(1, 'direction', 'quotes')
    return null
  }
  const before = errors.count()
  for (const name of RATE_DECK_COLUMNS) if (!names.includes(name)) errors.add(1, name, 'header-missing', { name })
  for (const [index, name] of names.entries()) {
    const params = { name: shown(name) }
    if (names.indexOf(name) !== index) errors.add(1, shown(name), 'header-duplicate', params)
    else if (!isColumn(name)) errors.add(1, shown(name), 'header-unknown', params)
  }
  if (errors.count() > before) return null
  const misplaced = RATE_DECK_COLUMNS.find((name, index) => names[index] !== name)
  if (misplaced === undefined) return ','
  errors.add(1, misplaced, 'header-order', { expected: HEADER })
  return null
}

const isColumn = (name: string): boolean => RATE_DECK_COLUMNS.some((column) => column === name)

const columnAt = (index: number): RateDeckColumn => RATE_DECK_COLUMNS[Math.min(index, COLUMN_COUNT - 1)] ?? 'validFrom'

const shown = (text: string): string => (text.length > VALUE_SHOWN_MAX ? `${text.slice(0, VALUE_SHOWN_MAX)}…` : text)

/** The digits as a number; 0 for anything that is not a prefix. */
function digitsBetween(line: string, from: number, to: number): number {
  if (to - from > 15 || line.charCodeAt(from) === 48) return 0
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = line.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return 0
    value = value * 10 + digit
  }
  return value
}

/**
 * An amount such as 0,10 makes two columns of one. Recognised where one or two columns are too many and everything between
 * `currency` and `validFrom` is a number.
 */
function decimalCommaIn(fields: string[]): { column: RateDeckColumn; value: string } | null {
  const extra = fields.length - COLUMN_COUNT
  const numbers = fields.slice(5, -1)
  if (extra < 1 || extra > 2 || !numbers.every((field) => /^-?\d+(\.\d+)?$/.test(field))) return null
  const [fee = '', second = '', third = ''] = numbers
  // With one column too many either amount may be the one: a point shows which is not, and prices have decimals more often.
  const isFee = extra === 2 || (third.includes('.') && !fee.includes('.'))
  return isFee
    ? { column: 'connectionFee', value: `${fee},${second}` }
    : { column: 'perMinute', value: `${second},${third}` }
}

function remember<T>(memo: Map<string, T>, key: string, value: T): void {
  if (memo.size < MEMO_MAX) memo.set(key, value)
}
