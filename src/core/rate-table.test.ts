import { describe, expect, test } from 'vitest'
import { makeRateDeck } from './rate-deck.ts'
import { makeRateRows, type RateRow } from './rate-rows.ts'
import { countryPrices, rowsInScope, type TableQuestion, tableHolds, tableRows } from './rate-table.ts'
import { instant } from './time.ts'

const AT = instant(Date.UTC(2026, 10, 22))
const LATER = instant(Date.UTC(2026, 11, 1))

const row = (prefix: string, cents: number, over: Partial<RateRow> = {}): RateRow => ({
  direction: 'out',
  prefix,
  origin: '',
  lineKind: 'any',
  currency: 'CAD',
  connectionFeeMicros: 0n,
  rateMicrosPerMinute: BigInt(cents) * 10_000n,
  initialIncrementSeconds: 60,
  nextIncrementSeconds: 60,
  minimumSeconds: 0,
  validFrom: instant(0),
  ...over,
})

function tableOf(rows: readonly RateRow[], over: Partial<TableQuestion> = {}) {
  const deck = makeRateDeck(1, makeRateRows(rows))
  const question: TableQuestion = { direction: 'out', currency: 'CAD', origin: 'CA', at: AT, ...over }
  const [from, end] = rowsInScope(deck, question)
  const table = Array.from({ length: end - from }, (_, i) => tableRows(deck, question, from + i)).flat()
  const prices = Object.fromEntries(
    countryPrices(table).map(({ country, ranges }) => [
      country ?? 'none',
      Object.fromEntries(
        Object.entries(ranges).map(([kind, { from: low, to }]) => [kind, [low / 10_000n, to / 10_000n].map(Number)]),
      ),
    ]),
  )
  return { deck, question, table, prices }
}

describe('R3: the table of rates', () => {
  test('a row counts for the lines that it prices: finer rows take theirs away', () => {
    const { prices, table } = tableOf([
      row('44', 5),
      row('447', 12, { lineKind: 'mobile' }),
      row('4420', 3),
      row('449', 90, { lineKind: 'premium' }),
      row('441534', 20),
    ])
    expect(prices.GB).toEqual({ fixed: [3, 5], mobile: [12, 12], premium: [90, 90] })
    expect(prices.JE).toMatchObject({ fixed: [20, 20] })
    expect(table.find(({ rate, country }) => rate.prefix === '44' && country === 'GB')?.kinds).not.toContain('mobile')
  })

  test('P4: +1 is not a country; there a number does not say whether it is mobile', () => {
    const { prices } = tableOf([row('1', 2), row('1876', 30), row('1416', 1)])
    expect(prices.CA).toEqual({ fixed: [1, 2], mobile: [1, 2] })
    expect(prices.US).toEqual({ fixed: [2, 2], mobile: [2, 2] })
    expect(prices.JM?.fixed).toEqual([30, 30])
  })

  test('what is not in force, of another origin or of another currency, is not there', () => {
    const rows = [
      row('33', 10),
      row('33', 9, { validFrom: LATER }),
      row('33', 7, { origin: 'CA' }),
      row('33', 6, { origin: 'US' }),
      row('33', 5, { currency: 'USD' }),
    ]
    expect(tableOf(rows).prices.FR).toMatchObject({ fixed: [7, 7] })
    expect(tableOf(rows, { origin: 'GB' }).prices.FR).toMatchObject({ fixed: [10, 10] })
    expect(tableOf(rows, { origin: 'GB', at: LATER }).prices.FR).toMatchObject({ fixed: [9, 9] })
    expect(tableOf(rows, { currency: 'USD' }).prices.FR).toMatchObject({ fixed: [5, 5] })
    expect(tableOf(rows, { currency: 'EUR' }).prices).toEqual({})
    const { deck, question } = tableOf(rows)
    expect(tableHolds(deck, question)).toEqual({ since: instant(0), until: LATER })
  })

  test('satellites have no country; a row for ordinary lines never prices them (C4)', () => {
    const { prices } = tableOf([row('8816', 500, { lineKind: 'satellite' }), row('870', 1)])
    expect(prices).toEqual({ none: { satellite: [500, 500] } })
  })

  test('toll-free in: by the country of the caller', () => {
    const direction = 'toll-free-in'
    const { prices } = tableOf([row('1888', 9, { direction }), row('1888', 4, { direction, origin: 'CA' })], {
      direction,
    })
    expect(prices).toEqual({ CA: { fixed: [4, 4] }, none: { fixed: [9, 9] } })
  })
})
