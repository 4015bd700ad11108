/**
 * "What do I need to buy?" (G1). The steps are a generator that asks for searches and is handed their states: whoever drives it
 * has the clock and the threads. `advise` drives it in place.
 */
import { assert } from '../assert.ts'
import { type Micros, micros, ZERO } from '../money.ts'
import { abroadOf, solveAbroad } from './abroad-spec.ts'
import { poolMonths } from './basket-cost.ts'
import { addAbroad, addUnpaid, CreditEvents } from './credit-events.ts'
import { explainUsers, oneMore } from './explain-advice.ts'
import { backTest, hindsight } from './held-out.ts'
import { type Asking, type Solved, type SolvedCountry, type SolveOptions, solve, type Task } from './join.ts'
import {
  alwaysCredits,
  boundsOf,
  columnsOf,
  conferencePool,
  domesticPool,
  type Problem,
  problemOf,
  type Span,
  withoutPlanLicences,
} from './problem.ts'
import { caseOf } from './proof.ts'
import { readCalls } from './reading.ts'
import { rechargeOf } from './recharge.ts'
import type { Pace } from './search.ts'
import { callingRange, priceRange } from './sensitivity.ts'
import { poolLasts } from './table.ts'
import type {
  Advice,
  AdviceInput,
  Certificate,
  CostLines,
  CountryAnswer,
  DontBuy,
  RechargeAdvice,
  Sensitivity,
} from './types.ts'

/** How long searches may go on where nobody says: so many questions to `keepGoing`, a second or two of work. */
const QUESTIONS_MAX = 2_000

/** In place, without clock or threads. `paceOf` bounds each search; without it a long one stops with a gap. Throws `AmountsTooLarge`. */
export function advise(input: AdviceInput, paceOf: (task: Task) => Pace = boundedPace): Advice {
  const steps = adviseSteps(input)
  for (let step = steps.next(); ; ) {
    if (step.done) return step.value
    step = steps.next(step.value.map((task) => solveAbroad(task.spec, paceOf(task))))
  }
}

function boundedPace(): Pace {
  let left = QUESTIONS_MAX
  return { keepGoing: () => left-- > 0 }
}

export function* adviseSteps(input: AdviceInput): Asking<Advice> {
  const reading = readCalls(input)
  const problem = problemOf(input, reading)
  const span = { from: 0, to: input.months.length }
  const { extraLicences, idleHolders } = input.options
  const main: SolveOptions = { extraLicences, idleHolders, effort: 'main', name: 'main' }
  const aside: SolveOptions = { ...main, effort: 'aside' }
  const solved: Solved = yield* solve(problem, span, main)
  const isRuled = !(extraLicences && idleHolders)
  const free: Solved = isRuled
    ? yield* solve(problem, span, { ...aside, extraLicences: true, idleHolders: true, name: 'free' })
    : solved
  const always = alwaysCredits(problem, span)
  const costs = costLines(problem, solved, always)
  const bound = micros(BigInt(solved.bound + always) + withoutPlanLicences(problem, solved.span))
  const status = bound === costs.total ? 'proven' : 'stopped'
  const wallet = walletOf(problem, solved, costs)
  const { extras } = input.options
  const months = Math.max(1, input.months.length)
  return {
    status,
    basket: {
      countries: solved.countries.map((country, place) => basketOf(problem, country, place)),
      withoutPlan: reading.withoutPlan.length,
    },
    costs,
    bound,
    gap: micros(costs.total - bound),
    perMonth: micros((costs.licences + costs.international) / BigInt(months)),
    months: input.months.length,
    monthNames: input.months.map(({ month }) => month),
    countries: solved.countries.map((country, place) => answerOf(problem, solved, country, place)),
    users: explainUsers(problem, solved),
    ...placesOf(problem),
    dontBuy: dontBuyOf(problem, solved, costs),
    recharge: wallet.recharge,
    beyondLicencesMax: beyondMax(problem),
    leftOut: {
      unrated: reading.unrated,
      barred: reading.barred,
      outsideMonths: reading.outsideMonths,
      ownCarrier: reading.ownCarrier,
      unratedBeyondPlanSeconds: wallet.unpricedSeconds,
    },
    priceOfRules: micros(BigInt(Math.max(0, solved.cost - free.cost))),
    sensitivity: extras ? yield* sensitivityOf(problem, solved) : null,
    backTest: extras ? yield* backTest(problem, aside) : null,
    hindsight: extras ? yield* hindsight(problem, solved.cost, aside) : null,
    certificate: certificateOf(problem, solved, costs.total, bound),
  }
}

