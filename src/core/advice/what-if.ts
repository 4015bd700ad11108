/**
 * What would these months have cost with other people, plans, rates or more calls? With nothing changed the funding is the one that was
 * recorded, so the answer is the bill to the sixth decimal. With something changed nobody recorded who would have paid: then pools are
 * drawn in the canonical order, a minute at a time (P10), and `order` says so.
 */
import type { Country } from '../country.ts'
import { type Micros, micros } from '../money.ts'
import { costOf as creditsOf, type Price } from '../rate.ts'
import { advise } from './advise.ts'
import { costOfBasket } from './basket-cost.ts'
import type { Task } from './join.ts'
import { problemOf } from './problem.ts'
import { readCalls } from './reading.ts'
import type { Pace } from './search.ts'
import { scaleCalls } from './sensitivity.ts'
import {
  type AdviceInput,
  type AdvicePrices,
  type AdviceUser,
  type Basket,
  type CallHistory,
  type CallTarget,
  type CostLines,
  NO_USER,
} from './types.ts'

/** What the wallet paid of one call, as its record says; calls that a plan paid alone are not here. */
export interface RecordedPart {
  readonly line: 'beyondDomestic' | 'abroad' | 'beyondConference' | 'always'
  /** As spoken. */
  readonly walletSeconds: number
  /** The row that it was authorised with (R2). */
  readonly price: Price
}

export interface WhatIfChange {
  /** How many people there are of each user: 0 leaves, 2 hires another who calls the same. Others stay. */
  readonly heads?: ReadonlyMap<number, number>
  /** Other rates: a target for each place of the old ones. */
  readonly targets?: readonly CallTarget[]
  readonly prices?: AdvicePrices
  /** Another basket, or the cheapest. People who left hold nothing; those hired hold nothing yet. */
  readonly basket?: Basket | 'best'
  /** Parts per hundred of the calls. */
  readonly percent?: number
}

export interface WhatIf {
  readonly order: 'recorded' | 'canonical'
  readonly basket: Basket
  readonly costs: CostLines
  /** Licences, plans and credits of the months as they were, by the same order. */
  readonly before: CostLines
  /** `stopped`: the cheapest basket could not be proven in the time. */
  readonly status: 'proven' | 'stopped' | 'given'
  /** L1: people with calls outside per country with a plan; a basket with fewer licences would leave some of them without. */
  readonly needed: ReadonlyMap<Country, number>
}

/** Replays the months; `current` is what the tenant has. */
export function whatIf(
  input: AdviceInput,
  current: Basket,
  recorded: readonly RecordedPart[],
  change: WhatIfChange,
  paceOf?: (task: Task) => Pace,
): WhatIf {
  if (isUnchanged(change, current)) {
    const costs = recordedCosts(input, current, recorded)
    return { order: 'recorded', basket: current, costs, before: costs, status: 'given', needed: new Map() }
  }
  const span = { from: 0, to: input.months.length }
  const before = costOfBasket(problemOf(input, readCalls(input)), span, current).costs
  const { changed, keeps } = changedInput(input, change)
  if (change.basket === 'best') {
    const { basket, costs, status } = advise({ ...changed, options: { ...changed.options, extras: false } }, paceOf)
    return { order: 'canonical', basket, costs, before, status, needed: new Map() }
  }
  const basket = keeps(change.basket ?? current)
  const reading = readCalls(changed)
  const { costs } = costOfBasket(problemOf(changed, reading), span, basket)
  const needed = new Map(reading.countries.map(({ country, needed: people }) => [country, people.length]))
  return { order: 'canonical', basket, costs, before, status: 'given', needed }
}

const isUnchanged = ({ heads, targets, prices, basket, percent }: WhatIfChange, current: Basket): boolean =>
  [...(heads?.values() ?? [])].every((count) => count === 1) &&
  targets === undefined &&
  prices === undefined &&
  (basket === undefined || (basket !== 'best' && isSameBasket(basket, current))) &&
  (percent ?? 100) === 100

