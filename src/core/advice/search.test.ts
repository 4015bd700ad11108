import { describe, expect, test } from 'vitest'
import {
  abroadOf,
  bruteForce,
  costByReference,
  generator,
  type Question,
  randomQuestion,
} from '../../../test/advice/random-abroad.ts'
import type { PlainPrice } from '../../../test/advice/reference.ts'
import { makeQuestion } from '../../advice/check/abroad.ts'
import { provedMost } from '../../advice/check/proof.ts'
import { countHolders, newExhaustion, profitOf } from './abroad.ts'
import { PriceBound } from './bound-prices.ts'
import { inCertificate } from './certificate.ts'
import { caseOf } from './proof.ts'
import { continueSearch, type SearchState, startSearch, upperBound } from './search.ts'
import { sumsOfPieces, tableOf } from './table.ts'

/** Another seed in every run; the seed of a failure repeats it: ADVICE_SEED=… npm test -- src/core/advice/search */
const SEED = Number(process.env.ADVICE_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000)
/** Half a minute alone on a machine; many times that beside others. */
const TIMEOUT = 600_000
const always = { keepGoing: () => true }

function solve(question: Question, hard = false): { abroad: ReturnType<typeof abroadOf>; state: SearchState } {
  const abroad = abroadOf(question)
  const state = startSearch(abroad, hard)
  continueSearch(abroad, state, { ...always, hard })
  return { abroad, state }
}

/** Every set is tried, the search must find the same cost and prove it; in `hard` the tree has to do it almost alone. */
function compare(seeds: number, callersMax: number, offset: number): { cases: number; trees: number; nodes: number } {
  const seen = { cases: 0, trees: 0, nodes: 0 }
  for (let i = 0; i < seeds; i++) {
    const seed = SEED * 10_000 + offset + i
    const question = randomQuestion(seed, { callersMax, odd: i % 2 === 1 })
    const { abroad, state } = solve(question, i % 4 !== 0)
    const best = bruteForce(abroad)
    const { allCredits } = abroad.pieces
    const found = { cost: allCredits - state.best.profit, bound: allCredits - upperBound(state), status: state.status }
    expect(found, `ADVICE_SEED=${SEED}, case ${seed}`).toEqual({ cost: best.cost, bound: best.cost, status: 'proven' })
    expect(allCredits - profitOf(abroad, state.best.isHolder, state.best.holders, newExhaustion(abroad.months))).toBe(
      best.cost,
    )
    seen.cases++
    seen.nodes += state.nodes
    if (state.trees.size > 0) seen.trees++
  }
  return seen
}

describe('the best holders equal those found by trying every set', () => {
  test(
    '4,000 random questions of up to 8 callers',
    () => {
      const { cases, trees, nodes } = compare(4_000, 8, 0)
      console.info(
        `advice: ${cases} random cases equal to brute force, all (${trees} by trees of ${nodes} nodes; seed ${SEED})`,
      )
      expect(trees).toBeGreaterThan(1_500)
    },
    TIMEOUT,
  )

  test(
    '1,200 random questions of up to 12 callers',
    () => {
      const { cases, trees, nodes } = compare(1_200, 12, 5_000)
      console.info(
        `advice: ${cases} random cases equal to brute force, all (${trees} by trees of ${nodes} nodes; seed ${SEED})`,
      )
      expect(trees).toBeGreaterThan(500)
    },
    TIMEOUT,
  )
})

test('P8, P9, P10, C1: the evaluator equals a walk through every grant, for every set of holders', () => {
  let compared = 0
  for (let i = 0; i < 300; i++) {
    const question = randomQuestion(SEED * 10_000 + 8_000 + i, { callersMax: 5, odd: i % 3 > 0 })
    bruteForce(abroadOf(question), (mask, plans, cost) => {
      compared++
      const reference = costByReference(question, (user) => ((mask >> user) & 1) === 1, plans)
      expect(BigInt(cost), `ADVICE_SEED=${SEED}, case ${i}, set ${mask}, ${plans} plans`).toBe(reference)
    })
  }
  expect(compared).toBeGreaterThan(5_000)
})

