/**
 * The whole basket (docs/advice.md): licences per country, and the International plans of each. Countries meet only in the cap on
 * licences (L8) and the conference pool (L7), and within a country the two plans only in how many licensed users could hold an idle
 * plan. So every country has a curve over its licences, and the curves are joined exactly.
 */
import { assert } from '../assert.ts'
import type { Country } from '../country.ts'
import { countHolders } from './abroad.ts'
import { type AbroadSpec, AmountsTooLarge, sumsOf } from './abroad-spec.ts'
import { abroadSpecOf, conferencePool, domesticPool, type Problem, type Span } from './problem.ts'
import { type SearchState, upperBound } from './search.ts'
import { type Sums, sumsOfCalls } from './table.ts'

/** A question for the search. The caller runs it, with whatever clock and threads it has, and hands back the state. */
export interface Task {
  /** The same question has the same id in every run: a state that was kept can be continued. */
  readonly id: string
  readonly country: Country
  readonly spec: AbroadSpec
  /** Asides are worth little time: their answers only illustrate. */
  readonly effort: 'main' | 'aside'
}

export type Asking<T> = Generator<readonly Task[], T, readonly SearchState[]>

export interface SolvedCase {
  readonly idleMax: number
  readonly spec: AbroadSpec
  readonly state: SearchState
  readonly cost: number
  readonly bound: number
  readonly idle: number
}

export interface SolvedCountry {
  readonly licences: number
  readonly beyondDomestic: number
  /** Null where there is nothing to decide: then `abroad` are the credits of all covered calls. */
  readonly chosen: SolvedCase | null
  readonly cases: readonly SolvedCase[]
  readonly abroad: number
  readonly sums: Sums | null
}

export interface Solved {
  readonly span: Span
  readonly countries: readonly SolvedCountry[]
  readonly beyondConference: number
  /** Licences, plans and credits, without what every basket pays. */
  readonly cost: number
  readonly bound: number
}

export interface SolveOptions {
  readonly extraLicences: boolean
  readonly idleHolders: boolean
  readonly effort: Task['effort']
  /** Distinguishes this question from others about the same problem. */
  readonly name: string
}

/** One country while its curve is being found. */
interface Curve {
  readonly place: number
  readonly country: Country
  /** Licences [least, least + fixed.length). */
  readonly least: number
  /** Licences and domestic credits. */
  readonly fixed: Float64Array
  readonly beyond: Float64Array
  readonly idleLimit: (licences: number) => number
  readonly cases: SolvedCase[]
  /** What the covered calls cost where no plan is sold or nobody calls. */
  readonly plain: number
}

/** The cheapest constant basket for the months of `span`, and what no basket can cost less than. */
export function* solve(problem: Problem, span: Span, options: SolveOptions): Asking<Solved> {
  const conference = conferencePool(problem, span)
  const curves = problem.countries.map((_, place) => curveOf(problem, place, span, options))
  const withoutPlan = problem.reading.withoutPlan.length
  const max = problem.isAboveMax ? Number.POSITIVE_INFINITY : problem.input.rules.licencesMax - withoutPlan
  const beyondConference = (licences: number): number =>
    conference.beyond((licences + withoutPlan) * problem.input.rules.conferenceSeconds)
  const join = (value: 'cost' | 'bound'): Joined => joinCurves(curves, value, { max, beyondConference })

  let asked = curves.map((curve) => ({ curve, idleMax: curve.idleLimit(curve.least + curve.fixed.length - 1) }))
  for (;;) {
    const specs = asked.flatMap(({ curve, idleMax }) => {
      const spec = abroadSpecOf(problem, curve.place, span, idleMax)
      return spec ? [{ curve, idleMax, spec }] : []
    })
    const tasks = specs.map(({ curve, idleMax, spec }): Task => {
      const { country } = curve
      const id = `${options.name} ${country} ${span.from}-${span.to} idle ${idleMax}`
      return { id, country, spec, effort: options.effort }
    })
    const states = tasks.length > 0 ? yield tasks : []
    for (const [i, { curve, idleMax, spec }] of specs.entries()) {
      const state = states[i]
      assert(state, 'an answer to every question')
      curve.cases.push(caseOf(spec, idleMax, state))
    }
    const best = join('cost')
    const bound = join('bound')
    asked = bound.value < best.value ? openCases(curves, bound.licences) : []
    if (asked.length > 0) continue
    return {
      span,
      countries: curves.map((curve, i) => solvedCountry(problem, curve, best.licences[i] ?? curve.least, span)),
      beyondConference: beyondConference(best.licences.reduce((sum, licences) => sum + licences, 0)),
      cost: best.value,
      bound: Math.min(best.value, bound.value),
    }
  }
}

function curveOf(problem: Problem, place: number, span: Span, { extraLicences, idleHolders }: SolveOptions): Curve {
  const country = problem.countries[place]
  assert(country, 'a country of the problem')
  const { users, needed } = country.reading
  const least = needed.length
  const most = extraLicences ? users.length : least
  const pool = domesticPool(problem, place, span)
  const length = most - least + 1
  const beyond = Float64Array.from({ length }, (_, i) => pool.beyond((least + i) * country.domesticSeconds))
  const licence = country.licencePrice * (span.to - span.from)
  return {
    place,
    country: country.reading.country,
    least,
    fixed: beyond.map((credits, i) => credits + licence * (least + i)),
    beyond,
    idleLimit: (licences) => (idleHolders ? Math.max(0, licences - country.callers.length) : 0),
    cases: [],
    plain: abroadSpecOf(problem, place, span, 0) ? 0 : sumsOfCountry(problem, place, span).allCredits,
  }
}

