/** The end of a call: its last seconds, its record, its answer; and of one whose switch fell silent (C9). */
import type { Book, Session } from './book.ts'
import type { Call } from './call.ts'
import { shortOf, wantRecharge } from './call-grant.ts'
import { chargeOf, detailsOf, type EndNotes, fundedBy, fundingEntries, recordOf } from './call-record.ts'
import { after, eventInstant, fundsOf, later, meterOf, reply, report, tenantOf } from './call-step.ts'
import { lapse } from './funding.ts'
import { formatId } from './ids.ts'
import { LATE_TERMINATION_SECONDS } from './limits.ts'
import { toMoney } from './money.ts'
import type { Outcome } from './outcome.ts'
import type { CreditControlAnswer, TerminationRequest } from './request.ts'
import type { Instant } from './time.ts'

export function endCall(book: Book, session: Session | undefined, request: TerminationRequest): Outcome {
  if (!session) return leaveTombstone(book, request)
  const { call } = session
  if (session.state === 'ended' || !call) return { problem: 'session-ended' }
  const tenant = tenantOf(book, call.tenantId)
  const now = book.tenantNow(tenant)
  const late = session.state === 'silent'
  if (late && session.endedAt !== null && now > later(session.endedAt, LATE_TERMINATION_SECONDS)) {
    return { problem: 'session-ended' }
  }
  const at = after(call, eventInstant(request.eventTime, now))
  report(book, tenant, call, request, at)
  wantRecharge(book, tenant)
  const funding = fundedBy(call)
  meterOf(book, tenant, call)?.leave()
  const cause = causeOf(call, request)
  const notes = notesOf(book, call, request, at)
  const end = {
    switchId: session.switchId,
    sessionId: session.sessionId,
    at,
    cause,
    currency: tenant.currency,
    notes,
  }
  if (late) {
    book.supplements.push({
      callId: call.callId,
      tenantId: call.tenantId,
      endedAt: at,
      endCause: cause,
      chargedSeconds: call.spokenSeconds,
      chargeMicros: chargeOf(call),
      details: detailsOf(call, notes),
    })
  } else {
    book.records.push(recordOf(call, end))
  }
  session.state = 'ended'
  session.endedAt = now
  // The record has it all; an ended session only keeps its answers.
  session.call = null
  const answer: CreditControlAnswer = {
    result: 'ended',
    callId: formatId('call', call.callId),
    chargedSeconds: call.spokenSeconds,
    charge: toMoney(chargeOf(call), tenant.currency),
    funding: fundingEntries(funding, tenant.currency),
  }
  book.touchSession(session)
  return reply(book, session, request, answer, null)
}

const HUNG_UP = new Set(['caller-hung-up', 'callee-hung-up'])

/** A switch that was told to stop ends the call as it ends any that gets no more seconds; we know why. */
function causeOf(call: Call, { cause }: TerminationRequest): string {
  if (call.stop === 'told' && !HUNG_UP.has(cause)) return 'cut-by-admin'
  return isCutByLimit(call, cause) ? 'limit-reached' : cause
}

/** The switch says that the last seconds were spent; whether it was the funds that ended or a limit, only we know. */
const isCutByLimit = (call: Call, cause: string): boolean =>
  cause === 'funds-exhausted' && call.limits?.struck !== undefined

function notesOf(book: Book, call: Call, request: TerminationRequest, at: Instant): EndNotes {
  const { cause, warnedAt, sipStatus } = request
  const told = {
    ...(warnedAt === undefined ? {} : { warnedAt }),
    ...(sipStatus === undefined || call.answeredAt !== null ? {} : { sipStatus }),
  }
  const limit = call.limits?.struck
  if (limit && isCutByLimit(call, cause)) return { ...told, limit }
  return {
    ...told,
    ...(cause === 'funds-exhausted' && call.stop === undefined ? shortOf(book, call, at) : {}),
  }
}

/**
 * Closes a call whose switch has fallen silent with what was reported (C9). Its termination may still come: the session stays,
 * and what it adds goes to a supplement of the record.
 */
export function closeSilent(book: Book, session: Session): void {
  const { call } = session
  if (session.state !== 'open' || !call) return
  const tenant = tenantOf(book, call.tenantId)
  const now = book.tenantNow(tenant)
  if (session.deadlineAt === null || session.deadlineAt > now) return
  const meter = meterOf(book, tenant, call)
  lapse(fundsOf(book, tenant, call), call, now)
  meter?.leave()
  const { switchId, sessionId } = session
  const end = { switchId, sessionId, at: call.lastEventAt, cause: 'switch-silent', currency: tenant.currency }
  book.records.push(recordOf(call, end))
  session.state = 'silent'
  session.deadlineAt = null
  session.endedAt = now
  book.touchSession(session)
}

/** A termination of a session that never began: its initial may still come, and is refused then. */
function leaveTombstone(book: Book, request: TerminationRequest): Outcome {
  book.openSession({
    switchId: request.switchId,
    sessionId: request.sessionId,
    tenantId: null,
    callId: request.freshId,
    state: 'ended',
    lastNumber: request.requestNumber,
    finalAnswer: { hash: request.hash, status: 404, answer: 'session-unknown' },
    deadlineAt: null,
    endedAt: book.now,
    call: null,
  })
  return { problem: 'session-unknown' }
}
