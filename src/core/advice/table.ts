/**
 * The easy case, by a theorem (docs/advice.md): if the pool of all callers whose calls cost more than the plan never runs out, nothing
 * is cheaper. For a pool spares at most what the calls cost, so the profit of any holders is at most the sum of (spend − plan) over them,
 * and that sum is largest for exactly these callers. Its proof is a table that any spreadsheet adds up.
 */
import type { Abroad } from './abroad.ts'
import { AMOUNT_MAX, type CreditPrices } from './credit-prices.ts'
import type { CallColumns } from './pieces.ts'

export interface Sums {
  /** Per caller: what the calls cost by credits alone over the horizon. */
  readonly spend: Float64Array
  /** Per (caller, month): rounded seconds that a pool is asked for. */
  readonly need: Float64Array
  readonly allCredits: number
}

/** From the calls, without cutting them into pieces. Null if the credits exceed what can be summed exactly. */
export function sumsOfCalls(
  calls: CallColumns,
  bounds: readonly number[],
  prices: CreditPrices,
  { callers, incrementSeconds }: { callers: number; incrementSeconds: number },
): Sums | null {
  const months = bounds.length - 1
  const [first = 0] = bounds
  const last = bounds.at(-1) ?? 0
  const spend = new Float64Array(callers)
  const need = new Float64Array(callers * months)
  let allCredits = 0
  for (let i = 0, month = 0; i < calls.length; i++) {
    const at = calls.answeredAt[i] ?? 0
    const end = Math.min(last, at + (calls.seconds[i] ?? 0))
    let from = Math.max(first, at)
    if (from >= end) continue
    const c = calls.caller[i] ?? 0
    const cost = prices.cost(calls.price[i] ?? 0, end - from)
    spend[c] = (spend[c] ?? 0) + cost
    allCredits += cost
    while (month > 0 && from < (bounds[month] ?? 0)) month--
    while (from >= (bounds[month + 1] ?? 0)) month++
    for (let part = month; from < end; part++) {
      const until = Math.min(end, bounds[part + 1] ?? end)
      const cell = c * months + part
      need[cell] = (need[cell] ?? 0) + Math.ceil((until - from) / incrementSeconds) * incrementSeconds
      from = until
    }
  }
  return allCredits <= AMOUNT_MAX ? { spend, need, allCredits } : null
}

/** The same from pieces. */
export function sumsOfPieces({ pieces, prices, months, callers, worth, need }: Abroad): Sums {
  const spend = new Float64Array(callers)
  for (let cell = 0; cell < callers * months; cell++) {
    const c = Math.floor(cell / months)
    spend[c] = (spend[c] ?? 0) + (worth[cell] ?? 0)
  }
  // Worths of crossing calls are bounds; their spend is their price.
  for (const call of pieces.crossing) {
    const stated = call.pieces.reduce((sum, piece) => sum + piece.worth, 0)
    spend[call.caller] = (spend[call.caller] ?? 0) - stated + prices.cost(call.price, call.seconds)
  }
  return { spend, need, allCredits: pieces.allCredits }
}

export interface Table {
  readonly isHolder: Uint8Array
  readonly holders: number
  /** Their pool lasts in every month: nothing is cheaper. */
  readonly lasts: boolean
  /** If it lasts. */
  readonly profit: number
}

/** Those whose calls cost more than the plan. */
export function tableOf(
  { spend, need }: Sums,
  { planPrice, holderSeconds }: { planPrice: number; holderSeconds: number },
): Table {
  const isHolder = spend.reduce((flags, sum, c) => {
    flags[c] = sum > planPrice ? 1 : 0
    return flags
  }, new Uint8Array(spend.length))
  const holders = isHolder.reduce((sum, holds) => sum + holds, 0)
  const profit = spend.reduce((sum, value) => sum + Math.max(0, value - planPrice), 0)
  return { isHolder, holders, profit, lasts: poolLasts(isHolder, need, holders * holderSeconds) }
}

/** Whether a pool of so many seconds a month pays all calls of these holders. */
export function poolLasts(isHolder: Uint8Array, need: Float64Array, poolSeconds: number): boolean {
  const months = isHolder.length === 0 ? 0 : need.length / isHolder.length
  for (let m = 0; m < months; m++) {
    let seconds = 0
    for (let c = 0; c < isHolder.length; c++) if (isHolder[c] === 1) seconds += need[c * months + m] ?? 0
    if (seconds > poolSeconds) return false
  }
  return true
}
