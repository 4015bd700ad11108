/** `GET /v1/tenants/{t}/home`: what needs an admin today, and how far the tenant has got with setting up (A1). */
import { z } from 'zod'
import { type CostParts, type ReviewStep, stepOf, totalOf } from '../core/advice/review.ts'
import { PLANS, SKUS } from '../core/catalogue.ts'
import { daysOf, type LocalDay, monthOfDay } from '../core/local-day.ts'
import { type Micros, micros, toMoney } from '../core/money.ts'
import { type Need, type NeedAction, needsOfTenant } from '../core/needs-you.ts'
import { poolFigures } from '../core/pool.ts'
import { secondsFor } from '../core/rate.ts'
import { findRate } from '../core/rate-deck.ts'
import { formatInstant, type Instant, instant, periodOf } from '../core/time.ts'
import { readAutoRecharge } from '../store/auto-recharge.ts'
import { readSetUp, recentRefusals, type SetUp, tollFreeNumbers } from '../store/home.ts'
import { listSubscriptions } from '../store/licence.ts'
import { readMonthReview } from '../store/month-review.ts'
import { tollFreeUse } from '../store/number.ts'
import { listPools } from '../store/pool.ts'
import { readUse, WALLET_RANGE } from '../store/pool-use.ts'
import type { TenantRow } from '../store/tenant.ts'
import { trunksDown } from '../store/trunk.ts'
import { readWallet } from '../store/wallet.ts'
import { may } from './auth.ts'
import { moneyOut, timeOut } from './contract.ts'
import { forecastOut, forecastToWire, freeSeats, type KnownForecast, readForecast } from './forecast.ts'
import { skuOf } from './pool.ts'
import type { Deps, Routes } from './server.ts'
import { tenantOf, tenantParams, walled } from './tenant.ts'

const day = z.string().meta({ description: 'Local day of the tenant, such as 2026-11-30' })
const pool = z.object({ country: z.string(), plan: z.enum(PLANS) })
const ends = z.object({ likely: day, earliest: day.nullable(), latest: day.nullable(), odds: z.number().nullable() })
const licences = {
  pool,
  sku: z.string(),
  licences: z.number().int(),
  addsSeconds: z.number().int(),
  oddsAfter: z.number().nullable(),
}

const actionOut = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('assign-licences'), ...licences }),
    z.object({ kind: z.literal('buy-licences'), ...licences }),
    z.object({ kind: z.literal('add-funds') }),
    z.object({ kind: z.literal('repair-recharge') }),
    z.object({ kind: z.literal('choose-recharge') }),
    z.object({ kind: z.literal('see-forecast'), pool }),
    z.object({ kind: z.literal('see-numbers') }),
    z.object({ kind: z.literal('see-trunks') }),
  ])
  .meta({ description: 'The one thing that would change it' })

const needOut = z
  .discriminatedUnion('code', [
    z.object({ code: z.literal('calls-refused'), refusals: z.number().int(), lastAt: timeOut, action: actionOut }),
    z.object({ code: z.literal('recharge-paused'), available: moneyOut, ends: ends.nullable(), action: actionOut }),
    z.object({ code: z.literal('wallet-runs-out'), available: moneyOut, ends, action: actionOut }),
    z.object({ code: z.literal('pool-used-up'), pool, action: actionOut }),
    z.object({ code: z.literal('pool-runs-out'), pool, ends, freeLicences: z.number().int(), action: actionOut }),
    z.object({
      code: z.literal('lots-expire'),
      amount: moneyOut,
      lots: z.number().int(),
      firstAt: timeOut,
      action: actionOut,
    }),
    z.object({ code: z.literal('toll-free-low'), minutes: z.number().int(), available: moneyOut, action: actionOut }),
    z.object({ code: z.literal('trunk-down'), name: z.string(), since: timeOut, action: actionOut }),
    z.object({
      code: z.literal('toll-free-unused'),
      number: z.string(),
      minutes: z.number().int().meta({ description: 'Spoken this month; under 100 the regulator may take it back' }),
      action: actionOut,
    }),
    z.object({
      code: z.literal('no-recharge'),
      available: moneyOut,
      recommended: moneyOut.meta({ description: 'W9: what a week takes at most in nine of ten, rounded up' }),
      action: actionOut,
    }),
  ])
  .meta({ id: 'Need' })

const STEPS = ['people', 'licences', 'assigned', 'numbers', 'credits', 'first-call'] as const

const seats = z.object({ licences: z.number().int(), international: z.number().int() })

const costsOut = z.object({ licences: moneyOut, international: moneyOut, credits: moneyOut, total: moneyOut })

