/**
 * Five questions for those who have no call records (G1): head-counts by kind of work and what they expect to call become a month of
 * calls, and that month is advised on by the same rules as a real one. Nothing is random: the same answers give the same advice.
 */
import { type CountryCode, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { lineKindOf } from '../authorise.ts'
import { classifyOutbound } from '../classification.ts'
import { type Country, internationalPlanCovers, licenceTypeOf, offerOf } from '../country.ts'
import type { Currency } from '../money.ts'
import { type E164, parseE164 } from '../numbering.ts'
import { findRate, type RateDeck } from '../rate-deck.ts'
import { type Instant, nextPeriod, type Period, periodOf, type TimeZone } from '../time.ts'
import { DEFAULT_ADVICE_OPTIONS } from './rules.ts'
import { freeTarget } from './target.ts'
import {
  type AdviceInput,
  type AdvicePrices,
  type AdviceUser,
  type CallHistory,
  type CallTarget,
  NO_USER,
  type PoolRules,
} from './types.ts'

/** One kind of work in one country. */
export interface Group {
  readonly name: string
  readonly people: number
  readonly country: Country
  /** L1: do they call, or are they called by, anybody outside? */
  readonly callsOutside: boolean
  /** Per person and month, within the own country (US and Canada are one). */
  readonly domesticMinutes: number
  /** Per person and month, by country called. */
  readonly abroad: readonly { readonly country: Country; readonly minutes: number }[]
}

export interface Answers {
  /** Of the organisation: decides which licences it may have (L2). */
  readonly country: Country
  readonly groups: readonly Group[]
  /** Minutes a month that customers call a toll-free number; null: none is wanted. */
  readonly tollFreeMinutes: number | null
  /** There are numbers at another carrier that should be kept. */
  readonly keepsNumbers: boolean
}

export interface AnswersContext {
  readonly currency: Currency
  readonly zone: TimeZone
  readonly prices: AdvicePrices
  readonly rules: PoolRules
  readonly deck: RateDeck
  readonly at: Instant
}

/** Enough for every call to be one of some minutes, and few enough for an answer at once. */
const CALLS_MAX = 20_000
/** A business call takes about three minutes. */
const CALL_SECONDS = 180
const FIRST_HOUR = 9
const OFFICE_HOURS = 8

/** The month after `at` with the calls that the answers describe. */
export function inputOfAnswers(answers: Answers, context: AnswersContext): AdviceInput {
  const { currency, zone, prices, rules, at } = context
  const period = nextPeriod(periodOf(at, zone), zone)
  const users: AdviceUser[] = []
  const targets = new Targets(context)
  const plans: PlannedCalls[] = []
  for (const group of answers.groups) {
    for (let person = 0; person < group.people; person++) {
      const user = users.push({ key: `${group.name} ${person + 1}`, location: group.country }) - 1
      if (!group.callsOutside) continue
      // L1: a call from outside is enough to need a licence, also where nobody expects to call out.
      plans.push({ user, seconds: 0, targets: [targets.free] })
      if (group.domesticMinutes > 0)
        plans.push({ user, seconds: group.domesticMinutes * 60, targets: targets.of(group.country, group.country) })
      for (const { country, minutes } of group.abroad)
        if (minutes > 0) plans.push({ user, seconds: minutes * 60, targets: targets.of(group.country, country) })
    }
  }
  if (answers.tollFreeMinutes !== null) {
    const target = targets.tollFree(answers.country)
    plans.push({ user: NO_USER, seconds: answers.tollFreeMinutes * 60, targets: [target] })
  }
  return {
    tenantCountry: answers.country,
    currency,
    zone,
    months: [period],
    users,
    targets: targets.all,
    calls: callsOf(plans, period),
    prices,
    rules,
    options: { ...DEFAULT_ADVICE_OPTIONS, extras: false },
  }
}

interface PlannedCalls {
  readonly user: number
  /** Of the whole month; 0: one call that costs nothing. */
  readonly seconds: number
  /** In turn: landlines and mobiles. */
  readonly targets: readonly number[]
}

/** Spread over the working hours of the month, each plan at times of its own. */
function callsOf(plans: readonly PlannedCalls[], period: Period): CallHistory {
  const total = plans.reduce((sum, plan) => sum + plan.seconds, 0)
  const length = Math.max(CALL_SECONDS, Math.ceil(total / CALLS_MAX))
  const days = workingDays(period)
  const rows: { at: number; seconds: number; user: number; target: number }[] = []
  for (const [index, { user, seconds, targets }] of plans.entries()) {
    const count = Math.max(1, Math.ceil(seconds / length))
    for (let call = 0; call < count; call++) {
      const spoken = call + 1 < count ? length : seconds - length * (count - 1)
      // The golden ratio spreads any number of points evenly; every plan begins elsewhere.
      const place = ((call + 1) * 0.618_033_988_75 + index * 0.754_877_666_25) % 1
      const day = days[Math.floor(place * days.length)] ?? period.start / 1000
      const second = Math.floor(((place * days.length) % 1) * OFFICE_HOURS * 3600)
      const target = targets[call % targets.length] ?? 0
      rows.push({ at: Math.floor(day) + FIRST_HOUR * 3600 + second, seconds: spoken, user, target })
    }
  }
  rows.sort((a, b) => a.at - b.at)
  const column = (pick: (row: (typeof rows)[number]) => number): Uint32Array => Uint32Array.from(rows, pick)
  return {
    length: rows.length,
    answeredAt: column((row) => row.at),
    seconds: column((row) => row.seconds),
    user: column((row) => row.user),
    target: column((row) => row.target),
  }
}

/** Beginnings of the days of the month, in seconds, that are not Saturdays or Sundays where the month begins. */
function workingDays({ start, end }: Period): number[] {
  const days: number[] = []
  // Noon tells the weekday whatever the zone does to its clocks; half a day less begins it.
  for (let day = start / 1000; day + 86_400 <= end / 1000; day += 86_400) {
    const weekday = new Date((day + 43_200) * 1000).getUTCDay()
    if (weekday !== 0 && weekday !== 6) days.push(day)
  }
  return days
}

/** How calls between two countries are paid, interned. */
class Targets {
  readonly all: CallTarget[] = []
  readonly free: number
  private readonly context: AnswersContext
  private readonly known = new Map<string, readonly number[]>()

  constructor(context: AnswersContext) {
    this.context = context
    this.free = this.all.push(freeTarget('inbound')) - 1
  }

  /** Landlines and mobiles of a country, in turn; within the own country and the US–Canada zone one price serves. */
  of(from: Country, to: Country): readonly number[] {
    const key = `${from} ${to}`
    const known = this.known.get(key)
    if (known) return known
    const made = this.make(from, to)
    this.known.set(key, made)
    return made
  }

  private make(from: Country, to: Country): readonly number[] {
    const number = exampleOf(to)
    if (number === null) return [this.all.push({ kind: 'barred', country: to, prefix: '', price: null }) - 1]
    const seen = classifyOutbound(number, from)
    const isDomestic = seen.classification === 'domestic'
    const kind = isDomestic ? 'domestic' : internationalPlanCovers(to) ? 'international' : 'credits'
    const lines = isDomestic ? (['fixed'] as const) : (['fixed', 'mobile'] as const)
    return lines.map((line) => {
      const digits = number.slice(1)
      const { deck, currency, at } = this.context
      // Of a mobile number asked for as a landline, the row of its whole country is found.
      const price = findRate(deck, { direction: 'out', digits, origin: from, lineKind: lineKindOf(line), currency, at })
      return this.all.push({ kind, country: to, prefix: price?.prefix ?? digits.slice(0, 5), price }) - 1
    })
  }

  /** W2: what callers of a toll-free number of this country cost. */
  tollFree(country: Country): number {
    const { deck, currency, at } = this.context
    const digits = TOLL_FREE_EXAMPLES[country] ?? ''
    const query = { direction: 'toll-free-in', digits, origin: country, lineKind: 'any', currency, at } as const
    const price = digits === '' ? null : findRate(deck, query)
    return this.all.push({ kind: 'toll-free-in', country, prefix: price?.prefix ?? digits, price }) - 1
  }
}

/** A toll-free number of each country where they are sold with a plan. */
const TOLL_FREE_EXAMPLES: Readonly<Record<string, string>> = {
  CA: '18005550100',
  US: '18005550100',
  GB: '448081570000',
}

function exampleOf(country: Country): E164 | null {
  const example = getExampleNumber(country as string as CountryCode, examples)
  return example ? parseE164(example.number) : null
}

/** What to do first, in order (G1); the words are elsewhere. */
export type FirstStep =
  | { readonly code: 'nothing' }
  | { readonly code: 'buy-licences'; readonly seats: number }
  | { readonly code: 'assign-licences'; readonly seats: number }
  | { readonly code: 'assign-international'; readonly seats: number }
  | { readonly code: 'emergency-location' }
  | { readonly code: 'fund-credits' }
  | { readonly code: 'port-numbers' }
  | { readonly code: 'order-numbers' }
  | { readonly code: 'toll-free-number' }
  | { readonly code: 'ask-a-partner'; readonly countries: readonly Country[] }
  | { readonly code: 'connect-own-carrier'; readonly countries: readonly Country[] }
  | { readonly code: 'not-available'; readonly countries: readonly Country[] }

/** The steps from nothing to a ringing phone for this basket (G2, G3, L2–L4). */
export function firstSteps(
  answers: Answers,
  basket: { licences: number; holders: number; needsCredits: boolean },
): FirstStep[] {
  const countriesOf = (type: ReturnType<typeof licenceTypeOf>): Country[] => [
    ...new Set(
      answers.groups
        .filter((group) => group.callsOutside && group.people > 0 && licenceTypeOf(group.country) === type)
        .map((group) => group.country),
    ),
  ]
  const withoutPlan = countriesOf('without-calling-plan')
  const notAvailable = countriesOf('not-available')
  const steps: FirstStep[] = []
  if (basket.licences > 0) {
    steps.push({ code: 'buy-licences', seats: basket.licences }, { code: 'emergency-location' })
    steps.push({ code: answers.keepsNumbers ? 'port-numbers' : 'order-numbers' })
    steps.push({ code: 'assign-licences', seats: basket.licences })
    if (basket.holders > 0) steps.push({ code: 'assign-international', seats: basket.holders })
  }
  if (basket.needsCredits) steps.push({ code: 'fund-credits' })
  if (answers.tollFreeMinutes !== null && offerOf(answers.country)?.licenceType === 'with-calling-plan')
    steps.push({ code: 'toll-free-number' })
  if (withoutPlan.length > 0)
    steps.push(
      { code: 'ask-a-partner', countries: withoutPlan },
      { code: 'connect-own-carrier', countries: withoutPlan },
    )
  if (notAvailable.length > 0) steps.push({ code: 'not-available', countries: notAvailable })
  return steps.length === 0 ? [{ code: 'nothing' }] : steps
}
