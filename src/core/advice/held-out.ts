/** How good such advice would have been: on months that the calculation has not seen, and against changing the basket monthly. */
import { micros } from '../money.ts'
import { costOf } from './abroad-spec.ts'
import { type Asking, type Solved, type SolveOptions, solve, sumsOfCountry } from './join.ts'
import { abroadSpecOf, alwaysCredits, conferencePool, domesticPool, type Problem, type Span } from './problem.ts'
import type { Advice, BackTest } from './types.ts'

/** Two and two: fewer months cannot be divided into what was seen and what was not. */
const MONTHS_MIN = 4

/** Solved on the first half of the months, judged on the second. */
export function* backTest(problem: Problem, options: SolveOptions): Asking<BackTest | null> {
  const months = problem.input.months.length
  if (months < MONTHS_MIN) return null
  const seen = { from: 0, to: Math.floor(months / 2) }
  const unseen = { from: seen.to, to: months }
  const advised: Solved = yield* solve(problem, seen, { ...options, name: 'seen' })
  const best: Solved = yield* solve(problem, unseen, { ...options, name: 'unseen' })
  const always = alwaysCredits(problem, unseen)
  const money = (value: number) => micros(BigInt(value + always))
  return {
    trainedMonths: seen.to,
    judgedMonths: unseen.to - unseen.from,
    advised: money(costIn(problem, unseen, advised)),
    bestPossible: money(best.cost),
    creditsOnly: money(costIn(problem, unseen, null)),
    exact: best.bound === best.cost,
  }
}

/** What a basket costs in some months; without one, the licences that are needed and no International plan. */
function costIn(problem: Problem, span: Span, basket: Solved | null): number {
  const months = span.to - span.from
  const { rules } = problem.input
  let voice = problem.reading.withoutPlan.length
  let sum = 0
  for (const [place, country] of problem.countries.entries()) {
    const licences = basket?.countries[place]?.licences ?? country.reading.needed.length
    voice += licences
    sum += licences * country.licencePrice * months
    sum += domesticPool(problem, place, span).beyond(licences * country.domesticSeconds)
    const best = basket?.countries[place]?.chosen?.state.best
    const spec = abroadSpecOf(problem, place, span, 0)
    if (spec) sum += costOf(spec, best?.isHolder ?? new Uint8Array(spec.callers), best?.holders ?? 0)
    else sum += sumsOfCountry(problem, place, span).allCredits
  }
  return sum + conferencePool(problem, span).beyond(voice * rules.conferenceSeconds)
}

/** Each month's own best basket, known only afterwards. Where a month is not proven its bound counts, so that nothing is understated. */
export function* hindsight(problem: Problem, constant: number, options: SolveOptions): Asking<Advice['hindsight']> {
  const months = problem.input.months.length
  if (months < 2) return null
  let sum = 0
  let exact = true
  for (let month = 0; month < months; month++) {
    const span = { from: month, to: month + 1 }
    const found: Solved = yield* solve(problem, span, { ...options, name: 'month' })
    sum += found.bound
    if (found.bound !== found.cost) exact = false
  }
  return { saved: micros(BigInt(Math.max(0, constant - sum))), exact }
}
