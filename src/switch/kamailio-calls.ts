/**
 * The calls in progress at Kamailio: keeps each supplied with granted seconds, ends it when there are none, and reports what it
 * used. Kamailio's dialog timer stands behind every step, so a call is cut on time if this process dies; what has been
 * reported and granted is in the ledger, so this memory can be rebuilt (`restore`), and `reconcile` compares it with what
 * Kamailio says.
 */

import type { Clock } from '../core/clock.ts'
import type { SwitchId, TenantId } from '../core/ids.ts'
import type { Granted, UpdateRequest } from '../core/request.ts'
import { type Instant, instant } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import { openSipSessions, type SipSession, sipSession } from '../store/sip.ts'
import { noteBlindCall, parseBlindFacts } from './kamailio-blind.ts'
import type { Bound } from './kamailio-directory.ts'
import type { CallEvent } from './kamailio-events.ts'
import { dialogSession, forwardedSession } from './kamailio-forwarding.ts'
import {
  type LeaseSettings,
  leaseEnd,
  nextStep,
  type Step,
  spokenSeconds,
  timerSeconds,
  unreportedSeconds,
} from './kamailio-lease.ts'
import {
  blindPart,
  causeOfFailure,
  finalStatus,
  type LiveCall,
  type LiveCallFacts,
  leaseOf,
  liveCall,
  restoredLease,
  warningText,
} from './kamailio-live-call.ts'
import { OutOfSequence, type Requests } from './kamailio-requests.ts'
import type { KamailioRpc, ListedDialog } from './kamailio-rpc.ts'
import type { SipLog } from './sip-log.ts'

export interface LiveCallsOptions {
  readonly requests: Requests
  readonly rpc: KamailioRpc
  readonly db: Queryable
  readonly switchId: SwitchId
  readonly clock: Clock
  readonly log: SipLog
  readonly settings: LeaseSettings
  /** C10: how long calls of this kind may go on that nobody can charge, and how many of them. */
  readonly boundOf: (tenantId: TenantId, classification: string) => Bound | null
  readonly onAnswered?: (sessionId: string, at: Instant) => void
  /** Kamailio answers after a time without an answer: it may have started anew. */
  readonly onSwitchBack: () => void
}

const RETRY_MS = 300
/** P50: a cut that is not confirmed is repeated. */
const CUT_AGAIN_MS = 5_000
/** An authorised call appears in Kamailio's list within this, or it never does: it gave up waiting for us. */
const APPEARS_WITHIN_MS = 4_000
const MISSES_MAX = 2
/** A keep-alive that failed ends a call like a lease does, but earlier. */
const LEASE_OVER_TOLERANCE_MS = 1_000
/** Kamailio's timer for a call without a lease. */
const NO_LEASE_SECONDS = 86_000

export class LiveCalls {
  readonly #live = new Map<string, LiveCall>()
  /** Calls that are over for the ledger and not for Kamailio, and when they were last hung up. */
  readonly #ghosts = new Map<string, number>()
  /** Calls that may go on without us, by tenant and class: no more of them than the policy says (C10). */
  readonly #graced = new Map<string, Set<string>>()
  readonly #options: LiveCallsOptions
  #isSwitchUp = true
  #isStopped = false

  constructor(options: LiveCallsOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#live.size
  }

