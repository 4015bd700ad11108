/**
 * Bound 2 (docs/advice.md), for pools that run out. Every caller is given a worth per month. A basket's profit is then at most the
 * worths of its callers, plus for each month the most by which any set of callers can beat its worths; and there all callers see
 * the pool run out within the same bucket of moments, which bound 1 lets each of them choose alone. The worths move until the
 * months agree with the whole on who should hold the plan.
 */
import type { Abroad } from './abroad.ts'
import { inSixteenths } from './bound-prices.ts'
import { BucketCache, type MonthBuckets } from './buckets.ts'
import { type Cell, FREE, HOLDS, NOT } from './cell.ts'
import { bestPoint } from './hull.ts'
import { type Taken, takeBest } from './top.ts'

/** Multipliers of one cell; immutable once the cell was solved. */
export interface Page {
  /** Whole micros: worth[c × months + m]. A proof has thousands of pages, so each takes no more room than its figures need. */
  readonly worth: Float64Array | Int32Array
  readonly months: readonly { readonly edges: Uint32Array; readonly prices: Float64Array; readonly never: number }[]
}

export interface BucketResult {
  /** No basket of the cell has more profit. */
  readonly most: number
  readonly page: Page
  /** Callers decided, and cells narrowed, by this page against the profit to beat. */
  readonly holds: readonly number[]
  readonly not: readonly number[]
  readonly narrow: readonly { month: number; from: number; to: number; never: boolean }[]
  /** The caller whose choice is least clear; -1 if all are decided. */
  readonly unclear: number
}

export interface BucketLimits {
  readonly steps: number
  /** Profit to beat: it may grow while `offer` finds better baskets. */
  readonly best: () => number
  /** A promising set for this number of plans. */
  readonly offer: (isHolder: Uint8Array) => void
  readonly keepGoing: () => boolean
}

/** Per month, the state of its buckets while the worths move. */
interface MonthState {
  readonly buckets: MonthBuckets
  readonly never: boolean
  readonly prices: Float64Array
  readonly step: Float64Array
  /** Value of each bucket (the last one: never) when it was last asked for, and the drift and the move then. */
  readonly value: Float64Array
  readonly driftThen: Float64Array
  readonly askedAt: Int32Array
  /** How much any value can have grown since the beginning by moves of the worths. */
  drift: number
  /** Counts the moves: an older value is out of date. */
  moves: number
  best: number
}

export class BucketBound {
  private readonly abroad: Abroad
  private readonly cache: BucketCache
  private readonly priceMax: number
  private readonly gain: Float64Array
  private readonly use: Float64Array
  private readonly free: Float64Array
  private readonly score: Float64Array
  private readonly taken: Taken = { count: 0, sum: 0, least: 0 }
  private readonly disagreed: Float64Array
  /** Seconds left over where a value was last asked for: its slope in the price. */
  private over = 0

  constructor(abroad: Abroad, priceMax: number) {
    const { callers } = abroad
    this.abroad = abroad
    this.priceMax = priceMax
    this.cache = new BucketCache(abroad)
    this.gain = new Float64Array(callers)
    this.use = new Float64Array(callers)
    this.free = new Float64Array(callers)
    this.score = new Float64Array(callers)
    this.disagreed = new Float64Array(callers)
  }

  /** Worths that make bound 2 no worse than bound 1 at these prices. */
  startingPage(prices: Float64Array): Page {
    const { callers, months, start, worthUpTo, needUpTo } = this.abroad
    const worth = new Float64Array(callers * months)
    for (let cell = 0; cell < worth.length; cell++) {
      const price = prices[cell % months] ?? 0
      let most = 0
      for (let i = start[cell] ?? 0; i < (start[cell + 1] ?? 0); i++)
        most = Math.max(most, (worthUpTo[i] ?? 0) - price * (needUpTo[i] ?? 0))
      worth[cell] = Math.round(most)
    }
    const none = { edges: new Uint32Array(1), prices: new Float64Array() }
    return { worth, months: Array.from(prices, (never) => ({ ...none, never })) }
  }