const reviewOut = z
  .object({
    month: z.string(),
    saved: moneyOut,
    cost: costsOut.meta({ description: 'Of the month, by plans first' }),
    best: costsOut.meta({ description: 'With the cheapest licences and plans, proven' }),
    seats: z.object({ before: seats, best: seats }),
    step: z
      .discriminatedUnion('kind', [
        z.object({
          kind: z.literal('buy'),
          items: z.array(z.object({ sku: z.enum(SKUS), quantity: z.number().int() })),
        }),
        z.object({ kind: z.literal('fewer'), sku: z.enum(SKUS), seats: z.number().int() }),
        z.object({ kind: z.literal('move') }),
      ])
      .meta({ description: 'What changes it: an order, fewer seats from the next month on, or other holders' }),
  })
  .meta({ id: 'MonthReview' })

const homeOut = z
  .object({
    now: timeOut.meta({ description: 'By the clock of the tenant' }),
    month: z.string(),
    needs: z.array(needOut).meta({ description: 'Most urgent first' }),
    steps: z
      .array(z.object({ key: z.enum(STEPS), done: z.boolean() }))
      .meta({ description: 'Setting up, by what is there' }),
    spent: z
      .object({ total: moneyOut, days: z.array(z.object({ day, amount: z.string() })) })
      .nullable()
      .meta({ description: 'From the wallet, this month by day; null: not for those who may not see credits' }),
    review: reviewOut.nullable().meta({
      description: 'What the last month would have cost with the cheapest licences and plans; null: nothing to say',
    }),
    forecast: forecastOut,
  })
  .meta({ id: 'Home' })

export type HomeOnWire = z.input<typeof homeOut>
export type NeedOnWire = HomeOnWire['needs'][number]

const REFUSED_MS = 3_600_000

export const homeRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/home',
    {
      config: { permission: 'overview:read' },
      schema: {
        summary:
          'What needs somebody today, with the one thing that would change it; forecasts; how far setting up has got',
        tags: ['live'],
        params: tenantParams,
        response: { 200: homeOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return readHome(walled(deps, request), tenant, {
        withWallet: may(request, 'wallet:read'),
        withReview: may(request, 'advice:read') && may(request, 'wallet:read'),
      })
    },
  )
}

async function readHome(
  deps: Deps,
  tenant: TenantRow,
  { withWallet, withReview }: { readonly withWallet: boolean; readonly withReview: boolean },
): Promise<HomeOnWire> {
  const { db } = deps
  const { tenantId, timeZone, currency } = tenant
  const known = await readForecast(deps, tenant)
  const { now, today } = known
  const { month, start, end } = periodOf(now, timeZone)
  const [pools, refusals, setUp, wallet, spent, tollFree, down, review] = await Promise.all([
    listPools(db, tenantId, month),
    recentRefusals(db, tenantId, instant(now - REFUSED_MS)),
    readSetUp(db, tenantId),
    withWallet ? walletFacts(deps, tenant, now) : null,
    withWallet ? spentByDay(deps, tenant, today) : null,
    tollFreeUse(db, tenantId, { start, end: now }),
    trunksDown(db, tenantId),
    withReview ? lastReview(deps, tenant, now) : null,
  ])
  const needs = needsOfTenant({
    now,
    forecast: known,
    refusals: refusals.refusals,
    lastRefusalAt: refusals.lastAt,
    pools: pools.map(({ key, account }) => ({ key, ...poolFigures(account, now) })),
    freeLicencesFor: ({ plan }) => freeSeats(known.seats, skuOf(plan)),
    tollFree,
    trunksDown: down,
    monthEndsAt: end,
    wallet,
  })
  return {
    now: formatInstant(now),
    month,
    needs: needs.map((need) => needToWire(need, known)),
    steps: stepsOf(setUp),
    spent: spent && {
      total: toMoney(micros(spent.reduce((sum, { amount }) => sum + amount, 0n)), currency),
      days: spent.map(({ day: on, amount }) => ({ day: on, amount: toMoney(micros(amount), currency).amount })),
    },
    review,
    forecast: forecastToWire(known, 0, withWallet),
  }
}

/** Of the month before `now`; null where nothing is to be said, or somebody has done it. */
async function lastReview({ db }: Deps, tenant: TenantRow, now: Instant): Promise<HomeOnWire['review']> {
  const { tenantId, timeZone, currency } = tenant
  const { month } = periodOf(instant(periodOf(now, timeZone).start - 1), timeZone)
  const review = await readMonthReview(db, tenantId, month)
  if (review === null || review.silent !== null) return null
  const { before, best, seatsBefore, seatsBest } = review
  const owned = await listSubscriptions(db, tenantId)
  const count = (of: 'purchased' | 'assigned') => ({
    licences: owned.find(({ sku }) => sku === 'voice-with-calling-plan')?.[of] ?? 0,
    international: owned.find(({ sku }) => sku === 'international-calling-plan')?.[of] ?? 0,
  })
  const step = stepOf(seatsBest, { bought: count('purchased'), assigned: count('assigned'), before: seatsBefore })
  if (step === null) return null
  const money = (amount: bigint) => toMoney(micros(amount), currency)
  const costs = (parts: CostParts) => ({
    licences: money(parts.licences),
    international: money(parts.international),
    credits: money(parts.credits),
    total: money(totalOf(parts)),
  })
  return {
    month,
    saved: money(totalOf(before) - totalOf(best)),
    cost: costs(before),
    best: costs(best),
    seats: { before: { ...seatsBefore }, best: { ...seatsBest } },
    step: stepToWire(step),
  }
}

