/**
 * R1: a million prefixes in seconds. Prints JSON lines: reading the CSV, building the deck, its memory, a look-up, and, where
 * DATABASE_URL names a database that may be written to, publishing and loading it.
 * `tsx bench/rating.ts [rows]`
 */
import { randomBytes } from 'node:crypto'
import { uuidV7 } from '../src/core/ids.ts'
import type { LineKind } from '../src/core/rate.ts'
import { findRate, makeRateDeck, type RateDeck, type RateQuery } from '../src/core/rate-deck.ts'
import { parseRateDeckCsv } from '../src/core/rate-deck-csv.ts'
import { diffRateDecks } from '../src/core/rate-deck-diff.ts'
import { instant } from '../src/core/time.ts'
import { inTransaction, openDb } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { loadDeck, publishDeck } from '../src/store/rate-deck.ts'

const rowCount = Number(process.argv[2] ?? 1_000_000)
const LOOKUPS = 1_000_000
const QUERIES = 4096

const print = (line: object): void => console.log(JSON.stringify(line))
const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10

async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  const ms = Math.round(performance.now() - start)
  print({ name, rows: rowCount, ms, rowsPerSecond: Math.round(rowCount / (ms / 1000)) })
  return result
}

/** A linear congruential generator (Numerical Recipes), so that every run measures the same deck. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const CURRENCIES = ['CAD', 'USD', 'GBP', 'EUR']
const KINDS: LineKind[] = ['any', 'fixed', 'mobile']
const HEADER =
  'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom'

/** Unsorted, 3 to 8 digits, some 2,000 different prices: like the decks that carriers send. */
function makeCsv(): Uint8Array {
  const random = generator(1)
  const lines = [HEADER]
  const seen = new Set<string>()
  while (seen.size < rowCount) {
    const digits = 3 + random(6)
    const prefix = 10 ** (digits - 1) + random(9 * 10 ** (digits - 1))
    const key = `out,${prefix},,${KINDS[random(3)]},${CURRENCIES[random(4)]}`
    if (seen.has(key)) continue
    seen.add(key)
    const fraction = String(random(2000)).padStart(4, '0')
    lines.push(`${key},0.00,0.${fraction},60,60,0,2026-01-01T00:00:00Z`)
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`)
}

function makeQueries(): RateQuery[] {
  const random = generator(2)
  return Array.from({ length: QUERIES }, () => ({
    direction: 'out',
    digits: String(10 ** 10 + random(9) * 10 ** 10 + random(10 ** 9) * 10),
    origin: 'US',
    lineKind: KINDS[random(3)] ?? 'any',
    currency: CURRENCIES[random(4)] ?? 'USD',
    at: instant(Date.UTC(2027, 0, 1)),
  }))
}

function measureLookups(deck: RateDeck): void {
  const queries = makeQueries()
  let found = 0
  const round = (): number => {
    const start = performance.now()
    for (let i = 0; i < LOOKUPS; i++) {
      const query = queries[i % QUERIES]
      if (query && findRate(deck, query)) found++
    }
    return ((performance.now() - start) * 1e6) / LOOKUPS
  }
  round()
  print({ name: 'findRate', nanosecondsPerCall: Math.round(round()), foundShare: found / (2 * LOOKUPS) })
}

async function measureStore(url: string, deck: RateDeck): Promise<void> {
  await migrate(url)
  const db = openDb(url, { statementTimeoutMs: 0 })
  const id = uuidV7(Date.now(), randomBytes(10))
  await timed('publish', () =>
    inTransaction(db, (tx) => publishDeck(tx, { id, publishedAt: instant(Date.now()), rows: deck.rows })),
  )
  const loaded = await timed('load', () => loadDeck(db, id))
  print({ name: 'loaded', version: loaded.version, differences: diffRateDecks(deck, loaded).sample.length })
  await db.close()
}

function deckBytes({ rows, slots }: RateDeck): number {
  const columns = [rows.scope, rows.prefix, rows.origin, rows.lineKind, rows.price, rows.validFrom]
  return [slots, ...columns, ...Object.values(rows.prices)].reduce((sum, column) => sum + column.byteLength, 0)
}

const csv = makeCsv()
print({ name: 'file', rows: rowCount, megabytes: megabytes(csv.length) })
const parsed = await timed('parse', () => parseRateDeckCsv(csv))
if (parsed.errorCount > 0) throw new Error(`the file has errors: ${JSON.stringify(parsed.errors[0])}`)
const deck = await timed('makeRateDeck', () => makeRateDeck(1, parsed.rows))
print({ name: 'deck', megabytes: megabytes(deckBytes(deck)) })
await timed('diff', () => diffRateDecks(deck, makeRateDeck(2, parsed.rows)))
measureLookups(deck)
const url = process.env.DATABASE_URL
if (url) await measureStore(url, deck)
