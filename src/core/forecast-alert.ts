/** When a forecast is worth a word (A4): once a pool and month, once a wallet, and again when the day has moved far. */
import { allowanceSeconds } from './catalogue.ts'
import { fewestLicences, LIKELY, type WhatIf, withMoreLicences } from './forecast-pool.ts'
import { daysFrom, type LocalDay, monthOfDay } from './local-day.ts'
import type { Money } from './money.ts'
import { poolName } from './pool.ts'
import type { PoolForecast, TenantForecast } from './tenant-forecast.ts'

/** Two days of one week are the same news. */
export const MOVED_DAYS = 4
/** A wallet is looked further ahead than anybody has to act. */
export const WALLET_NOTICE_DAYS = 14

/** `data` of `pool.runs-out`. Days are those of the tenant. */
export interface PoolRunsOutData {
  /** `pool:US:domestic:2026-11` */
  readonly pool: string
  readonly country: string
  readonly plan: string
  readonly month: string
  readonly likely: LocalDay
  readonly earliest: LocalDay | null
  /** Null: it may as well last. */
  readonly latest: LocalDay | null
  /** 0 to 1; null where too little is known. */
  readonly odds: number | null
  readonly freeLicences: number
  /** What would change it, out of licences that are free; null where they do not suffice. */
  readonly assign: { readonly licences: number; readonly addsSeconds: number } | null
}

/** `data` of `wallet.runs-out`. */
export interface WalletRunsOutData {
  readonly available: Money
  readonly likely: LocalDay
  readonly earliest: LocalDay | null
  readonly latest: LocalDay | null
  readonly autoRecharge: 'paused' | 'off'
}

const isNews = (told: LocalDay | null, day: LocalDay): boolean =>
  told === null || Math.abs(daysFrom(told, day)) >= MOVED_DAYS

/** The day on which it is said to run out, if it is and there is still something left. */
export function poolRunsOut({ outlook, facts }: PoolForecast): LocalDay | null {
  const { dry } = outlook
  if (dry === null || facts.availableSeconds <= 0) return null
  return dry.odds === null || dry.odds >= LIKELY ? dry.p50 : null
}

/** Of `free` licences the fewest that make it unlikely; null where all of them do not. */
export function rescue({ paths, facts, key }: PoolForecast, free: number): WhatIf | null {
  return fewestLicences(withMoreLicences(paths, facts, allowanceSeconds(key.country, key.plan), Math.min(free, 10)))
}

/** What to say of a pool; `toldOf` gives the day that was said last of the pool of a month. */
export function poolNews(
  pool: PoolForecast,
  free: number,
  toldOf: (pool: string) => LocalDay | null,
): PoolRunsOutData | null {
  const likely = poolRunsOut(pool)
  const { dry } = pool.outlook
  if (likely === null || dry === null) return null
  const month = monthOfDay(likely)
  if (!isNews(toldOf(poolName(pool.key, month)), likely)) return null
  const found = rescue(pool, free)
  return {
    pool: poolName(pool.key, month),
    ...pool.key,
    month,
    likely,
    earliest: dry.p10,
    latest: dry.p90,
    odds: dry.odds,
    freeLicences: free,
    assign: found && { licences: found.licences, addsSeconds: found.addsSeconds },
  }
}

/** What to say of a wallet that nothing fills by itself. */
export function walletNews(
  { today, wallet }: TenantForecast,
  facts: { readonly available: Money; readonly autoRecharge: 'on' | 'paused' | 'off' },
  told: LocalDay | null,
): WalletRunsOutData | null {
  const { dry } = wallet.outlook
  const { available, autoRecharge } = facts
  if (autoRecharge === 'on' || dry === null || dry.p50 === null) return null
  if (dry.odds !== null && dry.odds < LIKELY) return null
  // What is empty already has been said (`wallet.empty`).
  if (wallet.outlook.isEmpty || daysFrom(today, dry.p50) > WALLET_NOTICE_DAYS || !isNews(told, dry.p50)) return null
  return { available, likely: dry.p50, earliest: dry.p10, latest: dry.p90, autoRecharge }
}
