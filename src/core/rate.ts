/**
 * What a call costs by one row of the rate deck, and how long a sum of money lasts by it (R1, decision 6). A source is
 * rounded once: the pool by its plan's increment (P9), the wallet by the rate's.
 */
import { assert } from './assert.ts'
import { divCeil, divFloor, type Micros, micros, ZERO } from './money.ts'
import type { Instant } from './time.ts'

export const RATE_DIRECTIONS = ['out', 'toll-free-in', 'conference-out'] as const
export type RateDirection = (typeof RATE_DIRECTIONS)[number]

export const LINE_KINDS = ['any', 'fixed', 'mobile', 'premium', 'shared-cost', 'satellite'] as const
export type LineKind = (typeof LINE_KINDS)[number]

/** How seconds become billed seconds: `initial`, then steps of `next`, and never fewer than `minimum`. All ≥ 1, minimum ≥ 0. */
export interface Increments {
  readonly initialIncrementSeconds: number
  readonly nextIncrementSeconds: number
  readonly minimumSeconds: number
}

/** One published row of a rate deck. Immutable: a call keeps the row it was authorised with (R2). */
export interface Rate extends Increments {
  readonly deckVersion: number
  readonly direction: RateDirection
  /** Digits of E.164 without `+`. */
  readonly prefix: string
  /** ISO 3166 alpha-2 of the caller; `''` for any. */
  readonly origin: string
  readonly lineKind: LineKind
  readonly currency: string
  readonly connectionFeeMicros: bigint
  readonly rateMicrosPerMinute: bigint
  readonly validFrom: Instant
}

/** How a plan's pool is drawn (P9). */
export interface PlanIncrement {
  readonly initialSeconds: number
  readonly nextSeconds: number
}

/** P9: 60-second increments, rounded up, unless the catalogue says otherwise. */
export const DEFAULT_PLAN_INCREMENT: PlanIncrement = { initialSeconds: 60, nextSeconds: 60 }

/** The answer for "as long as you like" (68 years; it fits a PostgreSQL `integer`). No grant asks for as much. */
export const SECONDS_UNLIMITED = 2_147_483_647

/** The seconds that `seconds` of talking take from a pool; 0 for 0. */
export function roundUp(increment: PlanIncrement, seconds: number): number {
  const { initialSeconds, nextSeconds } = increment
  assert(seconds >= 0 && initialSeconds >= 1 && nextSeconds >= 1, 'roundUp: seconds >= 0, increments >= 1')
  if (seconds === 0) return 0
  if (seconds <= initialSeconds) return initialSeconds
  return initialSeconds + Math.ceil((seconds - initialSeconds) / nextSeconds) * nextSeconds
}

/** The inverse of `roundUp`: the most seconds of talking that take at most `budgetSeconds` from a pool. */
export function secondsWithin(increment: PlanIncrement, budgetSeconds: number): number {
  const { initialSeconds, nextSeconds } = increment
  assert(initialSeconds >= 1 && nextSeconds >= 1, 'secondsWithin: increments >= 1')
  if (budgetSeconds < initialSeconds) return 0
  return initialSeconds + Math.floor((budgetSeconds - initialSeconds) / nextSeconds) * nextSeconds
}

const incrementOf = (increments: Increments): PlanIncrement => ({
  initialSeconds: increments.initialIncrementSeconds,
  nextSeconds: increments.nextIncrementSeconds,
})

/** The seconds that are priced when `seconds` were spoken: rounded up by the increments, at least the minimum; 0 for 0. */
export function billedSeconds(increments: Increments, seconds: number): number {
  if (seconds === 0) return 0
  return Math.max(increments.minimumSeconds, roundUp(incrementOf(increments), seconds))
}

export type Price = Increments & Pick<Rate, 'connectionFeeMicros' | 'rateMicrosPerMinute'>

/** Connection fee and billed seconds, rounded up once at the sixth decimal (decision 6); 0 for 0 seconds. */
export function costOf(rate: Price, seconds: number): Micros {
  if (seconds === 0) return ZERO
  const perMinute = divCeil(rate.rateMicrosPerMinute * BigInt(billedSeconds(rate, seconds)), 60n)
  return micros(rate.connectionFeeMicros + perMinute)
}

/**
 * The inverse of `costOf`: the largest number of further seconds s with `costOf(rate, alreadySeconds + s) <= budgetMicros`,
 * where the budget includes what the seconds already spoken cost. 0 when not even the next second fits; `SECONDS_UNLIMITED`
 * when the price per minute is 0 and the budget holds the connection fee.
 */
export function secondsFor(rate: Price, budgetMicros: bigint, alreadySeconds = 0): number {
  const forMinutes = budgetMicros - rate.connectionFeeMicros
  if (forMinutes < 0n) return 0
  if (rate.rateMicrosPerMinute === 0n) return SECONDS_UNLIMITED
  // ceil(r·b / 60) <= m holds exactly when b <= floor(60·m / r).
  const billable = divFloor(forMinutes * 60n, rate.rateMicrosPerMinute)
  if (billable >= BigInt(SECONDS_UNLIMITED)) return SECONDS_UNLIMITED
  if (billable < BigInt(rate.minimumSeconds)) return 0
  return Math.max(0, secondsWithin(incrementOf(rate), Number(billable)) - alreadySeconds)
}
