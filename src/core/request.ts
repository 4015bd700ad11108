/**
 * Credit-control requests and answers, in the words of RFC 8506 and the shape of the HTTP contract. Every switch protocol is
 * translated into these and back.
 */
import type { Direction, ForwardedCall } from './call.ts'
import type { Classification } from './classification.ts'
import type { Service } from './event.ts'
import type { CallId, SwitchId, TenantId, UserId } from './ids.ts'
import type { Money } from './money.ts'
import type { ProblemCode, Refusal } from './problems.ts'
import type { Instant } from './time.ts'

interface RequestBase {
  /** The API key of the switch: session ids are unique per switch. */
  readonly switchId: SwitchId
  readonly sessionId: string
  readonly requestNumber: number
  /** Digest of the body: the same number with another body is refused. */
  readonly hash: string
  /** When it happened at the switch; the used seconds lie just before it. Absent: time of receipt. */
  readonly eventTime: Instant | null
  /** An id for the call or tombstone that this request may begin. Handed in, because the core has no randomness. */
  readonly freshId: CallId
}

export interface InitialRequest extends RequestBase {
  readonly type: 'initial'
  readonly tenantId: TenantId
  readonly userId: UserId | null
  readonly sipUsername: string | null
  readonly direction: Direction
  readonly calledNumber: string
  /** A colleague called by name, who may have no number: only our own switch knows such calls. */
  readonly calledSipUsername?: string
  readonly callingNumber: string | null
  readonly requestedSeconds: number
  /**
   * C10: our own switch has let the call through while nobody could be asked, for up to `requestedSeconds`. It is written down, not
   * decided: there is no refusing it any more.
   */
  readonly blind?: true
  /** A21: the user is called and does not call: this is where the call goes on to, at the cost of the user. */
  readonly forwards?: ForwardedCall
}

export interface UpdateRequest extends RequestBase {
  readonly type: 'update'
  readonly usedSeconds: number
  readonly requestedSeconds: number
  /** C10: how many of the used seconds were let through because charging could not be reached. */
  readonly blindSeconds?: number
}

export interface TerminationRequest extends RequestBase {
  readonly type: 'termination'
  readonly usedSeconds: number
  readonly cause: string
  /** C3: when the party was warned of the end; absent where the switch does not say. */
  readonly warnedAt?: Instant
  /** The SIP status with which it ended before anybody answered; absent where the switch does not say. */
  readonly sipStatus?: number
  /** C10: how many of the used seconds were let through because charging could not be reached. */
  readonly blindSeconds?: number
}

/** Charged once, without a session (RFC 8506 §6.3): a text message, a directory enquiry. */
export interface EventRequest extends RequestBase {
  readonly type: 'event'
  readonly tenantId: TenantId
  readonly userId: UserId | null
  readonly service: Service
  readonly units: number
}

export type CreditControlRequest = InitialRequest | UpdateRequest | TerminationRequest | EventRequest

/** One source of a grant or of an ended call: a pool by name, or the wallet. */
export interface FundingEntry {
  readonly source: string
  readonly seconds: number
  readonly amount?: Money
}

export interface Granted {
  readonly result: 'granted'
  readonly callId: string
  readonly classification: Classification
  readonly charged: boolean
  /** Absent, with the two below, where there is no lease. */
  readonly grantedSeconds?: number
  readonly validitySeconds?: number
  readonly finalUnit?: boolean
  readonly funding: readonly FundingEntry[]
}

export interface Refused {
  readonly result: 'refused'
  readonly callId: string
  readonly classification?: Classification
  readonly refusal: Refusal
}

export interface Ended {
  readonly result: 'ended'
  readonly callId: string
  readonly chargedSeconds: number
  readonly charge: Money
  readonly funding: readonly FundingEntry[]
}

export interface Charged {
  readonly result: 'charged'
  readonly charge: Money
  readonly funding: readonly FundingEntry[]
}

export type CreditControlAnswer = Granted | Refused | Ended | Charged

/** What goes back to the switch: the stored bytes of the first answer, whenever the same request comes again. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** The code when this is not an answer but a problem (RFC 9457): the HTTP edge adds its request id to the body. */
  readonly problem: ProblemCode | null
}
