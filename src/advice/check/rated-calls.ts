/** The checker's own reading of the rated calls: it shares no code with what it checks. */

export class CheckFault extends Error {
  override name = 'CheckFault'
}

export interface Price {
  readonly fee: bigint
  readonly perMinute: bigint
  readonly initial: number
  readonly next: number
  readonly minimum: number
}

export interface Call {
  /** Seconds since 1970. */
  readonly at: number
  readonly seconds: number
  /** Null for calls that are nobody's. */
  readonly user: string | null
  readonly kind: string
  readonly price: Price | null
}

const HEADER = 'answered_at,user,kind,seconds,fee_micros,per_minute_micros,initial,next,minimum'

/** Line by line, in the order of the file, which is the order of call ids. */
export async function* readRatedCalls(chunks: AsyncIterable<string>): AsyncGenerator<Call> {
  const prices = new Map<string, Price | null>()
  let number = 0
  for await (const fields of records(chunks)) {
    number++
    if (number === 1) {
      if (fields.join(',') !== HEADER) throw new CheckFault(`line 1 is not: ${HEADER}`)
      continue
    }
    yield callOf(fields, number, prices)
  }
  if (number === 0) throw new CheckFault('the file of calls is empty')
}

export const looksRated = (start: string): boolean => start.replace(/^\ufeff/, '').startsWith(HEADER)

function callOf(fields: readonly string[], line: number, prices: Map<string, Price | null>): Call {
  const [at = '', user = '', kind = '', seconds = '', ...priced] = fields
  const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(at) ? Date.parse(at) / 1000 : Number.NaN
  if (priced.length !== 5 || Number.isNaN(moment) || !/^\d{1,9}$/.test(seconds))
    throw new CheckFault(`line ${line} is not a rated call`)
  const key = priced.join(',')
  let price = prices.get(key)
  if (price === undefined) {
    price = key === ',,,,' ? null : priceOf(priced, line)
    prices.set(key, price)
  }
  return { at: moment, seconds: Number(seconds), user: user === '' ? null : user, kind, price }
}

function priceOf(fields: readonly string[], line: number): Price {
  if (!fields.every((field) => /^\d{1,18}$/.test(field))) throw new CheckFault(`line ${line} has no price`)
  const [fee = '0', perMinute = '0', initial = '1', next = '1', minimum = '0'] = fields
  if (Number(initial) < 1 || Number(next) < 1) throw new CheckFault(`line ${line} has an increment of 0`)
  return {
    fee: BigInt(fee),
    perMinute: BigInt(perMinute),
    initial: Number(initial),
    next: Number(next),
    minimum: Number(minimum),
  }
}

/** RFC 4180 with quotes and either line end. */
async function* records(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = ''
  for await (const chunk of chunks) {
    rest += chunk
    let from = 0
    for (;;) {
      const end = endOfRecord(rest, from)
      if (end === -1) break
      yield fieldsOf(rest.slice(from, end).replace(/\r$/, ''))
      from = end + 1
    }
    rest = rest.slice(from)
  }
  if (rest !== '') yield fieldsOf(rest.replace(/\r$/, ''))
}

/** The line break that ends the record: one outside of quotes. */
function endOfRecord(text: string, from: number): number {
  let end = text.indexOf('\n', from)
  let quote = text.indexOf('"', from)
  let isQuoted = false
  while (end !== -1 && quote !== -1 && (quote < end || isQuoted)) {
    isQuoted = !isQuoted
    if (!isQuoted && quote > end) end = text.indexOf('\n', quote)
    quote = text.indexOf('"', quote + 1)
  }
  return isQuoted ? -1 : end
}

function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  )
}

/** What credits pay for so many seconds: rounded up once by the price's increments, then once to the millionth. */
export function priced(price: Price | null, seconds: number): bigint {
  if (price === null || seconds === 0) return 0n
  return price.fee + (price.perMinute * BigInt(billed(price, seconds)) + 59n) / 60n
}

export function billed({ initial, next, minimum }: Price, seconds: number): number {
  const rounded = seconds <= initial ? initial : initial + Math.ceil((seconds - initial) / next) * next
  return Math.max(minimum, rounded)
}
