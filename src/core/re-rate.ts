/** What the wallet's part of a recorded call would cost by another deck: the question before prices are published (R1). */
import type { Direction } from './call.ts'
import { type Micros, micros, ZERO } from './money.ts'
import { factsOf, type NumberKind, parseE164 } from './numbering.ts'
import { costOf, LINE_KINDS, type LineKind } from './rate.ts'
import { findRate, type RateDeck } from './rate-deck.ts'
import type { Instant } from './time.ts'

/** What of a call its price depends on. */
export interface BilledCall {
  readonly direction: Direction
  readonly calledNumber: string
  readonly callingNumber: string | null
  /** Where the caller is: the person’s location for calls out. */
  readonly location: string | null
  readonly currency: string
  /** Spoken, and paid by the wallet. */
  readonly walletSeconds: number
  readonly chargeMicros: Micros
}

/** What the call would cost at prices in force at `at`; null where the deck has none for it, and would refuse the call. */
export function reRate(deck: RateDeck, call: BilledCall, at: Instant): Micros | null {
  const called = parseE164(call.calledNumber)
  if (!called) return null
  const isTollFreeIn = call.direction === 'in'
  const caller = call.callingNumber === null ? null : parseE164(call.callingNumber)
  const origin = isTollFreeIn ? caller && factsOf(caller).country : call.location
  const rate = findRate(deck, {
    direction: isTollFreeIn ? 'toll-free-in' : call.direction === 'conference-out' ? 'conference-out' : 'out',
    digits: called.slice(1),
    origin: origin ?? '',
    lineKind: isTollFreeIn ? 'any' : lineKindOf(factsOf(called).kind),
    currency: call.currency,
    at,
  })
  return rate && costOf(rate, call.walletSeconds)
}

/** Sums of one currency: what was charged, and what would be. Calls without a price are in neither. */
export interface WhatIf {
  readonly currency: string
  readonly calls: number
  readonly before: Micros
  readonly after: Micros
  readonly unpriced: number
}

/** Adds up calls, by currency in the order of their codes. */
export function whatIf(deck: RateDeck, calls: Iterable<BilledCall>, at: Instant): WhatIf[] {
  const sums = new Map<string, { calls: number; before: bigint; after: bigint; unpriced: number }>()
  for (const call of calls) {
    const sum = sums.get(call.currency) ?? { calls: 0, before: ZERO, after: ZERO, unpriced: 0 }
    sums.set(call.currency, sum)
    const price = reRate(deck, call, at)
    if (price === null) {
      sum.unpriced++
      continue
    }
    sum.calls++
    sum.before += call.chargeMicros
    sum.after += price
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, { before, after, ...rest }]) => ({
      currency,
      ...rest,
      before: micros(before),
      after: micros(after),
    }))
}

const lineKindOf = (kind: NumberKind): LineKind => LINE_KINDS.find((candidate) => candidate === kind) ?? 'any'