  /** Takes charge of a call that was just granted. */
  begin(sessionId: string, granted: Granted, { tenantId, address }: Pick<LiveCallFacts, 'tenantId' | 'address'>): void {
    const lease = leaseOf(granted, { reportedSeconds: 0, answeredAt: null, askedAt: this.#options.clock.now() })
    const { charged: isCharged, classification } = granted
    this.#add({ sessionId, tenantId, classification, isBlind: false, isCharged, address, lease, nextNumber: 1 })
  }

  /** Ends a call that was granted and that Kamailio will not be told to make. */
  async giveUp(sessionId: string, cause: string, sipStatus: number): Promise<void> {
    const call = this.#live.get(sessionId)
    if (call) await this.#finish(call, this.#options.clock.now(), cause, sipStatus)
  }

  /** C10: seconds that this call may go on beyond its lease while we are out of reach; Kamailio's timer has them. */
  graceOf(sessionId: string): number {
    return this.#live.get(sessionId)?.graceSeconds ?? 0
  }

  /**
   * Takes charge again of every call that was in progress when the server stopped, but those that Kamailio lets through by itself: it has
   * no dialogs of them, which is no sign that they are over.
   */
  async restore(isFree: (sessionId: string) => boolean): Promise<void> {
    const { db, switchId } = this.#options
    for (const session of await openSipSessions(db, switchId)) if (!isFree(session.sessionId)) this.#adopt(session)
  }

  /**
   * Something happened to a call at Kamailio. Throws when it could not be recorded: then the same event comes again. Events may
   * be repeated, late, and in any order.
   */
  async happened(event: CallEvent): Promise<void> {
    if (event.blind && !this.#live.has(event.sessionId)) {
      await noteBlindCall(this.#options, event.sessionId, event.blind)
    }
    const inMemory = this.#live.get(event.sessionId)
    const goesOn = forwardedSession(event.sessionId)
    // A call that was forwarded is one at Kamailio and two here (A21). The one that somebody pays for knows why it ends.
    const paid = this.#live.get(goesOn) ?? (inMemory ? null : await this.#load(goesOn))
    const cause = paid ? await this.#happenedTo(paid, event, null) : null
    const call = inMemory ?? (await this.#load(event.sessionId))
    if (call !== null) await this.#happenedTo(call, event, cause)
  }

  /** Gives the cause of its end; null: it goes on. */
  async #happenedTo(call: LiveCall, event: CallEvent, causeOfOther: string | null): Promise<string | null> {
    if (event.dialog) call.dialog = event.dialog
    const answeredAt = event.kind === 'answered' ? event.at : event.answeredAt
    if (answeredAt !== null && call.lease.answeredAt === null) this.#answered(call, answeredAt)
    switch (event.kind) {
      case 'answered':
        return null
      case 'failed':
        return this.#finish(call, event.at, causeOfFailure(event.status), finalStatus(event.status))
      case 'ended':
      case 'lease-over': {
        if (event.by === 'caller') return this.#finish(call, event.at, 'caller-hung-up')
        if (event.by === 'callee') return this.#finish(call, event.at, 'callee-hung-up')
        return this.#finish(call, event.at, call.cutCause ?? causeOfOther ?? this.#causeOfTimer(call, event.at))
      }
    }
  }

  /**
   * Compares with Kamailio's own list: takes up calls whose answer we missed, settles those that are gone, and hangs up those
   * that the ledger says are over.
   */
  async reconcile(): Promise<void> {
    const { rpc, clock, log } = this.#options
    let dialogs: ListedDialog[]
    try {
      dialogs = await rpc.listDialogs()
      if (!this.#isSwitchUp) {
        log.info({}, 'Kamailio answers again')
        this.#options.onSwitchBack()
      }
      this.#isSwitchUp = true
    } catch (error) {
      if (this.#isSwitchUp) log.warn({ error: String(error) }, 'Kamailio does not answer')
      this.#isSwitchUp = false
      return
    }
    const listed = new Map(dialogs.map((dialog) => [dialog.sessionId, dialog]))
    const now = clock.now()
    const calls = [...this.#live.values()]
    const strangers = new Set(listed.keys())
    for (const call of calls) strangers.delete(dialogSession(call.sessionId))
    for (const call of calls) {
      const dialog = listed.get(dialogSession(call.sessionId))
      if (dialog) {
        this.#seen(call, dialog, now)
        await this.#unbind(call)
      } else if (now - call.knownSince > APPEARS_WITHIN_MS) await this.#missed(call)
    }
    for (const sessionId of this.#ghosts.keys()) if (!strangers.has(sessionId)) this.#ghosts.delete(sessionId)
    for (const dialog of dialogs) if (strangers.has(dialog.sessionId)) await this.#stranger(dialog, now)
  }

  /** For how many seconds from its answer each charged call may go on, by its name at Kamailio. */
  allowedSeconds(): ReadonlyMap<string, number> {
    const charged = [...this.#live.values()].filter(({ isCharged }) => isCharged)
    return new Map(
      charged.map(({ sessionId, lease, graceSeconds }) => [
        dialogSession(sessionId),
        lease.reportedSeconds + lease.grantedSeconds + graceSeconds,
      ]),
    )
  }

  /** Hangs up a call of this switch, for an administrator; false when it is not in progress. */
  async hangUp(sessionId: string): Promise<boolean> {
    const call = this.#live.get(sessionId)
    if (!call?.dialog) return false
    call.cutCause ??= 'cut-by-admin'
    const goesOn = this.#live.get(forwardedSession(sessionId))
    if (goesOn) goesOn.cutCause ??= 'cut-by-admin'
    await this.#options.rpc.hangUp(call.dialog)
    return true
  }

  /** Stops all timers. Calls go on until their leases end. */
  stop(): void {
    this.#isStopped = true
    for (const call of this.#live.values()) clearTimeout(call.timer)
  }

  // -- a call's life ---------------------------------------------------------------------------------------------------

  #add(facts: LiveCallFacts): LiveCall {
    const call = liveCall(facts, this.#options.clock.now())
    this.#live.set(call.sessionId, call)
    this.#grace(call)
    this.#arm(call)
    return call
  }

  /** C10: whether the call may go on without us, which what is granted last never may: it has no funds for it. */
  #grace(call: LiveCall): void {
    const { tenantId, classification, sessionId, lease } = call
    const key = `${tenantId} ${classification}`
    const others = this.#graced.get(key) ?? new Set()
    const bound = call.isCharged && !lease.isFinal ? this.#options.boundOf(tenantId, classification) : null
    const mayGoOn = bound !== null && (others.has(sessionId) || others.size < bound.calls)
    call.graceSeconds = mayGoOn ? bound.seconds : 0
    if (mayGoOn) others.add(sessionId)
    else others.delete(sessionId)
    if (others.size > 0) this.#graced.set(key, others)
    else this.#graced.delete(key)
  }

  #remove(call: LiveCall): void {
    clearTimeout(call.timer)
    this.#live.delete(call.sessionId)
    const key = `${call.tenantId} ${call.classification}`
    const others = this.#graced.get(key)
    others?.delete(call.sessionId)
    if (others?.size === 0) this.#graced.delete(key)
  }

  #adopt(session: SipSession): LiveCall | null {
    const known = this.#live.get(session.sessionId)
    if (known) return known
    if (session.call === null) return null
    const { call } = session
    const lease = restoredLease(call, this.#options.clock.now())
    const { sessionId, address } = session
    const { tenantId, classification } = call
    // One that began without us has been let go on for its bound, whatever the policy says by now.
    const isBlind = call.blind !== undefined && call.spokenSeconds === 0
    const nextNumber = session.lastNumber + 1
    const facts = { sessionId, tenantId, classification, isBlind, isCharged: call.charged, address, lease, nextNumber }
    const adopted = this.#add(facts)
    if (isBlind) adopted.graceSeconds = call.validitySeconds
    return adopted
  }

  /** A call that is not in memory: the event was slower than a restart, or is late, or was seen before. */
  async #load(sessionId: string): Promise<LiveCall | null> {
    const session = await sipSession(this.#options.db, this.#options.switchId, sessionId)
    return session === null || session.state === 'ended' ? null : this.#adopt(session)
  }

  #answered(call: LiveCall, answeredAt: number): void {
    call.lease = { ...call.lease, answeredAt }
    this.#options.onAnswered?.(call.sessionId, instant(answeredAt))
    this.#arm(call)
  }

  /** Sets the alarm for the next thing to do; does it now if its time has come. */
  #arm(call: LiveCall, delayMs = 0): void {
    clearTimeout(call.timer)
    if (!call.isCharged || call.termination || this.#isStopped) return
    const step = nextStep(call.lease, this.#options.settings)
    const wait = Math.max(delayMs, step.at - this.#options.clock.now(), 0)
    call.timer = setTimeout(() => {
      this.#enqueue(call, () => this.#take(call, step)).catch((error: unknown) => {
        this.#options.log.warn({ sessionId: call.sessionId, error: String(error) }, `step ${step.kind} failed`)
        this.#arm(call, RETRY_MS)
      })
    }, wait)
  }

  #enqueue<T>(call: LiveCall, work: () => Promise<T>): Promise<T> {
    const done = call.queue.then(work)
    call.queue = done.catch(() => undefined)
    return done
  }

  async #take(call: LiveCall, step: Step): Promise<void> {
    if (call.termination || this.#isStopped || !this.#live.has(call.sessionId)) return
    // Nobody knows whether the call goes on: it is neither charged further nor cut until Kamailio says.
    if (!this.#isSwitchUp) return this.#arm(call, RETRY_MS)
    switch (step.kind) {
      case 'refresh':
      case 'ask':
        // Its lease ended while we were away. That it ended too may be on its way to us: seconds after its end are nobody's.
        if (!this.#isKnownToGoOn(call)) return this.#arm(call, RETRY_MS)
        await this.#ask(call)
        return this.#arm(call)
      case 'warn':
        await this.#warn(call)
        return this.#arm(call)
      case 'cut':
        await this.#cut(call)
        return this.#arm(call, CUT_AGAIN_MS)
    }
  }

  /** False for a call beyond its lease that Kamailio has not been seen to have since then. */
  #isKnownToGoOn({ lease, seenAt }: LiveCall): boolean {
    if (lease.answeredAt === null) return true
    const end = leaseEnd(lease, lease.answeredAt)
    return this.#options.clock.now() <= end + LEASE_OVER_TOLERANCE_MS || (seenAt !== null && seenAt >= end)
  }

  /** Reports what was spoken and asks for more. */
  async #ask(call: LiveCall): Promise<void> {
    const { requests, clock, settings, rpc } = this.#options
    const { answeredAt, reportedSeconds } = call.lease
    const now = clock.now()
    const usedSeconds = answeredAt === null ? 0 : unreportedSeconds(call.lease, answeredAt, now)
    call.unanswered ??= requests.update({
      sessionId: call.sessionId,
      requestNumber: call.nextNumber,
      usedSeconds,
      ...blindPart(call, usedSeconds),
      requestedSeconds: settings.chunkSeconds,
      eventTime: instant(answeredAt === null ? now : answeredAt + (reportedSeconds + usedSeconds) * 1000),
    })
    await this.#submitUpdate(call, call.unanswered)
    call.isBlind = false
    const { answeredAt: talkingSince } = call.lease
    if (talkingSince === null || call.dialog === null) return
    this.#grace(call)
    const end = leaseEnd(call.lease, talkingSince) + call.graceSeconds * 1000
    await rpc.setLease(call.dialog, timerSeconds(end, clock.now()))
  }

  async #submitUpdate(call: LiveCall, update: UpdateRequest): Promise<void> {
    const before = call.lease
    const answer = await this.#options.requests.submit(update)
    call.unanswered = null
    call.nextNumber = update.requestNumber + 1
    const reported = before.reportedSeconds + update.usedSeconds
    if (answer.result === 'granted') {
      const { answeredAt } = call.lease
      call.lease = leaseOf(answer, { reportedSeconds: reported, answeredAt, askedAt: this.#options.clock.now() })
    } else {
      call.lease = {
        ...before,
        reportedSeconds: reported,
        grantedSeconds: 0,
        isFinal: true,
        wasLast: true,
        answeredAt: call.lease.answeredAt,
      }
    }
    const isLonger = reported + call.lease.grantedSeconds > before.reportedSeconds + before.grantedSeconds
    // What was warned of still holds when the question brought nothing more.
    if (!isLonger && call.lease.isFinal) {
      call.lease = { ...call.lease, isWarned: before.isWarned, isAskedAgain: before.isFinal }
    }
  }

  /** C3. Nobody is told twice of the same end. */
  async #warn(call: LiveCall): Promise<void> {
    const { rpc, clock, log } = this.#options
    const { answeredAt } = call.lease
    call.lease = { ...call.lease, isWarned: true }
    if (answeredAt === null || call.address === null) return
    const seconds = Math.max(1, Math.round((leaseEnd(call.lease, answeredAt) - clock.now()) / 1000))
    try {
      const phones = await rpc.sendText(call.address, warningText(seconds))
      if (phones > 0) call.warnedAt = clock.now()
      log.info({ sessionId: call.sessionId, seconds, phones }, 'warned of the end of the credits')
    } catch (error) {
      // A telephone that cannot be told is no reason to charge or to cut otherwise.
      log.warn({ sessionId: call.sessionId, error: String(error) }, 'the warning could not be sent')
    }
  }

  async #cut(call: LiveCall): Promise<void> {
    const { rpc, log } = this.#options
    if (call.dialog === null) return
    call.cutCause ??= 'funds-exhausted'
    log.info({ sessionId: call.sessionId }, 'cut: the last seconds are spent')
    await rpc.hangUp(call.dialog)
  }

  /** Kamailio ended the call by itself: its lease was over, or a telephone did not answer when asked whether it is there. */
  #causeOfTimer(call: LiveCall, endedAt: number): string {
    const { lease, graceSeconds, isBlind } = call
    if (lease.answeredAt === null) return 'endpoint-lost'
    const end = leaseEnd(lease, lease.answeredAt)
    if (graceSeconds > 0 && endedAt >= end + graceSeconds * 1000 - LEASE_OVER_TOLERANCE_MS)
      return 'charging-unreachable'
    // Kamailio's timer stands a second behind the lease; what ended later had been let go on.
    const isAtEnd = graceSeconds === 0 || endedAt <= end + 2 * LEASE_OVER_TOLERANCE_MS
    const isSpent = !isBlind && isAtEnd && endedAt >= end - LEASE_OVER_TOLERANCE_MS
    if (!call.isCharged || !isSpent) return 'endpoint-lost'
    // There may have been more, and nobody to be asked for it.
    return lease.wasLast ? 'funds-exhausted' : 'charging-unreachable'
  }

  /** Reports the end and gives its cause. Throws when it could not be recorded; then it is tried again with the same request. */
  #finish(call: LiveCall, endedAt: number, cause: string, sipStatus: number | null = null): Promise<string> {
    clearTimeout(call.timer)
    return this.#enqueue(call, async () => {
      if (!this.#live.has(call.sessionId)) return cause
      const { requests, log } = this.#options
      try {
        if (call.termination === null && call.unanswered !== null) await this.#submitUpdate(call, call.unanswered)
        const usedSeconds = this.#unreportedAtEnd(call, endedAt, cause)
        call.termination ??= requests.termination({
          sessionId: call.sessionId,
          requestNumber: call.nextNumber,
          usedSeconds,
          ...blindPart(call, usedSeconds),
          cause,
          ...(call.warnedAt === null ? {} : { warnedAt: instant(call.warnedAt) }),
          ...(sipStatus === null ? {} : { sipStatus }),
          eventTime: instant(endedAt),
        })
        await requests.submit(call.termination)
      } catch (error) {
        if (!(error instanceof OutOfSequence)) throw error
        // The ledger knows better: closed for silence too long ago, or ended by another message.
        log.warn({ sessionId: call.sessionId, error: error.message }, 'the end of a call was not taken')
      }
      this.#remove(call)
      return cause
    })
  }

