/** The first request of a call: who may make it, what it may cost, and the first seconds for it (C1, C2, C7). */
import { type Authorisation, type Authorised, authorise } from './authorise.ts'
import type { Book, Session, Tenant } from './book.ts'
import type { Call } from './call.ts'
import { freeAnswer, type Grant, grantAnswer, grantNext, noteGrant, reasonWithoutFunds, shortOf } from './call-grant.ts'
import { refuse, refuseAfterEnd, refuseByLimit } from './call-refuse.ts'
import { eventInstant, later, meterOf, silenceDeadline } from './call-step.ts'
import { UNCHARGED_SILENCE_SECONDS } from './limits.ts'
import type { ChargeOptions, Outcome } from './outcome.ts'
import type { CreditControlAnswer, InitialRequest } from './request.ts'
import type { Instant } from './time.ts'

export function startCall(
  book: Book,
  session: Session | undefined,
  request: InitialRequest,
  options: ChargeOptions,
): Outcome {
  const tenant = book.tenants.get(request.tenantId)
  if (!tenant) return { problem: 'tenant-unknown' }
  const now = book.tenantNow(tenant)
  const at = eventInstant(request.eventTime, now)
  if (session) {
    // Only an initial that a termination overtook is refused as a call; whatever is numbered after the end comes too late.
    const wasOvertaken = session.tenantId === null && request.requestNumber <= session.lastNumber
    if (!wasOvertaken) return { problem: session.state === 'open' ? 'request-out-of-order' : 'session-ended' }
    return refuseAfterEnd(book, session, request, tenant, at)
  }
  const auth = authorise(book, tenant, request, at)
  if (request.blind) return noteBlindCall(book, request, tenant, auth, at, now)
  if (auth.refused !== null) {
    if (!auth.limit) return refuse(book, request, tenant, auth, auth.refused, at)
    return refuseByLimit(book, request, tenant, auth, auth.limit, at)
  }
  const call = newCall(request, auth, at)
  if (!call.charged) {
    return openSession(book, request, call, freeAnswer(call), later(now, UNCHARGED_SILENCE_SECONDS))
  }
  const meter = meterOf(book, tenant, call)
  const full = meter?.full(at)
  if (full) return refuseByLimit(book, request, tenant, auth, full, at)
  const grant = grantNext(book, tenant, call, request.requestedSeconds, at, now)
  if (grant.seconds === 0) {
    if (call.limits?.struck) return refuseByLimit(book, request, tenant, auth, call.limits.struck, at)
    if (grant.rechargePending && options.mayWait) return 'wait'
    return refuse(book, request, tenant, auth, reasonWithoutFunds(call), at, shortOf(book, call, at))
  }
  meter?.enter(at)
  noteGrant(call, grant, at)
  return openSession(book, request, call, grantAnswer(tenant, call, grant), silenceDeadline(call, now))
}

/**
 * C10: a call that was let through while nobody could be asked. It holds nothing; its reports are paid from what is free then, and what
 * nobody can pay is ours. One that would have been refused was spoken all the same, and is ours to the last second.
 */
function noteBlindCall(
  book: Book,
  request: InitialRequest,
  tenant: Tenant,
  auth: Authorisation,
  at: Instant,
  now: Instant,
): Outcome {
  const nobodyPays = { refused: null, charged: true, pool: null, walletAllowed: false, rate: null, caps: [] } as const
  const call = newCall(request, auth.refused === null ? auth : { ...auth, ...nobodyPays }, at)
  call.blind = { seconds: 0, ...(auth.refused === null ? {} : { wouldRefuse: auth.refused }) }
  call.validitySeconds = request.requestedSeconds
  if (!call.charged) {
    return openSession(book, request, call, freeAnswer(call), later(now, UNCHARGED_SILENCE_SECONDS))
  }
  meterOf(book, tenant, call)?.enter(at)
  const nothing: Grant = { seconds: 0, isFinalUnit: false, rechargePending: false }
  return openSession(book, request, call, grantAnswer(tenant, call, nothing), silenceDeadline(call, now))
}

function newCall(request: InitialRequest, auth: Authorised, at: Instant): Call {
  return {
    callId: request.freshId,
    tenantId: request.tenantId,
    userId: auth.userId,
    direction: request.direction,
    callingNumber: request.callingNumber,
    calledNumber: request.calledNumber,
    classification: auth.classification,
    reason: auth.reason,
    country: auth.country,
    charged: auth.charged,
    pool: auth.pool,
    walletAllowed: auth.walletAllowed,
    rate: auth.rate,
    startedAt: at,
    answeredAt: null,
    lastEventAt: at,
    spokenSeconds: 0,
    funds: [],
    grant: [],
    grantMonth: null,
    validitySeconds: 0,
    lapsedSeconds: 0,
    segments: [],
    overrunSeconds: 0,
    unansweredSeconds: 0,
    nextLine: 0,
    ...(request.forwards ? { forwards: request.forwards } : {}),
    ...(auth.charged && auth.caps.length > 0 ? { limits: { caps: auth.caps, held: [], counted: [] } } : {}),
  }
}

function openSession(
  book: Book,
  request: InitialRequest,
  call: Call,
  answer: CreditControlAnswer,
  deadlineAt: Instant,
): Outcome {
  const body = JSON.stringify(answer)
  book.openSession({
    switchId: request.switchId,
    sessionId: request.sessionId,
    tenantId: call.tenantId,
    callId: call.callId,
    state: 'open',
    lastNumber: request.requestNumber,
    finalAnswer: null,
    deadlineAt,
    endedAt: null,
    call,
  })
  const { requestNumber, hash } = request
  book.recordAnswer({ callId: call.callId, requestNumber, hash, status: 200, answer: body })
  return { body }
}
