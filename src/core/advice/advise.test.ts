import { describe, expect, test } from 'vitest'
import { cheapestByTrying, randomInput } from '../../../test/advice/random-input.ts'
import type { Country } from '../country.ts'
import { type Currency, type Micros, micros } from '../money.ts'
import type { Price } from '../rate.ts'
import { instant, type Month, type Period, periodNamed, type TimeZone } from '../time.ts'
import { advise } from './advise.ts'
import { CATALOGUE_RULES, DEFAULT_ADVICE_OPTIONS } from './rules.ts'
import { scaleCalls } from './sensitivity.ts'
import { type AdviceInput, type CallKind, type CallTarget, NO_USER } from './types.ts'

const SEED = Number(process.env.ADVICE_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000)

test('whole tenants: countries, both plans, conferences, the cap of 300 and P8 at once equal every basket tried', () => {
  const methods = new Map<string, number>()
  for (let i = 0; i < 1_000; i++) {
    const input = randomInput(SEED * 10_000 + i)
    const advice = advise(input)
    const best = cheapestByTrying(input)
    const found = { total: advice.costs.total, bound: advice.bound, status: advice.status }
    expect(found, `ADVICE_SEED=${SEED}, case ${i}`).toEqual({ total: best, bound: best, status: 'proven' })
    for (const { method } of advice.countries) methods.set(method, (methods.get(method) ?? 0) + 1)
    for (const { abroad } of advice.users) expect(abroad?.opposite ?? 0n).toBeGreaterThanOrEqual(0n)
  }
  expect([...methods.keys()].sort()).toEqual(['nothing-to-decide', 'prices', 'table', 'tree'])
})

// -- what a reader can follow ----------------------------------------------------------------------------------------

const ZONE = 'America/Toronto' as TimeZone
const MONTHS = ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06'] as Month[]
const unit = (amount: number): Micros => micros(BigInt(Math.round(amount * 100)) * 10_000n)
const perMinute = (amount: number): Price => ({
  connectionFeeMicros: 0n,
  rateMicrosPerMinute: unit(amount),
  initialIncrementSeconds: 60,
  nextIncrementSeconds: 60,
  minimumSeconds: 0,
})

interface Line {
  readonly user: number | null
  readonly kind: CallKind
  /** Month's place, day, hour (UTC). */
  readonly when: readonly [month: number, day: number, hour?: number]
  readonly minutes: number
  readonly price?: number | null
}

interface Office {
  readonly people: Readonly<Record<string, number>>
  readonly country?: string
  readonly months?: number
  readonly lines: readonly Line[]
  readonly licence?: number
  readonly plan?: number | null
  readonly options?: Partial<AdviceInput['options']>
  readonly rules?: Partial<AdviceInput['rules']>
}

function anOffice({
  people,
  country = 'CA',
  months = 1,
  lines,
  licence = 20,
  plan = 12,
  options,
  rules,
}: Office): AdviceInput {
  const users = Object.entries(people).flatMap(([location, count]) =>
    Array.from({ length: count }, (_, i) => ({ key: `${location}${i}`, location: location as Country })),
  )
  const periods: Period[] = MONTHS.slice(0, months).map((month) => periodNamed(month, ZONE))
  const targets = lines.map(
    ({ kind, price = 0.03 }, i): CallTarget => ({
      kind,
      country: null,
      prefix: `${i}`,
      price: price === null || ['internal', 'inbound', 'free-out', 'barred'].includes(kind) ? null : perMinute(price),
    }),
  )
  const at = ({ when: [month, day, hour = 15] }: Line): number =>
    (periods[month]?.start ?? instant(0)) / 1000 + (day - 1) * 86_400 + hour * 3600
  const order = [...lines.keys()].sort((a, b) => at(lines[a] as Line) - at(lines[b] as Line) || a - b)
  return {
    tenantCountry: country as Country,
    currency: 'CAD' as Currency,
    zone: ZONE,
    months: periods,
    users,
    targets,
    calls: {
      length: lines.length,
      answeredAt: Uint32Array.from(order, (i) => at(lines[i] as Line)),
      seconds: Uint32Array.from(order, (i) => (lines[i]?.minutes ?? 0) * 60),
      user: Uint32Array.from(order, (i) => lines[i]?.user ?? NO_USER),
      target: Uint32Array.from(order),
    },
    prices: {
      withPlan: new Map(
        ['CA', 'GB', 'US'].map((name) => [
          name as Country,
          { licence: unit(licence), international: plan === null ? null : unit(plan) },
        ]),
      ),
      withoutPlan: null,
    },
    rules: { ...CATALOGUE_RULES, ...rules },
    options: { ...DEFAULT_ADVICE_OPTIONS, extras: false, ...options },
  }
}

