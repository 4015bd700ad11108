/**
 * Decides credit-control requests (RFC 8506, C1–C9).
 *
 * Deterministic: the same book and requests give the same answers and the same book. All reading happened before
 * (store/charging.ts loadBook) and all writing happens after (saveBook), so a batch of these can be replayed from a file.
 */
import { unreachable } from './assert.ts'
import { type Authorisation, type Authorised, authorise } from './authorise.ts'
import { answerKey, type Book, type Session, sessionKey, type Tenant } from './book.ts'
import { type Call, type GrantNote, grantedSeconds, WALLET_SOURCE } from './call.ts'
import { chargeOf, detailsOf, type EndNotes, fundedBy, fundingEntries, recordOf } from './call-record.ts'
import { chargeEvent } from './event.ts'
import { canReserveMore, type Funds, lapse, limitInTheWay, missingForMore, reserve, settle } from './funding.ts'
import { type CallId, formatId, type TenantId } from './ids.ts'
import {
  EVENT_TIME_SKEW_SECONDS,
  GRANT_NOTES_MAX,
  GRANT_SECONDS_DEFAULT,
  GRANT_SECONDS_MAX,
  LATE_TERMINATION_SECONDS,
  PENDING_RECHARGE_VALIDITY_SECONDS,
  SILENCE_EXTRA_SECONDS,
  UNCHARGED_SILENCE_SECONDS,
} from './limits.ts'
import { formatMicros, micros, toMoney, ZERO } from './money.ts'
import { type ProblemCode, type RefusalCode, refusal } from './problems.ts'
import type {
  CreditControlAnswer,
  CreditControlRequest,
  EventRequest,
  FundingEntry,
  InitialRequest,
  TerminationRequest,
  UpdateRequest,
} from './request.ts'
import { type Cap, LimitMeter, windowOf } from './spend-limit.ts'
import { type Instant, instant, type Month, periodOf, secondsUntilPeriodEnd } from './time.ts'
import { rechargeAmount, rechargeDue, walletFigures } from './wallet.ts'

/** An answer with its exact bytes, a problem of sequence, or a request that waits until a recharge is decided (W4). */
export type Outcome = { readonly body: string } | { readonly problem: ProblemCode } | 'wait'

export interface ChargeOptions {
  /** False when the request has waited long enough: it is answered with what there is. */
  readonly mayWait: boolean
}

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
  const given =
    requestNumber === session.lastNumber
      ? { hash: session.lastHash, status: session.lastStatus, answer: session.lastAnswer }
      : book.earlier.get(answerKey(session.callId, requestNumber))
  if (given) {
    if (given.hash !== hash) return { problem: 'request-reused' }
    return given.status === 200 ? { body: given.answer } : { problem: 'session-unknown' }
  }
  // A termination came first and left a tombstone: the initial that it overtook is refused, not out of order.
  if (session.tenantId === null && request.type === 'initial') return null
  return { problem: 'request-out-of-order' }
}

