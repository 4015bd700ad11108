import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LineKind, RateDirection } from './rate.ts'
import { emptyRateDeck, findRate, makeRateDeck, type RateQuery, rowsOf } from './rate-deck.ts'
import { diffRateDecks } from './rate-deck-diff.ts'
import { makeRateRows, type RateRow } from './rate-rows.ts'
import { instant } from './time.ts'

const JAN = instant(Date.UTC(2026, 0, 1))
const JUN = instant(Date.UTC(2026, 5, 1))
const DEC = instant(Date.UTC(2026, 11, 1))

/** A row that is told apart by its price. */
const row = (prefix: string, rateMicrosPerMinute: bigint, over: Partial<RateRow> = {}): RateRow => ({
  direction: 'out',
  prefix,
  origin: '',
  lineKind: 'any',
  currency: 'USD',
  connectionFeeMicros: 0n,
  rateMicrosPerMinute,
  initialIncrementSeconds: 60,
  nextIncrementSeconds: 60,
  minimumSeconds: 0,
  validFrom: JAN,
  ...over,
})
const query = (digits: string, over: Partial<RateQuery> = {}): RateQuery => ({
  direction: 'out',
  digits,
  origin: '',
  lineKind: 'fixed',
  currency: 'USD',
  at: JUN,
  ...over,
})
const deckOf = (...rows: RateRow[]) => makeRateDeck(7, makeRateRows(rows))
const priceOf = (rows: RateRow[], asked: RateQuery): bigint | null =>
  findRate(deckOf(...rows), asked)?.rateMicrosPerMinute ?? null

describe('R1: longest prefix', () => {
  const rows = [row('3', 9n), row('31', 1n), row('3120', 2n), row('31201', 3n), row('44', 4n), row('353', 5n)]
  test.each([
    ['31201234567', 3n],
    ['31202234567', 2n],
    ['31301234567', 1n],
    ['32', 9n],
    ['3', 9n],
    ['442071234567', 4n],
    ['4', null],
    ['551', null],
    ['0442071234567', null],
    ['', null],
  ])('%s', (digits, price) => {
    expect(priceOf(rows, query(digits))).toBe(price)
  })

  test('a whole number of 15 digits can be a prefix, and digits beyond 15 do no harm', () => {
    const whole = [row('999999999999999', 1n), row('999999999999998', 2n), row('9', 3n)]
    expect(priceOf(whole, query('999999999999999'))).toBe(1n)
    expect(priceOf(whole, query('9999999999999987'))).toBe(2n)
    expect(priceOf(whole, query('999999999999997'))).toBe(3n)
  })

  test('direction and currency are decks of their own', () => {
    const apart = [row('1800', 1n, { direction: 'toll-free-in' }), row('1', 2n, { currency: 'CAD' })]
    expect(priceOf(apart, query('18005550100', { direction: 'toll-free-in' }))).toBe(1n)
    expect(priceOf(apart, query('18005550100', { currency: 'CAD' }))).toBe(2n)
    expect(priceOf(apart, query('18005550100'))).toBeNull()
    expect(priceOf(apart, query('18005550100', { direction: 'conference-out' }))).toBeNull()
  })

  test('a row of the next currency is never taken, although it is the neighbour', () => {
    const neighbours = [row('1', 1n, { currency: 'CAD', lineKind: 'premium' }), row('1', 2n, { currency: 'USD' })]
    expect(priceOf(neighbours, query('1', { currency: 'CAD' }))).toBeNull()
  })

  test('the whole row comes back, with the version of the deck', () => {
    const full = row('14155', 123_456n, {
      direction: 'toll-free-in',
      origin: 'PR',
      lineKind: 'mobile',
      currency: 'ZAR',
      connectionFeeMicros: 9_000_000_000_000n,
      initialIncrementSeconds: 30,
      nextIncrementSeconds: 6,
      minimumSeconds: 12,
    })
    const asked = query('14155550100', { direction: 'toll-free-in', origin: 'PR', lineKind: 'mobile', currency: 'ZAR' })
    expect(findRate(deckOf(full), asked)).toEqual({ ...full, deckVersion: 7 })
  })
})

