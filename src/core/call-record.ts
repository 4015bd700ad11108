/**
 * The one immutable record that every call leaves, refused ones too (C8): with the reasons, so that it can explain itself years
 * later without any other table.
 */
import {
  type BlindPart,
  type Call,
  type Direction,
  type ForwardedCall,
  type GrantNote,
  type Onward,
  type Reason,
  sourceOf,
} from './call.ts'
import type { Classification } from './classification.ts'
import type { CallId, SwitchId, TenantId, UserId } from './ids.ts'
import { type Currency, formatMicros, type Micros, micros, toMoney } from './money.ts'
import type { PoolKey } from './pool.ts'
import type { RefusalCode } from './problems.ts'
import { billedSeconds, type Rate } from './rate.ts'
import type { FundingEntry } from './request.ts'
import type { Cap } from './spend-limit.ts'
import type { Instant } from './time.ts'

/** What one source paid: seconds spoken, seconds after rounding, and money where it was the wallet. */
export interface FundedBy {
  readonly source: string
  readonly spokenSeconds: number
  readonly seconds: number
  /** Decimal string; only the wallet pays money. */
  readonly amount?: string
}

/** The rate row as it was when the call was authorised (R2); money as decimal strings, for it is read by people and machines. */
export interface RateOnRecord {
  readonly deckVersion: number
  readonly direction: string
  readonly prefix: string
  readonly origin: string
  readonly lineKind: string
  readonly currency: string
  readonly perMinute: string
  readonly connectionFee: string
  readonly initialIncrement: number
  readonly nextIncrement: number
  readonly minimumSeconds: number
}

export interface RecordDetails {
  readonly reason: Reason
  readonly country: string | null
  readonly charged: boolean
  readonly pool: PoolKey | null
  readonly funding: readonly FundedBy[]
  /** Who paid which spoken seconds, in the order spoken. */
  readonly segments: readonly { source: string; seconds: number }[]
  readonly overrunSeconds: number
  readonly rate: RateOnRecord | null
  /** What was secured when; absent in records from before they were kept, and where nothing was granted. */
  readonly grants?: readonly GrantNote[]
  /** C3: when the party was told that the end was near, where the switch says so. */
  readonly warnedAt?: Instant
  /** What the caller got who was never answered, where the switch says so. */
  readonly sipStatus?: number
  /** Cut or refused for want of money: exactly how much more would have paid for how many more seconds at that moment. */
  readonly short?: { readonly amount: string; readonly seconds: number }
  /** C10: what was let through while charging could not be reached, and billed afterwards. */
  readonly blind?: Readonly<BlindPart>
  /** A21: the user was called, by whom, and the call went on from the user to this number. */
  readonly forwards?: ForwardedCall
  /** A21: where a call to a user who forwards ended up. */
  readonly onward?: Onward
  /** The limit that refused or ended the call. */
  readonly limit?: Cap
}

export interface CallRecord {
  readonly callId: CallId
  readonly tenantId: TenantId
  readonly switchId: SwitchId
  readonly sessionId: string
  readonly userId: UserId | null
  readonly direction: Direction
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly classification: Classification
  readonly result: 'ended' | 'refused'
  readonly startedAt: Instant
  readonly answeredAt: Instant | null
  readonly endedAt: Instant
  readonly endCause: string
  readonly chargedSeconds: number
  readonly chargeMicros: Micros
  readonly currency: Currency
  readonly refusalCode: RefusalCode | null
  readonly details: RecordDetails
}

/** What a late termination added to the record of a call that had been closed as silent (C9). */
export interface CallSupplement {
  readonly callId: CallId
  readonly tenantId: TenantId
  readonly endedAt: Instant
  readonly endCause: string
  readonly chargedSeconds: number
  readonly chargeMicros: Micros
  readonly details: RecordDetails
}

/** What each source gave after rounding, in the order in which they were first spent; sources that gave nothing are left out. */
export function fundedBy(call: Call): FundedBy[] {
  const entries: FundedBy[] = []
  for (const source of new Set(call.segments.map((segment) => segment.source))) {
    const fund = call.funds.find((candidate) => sourceOf(candidate) === source)
    // `overrun` is no fund: those seconds were ours.
    if (!fund) continue
    const { spokenSeconds } = fund
    if (fund.kind === 'pool') {
      entries.push({ source: sourceOf(fund), spokenSeconds, seconds: fund.takenSeconds })
    } else {
      const seconds = call.rate ? billedSeconds(call.rate, spokenSeconds) : spokenSeconds
      entries.push({ source: sourceOf(fund), spokenSeconds, seconds, amount: formatMicros(micros(fund.takenMicros)) })
    }
  }
  return entries
}

/** The same as it goes on the wire. */
export function fundingEntries(funding: readonly FundedBy[], currency: string): FundingEntry[] {
  return funding.map(({ source, seconds, amount }) =>
    amount === undefined ? { source, seconds } : { source, seconds, amount: { amount, currency } },
  )
}

export function chargeOf(call: Call): Micros {
  for (const fund of call.funds) if (fund.kind === 'wallet') return micros(fund.takenMicros)
  return micros(0n)
}

export function rateOnRecord(rate: Rate): RateOnRecord {
  return {
    deckVersion: rate.deckVersion,
    direction: rate.direction,
    prefix: rate.prefix,
    origin: rate.origin,
    lineKind: rate.lineKind,
    currency: rate.currency,
    perMinute: formatMicros(micros(rate.rateMicrosPerMinute)),
    connectionFee: formatMicros(micros(rate.connectionFeeMicros)),
    initialIncrement: rate.initialIncrementSeconds,
    nextIncrement: rate.nextIncrementSeconds,
    minimumSeconds: rate.minimumSeconds,
  }
}

/** What only the end of a call knows. */
export type EndNotes = Pick<RecordDetails, 'warnedAt' | 'sipStatus' | 'short' | 'limit'>

export function detailsOf(call: Call, notes: EndNotes = {}): RecordDetails {
  return {
    reason: call.reason,
    country: call.country,
    charged: call.charged,
    pool: call.pool,
    funding: fundedBy(call),
    segments: call.segments,
    overrunSeconds: call.overrunSeconds,
    rate: call.rate ? rateOnRecord(call.rate) : null,
    ...(call.grants && call.grants.length > 0 ? { grants: call.grants } : {}),
    ...(call.blind ? { blind: call.blind } : {}),
    ...(call.forwards ? { forwards: call.forwards } : {}),
    ...(call.onward ? { onward: call.onward } : {}),
    ...notes,
  }
}

/** Closes the books of a call: its record. */
export function recordOf(
  call: Call,
  end: { switchId: SwitchId; sessionId: string; at: Instant; cause: string; currency: Currency; notes?: EndNotes },
): CallRecord {
  return {
    callId: call.callId,
    tenantId: call.tenantId,
    switchId: end.switchId,
    sessionId: end.sessionId,
    userId: call.userId,
    direction: call.direction,
    callingNumber: call.callingNumber,
    calledNumber: call.calledNumber,
    classification: call.classification,
    result: 'ended',
    startedAt: call.startedAt,
    answeredAt: call.answeredAt,
    endedAt: end.at,
    endCause: end.cause,
    chargedSeconds: call.spokenSeconds,
    chargeMicros: chargeOf(call),
    currency: end.currency,
    refusalCode: null,
    details: detailsOf(call, end.notes),
  }
}

export const moneyOf = (record: Pick<CallRecord, 'chargeMicros' | 'currency'>) =>
  toMoney(record.chargeMicros, record.currency)
