/** How long the wallet lasts (A4): what is spent from it directly, what pools leave to it when they run dry, and what expires (W3). */
import { type Basis, type Paths, quantiles } from './forecast.ts'
import { type DryDays, type OutlookDay, runsOutOn } from './forecast-pool.ts'
import { type LocalDay, monthOfDay } from './local-day.ts'

/** A plan whose calls the wallet pays once its pool is used up. `paths` begins today. */
export interface PlanDemand {
  readonly paths: Paths
  readonly availableSeconds: number
  /** What the pool of each later month begins with. */
  readonly monthSeconds: number
  /** What such calls have cost lately, for a second. */
  readonly microsPerSecond: number
}

export interface WalletFacts {
  /** What is free in each lot, in the order in which it is spent, and its last day; null never expires. */
  readonly lots: readonly { readonly micros: number; readonly lastDay: LocalDay | null }[]
  /** W1: how far below zero it may go. */
  readonly overdraftMicros: number
  readonly todayLeft: number
  /** W4: below this a recharge is due; null where there is none. */
  readonly thresholdMicros: number | null
}

export interface WalletOutlook {
  readonly basis: Basis
  readonly historyDays: number
  /** Micros available when the day is over, without any money coming in. */
  readonly days: readonly OutlookDay[]
  /** Without any money coming in; null where nothing can be said. */
  readonly dry: DryDays | null
  /** The days on which what is available falls below the threshold. */
  readonly belowThreshold: DryDays | null
  /** Micros a day that leave the wallet: the middle of the next thirty days. */
  readonly perDay: number
  /** Micros that seven days take, in nine of ten paths at most. */
  readonly weekAtMost: number
  /** How far ahead was looked. */
  readonly lastDay: LocalDay
  /** Nothing can be spent now. */
  readonly isEmpty: boolean
}

const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9] as const
const PACE_DAYS = 30
const WEEK_DAYS = 7

/** `direct`: what is spent whatever the pools have left, from today on. */
export function walletOutlook(direct: Paths, plans: readonly PlanDemand[], facts: WalletFacts): WalletOutlook {
  const { days, historyDays } = direct
  const forecasts = [direct, ...plans.map(({ paths }) => paths)].filter(({ basis }) => basis !== 'none')
  const basis = weakest(direct, forecasts)
  const lastDay = days.at(-1) as LocalDay
  const isEmpty = facts.lots.reduce((sum, { micros }) => sum + micros, facts.overdraftMicros) <= 0
  if (basis === 'none') {
    return { basis, historyDays, days: [], dry: null, belowThreshold: null, perDay: 0, weekAtMost: 0, lastDay, isEmpty }
  }
  const count = Math.max(...forecasts.map(({ paths }) => paths.length))
  const spent = Array.from({ length: count }, (_, k) => spentAlong(k, direct, plans, facts.todayLeft))
  const left = spent.map((path) => leftAlong(path, days, facts))
  const at = new Float64Array(count)
  const outlook = days.map((day, index): OutlookDay => {
    for (const [k, path] of left.entries()) at[k] = path[index] ?? 0
    const [p10 = 0, p25 = 0, p50 = 0, p75 = 0, p90 = 0] = quantiles(at, SHARES)
    return { day, p10, p25, p50, p75, p90 }
  })
  const sumOf = (count: number, share: number): number =>
    quantiles(
      spent.map((path) => path.slice(0, count).reduce((sum, amount) => sum + amount, 0)),
      [share],
    )[0] ?? 0
  const { overdraftMicros, thresholdMicros } = facts
  return {
    basis,
    historyDays,
    days: outlook,
    dry: daysBelow(basis, days, left, (value) => value + overdraftMicros <= 0),
    belowThreshold: thresholdMicros === null ? null : daysBelow(basis, days, left, (value) => value < thresholdMicros),
    perDay: sumOf(PACE_DAYS, 0.5) / PACE_DAYS,
    weekAtMost: sumOf(WEEK_DAYS, 0.9),
    lastDay,
    isEmpty,
  }
}

/** Credits that hardly anybody has spent yet may still be known from plans that are about to spend them. */
function weakest(direct: Paths, forecasts: readonly Paths[]): Basis {
  if (forecasts.length === 0) return 'none'
  if (direct.basis === 'none') return 'little'
  return forecasts.some(({ basis }) => basis === 'little') ? 'little' : 'own-errors'
}

/** What the wallet pays on each day of the path with number `k`; of today, what is still to come. */
function spentAlong(k: number, direct: Paths, plans: readonly PlanDemand[], todayLeft: number): Float64Array {
  const share = (index: number): number => (index === 0 ? todayLeft : 1)
  const own = direct.paths[k]
  const spent = Float64Array.from(direct.days, (_, index) => (own?.[index] ?? 0) * share(index))
  for (const { paths, availableSeconds, monthSeconds, microsPerSecond } of plans) {
    const demand = paths.paths[k]
    if (!demand) continue
    let left = availableSeconds
    for (const [index, day] of paths.days.entries()) {
      const before = paths.days[index - 1]
      if (before !== undefined && monthOfDay(before) !== monthOfDay(day)) left = monthSeconds
      const use = (demand[index] ?? 0) * share(index)
      const paid = Math.min(left, use)
      left -= paid
      spent[index] = (spent[index] ?? 0) + (use - paid) * microsPerSecond
    }
  }
  return spent
}

/** What is left after each day: oldest lots first, and what has expired is gone. Below zero only by the overdraft's part. */
function leftAlong(spent: Float64Array, days: readonly LocalDay[], { lots }: WalletFacts): Float64Array {
  const rest = lots.map(({ micros }) => micros)
  const left = new Float64Array(days.length)
  let owed = 0
  for (const [index, day] of days.entries()) {
    let due = spent[index] ?? 0
    let sum = 0
    for (const [number, { lastDay }] of lots.entries()) {
      const has = rest[number] ?? 0
      const paid = Math.min(has, due)
      due -= paid
      rest[number] = lastDay !== null && lastDay <= day ? 0 : has - paid
      sum += rest[number] ?? 0
    }
    owed += due
    left[index] = sum - owed
  }
  return left
}

function daysBelow(
  basis: Basis,
  days: readonly LocalDay[],
  paths: readonly Float64Array[],
  isBelow: (value: number) => boolean,
): DryDays {
  const never = days.length
  const first = paths.map((path) => {
    const index = path.findIndex(isBelow)
    return index === -1 ? never : index
  })
  const [p10 = never, p50 = never, p90 = never] = quantiles(first, [0.1, 0.5, 0.9])
  const dayAt = (index: number): LocalDay | null => days[index] ?? null
  const odds = first.filter((index) => index < never).length / paths.length
  return { odds: basis === 'own-errors' ? odds : null, p10: dayAt(p10), p50: dayAt(p50), p90: dayAt(p90) }
}

/** Whether the wallet lasts beyond the days that were looked at. */
export const lastsUntil = (outlook: WalletOutlook): LocalDay | null => runsOutOn(outlook.dry)
