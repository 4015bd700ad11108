/**
 * Brings a pending funding to its end: asks the provider outside of any transaction, then settles in one. Safe to run twice, in
 * parallel and after a crash anywhere: the provider knows the funding by its id, and the row lock lets one settle (P33, P35).
 */
import type { Uuid } from '../core/ids.ts'
import { RECHARGE_DECLINES_MAX, RECHARGE_RETRY_SECONDS } from '../core/limits.ts'
import { type Instant, instant, periodOf } from '../core/time.ts'
import { lockAutoRecharge, updateAutoRecharge } from '../store/auto-recharge.ts'
import { type Db, inTransaction, type Tx } from '../store/db.ts'
import {
  type Funding,
  type FundingState,
  lockFunding,
  rechargedSince,
  recordAttempt,
  settleFunding,
} from '../store/funding.ts'
import { type PaymentMethod, readPaymentMethod } from '../store/payment-method.ts'
import { ownerNow, readWalletOwner, type WalletOwner } from '../store/wallet.ts'
import { cappedUntil, dayOf } from './caps.ts'
import { openFundedLot } from './fund.ts'
import { recordFundingEnd } from './funding-event.ts'
import type { ChargeOutcome, Gateways } from './gateway.ts'

export interface CollectContext {
  readonly db: Db
  readonly gateways: Gateways
  /** Real time; a frozen sandbox has its own. */
  readonly now: () => Instant
  readonly log: { error(details: object, message: string): void }
}

/** The first try without an answer is repeated after this long, each later one after twice as long, up to an hour. */
const RETRY_FIRST_MS = 5_000
const RETRY_MAX_MS = 3_600_000
/** P37: from here on a human should look. */
const UNKNOWN_ALARM_MS = 3_600_000

/** Asks the provider once and settles. Returns how the funding stands; null when there is no such funding. */
export async function collect(context: CollectContext, fundingId: Uuid): Promise<FundingState | null> {
  const begun = await inTransaction(context.db, (tx) => beginTry(tx, fundingId, context.now()))
  if (begun === null || 'state' in begun) return begun?.state ?? null
  const outcome = await ask(context, begun)
  if (outcome.result === 'unknown') {
    const age = begun.now - begun.funding.createdAt
    if (age > UNKNOWN_ALARM_MS)
      context.log.error({ fundingId, attempts: begun.funding.attempts }, 'a charge is unresolved')
    return 'pending'
  }
  return inTransaction(context.db, (tx) => settle(tx, fundingId, outcome, context.now()))
}

interface Try {
  readonly funding: Funding
  readonly method: PaymentMethod
  readonly now: Instant
}

/** Counts the try before it is made, so that a crash is found by the next scan. A recharge over its cap ends here, unsent. */
async function beginTry(tx: Tx, fundingId: Uuid, realNow: Instant): Promise<Try | { state: FundingState } | null> {
  const locked = await lockPending(tx, fundingId)
  if (locked === null || !('owner' in locked)) return locked
  const { funding, owner } = locked
  const now = ownerNow(owner, realNow)
  // Once sent, money may have been taken: no cap can stop it any more.
  if (funding.kind === 'recharge' && funding.attempts === 0) {
    const until = await capOf(tx, funding, owner, now)
    if (until !== null) {
      await settleFunding(tx, fundingId, { state: 'failed', at: now, failure: 'cap-reached' })
      const policy = await lockAutoRecharge(tx, owner.tenantId)
      if (policy) await updateAutoRecharge(tx, owner.tenantId, { ...policy, notBefore: until })
      await recordFundingEnd(tx, owner, funding, { at: now, failure: 'cap-reached', retryAt: until })
      return { state: 'failed' }
    }
  }
  const method =
    funding.paymentMethodId === null ? null : await readPaymentMethod(tx, owner.tenantId, funding.paymentMethodId)
  if (method === null) throw new Error(`funding ${fundingId} has no payment method`)
  await recordAttempt(tx, fundingId, instant(now + Math.min(RETRY_FIRST_MS * 2 ** funding.attempts, RETRY_MAX_MS)))
  return { funding, method, now }
}

