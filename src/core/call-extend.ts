/** A call in progress reports what it has used and asks for more (C2), or is told to stop. */
import type { Book, Session } from './book.ts'
import type { Call } from './call.ts'
import { freeAnswer, grantAnswer, grantNext, noteGrant, noteStrike, reasonWithoutFunds } from './call-grant.ts'
import { after, eventInstant, later, reply, report, silenceDeadline, tenantOf } from './call-step.ts'
import { formatId } from './ids.ts'
import { GRANT_SECONDS_DEFAULT, UNCHARGED_SILENCE_SECONDS } from './limits.ts'
import type { ChargeOptions, Outcome } from './outcome.ts'
import { refusal } from './problems.ts'
import type { CreditControlAnswer, UpdateRequest } from './request.ts'
import type { Instant } from './time.ts'

export function extendCall(
  book: Book,
  session: Session | undefined,
  request: UpdateRequest,
  options: ChargeOptions,
): Outcome {
  if (!session) return { problem: 'session-unknown' }
  const { call } = session
  if (session.state !== 'open' || !call) return { problem: 'session-ended' }
  const tenant = tenantOf(book, call.tenantId)
  const now = book.tenantNow(tenant)
  const at = after(call, eventInstant(request.eventTime, now))
  book.touchSession(session)
  report(book, tenant, call, request, at)
  if (call.stop) return tellToStop(book, session, call, request, now)
  if (!call.charged) {
    return reply(book, session, request, freeAnswer(call), later(now, UNCHARGED_SILENCE_SECONDS))
  }
  const grant = grantNext(book, tenant, call, request.requestedSeconds, at, now)
  if (grant.seconds === 0) {
    const limit = call.limits?.struck
    if (grant.rechargePending && options.mayWait && !limit) return 'wait'
    if (limit) noteStrike(book, tenant, limit, call.callId, at)
    call.validitySeconds = GRANT_SECONDS_DEFAULT
    const withoutFunds = call.walletAllowed ? 'credit-limit-reached' : reasonWithoutFunds(call)
    const code = limit ? 'limit-reached' : withoutFunds
    const answer: CreditControlAnswer = {
      result: 'refused',
      callId: formatId('call', call.callId),
      classification: call.classification,
      refusal: refusal(code, call.direction),
    }
    return reply(book, session, request, answer, silenceDeadline(call, now))
  }
  noteGrant(call, grant, at)
  return reply(book, session, request, grantAnswer(tenant, call, grant), silenceDeadline(call, now))
}

/** An administrator hung up: what was used is settled, and the switch is told to end the call. */
function tellToStop(book: Book, session: Session, call: Call, request: UpdateRequest, now: Instant): Outcome {
  call.stop = 'told'
  call.validitySeconds = GRANT_SECONDS_DEFAULT
  const answer: CreditControlAnswer = {
    result: 'refused',
    callId: formatId('call', call.callId),
    classification: call.classification,
    refusal: refusal('cut-by-admin', call.direction),
  }
  return reply(book, session, request, answer, silenceDeadline(call, now))
}

/** Whether a live call will be told to stop; `over`: it is none any more; `emergency`: it never is (C5). */
export type StopOutcome = 'asked' | 'over' | 'emergency'

/** An administrator hangs up a call whose switch we cannot reach: the next answer to it says so. What is granted stays granted. */
export function requestStop(book: Book, session: Session | undefined): StopOutcome {
  if (session?.state !== 'open' || !session.call) return 'over'
  if (session.call.classification === 'emergency') return 'emergency'
  session.call.stop ??= 'asked'
  book.touchSession(session)
  return 'asked'
}
