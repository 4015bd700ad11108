/** A month that is over, beside the cheapest licences and plans for its calls: what an admin is told on Home, and when nothing is said. */
import { type Micros, micros } from '../money.ts'
import type { Basket, CostLines } from './types.ts'
import type { WhatIf } from './what-if.ts'

export interface SeatCounts {
  readonly licences: number
  readonly international: number
}

export interface CostParts {
  readonly licences: Micros
  readonly international: Micros
  readonly credits: Micros
}

/** `thin`: too few calls, or not a whole month. `unpriced`: the operator has set no price. */
export type Silence = 'thin' | 'unpriced' | 'not-proven' | 'nothing-to-save'

export type Review =
  | { readonly silent: Silence }
  | {
      readonly silent: null
      readonly before: CostParts
      readonly best: CostParts
      readonly seatsBefore: SeatCounts
      readonly seatsBest: SeatCounts
    }

/** Fewer calls say nothing about a month to come. */
export const REVIEW_CALLS_MIN = 30

/** A unit of the currency: less is not worth anybody's morning. */
const WORTH_MICROS = 1_000_000n

/** Compares a month's own licences and plans with the proven cheapest, both drawn in the same order. */
export function reviewOf({ status, before, costs, basket }: WhatIf, current: Basket): Review {
  if (status !== 'proven') return { silent: 'not-proven' }
  if (before.total - costs.total < WORTH_MICROS) return { silent: 'nothing-to-save' }
  const [seatsBefore, seatsBest] = [seatsOf(current), seatsOf(basket)]
  return { silent: null, before: partsOf(before), best: partsOf(costs), seatsBefore, seatsBest }
}

const partsOf = ({ licences, international, total }: CostLines): CostParts => ({
  licences,
  international,
  credits: micros(total - licences - international),
})

export const totalOf = ({ licences, international, credits }: CostParts): Micros =>
  micros(licences + international + credits)

const seatsOf = ({ countries }: Basket): SeatCounts => ({
  licences: countries.reduce((sum, { licences }) => sum + licences, 0),
  international: countries.reduce((sum, { holders, idleHolders }) => sum + holders.length + idleHolders, 0),
})

/** What one click leads to: seats to buy, seats to give back, or who should hold those that are there. */
export type ReviewStep =
  | { readonly kind: 'buy'; readonly licences: number; readonly international: number }
  | { readonly kind: 'fewer'; readonly of: keyof SeatCounts; readonly seats: number }
  | { readonly kind: 'move' }

export interface SeatsNow {
  readonly bought: SeatCounts
  readonly assigned: SeatCounts
  /** Of the month itself. Equal to the best: other people should hold the plans. */
  readonly before: SeatCounts
}

/** Null: it is done already. */
export function stepOf(best: SeatCounts, { bought, assigned, before }: SeatsNow): ReviewStep | null {
  const more = (of: keyof SeatCounts): number => Math.max(0, best[of] - bought[of])
  const [licences, international] = [more('licences'), more('international')]
  if (licences + international > 0) return { kind: 'buy', licences, international }
  const isBest = (seats: SeatCounts): boolean =>
    seats.licences === best.licences && seats.international === best.international
  if (isBest(assigned) && !isBest(before)) return null
  for (const of of ['international', 'licences'] as const)
    if (assigned[of] > best[of]) return { kind: 'fewer', of, seats: best[of] }
  return { kind: 'move' }
}