/** The policy is locked before the funding, here as everywhere (store/auto-recharge.ts). */
async function lockPending(
  tx: Tx,
  fundingId: Uuid,
): Promise<{ funding: Funding; owner: WalletOwner } | { state: FundingState } | null> {
  const [row] = await tx.query<{ tenant_id: WalletOwner['tenantId'] }>(
    'SELECT tenant_id FROM funding WHERE funding_id = $1',
    [fundingId],
  )
  if (!row) return null
  await lockAutoRecharge(tx, row.tenant_id)
  const funding = await lockFunding(tx, fundingId)
  if (!funding) return null
  if (funding.state !== 'pending') return { state: funding.state }
  const owner = await readWalletOwner(tx, row.tenant_id)
  if (!owner) throw new Error(`funding ${fundingId} has no tenant`)
  return { funding, owner }
}

async function capOf(tx: Tx, funding: Funding, owner: WalletOwner, now: Instant): Promise<Instant | null> {
  const { tenantId, timeZone } = owner
  const policy = await lockAutoRecharge(tx, tenantId)
  if (!policy || (policy.dailyCapMicros === null && policy.monthlyCapMicros === null)) return null
  const recharged = {
    today: await rechargedSince(tx, tenantId, dayOf(now, timeZone).start),
    thisMonth: await rechargedSince(tx, tenantId, periodOf(now, timeZone).start),
  }
  return cappedUntil(policy, funding.amountMicros, recharged, now, timeZone)
}

async function ask(context: CollectContext, { funding, method }: Try): Promise<ChargeOutcome> {
  const { fundingId, amountMicros, currency } = funding
  const gateway = context.gateways.named(method.provider)
  try {
    if (!gateway) throw new Error(`no payment provider is configured as ${method.provider}`)
    return await gateway.charge({ fundingId, amountMicros, currency, token: method.token })
  } catch (error) {
    context.log.error({ err: error, fundingId, provider: method.provider }, 'a payment provider failed')
    return { result: 'unknown' }
  }
}

async function settle(
  tx: Tx,
  fundingId: Uuid,
  outcome: Exclude<ChargeOutcome, { result: 'unknown' }>,
  realNow: Instant,
): Promise<FundingState | null> {
  const locked = await lockPending(tx, fundingId)
  if (locked === null || !('owner' in locked)) return locked?.state ?? null
  const { funding, owner } = locked
  const at = ownerNow(owner, realNow)
  if (outcome.result === 'succeeded') {
    const expiresAt = await openFundedLot(tx, owner, funding, at)
    await settleFunding(tx, fundingId, { state: 'succeeded', at, expiresAt, providerReference: outcome.reference })
  } else {
    await settleFunding(tx, fundingId, { state: 'failed', at, failure: outcome.reason })
  }
  const policy = funding.kind === 'recharge' ? await countDecline(tx, owner, outcome.result === 'declined', at) : null
  const failure = outcome.result === 'succeeded' ? null : outcome.reason
  await recordFundingEnd(tx, owner, funding, { at, failure, ...policy })
  return outcome.result === 'succeeded' ? 'succeeded' : 'failed'
}

/** W4: three declines in a row pause, one makes the next try wait an hour, a success forgets them all. */
async function countDecline(
  tx: Tx,
  owner: WalletOwner,
  declined: boolean,
  at: Instant,
): Promise<{ isPaused: boolean; retryAt: Instant | null }> {
  const policy = await lockAutoRecharge(tx, owner.tenantId)
  if (!policy) return { isPaused: false, retryAt: null }
  const declines = declined ? policy.declines + 1 : 0
  const paused = declines >= RECHARGE_DECLINES_MAX
  const notBefore = declined ? instant(at + RECHARGE_RETRY_SECONDS * 1000) : null
  await updateAutoRecharge(tx, owner.tenantId, { declines, paused, notBefore })
  return { isPaused: paused && !policy.paused, retryAt: paused || !policy.enabled ? null : notBefore }
}
