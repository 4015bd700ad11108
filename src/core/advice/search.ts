/**
 * The best holders of the International plan, with proof: branch and bound (docs/advice.md). Every number of plans gets bound 1; what
 * that leaves open is searched best first with bound 2. The state is plain data: it can be stopped, kept, sent and continued.
 */
import { type Abroad, countHolders, newExhaustion, profitOf } from './abroad.ts'
import { BucketBound, type Page } from './bound-buckets.ts'
import { PriceBound } from './bound-prices.ts'
import { type Cell, copyCell, countStates, forEachSet, HOLDS, NOT, setsIn, wholeCell } from './cell.ts'
import { climb, swap } from './climb.ts'
import { heapPop, heapPush } from './heap.ts'
import { sumsOfPieces, type Table, tableOf } from './table.ts'

/** A page of prices, and the bound that it gives for each number of plans. */
export interface RootPage {
  readonly prices: Float64Array
  readonly most: Float64Array
}

/** The proof as it grows; see `ProofNode`. */
export type Draft =
  | { kind: 'open'; page: Page | null; prices: Float64Array }
  | { kind: 'prices'; prices: Float64Array }
  | { kind: 'buckets'; page: Page }
  | { kind: 'every' }
  | {
      kind: 'fix'
      holds: readonly number[]
      not: readonly number[]
      narrow: readonly { month: number; from: number; to: number; never: boolean }[]
      by: { page: Page } | { prices: Float64Array }
      rest: Slot
    }
  | { kind: 'branch'; caller: number; holds: Slot; not: Slot }

export interface Slot {
  draft: Draft
}

export interface OpenNode {
  cell: Cell
  most: number
  page: Page | null
  prices: Float64Array
  /** How often it may still be bounded anew before it is branched. */
  again: number
  slot: Slot
}

export interface SearchState {
  readonly best: { isHolder: Uint8Array; holders: number; profit: number }
  /** By the theorem, or by bounds. */
  method: 'table' | 'search'
  readonly pages: RootPage[]
  /** The lowest bound so far of each number of plans, and the page that gives it. */
  readonly most: Float64Array
  readonly pageOf: Int32Array
  /** Numbers of plans in the order in which they get a page of their own; how many did. */
  readonly order: Int32Array
  done: number
  readonly heap: OpenNode[]
  readonly trees: Map<number, Slot>
  nodes: number
  /** Numbers kept in pages of the proof; beyond a bound it is no longer kept. */
  kept: number
  proofIsKept: boolean
  status: 'running' | 'proven'
}

export interface Pace {
  /** Asked every few milliseconds of work, with the state as it is then. */
  readonly keepGoing: (state: SearchState) => boolean
  /** For tests: no theorem, little of bound 1, no lists of sets, so that the tree has to prove what it can. */
  readonly hard?: boolean
}

const ENUMERATED_MAX = 200
const CLIMB_ROOTS = 6
const ROOT_STEPS = 160
const CHILD_STEPS = 40
/** 32 MB of pages. */
const KEPT_MAX = 2 ** 22
/** Looking around a good basket may read so many pieces, and evaluate so many baskets. */
const SWAP_PIECES_MAX = 2e8
const SWAPS_MAX = 20_000

/** Settled by the theorem, if its table's pool lasts; null if a search is needed. */
export function stateOfTable(table: Table, choice: Pick<Abroad, 'callers' | 'idleMax'>): SearchState | null {
  return table.lasts ? emptyState(table, choice, 'table') : null
}

/** Nothing looked at yet but nobody holding the plan, and the theorem. */
export function startSearch(abroad: Abroad, hard = false): SearchState {
  const table = tableOf(sumsOfPieces(abroad), abroad)
  if (table.lasts && !hard) return emptyState(table, abroad, 'table')
  const state = emptyState(table, abroad, 'search')
  const profit = profitOf(abroad, table.isHolder, table.holders, newExhaustion(abroad.months))
  if (profit > 0 && !hard) Object.assign(state.best, { isHolder: table.isHolder, holders: table.holders, profit })
  return state
}

function emptyState(
  table: Table,
  { callers, idleMax }: Pick<Abroad, 'callers' | 'idleMax'>,
  method: SearchState['method'],
): SearchState {
  const holdersMax = callers + idleMax
  const order = Int32Array.from({ length: holdersMax + 1 }, (_, k) => k)
  order.sort((a, b) => Math.abs(a - table.holders) - Math.abs(b - table.holders) || a - b)
  const isProven = method === 'table'
  return {
    best: isProven
      ? { isHolder: table.isHolder, holders: table.holders, profit: table.profit }
      : { isHolder: new Uint8Array(callers), holders: 0, profit: 0 },
    method,
    pages: [],
    most: new Float64Array(holdersMax + 1).fill(Number.POSITIVE_INFINITY),
    pageOf: new Int32Array(holdersMax + 1).fill(-1),
    order,
    done: 0,
    heap: [],
    trees: new Map(),
    nodes: 0,
    kept: 0,
    proofIsKept: true,
    status: isProven ? 'proven' : 'running',
  }
}

