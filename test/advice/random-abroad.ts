/** Small random International questions with everything that can go wrong in them, by seed, and their best answer by trying all. */
import { type Abroad, makeAbroad, newExhaustion, sparedBy } from '../../src/core/advice/abroad.ts'
import { creditPrices } from '../../src/core/advice/credit-prices.ts'
import { makePieces } from '../../src/core/advice/pieces.ts'
import type { Price } from '../../src/core/rate.ts'
import { type PlainCall, type PlainPrice, referenceCredits } from './reference.ts'

/** Mulberry32: small, and the same everywhere. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Question {
  readonly callers: number
  readonly idleMax: number
  readonly bounds: readonly number[]
  readonly calls: readonly PlainCall[]
  readonly planPrice: number
  readonly holderSeconds: number
  readonly increment: number
  readonly grant: number
}

const INCREMENTS = [
  [60, 60],
  [1, 1],
  [30, 6],
  [6, 6],
  [60, 1],
  [45, 7],
] as const

export interface RandomOptions {
  readonly callersMax: number
  /** Ordinary: whole-minute pool and prices, short grants, as sold. Odd: anything that a catalogue could say. */
  readonly odd: boolean
}

export function randomQuestion(seed: number, { callersMax, odd }: RandomOptions): Question {
  const random = generator(seed)
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1))
  const months = between(1, 4)
  const callers = between(1, callersMax)
  const hours = between(2, 6) * 3600
  const bounds = Array.from({ length: months + 1 }, (_, m) => 1_700_000_000 + m * hours)
  const prices = Array.from({ length: between(1, 5) }, (): PlainPrice => {
    const [initial, next] = INCREMENTS[!odd || random() < 0.6 ? 0 : between(0, 5)] ?? [60, 60]
    const fee = random() < 0.5 ? 0 : between(0, 300_000)
    return {
      fee,
      perMinute: between(1000, 900_000),
      initial,
      next,
      minimum: odd && random() < 0.2 ? between(0, 90) : 0,
    }
  })
  const increment = odd ? ([60, 60, 1, 6, 30][between(0, 4)] ?? 60) : 60
  const grant = odd && random() < 0.5 ? increment * between(1, Math.max(1, Math.floor(300 / increment))) : increment
  const holderSeconds = increment * between(2, Math.floor(2400 / increment))
  const calls = Array.from({ length: between(callers, callers * 12) }, (): PlainCall => {
    const user = random() < 0.4 ? between(0, Math.max(0, (callers >> 1) - 1)) : between(0, callers - 1)
    const at = (bounds[0] ?? 0) + between(random() < 0.05 ? -300 : 0, months * hours - 1)
    const seconds = random() < 0.15 ? 0 : between(1, random() < 0.2 ? 3000 : 500)
    return { user, at, seconds, price: prices[between(0, prices.length - 1)] ?? null }
  })
  const draft = { callers, idleMax: between(0, 3), bounds, calls, holderSeconds, increment, grant }
  const all = Number(costByReference({ ...draft, planPrice: 0 }, () => false, 0))
  return { ...draft, planPrice: Math.max(1, Math.round((all / callers) * (0.05 + random() * 1.2))) }
}

export function costByReference(question: Question, holds: (user: number) => boolean, plans: number): bigint {
  const { bounds, calls, holderSeconds, increment, grant, planPrice } = question
  const pools = bounds.slice(1).map(() => ({ drawnBy: holds, seconds: plans * holderSeconds }))
  return referenceCredits(calls, bounds, pools, { increment, grant }).credits + BigInt(planPrice) * BigInt(plans)
}

const asPrice = (price: PlainPrice): Price => ({
  connectionFeeMicros: BigInt(price.fee),
  rateMicrosPerMinute: BigInt(price.perMinute),
  initialIncrementSeconds: price.initial,
  nextIncrementSeconds: price.next,
  minimumSeconds: price.minimum,
})

/** The question as the product sees it. */
export function abroadOf(question: Question): Abroad {
  const distinct = [...new Set(question.calls.map(({ price }) => price))]
  const prices = creditPrices(distinct.map((price) => price && asPrice(price)))
  const order = [...question.calls.keys()].sort(
    (a, b) => (question.calls[a]?.at ?? 0) - (question.calls[b]?.at ?? 0) || a - b,
  )
  const column = (of: (call: PlainCall) => number): Uint32Array =>
    Uint32Array.from(order, (i) => {
      const call = question.calls[i]
      return call ? of(call) : 0
    })
  const columns = {
    length: order.length,
    answeredAt: column(({ at }) => at),
    seconds: column(({ seconds }) => seconds),
    caller: column(({ user }) => user),
    price: column(({ price }) => distinct.indexOf(price)),
  }
  const { increment: incrementSeconds, grant: grantSeconds, callers, idleMax, planPrice, holderSeconds } = question
  const pieces = makePieces(columns, question.bounds, prices, { incrementSeconds, grantSeconds })
  if (!pieces) throw new Error('the amounts are too large')
  return makeAbroad(pieces, prices, { callers, idleMax, planPrice, holderSeconds })
}

/** Every set of holders with every number of idle ones, by the product's evaluator; `visit` may compare each with the reference. */
export function bruteForce(
  abroad: Abroad,
  visit: (mask: number, plans: number, cost: number) => void = () => {},
): { cost: number; mask: number; plans: number } {
  const { callers, idleMax, planPrice, pieces } = abroad
  const out = newExhaustion(abroad.months)
  const isHolder = new Uint8Array(callers)
  let best = { cost: Number.POSITIVE_INFINITY, mask: 0, plans: 0 }
  for (let mask = 0; mask < 1 << callers; mask++) {
    let holders = 0
    for (let c = 0; c < callers; c++) {
      isHolder[c] = (mask >> c) & 1
      holders += isHolder[c] ?? 0
    }
    for (let plans = holders; plans <= holders + idleMax; plans++) {
      const cost = pieces.allCredits - sparedBy(abroad, isHolder, plans, out) + planPrice * plans
      visit(mask, plans, cost)
      if (cost < best.cost) best = { cost, mask, plans }
    }
  }
  return best
}
