import { beforeAll, expect, test } from 'vitest'
import { ownFunding } from '../../src/advice/own-funding.ts'
import type { Engine } from '../../src/charging/engine.ts'
import { advise } from '../../src/core/advice/advise.ts'
import { CATALOGUE_RULES, DEFAULT_ADVICE_OPTIONS } from '../../src/core/advice/rules.ts'
import { targetOf } from '../../src/core/advice/target.ts'
import type { Advice, AdviceInput } from '../../src/core/advice/types.ts'
import { whatIf } from '../../src/core/advice/what-if.ts'
import type { Country } from '../../src/core/country.ts'
import type { TenantId, UserId } from '../../src/core/ids.ts'
import { type Currency, micros } from '../../src/core/money.ts'
import { type E164, parseE164 } from '../../src/core/numbering.ts'
import type { RateDeck } from '../../src/core/rate-deck.ts'
import type { CreditControlRequest } from '../../src/core/request.ts'
import { instant, nextPeriod, type Period, periodOf, type TimeZone } from '../../src/core/time.ts'
import { faultsOf } from '../harness/audit.ts'
import { aDeck } from '../harness/deck.ts'
import { anEngine, initial, termination, update } from '../harness/fixtures.ts'
import { type TestDb, testDb } from '../harness/postgres.ts'
import { nextId, Sandbox } from '../harness/sandbox.ts'
import { generator } from './random-abroad.ts'

let base: TestDb
beforeAll(async () => {
  base = await testDb()
})

/** Some thousand requests, on machines of any speed. */
const TIMEOUT = 180_000

const ZONE = 'Europe/London' as TimeZone
/** Short pools, so that a few calls use them up: earlier calls have taken the rest. */
const DOMESTIC_SECONDS = 600
const INTERNATIONAL_SECONDS = 1_200
const USERS = 4

/** Own country, a covered one by the minute, one by the second with a fee, one off the list, premium. */
const DECK: RateDeck = aDeck([
  { prefix: '44', perMinuteMicros: 16_000n, currency: 'GBP' },
  { prefix: '33', perMinuteMicros: 90_000n, currency: 'GBP' },
  { prefix: '34', perMinuteMicros: 333_333n, initialSeconds: 1, nextSeconds: 1, feeMicros: 60_000n, currency: 'GBP' },
  { prefix: '49', perMinuteMicros: 120_000n, initialSeconds: 30, nextSeconds: 6, currency: 'GBP' },
  { prefix: '53', perMinuteMicros: 800_000n, minimumSeconds: 90, currency: 'GBP' },
])
const NUMBERS = ['+442079460000', '+442079460001', '+33140000000', '+34910000000', '+4930000000', '+5371234567'].map(
  (text) => parseE164(text) as E164,
)

function aMonth(seed: number): { input: AdviceInput; numbers: readonly E164[] } {
  const random = generator(seed)
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1))
  const first = periodOf(instant(Date.UTC(2027, between(0, 9), 15)), ZONE)
  const months = [first, nextPeriod(first, ZONE)]
  const boundary = first.end / 1000
  const context = { deck: DECK, currency: 'GBP' as Currency, at: first.start }
  const targets = NUMBERS.map((number) => targetOf(number, 'GB' as Country, context))
  const length = 60
  // In the first hours of each month, and over its end (P8), with calls at the same second (P10).
  const starts = [first.start / 1000, boundary, boundary - 600]
  const at = Array.from({ length }, () => (starts[between(0, 2)] ?? 0) + 30 * between(0, 40)).sort((a, b) => a - b)
  const target = Uint32Array.from({ length }, () => between(0, NUMBERS.length - 1))
  const users = Array.from({ length: USERS }, (_, i) => ({ key: `u${i}`, location: 'GB' as Country }))
  const input: AdviceInput = {
    tenantCountry: 'GB' as Country,
    currency: 'GBP' as Currency,
    zone: ZONE,
    months,
    users,
    targets,
    calls: {
      length,
      answeredAt: Uint32Array.from(at),
      seconds: Uint32Array.from({ length }, () => between(1, random() < 0.3 ? 900 : 240)),
      user: Uint32Array.from({ length }, () => between(0, USERS - 2)),
      target,
    },
    prices: {
      withPlan: new Map([
        ['GB' as Country, { licence: micros(1_000_000n), international: micros(BigInt(between(100_000, 900_000))) }],
      ]),
      withoutPlan: null,
    },
    rules: {
      ...CATALOGUE_RULES,
      domesticSeconds: new Map([['GB' as Country, DOMESTIC_SECONDS]]),
      internationalSeconds: INTERNATIONAL_SECONDS,
    },
    options: { ...DEFAULT_ADVICE_OPTIONS, extras: false },
  }
  return { input, numbers: NUMBERS }
}

