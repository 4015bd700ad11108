/**
 * Decides credit-control requests (RFC 8506, C1–C9).
 *
 * Deterministic: the same book and requests give the same answers and the same book. All reading happened before
 * (store/charging.ts loadBook) and all writing happens after (saveBook), so a batch of these can be replayed from a file.
 */
import { unreachable } from './assert.ts'
import { answerKey, type Book, type Session, sessionKey } from './book.ts'
import { endCall } from './call-end.ts'
import { extendCall } from './call-extend.ts'
import { wantRecharge } from './call-grant.ts'
import { startCall } from './call-start.ts'
import { chargeEvent } from './event.ts'
import type { ChargeOptions, Outcome } from './outcome.ts'
import type { CreditControlRequest, EventRequest } from './request.ts'

/** Decides one request. */
export function charge(book: Book, request: CreditControlRequest, options: ChargeOptions): Outcome {
  const session = book.sessions.get(sessionKey(request.switchId, request.sessionId))
  if (session) {
    const repeated = answerBefore(book, session, request)
    if (repeated) return repeated
  }
  switch (request.type) {
    case 'initial':
      return startCall(book, session, request, options)
    case 'update':
      return extendCall(book, session, request, options)
    case 'termination':
      return endCall(book, session, request)
    case 'event':
      return session ? { problem: 'request-out-of-order' } : chargeOnce(book, request)
    default:
      return unreachable(request)
  }
}

/** A service is paid once; what it leaves in the wallet may call for a recharge (W4). */
function chargeOnce(book: Book, request: EventRequest): Outcome {
  const outcome = chargeEvent(book, request)
  const tenant = book.tenants.get(request.tenantId)
  if (tenant) wantRecharge(book, tenant)
  return outcome
}

/** The same request again: the same bytes; the same number with another body, or a number passed over: a problem. */
function answerBefore(book: Book, session: Session, request: CreditControlRequest): Outcome | null {
  const { requestNumber, hash } = request
  if (requestNumber > session.lastNumber) return null
  const isLast = requestNumber === session.lastNumber
  const given = (isLast ? session.finalAnswer : null) ?? book.answers.get(answerKey(session.callId, requestNumber))
  if (given) {
    if (given.hash !== hash) return { problem: 'request-reused' }
    return given.status === 200 ? { body: given.answer } : { problem: 'session-unknown' }
  }
  // A termination came first and left a tombstone: the initial that it overtook is refused, not out of order.
  if (session.tenantId === null && request.type === 'initial') return null
  return { problem: 'request-out-of-order' }
}
