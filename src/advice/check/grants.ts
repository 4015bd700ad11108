/**
 * Grants in the order in which they ask (P10), and what a pool leaves of the calls: the checker's own account. Seconds are numbers,
 * money is BigInt.
 */
import { billed, type Call, type Price, priced } from './rated-calls.ts'

export interface Rules {
  readonly increment: number
  readonly grant: number
}

/** Grants of one month, in order. */
export interface MonthOfGrants {
  /** Place of the call; its seconds in this grant; what they take from the pool. */
  readonly call: Int32Array
  readonly seconds: Int32Array
  readonly need: Int32Array
  readonly total: number
}

interface Part {
  readonly call: number
  readonly time: number
  readonly seconds: number
  readonly answered: number
}

/** Calls are those of one pool, in the order of their ids. Seconds outside of the months are left out. */
export function grantsOf(
  calls: readonly Call[],
  bounds: readonly number[],
  { increment, grant }: Rules,
): MonthOfGrants[] {
  const months: Part[][] = bounds.slice(1).map(() => [])
  for (const [place, call] of calls.entries()) {
    const from = Math.max(call.at, bounds[0] ?? 0)
    const to = Math.min(call.at + call.seconds, bounds.at(-1) ?? 0)
    for (const [month, parts] of months.entries()) {
      const start = Math.max(from, bounds[month] ?? 0)
      const end = Math.min(to, bounds[month + 1] ?? 0)
      for (let time = start; time < end; time += grant)
        parts.push({ call: place, time, seconds: Math.min(grant, end - time), answered: call.at })
    }
  }
  return months.map((parts) => {
    parts.sort((a, b) => a.time - b.time || a.answered - b.answered || a.call - b.call)
    const need = Int32Array.from(parts, ({ seconds }) => Math.ceil(seconds / increment) * increment)
    return {
      call: Int32Array.from(parts, ({ call }) => call),
      seconds: Int32Array.from(parts, ({ seconds }) => seconds),
      need,
      total: need.reduce((sum, seconds) => sum + seconds, 0),
    }
  })
}

/** The seconds of a call that lie within the months. */
export function within({ at, seconds }: Call, bounds: readonly number[]): number {
  const from = Math.max(at, bounds[0] ?? 0)
  return Math.max(0, Math.min(at + seconds, bounds.at(-1) ?? 0) - from)
}

/** Credits left of the calls of those who draw pools of so many seconds a month; of the others nothing is paid by the pool. */
export function creditsBeyond(
  calls: readonly Call[],
  months: readonly MonthOfGrants[],
  poolSeconds: number,
  draws: (call: number) => boolean,
): bigint {
  const unpaid = new Map<number, number>()
  for (const { call, seconds, need } of months) {
    let left = poolSeconds
    for (let i = 0; i < call.length; i++) {
      const place = call[i] ?? 0
      if (!draws(place)) continue
      const taken = Math.min(left, need[i] ?? 0)
      left -= taken
      const missing = (seconds[i] ?? 0) - Math.min(taken, seconds[i] ?? 0)
      if (missing > 0) unpaid.set(place, (unpaid.get(place) ?? 0) + missing)
    }
  }
  let credits = 0n
  for (const [place, seconds] of unpaid) credits += priced(calls[place]?.price ?? null, seconds)
  return credits
}

/**
 * The most that a pool can spare with the grants of one call up to each of them, month by month: the worths that bounds add up. For a
 * call over a month's start what was left of earlier months may be anything, so the largest difference of prices counts.
 */
export function worthsOf(price: Price | null, parts: readonly { month: number; seconds: number }[]): bigint[] {
  const total = parts.reduce((sum, { seconds }) => sum + seconds, 0)
  let earlier = 0
  let paid = 0
  let before = 0n
  return parts.map(({ month, seconds }, i) => {
    if (i > 0 && parts[i - 1]?.month !== month) {
      earlier += paid
      paid = 0
      before = 0n
    }
    paid += seconds
    const most = mostSpared(price, total - earlier, paid, earlier)
    const worth = most - before
    before = most
    return worth
  })
}

function mostSpared(price: Price | null, from: number, paid: number, unpaidEarlier: number): bigint {
  if (price === null) return 0n
  let most = priced(price, from) - priced(price, from - paid)
  // Beyond the first increment and the minimum, prices repeat with the next increment.
  const cases = Math.min(unpaidEarlier, Math.max(price.initial, price.minimum) + price.next)
  for (let unpaid = 1; unpaid <= cases; unpaid++) {
    const seconds = billed(price, from + unpaid) - billed(price, from + unpaid - paid)
    const spared = (price.perMinute * BigInt(seconds) + 59n) / 60n
    if (spared > most) most = spared
  }
  return most
}