/** No basket has more profit than this. Equal to the best profit once proven. */
export function upperBound(state: SearchState): number {
  if (state.status === 'proven') return state.best.profit
  let most = state.best.profit
  for (let k = 0; k < state.most.length; k++) if (!state.trees.has(k)) most = Math.max(most, state.most[k] ?? 0)
  return Math.max(most, state.heap[0]?.most ?? Number.NEGATIVE_INFINITY)
}

/** Goes on until proven or told to stop. */
export function continueSearch(abroad: Abroad, state: SearchState, pace: Pace): void {
  if (state.status === 'proven') return
  new Searcher(abroad, state, pace).run()
}

class Searcher {
  private readonly abroad: Abroad
  private readonly state: SearchState
  private readonly pace: Pace
  private readonly prices: PriceBound
  private readonly buckets: BucketBound
  private readonly out

  constructor(abroad: Abroad, state: SearchState, pace: Pace) {
    this.abroad = abroad
    this.state = state
    this.pace = pace
    this.prices = new PriceBound(abroad)
    this.buckets = new BucketBound(abroad, this.prices.priceMax)
    this.out = newExhaustion(abroad.months)
  }

  run(): void {
    const { state } = this
    if (state.pages.length === 0) this.keepPage(new Float64Array(this.abroad.months))
    while (state.done < state.order.length) {
      if (!this.goOn()) return
      this.root(state.order[state.done] ?? 0)
      state.done++
    }
    if (state.trees.size === 0) this.openTrees()
    while (state.heap.length > 0 && (state.heap[0]?.most ?? 0) > state.best.profit) {
      if (!this.goOn()) return
      const node = heapPop(state.heap)
      if (node) this.visit(node)
    }
    state.status = 'proven'
  }

  private readonly goOn = (): boolean => this.pace.keepGoing(this.state)

  private get profit(): number {
    return this.state.best.profit
  }

  private offer(isHolder: Uint8Array, holders: number): void {
    const idle = holders - countHolders(isHolder)
    if (idle < 0 || idle > this.abroad.idleMax) return
    const profit = profitOf(this.abroad, isHolder, holders, this.out)
    if (profit > this.profit) Object.assign(this.state.best, { isHolder: isHolder.slice(), holders, profit })
  }

  private keepPage(prices: Float64Array): void {
    const { state } = this
    this.prices.ask(prices)
    const most = state.most.map((_, k) => this.prices.most(k))
    const page = state.pages.push({ prices: prices.slice(), most }) - 1
    for (let k = 0; k < most.length; k++) {
      if ((most[k] ?? 0) >= (state.most[k] ?? 0)) continue
      state.most[k] = most[k] ?? 0
      state.pageOf[k] = page
    }
  }

  /** A page of prices for so many plans, and a look at the basket that it suggests. */
  private root(holders: number): void {
    const { state, pace, abroad } = this
    if ((state.most[holders] ?? 0) <= this.profit) return
    const near = state.pages[state.pageOf[holders] ?? 0]
    const prices = near ? near.prices.slice() : new Float64Array(abroad.months)
    const steps = pace.hard ? 2 : state.pages.length === 1 ? 2 * CHILD_STEPS : CHILD_STEPS
    this.prices.improve(holders, prices, { steps, enough: this.profit, keepGoing: this.goOn })
    const isHolder = new Uint8Array(abroad.callers)
    this.prices.choose(holders, isHolder)
    this.keepPage(prices)
    this.offer(isHolder, Math.max(holders, countHolders(isHolder)))
    if (state.pages.length <= CLIMB_ROOTS + 1 && !pace.hard) {
      const limits = { evaluations: 8 * (abroad.callers + 4), keepGoing: this.goOn }
      const found = climb(abroad, isHolder, holders, limits)
      this.offer(found.isHolder, found.holders)
    }
  }

  private openTrees(): void {
    const { state, abroad, pace } = this
    const { isHolder, holders } = state.best
    const affordable = Math.floor(SWAP_PIECES_MAX / Math.max(1, abroad.pieces.length))
    const evaluations = pace.hard ? 0 : Math.min(SWAPS_MAX, affordable)
    const found = swap(abroad, isHolder, holders, { evaluations, keepGoing: this.goOn })
    this.offer(found.isHolder, found.holders)
    for (let k = 0; k < state.most.length; k++) {
      const most = state.most[k] ?? 0
      if (most <= this.profit) continue
      const prices = state.pages[state.pageOf[k] ?? 0]?.prices ?? new Float64Array(abroad.months)
      const slot: Slot = { draft: { kind: 'open', page: null, prices } }
      state.trees.set(k, slot)
      const cell = wholeCell(k, abroad.callers, abroad.pieces.monthStart)
      heapPush(state.heap, { cell, most, page: null, prices, again: 3, slot })
    }
  }

