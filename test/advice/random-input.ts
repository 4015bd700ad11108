/** Small random tenants with everything in them, by seed, and the price of their cheapest basket by trying all of them. */
import { DEFAULT_ADVICE_OPTIONS } from '../../src/core/advice/rules.ts'
import type { AdviceInput, CallKind, CallTarget, PoolRules } from '../../src/core/advice/types.ts'
import { NO_USER } from '../../src/core/advice/types.ts'
import type { Country } from '../../src/core/country.ts'
import { type Currency, micros } from '../../src/core/money.ts'
import type { Price } from '../../src/core/rate.ts'
import { instant, nextPeriod, periodOf, type TimeZone } from '../../src/core/time.ts'
import { generator } from './random-abroad.ts'
import { type PlainCall, type PlainPrice, type PoolOfMonth, plainCost, referenceCredits } from './reference.ts'

const LOCATIONS = ['CA', 'GB', 'US', 'PR', 'FR', 'ZZ'] as Country[]
const KINDS: CallKind[] = [
  'domestic',
  'domestic',
  'international',
  'international',
  'international',
  'internal',
  'inbound',
  'free-out',
  'credits',
  'conference',
  'barred',
]
const ZONES = ['America/Toronto', 'Europe/London', 'UTC'] as TimeZone[]

export function randomInput(seed: number): AdviceInput {
  const random = generator(seed)
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1))
  const pick = <T>(list: readonly T[]): T => list[between(0, list.length - 1)] as T
  const zone = pick(ZONES)
  const first = periodOf(instant(Date.UTC(2026, between(0, 11), 15)), zone)
  const months = [first]
  for (let i = between(0, 2); i > 0; i--) months.push(nextPeriod(months.at(-1) ?? first, zone))
  const users = Array.from({ length: between(1, 9) }, (_, i) => ({
    key: `u${i}`,
    location: pick(LOCATIONS.slice(0, between(1, 6))),
  }))
  const targets = KINDS.flatMap((kind): CallTarget[] =>
    [0, 1].map((n) => ({
      kind,
      country: null,
      prefix: `${kind}${n}`,
      price: random() < 0.07 ? null : randomPrice(random),
    })),
  )
  targets.push({ kind: 'toll-free-in', country: null, prefix: 'in', price: randomPrice(random) })
  const increment = pick([60, 60, 60, 1, 30])
  const start = (months[0]?.start ?? 0) / 1000
  const end = (months.at(-1)?.end ?? 0) / 1000
  const length = between(0, users.length * 14)
  // Most calls around a month's start, where pools are few seconds long and P8 bites.
  const starts = months.map((month) => month.start / 1000)
  const at = Array.from({ length }, () =>
    random() < 0.5 ? pick(starts) + between(-1500, 3000) : between(start - 1000, end + 1000),
  )
  const target = Array.from({ length }, () => between(0, targets.length - 1))
  const rules: PoolRules = {
    incrementSeconds: increment,
    grantSeconds: increment === 60 ? 60 : increment * between(1, 3),
    domesticSeconds: new Map(
      (['CA', 'GB', 'US'] as Country[]).map((country) => [
        country,
        increment * between(1, Math.ceil(1200 / increment)),
      ]),
    ),
    internationalSeconds: increment * between(1, Math.ceil(1800 / increment)),
    conferenceSeconds: increment * between(1, Math.ceil(300 / increment)),
    licencesMax: random() < 0.3 ? between(1, users.length) : 300,
  }
  const price = (most: number) => micros(BigInt(between(1, most)) * 1_000n)
  return {
    tenantCountry: pick(['CA', 'CA', 'US', 'GB', 'FR', 'ZZ'] as Country[]),
    currency: 'CAD' as Currency,
    zone,
    months,
    users,
    targets,
    calls: {
      length,
      answeredAt: Uint32Array.from(at),
      seconds: Uint32Array.from({ length }, () => (random() < 0.15 ? 0 : between(1, random() < 0.2 ? 3000 : 500))),
      user: Uint32Array.from(target, (place) =>
        targets[place]?.kind === 'toll-free-in' ? NO_USER : between(0, users.length - 1),
      ),
      target: Uint32Array.from(target),
    },
    prices: {
      withPlan: new Map(
        (['CA', 'GB', 'US'] as Country[]).map((country) => [
          country,
          { licence: price(2000), international: random() < 0.1 ? null : price(3000) },
        ]),
      ),
      withoutPlan: random() < 0.5 ? null : price(2000),
    },
    rules,
    options: {
      ...DEFAULT_ADVICE_OPTIONS,
      extraLicences: random() < 0.8,
      idleHolders: random() < 0.8,
      extras: false,
    },
  }
}

function randomPrice(random: () => number): Price {
  const [initial, next] = (
    [
      [60, 60],
      [60, 60],
      [1, 1],
      [30, 6],
      [45, 7],
    ] as const
  )[Math.floor(random() * 5)] ?? [60, 60]
  return {
    connectionFeeMicros: random() < 0.5 ? 0n : BigInt(Math.floor(random() * 300_000)),
    rateMicrosPerMinute: BigInt(1000 + Math.floor(random() * 900_000)),
    initialIncrementSeconds: initial,
    nextIncrementSeconds: next,
    minimumSeconds: random() < 0.1 ? 90 : 0,
  }
}

