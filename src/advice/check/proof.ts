/** Walks through a proof and adds up what it proves: the most profit that any basket of a country can have. */
import type { Question } from './abroad.ts'
import { BucketPage, bestSum, type Cell, larger, type Most, type Page, scoresAt } from './bounds.ts'
import { CheckFault } from './rated-calls.ts'

export type Node =
  | { readonly leaf: 'prices'; readonly prices: readonly number[] }
  | { readonly leaf: 'buckets'; readonly page: Page }
  | { readonly leaf: 'every' }
  | {
      readonly fix: Fix
      readonly by: { readonly prices?: readonly number[]; readonly page?: Page }
      readonly node: Node
    }
  | { readonly caller: number; readonly holds: Node; readonly not: Node }

interface Fix {
  readonly holds: readonly number[]
  readonly not: readonly number[]
  readonly narrow: readonly {
    readonly month: number
    readonly from: number
    readonly to: number
    readonly never: boolean
  }[]
}

export type Proof =
  | { readonly method: 'table' | 'nothing-to-decide' | 'not-kept' }
  | {
      readonly method: 'prices'
      readonly pages: readonly {
        readonly prices: readonly number[]
        readonly holders: readonly (readonly [number, number])[]
      }[]
      readonly trees: readonly { readonly holders: number; readonly node: Node }[]
    }

/** A tree that lists more is a fault of its own. */
const SETS_MAX = 5_000

/** The most profit in sixteenths. Throws `CheckFault` where the proof leaves something out. */
export function provedMost(question: Question, proof: Proof): bigint {
  if (proof.method === 'table') return tableMost(question)
  if (proof.method !== 'prices') throw new CheckFault('the certificate has no proof: it was too long to be kept')
  const { callers, idleMax } = question
  const isClosed = new Uint8Array(callers + idleMax + 1)
  let most: Most = null
  for (const { prices, holders } of proof.pages) {
    const { scores, pools } = scoresAt(question, prices)
    const state = scores.map(() => 'free' as const)
    for (const [first, last] of holders) {
      for (let plans = first; plans <= last; plans++) {
        const sum = bestSum({ state, plans }, scores, idleMax)
        if (sum !== null) most = larger(most, sum + pools(plans))
        isClosed[plans] = 1
      }
    }
  }
  for (const { holders, node } of proof.trees) {
    isClosed[holders] = 1
    most = larger(most, mostIn(question, wholeCell(question, holders), node))
  }
  const open = isClosed.indexOf(0)
  if (open !== -1) throw new CheckFault(`nothing is proved for ${open} plans`)
  return most ?? 0n
}

/** The theorem: if the pool of all who spend more than the plan lasts, nobody can have more than the sum of what they save. */
function tableMost({ spend, plan }: Question): bigint {
  return spend.reduce((sum, amount) => (amount > plan ? sum + 16n * (amount - plan) : sum), 0n)
}

const wholeCell = ({ callers, lengths }: Question, plans: number): Cell => ({
  plans,
  state: Array.from({ length: callers }, () => 'free' as const),
  from: lengths.map(() => 0),
  to: lengths,
  never: lengths.map(() => true),
})

function mostIn(question: Question, cell: Cell, node: Node): Most {
  if ('leaf' in node) return leafMost(question, cell, node)
  if ('caller' in node) {
    const { caller } = node
    if (cell.state[caller] !== 'free') throw new CheckFault(`caller ${caller} is decided twice`)
    return larger(
      mostIn(question, withState(cell, [caller], 'holds'), node.holds),
      mostIn(question, withState(cell, [caller], 'not'), node.not),
    )
  }
  const { fix, by } = node
  const removed = by.page
    ? removedByBuckets(question, cell, fix, by.page)
    : removedByPrices(question, cell, fix, by.prices ?? [])
  let left = withState(withState(cell, fix.holds, 'holds'), fix.not, 'not')
  for (const { month, from, to, never } of fix.narrow) {
    left = {
      ...left,
      from: left.from.map((value, m) => (m === month ? from : value)),
      to: left.to.map((value, m) => (m === month ? to : value)),
      never: left.never.map((value, m) => (m === month ? never : value)),
    }
  }
  return larger(removed, mostIn(question, left, node.node))
}

function leafMost(question: Question, cell: Cell, node: Extract<Node, { leaf: string }>): Most {
  if (node.leaf === 'buckets') return new BucketPage(question, cell, node.page).most()
  if (node.leaf === 'every') return mostOfEvery(question, cell)
  const { scores, pools } = scoresAt(question, node.prices)
  const sum = bestSum(cell, scores, question.idleMax)
  return sum === null ? null : sum + pools(cell.plans)
}

/** Each removed choice, with everything else of the cell, has at most this. */
function removedByPrices(question: Question, cell: Cell, fix: Fix, prices: readonly number[]): Most {
  if (fix.narrow.length > 0) throw new CheckFault('prices cannot narrow a cell')
  const { scores, pools } = scoresAt(question, prices)
  let most: Most = null
  for (const state of turned(cell, fix)) {
    const sum = bestSum({ state, plans: cell.plans }, scores, question.idleMax)
    if (sum !== null) most = larger(most, sum + pools(cell.plans))
  }
  return most
}

function removedByBuckets(question: Question, cell: Cell, fix: Fix, page: Page): Most {
  const buckets = new BucketPage(question, cell, page)
  let most: Most = null
  for (const state of turned(cell, fix)) most = larger(most, buckets.most(state))
  for (const { month, from, to, never } of fix.narrow) {
    const edges = page.months[month]?.edges ?? []
    const count = edges.length - 1
    const isRemoved = (bucket: number): boolean => {
      if (bucket === count) return cell.never[month] === true && !never
      const first = Math.max(edges[bucket] ?? 0, cell.from[month] ?? 0)
      const last = Math.min(edges[bucket + 1] ?? 0, cell.to[month] ?? 0)
      return first < last && (first < from || last > to)
    }
    most = larger(most, buckets.most(cell.state, { month, allows: isRemoved }))
  }
  return most
}

/** The cell with one decided caller turned, for each. */
function* turned({ state }: Cell, { holds, not }: Fix): Generator<Cell['state']> {
  for (const caller of [...holds, ...not]) {
    if (state[caller] !== 'free') throw new CheckFault(`caller ${caller} is decided twice`)
    yield state.map((how, c) => (c === caller ? (holds.includes(caller) ? 'not' : 'holds') : how))
  }
}

const withState = (cell: Cell, callers: readonly number[], how: 'holds' | 'not'): Cell => ({
  ...cell,
  state: cell.state.map((value, c) => (callers.includes(c) ? how : value)),
})

function mostOfEvery(question: Question, { state, plans }: Cell): Most {
  const free = [...state.keys()].filter((c) => state[c] === 'free')
  const isHolder = state.map((how) => how === 'holds')
  let most: Most = null
  let sets = 0
  const choose = (from: number, slots: number): void => {
    if (slots < 0) return
    if (slots <= question.idleMax) {
      if (++sets > SETS_MAX) throw new CheckFault('a list of sets is too long')
      const spared = question.allCredits - question.credits(isHolder, plans)
      most = larger(most, 16n * (spared - BigInt(plans) * question.plan))
    }
    if (slots === 0) return
    for (let i = from; i < free.length; i++) {
      const caller = free[i] ?? 0
      isHolder[caller] = true
      choose(i + 1, slots - 1)
      isHolder[caller] = false
    }
  }
  choose(0, plans - isHolder.filter(Boolean).length)
  return most
}
