/**
 * Communications Credits (W1–W5). The wallet is a row of lots: each funding is an account of its own, so that it can expire on
 * its own day and the oldest is spent first. An operator's signed overdraft is one more account, the last, with a floor below 0.
 */
import type { TenantId, Uuid } from './ids.ts'
import { type Account, COUNTER, free, type Ledger, type Source } from './ledger.ts'
import { type Currency, divCeil, type Micros, maxBigint, micros, minBigint } from './money.ts'
import { coinMicros } from './seat-price.ts'
import { type Instant, oneYearAfter, type TimeZone } from './time.ts'

const LOT_PREFIX = 'wallet:'

/** Ids are time-ordered, so lot names sort oldest first, and so do the row locks. */
export const lotName = (fundingId: Uuid): string => LOT_PREFIX + fundingId

/** `~` sorts after every id: the overdraft is spent last. */
export const OVERDRAFT_NAME = `${LOT_PREFIX}~overdraft`

export const isLot = (accountName: string): boolean => accountName.startsWith(LOT_PREFIX)

/** Money has come in: a new lot that expires a year later (W3). */
export function openLot(
  ledger: Ledger,
  source: Source,
  lot: { tenantId: TenantId; fundingId: Uuid; amount: Micros; at: Instant; zone: TimeZone },
): Account {
  const account: Account = {
    tenantId: lot.tenantId,
    name: lotName(lot.fundingId),
    posted: 0n,
    reserved: 0n,
    floor: 0n,
    owed: 0n,
    spent: 0n,
    licences: 0,
    allowanceSeconds: 0n,
    endsAt: oneYearAfter(lot.at, lot.zone),
    closed: false,
  }
  ledger.credit(account, source, lot.at, 'funding', COUNTER.moneyReceived, lot.amount)
  return account
}

/** What a lot can still give at `at`: nothing once it has expired, even before the expiry job ran. */
export const spendable = (lot: Account, at: Instant): bigint =>
  lot.endsAt !== null && at >= lot.endsAt ? 0n : free(lot)

/**
 * Pays back what was spent of the overdraft from what is free in the lots, oldest first, so that a limit can be lowered once money
 * has come in. The wallet as a whole has as much as before.
 */
export function repayOverdraft(
  ledger: Ledger,
  source: Source,
  overdraft: Account,
  lots: readonly Account[],
  at: Instant,
): void {
  for (const lot of lots) {
    // What calls hold is not spent yet: it stays with the overdraft.
    const amount = minBigint(-overdraft.posted, lot === overdraft ? 0n : maxBigint(0n, spendable(lot, at)))
    if (amount > 0n) ledger.move(lot, overdraft, source, at, 'overdraft', amount)
  }
}

export interface WalletFigures {
  readonly balance: Micros
  readonly reserved: Micros
  readonly available: Micros
}

/** Balance, what live calls hold, and the difference. Expired money is not shown; what is held of it still is. */
export function walletFigures(lots: Iterable<Account>, now: Instant): WalletFigures {
  let balance = 0n
  let reserved = 0n
  for (const lot of lots) {
    const expired = lot.endsAt !== null && now >= lot.endsAt
    balance += expired ? lot.reserved : lot.posted
    reserved += lot.reserved
  }
  return { balance: micros(balance), reserved: micros(reserved), available: micros(balance - reserved) }
}

/** W4, as chosen by the admin. `pending`: a recharge is in flight; `notBefore`: after a decline or at a cap. */
export interface AutoRecharge {
  readonly enabled: boolean
  readonly paused: boolean
  readonly pending: boolean
  readonly thresholdMicros: Micros
  /** What is added; with a target the least that is added. */
  readonly amountMicros: Micros
  /** Up to where the wallet is filled; null adds the amount whatever is there. */
  readonly targetMicros: Micros | null
  readonly paymentMethodId: Uuid
  readonly notBefore: Instant | null
}

/** Fires when what is available falls strictly below the threshold, and never while one is in flight (W4). */
export function rechargeDue(policy: AutoRecharge | null, available: Micros, now: Instant): boolean {
  if (!policy?.enabled || policy.paused || policy.pending) return false
  if (policy.notBefore !== null && now < policy.notBefore) return false
  return available < policy.thresholdMicros
}

/** What a recharge adds: the amount, or what is missing to the target, in whole coins and never less than the amount. */
export function rechargeAmount(policy: AutoRecharge, available: Micros, currency: Currency): Micros {
  const { amountMicros, targetMicros } = policy
  if (targetMicros === null || targetMicros <= available) return amountMicros
  const coin = coinMicros(currency)
  return micros(maxBigint(amountMicros, divCeil(targetMicros - available, coin) * coin))
}