  private visit(node: OpenNode): void {
    const { state } = this
    state.nodes++
    const isRoot = node.page === null
    if (isRoot && !this.startRoot(node)) return
    const page = node.page ?? this.nearestPage(node)
    const before = node.most
    const solved = this.buckets.solve(node.cell, page, {
      steps: isRoot && state.nodes === 1 ? ROOT_STEPS : CHILD_STEPS,
      best: () => this.profit,
      offer: (isHolder) => this.offer(isHolder, node.cell.holders),
      keepGoing: this.goOn,
    })
    if (!solved) {
      // Too few callers and idle holders are left for so many plans: there is nothing to list.
      node.slot.draft = { kind: 'every' }
      return
    }
    node.page = solved.page
    this.keep(solved.page)
    node.most = Math.min(node.most, solved.most)
    if (solved.most <= this.profit) {
      node.slot.draft = { kind: 'buckets', page: solved.page }
      return
    }
    this.fix(node, solved, { page: solved.page })
    if (this.listed(node)) return
    const gained = before - node.most
    if (node.again > 0 && (isRoot || gained > (node.most - this.profit) * 0.08)) {
      node.again--
      this.leaveOpen(node)
      return
    }
    this.branch(node, solved.unclear)
  }

  /** Bound 1 once more, for decisions that need no tree. False: the cell is closed. */
  private startRoot(node: OpenNode): boolean {
    if (this.pace.hard) return true
    const { holders } = node.cell
    const prices = node.prices.slice()
    const limits = { steps: CHILD_STEPS, enough: this.profit, keepGoing: this.goOn }
    const most = this.prices.improve(holders, prices, limits)
    node.prices = prices
    node.most = Math.min(node.most, most)
    if (most <= this.profit) {
      node.slot.draft = { kind: 'prices', prices }
      return false
    }
    this.fix(node, { ...this.prices.decided(holders, this.profit), narrow: [] }, { prices })
    return !this.listed(node)
  }

  /** Multipliers to start from: those of the tree that was searched with the nearest number of plans. */
  private nearestPage(node: OpenNode): Page {
    let nearest: Page | null = null
    let distance = Number.POSITIVE_INFINITY
    for (const other of this.state.heap) {
      const far = Math.abs(other.cell.holders - node.cell.holders)
      if (!other.page || far >= distance) continue
      nearest = other.page
      distance = far
    }
    return nearest ?? this.buckets.startingPage(node.prices)
  }

  /** Removes from the cell what a page shows to be no better than the best. */
  private fix(
    node: OpenNode,
    shown: Pick<Extract<Draft, { kind: 'fix' }>, 'holds' | 'not' | 'narrow'>,
    by: Extract<Draft, { kind: 'fix' }>['by'],
  ): void {
    const { holds, not, narrow } = shown
    if (holds.length + not.length + narrow.length === 0) return
    const cell = copyCell(node.cell)
    for (const c of holds) cell.state[c] = HOLDS
    for (const c of not) cell.state[c] = NOT
    for (const { month, from, to, never } of narrow) {
      cell.from[month] = from
      cell.to[month] = to
      cell.never[month] = never ? 1 : 0
    }
    const slot: Slot = { draft: { kind: 'open', page: node.page, prices: node.prices } }
    node.slot.draft = { kind: 'fix', holds, not, narrow, by, rest: slot }
    node.cell = cell
    node.slot = slot
  }

  /** Few sets are left: each is evaluated, and that is proof enough. */
  private listed(node: OpenNode): boolean {
    const { idleMax } = this.abroad
    const limit = this.pace.hard ? 1 : ENUMERATED_MAX
    if (setsIn(node.cell, idleMax, limit) > limit) return false
    forEachSet(node.cell, idleMax, (isHolder) => this.offer(isHolder, node.cell.holders))
    node.slot.draft = { kind: 'every' }
    return true
  }

  private leaveOpen(node: OpenNode): void {
    node.slot.draft = { kind: 'open', page: node.page, prices: node.prices }
    heapPush(this.state.heap, node)
  }

  private branch(node: OpenNode, caller: number): void {
    const child = (state: number): Slot => {
      const cell = copyCell(node.cell)
      cell.state[caller] = state
      const slot: Slot = { draft: { kind: 'open', page: node.page, prices: node.prices } }
      if (countStates(cell.state).holds > cell.holders) slot.draft = { kind: 'every' }
      else heapPush(this.state.heap, { ...node, cell, again: 0, slot })
      return slot
    }
    node.slot.draft = { kind: 'branch', caller, holds: child(HOLDS), not: child(NOT) }
  }

  private keep(page: Page): void {
    const { state } = this
    state.kept += page.worth.length
    if (state.kept <= KEPT_MAX || !state.proofIsKept) return
    forgetProof(state)
  }
}

/** What hangs on the roots of the trees is forgotten; the search itself needs only the open nodes. */
export function forgetProof(state: SearchState): void {
  state.proofIsKept = false
  for (const slot of state.trees.values()) slot.draft = { kind: 'every' }
}
