/**
 * A call in progress, as it is told to whoever watches: what the switch and the ledger have said, never what time adds to it. Whoever
 * shows it counts the seconds since then, and how long the funds would last, with `fundsForSeconds`.
 */
import { type Call, grantedSeconds, sourceOf, WALLET_SOURCE } from './call.ts'
import { chargeOf, fundedBy, type RateOnRecord, rateOnRecord } from './call-record.ts'
import { POOL_INCREMENT } from './catalogue.ts'
import type { Classification } from './classification.ts'
import { formatId } from './ids.ts'
import { type Currency, formatMicros, type Micros, type Money, micros, parseMicros, toMoney } from './money.ts'
import { poolName } from './pool.ts'
import { type Price, SECONDS_UNLIMITED, secondsFor, secondsWithin } from './rate.ts'
import { formatInstant, type Instant, instant } from './time.ts'

/** Money in decimal strings, times in RFC 3339, whole seconds. */
export interface LiveCall {
  readonly id: string
  readonly userId: string | null
  readonly userName: string | null
  readonly direction: Call['direction']
  readonly callingNumber: string | null
  readonly calledNumber: string
  /** Who holds the number that was called, where it is a colleague. */
  readonly calledName: string | null
  /** Where the number is: ISO 3166-1 alpha-2; null where nobody can say. */
  readonly country: string | null
  readonly classification: Classification
  readonly charged: boolean
  /** `begun`: this switch tells of the answer only with its first report. */
  readonly state: 'ringing' | 'talking' | 'begun'
  readonly startedAt: string
  readonly answeredAt: string | null
  /** When the switch last said something, and how much had been spoken by then. */
  readonly reportedAt: string
  readonly spokenSeconds: number
  /** What each source has given, after rounding, in the order in which they were first used. */
  readonly funding: readonly LiveFund[]
  /** What the call holds for the seconds that are granted: nobody else can take it. */
  readonly held: readonly { readonly source: string; readonly seconds?: number; readonly amount?: string }[]
  readonly grant: {
    readonly seconds: number
    /** In the order in which they will be spent. */
    readonly slices: readonly { readonly source: string; readonly seconds: number }[]
    /** How far the call is secured, as far as is known: while it rings, counted from its beginning. */
    readonly until: string
    readonly isLast: boolean
  } | null
  readonly cost: Money
  /** The pool that covers the call, this month. */
  readonly pool: string | null
  readonly walletAllowed: boolean
  readonly rate: Pick<
    RateOnRecord,
    'perMinute' | 'connectionFee' | 'initialIncrement' | 'nextIncrement' | 'minimumSeconds' | 'deckVersion' | 'prefix'
  > | null
  /** From `reportedAt` on, by what was there when this was said; null: the call needs no funds. */
  readonly fundsForSeconds: number | null
  /** An administrator has hung up, and the switch has not ended the call yet. */
  readonly stopping: boolean
}

export interface LiveFund {
  readonly source: string
  readonly spokenSeconds: number
  readonly seconds: number
  readonly amount?: string
}

/** What a call in progress does not say of itself. */
export interface LiveContext {
  readonly currency: Currency
  readonly userName: string | null
  readonly calledName: string | null
  /** When the switch said that it was answered, if it says so at once. */
  readonly answeredAt: Instant | null
  /** This switch says at once when a call is answered. */
  readonly tellsOfAnswer: boolean
  /** Seconds that are free in a pool. */
  readonly poolFree: (name: string) => number
  readonly walletFree: Micros
}

