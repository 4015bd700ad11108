/** A part of all baskets with one number of holders: some callers decided, and where each month's pool may run out. */

export const FREE = 0
export const HOLDS = 1
export const NOT = 2

export interface Cell {
  /** All plans, idle ones included. */
  readonly holders: number
  /** Per caller: FREE, HOLDS or NOT. */
  readonly state: Uint8Array
  /** Per month: the pool runs out at a position within [from, to) … */
  readonly from: Uint32Array
  readonly to: Uint32Array
  /** … or, where 1, lasts. */
  readonly never: Uint8Array
}

/** Every basket with so many plans. */
export function wholeCell(holders: number, callers: number, monthStart: Uint32Array): Cell {
  const months = monthStart.length - 1
  const to = new Uint32Array(months)
  for (let m = 0; m < months; m++) to[m] = (monthStart[m + 1] ?? 0) - (monthStart[m] ?? 0)
  return {
    holders,
    state: new Uint8Array(callers),
    from: new Uint32Array(months),
    to,
    never: new Uint8Array(months).fill(1),
  }
}

export const copyCell = (cell: Cell): Cell => ({
  holders: cell.holders,
  state: cell.state.slice(),
  from: cell.from.slice(),
  to: cell.to.slice(),
  never: cell.never.slice(),
})

/** How many callers are decided to hold the plan, and how many are free. */
export function countStates(state: Uint8Array): { holds: number; free: number } {
  let holds = 0
  let free = 0
  for (const value of state) {
    if (value === HOLDS) holds++
    else if (value === FREE) free++
  }
  return { holds, free }
}

/** How many sets of holders lie in the cell; stops counting above `limit`. */
export function setsIn({ state, holders }: Cell, idleMax: number, limit: number): number {
  const { holds, free } = countStates(state)
  const slots = holders - holds
  const least = Math.max(0, slots - idleMax)
  let sets = 1
  let total = 0
  for (let taken = 0; taken <= Math.min(free, slots) && total <= limit; taken++) {
    if (taken >= least) total += sets
    sets = (sets * (free - taken)) / (taken + 1)
  }
  return total
}

/** Calls `visit` with each set of holders of the cell (one array, changed in place). */
export function forEachSet({ state, holders }: Cell, idleMax: number, visit: (isHolder: Uint8Array) => void): void {
  const isHolder = state.map((value) => (value === HOLDS ? 1 : 0))
  const free = [...state.keys()].filter((c) => state[c] === FREE)
  const choose = (from: number, slots: number): void => {
    if (slots >= 0 && slots <= idleMax) visit(isHolder)
    if (slots <= 0) return
    for (let i = from; i < free.length; i++) {
      const caller = free[i] ?? 0
      isHolder[caller] = 1
      choose(i + 1, slots - 1)
      isHolder[caller] = 0
    }
  }
  choose(0, holders - countStates(state).holds)
}
