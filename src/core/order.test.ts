import { describe, expect, test } from 'vitest'
import type { Country } from './country.ts'
import { type Currency, micros } from './money.ts'
import { type OrderContext, type OrderQuote, offersFor, quoteOrder, quoteReduction, voiceSeatsLeft } from './order.ts'
import { restOfMonth, type SeatPrice, seatAmount, seatPriceAt, wholeMonth } from './seat-price.ts'
import { instant, type Month, type TimeZone } from './time.ts'

const TORONTO = 'America/Toronto' as TimeZone
const NOV_13 = instant(Date.parse('2026-11-13T15:00:00Z'))
const EVER = instant(0)
const PRICES: SeatPrice[] = [
  { sku: 'voice-with-calling-plan', perMonth: micros(26_000_000n), validFrom: EVER },
  { sku: 'international-calling-plan', perMonth: micros(15_600_000n), validFrom: EVER },
]
const BUYER = {
  country: 'CA' as Country,
  licenceType: 'with-calling-plan',
  currency: 'CAD' as Currency,
  timeZone: TORONTO,
} as const

const context = (over: Partial<OrderContext> = {}): OrderContext => ({
  buyer: BUYER,
  seats: [{ sku: 'voice-with-calling-plan', purchased: 10, assigned: 3, billing: 'statement' }],
  prices: PRICES,
  by: 'tenant',
  at: NOV_13,
  ...over,
})

describe('pro rata', () => {
  test('the day of the order counts: 13 to 30 November are 18 of 30 days', () => {
    expect(restOfMonth(NOV_13, TORONTO)).toEqual({
      month: '2026-11',
      from: '2026-11-13',
      to: '2026-11-30',
      days: 18,
      monthDays: 30,
    })
  })

  test('the day is the tenant’s: late on the 30th in Toronto is December in UTC', () => {
    expect(restOfMonth(instant(Date.parse('2026-12-01T03:30:00Z')), TORONTO)).toMatchObject({
      days: 1,
      month: '2026-11',
    })
  })

  test('2 × 26.00 for 18 of 30 days are 31.20; a whole month is the price itself', () => {
    expect(seatAmount(micros(26_000_000n), 2, restOfMonth(NOV_13, TORONTO), BUYER.currency)).toBe(31_200_000n)
    const november = wholeMonth({ month: '2026-11' as Month })
    expect(seatAmount(micros(26_000_000n), 2, november, BUYER.currency)).toBe(52_000_000n)
  })

  test('rounded down to the coin, once for the line: 7 × 9.99 for 17 of 31 days', () => {
    const span = { ...wholeMonth({ month: '2026-12' as Month }), days: 17 }
    // 7 × 9.99 × 17 ÷ 31 = 38.3487…
    expect(seatAmount(micros(9_990_000n), 7, span, BUYER.currency)).toBe(38_340_000n)
    // Yen have no coin below one.
    expect(seatAmount(micros(1_000_000_000n), 1, span, 'JPY' as Currency)).toBe(548_000_000n)
  })

  test('a price counts from its instant on; a later one for the same instant replaces it', () => {
    const later = { sku: 'voice-with-calling-plan', perMonth: micros(30_000_000n), validFrom: NOV_13 } as const
    const list = [...PRICES, later, { ...later, perMonth: micros(31_000_000n) }]
    expect(seatPriceAt(list, 'voice-with-calling-plan', instant(NOV_13 - 1))).toBe(26_000_000n)
    expect(seatPriceAt(list, 'voice-with-calling-plan', NOV_13)).toBe(31_000_000n)
    expect(seatPriceAt(list, 'voice-without-calling-plan', NOV_13)).toBeNull()
  })
})