  /** Moves the worths, starting from those of `page`, until nothing improves. Null: no basket lies in the cell. */
  solve(cell: Cell, page: Page, limits: BucketLimits): BucketResult | null {
    const { months, callers } = this.abroad
    const states = page.months.map((from, m) => this.monthState(cell, m, from))
    const worth = Float64Array.from(page.worth)
    const whole = new Uint8Array(callers)
    const inMonth = new Uint8Array(callers)
    this.disagreed.fill(0)
    let least = Number.POSITIVE_INFINITY
    const bestWorth = worth.slice()
    const bestPrices = states.map((s) => s.prices.slice())
    let scale = 1
    let stalled = 0
    for (let step = 0; step < limits.steps; step++) {
      const sum = this.wholeMost(cell, worth, whole)
      if (sum === null) return null
      let most = sum
      for (let m = 0; m < months; m++) {
        const value = this.monthMost(cell, m, worth, states)
        if (value === null) return null
        most += value
      }
      if (most < least) {
        least = most
        bestWorth.set(worth)
        for (const [m, s] of states.entries()) bestPrices[m]?.set(s.prices)
        stalled = 0
      } else if (++stalled >= 6) {
        scale *= 0.6
        stalled = 0
        this.goTo(worth, bestWorth, states)
      }
      if (least <= limits.best() || scale < 0.02 || !limits.keepGoing()) break
      if (step % 10 === 0) limits.offer(whole)
      if (!this.agree(cell, worth, states, { whole, inMonth, length: scale * (most - limits.best()) })) break
    }
    this.goTo(worth, bestWorth, states)
    for (const [m, s] of states.entries()) s.prices.set(bestPrices[m] ?? [])
    return this.result(cell, worth, states, least, limits.best())
  }

