/** A4: forecasts from a tenant's own rhythm, and how far they may be believed. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coverageOf, type DailyHistory, forecastPaths, makeChance, quantiles } from './forecast.ts'
import { fewestLicences, poolOutlook, withMoreLicences } from './forecast-pool.ts'
import { walletOutlook } from './forecast-wallet.ts'
import { addDays, daysFrom, type LocalDay, weekdayOf } from './local-day.ts'

const FIRST = '2026-01-05' as LocalDay

interface Rhythm {
  readonly days: number
  /** From Sunday on. */
  readonly week: readonly number[]
  /** Relative to what is usual on such a day. */
  readonly noise: number
  /** In a year. */
  readonly growth?: number
  readonly monthEnd?: number
  readonly seed: string
}

/** A made-up organisation, day by day. */
function aYear({ days, week, noise, growth = 0, monthEnd = 1, seed }: Rhythm): DailyHistory {
  const chance = makeChance(seed)
  const bell = (): number => Array.from({ length: 12 }, chance).reduce((sum, value) => sum + value, -6)
  // Good weeks and bad ones: what happens does not even out from day to day.
  let mood = 0
  const amounts = Array.from({ length: days }, (_, index) => {
    const day = addDays(FIRST, index)
    if (index % 7 === 0) mood = 0.5 * mood + noise * 0.6 * bell()
    const end = Number(day.slice(8)) > 26 ? monthEnd : 1
    const usual = (week[weekdayOf(day)] ?? 0) * end * (1 + (growth * index) / 365)
    return Math.max(0, Math.round(usual * Math.exp(mood + noise * bell())))
  })
  return { first: FIRST, amounts }
}

const OFFICE = [0, 600, 620, 580, 560, 450, 0]
const SHOP = [300, 200, 220, 240, 300, 420, 500]

const sumTo = (uses: readonly number[], day: number): number =>
  uses.slice(0, day + 1).reduce((sum, use) => sum + use, 0)
const until = ({ first, amounts }: DailyHistory, at: number): DailyHistory => ({ first, amounts: amounts.slice(0, at) })