const domestic = (user: number, minutes = 5): Line => ({ user, kind: 'domestic', when: [0, 5], minutes })

describe('what to buy', () => {
  test('L1, worked case: 10 in the factory who call colleagues, 5 in the office who call suppliers → 5 licences', () => {
    const lines = [
      ...Array.from({ length: 10 }, (_, user): Line => ({ user, kind: 'internal', when: [0, 3], minutes: 9 })),
      ...Array.from({ length: 5 }, (_, i) => domestic(10 + i)),
    ]
    const advice = advise(anOffice({ people: { CA: 15 }, lines }))
    expect(advice.basket).toEqual({
      countries: [{ country: 'CA', licences: 5, holders: [], idleHolders: 0 }],
      withoutPlan: 0,
    })
    expect(advice).toMatchObject({ status: 'proven', perMonth: unit(100), costs: { total: unit(100) } })
    expect(advice.users.map(({ licence }) => licence)).toEqual([
      ...Array(10).fill('none'),
      ...Array(5).fill('with-plan'),
    ])
    expect(advice.users[0]?.why).toEqual({ code: 'colleagues-only' })
    expect(advice.users[10]?.why).toEqual({ code: 'calls-outside', out: 1, in: 0 })
    expect(advice.dontBuy.map(({ what }) => what)).toEqual(['licences', 'international-plan', 'credits'])
  })

  test('nothing: who only calls colleagues needs nothing', () => {
    const lines: Line[] = [{ user: 0, kind: 'internal', when: [0, 3], minutes: 9 }]
    const advice = advise(anOffice({ people: { CA: 3 }, lines }))
    expect(advice).toMatchObject({
      status: 'proven',
      costs: { total: 0n },
      recharge: { basis: 'unused', threshold: null },
    })
  })

  test('L1: whoever is only called from outside needs a licence; a missed call counts', () => {
    const lines: Line[] = [{ user: 1, kind: 'inbound', when: [0, 3], minutes: 0 }]
    const advice = advise(anOffice({ people: { CA: 2 }, lines }))
    expect(advice.users.map(({ licence, why }) => [licence, why.code])).toEqual([
      ['none', 'colleagues-only'],
      ['with-plan', 'calls-outside'],
    ])
  })

  test('do not buy the International plan: credits are cheaper by 2.15, and both sums are shown', () => {
    const lines: Line[] = [{ user: 0, kind: 'international', when: [0, 3], minutes: 197, price: 0.05 }]
    const advice = advise(anOffice({ people: { CA: 1 }, lines }))
    expect(advice.dontBuy).toEqual([
      { what: 'international-plan', country: 'CA', dearerBy: unit(2.15), price: unit(12), credits: unit(9.85) },
    ])
    expect(advice.users[0]?.abroad).toMatchObject({ holdsPlan: false, spend: unit(9.85), opposite: unit(2.15) })
  })

  test('room: a licence for a colleague without external calls pays off when the pool runs out; the rule against it has a price', () => {
    const office = {
      people: { GB: 2 },
      country: 'GB',
      lines: [{ user: 0, kind: 'domestic', when: [0, 1], minutes: 2_400, price: 0.05 } as Line],
    }
    const advice = advise(anOffice(office))
    expect(advice.basket.countries).toEqual([{ country: 'GB', licences: 2, holders: [], idleHolders: 0 }])
    expect(advice.costs.total).toBe(unit(40))
    expect(advice.users[1]?.why).toEqual({ code: 'pool-room' })
    const ruled = advise(anOffice({ ...office, options: { extraLicences: false } }))
    expect(ruled.costs).toMatchObject({ licences: unit(20), beyondDomestic: unit(60), total: unit(80) })
    expect(ruled.priceOfRules).toBe(unit(40))
  })

  test('L8: more than 300 are priced without the cap, and it is said', () => {
    const lines = Array.from({ length: 301 }, (_, user) => domestic(user))
    const advice = advise(anOffice({ people: { CA: 301 }, lines }))
    expect(advice.beyondLicencesMax).toEqual({ needed: 301, max: 300 })
    expect(advice.costs.licences).toBe(unit(301 * 20))
  })

  test('L2, L4: no plan in France, nothing in a country that is not listed; their calls are not priced', () => {
    const lines = [domestic(0), domestic(1), { ...domestic(2), kind: 'credits' as const }]
    const advice = advise(anOffice({ people: { FR: 2, AU: 1 }, country: 'FR', lines }))
    expect(advice.withoutPlan).toEqual([{ country: 'FR', users: 2, needed: 2 }])
    expect(advice.notAvailable).toEqual([{ country: 'AU', users: 1, needed: 1 }])
    expect(advice.basket).toEqual({ countries: [], withoutPlan: 2 })
    expect(advice.leftOut.ownCarrier).toEqual({ calls: 3, seconds: 900 })
    expect(advice.costs.total).toBe(0n)
  })

  test('a number that nothing prices is counted, uses minutes, and never costs 0', () => {
    const lines: Line[] = [
      { user: 0, kind: 'domestic', when: [0, 1], minutes: 1_000, price: null },
      { user: 0, kind: 'domestic', when: [0, 2], minutes: 300, price: 0.05 },
    ]
    const advice = advise(anOffice({ people: { GB: 1 }, country: 'GB', lines, licence: 200 }))
    expect(advice.leftOut).toMatchObject({ unrated: { calls: 1, seconds: 60_000 }, unratedBeyondPlanSeconds: 0 })
    // 1,200 minutes: 1,000 without a price, 200 of the 300.
    expect(advice.costs.beyondDomestic).toBe(unit(5))
  })

  test('P2, L6: US and PR share one pool; a price list without the plan leaves credits only', () => {
    const lines: Line[] = [
      { user: 0, kind: 'international', when: [0, 1], minutes: 100, price: 1 },
      { user: 1, kind: 'domestic', when: [0, 1], minutes: 100 },
    ]
    const advice = advise(anOffice({ people: { US: 1, PR: 1 }, country: 'US', lines, plan: null }))
    expect(advice.basket.countries).toEqual([{ country: 'US', licences: 2, holders: [], idleHolders: 0 }])
    expect(advice.costs).toMatchObject({ abroad: unit(100), international: 0n })
  })
})