  private monthState(cell: Cell, month: number, from: Page['months'][number]): MonthState {
    const buckets = this.cache.of(cell, month)
    const { count, edges } = buckets
    const never = cell.never[month] === 1
    const prices = new Float64Array(count + 1)
    for (let j = 0; j < count; j++) prices[j] = priceAt(from, (edges[j] ?? 0) + (edges[j + 1] ?? 0))
    prices[count] = Math.max(0, from.never)
    return {
      buckets,
      never,
      prices,
      step: prices.map((price) => Math.abs(price) / 4 + 20),
      value: new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY),
      driftThen: new Float64Array(count + 1),
      askedAt: new Int32Array(count + 1).fill(-1),
      drift: 0,
      moves: 0,
      best: 0,
    }
  }

  /** The best callers by the sums of their worths, less the plans. */
  private wholeMost({ state, holders }: Cell, worth: Float64Array, whole: Uint8Array): number | null {
    const { callers, months, planPrice, idleMax } = this.abroad
    const { score, free, taken } = this
    let sum = -planPrice * holders
    let length = 0
    let slots = holders
    for (let c = 0; c < callers; c++) {
      whole[c] = 0
      if (state[c] === NOT) continue
      let value = 0
      for (let m = 0; m < months; m++) value += worth[c * months + m] ?? 0
      score[c] = value
      if (state[c] === HOLDS) {
        sum += value
        slots--
        whole[c] = 1
      } else free[length++] = value
    }
    if (!takeBest(free, length, { slots, idleMax }, taken)) return null
    mark(state, score, taken, whole)
    return sum + taken.sum
  }

  /** The largest value of the month's buckets. Buckets that cannot be the largest are not asked for again. */
  private monthMost(cell: Cell, month: number, worth: Float64Array, states: readonly MonthState[]): number | null {
    const s = states[month]
    if (!s) return null
    const last = s.buckets.count
    const bound = (j: number): number => (s.value[j] ?? 0) + s.drift - (s.driftThen[j] ?? 0)
    let fresh = -1
    let refined = 0
    for (;;) {
      let top = -1
      for (let j = 0; j <= last; j++) {
        if (j === last && !s.never) break
        if (top === -1 || bound(j) > bound(top)) top = j
      }
      if (top === -1) return null
      s.best = top
      if (s.askedAt[top] === s.moves) {
        if (fresh === top || refined >= 6) return s.value[top] ?? 0
        fresh = top
        refined++
        if (!this.refine(cell, month, top, worth, s, 4)) return null
      } else if (!this.ask(cell, month, top, worth, s)) return null
    }
  }

  /** Asks for a bucket's value at its price. False: nothing lies in the cell. */
  private ask(cell: Cell, month: number, j: number, worth: Float64Array, s: MonthState): boolean {
    const value = this.valueAt(cell, month, j, worth, s, s.prices[j] ?? 0)
    if (value === null) return false
    s.value[j] = value
    s.driftThen[j] = s.drift
    s.askedAt[j] = s.moves
    return true
  }

  /** Moves a bucket's price to where its value is lowest. */
  private refine(cell: Cell, month: number, j: number, worth: Float64Array, s: MonthState, steps: number): boolean {
    if (!this.ask(cell, month, j, worth, s)) return false
    let { over } = this
    let step = s.step[j] ?? 0
    for (let i = 0; i < steps && over !== 0; i++) {
      const price = s.prices[j] ?? 0
      const least = j === s.buckets.count ? 0 : -this.priceMax
      const moved = inSixteenths(over > 0 ? price - step : price + step)
      const next = Math.min(this.priceMax, Math.max(least, moved))
      if (next === price) break
      const value = this.valueAt(cell, month, j, worth, s, next)
      if (value === null) return false
      if (value < (s.value[j] ?? 0)) {
        s.value[j] = value
        s.prices[j] = next
        step *= this.over * over > 0 ? 1.6 : 0.5
        over = this.over
      } else step *= 0.45
      if (step < 1 / 16) break
    }
    s.step[j] = Math.max(step, 0.5)
    return true
  }

  /** The most by which callers can beat their worths in this month, if the pool runs out in bucket j (the last: never). */
  private valueAt(
    { state, holders }: Cell,
    month: number,
    j: number,
    worth: Float64Array,
    { buckets }: MonthState,
    price: number,
    inMonth?: Uint8Array,
  ): number | null {
    const { callers, months, holderSeconds, idleMax, worth: all, need: allNeed } = this.abroad
    const { gain, use, free, taken } = this
    const { count, hulls } = buckets
    const pool = holders * holderSeconds
    let value = price * pool + (j < count ? (buckets.slack[j] ?? 0) : 0)
    let seconds = pool
    let slots = holders
    let length = 0
    for (let c = 0; c < callers; c++) {
      if (state[c] === NOT) continue
      const at = c * months + month
      const point = j < count ? bestPoint(hulls, c * count + j, price) : -1
      const need = point === -1 ? (allNeed[at] ?? 0) : (hulls.need[point] ?? 0)
      const spared = point === -1 ? (all[at] ?? 0) : (hulls.worth[point] ?? 0)
      const beats = spared - price * need - (worth[at] ?? 0)
      gain[c] = beats
      use[c] = need
      if (state[c] === HOLDS) {
        value += beats
        seconds -= need
        slots--
      } else free[length++] = beats
    }
    if (!takeBest(free, length, { slots, idleMax }, taken)) return null
    if (inMonth) mark(state, gain, taken, inMonth)
    // Only the seconds of those who are taken: as many of the equal least ones as there is room for.
    const { count: takenCount, least } = taken
    let left = takenCount
    for (let c = 0; c < callers; c++) {
      if (state[c] !== FREE || (gain[c] ?? 0) <= least) continue
      seconds -= use[c] ?? 0
      left--
    }
    for (let c = 0; c < callers && left > 0; c++) {
      if (state[c] !== FREE || gain[c] !== least) continue
      seconds -= use[c] ?? 0
      left--
    }
    this.over = seconds
    return value + taken.sum
  }

  /** Moves the worths towards agreement of each month with the whole. False: they agree. */
  private agree(
    cell: Cell,
    worth: Float64Array,
    states: readonly MonthState[],
    { whole, inMonth, length }: { whole: Uint8Array; inMonth: Uint8Array; length: number },
  ): boolean {
    const { callers, months } = this.abroad
    const moves: { at: number; by: number }[] = []
    for (const [m, s] of states.entries()) {
      this.valueAt(cell, m, s.best, worth, s, s.prices[s.best] ?? 0, inMonth)
      for (let c = 0; c < callers; c++) {
        if (cell.state[c] !== FREE || whole[c] === inMonth[c]) continue
        this.disagreed[c] = (this.disagreed[c] ?? 0) + 1
        moves.push({ at: c * months + m, by: whole[c] === 1 ? -1 : 1 })
      }
    }
    if (moves.length === 0) return false
    const step = length / moves.length
    for (const { at, by } of moves) this.set(worth, at, Math.round((worth[at] ?? 0) + by * step), states)
    return true
  }

  private set(worth: Float64Array, at: number, to: number, states: readonly MonthState[]): void {
    const s = states[at % this.abroad.months]
    const fall = (worth[at] ?? 0) - to
    if (!s || fall === 0) return
    worth[at] = to
    s.moves++
    if (fall > 0) s.drift += fall
  }

  private goTo(worth: Float64Array, to: Float64Array, states: readonly MonthState[]): void {
    for (let at = 0; at < worth.length; at++) this.set(worth, at, to[at] ?? 0, states)
  }

  private result(
    cell: Cell,
    worth: Float64Array,
    states: readonly MonthState[],
    least: number,
    best: number,
  ): BucketResult | null {
    const { callers, idleMax } = this.abroad
    const whole = new Uint8Array(callers)
    let most = this.wholeMost(cell, worth, whole)
    if (most === null) return null
    const whereLeast = this.taken.least
    const takenCount = this.taken.count
    const mosts: number[] = []
    for (const [m, s] of states.entries()) {
      for (let j = 0; j <= s.buckets.count; j++)
        if ((j < s.buckets.count || s.never) && !this.refine(cell, m, j, worth, s, least > best ? 4 : 0)) return null
      const values = [...s.value.keys()].filter((j) => j < s.buckets.count || s.never).map((j) => s.value[j] ?? 0)
      const top = Math.max(...values)
      mosts.push(top)
      most += top
    }
    const page: Page = {
      worth: inLittleRoom(worth),
      months: states.map(({ buckets, prices }) => ({
        edges: buckets.edges,
        prices: prices.slice(0, buckets.count),
        never: prices[buckets.count] ?? 0,
      })),
    }
    const decided = this.decided(cell, whole, { most, best, least: whereLeast, count: takenCount, idleMax })
    const narrow = states.flatMap((s, month) => {
      const kept = narrowed(s, (value) => most - (mosts[month] ?? 0) + value > best)
      return kept ? [{ month, ...kept }] : []
    })
    return { most, page, ...decided, narrow: most > best ? narrow : [] }
  }

  private decided(
    { state, holders }: Cell,
    whole: Uint8Array,
    at: { most: number; best: number; least: number; count: number; idleMax: number },
  ): { holds: number[]; not: number[]; unclear: number } {
    const { callers } = this.abroad
    let slots = holders
    let next = Number.NEGATIVE_INFINITY
    for (let c = 0; c < callers; c++) {
      if (state[c] === HOLDS) slots--
      else if (state[c] === FREE && whole[c] === 0) next = Math.max(next, this.score[c] ?? 0)
    }
    const idle = slots - at.count
    if (idle < at.idleMax) next = Math.max(next, 0)
    const last = idle > 0 ? Math.min(at.least, 0) : at.least
    const holds: number[] = []
    const not: number[] = []
    let unclear = -1
    let worst = Number.NEGATIVE_INFINITY
    const gap = Math.max(1, at.most - at.best)
    for (let c = 0; c < callers; c++) {
      if (state[c] !== FREE) continue
      const score = this.score[c] ?? 0
      if (whole[c] === 1 && at.most - (score - next) <= at.best) holds.push(c)
      else if (whole[c] === 0 && at.most - (last - score) <= at.best) not.push(c)
      else {
        const distance = Math.min(Math.abs(score - next), Math.abs(score - last))
        const doubt = (this.disagreed[c] ?? 0) - (distance / gap) * 5
        if (doubt > worst) {
          worst = doubt
          unclear = c
        }
      }
    }
    return { holds, not, unclear }
  }
}

