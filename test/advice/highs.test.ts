import loader, { type Highs } from 'highs'
import { expect, test } from 'vitest'
import type { Abroad } from '../../src/core/advice/abroad.ts'
import { continueSearch, startSearch } from '../../src/core/advice/search.ts'
import { abroadOf, randomQuestion } from './random-abroad.ts'

/** The package's types speak of CommonJS; what is imported is the function itself. */
const highsLoader = loader as unknown as () => Promise<Highs>

const SEED = Number(process.env.ADVICE_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000)

/**
 * The same question without the order of calls, as a mixed-integer programme: each caller's calls of a month and price may be paid by the
 * pool in any part. Where no pool runs out the order does not matter, and both must agree; where one does, it can only look better.
 */
function programme(abroad: Abroad): { text: string; plans: string[] } {
  const { callers, months, pieces, planPrice, idleMax, holderSeconds } = abroad
  const groups = new Map<string, { caller: number; month: number; worth: number; need: number }>()
  for (let month = 0; month < months; month++) {
    for (let i = pieces.monthStart[month] ?? 0; i < (pieces.monthStart[month + 1] ?? 0); i++) {
      const [caller = 0, worth = 0, need = 1] = [pieces.caller[i], pieces.worth[i], pieces.need[i]]
      const key = `${caller} ${month} ${Math.round((worth / need) * 100)}`
      const group = groups.get(key) ?? { caller, month, worth: 0, need: 0 }
      group.worth += worth
      group.need += need
      groups.set(key, group)
    }
  }
  const list = [...groups.values()]
  const plans = Array.from({ length: callers }, (_, c) => `y${c}`)
  const units = (micros: number): string => (micros / 1e6).toFixed(6)
  const objective = [
    `- ${units(planPrice)} d`,
    ...plans.map((y) => `- ${units(planPrice)} ${y}`),
    ...list.map(({ worth }, x) => `+ ${units(worth)} x${x}`),
  ]
  const room = [`- ${holderSeconds} d`, ...plans.map((y) => `- ${holderSeconds} ${y}`)].join(' ')
  const pools = Array.from({ length: months }, (_, month) => {
    const used = list.flatMap(({ need, month: of }, x) => (of === month ? [`+ ${need} x${x}`] : []))
    return ` pool${month}: ${used.join(' ')} ${room} <= 0`
  })
  const links = list.map(({ caller }, x) => ` link${x}: x${x} - y${caller} <= 0`)
  return {
    plans,
    text: [
      `Maximize\n obj: ${objective.join(' ')}`,
      `Subject To\n${[...pools, ...links].join('\n')}`,
      `Bounds\n 0 <= d <= ${idleMax}\n${list.map((_, x) => ` 0 <= x${x} <= 1`).join('\n')}`,
      `General\n d\nBinary\n ${plans.join(' ')}\nEnd`,
    ].join('\n'),
  }
}

test('HiGHS agrees wherever no pool runs out, and is never below the optimum', async () => {
  const highs = await highsLoader()
  let agreed = 0
  let optimistic = 0
  for (let i = 0; i < 250; i++) {
    const drawn = randomQuestion(SEED * 10_000 + i, { callersMax: 9, odd: false })
    // Every other question has pools that are hard to use up.
    const question = i % 2 === 0 ? { ...drawn, holderSeconds: drawn.holderSeconds * 6 } : drawn
    const abroad = abroadOf(question)
    const state = startSearch(abroad)
    continueSearch(abroad, state, { keepGoing: () => true })
    const solved = highs.solve(programme(abroad).text, { output_flag: false, mip_rel_gap: 0 })
    expect(solved.Status, `ADVICE_SEED=${SEED}, case ${i}`).toBe('Optimal')
    const profit = state.best.profit / 1e6
    const tolerance = 1e-6 * Math.max(1, abroad.pieces.allCredits / 1e6)
    expect(solved.ObjectiveValue, `ADVICE_SEED=${SEED}, case ${i}`).toBeGreaterThan(profit - tolerance)
    if (state.method === 'table') {
      expect(Math.abs(solved.ObjectiveValue - profit), `ADVICE_SEED=${SEED}, case ${i}`).toBeLessThan(tolerance)
      agreed++
    } else if (solved.ObjectiveValue > profit + tolerance) optimistic++
  }
  console.info(
    `advice: HiGHS agrees in ${agreed} cases without overflow, all; too optimistic in ${optimistic} with it (seed ${SEED})`,
  )
  expect(agreed).toBeGreaterThan(60)
  expect(optimistic).toBeGreaterThan(5)
}, 300_000)
