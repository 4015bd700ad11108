/** What routing a call is made of: the question to the engine, the answer to Kamailio, and the way out of the house. */
import type { AttendantDesk } from '../core/attendant-call.ts'
import type { SwitchId } from '../core/ids.ts'
import { type RefusalCode, refusal } from '../core/problems.ts'
import type { Granted, InitialRequest } from '../core/request.ts'
import { type Instant, instant } from '../core/time.ts'
import { trunkForCalls } from '../core/trunk.ts'
import type { Queryable } from '../store/db.ts'
import type { SwitchTrunk } from '../store/trunk.ts'
import type { LiveCalls } from './kamailio-calls.ts'
import type { AuthoriseQuestion } from './kamailio-events.ts'
import { timerSeconds } from './kamailio-lease.ts'
import type { Requests } from './kamailio-requests.ts'

/** Flat, for Kamailio's `jansson_get`. */
export interface Accepted {
  readonly allow: 1
  /** Seconds for the dialog timer; 0: no lease. */
  readonly lease: number
  /** `carrier`, `emergency`, `sip:user@domain` of a registered telephone, `sip:…;tls` for an SBC over TLS, or `sip:…;direct` for any other address. */
  readonly target: string
  /** The number as the carrier shall get it. */
  readonly called: string
  /** The number to show, or nothing. */
  readonly identity: string
  /** RFC 3323: the carrier knows the number and tells it to nobody. */
  readonly privacy?: 1
  /** Who forwarded the call (RFC 5806), where somebody did. */
  readonly diverted?: string
  /** What to ask with when the telephone is not there, busy or has rung for `ring` seconds (A21); absent: the call ends there. */
  readonly otherwise?: string
  readonly ring?: number
}

export type RoutingAnswer =
  | Accepted
  | { readonly allow: 0; readonly status: number; readonly code: string; readonly title: string }

export interface RoutingOptions {
  readonly requests: Requests
  readonly calls: LiveCalls
  readonly switchId: SwitchId
  readonly db: Queryable
  readonly chunkSeconds: number
  /** Where calls to service numbers ring; null: at the tenant's first user with a telephone. */
  readonly serviceTarget: string | null
  /** Who answers for attendants; null: nobody does. */
  readonly desk: () => AttendantDesk | null
  /** Where on loopback the SBC of a trunk is that is spoken to over TLS; null: this server does not. */
  readonly tlsHop: (trunk: SwitchTrunk) => Promise<string | null>
  /** The real clock. */
  readonly now: () => Instant
}

type Wish = Pick<
  InitialRequest,
  | 'tenantId'
  | 'userId'
  | 'sipUsername'
  | 'direction'
  | 'calledNumber'
  | 'calledSipUsername'
  | 'callingNumber'
  | 'forwards'
>

/** Asks the engine for a call. A refusal is an answer for Kamailio; anything else that is no grant is a bug. */
export async function submit(
  options: RoutingOptions,
  question: Pick<AuthoriseQuestion, 'sid' | 'begunAt'>,
  wish: Wish,
): Promise<Granted | { readonly result: 'refused'; readonly reply: RoutingAnswer }> {
  const answer = await options.requests.submit(
    options.requests.initial({
      ...wish,
      sessionId: question.sid,
      requestNumber: 0,
      requestedSeconds: options.chunkSeconds,
      eventTime: instant(question.begunAt),
    }),
  )
  if (answer.result === 'granted') return answer
  if (answer.result !== 'refused') throw new Error(`an initial request was answered with ${answer.result}`)
  const { code, title, sipStatus } = answer.refusal
  return { result: 'refused', reply: { allow: 0, status: sipStatus, code, title } }
}

/**
 * L4: without a plan, calls leave over the tenant’s own trunk and over nothing else. The engine has said who bills this one; a licence or
 * a number that has changed since then sends no free call to our carrier, and no paid one to another's. Null: no SBC is there.
 */
export async function outsideTarget(
  { tlsHop }: Pick<RoutingOptions, 'tlsHop'>,
  { charged, classification }: Granted,
  trunks: readonly SwitchTrunk[] | null,
  called: string,
): Promise<string | null> {
  if (charged) return 'carrier'
  if (trunks === null) return classification === 'toll-free-out' ? 'carrier' : null
  const trunk = trunkForCalls(trunks)
  if (trunk === null) return null
  if (trunk.mode === 'register') return `sbc:${trunk.username}@${trunk.domain}`
  if (trunk.transport !== 'tls') return `sip:${called}@${trunk.host}:${trunk.port};transport=${trunk.transport};direct`
  const hop = await tlsHop(trunk)
  return hop && `sip:${called}@${hop};transport=tcp;tls`
}

export function refused(code: RefusalCode): RoutingAnswer {
  const { sipStatus, title } = refusal(code)
  return { allow: 0, status: sipStatus, code, title }
}

/** Kamailio's timer: the grant, and how long the call may go on if nobody can be asked for more (C10). */
export const leaseOf = (granted: Granted, graceSeconds: number): number =>
  granted.grantedSeconds === undefined ? 0 : timerSeconds((granted.grantedSeconds + graceSeconds) * 1000, 0)

/** L4: the call may be made, and the tenant's own SBC is not there. The call that was granted is over, with that as its cause. */
export async function trunkDown(options: RoutingOptions, sessionId: string): Promise<RoutingAnswer> {
  const status = 503
  await options.calls.giveUp(sessionId, 'trunk-down', status)
  return { allow: 0, status, code: 'trunk-down', title: 'No SBC of your own carrier answers.' }
}