const SEAT_SKU = { licences: 'voice-with-calling-plan', international: 'international-calling-plan' } as const

function stepToWire(step: ReviewStep): NonNullable<HomeOnWire['review']>['step'] {
  if (step.kind === 'move') return step
  if (step.kind === 'fewer') return { kind: step.kind, sku: SEAT_SKU[step.of], seats: step.seats }
  const items = (['licences', 'international'] as const).map((of) => ({ sku: SEAT_SKU[of], quantity: step[of] }))
  return { kind: step.kind, items: items.filter(({ quantity }) => quantity > 0) }
}

const stepsOf = (setUp: SetUp): HomeOnWire['steps'] => [
  { key: 'people', done: setUp.hasPeople },
  { key: 'licences', done: setUp.hasLicences },
  { key: 'assigned', done: setUp.hasAssigned },
  { key: 'numbers', done: setUp.hasNumbers },
  { key: 'credits', done: setUp.hasCredits },
  { key: 'first-call', done: setUp.hasCalls },
]

async function walletFacts(deps: Deps, tenant: TenantRow, now: Instant) {
  const { tenantId } = tenant
  const [wallet, recharge, numbers] = await Promise.all([
    readWallet(deps.db, tenantId, now),
    readAutoRecharge(deps.db, tenantId),
    tollFreeNumbers(deps.db, tenantId),
  ])
  return {
    available: wallet.available,
    lots: wallet.lots,
    recharge: recharge?.enabled ? (recharge.paused ? ('paused' as const) : ('on' as const)) : ('off' as const),
    tollFreeMinutes: tollFreeMinutes(deps, tenant, numbers, wallet.available, now),
    isUsed: wallet.lots.length > 0 || recharge !== null || numbers.length > 0,
  }
}

/** How long the wallet would pay for a call from the tenant's own country to the dearest of its toll-free numbers. */
function tollFreeMinutes(
  deps: Deps,
  { currency, country }: TenantRow,
  numbers: readonly string[],
  available: Micros,
  at: Instant,
): number | null {
  const deck = deps.decks.current()
  const rates = numbers.flatMap((number) => {
    const query = {
      direction: 'toll-free-in',
      digits: number.slice(1),
      origin: country,
      lineKind: 'any',
      currency,
      at,
    } as const
    return deck ? (findRate(deck, query) ?? []) : []
  })
  if (rates.length === 0) return null
  return Math.min(...rates.map((rate) => Math.floor(secondsFor(rate, available > 0n ? available : 0n) / 60)))
}

/** Days of the month up to today, whether anything was spent or not. */
async function spentByDay(deps: Deps, tenant: TenantRow, today: LocalDay) {
  const days = daysOf(monthOfDay(today)).filter((one) => one <= today)
  const use = await readUse(deps.db, tenant, WALLET_RANGE, days)
  return days.map((one) => ({
    day: one,
    amount: use.reduce((sum, { day: of, amount }) => (of === one ? sum + amount : sum), 0n),
  }))
}

/** A sum to recommend is a round one. */
const ROUND_TO_MICROS = 10_000_000n

function needToWire(need: Need, { tenant }: KnownForecast): NeedOnWire {
  const money = (amount: Micros) => toMoney(amount, tenant.currency)
  const action = actionToWire(need.action)
  switch (need.code) {
    case 'calls-refused':
      return { code: need.code, refusals: need.refusals, lastAt: formatInstant(need.lastAt), action }
    case 'recharge-paused':
    case 'wallet-runs-out':
      return { ...need, available: money(need.available), action } as NeedOnWire
    case 'pool-used-up':
    case 'pool-runs-out':
    case 'toll-free-unused':
      return { ...need, action }
    case 'trunk-down':
      return { code: need.code, name: need.name, since: formatInstant(need.since), action }
    case 'lots-expire':
      return { ...need, amount: money(need.amount), firstAt: formatInstant(need.firstAt), action }
    case 'toll-free-low':
      return { ...need, available: money(need.available), action }
    case 'no-recharge': {
      const tens = (BigInt(Math.ceil(need.weekAtMost)) + ROUND_TO_MICROS - 1n) / ROUND_TO_MICROS
      const recommended = money(micros((tens > 0n ? tens : 1n) * ROUND_TO_MICROS))
      return { code: need.code, available: money(need.available), recommended, action }
    }
  }
}

const actionToWire = (action: NeedAction): NeedOnWire['action'] =>
  action.kind === 'assign-licences' || action.kind === 'buy-licences'
    ? { ...action, sku: skuOf(action.pool.plan), oddsAfter: rounded(action.oddsAfter) }
    : action

const rounded = (odds: number | null): number | null => (odds === null ? null : Math.round(odds * 1000) / 1000)
