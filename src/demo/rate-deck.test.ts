import { describe, expect, test } from 'vitest'
import { type E164, factsOf, type NumberKind, parseE164 } from '../core/numbering.ts'
import type { LineKind, RateDirection } from '../core/rate.ts'
import { findRate, makeRateDeck, rowsOf } from '../core/rate-deck.ts'
import { parseRateDeckCsv } from '../core/rate-deck-csv.ts'
import { instant } from '../core/time.ts'
import { demoRateDeckCsv } from './rate-deck.ts'

const csv = demoRateDeckCsv()
const parsed = parseRateDeckCsv(csv)
const deck = makeRateDeck(1, parsed.rows)
const CURRENCIES = ['CAD', 'EUR', 'GBP', 'USD']

const e164 = (text: string): E164 => {
  const number = parseE164(text)
  if (number === null) throw new Error(`not a number: ${text}`)
  return number
}
const lineKindOf = (kind: NumberKind): LineKind => (kind === 'other' || kind === 'toll-free' ? 'any' : kind)
const priceOf = (number: string, direction: RateDirection = 'out', currency = 'USD', origin = '') =>
  findRate(deck, {
    direction,
    digits: number.slice(1),
    origin,
    lineKind: lineKindOf(factsOf(e164(number)).kind),
    currency,
    at: instant(Date.UTC(2026, 10, 30)),
  })?.rateMicrosPerMinute ?? null

test('R1: it is read without an error and has thousands of prefixes in four currencies', () => {
  expect(parsed.errors).toEqual([])
  const rows = [...rowsOf(deck)]
  expect(new Set(rows.map(({ prefix }) => prefix)).size).toBeGreaterThan(3000)
  for (const currency of CURRENCIES) {
    expect(rows.filter((row) => row.currency === currency)).toHaveLength(rows.length / CURRENCIES.length)
  }
})

test('it is the same text every time', () => {
  expect(demoRateDeckCsv()).toBe(csv)
})

const ORDINARY =
  `+14165550123 +14155550100 +17872345678 +18762345678 +14412345678 +16712345678 +18092345678 +442071234567
  +447700900123 +447911123456 +441534123456 +447797712345 +441481250000 +441624612345 +33142345678 +33612345678 +493012345678
  +4915123456789 +39061234567 +393123456789 +34912345678 +31201234567 +32460001234 +41442345678 +4312345678 +4532123456
  +4721234567 +46812345678 +358912345678 +351212345678 +353112345678 +48221234567 +420212345678 +36112345678 +40211234567
  +38512345678 +38612345678 +3726123456 +37122123456 +37052123456 +302123456789 +902123456789 +74951234567 +77012345678
  +380441234567 +81312345678 +819012345678 +82212345678 +861012345678 +8613123456789 +85221234567 +886212345678 +6561234567
  +60312345678 +66812345678 +62211234567 +63281234567 +84241234567 +911123456789 +918123456789 +923012345678 +971501234567
  +972502345678 +966511234567 +20212345678 +27821234567 +2347012345678 +254712345678 +212612345678 +551123456789
  +5511961234567 +5491123456789 +56221234567 +573211234567 +525512345678 +51912345678 +61291234567 +61412345678 +6491234567
  +6799712345`.split(/\s+/)

describe('R1: every ordinary number has a price in every currency, and a conference can dial it', () => {
  test.each(ORDINARY)('%s', (number) => {
    for (const currency of CURRENCIES) {
      expect(priceOf(number, 'out', currency)).toBeGreaterThan(0n)
      expect(priceOf(number, 'conference-out', currency)).toBeGreaterThan(0n)
    }
  })
})

test('mobiles cost more than fixed lines where a plan tells them apart', () => {
  expect(priceOf('+33612345678')).toBeGreaterThan(priceOf('+33142345678') ?? 0n)
})

test('P4: Jersey costs more than London', () => {
  expect(priceOf('+441534123456')).toBeGreaterThan(priceOf('+442071234567') ?? 0n)
})

test('C4: shared cost and satellite are sold by name, premium is not', () => {
  expect(priceOf('+448451234567')).toBe(150_000n)
  expect(priceOf('+870773111632')).toBe(5_000_000n)
  expect(priceOf('+881612345678')).toBe(5_000_000n)
  expect(priceOf('+19002345678')).toBeNull()
  expect(priceOf('+449012345678')).toBeNull()
})

test('W5: calls to toll-free numbers are priced, in +1 by the caller’s country', () => {
  expect(priceOf('+18005550100', 'toll-free-in', 'USD', 'US')).toBe(30_000n)
  expect(priceOf('+18885550100', 'toll-free-in', 'USD', 'CA')).toBe(40_000n)
  expect(priceOf('+18335550100', 'toll-free-in', 'USD', 'MX')).toBe(90_000n)
  expect(priceOf('+448001234567', 'toll-free-in', 'GBP', 'GB')).toBe(40_000n)
  expect(priceOf('+448081234567', 'toll-free-in', 'GBP')).toBe(40_000n)
})