  #unreportedAtEnd(call: LiveCall, endedAt: number, cause: string): number {
    const { answeredAt, reportedSeconds, grantedSeconds: granted } = call.lease
    if (answeredAt === null) return 0
    const beyond = cause === 'charging-unreachable' ? call.graceSeconds : 0
    const isCut = cause === 'funds-exhausted' || cause === 'charging-unreachable'
    const cutAfterSeconds = isCut ? reportedSeconds + granted + beyond : null
    return Math.max(0, spokenSeconds({ answeredAt, endedAt, cutAfterSeconds }) - reportedSeconds)
  }

  // -- what Kamailio's list says ---------------------------------------------------------------------------------------

  #seen(call: LiveCall, dialog: ListedDialog, now: number): void {
    call.misses = 0
    call.seenAt = now
    call.dialog = dialog
    if (dialog.answeredAt !== null && call.lease.answeredAt === null) this.#answered(call, dialog.answeredAt)
  }

  /** C10: a call that began without us and costs nothing needs no bound any more. */
  async #unbind(call: LiveCall): Promise<void> {
    if (!call.isBlind || call.isCharged || call.dialog === null) return
    if (await this.#options.rpc.setLease(call.dialog, NO_LEASE_SECONDS)) call.isBlind = false
  }

  async #missed(call: LiveCall): Promise<void> {
    call.misses += 1
    if (call.misses < MISSES_MAX) return
    const { answeredAt } = call.lease
    // Its end is known to nobody: it is charged until it was last seen.
    const endedAt = answeredAt === null ? this.#options.clock.now() : Math.max(answeredAt, call.seenAt ?? answeredAt)
    const cause = answeredAt === null ? 'not-connected' : 'switch-lost'
    this.#options.log.warn({ sessionId: call.sessionId, cause }, 'a call is gone from Kamailio without a word')
    await this.#finish(call, endedAt, cause).catch((error: unknown) => {
      this.#options.log.warn({ sessionId: call.sessionId, error: String(error) }, 'its end could not be recorded yet')
    })
  }

  /** A dialog that we do not know: its session is over (Kamailio was restored from its table), or it is ours after all. */
  async #stranger(dialog: ListedDialog, now: number): Promise<void> {
    if (now - (this.#ghosts.get(dialog.sessionId) ?? 0) < CUT_AGAIN_MS) return
    const blind = dialog.blind === null ? null : parseBlindFacts(dialog.blind)
    if (blind) await noteBlindCall(this.#options, dialog.sessionId, blind)
    const call = await this.#load(dialog.sessionId)
    if (call) {
      this.#seen(call, dialog, now)
    } else if (dialog.isAnswered) {
      this.#ghosts.set(dialog.sessionId, now)
      this.#options.log.warn({ sessionId: dialog.sessionId }, 'hanging up a call that the ledger says is over')
      await this.#options.rpc.hangUp(dialog).catch(() => undefined)
    }
  }
}