function startCall(book: Book, session: Session | undefined, request: InitialRequest, options: ChargeOptions): Outcome {
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

/** Refused by a limit, which is told, with the limit on the record. */
function refuseByLimit(
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

function noteStrike(book: Book, { tenantId, timeZone }: Tenant, cap: Cap, callId: CallId, at: Instant): void {
  book.limitStrikes.push({ tenantId, cap, window: windowOf(cap, at, timeZone), callId, at })
}

const meterOf = (book: Book, tenant: Tenant, call: Call): LimitMeter | null =>
  call.limits ? new LimitMeter(call.limits, tenant.timeZone, (window) => book.limitUse(tenant.tenantId, window)) : null

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

function extendCall(book: Book, session: Session | undefined, request: UpdateRequest, options: ChargeOptions): Outcome {
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

function endCall(book: Book, session: Session | undefined, request: TerminationRequest): Outcome {
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

/** How much money was missing for more; nothing where the wallet was not looked at. */
function shortOf(book: Book, call: Call, at: Instant): EndNotes {
  if (!book.walletsLoaded.has(call.tenantId)) return {}
  const missing = missingForMore(fundsOf(book, tenantOf(book, call.tenantId), call), call, at)
  return missing ? { short: { amount: formatMicros(micros(missing.micros)), seconds: missing.seconds } } : {}
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
  endSession(book, session, tenant, call.lastEventAt, 'switch-silent', 'silent')
}

/** Ends a live call from our side: the admin hung up; the switch is told and its termination settles the rest. */
function endSession(
  book: Book,
  session: Session,
  tenant: Tenant,
  at: Instant,
  cause: string,
  state: 'silent' | 'ended',
): void {
  const { call } = session
  if (!call) return
  const end = { switchId: session.switchId, sessionId: session.sessionId, at, cause, currency: tenant.currency }
  book.records.push(recordOf(call, end))
  session.state = state
  session.deadlineAt = null
  session.endedAt = book.tenantNow(tenant)
  book.touchSession(session)
}

// -- the parts -------------------------------------------------------------------------------------------------------

interface Grant {
  readonly seconds: number
  readonly isFinalUnit: boolean
  readonly rechargePending: boolean
}

/** Reserves the next seconds; a grant of a call that a plan covers ends with the month (P8). */
function grantNext(book: Book, tenant: Tenant, call: Call, requested: number, at: Instant, now: Instant): Grant {
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

function noteGrant(call: Call, grant: Grant, at: Instant): void {
  call.grants ??= []
  if (call.grants.length >= GRANT_NOTES_MAX) call.grants.splice(1, 1)
  const note: GrantNote = { at, from: call.spokenSeconds, slices: call.grant.map((slice) => ({ ...slice })) }
  call.grants.push(grant.isFinalUnit ? { ...note, isLast: true } : note)
}

/** Books what was used since the last answer, and when the call was answered. */
function report(
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

function fundsOf(book: Book, tenant: Tenant, call: Call): Funds {
  const { tenantId } = tenant
  return {
    limits: meterOf(book, tenant, call),
    ledger: book.ledger,
    pool: (name) => book.account(tenantId, name),
    lot: (name) => book.account(tenantId, name),
    lots: () => book.lots(tenantId),
  }
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
function reasonWithoutFunds(call: Call): RefusalCode {
  if (!call.walletAllowed) return 'credits-not-permitted'
  return call.rate ? 'credit-limit-reached' : 'rate-missing'
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

/** A call that costs nothing goes on without a lease. */
const freeAnswer = (call: Call): CreditControlAnswer => ({
  result: 'granted',
  callId: formatId('call', call.callId),
  classification: call.classification,
  charged: false,
  funding: [],
})

function grantAnswer(tenant: Tenant, call: Call, grant: Grant): CreditControlAnswer {
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
    lastHash: request.hash,
    lastStatus: 200,
    lastAnswer: body,
    deadlineAt,
    endedAt: null,
    call,
  })
  return { body }
}

/** Answers a later request of a session: the answer before it moves to the earlier ones. */
function reply(
  book: Book,
  session: Session,
  request: UpdateRequest | TerminationRequest,
  answer: CreditControlAnswer,
  deadlineAt: Instant | null,
): Outcome {
  book.recordEarlier({
    callId: session.callId,
    requestNumber: session.lastNumber,
    hash: session.lastHash,
    status: session.lastStatus,
    answer: session.lastAnswer,
  })
  const body = JSON.stringify(answer)
  if (session.call) session.call.unansweredSeconds = 0
  session.lastNumber = request.requestNumber
  session.lastHash = request.hash
  session.lastStatus = 200
  session.lastAnswer = body
  session.deadlineAt = deadlineAt
  return { body }
}

/** A refused call: an ended session, so that a repetition gets the same answer, and a record (C8). */
function refuse(
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
    lastHash: request.hash,
    lastStatus: 200,
    lastAnswer: body,
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

/** The termination overtook its initial: the call was over before it began. Each such initial leaves a record of its own. */
function refuseAfterEnd(book: Book, session: Session, request: InitialRequest, tenant: Tenant, at: Instant): Outcome {
  const auth = authorise(book, tenant, request, at)
  const body = refusalBody(request.freshId, auth, 'session-ended', request.direction)
  book.recordEarlier({
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

function leaveTombstone(book: Book, request: TerminationRequest): Outcome {
  book.openSession({
    switchId: request.switchId,
    sessionId: request.sessionId,
    tenantId: null,
    callId: request.freshId,
    state: 'ended',
    lastNumber: request.requestNumber,
    lastHash: request.hash,
    lastStatus: 404,
    lastAnswer: 'session-unknown',
    deadlineAt: null,
    endedAt: book.now,
    call: null,
  })
  return { problem: 'session-unknown' }
}

function tenantOf(book: Book, tenantId: TenantId): Tenant {
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
const after = (call: Call, at: Instant): Instant => (at > call.lastEventAt ? at : call.lastEventAt)

const later = (at: Instant, seconds: number): Instant => instant(at + seconds * 1000)

/** C9: 2 × validity + 5 s after the last word from the switch. */
const silenceDeadline = (call: Call, now: Instant): Instant =>
  later(now, 2 * call.validitySeconds + SILENCE_EXTRA_SECONDS)