function caseOf(spec: AbroadSpec, idleMax: number, state: SearchState): SolvedCase {
  const { allCredits } = sumsOf(spec)
  const { isHolder, holders, profit } = state.best
  return {
    idleMax,
    spec,
    state,
    cost: allCredits - profit,
    bound: Math.ceil(allCredits - upperBound(state)),
    idle: holders - countHolders(isHolder),
  }
}

/** For so many licences: the cheapest case that they allow, or the strongest bound of a case that allows at least as much. */
function abroadAt(curve: Curve, licences: number, value: 'cost' | 'bound'): number {
  if (curve.cases.length === 0) return curve.plain
  const limit = curve.idleLimit(licences)
  return curve.cases.reduce(
    (found, known) => {
      if (value === 'cost') return known.idle <= limit ? Math.min(found, known.cost) : found
      return known.idleMax >= limit ? Math.max(found, known.bound) : found
    },
    value === 'cost' ? Number.POSITIVE_INFINITY : 0,
  )
}

interface Joined {
  readonly value: number
  readonly licences: readonly number[]
}

/** The cheapest licences of all countries together; of equal ones the fewest. */
function joinCurves(
  curves: readonly Curve[],
  value: 'cost' | 'bound',
  { max, beyondConference }: { max: number; beyondConference: (licences: number) => number },
): Joined {
  const tables = curves.map((curve) => curve.fixed.map((fixed, i) => fixed + abroadAt(curve, curve.least + i, value)))
  const alone = tables.map((table) => table.reduce((least, sum, i) => (sum < (table[least] ?? 0) ? i : least), 0))
  const licencesAlone = curves.map(({ least }, i) => least + (alone[i] ?? 0))
  const least = curves.reduce((sum, curve) => sum + curve.least, 0)
  if (licencesAlone.reduce((sum, n) => sum + n, 0) <= max && beyondConference(least) === 0)
    return { value: tables.reduce((sum, table, i) => sum + (table[alone[i] ?? 0] ?? 0), 0), licences: licencesAlone }
  return joinAll(curves, tables, { max, beyondConference })
}

/** Min-plus over the countries: the cheapest for each total of licences. */
function joinAll(
  curves: readonly Curve[],
  tables: readonly Float64Array[],
  { max, beyondConference }: { max: number; beyondConference: (licences: number) => number },
): Joined {
  let values = new Float64Array(1)
  let least = 0
  const chosen: Int32Array[] = []
  for (const [i, curve] of curves.entries()) {
    const table = tables[i] ?? new Float64Array()
    const next = new Float64Array(values.length + table.length - 1).fill(Number.POSITIVE_INFINITY)
    const from = new Int32Array(next.length)
    for (let a = 0; a < values.length; a++) {
      for (let b = 0; b < table.length; b++) {
        const sum = (values[a] ?? 0) + (table[b] ?? 0)
        if (sum >= (next[a + b] ?? 0)) continue
        next[a + b] = sum
        from[a + b] = b
      }
    }
    values = next
    least += curve.least
    chosen.push(from)
  }
  let best = Number.POSITIVE_INFINITY
  let at = 0
  for (let i = 0; i < values.length && least + i <= max; i++) {
    const sum = (values[i] ?? 0) + beyondConference(least + i)
    if (sum >= best) continue
    best = sum
    at = i
  }
  const licences = curves.map(({ least: n }) => n)
  for (let i = curves.length - 1; i >= 0; i--) {
    const extra = chosen[i]?.[at] ?? 0
    licences[i] = (licences[i] ?? 0) + extra
    at -= extra
  }
  return { value: best, licences }
}

/**
 * Where the bound is lower than any basket because the best plans need more idle holders than those licences allow: the same question
 * with so few. A case that was stopped is no reason to ask another.
 */
function openCases(curves: readonly Curve[], licences: readonly number[]): { curve: Curve; idleMax: number }[] {
  return curves.flatMap((curve, i) => {
    const idleMax = curve.idleLimit(licences[i] ?? curve.least)
    const wider = curve.cases.filter((known) => known.idleMax >= idleMax)
    const isKnown = wider.some((known) => known.idleMax === idleMax || known.idle <= idleMax)
    const isProven = wider.every(({ state }) => state.status === 'proven')
    return wider.length > 0 && !isKnown && isProven ? [{ curve, idleMax }] : []
  })
}

function solvedCountry(problem: Problem, curve: Curve, licences: number, span: Span): SolvedCountry {
  const limit = curve.idleLimit(licences)
  const allowed = curve.cases.filter(({ idle }) => idle <= limit)
  const chosen = allowed.reduce<SolvedCase | null>((best, one) => (!best || one.cost < best.cost ? one : best), null)
  return {
    licences,
    beyondDomestic: curve.beyond[licences - curve.least] ?? 0,
    chosen,
    cases: curve.cases,
    abroad: chosen ? chosen.cost - chosen.spec.planPrice * chosen.state.best.holders : curve.plain,
    sums: problem.countries[curve.place]?.callers.length ? sumsOfCountry(problem, curve.place, span) : null,
  }
}

export function sumsOfCountry({ input, reading, countries }: Problem, place: number, { from, to }: Span): Sums {
  const country = countries[place]
  assert(country, 'a country of the problem')
  const { incrementSeconds } = input.rules
  const callers = country.callers.length
  const sums = sumsOfCalls(country.calls, reading.bounds.slice(from, to + 1), reading.prices, {
    callers,
    incrementSeconds,
  })
  if (!sums) throw new AmountsTooLarge()
  return sums
}
