/**
 * A made-up year of calls of a firm in three countries: people by kind of work, weekdays and hours, month ends, holidays, growth, long
 * tails of durations, few who call abroad much. By seed, so that every run measures the same calls.
 */
import { CATALOGUE_RULES, DEFAULT_ADVICE_OPTIONS } from '../src/core/advice/rules.ts'
import type { AdviceInput, AdviceUser, CallTarget } from '../src/core/advice/types.ts'
import type { Country } from '../src/core/country.ts'
import { type Currency, micros } from '../src/core/money.ts'
import type { Price } from '../src/core/rate.ts'
import { instant, nextPeriod, type Period, periodOf, type TimeZone } from '../src/core/time.ts'

export interface HistoryOptions {
  readonly users: number
  readonly calls: number
  readonly seed: number
  /** 1: normal; 3: three times as much calling abroad. */
  readonly abroad: number
  /** Per month, in whole units. */
  readonly licencePrice: number
  readonly planPrice: number
}

const COUNTRIES = ['CA', 'US', 'GB'] as const
const SHARES = [0.45, 0.3, 0.25] as const
const MONTHS = 12
const START = Date.UTC(2025, 10, 1)
const DESTINATIONS = 230
const HOURS = [0, 0, 0, 0, 0, 0, 1, 4, 9, 13, 14, 11, 7, 10, 13, 13, 11, 8, 4, 2, 1, 1, 0, 0]
const WEEKDAYS = [0.04, 1.08, 1.05, 1.02, 1, 0.85, 0.1]
const ZONE = 'UTC' as TimeZone

const WORK = {
  factory: { volume: 0, abroad: 0, seconds: 60 },
  office: { volume: 1, abroad: 0.1, seconds: 110 },
  sales: { volume: 3.2, abroad: 0.35, seconds: 150 },
  support: { volume: 4.5, abroad: 0.15, seconds: 210 },
  executive: { volume: 1.2, abroad: 0.5, seconds: 170 },
} as const
type Work = keyof typeof WORK

function mulberry(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function normal(random: () => number): number {
  let u = 0
  while (u === 0) u = random()
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random())
}

const priceOf = (fee: number, perMinute: number, initial: number, next: number): Price => ({
  connectionFeeMicros: BigInt(fee),
  rateMicrosPerMinute: BigInt(perMinute),
  initialIncrementSeconds: initial,
  nextIncrementSeconds: next,
  minimumSeconds: 0,
})

/** The first three are domestic, then a fixed and a mobile one for each destination. */
function makeTargets(): CallTarget[] {
  const random = mulberry(7)
  const targets: CallTarget[] = COUNTRIES.map((country) => ({
    kind: 'domestic',
    country: country as Country,
    prefix: country,
    price: priceOf(0, country === 'GB' ? 16_000 : 13_000, 60, 60),
  }))
  for (let i = 0; i < DESTINATIONS; i++) {
    const fixed = Math.round(Math.exp(Math.log(45_000) + normal(random) * 0.9))
    const mobile = fixed + Math.round(Math.exp(Math.log(90_000) + normal(random) * 0.6))
    const fee = random() < 0.25 ? Math.round(random() * 5) * 10_000 : 0
    const [initial = 60, next = 60] =
      [
        [60, 60],
        [60, 60],
        [60, 60],
        [30, 6],
        [1, 1],
      ][Math.floor(random() * 5)] ?? []
    for (const perMinute of [fixed, mobile]) {
      const price = priceOf(fee, perMinute, initial, next)
      targets.push({ kind: 'international', country: null, prefix: `${i}`, price })
    }
  }
  return targets
}

interface Person {
  readonly country: number
  readonly volume: number
  readonly abroad: number
  readonly favourites: readonly number[]
  readonly seconds: number
}

function makePerson(random: () => number, scale: number): Person {
  const x = random()
  let country = 0
  for (let sum = 0; country < COUNTRIES.length - 1; country++) {
    sum += SHARES[country] ?? 0
    if (x < sum) break
  }
  const y = random()
  const work: Work = y < 0.35 ? 'factory' : y < 0.7 ? 'office' : y < 0.85 ? 'sales' : y < 0.95 ? 'support' : 'executive'
  const volume = WORK[work].volume * Math.exp(normal(random) * 0.5)
  let abroad = 0
  if (work !== 'factory') {
    if (random() < WORK[work].abroad * 1.3)
      abroad = Math.min(0.9, Math.exp(Math.log(0.09) + normal(random) * 1.1)) * scale
    else abroad = random() < 0.3 ? 0.003 : 0
  }
  const count = 1 + Math.floor(random() * 4)
  const favourites = Array.from({ length: count }, () => Math.floor(random() ** 2 * DESTINATIONS))
  const seconds = Math.log(WORK[work].seconds) + normal(random) * 0.2
  return { country, volume, abroad: Math.min(0.95, abroad), favourites, seconds }
}

