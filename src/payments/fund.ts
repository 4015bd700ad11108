/** How money is asked for: by an operator's word, by card, or by automatic recharge (W4). Refusals are values. */
import type { TenantId, Uuid } from '../core/ids.ts'
import { Ledger } from '../core/ledger.ts'
import { CARD_FUNDING_MIN_MICROS } from '../core/limits.ts'
import { type Currency, type Micros, maxBigint } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import { openLot, rechargeAmount, rechargeDue, walletFigures } from '../core/wallet.ts'
import {
  type AutoRechargePolicy,
  lockAutoRecharge,
  readAutoRecharge,
  saveAutoRecharge,
  updateAutoRecharge,
} from '../store/auto-recharge.ts'
import type { Tx } from '../store/db.ts'
import { rearmWalletAlerts } from '../store/event.ts'
import { type Funding, insertFunding } from '../store/funding.ts'
import { insertAccounts, insertPostings, readLots } from '../store/ledger.ts'
import { defaultPaymentMethod, type PaymentMethod, usablePaymentMethod } from '../store/payment-method.ts'
import { ownerNow, type WalletOwner } from '../store/wallet.ts'
import { recordFundingEnd } from './funding-event.ts'
import { toMinorUnits } from './minor-units.ts'
import type { FundingRefusal } from './problems.ts'

export interface FundingWish {
  /** Chosen by the caller, so that a repeated request is the same funding. */
  readonly fundingId: Uuid
  readonly amountMicros: Micros
  readonly currency: Currency
}

const refused = (refusal: FundingRefusal['refusal'], param: string): FundingRefusal => ({ refusal, param })

/** Opens the lot of a funding that succeeded at `at`, in the same transaction (W3). Returns when it expires. */
export async function openFundedLot(
  tx: Tx,
  owner: WalletOwner,
  funding: { fundingId: Uuid; amountMicros: Micros },
  at: Instant,
): Promise<Instant | null> {
  const { tenantId, timeZone: zone } = owner
  const { fundingId, amountMicros: amount } = funding
  const ledger = new Ledger()
  const lot = openLot(ledger, { id: fundingId, tenantId, nextLine: 0 }, { tenantId, fundingId, amount, at, zone })
  if ((await insertAccounts(tx, [lot])) !== 1) throw new Error(`the lot of funding ${fundingId} exists already`)
  await insertPostings(tx, ledger.postings)
  await rearmWalletAlerts(tx, tenantId)
  return lot.endsAt
}

/** An operator's credit: money that came another way. It is in the wallet when the transaction commits. */
export async function fundManually(
  tx: Tx,
  owner: WalletOwner,
  wish: FundingWish,
  realNow: Instant,
): Promise<Funding | FundingRefusal> {
  if (wish.currency !== owner.currency) return refused('currency-mismatch', 'amount.currency')
  if (wish.amountMicros <= 0n) return refused('amount-not-positive', 'amount.amount')
  const at = ownerNow(owner, realNow)
  const expiresAt = await openFundedLot(tx, owner, wish, at)
  const funding: Funding = {
    ...newFunding(owner.tenantId, wish, at),
    kind: 'manual',
    state: 'succeeded',
    settledAt: at,
    expiresAt,
  }
  await insertFunding(tx, funding)
  await recordFundingEnd(tx, owner, funding, { at, failure: null })
  return funding
}

/**
 * A one-time funding by card: pending until `collect` has asked the provider. `paymentMethodId` null takes the default; 50 in the
 * tenant's currency at least (W4).
 */
export async function beginCardFunding(
  tx: Tx,
  owner: WalletOwner,
  wish: FundingWish & { readonly paymentMethodId: Uuid | null },
  realNow: Instant,
): Promise<Funding | FundingRefusal> {
  if (wish.currency !== owner.currency) return refused('currency-mismatch', 'amount.currency')
  const wrong = refuseCardAmount(wish.amountMicros, owner.currency)
  if (wrong) return refused(wrong, 'amount.amount')
  const method = await methodOf(tx, owner.tenantId, wish.paymentMethodId)
  if ('refusal' in method) return method
  const at = ownerNow(owner, realNow)
  const { paymentMethodId } = method
  const funding: Funding = { ...newFunding(owner.tenantId, wish, at), kind: 'card', paymentMethodId, nextAttemptAt: at }
  await insertFunding(tx, funding)
  return funding
}

export interface AutoRechargeWish {
  readonly enabled: boolean
  readonly threshold: { readonly micros: Micros; readonly currency: Currency }
  readonly amount: { readonly micros: Micros; readonly currency: Currency }
  /** Null: the amount, whatever is there. */
  readonly target: { readonly micros: Micros; readonly currency: Currency } | null
  /** Null: the tenant's default. */
  readonly paymentMethodId: Uuid | null
  readonly dailyCap: { readonly micros: Micros; readonly currency: Currency } | null
  readonly monthlyCap: { readonly micros: Micros; readonly currency: Currency } | null
}

export interface AutoRechargeChange {
  readonly policy: AutoRechargePolicy
  /** A recharge that became due at once: collect it after the commit. */
  readonly rechargeId: Uuid | null
}

