/**
 * A call in progress: what `call_session.call` holds. Pure data, so that a batch can be saved, replayed and read in SQL.
 */
import type { Classification, ClassificationReason } from './classification.ts'
import type { CallId, TenantId, UserId } from './ids.ts'
import type { PoolKey } from './pool.ts'
import type { RefusalCode } from './problems.ts'
import type { Rate } from './rate.ts'
import type { CallLimits } from './spend-limit.ts'
import type { Instant, Month } from './time.ts'

export type Direction = 'out' | 'in' | 'conference-out'

/** Seconds taken from the pool of one month. Rounded once per call and source (P9), so what was spoken is kept beside. */
export interface PoolFund {
  readonly kind: 'pool'
  readonly account: string
  readonly month: Month
  spokenSeconds: number
  /** Posted so far: the spoken seconds, rounded up. */
  takenSeconds: number
  heldSeconds: number
}

/** Money taken from the wallet: a call of its own from its first second, connection fee once (C1). */
export interface WalletFund {
  readonly kind: 'wallet'
  spokenSeconds: number
  takenMicros: bigint
  /** Holds per lot, oldest first. */
  held: { readonly account: string; micros: bigint }[]
}

export type Fund = PoolFund | WalletFund

/** Part of a grant: so many seconds from that fund, in the order in which they will be spent. */
export interface Slice {
  readonly source: string
  seconds: number
}

/** A grant as it was given: the record keeps them, so that a call can show what was secured when. */
export interface GrantNote {
  readonly at: Instant
  /** Seconds of talk that had been reported then: where the granted ones begin. */
  readonly from: number
  readonly slices: readonly Readonly<Slice>[]
  /** The switch was told that nothing more was there. */
  readonly isLast?: true
}

/** The source name of the wallet on the wire; pools go by their account's name. */
export const WALLET_SOURCE = 'wallet'

export const sourceOf = (fund: Fund): string => (fund.kind === 'pool' ? fund.account : WALLET_SOURCE)

/** Why a call was classed so: a code and the words it needs; explanations turn it into a sentence. */
export type Reason =
  | ClassificationReason
  | {
      readonly code:
        | 'emergency-number'
        | 'own-number'
        | 'user-number'
        | 'service-number'
        | 'own-toll-free-number'
        | 'conference'
        | 'not-classified'
    }

export interface Call {
  readonly callId: CallId
  readonly tenantId: TenantId
  readonly userId: UserId | null
  readonly direction: Direction
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly classification: Classification
  readonly reason: Reason
  readonly country: string | null
  /** False for internal, emergency, inbound, toll-free out and own-trunk calls: no funding, no lease. */
  readonly charged: boolean
  /** The pool that covers this call, if a plan does. */
  readonly pool: PoolKey | null
  /** Whether the wallet may pay (W2, W6). */
  readonly walletAllowed: boolean
  /** R2: fixed when the call was authorised. */
  readonly rate: Rate | null
  readonly startedAt: Instant
  answeredAt: Instant | null
  lastEventAt: Instant
  spokenSeconds: number
  /** In the order in which they were first used. */
  funds: Fund[]
  /** The grant that is out: what is left of it to spend, in order. */
  grant: Slice[]
  /** The month in which the grant may be spent, when a pool is in play. */
  grantMonth: Month | null
  validitySeconds: number
  /** Seconds of a grant that was taken back when the switch fell silent: its late termination may still use them (C9). */
  lapsedSeconds: number
  /** Who paid which spoken seconds, in the order spoken; neighbours from one source are one entry. */
  segments: { source: string; seconds: number }[]
  overrunSeconds: number
  /** Seconds that are settled but whose update still waits for its answer (W4): the next report counts them again. */
  unansweredSeconds: number
  /** Number of the next posting of this call. */
  nextLine: number
  /** Grants in the order given; of a very long call the first and the latest. Absent in calls that began before they were kept. */
  grants?: GrantNote[]
  /** An administrator hung up: the next answer to the switch says so (`asked`), or has said so (`told`). */
  stop?: 'asked' | 'told'
  /** C10: seconds that were let through while charging could not be reached; absent where there were none. */
  blind?: BlindPart
  /** A21: it goes on for a call to the user; absent in calls that the user makes. */
  readonly forwards?: ForwardedCall
  /** A21: where the call went to instead of, or after, the telephone that was called. Written by the switch, which finds the way. */
  readonly onward?: Onward
  /** What limits the call, and what it holds of that; absent where nothing does. */
  limits?: CallLimits
}

export interface ForwardedCall {
  /** Who called the user; null: the number was withheld. */
  readonly caller: string | null
}

/** Why a call does not go where its user has calls go to (A21). */
export const FORWARDING_OBSTACLES = [
  'too-many-times',
  'too-many-calls',
  'colleague-gone',
  'not-allowed',
  'not-paid',
  'trunk-down',
] as const
export type ForwardingObstacle = (typeof FORWARDING_OBSTACLES)[number]

/** What the telephone did from which a call went on. */
export const FORWARDING_CAUSES = ['no-answer', 'busy', 'declined', 'not-reachable'] as const
export type ForwardingCause = (typeof FORWARDING_CAUSES)[number]

/** Where a call to a user who forwards ended up; `obstacle`: it would have gone on from there. Names as they were then. */
export type Onward =
  | {
      readonly to: 'user'
      readonly userId: UserId
      readonly name: string
      readonly after?: ForwardingCause
      readonly obstacle?: ForwardingObstacle
    }
  | { readonly to: 'number'; readonly number: string; readonly after?: ForwardingCause }
  | { readonly to: 'own-telephone'; readonly obstacle: ForwardingObstacle }

export interface BlindPart {
  seconds: number
  /** Why the call would have been refused, had somebody been asked when it began. */
  readonly wouldRefuse?: RefusalCode
}

export const grantedSeconds = (call: Call): number => call.grant.reduce((sum, slice) => sum + slice.seconds, 0)
