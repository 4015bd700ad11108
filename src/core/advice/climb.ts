/** Looks around a basket for a better one, by exact evaluation. Proves nothing; a good basket lets bounds close more. */
import { type Abroad, countHolders, newExhaustion, profitOf } from './abroad.ts'

export interface ClimbLimits {
  /** How many baskets may be evaluated. */
  readonly evaluations: number
  readonly keepGoing: () => boolean
}

export interface Climbed {
  readonly isHolder: Uint8Array
  readonly holders: number
  readonly profit: number
}

/** One caller in or out, with or without a plan more or less; then idle plans one by one; until nothing helps. */
export function climb(abroad: Abroad, from: Uint8Array, plans: number, limits: ClimbLimits): Climbed {
  const { callers, idleMax } = abroad
  const isHolder = from.slice()
  const out = newExhaustion(abroad.months)
  let left = limits.evaluations
  const evaluate = (count: number): number => {
    left--
    return profitOf(abroad, isHolder, count, out)
  }
  const isAllowed = (count: number): boolean => {
    const idle = count - countHolders(isHolder)
    return idle >= 0 && idle <= idleMax
  }
  let holders = plans
  let profit = evaluate(holders)
  for (let improved = true; improved && left > 0; ) {
    improved = false
    for (let c = 0; c < callers && left > 0 && limits.keepGoing(); c++) {
      isHolder[c] = isHolder[c] === 1 ? 0 : 1
      const change = isHolder[c] === 1 ? 1 : -1
      let better = 0
      for (const count of [holders + change, holders]) {
        if (!isAllowed(count)) continue
        const now = evaluate(count)
        if (now <= profit) continue
        profit = now
        better = 1
        holders = count
        improved = true
      }
      if (better === 0) isHolder[c] = isHolder[c] === 1 ? 0 : 1
    }
    for (const change of [1, -1]) {
      while (left > 0 && isAllowed(holders + change)) {
        const now = evaluate(holders + change)
        if (now <= profit) break
        profit = now
        holders += change
        improved = true
      }
    }
  }
  return { isHolder, holders, profit }
}

/** One holder for another, the number of plans unchanged. */
export function swap(abroad: Abroad, from: Uint8Array, holders: number, limits: ClimbLimits): Climbed {
  const { callers } = abroad
  const isHolder = from.slice()
  const out = newExhaustion(abroad.months)
  let left = limits.evaluations
  let profit = profitOf(abroad, isHolder, holders, out)
  for (let improved = true; improved; ) {
    improved = false
    for (let leaves = 0; leaves < callers; leaves++) {
      if (isHolder[leaves] === 0) continue
      for (let joins = 0; joins < callers; joins++) {
        if (isHolder[joins] === 1) continue
        if (left-- <= 0 || !limits.keepGoing()) return { isHolder, holders, profit }
        isHolder[leaves] = 0
        isHolder[joins] = 1
        const now = profitOf(abroad, isHolder, holders, out)
        if (now > profit) {
          profit = now
          improved = true
          break
        }
        isHolder[leaves] = 1
        isHolder[joins] = 0
      }
    }
  }
  return { isHolder, holders, profit }
}
