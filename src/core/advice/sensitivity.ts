/** What would change the answer: the price of the International plan, exactly; more or fewer calls, by solving again. */
import { micros } from '../money.ts'
import { sumsOf } from './abroad-spec.ts'
import { type Asking, type Solved, type SolvedCountry, solve, type Task } from './join.ts'
import { alwaysCredits, type Problem, problemOf, withoutPlanLicences } from './problem.ts'
import { readCalls } from './reading.ts'
import type { SearchState } from './search.ts'
import type { AdviceInput, CallHistory, Sensitivity } from './types.ts'

/** Parts per hundred of today's calls. */
const CALLING = [80, 125, 150] as const

/** With a number of plans, the cost is a straight line over their price: credits + plans × price. */
interface Line {
  readonly plans: number
  readonly credits: number
}

/**
 * How far the monthly price may move until, with the same licences, other plans are cheaper. Null where no plan is sold, or where the
 * time did not suffice to prove it.
 */
export function* priceRange(
  problem: Problem,
  place: number,
  { licences, chosen }: SolvedCountry,
): Asking<Sensitivity['internationalPrice'][number] | null> {
  const country = problem.countries[place]
  if (!country || country.planPrice === null || chosen?.state.status !== 'proven') return null
  const { state } = chosen
  // The case that was solved may allow for more licences than are advised, and so for idle plans that nobody could hold.
  const idleMax = Math.min(chosen.idleMax, Math.max(0, licences - country.callers.length))
  const spec = { ...chosen.spec, idleMax }
  const months = spec.bounds.length - 1
  const { allCredits } = sumsOf(spec)
  const now = country.planPrice
  const here = lineOf(chosen.cost, state.best.holders, now * months)
  const name = `price ${country.reading.country} idle ${idleMax}`
  const ask = function* (price: number): Asking<Line | null> {
    const asked = { ...spec, planPrice: price * months }
    const task: Task = { id: `${name} ${price}`, country: country.reading.country, spec: asked, effort: 'aside' }
    const [found] = (yield [task]) as readonly [SearchState]
    if (found.status !== 'proven') return null
    return lineOf(allCredits - found.best.profit, found.best.holders, price * months)
  }
  const costAt = ({ plans, credits }: Line, price: number): number => credits + plans * price * months

  let upTo: number | null = null
  let above: Line | null = null
  if (here.plans > 0) {
    let other: Line = { plans: 0, credits: allCredits }
    for (;;) {
      const price = Math.floor((other.credits - here.credits) / ((here.plans - other.plans) * months))
      const found = yield* ask(price)
      if (!found) return null
      if (costAt(found, price) < costAt(here, price)) {
        other = found
        continue
      }
      // At one micro more the other line is lower; the lowest there may be a third.
      const beyond = yield* ask(price + 1)
      if (!beyond) return null
      upTo = price
      above = beyond
      break
    }
  }

  let from: number | null = null
  let below: Line | null = null
  const free = yield* ask(0)
  if (!free) return null
  if (costAt(free, 0) < here.credits) {
    let other = free
    for (;;) {
      const price = Math.ceil((here.credits - other.credits) / ((other.plans - here.plans) * months))
      const found = yield* ask(price)
      if (!found) return null
      if (costAt(found, price) < costAt(here, price)) {
        other = found
        continue
      }
      const beyond = price > 0 ? yield* ask(price - 1) : null
      if (price > 0 && !beyond) return null
      from = price
      below = beyond
      break
    }
  }
  const money = (value: number) => micros(BigInt(value))
  return {
    country: country.reading.country,
    now: money(now),
    from: from === null ? null : money(from),
    holdersBelow: below?.plans ?? null,
    upTo: upTo === null ? null : money(upTo),
    holdersAbove: above?.plans ?? null,
  }
}

const lineOf = (cost: number, plans: number, price: number): Line => ({ plans, credits: cost - plans * price })

/** The basket at fewer and at more calls. Its share of each call is fixed by the call's place, so every run thins the same ones. */
export function* callingRange(input: AdviceInput, solved: Solved): Asking<Sensitivity['calling']> {
  const points: Sensitivity['calling'][number][] = []
  const today = basketKey(solved)
  for (const percent of CALLING) {
    const scaled: AdviceInput = { ...input, calls: scaleCalls(input.calls, percent) }
    const problem = problemOf(scaled, readCalls(scaled))
    const span = { from: 0, to: input.months.length }
    const found: Solved = yield* solve(problem, span, { ...input.options, effort: 'aside', name: `calling ${percent}` })
    points.push({
      percent,
      total: micros(BigInt(found.cost + alwaysCredits(problem, span)) + withoutPlanLicences(problem, span)),
      licences: found.countries.reduce((sum, { licences }) => sum + licences, 0),
      holders: found.countries.reduce((sum, { chosen }) => sum + (chosen?.state.best.holders ?? 0), 0),
      changesBasket: basketKey(found) !== today,
    })
  }
  return points
}

const basketKey = ({ countries }: Solved): string =>
  countries.map(({ licences, chosen }) => `${licences}/${chosen?.state.best.holders ?? 0}`).join(' ')

/** Keeps, or repeats half an hour later, a fixed share of the calls. */
export function scaleCalls(calls: CallHistory, percent: number): CallHistory {
  const repeats = percent > 100
  const share = (repeats ? percent - 100 : percent) / 100
  const isChosen = (place: number): boolean => hash(place) < share * 2 ** 32
  let chosen = 0
  for (let i = 0; i < calls.length; i++) if (isChosen(i)) chosen++
  const length = repeats ? calls.length + chosen : chosen
  const scaled = {
    length,
    answeredAt: new Uint32Array(length),
    seconds: new Uint32Array(length),
    user: new Uint32Array(length),
    target: new Uint32Array(length),
  }
  let at = 0
  const copy = (i: number, later: number): void => {
    scaled.answeredAt[at] = (calls.answeredAt[i] ?? 0) + later
    scaled.seconds[at] = calls.seconds[i] ?? 0
    scaled.user[at] = calls.user[i] ?? 0
    scaled.target[at] = calls.target[i] ?? 0
    at++
  }
  for (let i = 0; i < calls.length; i++) {
    if (repeats || isChosen(i)) copy(i, 0)
    if (repeats && isChosen(i)) copy(i, REPEATED_AFTER_SECONDS)
  }
  return scaled
}

const REPEATED_AFTER_SECONDS = 1800

/** Murmur3's finaliser: evenly spread, and the same everywhere. */
function hash(place: number): number {
  let h = Math.imul(place + 1, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
