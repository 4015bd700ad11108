/**
 * The International question of one country: who holds the plan? Callers are users with calls that the plan covers; only holders
 * draw its pool, so what one caller takes another may miss (P5).
 */
import { assert } from '../assert.ts'
import type { CreditPrices } from './credit-prices.ts'
import { type Pieces, partWorth } from './pieces.ts'

export interface Abroad {
  readonly pieces: Pieces
  readonly prices: CreditPrices
  readonly months: number
  readonly callers: number
  /** Licensed users without covered calls who may hold the plan, for the room that they bring. */
  readonly idleMax: number
  /** Micros per holder over the horizon. */
  readonly planPrice: number
  /** Seconds per holder and month. */
  readonly holderSeconds: number
  /** Pieces of (caller, month): [start[c × months + m], start[… + 1]) of the three columns below. */
  readonly start: Uint32Array
  /** Position within the month. */
  readonly position: Uint32Array
  /** Sums over the pieces of the same caller and month up to and including this one. */
  readonly worthUpTo: Float64Array
  readonly needUpTo: Float64Array
  /** Sums per (caller, month). */
  readonly worth: Float64Array
  readonly need: Float64Array
}

/** Indexes the pieces by caller and month. */
export function makeAbroad(
  pieces: Pieces,
  prices: CreditPrices,
  { callers, idleMax, planPrice, holderSeconds }: Pick<Abroad, 'callers' | 'idleMax' | 'planPrice' | 'holderSeconds'>,
): Abroad {
  const { months, length, monthStart } = pieces
  const cells = callers * months
  const start = new Uint32Array(cells + 1)
  const forEach = (visit: (i: number, cell: number, position: number) => void): void => {
    for (let month = 0; month < months; month++) {
      const first = monthStart[month] ?? 0
      const end = monthStart[month + 1] ?? 0
      for (let i = first; i < end; i++) visit(i, (pieces.caller[i] ?? 0) * months + month, i - first)
    }
  }
  forEach((_, cell) => {
    start[cell + 1] = (start[cell + 1] ?? 0) + 1
  })
  for (let cell = 0; cell < cells; cell++) start[cell + 1] = (start[cell + 1] ?? 0) + (start[cell] ?? 0)
  const next = start.slice()
  const position = new Uint32Array(length)
  const worthUpTo = new Float64Array(length)
  const needUpTo = new Float64Array(length)
  const worth = new Float64Array(cells)
  const need = new Float64Array(cells)
  forEach((i, cell, at) => {
    const to = next[cell] ?? 0
    next[cell] = to + 1
    position[to] = at
    worth[cell] = (worth[cell] ?? 0) + (pieces.worth[i] ?? 0)
    need[cell] = (need[cell] ?? 0) + (pieces.need[i] ?? 0)
    worthUpTo[to] = worth[cell] ?? 0
    needUpTo[to] = need[cell] ?? 0
  })
  const choice = { callers, idleMax, planPrice, holderSeconds }
  return { pieces, prices, months, start, position, worthUpTo, needUpTo, worth, need, ...choice }
}

/** Where each month's pool runs out: the position of the first piece that it cannot pay in full, or the month's length. */
export interface Exhaustion {
  readonly position: Uint32Array
  /** Seconds that the pool still has for that piece. */
  readonly left: Float64Array
}

export const newExhaustion = (months: number): Exhaustion => ({
  position: new Uint32Array(months),
  left: new Float64Array(months),
})

/**
 * Credits that the pool spares when `isHolder[c]` callers hold the plan and `holders` plans, idle ones included, fill it. Exact.
 * `out` receives where each month's pool runs out.
 */
export function sparedBy(abroad: Abroad, isHolder: Uint8Array, holders: number, out: Exhaustion): number {
  const { pieces, months, callers } = abroad
  const pool = holders * abroad.holderSeconds
  let spared = 0
  for (let month = 0; month < months; month++) {
    let need = 0
    let worth = 0
    for (let c = 0; c < callers; c++) {
      if (isHolder[c] === 0) continue
      need += abroad.need[c * months + month] ?? 0
      worth += abroad.worth[c * months + month] ?? 0
    }
    if (need <= pool) {
      out.position[month] = (pieces.monthStart[month + 1] ?? 0) - (pieces.monthStart[month] ?? 0)
      out.left[month] = pool - need
      spared += worth
    } else spared += untilExhausted(abroad, isHolder, pool, month, out)
  }
  for (const call of pieces.crossing) if (isHolder[call.caller] === 1) spared -= overstated(abroad, call, out)
  return spared
}

function untilExhausted(
  { pieces, prices }: Abroad,
  isHolder: Uint8Array,
  pool: number,
  month: number,
  out: Exhaustion,
): number {
  const { caller, need, worth, seconds, split } = pieces
  const first = pieces.monthStart[month] ?? 0
  const end = pieces.monthStart[month + 1] ?? 0
  let left = pool
  let spared = 0
  let i = first
  for (; i < end; i++) {
    if (isHolder[caller[i] ?? 0] === 0) continue
    const taken = need[i] ?? 0
    if (taken > left) break
    left -= taken
    spared += worth[i] ?? 0
  }
  out.position[month] = i - first
  out.left[month] = left
  if (split && left > 0 && i < end) spared += partWorth(split, i, Math.min(left, seconds[i] ?? 0), prices)
  return spared
}

/** By how much the worths of a crossing call's paid pieces exceed what its payment really spares. */
export function overstated(
  { prices, pieces }: Pick<Abroad, 'prices' | 'pieces'>,
  call: Pieces['crossing'][number],
  { position, left }: Exhaustion,
): number {
  let stated = 0
  let paid = 0
  for (const piece of call.pieces) {
    const runsOut = position[piece.month] ?? 0
    if (piece.position < runsOut) {
      stated += piece.worth
      paid += piece.seconds
    } else if (piece.position === runsOut && pieces.split) {
      const part = Math.min(left[piece.month] ?? 0, piece.seconds)
      if (part > 0) stated += partWorth(pieces.split, (pieces.monthStart[piece.month] ?? 0) + runsOut, part, prices)
      paid += part
    }
  }
  return stated - (prices.cost(call.price, call.seconds) - prices.cost(call.price, call.seconds - paid))
}

/** A choice of holders and what it comes to. */
export interface Choice {
  readonly isHolder: Uint8Array
  /** All plans, idle ones included. */
  readonly holders: number
  /** Credits spared less the price of the plans. */
  readonly profit: number
}

export function profitOf(abroad: Abroad, isHolder: Uint8Array, holders: number, out: Exhaustion): number {
  return sparedBy(abroad, isHolder, holders, out) - abroad.planPrice * holders
}

export const countHolders = (isHolder: Uint8Array): number => isHolder.reduce((sum, holds) => sum + holds, 0)

/** Plans and credits together. */
export function costOfChoice(abroad: Abroad, { profit }: Choice): number {
  assert(Number.isSafeInteger(profit), 'money is whole micros')
  return abroad.pieces.allCredits - profit
}