test('bound 1: no random basket beats what any page of prices allows', () => {
  for (let i = 0; i < 200; i++) {
    const random = generator(SEED + i)
    const abroad = abroadOf(randomQuestion(SEED * 10_000 + 9_000 + i, { callersMax: 8, odd: i % 2 === 1 }))
    const bound = new PriceBound(abroad)
    const prices = Float64Array.from({ length: abroad.months }, () => Math.round(random() * 200_000) / 16)
    bound.ask(prices)
    for (let n = 0; n < 20; n++) {
      const isHolder = Uint8Array.from({ length: abroad.callers }, () => Math.round(random()))
      const plans = countHolders(isHolder) + Math.floor(random() * (abroad.idleMax + 1))
      expect(bound.most(plans)).toBeGreaterThanOrEqual(profitOf(abroad, isHolder, plans, newExhaustion(abroad.months)))
    }
  }
})

test('a proof of the tree is accepted by the checker, which shares no code with it', () => {
  let trees = 0
  for (let i = 0; i < 250; i++) {
    const question = randomQuestion(SEED * 10_000 + 9_500 + i, { callersMax: 9, odd: i % 2 === 1 })
    const { abroad, state } = solve(question, true)
    const found = caseOf(abroad.idleMax, abroad.pieces.allCredits, state)
    const { proof } = JSON.parse(JSON.stringify(found, inCertificate))
    const most = provedMost(checkersQuestion(question), proof)
    expect(most, `ADVICE_SEED=${SEED}, case ${i}`).toBeLessThanOrEqual(16n * BigInt(state.best.profit))
    if (state.trees.size > 0) trees++
  }
  expect(trees).toBeGreaterThan(80)
})

function checkersQuestion({ calls, callers, bounds, increment, grant, idleMax, planPrice, holderSeconds }: Question) {
  const asPrice = (price: PlainPrice) => ({ ...price, fee: BigInt(price.fee), perMinute: BigInt(price.perMinute) })
  return makeQuestion(
    calls.map(({ at, seconds, price }) => ({
      at,
      seconds,
      user: null,
      kind: 'international',
      price: price && asPrice(price),
    })),
    calls.map(({ user }) => user),
    bounds,
    { increment, grant },
    { callers, idleMax, plan: BigInt(planPrice), holderSeconds },
  )
}

const MINUTE: PlainPrice = { fee: 0, perMinute: 30_000, initial: 60, next: 60, minimum: 0 }
const perMinute = (micros: number): PlainPrice => ({ ...MINUTE, perMinute: micros })

/** One month of ordinary rules. */
const aMonth = (calls: Question['calls'], over: Partial<Question> = {}): Question => ({
  callers: 1 + Math.max(...calls.map(({ user }) => user)),
  idleMax: 0,
  bounds: [0, 30 * 86_400],
  calls,
  planPrice: 20_000_000,
  holderSeconds: 36_000,
  increment: 60,
  grant: 60,
  ...over,
})