export function liveCallOf(call: Call, context: LiveContext): LiveCall {
  const answeredAt = call.answeredAt ?? context.answeredAt
  const granted = grantedSeconds(call)
  const rate = call.rate && rateOnRecord(call.rate)
  const pool = call.pool && call.grantMonth ? poolName(call.pool, call.grantMonth) : null
  const told = {
    id: formatId('call', call.callId),
    userId: call.userId === null ? null : formatId('user', call.userId),
    userName: context.userName,
    direction: call.direction,
    callingNumber: call.callingNumber,
    calledNumber: call.calledNumber,
    calledName: context.calledName,
    country: call.country,
    classification: call.classification,
    charged: call.charged,
    state:
      answeredAt === null ? (context.tellsOfAnswer ? ('ringing' as const) : ('begun' as const)) : ('talking' as const),
    startedAt: formatInstant(call.startedAt),
    answeredAt: answeredAt === null ? null : formatInstant(answeredAt),
    reportedAt: formatInstant(call.lastEventAt),
    spokenSeconds: call.spokenSeconds,
    funding: fundedBy(call),
    held: heldBy(call),
    grant: call.charged
      ? {
          seconds: granted,
          slices: call.grant.map(({ source, seconds }) => ({ source, seconds })),
          until: formatInstant(securedUntil(call, answeredAt, granted)),
          isLast: granted === 0 || call.grants?.at(-1)?.isLast === true,
        }
      : null,
    cost: toMoney(chargeOf(call), context.currency),
    pool,
    walletAllowed: call.walletAllowed,
    rate: rate && {
      perMinute: rate.perMinute,
      connectionFee: rate.connectionFee,
      initialIncrement: rate.initialIncrement,
      nextIncrement: rate.nextIncrement,
      minimumSeconds: rate.minimumSeconds,
      deckVersion: rate.deckVersion,
      prefix: rate.prefix,
    },
    stopping: call.stop !== undefined,
  }
  return {
    ...told,
    fundsForSeconds: fundsForSeconds(told, pool === null ? 0 : context.poolFree(pool), context.walletFree),
  }
}

/** A lease begins to run when the call is answered: a first report knows when, a switch may say so before. */
function securedUntil(call: Call, answeredAt: Instant | null, granted: number): Instant {
  const since = call.spokenSeconds === 0 && answeredAt !== null ? answeredAt : call.lastEventAt
  return instant(since + granted * 1000)
}

const heldBy = (call: Call): LiveCall['held'] =>
  call.funds.flatMap((fund): LiveCall['held'] => {
    const source = sourceOf(fund)
    if (fund.kind === 'pool') return fund.heldSeconds === 0 ? [] : [{ source, seconds: fund.heldSeconds }]
    const held = fund.held.reduce((sum, hold) => sum + hold.micros, 0n)
    return held === 0n ? [] : [{ source, amount: formatMicros(micros(held)) }]
  })

/**
 * How many seconds beyond those that were reported the funds would pay for if nobody else called: what the call holds, what is free in
 * its pool (seconds), then in the wallet. Null: the call needs no funds.
 */
export function fundsForSeconds(
  call: Pick<LiveCall, 'charged' | 'funding' | 'held' | 'pool' | 'walletAllowed' | 'rate'>,
  poolFree: number,
  walletFree: Micros,
): number | null {
  if (!call.charged) return null
  const given = (source: string) => call.funding.find((fund) => fund.source === source)
  const held = (source: string) => call.held.find((hold) => hold.source === source)
  let seconds = 0
  if (call.pool !== null) {
    const fund = given(call.pool)
    const paid = (fund?.seconds ?? 0) + (held(call.pool)?.seconds ?? 0) + poolFree
    seconds += Math.max(0, secondsWithin(POOL_INCREMENT, paid) - (fund?.spokenSeconds ?? 0))
  }
  if (call.walletAllowed && call.rate !== null) {
    const fund = given(WALLET_SOURCE)
    const budget = amountOf(fund?.amount) + amountOf(held(WALLET_SOURCE)?.amount) + walletFree
    seconds += secondsFor(priceOf(call.rate), budget, fund?.spokenSeconds ?? 0)
  }
  return Math.min(seconds, SECONDS_UNLIMITED)
}

const amountOf = (amount: string | undefined): bigint => (amount === undefined ? 0n : (parseMicros(amount) ?? 0n))

const priceOf = (rate: NonNullable<LiveCall['rate']>): Price => ({
  connectionFeeMicros: amountOf(rate.connectionFee),
  rateMicrosPerMinute: amountOf(rate.perMinute),
  initialIncrementSeconds: rate.initialIncrement,
  nextIncrementSeconds: rate.nextIncrement,
  minimumSeconds: rate.minimumSeconds,
})
