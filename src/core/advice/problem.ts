/** What has to be decided, per plan country and for some of the months: cut out of the reading of the calls. */
import { assert } from '../assert.ts'
import type { AbroadSpec } from './abroad-spec.ts'
import { AmountsTooLarge } from './abroad-spec.ts'
import type { CallColumns } from './pieces.ts'
import type { CountryReading, Reading } from './reading.ts'
import { makeSharedPool, type SharedPool } from './shared-pool.ts'
import type { AdviceInput } from './types.ts'

export interface CountryProblem {
  readonly reading: CountryReading
  /** Users with calls that the International plan covers, as indices of users; columns count them by place. */
  readonly callers: readonly number[]
  readonly calls: CallColumns
  /** Per licence and month, in micros; 0 where the price list has none. Of the International plan null where none is sold. */
  readonly licencePrice: number
  readonly planPrice: number | null
  readonly domesticSeconds: number
}

export interface Problem {
  readonly input: AdviceInput
  readonly reading: Reading
  readonly countries: readonly CountryProblem[]
  /** Without the cap: more are needed than it allows (L8). */
  readonly isAboveMax: boolean
}

/** Months [from, to) of the horizon. */
export interface Span {
  readonly from: number
  readonly to: number
}

export function problemOf(input: AdviceInput, reading: Reading): Problem {
  const countries = reading.countries.map((country): CountryProblem => {
    const prices = input.prices.withPlan.get(country.country)
    const { callers, calls } = callersOf(input, country.abroad)
    return {
      reading: country,
      callers,
      calls,
      licencePrice: Number(prices?.licence ?? 0n),
      planPrice: prices?.international === null || !prices ? null : Number(prices.international),
      domesticSeconds: input.rules.domesticSeconds.get(country.country) ?? 0,
    }
  })
  const needed = reading.countries.reduce((sum, country) => sum + country.needed.length, reading.withoutPlan.length)
  return { input, reading, countries, isAboveMax: needed > input.rules.licencesMax }
}

function callersOf({ calls }: AdviceInput, places: Uint32Array): { callers: number[]; calls: CallColumns } {
  const callers: number[] = []
  const placeOf = new Map<number, number>()
  const columns = columnsOf(calls, places, (user) => {
    let place = placeOf.get(user)
    if (place === undefined) {
      place = callers.push(user) - 1
      placeOf.set(user, place)
    }
    return place
  })
  return { callers, calls: columns }
}

/** Some calls as columns of their own; the caller column by `caller`. */
export function columnsOf(
  { answeredAt, seconds, target, user }: AdviceInput['calls'],
  places: Uint32Array,
  caller: (user: number) => number,
): CallColumns {
  const pick = (column: Uint32Array): Uint32Array => {
    const picked = new Uint32Array(places.length)
    for (let i = 0; i < places.length; i++) picked[i] = column[places[i] ?? 0] ?? 0
    return picked
  }
  const callers = new Uint32Array(places.length)
  for (let i = 0; i < places.length; i++) callers[i] = caller(user[places[i] ?? 0] ?? 0)
  return {
    length: places.length,
    answeredAt: pick(answeredAt),
    seconds: pick(seconds),
    caller: callers,
    price: pick(target),
  }
}

export const boundsOf = ({ reading }: Problem, { from, to }: Span): readonly number[] =>
  reading.bounds.slice(from, to + 1)

/** The International question of a country; null where there is no choice: nobody calls, or no plan is sold (or `unsold` priced). */
export function abroadSpecOf(
  problem: Problem,
  place: number,
  span: Span,
  idleMax: number,
  unsold: number | null = null,
): AbroadSpec | null {
  const country = problem.countries[place]
  const planPrice = country?.planPrice ?? unsold
  if (!country || planPrice === null || country.callers.length === 0) return null
  const { rules, targets } = problem.input
  return {
    calls: country.calls,
    bounds: boundsOf(problem, span),
    prices: targets.map(({ price }) => price),
    rules,
    callers: country.callers.length,
    idleMax,
    planPrice: planPrice * (span.to - span.from),
    holderSeconds: rules.internationalSeconds,
  }
}

export function domesticPool({ input, reading, countries }: Problem, place: number, span: Span): SharedPool {
  const country = countries[place]
  assert(country, 'a country of the problem')
  const { domestic, domesticNeed, needed } = country.reading
  return makeSharedPool(() => columnsOf(input.calls, domestic, () => 0), {
    bounds: reading.bounds.slice(span.from, span.to + 1),
    need: domesticNeed.slice(span.from, span.to),
    leastSeconds: needed.length * country.domesticSeconds,
    prices: reading.prices,
    rules: input.rules,
  })
}

/** L7: one pool for the tenant, by purchased voice licences of both kinds. */
export function conferencePool({ input, reading, countries }: Problem, span: Span): SharedPool {
  const least = countries.reduce((sum, { reading: { needed } }) => sum + needed.length, reading.withoutPlan.length)
  return makeSharedPool(() => columnsOf(input.calls, reading.conference, () => 0), {
    bounds: reading.bounds.slice(span.from, span.to + 1),
    need: reading.conferenceNeed.slice(span.from, span.to),
    leastSeconds: least * input.rules.conferenceSeconds,
    prices: reading.prices,
    rules: input.rules,
  })
}

/** What credits pay in every basket: calls that no plan covers, and, where the International plan is not sold, those abroad. */
export function alwaysCredits(problem: Problem, span: Span): number {
  const { input, reading } = problem
  const bounds = boundsOf(problem, span)
  const [first = 0] = bounds
  const last = bounds.at(-1) ?? 0
  let sum = 0
  for (const place of reading.always) {
    const at = input.calls.answeredAt[place] ?? 0
    const from = Math.max(first, at)
    const to = Math.min(last, at + (input.calls.seconds[place] ?? 0))
    if (from < to) sum += reading.prices.cost(input.calls.target[place] ?? 0, to - from)
  }
  if (!Number.isSafeInteger(sum)) throw new AmountsTooLarge()
  return sum
}

/** L4: the same in every basket; 0 where only the partner knows the price. */
export function withoutPlanLicences({ input, reading }: Problem, { from, to }: Span): bigint {
  return (input.prices.withoutPlan ?? 0n) * BigInt(reading.withoutPlan.length * (to - from))
}