describe('counter-examples to every rule of thumb', () => {
  test('who spends more than the plan may be the one who must not hold it: A eats the minutes of B', () => {
    const question = aMonth([
      { user: 0, at: 0, seconds: 72_000, price: perMinute(30_000) },
      { user: 1, at: 100_000, seconds: 36_000, price: perMinute(300_000) },
    ])
    const cost = (holders: number[]): bigint =>
      costByReference(question, (user) => holders.includes(user), holders.length)
    expect([cost([]), cost([0]), cost([1]), cost([0, 1])]).toEqual([
      216_000_000n,
      218_000_000n,
      56_000_000n,
      220_000_000n,
    ])
    const { abroad, state } = solve(question)
    expect([...state.best.isHolder]).toEqual([0, 1])
    expect(abroad.pieces.allCredits - state.best.profit).toBe(56_000_000)
    // A spends 36 for a plan of 20 and still stays on credits.
    expect(sumsOfPieces(abroad).spend[0]).toBeGreaterThan(question.planPrice)
  })

  test('a colleague who never calls abroad may be worth a plan: the room is used by others', () => {
    const question = aMonth([{ user: 0, at: 0, seconds: 54_000, price: perMinute(50_000) }], {
      planPrice: 10_000_000,
      idleMax: 1,
    })
    const { abroad, state } = solve(question)
    expect(state.best.holders).toBe(2)
    expect(countHolders(state.best.isHolder)).toBe(1)
    expect(abroad.pieces.allCredits - state.best.profit).toBe(20_000_000)
    expect(costByReference(question, () => false, 0)).toBe(45_000_000n)
    expect(costByReference(question, () => true, 1)).toBe(25_000_000n)
  })

  test('"more than half of its minutes" is no rule: 200 dear minutes are worth a plan, 500 cheap ones are not', () => {
    const { state } = solve(
      aMonth([
        { user: 0, at: 0, seconds: 12_000, price: perMinute(200_000) },
        { user: 1, at: 0, seconds: 30_000, price: perMinute(30_000) },
      ]),
    )
    expect([...state.best.isHolder]).toEqual([1, 0])
  })

  test('what a set saves is neither monotone nor submodular', () => {
    const question = aMonth([
      { user: 0, at: 0, seconds: 72_000, price: perMinute(30_000) },
      { user: 1, at: 100_000, seconds: 36_000, price: perMinute(300_000) },
    ])
    const abroad = abroadOf({ ...question, planPrice: 0 })
    const saved = (set: number[], plans: number): number =>
      profitOf(
        abroad,
        Uint8Array.from([0, 1], (c) => (set.includes(c) ? 1 : 0)),
        plans,
        newExhaustion(1),
      )
    // More holders, less saved, with the same pool; and room is worth more once A holds a plan.
    expect(saved([0, 1], 1)).toBeLessThan(saved([1], 1))
    expect(saved([0, 1], 2) - saved([0, 1], 1)).toBeGreaterThan(saved([1], 2) - saved([1], 1))
  })

  test('the theorem: with room for all who spend more than the plan, they hold it and a table proves it', () => {
    const calls = [40_000, 700_000, 90_000].map((price, user) => ({
      user,
      at: user,
      seconds: 12_000,
      price: perMinute(price),
    }))
    const { abroad, state } = solve(aMonth(calls, { planPrice: 15_000_000 }))
    expect(state.method).toBe('table')
    expect([...state.best.isHolder]).toEqual([0, 1, 1])
    expect(tableOf(sumsOfPieces(abroad), abroad)).toMatchObject({ lasts: true, holders: 2, profit: state.best.profit })
  })
})

const isProven = ({ status }: SearchState): boolean => status === 'proven'

describe('a search that is stopped', () => {
  test('says honestly how far it may be from the best, and goes on where it was', () => {
    let stopped = 0
    for (let i = 0; i < 150; i++) {
      const question = randomQuestion(SEED * 10_000 + 9_800 + i, { callersMax: 9, odd: false })
      const abroad = abroadOf(question)
      const best = abroad.pieces.allCredits - bruteForce(abroad).cost
      let state = startSearch(abroad, true)
      for (let rounds = 0; !isProven(state); rounds++) {
        expect(rounds).toBeLessThan(100_000)
        let left = 3
        continueSearch(abroad, state, { keepGoing: () => left-- > 0, hard: true })
        expect(state.best.profit).toBeLessThanOrEqual(best)
        expect(upperBound(state), `ADVICE_SEED=${SEED}, case ${i}`).toBeGreaterThanOrEqual(best)
        if (!isProven(state)) stopped++
        // Plain data: it can be kept, or sent to another thread.
        state = structuredClone(state)
      }
      expect(state.best.profit).toBe(best)
    }
    expect(stopped).toBeGreaterThan(100)
  })
})