/** The price that the parent's page has for a moment (twice its position). */
function priceAt({ edges, prices, never }: Page['months'][number], twice: number): number {
  for (let j = prices.length - 1; j >= 0; j--) if ((edges[j] ?? 0) * 2 <= twice) return prices[j] ?? 0
  return never
}

/** Which free callers were taken: all above the least, and as many of the equal ones as there is room for. */
function mark(state: Uint8Array, value: Float64Array, { count, least }: Taken, out: Uint8Array): void {
  let left = count
  for (let c = 0; c < state.length; c++) {
    if (state[c] !== FREE) continue
    out[c] = (value[c] ?? 0) > least ? 1 : 0
    left -= out[c] ?? 0
  }
  for (let c = 0; c < state.length && left > 0; c++) {
    if (state[c] !== FREE || value[c] !== least) continue
    out[c] = 1
    left--
  }
}

/** The buckets from the first to the last that can still beat the best; null if that is all of them. */
function narrowed(
  { buckets: { edges, count }, never, value }: MonthState,
  canBeat: (value: number) => boolean,
): { from: number; to: number; never: boolean } | null {
  let first = 0
  let end = count
  while (first < end && !canBeat(value[first] ?? 0)) first++
  while (end > first && !canBeat(value[end - 1] ?? 0)) end--
  const stillNever = never && canBeat(value[count] ?? 0)
  if (first === 0 && end === count && stillNever === never) return null
  return { from: edges[first] ?? 0, to: edges[end] ?? 0, never: stillNever }
}

const INT32_MAX = 2 ** 31 - 1

const inLittleRoom = (worth: Float64Array): Page['worth'] =>
  worth.every((value) => Math.abs(value) <= INT32_MAX) ? Int32Array.from(worth) : worth
