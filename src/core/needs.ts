/**
 * What a batch must read before it can decide. Pure, so that the shell needs no decision of its own to know what to lock.
 */
import type { Book } from './book.ts'
import { type Call, grantedSeconds } from './call.ts'
import { POOL_INCREMENT } from './catalogue.ts'
import type { TenantId } from './ids.ts'
import { free } from './ledger.ts'
import { type PoolKey, poolName } from './pool.ts'
import { windowsOf } from './spend-limit.ts'
import { type Instant, instant, type Month, periodOf, splitByPeriod, type TimeZone } from './time.ts'

/** A pool that calls may draw, in the month that matters. */
export interface PoolNeed {
  readonly tenantId: TenantId
  readonly key: PoolKey
  readonly month: Month
}

/** The same with how much the batch may want of it, and whether the wallet would take over if it runs short. */
interface PoolDemand extends PoolNeed {
  seconds: number
  walletMayFollow: boolean
}

/** Accounts to lock: pools by name, holds by name, and the whole wallet of a tenant. */
export interface Needs {
  readonly pools: Map<string, PoolDemand>
  /** Held lots by (tenant, name): they may be closed, and then the wallet's own reading misses them. */
  readonly lots: Map<string, { tenantId: TenantId; name: string }>
  readonly wallets: Set<TenantId>
  /** Windows of limits by (tenant, window): of tenants and users without limits there are none. */
  readonly limits: Map<string, { tenantId: TenantId; window: string }>
}

export const noNeeds = (): Needs => ({ pools: new Map(), lots: new Map(), wallets: new Set(), limits: new Map() })

/** The windows that what limits a call counts in, when it is granted at one of these moments. */
export function needsOfLimits(
  needs: Needs,
  tenantId: TenantId,
  limits: Parameters<typeof windowsOf>[0],
  moments: readonly Instant[],
  zone: TimeZone,
): void {
  if (limits.caps.length === 0) return
  for (const window of moments.flatMap((at) => windowsOf(limits, at, zone))) {
    needs.limits.set(`${tenantId} ${window}`, { tenantId, window })
  }
}

/** Rounding, and the look whether one more second could follow, ask for this much beyond the wish. */
const SLACK_SECONDS = 2 * POOL_INCREMENT.nextSeconds

/**
 * A call that wants `seconds` more needs the pool of the month it goes on in. The wallet is needed at once where no plan
 * covers the call, and else only if the pool runs short: to lock a row is to write it, and most calls never touch the wallet.
 */
export function needsOfCall(
  needs: Needs,
  call: { tenantId: TenantId; pool: PoolKey | null; walletAllowed: boolean; charged: boolean },
  seconds: number,
  at: Instant,
  now: Instant,
  zone: TimeZone,
): void {
  if (!call.charged) return
  const { tenantId, pool, walletAllowed } = call
  if (pool) {
    const need = needPool(needs, tenantId, pool, periodOf(instant(Math.max(at, now)), zone).month)
    need.seconds += seconds + SLACK_SECONDS
    need.walletMayFollow ||= walletAllowed
  } else if (walletAllowed) {
    needs.wallets.add(tenantId)
  }
}

/** Tenants whose wallets the batch needs after all, because a pool may not last for what the batch wants of it. */
export function walletsBehindShortPools(book: Book, needs: Needs): TenantId[] {
  const tenants = new Set<TenantId>()
  for (const [, need] of needs.pools) {
    if (!need.walletMayFollow || needs.wallets.has(need.tenantId)) continue
    const account = book.account(need.tenantId, poolName(need.key, need.month))
    if (account && free(account) < BigInt(need.seconds)) tenants.add(need.tenantId)
  }
  return [...tenants]
}

/** A live call also needs the pools of the months in which its used seconds lie, and whatever it holds or has spent. */
export function needsOfReport(
  needs: Needs,
  call: Call,
  report: { usedSeconds: number; requestedSeconds: number; at: Instant; now: Instant; zone: TimeZone },
): void {
  const { usedSeconds, requestedSeconds, at, now, zone } = report
  needsOfCall(needs, call, requestedSeconds, at, now, zone)
  if (call.limits) needsOfLimits(needs, call.tenantId, call.limits, [at, instant(Math.max(at, now))], zone)
  if (call.pool && usedSeconds > 0) {
    for (const part of splitByPeriod(usedSeconds, at, zone)) {
      const need = needPool(needs, call.tenantId, call.pool, part.period.month)
      // What is beyond the grant or in another month is paid from what is free in the pool of its month, or by the wallet.
      const granted = call.grantMonth === part.period.month ? grantedSeconds(call) : 0
      if (part.seconds > granted) need.seconds += part.seconds - granted + SLACK_SECONDS
      need.walletMayFollow ||= call.walletAllowed
    }
  }
  for (const fund of call.funds) {
    if (fund.kind === 'pool') {
      if (call.pool && fund.heldSeconds > 0) needPool(needs, call.tenantId, call.pool, fund.month)
      continue
    }
    if (fund.held.length > 0 || fund.spokenSeconds > 0) needs.wallets.add(call.tenantId)
    for (const hold of fund.held) {
      needs.lots.set(`${call.tenantId} ${hold.account}`, { tenantId: call.tenantId, name: hold.account })
    }
  }
}

function needPool(needs: Needs, tenantId: TenantId, key: PoolKey, month: Month): PoolDemand {
  const name = `${tenantId} ${poolName(key, month)}`
  const known = needs.pools.get(name)
  if (known) return known
  const need: PoolDemand = { tenantId, key, month, seconds: 0, walletMayFollow: false }
  needs.pools.set(name, need)
  return need
}

/** Pools that were asked for and have no account yet: the first call of a month opens them. */
export function missingPools(book: Book, needs: Needs): PoolNeed[] {
  const missing: PoolNeed[] = []
  for (const need of needs.pools.values()) {
    if (!book.account(need.tenantId, poolName(need.key, need.month))) missing.push(need)
  }
  return missing
}