describe('credits', () => {
  test('W4: per month, and a threshold from the spend within the lead time; thin data say so', () => {
    const lines = [3, 10, 17].map((day): Line => ({ user: 0, kind: 'credits', when: [0, day], minutes: 10, price: 1 }))
    const { recharge } = advise(anOffice({ people: { CA: 1 }, lines }))
    expect(recharge).toMatchObject({
      perMonth: [unit(30)],
      basis: 'largest-seen',
      threshold: unit(20),
      amount: unit(50),
    })
  })

  test('W3: money that would expire before it is spent is not advised in bulk', () => {
    const lines: Line[] = [{ user: 0, kind: 'credits', when: [0, 3], minutes: 1, price: 1 }]
    expect(advise(anOffice({ people: { CA: 1 }, lines })).recharge.wouldExpire).toBe(true)
  })

  test('half a year of weeks gives odds, and a smaller risk a higher threshold', () => {
    const lines = Array.from(
      { length: 150 },
      (_, i): Line => ({
        user: 0,
        kind: 'credits',
        when: [Math.floor(i / 25), 1 + (i % 25), 13 + (i % 3)],
        minutes: 5 + ((i * 7) % 40),
        price: 0.5,
      }),
    )
    const of = (dryRisk: number) =>
      advise(anOffice({ people: { CA: 1 }, months: 6, lines, options: { dryRisk, rechargeLeadSeconds: 86_400 } }))
        .recharge
    expect(of(0.05)).toMatchObject({ basis: 'log-normal', risk: 0.05 })
    expect(of(0.01).threshold).toBeGreaterThan(of(0.05).threshold ?? 0n)
    expect(of(0.05).threshold).toBeGreaterThan(unit(20))
  })

  test('L7: a conference pool of 60 minutes a licence, then credits', () => {
    const lines: Line[] = [{ user: 0, kind: 'conference', when: [0, 3], minutes: 100, price: 0.1 }]
    expect(advise(anOffice({ people: { CA: 1 }, lines })).costs.beyondConference).toBe(unit(4))
  })
})

