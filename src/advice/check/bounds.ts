/**
 * The checker's bounds (docs/advice.md, "What is checked"): each returns a profit, in sixteenths of a micro, that no basket of its cell
 * exceeds. Whatever numbers the certificate brings, the bound is right for them; bad numbers only make it weak.
 */
import type { Question } from './abroad.ts'
import { CheckFault } from './rated-calls.ts'

/** Part of all baskets with one number of plans. */
export interface Cell {
  readonly plans: number
  /** Per caller: free, holds the plan, or does not. */
  readonly state: readonly ('free' | 'holds' | 'not')[]
  /** Per month: the pool runs out at a grant within [from, to), or never. */
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly never: readonly boolean[]
}

export interface Page {
  readonly worth: readonly number[]
  readonly months: readonly {
    readonly edges: readonly number[]
    readonly prices: readonly number[]
    readonly never: number
  }[]
}

/** Null: no basket lies in the cell. */
export type Most = bigint | null

export const larger = (a: Most, b: Most): Most => (a === null ? b : b === null || a > b ? a : b)

/** The most that the plans of a cell add up to, if caller c is worth `value[c]` and an idle plan nothing. */
export function bestSum(
  { state, plans }: Pick<Cell, 'state' | 'plans'>,
  value: readonly bigint[],
  idleMax: number,
): Most {
  const free: bigint[] = []
  let sum = 0n
  let slots = plans
  for (const [c, how] of state.entries()) {
    if (how === 'holds') {
      sum += value[c] ?? 0n
      slots--
    } else if (how === 'free') free.push(value[c] ?? 0n)
  }
  if (slots < 0 || slots > free.length + idleMax) return null
  free.sort((a, b) => (a > b ? -1 : a < b ? 1 : 0))
  for (let taken = 0; taken < Math.min(slots, free.length); taken++) {
    const next = free[taken] ?? 0n
    if (next <= 0n && taken >= slots - idleMax) break
    sum += next
  }
  return sum
}

const sixteenths = (value: number): bigint => {
  if (!Number.isSafeInteger(value)) throw new CheckFault('a multiplier is not a whole number')
  return BigInt(value)
}

/** What each caller is worth at prices of the pools' seconds: the best of all moments until which the pools might last. */
export function scoresAt(
  question: Question,
  prices: readonly number[],
): { scores: bigint[]; pools: (plans: number) => bigint } {
  const { months, callers, steps, holderSeconds, plan, lengths } = question
  if (prices.length !== months || prices.some((price) => price < 0))
    throw new CheckFault('a page needs a price >= 0 per month')
  const each = prices.map(sixteenths)
  const scores = Array.from({ length: callers }, (_, c) => {
    let score = 0n
    for (let m = 0; m < months; m++) {
      let best = 0n
      for (const { need, worth } of steps[c * months + m] ?? []) {
        const value = 16n * worth - (each[m] ?? 0n) * need
        if (value > best) best = value
      }
      score += best
    }
    return score
  })
  const slack = lengths.reduce((sum, length, month) => sum + question.slack(month, 0, length), 0n)
  const sum = each.reduce((total, price) => total + price, 0n)
  return { scores, pools: (plans) => BigInt(plans) * (sum * BigInt(holderSeconds) - 16n * plan) + slack }
}

/** Bound 2: per month the best bucket, per basket the sum of worths. */
export class BucketPage {
  /** Per month and bucket (the last: never) the most by which callers of the cell beat their worths; null: not in the cell. */
  readonly values: readonly (readonly Most[])[]
  private readonly totals: readonly bigint[]
  private readonly question: Question
  private readonly cell: Cell

  constructor(question: Question, cell: Cell, page: Page) {
    const { months, callers } = question
    if (page.worth.length !== callers * months || page.months.length !== months)
      throw new CheckFault('a page of buckets has the wrong size')
    this.question = question
    this.cell = cell
    const worth = page.worth.map((value) => 16n * sixteenths(value))
    this.totals = Array.from({ length: callers }, (_, c) =>
      worth.slice(c * months, (c + 1) * months).reduce((sum, value) => sum + value, 0n),
    )
    this.values = page.months.map((month, m) => {
      const { edges, prices, never } = month
      const from = cell.from[m] ?? 0
      const to = cell.to[m] ?? 0
      const isWhole =
        edges.length === prices.length + 1 &&
        edges.every((edge, j) => Number.isInteger(edge) && (j === 0 || edge >= (edges[j - 1] ?? 0)))
      if (!isWhole || (from < to && ((edges[0] ?? 0) > from || (edges.at(-1) ?? 0) < to)))
        throw new CheckFault('the buckets of a page do not cover their cell')
      const values: Most[] = prices.map((price, j) => {
        const first = edges[j] ?? 0
        const last = edges[j + 1] ?? 0
        if (last <= from || first >= to) return null
        return this.valueOf(m, { first, last }, sixteenths(price), worth)
      })
      if (never < 0) throw new CheckFault('the price of a pool that lasts is at least 0')
      values.push(cell.never[m] ? this.valueOf(m, null, sixteenths(never), worth) : null)
      return values
    })
  }

  private valueOf(
    month: number,
    bucket: { first: number; last: number } | null,
    price: bigint,
    worth: readonly bigint[],
  ): Most {
    const { question, cell } = this
    const { months, callers, steps, holderSeconds, idleMax } = question
    const gains = Array.from({ length: callers }, (_, c) => {
      const list = steps[c * months + month] ?? []
      let best: bigint
      if (bucket === null) {
        const all = list.at(-1)
        best = all ? 16n * all.worth - price * all.need : 0n
      } else {
        const before = list.findLast(({ position }) => position < bucket.first)
        best = before ? 16n * before.worth - price * before.need : 0n
        for (const { position, need, worth: spared } of list) {
          if (position < bucket.first) continue
          if (position >= bucket.last) break
          const value = 16n * spared - price * need
          if (value > best) best = value
        }
      }
      return best - (worth[c * months + month] ?? 0n)
    })
    const sum = bestSum(cell, gains, idleMax)
    const slack = bucket ? question.slack(month, bucket.first, bucket.last) : 0n
    return sum === null ? null : sum + price * BigInt(cell.plans * holderSeconds) + slack
  }

  /** The bound, with some callers' choices turned, or with the moments of exhaustion of one month limited to some buckets. */
  most(state: Cell['state'] = this.cell.state, only?: { month: number; allows: (bucket: number) => boolean }): Most {
    const { plans } = this.cell
    const whole = bestSum({ state, plans }, this.totals, this.question.idleMax)
    if (whole === null) return null
    let sum = whole - 16n * BigInt(plans) * this.question.plan
    for (const [month, values] of this.values.entries()) {
      let best: Most = null
      for (const [bucket, value] of values.entries())
        if (only?.month !== month || only.allows(bucket)) best = larger(best, value)
      if (best === null) return null
      sum += best
    }
    return sum
  }
}