describe('an order, before it is made', () => {
  const quote = (...args: Parameters<typeof quoteOrder>): OrderQuote => {
    const answer = quoteOrder(...args)
    if ('refusal' in answer) throw new Error(answer.refusal)
    return answer
  }

  test('what it costs now, what it costs every month, and what it gives to pools', () => {
    const answer = quote(context(), [
      { sku: 'voice-with-calling-plan', quantity: 2, billing: null },
      { sku: 'international-calling-plan', quantity: 1, billing: 'credits' },
    ])
    expect(answer).toMatchObject({ onStatement: 31_200_000n, fromCredits: 9_360_000n, monthlyMore: 67_600_000n })
    expect(answer.lines[0]).toMatchObject({ seatsBefore: 10, seatsAfter: 12, amount: 31_200_000n })
    // L7: the conference pool counts what is bought; P2: the plans count what is assigned.
    expect(answer.poolsNow).toEqual([{ country: 'CA', plan: 'conference', seconds: 7_200 }])
    expect(answer.poolsWhenAssigned).toEqual([
      { country: 'CA', plan: 'domestic', seconds: 180_000 },
      { country: 'CA', plan: 'international', seconds: 36_000 },
    ])
  })

  test('L8: the cap of 300 counts every line of the order', () => {
    const seats = [{ sku: 'voice-with-calling-plan', purchased: 298, assigned: 0, billing: 'statement' }] as const
    expect(voiceSeatsLeft(seats)).toBe(2)
    const two = { sku: 'voice-with-calling-plan', quantity: 2, billing: null } as const
    const one = { ...two, quantity: 1 }
    expect(quoteOrder(context({ seats }), [two])).not.toHaveProperty('refusal')
    expect(quoteOrder(context({ seats }), [two, one])).toEqual({
      refusal: 'licence-limit-reached',
      param: 'items.1.quantity',
    })
  })

  test('W8: only the International plan can be paid from credits', () => {
    const item = { sku: 'voice-with-calling-plan', quantity: 1, billing: 'credits' } as const
    expect(quoteOrder(context(), [item])).toEqual({ refusal: 'billing-not-offered', param: 'items.0.billing' })
  })

  test('without a price nothing is asked', () => {
    const item = { sku: 'voice-with-calling-plan', quantity: 3, billing: null } as const
    const answer = quote(context({ prices: [] }), [item])
    expect(answer).toMatchObject({ onStatement: 0n, monthlyMore: 0n })
    expect(answer.lines[0]?.perMonth).toBeNull()
  })
})

describe('what is offered where (L2–L4)', () => {
  test.each([
    ['with-calling-plan', [null, null, 'with-plan-is-sold-here']],
    ['without-calling-plan', ['without-plan-is-sold-here', 'without-plan-is-sold-here', null]],
    ['not-available', ['country-not-available', 'country-not-available', 'country-not-available']],
  ] as const)('%s', (licenceType, reasons) => {
    expect(offersFor(licenceType).map((offer) => offer.notOffered)).toEqual(reasons)
  })
})

describe('fewer seats', () => {
  const from = instant(Date.parse('2026-12-01T05:00:00Z'))
  const hugo = { usageLocation: 'CA' as Country, internationalPlan: true }

  test('seats that nobody holds go without anybody losing one', () => {
    expect(quoteReduction({ ...context(), from }, 'voice-with-calling-plan', 3, [])).toMatchObject({
      missingLosers: 0,
      monthlyLess: 182_000_000n,
      poolsLost: [{ country: 'CA', plan: 'conference', seconds: 25_200 }],
    })
  })

  test('below what is assigned somebody must be named, and the add-on goes too (L9)', () => {
    expect(quoteReduction({ ...context(), from }, 'voice-with-calling-plan', 1, [])).toMatchObject({ missingLosers: 2 })
    expect(quoteReduction({ ...context(), from }, 'voice-with-calling-plan', 2, [hugo])).toMatchObject({
      missingLosers: 0,
      internationalLost: 1,
      poolsLost: [
        { country: 'CA', plan: 'domestic', seconds: 180_000 },
        { country: 'CA', plan: 'international', seconds: 36_000 },
        { country: 'CA', plan: 'conference', seconds: 28_800 },
      ],
    })
  })

  test('not more, not the same, not what was never bought', () => {
    expect(quoteReduction({ ...context(), from }, 'voice-with-calling-plan', 10, [])).toMatchObject({
      refusal: 'seats-not-fewer',
    })
    expect(quoteReduction({ ...context(), from }, 'international-calling-plan', 0, [])).toMatchObject({
      refusal: 'seats-not-bought',
    })
  })
})