function dayFactors(random: () => number, days: number): Float64Array {
  return Float64Array.from({ length: days }, (_, day) => {
    const date = new Date(START + day * 86_400_000)
    const inMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    const [dayOfMonth, month] = [date.getUTCDate(), date.getUTCMonth()]
    let factor = WEEKDAYS[date.getUTCDay()] ?? 0
    if (dayOfMonth > inMonth - 4) factor *= 1.35
    if (dayOfMonth <= 2) factor *= 1.1
    if ((month === 11 && dayOfMonth > 22) || (month === 0 && dayOfMonth < 2)) factor *= 0.2
    if (month === 7) factor *= 0.75
    factor *= 1 + (0.15 * day) / days
    factor *= Math.exp(normal(random) * 0.08)
    if (random() < 0.02) factor *= 0.4 + random()
    return factor
  })
}

/** How many calls on a day: Poisson, with days that are busier than others. */
function countOf(random: () => number, expected: number): number {
  const mean = expected * Math.exp(normal(random) * 0.5 - 0.125)
  if (mean >= 30) return Math.max(0, Math.round(mean + normal(random) * Math.sqrt(mean)))
  let count = 0
  const least = Math.exp(-mean)
  for (let product = random(); product > least; product *= random()) count++
  return count
}

export function makeHistory(options: HistoryOptions): AdviceInput {
  const random = mulberry(options.seed)
  const targets = makeTargets()
  const people = Array.from({ length: options.users }, () => makePerson(random, options.abroad))
  const months = monthsFrom(START)
  const days = Math.round(((months.at(-1)?.end ?? 0) - START) / 86_400_000)
  const factors = dayFactors(random, days)
  const allDays = factors.reduce((sum, factor) => sum + factor, 0)
  const volume = people.reduce((sum, person) => sum + person.volume, 0)
  const hours = HOURS.reduce((sum, weight) => sum + weight, 0)
  const room = Math.ceil(options.calls * 1.2) + 1000
  const [answeredAt, seconds, user, target] = [0, 0, 0, 0].map(() => new Uint32Array(room)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  let length = 0
  for (let day = 0; day < days; day++) {
    for (const [index, person] of people.entries()) {
      if (person.volume === 0) continue
      const expected = ((options.calls / 0.999) * (factors[day] ?? 0) * person.volume) / allDays / volume
      const count = countOf(random, expected)
      for (let i = 0; i < count && length < room; i++) {
        let left = random() * hours
        let hour = 0
        while (left >= (HOURS[hour] ?? 1)) left -= HOURS[hour++] ?? 0
        answeredAt[length] = START / 1000 + day * 86_400 + hour * 3600 + Math.floor(random() * 3600)
        const isAbroad = random() < person.abroad
        const spoken = Math.max(1, Math.round(Math.exp(person.seconds + normal(random) * 1.05)))
        const talk = random() < 0.22 ? 0 : Math.min(14_400, spoken)
        seconds[length] = isAbroad ? Math.round(talk * 1.4) : talk
        user[length] = index
        target[length] = isAbroad ? abroadTarget(random, person) : person.country
        length++
      }
    }
  }
  const cut = (column: Uint32Array): Uint32Array => column.slice(0, length)
  return {
    tenantCountry: 'CA' as Country,
    currency: 'CAD' as Currency,
    zone: ZONE,
    months,
    users: people.map(
      ({ country }, index): AdviceUser => ({ key: `user-${index}`, location: COUNTRIES[country] as Country }),
    ),
    targets,
    calls: { length, answeredAt: cut(answeredAt), seconds: cut(seconds), user: cut(user), target: cut(target) },
    prices: {
      withPlan: new Map(
        COUNTRIES.map((country) => [
          country as Country,
          {
            licence: micros(BigInt(options.licencePrice) * 1_000_000n),
            international: micros(BigInt(options.planPrice) * 1_000_000n),
          },
        ]),
      ),
      withoutPlan: null,
    },
    rules: CATALOGUE_RULES,
    options: DEFAULT_ADVICE_OPTIONS,
  }
}

function abroadTarget(random: () => number, { favourites }: Person): number {
  const favourite = favourites[Math.floor(random() * favourites.length)] ?? 0
  const destination = random() < 0.75 ? favourite : Math.floor(random() ** 2 * DESTINATIONS)
  return COUNTRIES.length + 2 * destination + (random() < 0.45 ? 1 : 0)
}

function monthsFrom(start: number): Period[] {
  const months = [periodOf(instant(start), ZONE)]
  while (months.length < MONTHS) months.push(nextPeriod(months.at(-1) ?? periodOf(instant(start), ZONE), ZONE))
  return months
}
