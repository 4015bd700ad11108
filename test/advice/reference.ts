/**
 * A second, slow and obvious account of what a basket costs, which shares no code with the product: every grant of every call is an
 * event, events happen in their order, each asks its month's pool, and what no pool paid is priced at the end. Money is BigInt.
 */

export interface PlainPrice {
  readonly fee: number
  readonly perMinute: number
  readonly initial: number
  readonly next: number
  readonly minimum: number
}

export interface PlainCall {
  readonly user: number
  /** Seconds since 1970. */
  readonly at: number
  readonly seconds: number
  readonly price: PlainPrice | null
}

export interface PoolOfMonth {
  /** Who draws it. */
  readonly drawnBy: (user: number) => boolean
  readonly seconds: number
}

/** Credits of these calls; `pools[m]` is the pool of the month [bounds[m], bounds[m + 1]). The order of `calls` is that of their ids. */
export function referenceCredits(
  calls: readonly PlainCall[],
  bounds: readonly number[],
  pools: readonly PoolOfMonth[],
  rules: { readonly increment: number; readonly grant: number },
): { credits: bigint; used: number[] } {
  const grants: { time: number; answered: number; id: number; month: number; seconds: number }[] = []
  const [first = 0] = bounds
  const last = bounds.at(-1) ?? 0
  for (const [id, call] of calls.entries()) {
    let time = call.at
    const end = call.at + call.seconds
    if (time < first) time = Math.min(first, end)
    while (time < end && time < last) {
      const month = bounds.findIndex((bound, m) => time >= bound && time < (bounds[m + 1] ?? 0))
      const seconds = Math.min(rules.grant, end - time, (bounds[month + 1] ?? 0) - time)
      grants.push({ time, answered: call.at, id, month, seconds })
      time += seconds
    }
  }
  grants.sort((a, b) => a.time - b.time || a.answered - b.answered || a.id - b.id)
  const left = pools.map((pool) => pool.seconds)
  const unpaid = calls.map(() => 0)
  for (const grant of grants) {
    const call = calls[grant.id]
    const pool = pools[grant.month]
    if (!call || !pool) throw new Error('a grant is of a call and a month')
    let paid = 0
    if (pool.drawnBy(call.user)) {
      let rounded = 0
      while (rounded < grant.seconds) rounded += rules.increment
      const taken = Math.min(rounded, left[grant.month] ?? 0)
      left[grant.month] = (left[grant.month] ?? 0) - taken
      paid = Math.min(taken, grant.seconds)
    }
    unpaid[grant.id] = (unpaid[grant.id] ?? 0) + grant.seconds - paid
  }
  let credits = 0n
  for (const [id, call] of calls.entries()) credits += plainCost(call.price, unpaid[id] ?? 0)
  return { credits, used: pools.map((pool, m) => pool.seconds - (left[m] ?? 0)) }
}

export function plainCost(price: PlainPrice | null, seconds: number): bigint {
  if (!price || seconds === 0) return 0n
  let billed = price.initial
  while (billed < seconds) billed += price.next
  if (billed < price.minimum) billed = price.minimum
  const sixtieths = BigInt(price.perMinute) * BigInt(billed)
  return BigInt(price.fee) + sixtieths / 60n + (sixtieths % 60n === 0n ? 0n : 1n)
}
