/**
 * Calls that Kamailio let through without asking anybody: emergency calls (C5) and calls between colleagues (L1). They are told
 * to the engine afterwards, so that they leave a record (C8). Every event carries the whole call, and makes the same requests
 * whenever it comes, so it may be late, repeated, or before another.
 */
import type { CreditControlRequest } from '../core/request.ts'
import { instant } from '../core/time.ts'
import type { Db, Queryable } from '../store/db.ts'
import { noteEmergencyCall } from '../store/emergency-call.ts'
import { answerFreeCall, type FreeCall, freeCallsSince, removeFreeCall, saveFreeCall } from '../store/free-call.ts'
import { sipSubscriber, tenantOfSipDomain } from '../store/sip.ts'
import { isBrowserName } from './browser-phone.ts'
import type { FreeEvent } from './kamailio-events.ts'
import { spokenSeconds } from './kamailio-lease.ts'
import { causeOfFailure, finalStatus } from './kamailio-live-call.ts'
import { OutOfSequence, type Requests } from './kamailio-requests.ts'
import type { KamailioRpc } from './kamailio-rpc.ts'
import type { SipLog } from './sip-log.ts'

export interface FreeCallsOptions {
  readonly requests: Requests
  readonly db: Db
  readonly log: SipLog
  readonly rpc: Pick<KamailioRpc, 'setEntry' | 'deleteEntry'>
}

/** As long as Kamailio keeps them. */
const KEPT_MS = 86_400_000

interface LiveFreeCall extends FreeCall {
  /** Kamailio was told of it, and does not forget it by itself when it ends. */
  isTold: boolean
}

/**
 * Such calls while they go on. A Kamailio that was killed has forgotten them, and would refuse what comes within them as a stranger's: many
 * telephones end a call over that, and it may be one for help. So the next Kamailio is told, also after a crash of the whole machine.
 */
export class FreeCalls {
  readonly #live = new Map<string, LiveFreeCall>()
  readonly #options: FreeCallsOptions

  constructor(options: FreeCallsOptions) {
    this.#options = options
  }

  /** Throws when it could not be recorded: then the same event comes again. */
  async happened(event: FreeEvent): Promise<void> {
    const { db } = this.#options
    const { sessionId, kept, kind, at } = event
    if (kind === 'begun' && kept) {
      this.#forgetOld(at)
      const call = { sessionId, ...kept, begunAt: instant(event.begunAt), answeredAt: null }
      if (!this.#live.has(sessionId)) this.#live.set(sessionId, { ...call, isTold: false })
      await saveFreeCall(db, call)
    }
    if (kind === 'answered') {
      const live = this.#live.get(sessionId)
      if (!live) return
      this.#live.set(sessionId, { ...live, answeredAt: instant(at) })
      await answerFreeCall(db, sessionId, instant(at))
      return
    }
    await recordFreeCall(this.#options, event)
    if (kind === 'begun') return
    await this.#forget(sessionId)
    await removeFreeCall(db, sessionId)
  }

  /** Reads those that a server before this one heard of; `now`: when this one starts. */
  async restore(now: number): Promise<void> {
    for (const call of await freeCallsSince(this.#options.db, instant(now - KEPT_MS))) {
      if (!this.#live.has(call.sessionId)) this.#live.set(call.sessionId, { ...call, isTold: false })
    }
  }

  has(sessionId: string): boolean {
    return this.#live.has(sessionId)
  }

  /** Tells a new Kamailio. */
  async retell(): Promise<void> {
    const { rpc } = this.#options
    for (const call of this.#live.values()) {
      const { callId, facts, answeredAt } = call
      call.isTold = true
      await rpc.setEntry('free', callId, facts)
      if (answeredAt !== null) await rpc.setEntry('answered', callId, (answeredAt / 1000).toFixed(6))
    }
  }

  async #forget(sessionId: string): Promise<void> {
    const { rpc, log } = this.#options
    const live = this.#live.get(sessionId)
    this.#live.delete(sessionId)
    if (!live?.isTold) return
    try {
      // It may have ended before Kamailio was told.
      await rpc.deleteEntry('free', live.callId)
      await rpc.deleteEntry('answered', live.callId)
    } catch (error) {
      log.warn({ sessionId, error: String(error) }, 'Kamailio keeps a call that is over for a day')
    }
  }

  #forgetOld(now: number): void {
    for (const [sessionId, { begunAt }] of this.#live) if (now - begunAt > KEPT_MS) this.#live.delete(sessionId)
  }
}

/** Records an event of such a call. Throws when it could not be recorded: then the same event comes again. */
async function recordFreeCall(options: FreeCallsOptions, event: FreeEvent): Promise<void> {
  const { requests, db, log } = options
  // A page that tries out its own microphone and loudspeaker.
  if (isBrowserName(event.username)) return
  const tenantId = await tenantOfSipDomain(db, event.domain)
  if (tenantId === null) {
    // Somebody's telephone, from nowhere we know: it was connected, and there is no tenant whose record it could be.
    log.warn({ event }, 'an emergency call from a telephone of no tenant')
    return
  }
  const caller = await sipSubscriber(db, event.domain, event.username)
  const isInternal = event.classification === 'internal'
  const calledNumber = isInternal ? await numberOf(db, event) : event.called
  // A colleague without a number is recorded by address (C8).
  const byName = isInternal && calledNumber === null ? { calledSipUsername: event.called } : {}
  await submit(options, event, () =>
    requests.initial({
      sessionId: event.sessionId,
      requestNumber: 0,
      tenantId,
      userId: null,
      sipUsername: event.username,
      direction: 'out',
      calledNumber: calledNumber ?? `sip:${event.called}@${event.domain}`,
      ...byName,
      callingNumber: caller?.numbers[0] ?? null,
      requestedSeconds: 0,
      eventTime: instant(event.begunAt),
    }),
  )
  if (!isInternal && caller) {
    const { sessionId, called: dialled } = event
    const { userId } = caller
    await noteEmergencyCall(db, { sessionId, tenantId, userId, dialled, at: instant(event.begunAt) })
  }
  if (event.kind === 'begun') return
  const { answeredAt, at } = event
  const sipStatus = event.kind === 'failed' ? finalStatus(event.status) : null
  await submit(options, event, () =>
    requests.termination({
      sessionId: event.sessionId,
      requestNumber: 1,
      usedSeconds: answeredAt === null ? 0 : spokenSeconds({ answeredAt, endedAt: at, cutAfterSeconds: null }),
      cause: causeOf(event),
      ...(sipStatus === null ? {} : { sipStatus }),
      eventTime: instant(at),
    }),
  )
}

/** A request that is out of place was made before, from an event that came twice: that is no reason to hear it a third time. */
async function submit(options: FreeCallsOptions, event: FreeEvent, make: () => CreditControlRequest): Promise<void> {
  try {
    const answer = await options.requests.submit(make())
    if (answer.result === 'refused') {
      options.log.warn({ event, answer }, 'the engine would have refused a call that was let through')
    }
  } catch (error) {
    if (!(error instanceof OutOfSequence)) throw error
    options.log.warn({ event, error: error.message }, 'an event of a free call was not taken')
  }
}

/** The number of the colleague who was called by name; null when there is none. */
async function numberOf(db: Queryable, event: FreeEvent): Promise<string | null> {
  const callee = await sipSubscriber(db, event.domain, event.called)
  return callee?.numbers[0] ?? null
}

function causeOf(event: FreeEvent): string {
  if (event.kind === 'ended') return event.byCaller ? 'caller-hung-up' : 'callee-hung-up'
  return causeOfFailure(event.status)
}
