/**
 * Attendants at work: answers calls that Kamailio brings, does with each what core/attendant.ts says, and rings colleagues and
 * numbers outside by a second call through Kamailio, which is authorised and charged like any other (A21). Kamailio brings only what
 * was announced here (`expect`), and asks here what a second call may do (`wishOf`): what is in a header says nothing by itself.
 */
import { randomUUID } from 'node:crypto'
import { type Act, begin, type Happening, next, type Target, type Words } from '../core/attendant.ts'
import type { AnnouncedCall, AttendantDesk, SecondCall } from '../core/attendant-call.ts'
import type { Clock } from '../core/clock.ts'
import { ringable } from '../store/attendant.ts'
import type { Queryable } from '../store/db.ts'
import type { KeyListener } from './dtmf.ts'
import { LEG_PREFIX, Leg } from './leg.ts'
import type { Ng } from './ng.ts'
import type { Prompts } from './prompts.ts'
import type { IncomingCall, OutgoingCall, SipUserAgent, UserAgentLog } from './user-agent.ts'

export interface RunningDesk extends AttendantDesk {
  readonly callsInProgress: number
  /** rtpengine was started again: callers whose speech it does not know hear nothing any more, and are let go. */
  endLost(): Promise<void>
  stop(): Promise<void>
}

export interface DeskOptions {
  readonly agent: (onCall: (call: IncomingCall) => void) => Promise<SipUserAgent>
  readonly ng: Ng
  readonly keys: KeyListener
  readonly prompts: Prompts
  readonly db: Queryable
  readonly clock: Clock
  /** Shown by Kamailio and by us where the other must know it is really us. */
  readonly secret: string
  readonly log: UserAgentLog
}

/** Headers between Kamailio and us. It takes both away from whatever comes from outside. */
export const CALL_HEADER = 'X-Ringfence-Call'
export const LEG_HEADER = 'X-Ringfence-Leg'

/** Kamailio brings a call at once or never. */
const EXPECTED_FOR_MS = 30_000
const RING_MS = 25_000
/** Attendants one after the other: more is a circle. */
const HOPS_MAX = 3

/** Starts answering. What a killed server left in rtpengine is taken out first. */
export async function startDesk(options: DeskOptions): Promise<RunningDesk> {
  const { ng, log } = options
  const expected = new Map<string, AnnouncedCall>()
  const seconds = new Map<string, SecondCall>()
  const live = new Set<Conversation>()
  await deleteLeftovers(ng).catch((error: unknown) =>
    log.warn({ error: String(error) }, 'rtpengine could not be asked what was left in it'),
  )

  function came(call: IncomingCall): void {
    const sessionId = call.header(CALL_HEADER) ?? ''
    const announced = expected.get(sessionId)
    if (!announced) {
      call.refuse(404)
      return
    }
    expected.delete(sessionId)
    const conversation = new Conversation({ ...options, userAgent, seconds }, call, announced)
    live.add(conversation)
    conversation
      .run()
      .catch((error: unknown) => {
        log.warn({ sessionId, error: String(error) }, 'an attendant call failed')
        conversation.end()
      })
      .finally(() => live.delete(conversation))
  }

  const userAgent = await options.agent(came)
  return {
    expect(sessionId, call) {
      if (!userAgent.isConnected || call.hops >= HOPS_MAX) return null
      expected.set(sessionId, call)
      setTimeout(() => expected.delete(sessionId), EXPECTED_FOR_MS).unref()
      return `sip:attendant@${userAgent.address};transport=tcp`
    },
    wishOf: (id) => seconds.get(id) ?? null,
    get callsInProgress() {
      return live.size
    },
    async endLost() {
      for (const conversation of live) {
        if (await conversation.hasSpeech()) continue
        log.warn({}, 'ending a call of an attendant: its speech is gone')
        conversation.end()
      }
    },
    async stop() {
      for (const conversation of live) conversation.end()
      await userAgent.stop()
      options.keys.close()
      ng.close()
    },
  }
}

/** Calls that this rtpengine still carries for a server that died: nobody will ever end them. */
async function deleteLeftovers(ng: Ng): Promise<void> {
  const { calls } = await ng.command('list', { limit: '10000' })
  const ours = (Array.isArray(calls) ? calls : []).filter((id) => String(id).startsWith(LEG_PREFIX))
  await Promise.all(ours.map((id) => ng.command('delete', { 'call-id': id }).catch(() => undefined)))
}

interface Surroundings extends DeskOptions {
  readonly userAgent: SipUserAgent
  readonly seconds: Map<string, SecondCall>
}

/** One caller, from the answer to the end. */
class Conversation {
  readonly #is: Surroundings
  readonly #call: IncomingCall
  readonly #announced: AnnouncedCall
  readonly #leg: Leg
  /** Keys that nobody has asked for yet. */
  readonly #pressed: string[] = []
  #onKey: ((key: string) => void) | null = null
  #isOver = false
  readonly #over: Promise<null>
  #second: OutgoingCall | null = null

