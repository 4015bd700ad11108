/** Seconds for a call: what is reserved for it, and how that is told. */
import type { Book, Tenant } from './book.ts'
import { type Call, type GrantNote, grantedSeconds, WALLET_SOURCE } from './call.ts'
import type { EndNotes } from './call-record.ts'
import { fundsOf, tenantOf } from './call-step.ts'
import { canReserveMore, limitInTheWay, missingForMore, reserve } from './funding.ts'
import { type CallId, formatId } from './ids.ts'
import { GRANT_NOTES_MAX, GRANT_SECONDS_MAX, PENDING_RECHARGE_VALIDITY_SECONDS } from './limits.ts'
import { formatMicros, micros } from './money.ts'
import type { RefusalCode } from './problems.ts'
import type { CreditControlAnswer, FundingEntry } from './request.ts'
import { type Cap, windowOf } from './spend-limit.ts'
import { type Instant, instant, type Month, periodOf, secondsUntilPeriodEnd } from './time.ts'
import { rechargeAmount, rechargeDue, walletFigures } from './wallet.ts'

export interface Grant {
  readonly seconds: number
  readonly isFinalUnit: boolean
  readonly rechargePending: boolean
}

/** Reserves the next seconds; a grant of a call that a plan covers ends with the month (P8). */
export function grantNext(book: Book, tenant: Tenant, call: Call, requested: number, at: Instant, now: Instant): Grant {
  const funds = fundsOf(book, tenant, call)
  // A grant is for seconds still to be spoken: an event that is reported late is granted from now.
  const from = instant(Math.max(at, now))
  const period = periodOf(from, tenant.timeZone)
  const month: Month | null = call.pool ? period.month : null
  const untilMonthEnd = month === null ? GRANT_SECONDS_MAX : secondsUntilPeriodEnd(from, period)
  const wanted = Math.min(requested, GRANT_SECONDS_MAX, untilMonthEnd)
  const seconds = reserve(funds, call, wanted, month, from)
  const rechargePending = wantRecharge(book, tenant) && call.walletAllowed && call.rate !== null
  const endsWithMonth = seconds === untilMonthEnd && month !== null
  const isLast = !endsWithMonth && !canReserveMore(funds, call, month, from)
  const struck = call.limits && isLast ? limitInTheWay(funds, call, from) : null
  // Remembered until a grant that meets none: what ends the call, if it ends so.
  if (struck && call.limits) call.limits.struck = struck
  else delete call.limits?.struck
  // W4: money is on its way, so this is not the last grant; a short validity makes the switch ask again and find it.
  const isShort = isLast && rechargePending && struck === null
  call.validitySeconds = isShort ? Math.min(seconds, PENDING_RECHARGE_VALIDITY_SECONDS) : seconds
  // More money would not help against a limit.
  return { seconds, isFinalUnit: isLast && (!rechargePending || struck !== null), rechargePending }
}

export function noteGrant(call: Call, grant: Grant, at: Instant): void {
  call.grants ??= []
  if (call.grants.length >= GRANT_NOTES_MAX) call.grants.splice(1, 1)
  const note: GrantNote = { at, from: call.spokenSeconds, slices: call.grant.map((slice) => ({ ...slice })) }
  call.grants.push(grant.isFinalUnit ? { ...note, isLast: true } : note)
}

/** Fires a recharge when what is available has fallen below the threshold (W4). True while money is on its way. */
export function wantRecharge(book: Book, tenant: Tenant): boolean {
  const policy = tenant.autoRecharge
  if (!policy) return false
  if (policy.pending || book.recharges.has(tenant.tenantId)) return true
  if (!book.walletsLoaded.has(tenant.tenantId)) return false
  const now = book.tenantNow(tenant)
  const { available } = walletFigures(book.lots(tenant.tenantId), now)
  if (!rechargeDue(policy, available, now)) return false
  const { tenantId } = tenant
  book.recharges.set(tenantId, {
    tenantId,
    amount: rechargeAmount(policy, available, tenant.currency),
    paymentMethodId: policy.paymentMethodId,
    at: now,
  })
  return true
}

/** Why no fund could pay the first increment: honest about whether it is money, permission or the deck (C7). */
export function reasonWithoutFunds(call: Call): RefusalCode {
  if (!call.walletAllowed) return 'credits-not-permitted'
  return call.rate ? 'credit-limit-reached' : 'rate-missing'
}

/** How much money was missing for more; nothing where the wallet was not looked at. */
export function shortOf(book: Book, call: Call, at: Instant): EndNotes {
  if (!book.walletsLoaded.has(call.tenantId)) return {}
  const missing = missingForMore(fundsOf(book, tenantOf(book, call.tenantId), call), call, at)
  return missing ? { short: { amount: formatMicros(micros(missing.micros)), seconds: missing.seconds } } : {}
}

export function noteStrike(book: Book, { tenantId, timeZone }: Tenant, cap: Cap, callId: CallId, at: Instant): void {
  book.limitStrikes.push({ tenantId, cap, window: windowOf(cap, at, timeZone), callId, at })
}

/** A call that costs nothing goes on without a lease. */
export const freeAnswer = (call: Call): CreditControlAnswer => ({
  result: 'granted',
  callId: formatId('call', call.callId),
  classification: call.classification,
  charged: false,
  funding: [],
})

export function grantAnswer(tenant: Tenant, call: Call, grant: Grant): CreditControlAnswer {
  const funding: FundingEntry[] = call.grant.map(({ source, seconds }) => {
    if (source !== WALLET_SOURCE) return { source, seconds }
    const held = call.funds.reduce(
      (sum, fund) => (fund.kind === 'wallet' ? fund.held.reduce((lots, hold) => lots + hold.micros, sum) : sum),
      0n,
    )
    return { source, seconds, amount: { amount: formatMicros(micros(held)), currency: tenant.currency } }
  })
  return {
    result: 'granted',
    callId: formatId('call', call.callId),
    classification: call.classification,
    charged: true,
    grantedSeconds: grantedSeconds(call),
    validitySeconds: call.validitySeconds,
    finalUnit: grant.isFinalUnit,
    funding,
  }
}