describe('R1: then the more specific row, then the latest start', () => {
  const rows = [
    row('1800', 1n),
    row('1800', 2n, { lineKind: 'mobile' }),
    row('1800', 3n, { origin: 'CA' }),
    row('1800', 4n, { origin: 'CA', lineKind: 'mobile' }),
    row('1800', 5n, { origin: 'PR' }),
  ]
  test.each<[string, string, LineKind, bigint]>([
    ['both named', 'CA', 'mobile', 4n],
    ['origin before line kind', 'PR', 'mobile', 5n],
    ['origin alone', 'CA', 'fixed', 3n],
    ['line kind alone', 'US', 'mobile', 2n],
    ['neither', 'US', 'fixed', 1n],
    ['caller’s country not known', '', 'fixed', 1n],
    ['line kind not known', 'US', 'any', 1n],
  ])('%s', (_, origin, lineKind, price) => {
    expect(priceOf(rows, query('18005550100', { origin, lineKind }))).toBe(price)
  })

  test('a specific row of a shorter prefix loses to any row of a longer one', () => {
    expect(priceOf([row('1800', 1n, { origin: 'CA' }), row('18005', 2n)], query('18005', { origin: 'CA' }))).toBe(2n)
  })

  test('a row that does not match is as if it were not there', () => {
    const longer = [row('18', 1n), row('1800', 2n, { origin: 'CA' }), row('18005', 3n, { lineKind: 'mobile' })]
    expect(priceOf(longer, query('18005', { origin: 'US' }))).toBe(1n)
  })

  test('the latest start that is not in the future', () => {
    const dated = [row('44', 1n), row('44', 2n, { validFrom: JUN }), row('44', 3n, { validFrom: DEC })]
    expect(priceOf(dated, query('44', { at: instant(JUN - 1) }))).toBe(1n)
    expect(priceOf(dated, query('44', { at: JUN }))).toBe(2n)
    expect(priceOf(dated, query('44', { at: DEC }))).toBe(3n)
    expect(priceOf(dated, query('44', { at: instant(JAN - 1) }))).toBeNull()
  })

  test('a future row does not hide a shorter prefix, nor a newer row a more specific one', () => {
    expect(priceOf([row('4', 1n), row('44', 2n, { validFrom: DEC })], query('44'))).toBe(1n)
    expect(
      priceOf([row('44', 1n, { origin: 'US' }), row('44', 2n, { validFrom: JUN })], query('44', { origin: 'US' })),
    ).toBe(1n)
  })
})

describe('C4: premium, shared cost and satellite are priced only by rows that name them', () => {
  const special: LineKind[] = ['premium', 'shared-cost', 'satellite']
  const ordinary: LineKind[] = ['any', 'fixed', 'mobile']
  test.each(special)('%s', (kind) => {
    const rows = [...ordinary, ...special].map((lineKind, index) => row('44', BigInt(index), { lineKind }))
    const own = BigInt([...ordinary, ...special].indexOf(kind))
    expect(priceOf(rows, query('449', { lineKind: kind }))).toBe(own)
    const others = rows.filter(({ lineKind }) => lineKind !== kind)
    expect(priceOf(others, query('449', { lineKind: kind }))).toBeNull()
  })
  test.each(ordinary)('an ordinary line (%s) is never priced by them', (lineKind) => {
    const rows = special.map((kind) => row('4490', 1n, { lineKind: kind }))
    expect(priceOf(rows, query('44901', { lineKind }))).toBeNull()
  })
})

const pick = <T>(...values: T[]) => fc.constantFrom(...values)
const anyRow = fc
  .record({
    direction: pick<RateDirection>('out', 'toll-free-in'),
    prefix: fc.stringMatching(/^[12][0-2]{0,5}$/),
    origin: pick('', 'CA', 'US'),
    lineKind: pick<LineKind>('any', 'fixed', 'mobile', 'premium'),
    currency: pick('USD', 'EUR'),
    validFrom: pick(JAN, JUN, DEC),
    rateMicrosPerMinute: fc.bigInt(0n, 9n),
  })
  .map((over) => row(over.prefix, over.rateMicrosPerMinute, over))
