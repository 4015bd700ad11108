/** One pass over the calls: who needs a licence (L1), what every basket pays, what each country's pools are asked for. */
import { type Country, licenceTypeOf, offerOf, planLocation } from '../country.ts'
import { type CreditPrices, creditPrices } from './credit-prices.ts'
import { monthBounds } from './pieces.ts'
import { type AdviceInput, type CallCount, type CallHistory, NO_USER } from './types.ts'

/** Users of one plan country and their calls, as places in the history in order of time. */
export interface CountryReading {
  readonly country: Country
  /** Indices of users. */
  readonly users: readonly number[]
  readonly needed: readonly number[]
  /** Per month, the rounded seconds of domestic calls: with this in the pool nothing is left for credits. */
  readonly domesticNeed: Float64Array
  readonly domestic: Uint32Array
  /** Calls that the International plan covers. */
  readonly abroad: Uint32Array
}

export interface Reading {
  readonly bounds: readonly number[]
  readonly prices: CreditPrices
  readonly countries: readonly CountryReading[]
  /** External calls per user. */
  readonly out: Uint32Array
  readonly in: Uint32Array
  /** Users who need a licence without plan, or would if one were sold; and everybody there. */
  readonly withoutPlan: readonly number[]
  readonly withoutPlanUsers: readonly number[]
  readonly notAvailable: readonly number[]
  readonly notAvailableUsers: readonly number[]
  /** Places of calls that credits pay in every basket, and of conference calls. */
  readonly always: Uint32Array
  readonly conference: Uint32Array
  readonly conferenceNeed: Float64Array
  readonly unrated: CallCount
  readonly barred: CallCount
  readonly outsideMonths: CallCount
  readonly ownCarrier: CallCount
}

/** Where a user belongs: a plan country (its place in `countries`), or one of these. */
const WITHOUT_PLAN = -1
const NOT_AVAILABLE = -2

export function readCalls(input: AdviceInput): Reading {
  const { users, calls, targets, rules } = input
  const bounds = monthBounds(input.months)
  const groups = groupUsers(input)
  const kinds = targets.map(({ kind }) => kind)
  const isPriced = targets.map(({ price }) => price !== null)
  const out = new Uint32Array(users.length)
  const incoming = new Uint32Array(users.length)
  const lists = groups.countries.map(() => ({
    domesticNeed: new Float64Array(input.months.length),
    domestic: newList(calls.length),
    abroad: newList(0),
  }))
  const always = newList(0)
  const conference = newList(0)
  const conferenceNeed = new Float64Array(input.months.length)
  const counts = { unrated: noCalls(), barred: noCalls(), outsideMonths: noCalls(), ownCarrier: noCalls() }
  const [first = 0] = bounds
  const last = bounds.at(-1) ?? 0

  for (let i = 0; i < calls.length; i++) {
    const at = calls.answeredAt[i] ?? 0
    const seconds = calls.seconds[i] ?? 0
    const target = calls.target[i] ?? 0
    const kind = kinds[target] ?? 'barred'
    if (at >= last || at + seconds < first || (seconds === 0 && at < first)) {
      count(counts.outsideMonths, seconds)
      continue
    }
    if (kind === 'internal' || kind === 'emergency') continue
    if (kind === 'barred') {
      count(counts.barred, seconds)
      continue
    }
    const user = calls.user[i] ?? NO_USER
    if (user !== NO_USER) {
      const direction = kind === 'inbound' ? incoming : out
      direction[user] = (direction[user] ?? 0) + 1
    }
    if (kind === 'inbound' || kind === 'free-out' || seconds === 0) continue
    const group = user === NO_USER ? 0 : (groups.of[user] ?? NOT_AVAILABLE)
    if (group < 0) {
      count(counts.ownCarrier, seconds)
      continue
    }
    if (!isPriced[target]) count(counts.unrated, seconds)
    const list = lists[group]
    if (kind === 'domestic' && list) {
      list.domestic.push(i)
      addNeed(list.domesticNeed, bounds, Math.max(first, at), Math.min(last, at + seconds), rules.incrementSeconds)
    } else if (kind === 'international' && list) list.abroad.push(i)
    else if (kind === 'conference') {
      conference.push(i)
      addNeed(conferenceNeed, bounds, Math.max(first, at), Math.min(last, at + seconds), rules.incrementSeconds)
    } else always.push(i)
  }

  const isNeeded = (user: number): boolean => (out[user] ?? 0) + (incoming[user] ?? 0) > 0
  const inGroup = (group: number): number[] => [...users.keys()].filter((user) => groups.of[user] === group)
  return {
    bounds,
    prices: creditPrices(targets.map(({ price }) => price)),
    countries: groups.countries.map((country, group) => {
      const members = inGroup(group)
      const list = lists[group] ?? { domesticNeed: new Float64Array(), domestic: newList(0), abroad: newList(0) }
      return {
        country,
        users: members,
        needed: members.filter(isNeeded),
        domesticNeed: list.domesticNeed,
        domestic: inTimeOrder(list.domestic.finish(), calls),
        abroad: inTimeOrder(list.abroad.finish(), calls),
      }
    }),
    out,
    in: incoming,
    withoutPlan: inGroup(WITHOUT_PLAN).filter(isNeeded),
    withoutPlanUsers: inGroup(WITHOUT_PLAN),
    notAvailable: inGroup(NOT_AVAILABLE).filter(isNeeded),
    notAvailableUsers: inGroup(NOT_AVAILABLE),
    always: inTimeOrder(always.finish(), calls),
    conference: inTimeOrder(conference.finish(), calls),
    conferenceNeed,
    ...counts,
  }
}