const plain = (price: Price | null): PlainPrice | null =>
  price && {
    fee: Number(price.connectionFeeMicros),
    perMinute: Number(price.rateMicrosPerMinute),
    initial: price.initialIncrementSeconds,
    next: price.nextIncrementSeconds,
    minimum: price.minimumSeconds,
  }

/** The rules once more, in their plainest form: every basket of every country, every sum of licences. */
export function cheapestByTrying(input: AdviceInput): bigint {
  const { users, targets, calls, rules, prices, options } = input
  const bounds = [
    ...input.months.map(({ start }) => start / 1000),
    ...input.months.slice(-1).map(({ end }) => end / 1000),
  ]
  const months = BigInt(input.months.length)
  const [first = 0] = bounds
  const last = bounds.at(-1) ?? 0
  const hasPlans = ['CA', 'GB', 'US'].includes(input.tenantCountry)
  const home = (user: number): string | null => {
    const location = users[user]?.location ?? ''
    const country = location === 'PR' ? 'US' : location
    return hasPlans && ['CA', 'GB', 'US'].includes(country) ? country : null
  }
  const list = Array.from({ length: calls.length }, (_, i) => {
    const target = targets[calls.target[i] ?? 0]
    return {
      user: calls.user[i] ?? 0,
      at: calls.answeredAt[i] ?? 0,
      seconds: calls.seconds[i] ?? 0,
      price: plain(target?.price ?? null),
      kind: target?.kind ?? 'barred',
    }
  }).filter(({ at, seconds }) => at < last && at + seconds >= first && !(seconds === 0 && at < first))
  const external = list.filter(({ kind }) => !['internal', 'emergency', 'barred'].includes(kind))
  const needs = new Set(external.map(({ user }) => user))
  const paid = external.filter(({ user }) => user === NO_USER || home(user) !== null)
  const grants = { increment: rules.incrementSeconds, grant: rules.grantSeconds }
  const credits = (some: readonly PlainCall[], seconds: number, drawnBy: PoolOfMonth['drawnBy'] = () => true): bigint =>
    referenceCredits(
      some,
      bounds,
      bounds.slice(1).map(() => ({ seconds, drawnBy })),
      grants,
    ).credits

  let always = paid
    .filter(({ kind }) => kind === 'credits' || kind === 'toll-free-in')
    .reduce(
      (sum, { price, at, seconds }) =>
        sum + plainCost(price, Math.max(0, Math.min(last, at + seconds) - Math.max(first, at))),
      0n,
    )
  const soldAnywhere = input.tenantCountry !== 'ZZ'
  const withoutPlan = [...needs].filter(
    (user) => user !== NO_USER && home(user) === null && soldAnywhere && users[user]?.location !== 'ZZ',
  )
  always += months * BigInt(withoutPlan.length) * (prices.withoutPlan ?? 0n)

  const curves = ['CA', 'GB', 'US'].map((country) => {
    const members = [...users.keys()].filter((user) => home(user) === country)
    const least = members.filter((user) => needs.has(user)).length
    const of = (kind: CallKind) => paid.filter((call) => call.kind === kind && home(call.user) === country)
    const abroad = of('international').filter(({ seconds }) => seconds > 0)
    const callers = [...new Set(abroad.map(({ user }) => user))]
    const price = prices.withPlan.get(country as Country)
    const costs: bigint[] = []
    for (let licences = least; licences <= (options.extraLicences ? members.length : least); licences++) {
      const seconds = licences * (rules.domesticSeconds.get(country as Country) ?? 0)
      const fixed = months * BigInt(licences) * (price?.licence ?? 0n) + credits(of('domestic'), seconds)
      let best: bigint | null = null
      const plan = price?.international ?? null
      for (let mask = 0; mask < (plan === null ? 1 : 1 << callers.length); mask++) {
        const holds = (user: number): boolean => ((mask >> callers.indexOf(user)) & 1) === 1
        const holders = callers.filter(holds).length
        const idleMax = options.idleHolders && plan !== null ? licences - callers.length : 0
        for (let plans = holders; plans <= holders + idleMax; plans++) {
          const cost =
            credits(abroad, plans * rules.internationalSeconds, holds) + months * BigInt(plans) * (plan ?? 0n)
          if (best === null || cost < best) best = cost
        }
      }
      costs.push(fixed + (best ?? 0n))
    }
    return { least, costs }
  })
  const leastAll = curves.reduce((sum, { least }) => sum + least, withoutPlan.length)
  const max = leastAll > rules.licencesMax ? Number.POSITIVE_INFINITY : rules.licencesMax
  const conference = paid.filter(({ kind }) => kind === 'conference')
  let best: bigint | null = null
  const join = (at: number, sum: bigint, licences: number): void => {
    if (licences > max) return
    const curve = curves[at]
    if (!curve) {
      const cost = sum + credits(conference, licences * rules.conferenceSeconds)
      if (best === null || cost < best) best = cost
      return
    }
    for (const [extra, cost] of curve.costs.entries()) join(at + 1, sum + cost, licences + curve.least + extra)
  }
  join(0, always, withoutPlan.length)
  return best ?? 0n
}
