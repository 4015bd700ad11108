/** When a month's pool runs out, how sure that is, and what more licences would change (A4). */
import { type Basis, type Paths, quantiles } from './forecast.ts'
import type { LocalDay } from './local-day.ts'

/** Seconds left when the day is over, in the middle and at the edges of the 50 % and 80 % bands. */
export interface OutlookDay {
  readonly day: LocalDay
  readonly p10: number
  readonly p25: number
  readonly p50: number
  readonly p75: number
  readonly p90: number
}

/**
 * The days on which the pool runs dry: of ten paths one does so by `p10`, five by `p50`, nine by `p90`. Null: that many never do so in
 * this month.
 */
export interface DryDays {
  /** Share of the paths that run dry before the month ends; null where little is known, and a range is all that can be said. */
  readonly odds: number | null
  readonly p10: LocalDay | null
  readonly p50: LocalDay | null
  readonly p90: LocalDay | null
}

export interface PoolOutlook {
  readonly basis: Basis
  readonly historyDays: number
  readonly days: readonly OutlookDay[]
  readonly dry: DryDays | null
  /** Seconds that the pool cannot pay, middle of all paths. */
  readonly beyondSeconds: number
}

export interface PoolFacts {
  /** What calls can still be granted. */
  readonly availableSeconds: number
  /** Which part of today's use is still to come, 0 to 1: by the tenant's own hours. */
  readonly todayLeft: number
}

const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9] as const

/** What will be left each day, if nothing changes. `forecast` begins today and ends with the month. */
export function poolOutlook(forecast: Paths, { availableSeconds, todayLeft }: PoolFacts): PoolOutlook {
  const { basis, historyDays, days } = forecast
  if (basis === 'none') return { basis, historyDays, days: [], dry: null, beyondSeconds: 0 }
  const paths = forecast.paths.map((path) => leftAlong(path, availableSeconds, todayLeft))
  const at = new Float64Array(paths.length)
  const outlook = days.map((day, index): OutlookDay => {
    for (const [k, path] of paths.entries()) at[k] = Math.max(0, path[index] ?? 0)
    const [p10 = 0, p25 = 0, p50 = 0, p75 = 0, p90 = 0] = quantiles(at, SHARES)
    return { day, p10, p25, p50, p75, p90 }
  })
  const ends = paths.map((path) => Math.max(0, -(path.at(-1) ?? 0)))
  const [beyondSeconds = 0] = quantiles(ends, [0.5])
  return { basis, historyDays, days: outlook, dry: dryDays(basis, days, paths), beyondSeconds }
}

/** The days on which it runs dry, without the days in between; null where nothing can be said. */
function poolEnds({ basis, days, paths }: Paths, { availableSeconds, todayLeft }: PoolFacts): DryDays | null {
  if (basis === 'none') return null
  return dryDays(
    basis,
    days,
    paths.map((path) => leftAlong(path, availableSeconds, todayLeft)),
  )
}

/** Left after each day; below zero is what the pool cannot pay. */
function leftAlong(path: Float64Array, available: number, todayLeft: number): Float64Array {
  const left = new Float64Array(path.length)
  let rest = available
  for (const [index, use] of path.entries()) {
    rest -= index === 0 ? use * todayLeft : use
    left[index] = rest
  }
  return left
}

function dryDays(basis: Basis, days: readonly LocalDay[], paths: readonly Float64Array[]): DryDays {
  const never = days.length
  const first = paths.map((path) => {
    const index = path.findIndex((left) => left <= 0)
    return index === -1 ? never : index
  })
  const dry = first.filter((index) => index < never).length
  const [p10 = never, p50 = never, p90 = never] = quantiles(first, [0.1, 0.5, 0.9])
  const dayAt = (index: number): LocalDay | null => days[index] ?? null
  return {
    odds: basis === 'own-errors' ? dry / paths.length : null,
    p10: dayAt(p10),
    p50: dayAt(p50),
    p90: dayAt(p90),
  }
}

export interface WhatIf {
  readonly licences: number
  readonly addsSeconds: number
  readonly dry: DryDays | null
}

/** The same days with one more licence, two more … up to `most`: nothing else changes. */
export function withMoreLicences(forecast: Paths, facts: PoolFacts, allowanceSeconds: number, most: number): WhatIf[] {
  return Array.from({ length: most }, (_, index) => {
    const licences = index + 1
    const addsSeconds = licences * allowanceSeconds
    const more = { ...facts, availableSeconds: facts.availableSeconds + addsSeconds }
    return { licences, addsSeconds, dry: poolEnds(forecast, more) }
  })
}

/** Odds from which a pool is said to run out. */
export const LIKELY = 0.5
/** Odds up to which it is said to last. */
export const UNLIKELY = 0.1

/** Whether the pool is said to run out, and when: the middle day. Where there are no odds, the range decides. */
export const runsOutOn = (dry: DryDays | null): LocalDay | null => dry?.p50 ?? null

/** The fewest more licences with which it is unlikely to run out; null where none of them does. */
export const fewestLicences = (options: readonly WhatIf[]): WhatIf | null =>
  options.find(({ dry }) => (dry?.odds === null || dry === null ? dry?.p10 === null : dry.odds <= UNLIKELY)) ?? null