/**
 * L2, L8: the tenant's country decides whether licences with plan can be bought at all; a user's location whether they fit there.
 * Others of a country where licences without plan are sold get one through a partner.
 */
function groupUsers({ tenantCountry, users }: AdviceInput): { countries: Country[]; of: Int32Array } {
  const countries: Country[] = []
  const of = new Int32Array(users.length)
  const hasPlans = licenceTypeOf(tenantCountry) === 'with-calling-plan'
  const isSold = licenceTypeOf(tenantCountry) !== 'not-available'
  for (const [user, { location }] of users.entries()) {
    const country = hasPlans ? planLocation(location) : null
    if (country === null) {
      of[user] = isSold && offerOf(location) !== null ? WITHOUT_PLAN : NOT_AVAILABLE
      continue
    }
    let group = countries.indexOf(country)
    if (group === -1) group = countries.push(country) - 1
    of[user] = group
  }
  return { countries, of }
}

/** Rounded seconds per month: each month's part of a call by itself (P8, P9). */
function addNeed(need: Float64Array, bounds: readonly number[], from: number, to: number, increment: number): void {
  let month = 0
  while (from >= (bounds[month + 1] ?? 0)) month++
  for (let start = from; start < to; month++) {
    const end = Math.min(to, bounds[month + 1] ?? to)
    need[month] = (need[month] ?? 0) + Math.ceil((end - start) / increment) * increment
    start = end
  }
}

const noCalls = (): { calls: number; seconds: number } => ({ calls: 0, seconds: 0 })

function count(counts: { calls: number; seconds: number }, seconds: number): void {
  counts.calls++
  counts.seconds += seconds
}

interface List {
  push(value: number): void
  finish(): Uint32Array
}

/** Places of calls, in an array that grows. */
function newList(expected: number): List {
  let values = new Uint32Array(Math.min(Math.max(expected >> 1, 1024), 2 ** 20))
  let length = 0
  return {
    push(value) {
      if (length === values.length) {
        const larger = new Uint32Array(length * 2)
        larger.set(values)
        values = larger
      }
      values[length++] = value
    },
    finish: () => values.slice(0, length),
  }
}

/** By answer time; places in the history, which are the order of call ids, decide between equal times (P10). */
function inTimeOrder(places: Uint32Array, { answeredAt }: CallHistory): Uint32Array {
  let isInOrder = true
  for (let i = 1; i < places.length; i++)
    if ((answeredAt[places[i] ?? 0] ?? 0) < (answeredAt[places[i - 1] ?? 0] ?? 0)) isInOrder = false
  if (isInOrder) return places
  const length = 2 ** 21
  if (answeredAt.length > length) return places.sort((a, b) => (answeredAt[a] ?? 0) - (answeredAt[b] ?? 0) || a - b)
  const keys = Float64Array.from(places, (place) => (answeredAt[place] ?? 0) * length + place)
  keys.sort()
  return Uint32Array.from(keys, (key) => key % length)
}