const keyOf = (r: RateRow) => [r.direction, r.prefix, r.origin, r.lineKind, r.currency, r.validFrom].join()
const anyRows = fc.uniqueArray(anyRow, { selector: keyOf, maxLength: 80 })

test('R1: findRate answers as a plain reading of the rule does', () => {
  const rank = (r: RateRow) => r.prefix.length * 100 + (r.origin ? 20 : 0) + (r.lineKind === 'any' ? 0 : 10)
  const plain = (rows: RateRow[], q: RateQuery): RateRow | undefined =>
    rows
      .filter((r) => r.direction === q.direction && r.currency === q.currency && q.digits.startsWith(r.prefix))
      .filter((r) => r.origin === '' || r.origin === q.origin)
      .filter((r) => r.lineKind === q.lineKind || (r.lineKind === 'any' && q.lineKind !== 'premium'))
      .filter((r) => r.validFrom <= q.at)
      .sort((a, b) => rank(b) - rank(a) || b.validFrom - a.validFrom)[0]
  const anyQuery = fc.record<RateQuery>({
    direction: pick('out', 'toll-free-in'),
    digits: fc.stringMatching(/^[12][0-3]{0,9}$/),
    origin: pick('', 'CA', 'US', 'GB'),
    lineKind: pick('any', 'fixed', 'mobile', 'premium'),
    currency: pick('USD', 'EUR', 'GBP'),
    at: pick(JAN, JUN, DEC, instant(0)),
  })
  fc.assert(
    fc.property(anyRows, fc.array(anyQuery, { minLength: 10, maxLength: 10 }), (rows, queries) => {
      const deck = deckOf(...rows)
      for (const asked of queries) {
        const expected = plain(rows, asked)
        expect(findRate(deck, asked)).toEqual(expected ? { ...expected, deckVersion: 7 } : null)
      }
    }),
  )
})

test('the order of the rows makes no difference to the deck', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      expect(deckOf(...rows.toReversed())).toEqual(deckOf(...rows))
      expect([...rowsOf(deckOf(...rows))].map(keyOf).toSorted()).toEqual(rows.map(keyOf).toSorted())
    }),
  )
})

test('a key that comes twice is a bug of the caller', () => {
  expect(() => deckOf(row('44', 1n), row('44', 2n))).toThrow('each key once')
})

test('before the first deck nothing is priced', () => {
  expect(findRate(emptyRateDeck(), query('14155550100'))).toBeNull()
})

describe('R1: the diff of a dry run', () => {
  test('counts rows by key; an equal row is no change', () => {
    const before = deckOf(row('1', 1n), row('44', 2n), row('49', 3n))
    const after = deckOf(
      row('1', 1n),
      row('49', 3n, { minimumSeconds: 5 }),
      row('4', 1n),
      row('44', 2n, { origin: 'CA' }),
    )
    const diff = diffRateDecks(before, after)
    expect(diff).toMatchObject({ added: 2, changed: 1, removed: 1 })
    expect(diff.sample.map(({ before: b, after: a }) => [b?.prefix ?? null, a?.prefix ?? null])).toEqual([
      [null, '4'],
      [null, '44'],
      ['44', null],
      ['49', '49'],
    ])
  })

  test('agrees with sets, and its sample is bounded', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (a, b) => {
        const mine = new Map(a.map((r) => [keyOf(r), r.rateMicrosPerMinute]))
        const theirs = new Map(b.map((r) => [keyOf(r), r.rateMicrosPerMinute]))
        const diff = diffRateDecks(deckOf(...a), deckOf(...b), 3)
        const both = [...mine].filter(([key]) => theirs.has(key))
        expect(diff.added).toBe(theirs.size - both.length)
        expect(diff.removed).toBe(mine.size - both.length)
        expect(diff.changed).toBe(both.filter(([key, price]) => theirs.get(key) !== price).length)
        expect(diff.sample).toHaveLength(Math.min(3, diff.added + diff.removed + diff.changed))
      }),
    )
  })
})