describe('paths', () => {
  test('fewer than seven days of calls: none, and it says how many there are', () => {
    for (const days of [0, 1, 6]) {
      const history = aYear({ days, week: SHOP, noise: 0.1, seed: 'short' })
      expect(forecastPaths(history, 30, 'x')).toMatchObject({ basis: 'none', historyDays: days, paths: [] })
    }
    // Days before the first call are not history.
    const quiet = { first: FIRST, amounts: [...Array.from({ length: 100 }, () => 0), 5, 6, 7] }
    expect(forecastPaths(quiet, 30, 'x')).toMatchObject({ basis: 'none', historyDays: 3 })
  })

  test('little data gives a range; odds take eight weeks of errors', () => {
    const basisOf = (days: number) =>
      forecastPaths(aYear({ days, week: SHOP, noise: 0.2, seed: 'growing' }), 20, 'x').basis
    expect([7, 30, 56].map(basisOf)).toEqual(['little', 'little', 'little'])
    expect([80, 120, 300].map(basisOf)).toEqual(['own-errors', 'own-errors', 'own-errors'])
  })

  test('the same input gives the same paths; another seed gives others', () => {
    const history = aYear({ days: 120, week: OFFICE, noise: 0.2, seed: 'same' })
    expect(forecastPaths(history, 30, 'a')).toEqual(forecastPaths(history, 30, 'a'))
    expect(forecastPaths(history, 30, 'a').paths).not.toEqual(forecastPaths(history, 30, 'b').paths)
  })

  test('days on which nobody ever called stay quiet', () => {
    const { days, paths } = forecastPaths(aYear({ days: 150, week: OFFICE, noise: 0.2, seed: 'quiet' }), 60, 'x')
    for (const [index, day] of days.entries()) {
      const isWeekend = [0, 6].includes(weekdayOf(day))
      expect(paths.every((path) => (path[index] === 0) === isWeekend)).toBe(true)
    }
  })

  test('whatever is used, paths are finite, not below zero, as long as asked and of the right days', () => {
    const amount = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10_000_000 }))
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 400 }), fc.integer({ min: 1, max: 92 }), (amounts, count) => {
        const { days, paths, basis } = forecastPaths({ first: FIRST, amounts }, count, 'x', 10)
        expect(days.map((day) => daysFrom(FIRST, day) - amounts.length)).toEqual(days.map((_, index) => index))
        expect(paths).toHaveLength(basis === 'none' ? 0 : 10)
        for (const path of paths) {
          expect(path).toHaveLength(count)
          expect(path.every((use) => Number.isFinite(use) && use >= 0)).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('coverage', () => {
  /** Of the rest of a month, forecast on many days of many made-up organisations: how often it lay in the 80 % band. */
  function share(rhythm: Omit<Rhythm, 'seed' | 'days'>, historyDays: number): number {
    let inside = 0
    let checked = 0
    for (let seed = 0; seed < 30; seed++) {
      const year = aYear({ ...rhythm, days: 330, seed: `${seed}` })
      for (let at = 190; at + 20 <= 330; at += 17) {
        const known = { first: addDays(FIRST, at - historyDays), amounts: year.amounts.slice(at - historyDays, at) }
        const { paths } = forecastPaths(known, 20, `${seed} ${at}`, 200)
        const sums = paths.map((path) => path.reduce((sum, use) => sum + use, 0))
        const [low = 0, high = 0] = quantiles(sums, [0.1, 0.9])
        const actual = year.amounts.slice(at, at + 20).reduce((sum, use) => sum + use, 0)
        checked++
        if (actual >= low && actual <= high) inside++
      }
    }
    return inside / checked
  }

  test.each([
    ['an office with quiet weekends', { week: OFFICE, noise: 0.2 }, 182],
    ['a shop that is busiest on Saturday', { week: SHOP, noise: 0.25 }, 182],
    ['growth by half in a year and busy month ends', { week: OFFICE, noise: 0.15, growth: 0.5, monthEnd: 1.4 }, 182],
    ['few calls, very uneven', { week: [0, 20, 25, 20, 22, 15, 2], noise: 0.6 }, 182],
    ['ten weeks of history only', { week: OFFICE, noise: 0.25 }, 70],
  ] as const)('A4: of %s the 80 %% band holds about four in five', (_, rhythm, historyDays) => {
    const held = share(rhythm, historyDays)
    expect(held).toBeGreaterThan(0.68)
    expect(held).toBeLessThan(0.93)
  })

  test('what is shown of a tenant’s own past is counted on its own past', () => {
    const year = aYear({ days: 240, week: OFFICE, noise: 0.2, seed: 'own' })
    const coverage = coverageOf(year, 'x')
    expect(coverage?.checked).toBeGreaterThan(250)
    const held = (coverage?.inside ?? 0) / (coverage?.checked ?? 1)
    expect(held).toBeGreaterThan(0.65)
    expect(coverageOf(until(year, 30), 'x')).toBeNull()
    // A year that changes its ways all the time is not covered, and it says so.
    const wild = { first: FIRST, amounts: year.amounts.map((use, index) => (index % 28 < 7 ? use * 6 : use)) }
    const wildly = coverageOf(wild, 'x')
    expect((wildly?.inside ?? 0) / (wildly?.checked ?? 1)).toBeLessThan(held + 0.05)
  })
})

describe('a pool', () => {
  const history = aYear({ days: 200, week: OFFICE, noise: 0.15, seed: 'pool' })
  const paths = forecastPaths(history, 12, 'x')
  const facts = (availableSeconds: number) => ({ availableSeconds, todayLeft: 1 })

  test('A4: bands are in order, fall from day to day, and more minutes never make it worse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12_000 }), fc.integer({ min: 0, max: 3_000 }), (available, more) => {
        const few = poolOutlook(paths, facts(available))
        const many = poolOutlook(paths, facts(available + more))
        for (const [index, day] of few.days.entries()) {
          expect([day.p10, day.p25, day.p50, day.p75, day.p90]).toEqual(
            [day.p10, day.p25, day.p50, day.p75, day.p90].toSorted((a, b) => a - b),
          )
          const before = few.days[index - 1]
          if (before) expect(day.p50).toBeLessThanOrEqual(before.p50)
          expect(many.days[index]?.p50).toBeGreaterThanOrEqual(day.p50)
        }
        expect(many.dry?.odds ?? 0).toBeLessThanOrEqual(few.dry?.odds ?? 0)
        expect(few.dry && few.dry.p10 !== null && few.dry.p50 !== null && few.dry.p10 > few.dry.p50).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  test('A4: the day on which it ran out lies in its own range, most times', () => {
    let ran = 0
    let inside = 0
    for (let seed = 0; seed < 40; seed++) {
      const year = aYear({ days: 260, week: OFFICE, noise: 0.2, seed: `${seed}` })
      for (let at = 190; at + 25 <= 260; at += 23) {
        const coming = year.amounts.slice(at, at + 25)
        const available = 0.7 * coming.reduce((sum, use) => sum + use, 0)
        const { dry } = poolOutlook(forecastPaths(until(year, at), 25, `${seed} ${at}`), facts(available))
        const actual = coming.findIndex((_, day) => available <= sumTo(coming, day))
        const dayAt = (day: LocalDay | null | undefined) => (day ? daysFrom(addDays(FIRST, at), day) : 25)
        ran++
        if (actual >= dayAt(dry?.p10) && actual <= dayAt(dry?.p90)) inside++
      }
    }
    expect(inside / ran).toBeGreaterThan(0.75)
  })

  test('A4: the fewest more licences that make it unlikely', () => {
    const use = paths.paths.map((path) => path.reduce((sum, one) => sum + one, 0))
    const [enough = 0] = quantiles(use, [0.9])
    const options = withMoreLicences(paths, facts(enough - 750), 500, 5)
    expect(options.map(({ licences, addsSeconds }) => [licences, addsSeconds])).toContainEqual([2, 1_000])
    expect(fewestLicences(options)?.licences).toBe(2)
    expect(fewestLicences(withMoreLicences(paths, facts(1), 1, 5))).toBeNull()
  })

  test('what is left of today is all that today can still take', () => {
    const [today] = poolOutlook(paths, { availableSeconds: 5_000, todayLeft: 0 }).days
    expect(today).toMatchObject({ p10: 5_000, p90: 5_000 })
  })

  test('little is known: a range and no odds', () => {
    const short = forecastPaths(until(history, 21), 12, 'x')
    const { dry, basis } = poolOutlook(short, facts(3_000))
    expect(basis).toBe('little')
    expect(dry?.odds).toBeNull()
    expect(dry?.p10).not.toBeNull()
  })
})

describe('a wallet', () => {
  const history = aYear({
    days: 200,
    week: [0, 2, 2, 2, 2, 2, 0].map((use) => use * 1_000_000),
    noise: 0.1,
    seed: 'wallet',
  })
  const direct = forecastPaths(history, 92, 'x')
  const facts = { overdraftMicros: 0, thresholdMicros: null, todayLeft: 1 }
  const lot = (micros: number, lastDay: LocalDay | null = null) => ({ micros, lastDay })

  test('A4: lasts as long as its money at the pace of its calls; without calls it lasts for ever', () => {
    const { dry, perDay, isEmpty } = walletOutlook(direct, [], { ...facts, lots: [lot(100_000_000)] })
    // Ten a week: about ten weeks.
    expect(daysFrom(direct.days[0] as LocalDay, dry?.p50 as LocalDay)).toBeGreaterThan(55)
    expect(daysFrom(direct.days[0] as LocalDay, dry?.p50 as LocalDay)).toBeLessThan(85)
    expect(perDay / 1_000_000).toBeGreaterThan(1.1)
    expect(isEmpty).toBe(false)
    expect(walletOutlook(direct, [], { ...facts, lots: [lot(1_000_000_000)] }).dry?.p50).toBeNull()
  })

  test('W3: money that expires is gone, and what was spent before it went is not counted twice', () => {
    const early = addDays(direct.days[0] as LocalDay, 10)
    const both = { ...facts, lots: [lot(500_000_000, early), lot(30_000_000)] }
    const { days, dry } = walletOutlook(direct, [], both)
    expect(days[9]?.p50).toBeGreaterThan(400_000_000)
    expect(days[10]?.p50).toBe(30_000_000)
    expect(dry?.p50 && dry.p50 > early).toBe(true)
  })

  test('C1: what a pool cannot pay comes out of the wallet, and the next month’s pool pays again', () => {
    const talk = forecastPaths(aYear({ days: 200, week: OFFICE, noise: 0.05, seed: 'talk' }), 92, 'x')
    const plan = { paths: talk, availableSeconds: 0, monthSeconds: 1_000_000, microsPerSecond: 1_000 }
    const lots = [lot(1_000_000_000)]
    const alone = walletOutlook(direct, [], { ...facts, lots })
    const withPlan = walletOutlook(direct, [plan], { ...facts, lots })
    const gap = (index: number) => (alone.days[index]?.p50 ?? 0) - (withPlan.days[index]?.p50 ?? 0)
    const newMonth = direct.days.findIndex((day) => day.endsWith('-01'))
    expect(gap(newMonth - 1)).toBeGreaterThan(1_000_000)
    expect(Math.abs(gap(newMonth + 20) - gap(newMonth - 1))).toBeLessThan(1_500_000)
  })

  test('W1, W4: the overdraft lasts longer, the threshold comes sooner', () => {
    const lots = [lot(60_000_000)]
    const bare = walletOutlook(direct, [], { ...facts, lots })
    const more = walletOutlook(direct, [], { ...facts, lots, overdraftMicros: 20_000_000, thresholdMicros: 20_000_000 })
    expect((more.dry?.p50 ?? '9999') > (bare.dry?.p50 ?? '')).toBe(true)
    expect((more.belowThreshold?.p50 ?? '9999') < (bare.dry?.p50 ?? '')).toBe(true)
    expect(bare.belowThreshold).toBeNull()
  })

  test('nothing there and nothing known: empty, and no forecast', () => {
    const none = forecastPaths({ first: FIRST, amounts: [] }, 92, 'x')
    expect(walletOutlook(none, [], { ...facts, lots: [] })).toMatchObject({ basis: 'none', dry: null, isEmpty: true })
  })
})
