/**
 * When a pool or a wallet is worth a word (W7): plan 80 % and 100 % used, credits low, credits at zero. Each is said once: a pool's
 * per month, a wallet's until money comes in.
 */
import type { LimitStrike } from './book.ts'
import { formatId, type TenantId } from './ids.ts'
import { type Account, isPool } from './ledger.ts'
import { type Currency, formatMicros, type Micros, type Money, maxBigint, micros, toMoney } from './money.ts'
import { parsePoolName } from './pool.ts'
import type { LimitKind } from './spend-limit.ts'
import type { EventType, TenantEvent } from './tenant-event.ts'
import { formatInstant, type Instant } from './time.ts'
import { type AutoRecharge, walletFigures } from './wallet.ts'

/** What is low where nobody chose a threshold: a fifth of the smallest card funding, in units of the tenant's currency. */
export const WALLET_LOW_DEFAULT_MICROS = micros(10_000_000n)

/** `data` of `pool.used-80` and `pool.used-100`. */
export interface PoolAlertData {
  /** `pool:US:domestic:2026-11` */
  readonly pool: string
  readonly country: string
  readonly plan: string
  readonly month: string
  readonly assignedLicences: number
  readonly totalSeconds: number
  readonly usedSeconds: number
  readonly availableSeconds: number
}

/** `data` of `wallet.low` and `wallet.empty`. */
export interface WalletAlertData {
  readonly balance: Money
  readonly reserved: Money
  readonly available: Money
  readonly threshold: Money
  readonly autoRecharge: 'on' | 'paused' | 'off'
  /** What a recharge adds; null where automatic recharge is off. */
  readonly rechargeAmount: Money | null
}

type UsedLevel = 0 | 80 | 100

/** Which mark the use of a pool has reached. `totalSeconds` is what its licences give; without licences there is no plan to use. */
export function usedLevel(spentSeconds: bigint, totalSeconds: bigint): UsedLevel {
  if (totalSeconds <= 0n) return 0
  if (spentSeconds >= totalSeconds) return 100
  return spentSeconds * 100n >= totalSeconds * 80n ? 80 : 0
}

const totalOf = (pool: Account): bigint => pool.allowanceSeconds * BigInt(pool.licences)

/**
 * The marks that a pool has passed since `before` seconds of it were used. After a licence was removed the total is another, so
 * `before` is then 0n and the keys see to it that nothing is said twice (P7).
 */
export function poolAlerts(pool: Account, before: bigint, at: Instant): TenantEvent[] {
  const total = totalOf(pool)
  const level = usedLevel(pool.spent, total)
  const earlier = usedLevel(before, total)
  const key = level > earlier && isPool(pool.name) ? parsePoolName(pool.name) : null
  if (key === null) return []
  const data: PoolAlertData = {
    pool: pool.name,
    country: key.country,
    plan: key.plan,
    month: key.month,
    assignedLicences: pool.licences,
    totalSeconds: Number(total),
    usedSeconds: Number(pool.spent),
    availableSeconds: Number(maxBigint(0n, pool.posted - pool.reserved)),
  }
  return ([80, 100] as const)
    .filter((mark) => mark > earlier && mark <= level)
    .map((mark) => ({
      tenantId: pool.tenantId,
      type: `pool.used-${mark}` as const,
      at,
      data,
      onceKey: `${pool.name} ${mark}`,
    }))
}

export interface WalletLevel {
  /** Balance less holds: what W4 compares with the threshold. */
  readonly available: Micros
  /** Balance and signed overdraft, holds included: zero means that nothing more can be spent. */
  readonly spendable: bigint
}

export function walletLevel(lots: Iterable<Account>, now: Instant): WalletLevel {
  const all = [...lots]
  const { available, balance } = walletFigures(all, now)
  return { available, spendable: all.reduce((sum, lot) => sum - lot.floor, balance as bigint) }
}

export interface WalletWatch {
  readonly tenantId: TenantId
  readonly currency: Currency
  readonly autoRecharge: Pick<AutoRecharge, 'enabled' | 'paused' | 'thresholdMicros' | 'amountMicros'> | null
}

export const lowThreshold = ({ autoRecharge }: WalletWatch): Micros =>
  autoRecharge?.thresholdMicros ?? WALLET_LOW_DEFAULT_MICROS

/**
 * What a wallet that had `before` and has `lots` now is worth a word for; `before` null for “whatever it was”. `isRefused`: a call
 * was just refused because nothing could pay, which is the end of a wallet whose last cents buy no minute.
 */
export function walletAlerts(
  watch: WalletWatch,
  before: WalletLevel | null,
  lots: readonly Account[],
  now: Instant,
  isRefused = false,
): TenantEvent[] {
  const { tenantId, currency, autoRecharge } = watch
  const threshold = lowThreshold(watch)
  const after = walletLevel(lots, now)
  const isLow = after.available < threshold
  const wasLow = before !== null && before.available < threshold
  const holdsNothing = lots.every((lot) => lot.reserved === 0n)
  const isEmpty = after.spendable <= 0n || (isRefused && isLow && holdsNothing)
  const wasEmpty = before !== null && before.spendable <= 0n && !isRefused
  const { balance, reserved, available } = walletFigures(lots, now)
  const tell = (type: EventType): TenantEvent => {
    const data: WalletAlertData = {
      balance: toMoney(balance, currency),
      reserved: toMoney(reserved, currency),
      available: toMoney(available, currency),
      threshold: toMoney(threshold, currency),
      autoRecharge: rechargeWord(autoRecharge),
      rechargeAmount: autoRecharge?.enabled ? toMoney(autoRecharge.amountMicros, currency) : null,
    }
    return { tenantId, type, at: now, data, onceKey: type }
  }
  return [...(isLow && !wasLow ? [tell('wallet.low')] : []), ...(isEmpty && !wasEmpty ? [tell('wallet.empty')] : [])]
}

function rechargeWord(policy: WalletWatch['autoRecharge']): 'on' | 'paused' | 'off' {
  if (!policy?.enabled) return 'off'
  return policy.paused ? 'paused' : 'on'
}

/** `data` of `limit.reached`. */
export interface LimitAlertData {
  readonly callId: string
  /** Null: a limit of the whole organisation. */
  readonly userId: string | null
  readonly kind: LimitKind
  /** A decimal amount, seconds, a number of calls, or the code of a country. */
  readonly max: string
  readonly currency: Currency
}

/** A limit that stood in the way of a call: said once in its window, and once an hour where it has none. */
export function limitAlert({ tenantId, cap, window, callId, at }: LimitStrike, currency: Currency): TenantEvent {
  const { userId, kind, max } = cap
  const isMoney = kind === 'credits-month' || kind === 'credits-hour'
  const data: LimitAlertData = {
    callId: formatId('call', callId),
    userId: userId === null ? null : formatId('user', userId),
    kind,
    max: isMoney ? formatMicros(micros(BigInt(max))) : max,
    currency,
  }
  const hour = kind === 'calls' || kind === 'country' ? ` ${max} ${formatInstant(at).slice(0, 13)}` : ''
  return { tenantId, type: 'limit.reached', at, data, onceKey: `limit ${window}${hour}` }
}
