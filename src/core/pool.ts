/**
 * A pool belongs to (tenant, country of the users, plan, month) and its name says so (P2). Nothing is ever reset: the next
 * month is another account.
 */
import { allowanceSeconds, PLANS, type Plan } from './catalogue.ts'
import type { TenantId } from './ids.ts'
import { type Account, COUNTER, type Ledger, type Source } from './ledger.ts'
import type { Instant, Month, Period } from './time.ts'

/** Which pool, in any month. */
export interface PoolKey {
  readonly country: string
  readonly plan: Plan
}

/** `pool:US:domestic:2026-11`. */
export const poolName = (key: PoolKey, month: Month): string => `pool:${key.country}:${key.plan}:${month}`

const POOL_NAME = /^pool:([A-Z]{2}):([a-z]+):(\d{4}-\d{2})$/

export function parsePoolName(name: string): (PoolKey & { month: Month }) | null {
  const match = POOL_NAME.exec(name)
  if (!match) return null
  const [, country = '', plan = '', month = ''] = match
  const known = PLANS.find((candidate) => candidate === plan)
  return known ? { country, plan: known, month: month as Month } : null
}

/** A pool begins full: one allowance per licence that is assigned (for conferences: purchased) when it opens (P1, P6). */
export function openPool(
  ledger: Ledger,
  source: Source,
  pool: { tenantId: TenantId; key: PoolKey; period: Period; licences: number; at: Instant },
): Account {
  const allowance = BigInt(allowanceSeconds(pool.key.country, pool.key.plan))
  const account: Account = {
    tenantId: pool.tenantId,
    name: poolName(pool.key, pool.period.month),
    posted: 0n,
    reserved: 0n,
    floor: 0n,
    owed: 0n,
    spent: 0n,
    licences: pool.licences,
    allowanceSeconds: allowance,
    endsAt: pool.period.end,
    closed: false,
  }
  const seconds = allowance * BigInt(pool.licences)
  ledger.touched.add(account)
  if (seconds > 0n) ledger.credit(account, source, pool.at, 'month-begins', COUNTER.secondsIssued, seconds)
  return account
}

/**
 * Licences assigned or removed in mid-month change the pool at once (P7): available = max(0, licences × allowance − used −
 * reserved). Assigning and removing all day long moves the same seconds to and fro and creates none.
 */
export function changeLicences(ledger: Ledger, source: Source, pool: Account, change: number, at: Instant): void {
  pool.licences += change
  ledger.touched.add(pool)
  const seconds = pool.allowanceSeconds * BigInt(Math.abs(change))
  if (seconds === 0n) return
  if (change > 0) ledger.credit(pool, source, at, 'licence', COUNTER.secondsIssued, seconds)
  else ledger.withdraw(pool, source, at, seconds)
}

/** What the console and `GET /pools` show. After its month a pool has nothing to give, even before the closing job ran. */
export function poolFigures(pool: Account, now: Instant): PoolFigures {
  const over = pool.closed || (pool.endsAt !== null && now >= pool.endsAt)
  return {
    assignedLicences: pool.licences,
    totalSeconds: Number(pool.allowanceSeconds) * pool.licences,
    usedSeconds: Number(pool.spent),
    reservedSeconds: Number(pool.reserved),
    availableSeconds: over ? 0 : Number(pool.posted - pool.reserved),
  }
}

export interface PoolFigures {
  readonly assignedLicences: number
  readonly totalSeconds: number
  readonly usedSeconds: number
  readonly reservedSeconds: number
  readonly availableSeconds: number
}
