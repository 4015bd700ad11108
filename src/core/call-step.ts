/** What each request of a call does, whichever it is: it finds the funds, books what was used, and is answered once. */
import type { Book, Session, Tenant } from './book.ts'
import type { Call } from './call.ts'
import { type Funds, settle } from './funding.ts'
import type { TenantId } from './ids.ts'
import { EVENT_TIME_SKEW_SECONDS, SILENCE_EXTRA_SECONDS } from './limits.ts'
import type { Outcome } from './outcome.ts'
import type { CreditControlAnswer, TerminationRequest, UpdateRequest } from './request.ts'
import { LimitMeter } from './spend-limit.ts'
import { type Instant, instant } from './time.ts'

export const meterOf = (book: Book, tenant: Tenant, call: Call): LimitMeter | null =>
  call.limits ? new LimitMeter(call.limits, tenant.timeZone, (window) => book.limitUse(tenant.tenantId, window)) : null

export function fundsOf(book: Book, tenant: Tenant, call: Call): Funds {
  const { tenantId } = tenant
  return {
    limits: meterOf(book, tenant, call),
    ledger: book.ledger,
    pool: (name) => book.account(tenantId, name),
    lot: (name) => book.account(tenantId, name),
    lots: () => book.lots(tenantId),
  }
}

/** Books what was used since the last answer, and when the call was answered. */
export function report(
  book: Book,
  tenant: Tenant,
  call: Call,
  { usedSeconds, blindSeconds = 0 }: UpdateRequest | TerminationRequest,
  at: Instant,
): void {
  if (usedSeconds > 0) call.answeredAt ??= answeredBefore(call, instant(at - usedSeconds * 1000))
  // An update that waits for a recharge is settled and not answered: until it is, used seconds count from before it.
  const newSeconds = Math.max(0, usedSeconds - call.unansweredSeconds)
  call.unansweredSeconds += newSeconds
  const blind = Math.min(blindSeconds, newSeconds)
  if (blind > 0) call.blind = { ...call.blind, seconds: (call.blind?.seconds ?? 0) + blind }
  if (call.charged) settle(fundsOf(book, tenant, call), call, newSeconds, at, tenant.timeZone, blind)
  else call.spokenSeconds += newSeconds
  call.lastEventAt = at
}

/** Seconds that a switch rounds up may reach back a little before the call began: it was not answered then. */
function answeredBefore(call: Call, at: Instant): Instant {
  const early = call.startedAt - at
  return early > 0 && early < 1000 ? call.startedAt : at
}

/** Answers a later request of a session; the answer that ends it stays in the session, for nothing supersedes it. */
export function reply(
  book: Book,
  session: Session,
  request: UpdateRequest | TerminationRequest,
  answer: CreditControlAnswer,
  deadlineAt: Instant | null,
): Outcome {
  const body = JSON.stringify(answer)
  if (session.call) session.call.unansweredSeconds = 0
  session.lastNumber = request.requestNumber
  session.deadlineAt = deadlineAt
  const given = { hash: request.hash, status: 200, answer: body }
  if (session.state === 'ended') session.finalAnswer = given
  else book.recordAnswer({ callId: session.callId, requestNumber: request.requestNumber, ...given })
  return { body }
}

export function tenantOf(book: Book, tenantId: TenantId): Tenant {
  const tenant = book.tenants.get(tenantId)
  if (!tenant) throw new Error(`tenant ${tenantId} of a live session is not in the book`)
  return tenant
}

/** When it happened at the switch; a time more than a day off is a broken clock, and receipt decides. */
export function eventInstant(eventTime: Instant | null, now: Instant): Instant {
  if (eventTime === null) return now
  return Math.abs(eventTime - now) > EVENT_TIME_SKEW_SECONDS * 1000 ? now : eventTime
}

/** Events of a call never go back in time, whatever order they came in (C9). */
export const after = (call: Call, at: Instant): Instant => (at > call.lastEventAt ? at : call.lastEventAt)

export const later = (at: Instant, seconds: number): Instant => instant(at + seconds * 1000)

/** C9: 2 × validity + 5 s after the last word from the switch. */
export const silenceDeadline = (call: Call, now: Instant): Instant =>
  later(now, 2 * call.validitySeconds + SILENCE_EXTRA_SECONDS)
