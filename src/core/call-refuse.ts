/** A call that is refused leaves a record as any other (C8), and the same answer for whoever asks again. */
import { type Authorisation, authorise } from './authorise.ts'
import type { Book, Session, Tenant } from './book.ts'
import { noteStrike } from './call-grant.ts'
import type { EndNotes } from './call-record.ts'
import { type CallId, formatId } from './ids.ts'
import { ZERO } from './money.ts'
import type { Outcome } from './outcome.ts'
import { type RefusalCode, refusal } from './problems.ts'
import type { CreditControlAnswer, InitialRequest } from './request.ts'
import type { Cap } from './spend-limit.ts'
import type { Instant } from './time.ts'

/** A refused call: an ended session, so that a repetition gets the same answer, and a record (C8). */
export function refuse(
  book: Book,
  request: InitialRequest,
  tenant: Tenant,
  auth: Authorisation,
  code: RefusalCode,
  at: Instant,
  notes: EndNotes = {},
): Outcome {
  const body = refusalBody(request.freshId, auth, code, request.direction)
  book.openSession({
    switchId: request.switchId,
    sessionId: request.sessionId,
    tenantId: request.tenantId,
    callId: request.freshId,
    state: 'ended',
    lastNumber: request.requestNumber,
    finalAnswer: { hash: request.hash, status: 200, answer: body },
    deadlineAt: null,
    endedAt: book.tenantNow(tenant),
    call: null,
  })
  if (code === 'rate-missing') {
    book.unrated.push({ tenantId: tenant.tenantId, number: request.calledNumber })
  }
  recordRefusal(book, request, tenant, auth, code, request.freshId, at, notes)
  return { body }
}

/** Refused by a limit, which is told, with the limit on the record. */
export function refuseByLimit(
  book: Book,
  request: InitialRequest,
  tenant: Tenant,
  auth: Authorisation,
  limit: Cap,
  at: Instant,
): Outcome {
  noteStrike(book, tenant, limit, request.freshId, at)
  return refuse(book, request, tenant, auth, 'limit-reached', at, { limit })
}

/** The termination overtook its initial: the call was over before it began. Each such initial leaves a record of its own. */
export function refuseAfterEnd(
  book: Book,
  session: Session,
  request: InitialRequest,
  tenant: Tenant,
  at: Instant,
): Outcome {
  const auth = authorise(book, tenant, request, at)
  const body = refusalBody(request.freshId, auth, 'session-ended', request.direction)
  book.recordAnswer({
    callId: session.callId,
    requestNumber: request.requestNumber,
    hash: request.hash,
    status: 200,
    answer: body,
  })
  recordRefusal(book, request, tenant, auth, 'session-ended', request.freshId, at)
  return { body }
}

function refusalBody(
  callId: CallId,
  auth: Authorisation,
  code: RefusalCode,
  direction: InitialRequest['direction'],
): string {
  const answer: CreditControlAnswer = {
    result: 'refused',
    callId: formatId('call', callId),
    classification: auth.classification,
    refusal: refusal(code, direction),
  }
  return JSON.stringify(answer)
}

function recordRefusal(
  book: Book,
  request: InitialRequest,
  tenant: Tenant,
  auth: Authorisation,
  code: RefusalCode,
  callId: CallId,
  at: Instant,
  notes: EndNotes = {},
): void {
  book.records.push({
    callId,
    tenantId: request.tenantId,
    switchId: request.switchId,
    sessionId: request.sessionId,
    userId: auth.userId,
    direction: request.direction,
    callingNumber: request.callingNumber,
    calledNumber: request.calledNumber,
    classification: auth.classification,
    result: 'refused',
    startedAt: at,
    answeredAt: null,
    endedAt: at,
    endCause: code,
    chargedSeconds: 0,
    chargeMicros: ZERO,
    currency: tenant.currency,
    refusalCode: code,
    details: {
      reason: auth.reason,
      country: auth.country,
      charged: false,
      pool: auth.refused === null ? auth.pool : null,
      funding: [],
      segments: [],
      overrunSeconds: 0,
      rate: null,
      ...(request.forwards ? { forwards: request.forwards } : {}),
      ...notes,
    },
  })
}