describe('what would change the answer', () => {
  test('the price of the plan at which it is no longer worth it is exact, on both sides', () => {
    const lines = [
      { user: 0, kind: 'international', when: [0, 3], minutes: 300, price: 0.1 },
      { user: 1, kind: 'international', when: [0, 4], minutes: 100, price: 0.1 },
    ] as Line[]
    const office = { people: { CA: 2 }, lines, options: { extras: true } }
    const { sensitivity, basket } = advise(anOffice(office))
    expect(basket.countries[0]?.holders).toEqual([0])
    expect(sensitivity?.internationalPrice).toEqual([
      { country: 'CA', now: unit(12), from: unit(10), holdersBelow: 2, upTo: unit(30), holdersAbove: 0 },
    ])
    const holders = (plan: number) =>
      advise(anOffice({ ...office, plan, options: {} })).basket.countries[0]?.holders.length
    expect([holders(9.99), holders(10.01), holders(29.99), holders(30.01)]).toEqual([2, 1, 1, 0])
  })

  // The second seed drew, as case 51, idle plans for which the advised licences left no room.
  test.each([SEED, 415_547])('and agrees with solving again on random questions, seed %i', (seed) => {
    let checked = 0
    for (let i = 0; i < 120; i++) {
      const drawn = randomInput(seed * 10_000 + 5_000 + i)
      const input = { ...drawn, options: { ...drawn.options, extras: true } }
      const at = (country: Country, international: Micros) => {
        const prices = new Map(drawn.prices.withPlan)
        prices.set(country, { licence: prices.get(country)?.licence ?? micros(0n), international })
        return advise({ ...drawn, prices: { ...drawn.prices, withPlan: prices } }).costs.total
      }
      const advice = advise(input)
      for (const { country, now, from, upTo } of advice.sensitivity?.internationalPrice ?? []) {
        const plans = advice.basket.countries
          .filter((one) => one.country === country)
          .reduce((sum, { holders, idleHolders }) => sum + holders.length + idleHolders, 0)
        const here = (price: bigint) => advice.costs.total + BigInt(plans * input.months.length) * (price - now)
        // Licences stay as they are: with other licences something else may be cheaper still, so "at most".
        for (const price of [from, upTo])
          if (price !== null)
            expect(at(country, price), `ADVICE_SEED=${seed}, case ${i}`).toBeLessThanOrEqual(here(price))
        if (upTo !== null)
          expect(at(country, micros(upTo + 1n)), `ADVICE_SEED=${seed}, case ${i}`).toBeLessThan(here(upTo + 1n))
        if (from !== null && from > 0n)
          expect(at(country, micros(from - 1n)), `ADVICE_SEED=${seed}, case ${i}`).toBeLessThan(here(from - 1n))
        checked++
      }
    }
    expect(checked).toBeGreaterThan(50)
  })

  test('calling is thinned and repeated by a fixed rule', () => {
    const { calls } = randomInput(77)
    const many = {
      ...calls,
      ...anOffice({ people: { CA: 1 }, lines: Array.from({ length: 1000 }, () => domestic(0)) }).calls,
    }
    expect(scaleCalls(many, 100).length).toBe(1000)
    expect(scaleCalls(many, 80).length).toBeGreaterThan(750)
    expect(scaleCalls(many, 80).length).toBeLessThan(850)
    expect(scaleCalls(many, 150).length).toBeGreaterThan(1450)
    expect(scaleCalls(many, 80)).toEqual(scaleCalls(many, 80))
  })

  test('held out: solved on the first months, judged on the others; and the monthly basket is a side note', () => {
    const lines = Array.from(
      { length: 6 },
      (_, month): Line => ({
        user: 0,
        kind: 'international',
        when: [month, 5],
        minutes: month < 3 ? 200 : 100,
        price: 0.1,
      }),
    )
    const advice = advise(anOffice({ people: { CA: 1 }, months: 6, lines, options: { extras: true } }))
    // Seen: 20 a month, so the plan for 12. Unseen: 10 a month, so credits would have been right. Licences are 20 a month.
    expect(advice.backTest).toEqual({
      trainedMonths: 3,
      judgedMonths: 3,
      advised: unit(3 * 32),
      bestPossible: unit(3 * 30),
      creditsOnly: unit(3 * 30),
      exact: true,
    })
    expect(advice.hindsight).toEqual({ saved: unit(3 * 2), exact: true })
  })
})