test.each([1, 2, 3, 4, 5])(
  'the advised basket, lived through by the real engine for two months, costs what was calculated (seed %i)',
  async (seed) => {
    const { input } = aMonth(seed)
    const advice = advise(input)
    expect(advice.status).toBe('proven')
    const { legs, tenantId: _, ...lived } = await live(input, advice)
    expect(legs.size).toBe(input.calls.length)
    const [answer] = advice.countries
    const { beyondDomestic, abroad, always } = advice.costs
    expect(lived).toEqual({
      credits: beyondDomestic + abroad + always,
      domestic: answer?.domestic.map(({ usedSeconds }) => usedSeconds),
      international: answer?.international.map(({ usedSeconds }) => usedSeconds),
    })
    expect(advice.recharge.perMonth.reduce((sum, amount) => sum + amount, 0n)).toBe(lived.credits)
    // A month in which nothing runs out would show little.
    const pools = [...(answer?.domestic ?? []), ...(answer?.international ?? [])]
    expect(pools.some(({ beyondSeconds }) => beyondSeconds > 0)).toBe(true)
  },
  TIMEOUT,
)

test(
  'and so does every other basket: nobody, one holder, everybody',
  async () => {
    const { input } = aMonth(6)
    for (const holders of [[], [1], [0, 1, 2]]) {
      const prices = { licence: micros(1_000_000n), international: micros(1n) }
      const fixed: AdviceInput = {
        ...input,
        // With the plan sold to these only, advice and basket are the same: the others' calls abroad are as if off the list.
        ...onlyAbroadFor(input, holders),
        prices: { withPlan: new Map([['GB' as Country, prices]]), withoutPlan: null },
        options: { ...input.options, extraLicences: false, idleHolders: false },
      }
      const advice = advise(fixed)
      const lived = await live(input, advice)
      expect(lived.credits).toBe(advice.costs.beyondDomestic + advice.costs.abroad + advice.costs.always)
    }
  },
  TIMEOUT,
)

/** The calls abroad of everybody else become calls that no plan covers. */
function onlyAbroadFor(
  { calls, targets }: AdviceInput,
  holders: readonly number[],
): Pick<AdviceInput, 'calls' | 'targets'> {
  const uncovered = targets.map((target) =>
    target.kind === 'international' ? { ...target, kind: 'credits' as const } : target,
  )
  return {
    targets: [...targets, ...uncovered],
    calls: {
      ...calls,
      target: calls.target.map((target, i) =>
        holders.includes(calls.user[i] ?? 0) ? target : target + targets.length,
      ),
    },
  }
}

test(
  'what-if with nothing changed is the bill, from the recorded funding; with something changed it says that it is not',
  async () => {
    const { input } = aMonth(7)
    const advice = advise(input)
    const lived = await live(input, advice)
    const [first, last] = [input.months[0]?.start ?? instant(0), input.months.at(-1)?.end ?? instant(0)]
    const recorded = await ownFunding(base.db, { tenantId: lived.tenantId, from: first, to: last })
    const same = whatIf(input, advice.basket, recorded, {})
    const { beyondDomestic, abroad, always } = same.costs
    expect(same.order).toBe('recorded')
    expect(beyondDomestic + abroad + always).toBe(lived.credits)
    expect(same.costs).toEqual(advice.costs)
    const nobody = {
      withoutPlan: 0,
      countries: advice.basket.countries.map((country) => ({ ...country, holders: [], idleHolders: 0 })),
    }
    const other = whatIf(input, advice.basket, recorded, { basket: nobody })
    expect(other).toMatchObject({ order: 'canonical', status: 'given', before: advice.costs })
    expect(other.costs.total).toBeGreaterThanOrEqual(advice.costs.total)
  },
  TIMEOUT,
)

interface Lived {
  readonly credits: bigint
  readonly domestic: number[]
  readonly international: number[]
}

interface Leg {
  readonly call: number
  readonly id: string
  readonly endsAt: number
  number: number
}

/** A sandbox tenant with this basket makes the calls in the order of their seconds, each grant one minute. */
async function live(
  input: AdviceInput,
  advice: Advice,
): Promise<Lived & { legs: ReadonlyMap<string, number>; tenantId: TenantId }> {
  const engine = await anEngine({ db: base.db, url: base.url }, { deck: () => DECK })
  try {
    const start = instant((input.months[0]?.start ?? 0) - 86_400_000)
    const tenant = await Sandbox.make(base.db, { country: 'GB', zone: ZONE, currency: 'GBP', at: start })
    const [basket] = advice.basket.countries
    if (!basket) throw new Error('the basket has a country')
    const users: UserId[] = []
    for (const user of input.users.keys())
      users.push(await tenant.user({ location: 'GB', international: basket.holders.includes(user) }))
    const plans = basket.holders.length + basket.idleHolders
    await tenant.licences('GB', 'domestic', basket.licences)
    await tenant.licences('GB', 'international', plans)
    await tenant.fund(1_000_000_000n)
    const legs = await play(tenant, engine, input, users, { domestic: basket.licences, international: plans })
    return {
      legs,
      tenantId: tenant.tenantId,
      ...(await resultOf(tenant, input.months, { domestic: basket.licences, international: plans })),
    }
  } finally {
    await engine.stop()
  }
}