  constructor(is: Surroundings, call: IncomingCall, announced: AnnouncedCall) {
    this.#is = is
    this.#call = call
    this.#announced = announced
    this.#leg = new Leg(is.ng)
    this.#over = call.ended.then(() => {
      this.#isOver = true
      return null
    })
  }

  hasSpeech(): Promise<boolean> {
    return this.#leg.isKnown()
  }

  /** Lets both sides go. */
  end(): void {
    this.#second?.hangUp()
    this.#call.hangUp()
  }

  async run(): Promise<void> {
    const { attendant, timeZone } = this.#announced
    const heard = (key: string): void => {
      if (this.#onKey) this.#onKey(key)
      else this.#pressed.push(key)
    }
    this.#is.keys.listen(this.#leg.id, heard)
    this.#call.onKey(heard)
    try {
      await this.#call.answer({ local: () => this.#leg.answer, remote: (sdp) => this.#leg.offered(sdp) })
      let step = begin(attendant, this.#is.clock.now(), timeZone)
      while (!this.#isOver) {
        const happened = await this.#do(step.act)
        if (happened === null || step.place === null) break
        step = next(attendant, step.place, happened)
      }
      if (!this.#isOver) this.#call.hangUp()
      await this.#over
    } finally {
      this.#is.keys.forget(this.#leg.id)
      this.#second?.hangUp()
      await this.#leg.end()
    }
  }

  /** Null: the conversation is over, or was a telephone call and is over by now. */
  async #do(act: Act): Promise<Happening | null> {
    switch (act.act) {
      case 'play': {
        // Keys that were pressed before they could mean anything mean nothing.
        this.#pressed.length = 0
        const key = await this.#say(act.words, act.listenSeconds)
        if (this.#isOver) return null
        return key === null ? { on: 'silence' } : { on: 'key', key }
      }
      case 'hang-up':
        await this.#say(act.words, null)
        return null
      case 'ring':
        return (await this.#ring(act.target)) ? null : { on: 'not-connected' }
    }
  }

  /** Plays the words; with `listenSeconds`, gives the key that cut them short or came in time after them. */
  async #say(words: readonly Words[], listenSeconds: number | null): Promise<string | null> {
    const { tenantId, attendant } = this.#announced
    const isListening = listenSeconds !== null
    for (const one of words) {
      if (this.#isOver) return null
      const recording = await this.#is.prompts.recordingOf(tenantId, one, attendant.language)
      if (recording === null) continue
      const milliseconds = (await this.#leg.play(recording.file)) ?? recording.milliseconds ?? 0
      const key = await this.#wait(milliseconds, isListening)
      await this.#leg.silence()
      if (key !== null) return key
    }
    return isListening ? this.#wait(listenSeconds * 1000, true) : null
  }

  /** Until the time is over, a key is pressed (if it matters), or the caller is gone. */
  async #wait(milliseconds: number, isListening: boolean): Promise<string | null> {
    if (this.#isOver) return null
    const before = isListening ? this.#pressed.shift() : undefined
    if (before !== undefined) return before
    let timer: NodeJS.Timeout | undefined
    try {
      return await Promise.race([
        this.#over,
        new Promise<string | null>((resolve) => {
          timer = setTimeout(resolve, milliseconds, null)
          if (isListening) this.#onKey = resolve
        }),
      ])
    } finally {
      clearTimeout(timer)
      this.#onKey = null
    }
  }

  /** Rings somebody. True: they spoke, and it is over. False: they did not answer, and the caller is still there. */
  async #ring(target: Exclude<Target, { to: 'hang-up' }>): Promise<boolean> {
    const wish = await this.#wishFor(target)
    if (wish === null) return false
    const id = randomUUID()
    this.#is.seconds.set(id, wish)
    let timer: NodeJS.Timeout | undefined
    try {
      await this.#leg.play(this.#is.prompts.ringback, { times: 100 })
      const second = this.#is.userAgent.call(this.#invitation(id, wish))
      this.#second = second
      // From a telephone that nobody answers the call goes on, and there it rings as long again.
      const first = wish.to === 'user' ? (wish.ringSeconds ?? 0) * 1_000 : 0
      timer = setTimeout(() => second.hangUp(), first + RING_MS)
      void this.#over.then(() => second.hangUp())
      const refusedWith = await second.outcome
      clearTimeout(timer)
      await this.#leg.silence()
      if (this.#isOver) return true
      if (refusedWith !== null) {
        this.#is.log.info({ to: wish.to, status: refusedWith }, 'whom an attendant rang did not answer')
        this.#second = null
        await this.#leg.park()
        return false
      }
      await Promise.race([second.ended, this.#over])
      return true
    } finally {
      clearTimeout(timer)
      this.#is.seconds.delete(id)
    }
  }

  async #wishFor(target: Exclude<Target, { to: 'hang-up' }>): Promise<SecondCall | null> {
    const { tenantId, number, hops } = this.#announced
    const base = { tenantId, number, hops: hops + 1 }
    if (target.to === 'number') return { ...base, to: 'number', called: target.number }
    const user = await ringable(this.#is.db, tenantId, target.userId)
    if (user === null) return null
    const { username, domain, ringSeconds } = user
    return { ...base, to: 'user', username, domain, called: user.number, ringSeconds }
  }

  #invitation(id: string, wish: SecondCall) {
    const { domain, number } = this.#announced
    // A colleague sees who calls; outside they see us, whose call it is.
    const isColleague = wish.to === 'user'
    const caller = /^\+?[0-9A-Za-z._-]+$/.test(this.#call.caller) ? this.#call.caller : 'anonymous'
    let isAnswered = false
    return {
      target: isColleague ? `sip:${wish.username}@${wish.domain}` : `sip:${wish.called}@${domain}`,
      from: `sip:${isColleague ? caller : number}@${domain}`,
      displayName: isColleague ? this.#call.displayName : '',
      headers: [`${LEG_HEADER}: ${this.#is.secret}:${id}`],
      maxForwards: Math.max(0, this.#call.maxForwards - 1),
      descriptions: {
        local: () => (isAnswered ? this.#telephoneAnswer : this.#leg.offerToTelephone()),
        remote: async (sdp: string) => {
          if (isAnswered) {
            this.#telephoneAnswer = await this.#leg.reofferedByTelephone(sdp)
            return
          }
          isAnswered = true
          await this.#leg.silence()
          await this.#leg.connect(sdp)
        },
      },
    }
  }

  #telephoneAnswer = ''
}