/** What the admin chose (W4). Switching on lifts a pause, and recharges at once when less than the threshold is there. */
export async function chooseAutoRecharge(
  tx: Tx,
  owner: WalletOwner,
  wish: AutoRechargeWish,
  realNow: Instant,
  newId: () => Uuid,
): Promise<AutoRechargeChange | FundingRefusal> {
  const { tenantId } = owner
  for (const param of ['threshold', 'amount', 'target', 'dailyCap', 'monthlyCap'] as const) {
    const given = wish[param]
    if (given && given.currency !== owner.currency) return refused('currency-mismatch', `${param}.currency`)
  }
  const wrong = refuseCardAmount(wish.amount.micros, owner.currency)
  if (wrong) return refused(wrong, 'amount.amount')
  if (wish.threshold.micros < 0n) return refused('threshold-negative', 'threshold.amount')
  if (wish.target && toMinorUnits(wish.target.micros, owner.currency) === null) {
    return refused('amount-not-payable', 'target.amount')
  }
  if (wish.target && wish.target.micros <= wish.threshold.micros) return refused('target-too-low', 'target.amount')
  const most = maxBigint(wish.amount.micros, wish.target?.micros ?? 0n)
  for (const param of ['dailyCap', 'monthlyCap'] as const) {
    const cap = wish[param]
    if (cap && cap.micros < most) return refused('cap-below-amount', `${param}.amount`)
  }
  const method = await methodOf(tx, tenantId, wish.paymentMethodId)
  if ('refusal' in method) return method
  await lockAutoRecharge(tx, tenantId)
  await saveAutoRecharge(tx, tenantId, {
    enabled: wish.enabled,
    thresholdMicros: wish.threshold.micros,
    amountMicros: wish.amount.micros,
    targetMicros: wish.target?.micros ?? null,
    paymentMethodId: method.paymentMethodId,
    dailyCapMicros: wish.dailyCap?.micros ?? null,
    monthlyCapMicros: wish.monthlyCap?.micros ?? null,
  })
  const rechargeId = await rechargeIfDue(tx, owner, realNow, newId)
  const policy = await readAutoRecharge(tx, tenantId)
  if (!policy) throw new Error('the policy that was just saved is gone')
  return { policy, rechargeId }
}

/** `GET` and `PUT` show one word: is money on its way, has the product given up, or neither. */
export const rechargeState = (policy: AutoRechargePolicy): 'idle' | 'pending' | 'paused' => {
  if (policy.pending) return 'pending'
  return policy.paused ? 'paused' : 'idle'
}

/**
 * Fires a recharge when the wallet says so: the same decision that a call makes (core/wallet.ts). Asked when automatic recharge is
 * switched on, after money expired, and after a decline's or a cap's waiting time. Returns the funding to collect, or null.
 */
export async function rechargeIfDue(
  tx: Tx,
  owner: WalletOwner,
  realNow: Instant,
  newId: () => Uuid,
): Promise<Uuid | null> {
  const { tenantId, currency } = owner
  const policy = await lockAutoRecharge(tx, tenantId)
  if (!policy) return null
  const now = ownerNow(owner, realNow)
  const { declines, paused, notBefore } = policy
  // A waiting time that is over is forgotten, so that nobody asks about it again.
  if (notBefore !== null && notBefore <= now)
    await updateAutoRecharge(tx, tenantId, { declines, paused, notBefore: null })
  const { available } = walletFigures(await readLots(tx, tenantId), now)
  if (!rechargeDue(policy, available, now)) return null
  const wish = { fundingId: newId(), amountMicros: rechargeAmount(policy, available, currency), currency }
  const { paymentMethodId } = policy
  const inserted = await insertFunding(tx, {
    ...newFunding(tenantId, wish, now),
    kind: 'recharge',
    paymentMethodId,
    nextAttemptAt: now,
  })
  return inserted ? wish.fundingId : null
}

/** W4: what a card cannot be asked for; null when it can. */
export function refuseCardAmount(amount: Micros, currency: Currency): FundingRefusal['refusal'] | null {
  if (amount < CARD_FUNDING_MIN_MICROS) return 'amount-too-small'
  return toMinorUnits(amount, currency) === null ? 'amount-not-payable' : null
}

async function methodOf(tx: Tx, tenantId: TenantId, id: Uuid | null): Promise<PaymentMethod | FundingRefusal> {
  if (id === null) {
    return (await defaultPaymentMethod(tx, tenantId)) ?? refused('payment-method-required', 'paymentMethod')
  }
  return (await usablePaymentMethod(tx, tenantId, id)) ?? refused('payment-method-unknown', 'paymentMethod')
}

const newFunding = (tenantId: TenantId, wish: FundingWish, at: Instant): Omit<Funding, 'kind'> => ({
  fundingId: wish.fundingId,
  tenantId,
  state: 'pending',
  amountMicros: wish.amountMicros,
  currency: wish.currency,
  paymentMethodId: null,
  createdAt: at,
  attempts: 0,
  nextAttemptAt: null,
  settledAt: null,
  expiresAt: null,
  failure: null,
  providerReference: null,
})
