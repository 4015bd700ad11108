/** All forecasts of a tenant at one moment: each pool of the month and the wallet, from what its calls took so far (A4). */
import { type Coverage, coverageOf, type DailyHistory, forecastPaths, type Paths } from './forecast.ts'
import { type PoolOutlook, poolOutlook } from './forecast-pool.ts'
import { type WalletOutlook, walletOutlook } from './forecast-wallet.ts'
import { addDays, dayOf, daysFrom, type LocalDay, lastDayOf, monthOfDay, startOfDay } from './local-day.ts'
import type { PoolKey } from './pool.ts'
import { type Instant, instant, type TimeZone } from './time.ts'

/** How far ahead the wallet is looked at. */
export const WALLET_DAYS = 92
/** Days of use that are asked for: half a year and the month before it, whose level the first forecasts need. */
export const HISTORY_DAYS = 210
/** Days by whose hours the rest of today is judged. */
const PROFILE_DAYS = 28
const SLOT_MS = 4 * 3_600_000

/** Use in a part of a local day: four hours each. */
export interface PartUse {
  readonly day: LocalDay
  readonly slot: number
  readonly amount: number
}

export interface PoolInput {
  readonly key: PoolKey
  readonly availableSeconds: number
  /** What a month begins with: one allowance for each licence. */
  readonly monthSeconds: number
  /** What the plan paid and what credits paid in its place: what was called for. */
  readonly use: readonly PartUse[]
  /** What such a second costs the wallet; 0 where nothing is known. */
  readonly microsPerSecond: number
}

export interface WalletInput {
  /** Without what plans left to it. */
  readonly use: readonly PartUse[]
  readonly lots: readonly { readonly micros: number; readonly expiresAt: Instant | null }[]
  readonly overdraftMicros: number
  readonly thresholdMicros: number | null
}

export interface ForecastInput {
  /** Seeds chance, with the name of the fund and the day: the same all day long, wherever it is asked. */
  readonly seed: string
  readonly now: Instant
  readonly zone: TimeZone
  readonly pools: readonly PoolInput[]
  readonly wallet: WalletInput
}

export interface PoolForecast {
  readonly key: PoolKey
  /** From today to the end of the month; with `facts` what more licences would change can be asked. */
  readonly paths: Paths
  readonly facts: { readonly availableSeconds: number; readonly todayLeft: number }
  readonly outlook: PoolOutlook
  /** What such a second costs the wallet; 0 where nothing is known. */
  readonly microsPerSecond: number
  readonly coverage: Coverage | null
}

export interface TenantForecast {
  readonly today: LocalDay
  readonly pools: readonly PoolForecast[]
  readonly wallet: { readonly outlook: WalletOutlook; readonly coverage: Coverage | null }
}

export function forecastTenant(input: ForecastInput): TenantForecast {
  const { now, zone, wallet } = input
  const today = dayOf(now, zone)
  const monthLeft = daysFrom(today, lastDayOf(monthOfDay(today))) + 1
  const demands = input.pools.map((pool) => {
    const history = historyOf(pool.use, today)
    const seed = `${input.seed} ${pool.key.country} ${pool.key.plan} ${today}`
    const todayLeft = leftOfToday(pool.use, today, now, zone)
    return { pool, history, seed, todayLeft, paths: forecastPaths(history, WALLET_DAYS, seed) }
  })
  const pools = demands.map(({ pool, history, seed, todayLeft, paths }): PoolForecast => {
    const facts = { availableSeconds: pool.availableSeconds, todayLeft }
    const month = {
      ...paths,
      days: paths.days.slice(0, monthLeft),
      paths: paths.paths.map((p) => p.slice(0, monthLeft)),
    }
    return {
      key: pool.key,
      paths: month,
      facts,
      outlook: poolOutlook(month, facts),
      microsPerSecond: pool.microsPerSecond,
      coverage: knownCoverage(history, seed),
    }
  })
  const history = historyOf(wallet.use, today)
  const seed = `${input.seed} wallet ${today}`
  const direct = forecastPaths(history, WALLET_DAYS, seed)
  const outlook = walletOutlook(
    direct,
    demands.map(({ pool, paths }) => ({ ...pool, paths })),
    {
      lots: wallet.lots.map(({ micros, expiresAt }) => ({
        micros,
        lastDay: expiresAt === null ? null : dayOf(instant(expiresAt - 1), zone),
      })),
      overdraftMicros: wallet.overdraftMicros,
      thresholdMicros: wallet.thresholdMicros,
      todayLeft: leftOfToday(wallet.use, today, now, zone),
    },
  )
  return { today, pools, wallet: { outlook, coverage: knownCoverage(history, seed) } }
}

/** Whole days up to yesterday. */
function historyOf(use: readonly PartUse[], today: LocalDay): DailyHistory {
  const first = addDays(today, -HISTORY_DAYS)
  const amounts = Array.from({ length: HISTORY_DAYS }, () => 0)
  for (const { day, amount } of use) {
    const index = daysFrom(first, day)
    if (index >= 0 && index < HISTORY_DAYS) amounts[index] = (amounts[index] ?? 0) + amount
  }
  // What credits paid for plans is taken from the day on which it ended; a call over midnight may leave less than nothing.
  return { first, amounts: amounts.map((amount) => Math.max(0, amount)) }
}

/** Which part of a day's use comes after this time of day, in the last four weeks; without any, as the hours pass. */
function leftOfToday(use: readonly PartUse[], today: LocalDay, now: Instant, zone: TimeZone): number {
  const start = startOfDay(today, zone)
  const length = startOfDay(addDays(today, 1), zone) - start
  const bySlot = new Float64Array(7)
  const from = addDays(today, -PROFILE_DAYS)
  for (const { day, slot, amount } of use) {
    if (day >= from && day < today && amount > 0) bySlot[slot] = (bySlot[slot] ?? 0) + amount
  }
  const total = bySlot.reduce((sum, amount) => sum + amount, 0)
  if (total === 0) return 1 - (now - start) / length
  const at = (now - start) / SLOT_MS
  return bySlot.reduce((left, amount, slot) => left + amount * Math.min(1, Math.max(0, slot + 1 - at)), 0) / total
}

// Half of the work of a forecast is to look at those of the past, and their past does not change all day long. The memo cannot change
// an answer, only its price.
const memo = new Map<string, Coverage | null>()
const MEMO_MAX = 500

function knownCoverage(history: DailyHistory, seed: string): Coverage | null {
  const key = `${seed} ${history.first} ${history.amounts.join(',')}`
  const known = memo.get(key)
  if (known !== undefined) return known
  const coverage = coverageOf(history, seed)
  if (memo.size >= MEMO_MAX) memo.clear()
  memo.set(key, coverage)
  return coverage
}