function* sensitivityOf(problem: Problem, solved: Solved): Asking<Sensitivity> {
  const internationalPrice: Sensitivity['internationalPrice'][number][] = []
  for (const [place, country] of solved.countries.entries()) {
    const range = yield* priceRange(problem, place, country)
    if (range) internationalPrice.push(range)
  }
  return { internationalPrice, calling: yield* callingRange(problem.input, solved) }
}

function costLines(problem: Problem, solved: Solved, always: number): CostLines {
  const months = solved.span.to - solved.span.from
  const add = (of: (country: SolvedCountry, place: number) => number): Micros =>
    micros(BigInt(solved.countries.reduce((sum, country, place) => sum + of(country, place), 0)))
  const lines = {
    licences: micros(
      add(({ licences }, place) => licences * (problem.countries[place]?.licencePrice ?? 0) * months) +
        withoutPlanLicences(problem, solved.span),
    ),
    international: add(({ chosen }) => (chosen ? chosen.state.best.holders * chosen.spec.planPrice : 0)),
    beyondDomestic: add(({ beyondDomestic }) => beyondDomestic),
    abroad: add(({ abroad }) => abroad),
    beyondConference: micros(BigInt(solved.beyondConference)),
    always: micros(BigInt(always)),
  }
  return { ...lines, total: micros(Object.values(lines).reduce((sum, line) => sum + line, 0n)) }
}

function basketOf(problem: Problem, { licences, chosen }: SolvedCountry, place: number): CountryAnswer['basket'] {
  const country = problem.countries[place]
  assert(country, 'a country of the problem')
  const isHolder = chosen?.state.best.isHolder
  const holders = country.callers.filter((_, caller) => isHolder?.[caller] === 1).sort((a, b) => a - b)
  const idleHolders = (chosen?.state.best.holders ?? 0) - holders.length
  return { country: country.reading.country, licences, holders, idleHolders }
}

function answerOf(problem: Problem, solved: Solved, country: SolvedCountry, place: number): CountryAnswer {
  const of = problem.countries[place]
  assert(of, 'a country of the problem')
  const months = solved.span.to - solved.span.from
  const money = (value: number): Micros => micros(BigInt(value))
  const licences = country.licences * of.licencePrice * months
  const plans = country.chosen?.state.best.holders ?? 0
  const international = country.chosen ? plans * country.chosen.spec.planPrice : 0
  const seconds = of.domesticSeconds * country.licences
  return {
    country: of.reading.country,
    users: of.reading.users.length,
    needed: of.reading.needed.length,
    basket: basketOf(problem, country, place),
    costs: {
      licences: money(licences),
      international: money(international),
      beyondDomestic: money(country.beyondDomestic),
      abroad: money(country.abroad),
      total: money(licences + international + country.beyondDomestic + country.abroad),
    },
    domestic: poolMonths(Array.from(of.reading.domesticNeed), seconds),
    international: poolMonths(holderNeed(country, months), plans * problem.input.rules.internationalSeconds),
    abroadByCredits: money(country.sums?.allCredits ?? 0),
    method: methodOf(country),
  }
}

function methodOf({ chosen }: SolvedCountry): CountryAnswer['method'] {
  if (!chosen) return 'nothing-to-decide'
  if (chosen.state.status !== 'proven') return 'stopped'
  if (chosen.state.method === 'table') return 'table'
  return chosen.state.trees.size === 0 ? 'prices' : 'tree'
}

function holderNeed({ chosen, sums }: SolvedCountry, months: number): number[] {
  const isHolder = chosen?.state.best.isHolder
  return Array.from({ length: months }, (_, month) => {
    let need = 0
    isHolder?.forEach((holds, caller) => {
      if (holds === 1) need += sums?.need[caller * months + month] ?? 0
    })
    return need
  })
}

/** L4, L8: where licences come from partners only, or from nobody. */
function placesOf({ input, reading }: Problem): Pick<Advice, 'withoutPlan' | 'notAvailable'> {
  const list = (needed: readonly number[], all: readonly number[]): Advice['notAvailable'] => {
    const locations = [...new Set(all.map((user) => input.users[user]?.location))]
    return locations.flatMap((country) => {
      const there = (users: readonly number[]): number =>
        users.filter((user) => input.users[user]?.location === country).length
      return country === undefined ? [] : [{ country, users: there(all), needed: there(needed) }]
    })
  }
  return {
    withoutPlan: list(reading.withoutPlan, reading.withoutPlanUsers),
    notAvailable: list(reading.notAvailable, reading.notAvailableUsers),
  }
}