async function play(
  tenant: Sandbox,
  engine: Engine,
  { calls, months }: AdviceInput,
  users: readonly UserId[],
  licences: { domestic: number; international: number },
): Promise<ReadonlyMap<string, number>> {
  const legs = new Map<string, number>()
  const events: { at: number; answered: number; call: number; leg: Leg | null }[] = []
  for (let call = 0; call < calls.length; call++) {
    const at = calls.answeredAt[call] ?? 0
    events.push({ at, answered: at, call, leg: null })
  }
  const opened = new Set<Period>()
  while (events.length > 0) {
    // P10: in the order of the grants; ties by answer time, then by call id.
    events.sort((a, b) => a.at - b.at || a.answered - b.answered || a.call - b.call)
    const event = events.shift()
    if (!event) break
    for (const month of months) {
      if (opened.has(month) || month.start > event.at * 1000) continue
      opened.add(month)
      await tenant.advanceTo(instant(Math.max(month.start, tenant.now)), engine)
      if (licences.domestic > 0) await tenant.drainPool('GB', 'domestic', licences.domestic * DOMESTIC_SECONDS)
      if (licences.international > 0)
        await tenant.drainPool('GB', 'international', licences.international * INTERNATIONAL_SECONDS)
    }
    await tenant.advanceTo(instant(event.at * 1000), engine)
    const { call } = event
    const leg = event.leg ?? { call, id: nextId(), number: 0, endsAt: event.at + (calls.seconds[call] ?? 0) }
    const granted = await ask(
      tenant,
      engine,
      { leg, isNew: event.leg === null, at: event.at, since: lastAsked.get(leg.id) ?? event.at },
      {
        userId: users[calls.user[call] ?? 0] as UserId,
        number: NUMBERS[calls.target[call] ?? 0] as E164,
      },
    )
    legs.set(leg.id, call)
    if (granted === null) continue
    events.push({ ...event, at: Math.min(leg.endsAt, event.at + granted), leg })
  }
  return legs
}

const lastAsked = new Map<string, number>()

/** The next request of a call: begins it, asks for a minute more, or ends it (null). */
async function ask(
  tenant: Sandbox,
  engine: Engine,
  { leg, isNew, at, since }: { leg: Leg; isNew: boolean; at: number; since: number },
  who: { userId: UserId; number: E164 },
): Promise<number | null> {
  lastAsked.set(leg.id, at)
  const used = at - since
  let request: CreditControlRequest
  if (isNew)
    request = initial({ tenantId: tenant.tenantId, userId: who.userId }, leg.id, {
      calledNumber: who.number,
      requestedSeconds: 60,
    })
  else if (at >= leg.endsAt) request = termination(leg.id, ++leg.number, used)
  else request = update(leg.id, ++leg.number, used, { requestedSeconds: 60 })
  const { result, grantedSeconds } = JSON.parse((await engine.submit(request)).body) as {
    result: string
    grantedSeconds?: number
  }
  if (result === 'ended') return null
  expect(result).toBe('granted')
  return grantedSeconds ?? 0
}

async function resultOf(
  tenant: Sandbox,
  months: readonly Period[],
  licences: { domestic: number; international: number },
): Promise<Lived> {
  expect(await faultsOf(base.db, tenant.tenantId)).toEqual([])
  const accounts = await tenant.accounts()
  const usedOf = (plan: 'domestic' | 'international', seconds: number): number[] =>
    months.map(({ month }) => {
      const pool = accounts.find(({ name }) => name === `pool:GB:${plan}:${month}`)
      if (!pool) return 0
      // What the test drained beforehand was used by nobody's calls.
      const drained = Number(pool.allowanceSeconds) * pool.licences - seconds
      return Number(pool.spent) - drained
    })
  const credits = accounts.reduce((sum, { name, spent }) => (name.startsWith('wallet:') ? sum + spent : sum), 0n)
  return {
    credits,
    domestic: usedOf('domestic', licences.domestic * DOMESTIC_SECONDS),
    international:
      licences.international === 0
        ? months.map(() => 0)
        : usedOf('international', licences.international * INTERNATIONAL_SECONDS),
  }
}
