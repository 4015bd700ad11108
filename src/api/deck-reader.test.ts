import { describe, expect, test } from 'vitest'
import { emptyRateDeck, findRate, makeRateDeck } from '../core/rate-deck.ts'
import { parseRateDeckCsv } from '../core/rate-deck-csv.ts'
import { instant } from '../core/time.ts'
import { readDeck } from './deck-reader.ts'

const HEADER =
  'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom'
const line = (prefix: number, perMinute = '0.10') =>
  `out,${prefix},,any,USD,0,${perMinute},60,60,0,2020-01-01T00:00:00Z`
const csv = (...lines: string[]): string => [HEADER, ...lines, ''].join('\n')
const query = { direction: 'out', origin: '', lineKind: 'any', currency: 'USD', at: instant(Date.now()) } as const

describe('reading a rate deck in a thread of its own', () => {
  test('R1: it comes back ready to price calls, compared with the deck before, in the language of the reader', async () => {
    const before = makeRateDeck(3, parseRateDeckCsv(csv(line(33), line(44), line(49))).rows)
    const read = await readDeck(Buffer.from(csv(line(33), line(44, '0.20'), line(1))), before, 'en')
    expect(read).toMatchObject({ diff: { added: 1, changed: 1, removed: 1 }, rowCount: 3, errorCount: 0, errors: [] })
    const { deck } = read
    expect(findRate(deck, { ...query, digits: '442079460000' })?.rateMicrosPerMinute).toBe(200_000n)
    expect(findRate(deck, { ...query, digits: '4930123456' })).toBeNull()
    const wrong = await readDeck(Buffer.from(csv('out,33')), emptyRateDeck(), 'fr')
    const [error] = wrong.errors
    expect(wrong).toMatchObject({ errorCount: 1, errors: [{ line: 2 }] })
    expect(error?.message).toBe(parseRateDeckCsv(csv('out,33'), 'fr').errors[0]?.message)
  })

  test('the deck before is untouched, and the digest is that of the bytes', async () => {
    const before = makeRateDeck(1, parseRateDeckCsv(csv(line(33))).rows)
    const first = await readDeck(Buffer.from(csv(line(1))), before, 'en')
    const again = await readDeck(Buffer.from(csv(line(1))), before, 'en')
    const other = await readDeck(Buffer.from(csv(line(2))), before, 'en')
    expect(findRate(before, { ...query, digits: '33142685300' })).not.toBeNull()
    expect(again.digest).toBe(first.digest)
    expect(other.digest).not.toBe(first.digest)
  })

  test('C2: whoever waits for an answer is not held up meanwhile', async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => line(10_000_000 + i * 7))
    const bytes = Buffer.from(`${HEADER}\n${lines.join('\n')}\n`)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const { rowCount } = await readDeck(bytes, emptyRateDeck(), 'en')
    clearInterval(timer)
    expect(rowCount).toBe(200_000)
    // Read in this thread, no timer would have had its turn.
    expect(turns).toBeGreaterThan(5)
  }, 20_000)
})
