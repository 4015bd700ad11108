/**
 * What a batch must read before it can decide. Pure, so that the shell needs no decision of its own to know what to lock.
 */
import type { Book } from './book.ts'
import type { Call } from './call.ts'
import type { TenantId } from './ids.ts'
import { type PoolKey, poolName } from './pool.ts'
import { type Instant, instant, type Month, periodOf, splitByPeriod, type TimeZone } from './time.ts'

/** A pool that a call may draw, in the month that matters. */
export interface PoolNeed {
  readonly tenantId: TenantId
  readonly key: PoolKey
  readonly month: Month
}

/** Accounts to lock: pools by name, holds by name, and the whole wallet of a tenant. */
export interface Needs {
  readonly pools: Map<string, PoolNeed>
  /** Held lots by (tenant, name): they may be closed, and then the wallet's own reading misses them. */
  readonly lots: Map<string, { tenantId: TenantId; name: string }>
  readonly wallets: Set<TenantId>
}

export const noNeeds = (): Needs => ({ pools: new Map(), lots: new Map(), wallets: new Set() })

/** A new call needs the pool of the month it begins in, and the wallet if it may pay. */
export function needsOfCall(
  needs: Needs,
  call: { tenantId: TenantId; pool: PoolKey | null; walletAllowed: boolean; charged: boolean },
  at: Instant,
  now: Instant,
  zone: TimeZone,
): void {
  if (!call.charged) return
  if (call.pool) needPool(needs, call.tenantId, call.pool, periodOf(instant(Math.max(at, now)), zone).month)
  if (call.walletAllowed) needs.wallets.add(call.tenantId)
}

/** A live call also needs the pools of the months in which its used seconds lie, and whatever it holds. */
export function needsOfReport(
  needs: Needs,
  call: Call,
  usedSeconds: number,
  at: Instant,
  now: Instant,
  zone: TimeZone,
): void {
  needsOfCall(needs, call, at, now, zone)
  if (call.pool && usedSeconds > 0) {
    for (const part of splitByPeriod(usedSeconds, at, zone))
      needPool(needs, call.tenantId, call.pool, part.period.month)
  }
  for (const fund of call.funds) {
    if (fund.kind === 'pool') {
      if (call.pool && fund.heldSeconds > 0) needPool(needs, call.tenantId, call.pool, fund.month)
      continue
    }
    for (const hold of fund.held) {
      needs.lots.set(`${call.tenantId} ${hold.account}`, { tenantId: call.tenantId, name: hold.account })
    }
  }
}

function needPool(needs: Needs, tenantId: TenantId, key: PoolKey, month: Month): void {
  const name = poolName(key, month)
  needs.pools.set(`${tenantId} ${name}`, { tenantId, key, month })
}

/** Pools that were asked for and have no account yet: the first call of a month opens them. */
export function missingPools(book: Book, needs: Needs): PoolNeed[] {
  const missing: PoolNeed[] = []
  for (const need of needs.pools.values()) {
    if (!book.account(need.tenantId, poolName(need.key, need.month))) missing.push(need)
  }
  return missing
}
