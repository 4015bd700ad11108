/** An International question as plain columns: what is sent to a worker, or solved in place. */
import type { Price } from '../rate.ts'
import { type Abroad, makeAbroad, newExhaustion, sparedBy } from './abroad.ts'
import { creditPrices } from './credit-prices.ts'
import { type CallColumns, makePieces, type PieceRules } from './pieces.ts'
import { continueSearch, type Pace, type SearchState, startSearch, stateOfTable } from './search.ts'
import { poolLasts, type Sums, sumsOfCalls, tableOf } from './table.ts'

export interface AbroadSpec {
  readonly calls: CallColumns
  readonly bounds: readonly number[]
  readonly prices: readonly (Price | null)[]
  readonly rules: PieceRules
  readonly callers: number
  readonly idleMax: number
  readonly planPrice: number
  readonly holderSeconds: number
}

/** Thrown where a history's credits exceed 140 million of the currency: no sum of them would be exact. */
export class AmountsTooLarge extends Error {
  override name = 'AmountsTooLarge'
}

export function abroadOf(spec: AbroadSpec): Abroad {
  const prices = creditPrices(spec.prices)
  const pieces = makePieces(spec.calls, spec.bounds, prices, spec.rules)
  if (!pieces) throw new AmountsTooLarge()
  return makeAbroad(pieces, prices, spec)
}

export function sumsOf(spec: AbroadSpec): Sums {
  const { incrementSeconds } = spec.rules
  const sums = sumsOfCalls(spec.calls, spec.bounds, creditPrices(spec.prices), {
    callers: spec.callers,
    incrementSeconds,
  })
  if (!sums) throw new AmountsTooLarge()
  return sums
}

/** Solves it, or goes on with a state that was stopped. `make` may keep what it makes for the next question about the same calls. */
export function solveAbroad(
  spec: AbroadSpec,
  pace: Pace,
  { state = null, make = abroadOf }: { state?: SearchState | null; make?: (spec: AbroadSpec) => Abroad } = {},
): SearchState {
  const easy = state ? null : stateOfTable(tableOf(sumsOf(spec), spec), spec)
  if (easy) return easy
  const abroad = make(spec)
  const search = state ?? startSearch(abroad)
  continueSearch(abroad, search, pace)
  return search
}

/** Plans and credits of one basket. */
export function costOf(spec: AbroadSpec, isHolder: Uint8Array, holders: number, make = abroadOf): number {
  const sums = sumsOf(spec)
  const plans = spec.planPrice * holders
  if (poolLasts(isHolder, sums.need, holders * spec.holderSeconds))
    return plans + sums.spend.reduce((sum, value, c) => (isHolder[c] === 1 ? sum : sum + value), 0)
  const abroad = make(spec)
  return plans + sums.allCredits - sparedBy(abroad, isHolder, holders, newExhaustion(abroad.months))
}