function beyondMax({ input, reading, isAboveMax }: Problem): Advice['beyondLicencesMax'] {
  if (!isAboveMax) return null
  const needed = reading.countries.reduce((sum, country) => sum + country.needed.length, reading.withoutPlan.length)
  return { needed, max: input.rules.licencesMax }
}

function dontBuyOf(problem: Problem, solved: Solved, costs: CostLines): DontBuy[] {
  const list: DontBuy[] = []
  const months = solved.span.to - solved.span.from
  const money = (value: number): Micros => micros(BigInt(value))
  const everybody = problem.reading.countries.reduce((sum, { users }) => sum + users.length, 0)
  const needed = problem.reading.countries.reduce((sum, country) => sum + country.needed.length, 0)
  if (needed < everybody) list.push({ what: 'licences', country: null, dearerBy: ZERO, price: ZERO, credits: ZERO })
  for (const [place, country] of problem.countries.entries()) {
    const answer = solved.countries[place]
    if (!answer) continue
    const { country: name, users } = country.reading
    const one = answer.chosen ? oneMore(answer) : null
    if (one) list.push({ what: 'international-plan', country: name, ...one })
    else if (country.planPrice !== null && country.callers.length === 0 && country.reading.needed.length > 0) {
      const price = money(country.planPrice * months)
      list.push({ what: 'international-plan', country: name, dearerBy: price, price, credits: ZERO })
    }
    if (answer.licences < users.length && answer.beyondDomestic > 0) {
      const price = country.licencePrice * months
      const now = answer.beyondDomestic
      const then = domesticPool(problem, place, solved.span).beyond((answer.licences + 1) * country.domesticSeconds)
      const dearer = price - (now - then)
      if (dearer >= 0)
        list.push({
          what: 'extra-licence',
          country: name,
          dearerBy: money(dearer),
          price: money(price),
          credits: money(now - then),
        })
    }
  }
  const credits = costs.beyondDomestic + costs.abroad + costs.beyondConference + costs.always
  if (credits === 0n && needed > 0)
    list.push({ what: 'credits', country: null, dearerBy: ZERO, price: ZERO, credits: ZERO })
  return list
}

/** Every charge to the wallet at its moment. Their sum is the credits of the cost lines, or one of the two is wrong. */
function walletOf(
  problem: Problem,
  solved: Solved,
  costs: CostLines,
): { recharge: RechargeAdvice; unpricedSeconds: number } {
  const { input, reading } = problem
  const { span } = solved
  const bounds = boundsOf(problem, span)
  const events = new CreditEvents()
  addUnpaid(
    events,
    columnsOf(input.calls, reading.always, () => 0),
    reading.prices,
    bounds,
    () => true,
  )
  let voice = reading.withoutPlan.length
  for (const [place, country] of problem.countries.entries()) {
    const answer = solved.countries[place]
    if (!answer) continue
    voice += answer.licences
    domesticPool(problem, place, span).addTo(events, answer.licences * country.domesticSeconds)
    addCallsAbroad(events, problem, { place, answer, span })
  }
  conferencePool(problem, span).addTo(events, voice * input.rules.conferenceSeconds)
  const advice = rechargeOf(events.finish(), bounds, input.options)
  const sum = advice.perMonth.reduce((total, amount) => total + amount, 0n)
  assert(
    sum === costs.beyondDomestic + costs.abroad + costs.beyondConference + costs.always,
    'the charges add up to the cost',
  )
  return { recharge: advice, unpricedSeconds: events.unpricedSeconds }
}

function addCallsAbroad(
  events: CreditEvents,
  problem: Problem,
  { place, answer, span }: { place: number; answer: SolvedCountry; span: Span },
): void {
  const country = problem.countries[place]
  if (!country) return
  const bounds = boundsOf(problem, span)
  const best = answer.chosen?.state.best
  const { chosen, sums } = answer
  if (chosen && sums && best && !poolLasts(best.isHolder, sums.need, best.holders * chosen.spec.holderSeconds)) {
    addAbroad(events, abroadOf(chosen.spec), country.calls, bounds, best)
    return
  }
  addUnpaid(events, country.calls, problem.reading.prices, bounds, (caller) => best?.isHolder[caller] !== 1)
}

function certificateOf(problem: Problem, solved: Solved, cost: Micros, bound: Micros): Certificate {
  const countries = solved.countries.flatMap(({ licences, cases, sums }, place) => {
    const country = problem.countries[place]
    if (!country) return []
    const { callers, reading } = country
    const proved = cases.map(({ spec, state }) => caseOf(spec.idleMax, sums?.allCredits ?? 0, state))
    return [{ country: reading.country, licences, callers, cases: proved }]
  })
  return { cost, bound, countries }
}