/** A country with nothing in it is as good as none; the order of holders says nothing. */
function isSameBasket(one: Basket, other: Basket): boolean {
  const textOf = ({ withoutPlan, countries }: Basket): string =>
    JSON.stringify([
      withoutPlan,
      countries
        .filter(({ licences, holders, idleHolders }) => licences + holders.length + idleHolders > 0)
        .map(({ country, licences, holders, idleHolders }) => [
          country,
          licences,
          [...holders].sort((a, b) => a - b),
          idleHolders,
        ])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    ])
  return textOf(one) === textOf(other)
}

/** The bill: each call's wallet part priced once by its own row. */
function recordedCosts(input: AdviceInput, basket: Basket, recorded: readonly RecordedPart[]): CostLines {
  const sums = { beyondDomestic: 0n, abroad: 0n, beyondConference: 0n, always: 0n }
  for (const { line, walletSeconds, price } of recorded) sums[line] += creditsOf(price, walletSeconds)
  const months = BigInt(input.months.length)
  let licences = BigInt(basket.withoutPlan) * (input.prices.withoutPlan ?? 0n) * months
  let international = 0n
  for (const { country, licences: count, holders, idleHolders } of basket.countries) {
    const prices = input.prices.withPlan.get(country)
    licences += BigInt(count) * (prices?.licence ?? 0n) * months
    international += BigInt(holders.length + idleHolders) * (prices?.international ?? 0n) * months
  }
  const lines = { licences, international, ...sums }
  const money = (value: bigint): Micros => micros(value)
  return {
    licences: money(lines.licences),
    international: money(lines.international),
    beyondDomestic: money(lines.beyondDomestic),
    abroad: money(lines.abroad),
    beyondConference: money(lines.beyondConference),
    always: money(lines.always),
    total: money(Object.values(lines).reduce((sum, line) => sum + line, 0n)),
  }
}

/** The history with other people, rates, prices or amounts of calls; and a basket of the old users as one of the new. */
function changedInput(
  input: AdviceInput,
  { heads, targets, prices, percent }: WhatIfChange,
): { changed: AdviceInput; keeps: (basket: Basket) => Basket } {
  const people = withHeads(input, heads ?? new Map())
  const calls = percent === undefined || percent === 100 ? people.calls : scaleCalls(people.calls, percent)
  const changed = {
    ...input,
    users: people.users,
    calls,
    targets: targets ?? input.targets,
    prices: prices ?? input.prices,
  }
  const keeps = (basket: Basket): Basket => ({
    ...basket,
    countries: basket.countries.map((country) => ({
      ...country,
      holders: country.holders.flatMap((user) => people.placesOf[user]?.slice(0, 1) ?? []),
    })),
  })
  return { changed, keeps }
}

/** Each person of a user makes all of that user's calls, at the same times. */
function withHeads(
  { users, calls }: AdviceInput,
  heads: ReadonlyMap<number, number>,
): { users: AdviceUser[]; calls: CallHistory; placesOf: readonly (readonly number[])[] } {
  const people: AdviceUser[] = []
  const placesOf = users.map((user, i) =>
    Array.from(
      { length: heads.get(i) ?? 1 },
      (_, n) => people.push(n === 0 ? user : { ...user, key: `${user.key} #${n + 1}` }) - 1,
    ),
  )
  const placesAt = (i: number): readonly number[] => {
    const user = calls.user[i] ?? NO_USER
    return user === NO_USER ? NOBODY : (placesOf[user] ?? [])
  }
  let length = 0
  for (let i = 0; i < calls.length; i++) length += placesAt(i).length
  const repeated = {
    length,
    answeredAt: new Uint32Array(length),
    seconds: new Uint32Array(length),
    user: new Uint32Array(length),
    target: new Uint32Array(length),
  }
  for (let i = 0, at = 0; i < calls.length; i++) {
    for (const place of placesAt(i)) {
      repeated.answeredAt[at] = calls.answeredAt[i] ?? 0
      repeated.seconds[at] = calls.seconds[i] ?? 0
      repeated.user[at] = place
      repeated.target[at] = calls.target[i] ?? 0
      at++
    }
  }
  return { users: people, placesOf, calls: repeated }
}

const NOBODY = [NO_USER]
