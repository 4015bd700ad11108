/** `GET /v1/tenants/{t}/forecast`: when pools and the wallet run out, with odds, and what more licences would change (A4). */
import { z } from 'zod'
import { allowanceSeconds, PLANS } from '../core/catalogue.ts'
import { type Coverage, FORECAST_DAYS_MIN } from '../core/forecast.ts'
import { type DryDays, fewestLicences, type OutlookDay, poolOutlook, withMoreLicences } from '../core/forecast-pool.ts'
import { addDays, startOfDay } from '../core/local-day.ts'
import { micros, toMoney } from '../core/money.ts'
import { forecastTenant, type PoolForecast, type TenantForecast } from '../core/tenant-forecast.ts'
import { formatInstant, type Instant, type TimeZone } from '../core/time.ts'
import { readForecastInput } from '../store/forecast.ts'
import { listSubscriptions, type Subscription } from '../store/licence.ts'
import { openCurrentPools } from '../store/pool.ts'
import type { TenantRow } from '../store/tenant.ts'
import { may } from './auth.ts'
import { moneyOut, timeOut } from './contract.ts'
import { hint } from './invalid.ts'
import { skuOf } from './pool.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams, walled } from './tenant.ts'

const day = z.string().meta({ description: 'Local day of the tenant, such as 2026-11-30' })
const decimal = z.string().meta({ description: 'Decimal string' })

/** The basis says how much may be believed; `missing` days are those that a first forecast still needs. */
const standing = {
  basis: z.enum(['none', 'little', 'own-errors']).meta({
    description:
      '`none`: fewer than seven days of calls; `little`: a range, no odds; `own-errors`: the tenant’s own past errors replayed',
  }),
  historyDays: z.number().int(),
  neededDays: z.number().int(),
  coverage: z
    .object({ checked: z.number().int(), inside: z.number().int() })
    .nullable()
    .meta({ description: 'How many past forecasts, of one to fourteen days, came true within their 80 % band' }),
}

const endsOut = z
  .object({
    odds: z.number().nullable().meta({ description: '0 to 1; null: too little is known for odds' }),
    earliest: day.nullable().meta({ description: 'Of ten futures one runs out by then; null: fewer do' }),
    likely: day.nullable().meta({ description: 'Of ten futures five do' }),
    latest: day.nullable().meta({ description: 'Of ten futures nine do' }),
  })
  .meta({ id: 'RunsOut' })

const until = timeOut.meta({ description: 'When the day is over: what the figures are about' })
const quantilesOf = <T extends z.ZodType>(amount: T) =>
  z.array(z.object({ day, until, p10: amount, p25: amount, p50: amount, p75: amount, p90: amount }))

const poolForecastOut = z
  .object({
    country: z.string(),
    plan: z.enum(PLANS),
    ...standing,
    availableSeconds: z.number().int(),
    addedLicences: z
      .number()
      .int()
      .meta({ description: 'As asked: these figures are as if so many more were assigned now' }),
    days: quantilesOf(z.number().int()).meta({ description: 'Seconds left, from today to the end of the month' }),
    runsOut: endsOut.nullable(),
    afterwards: z
      .object({ by: z.enum(['credits', 'nobody']), seconds: z.number().int(), amount: moneyOut })
      .nullable()
      .meta({
        description:
          'What the pool cannot pay by the end of the month, middle of all futures, and who will: credits, or nobody where there are none',
      }),
    ownedLicences: z.number().int().meta({ description: 'Bought, for all countries together' }),
    freeLicences: z.number().int().meta({ description: 'Bought, and assigned to nobody' }),
    sku: z.string(),
    whatIf: z.array(
      z.object({ addLicences: z.number().int(), addsSeconds: z.number().int(), runsOut: endsOut.nullable() }),
    ),
    fewest: z.number().int().nullable().meta({
      description: 'The fewest more licences with which it is unlikely to run out; null: none helps, or none is needed',
    }),
  })
  .meta({ id: 'PoolForecast' })

const walletForecastOut = z
  .object({
    ...standing,
    days: quantilesOf(decimal).meta({ description: 'Available, without money coming in' }),
    currency: z.string(),
    runsOut: endsOut.nullable().meta({ description: 'Without money coming in' }),
    belowThreshold: endsOut
      .nullable()
      .meta({ description: 'When the next automatic recharge is due; null: it is off' }),
    lastDay: day.meta({ description: 'How far ahead was looked' }),
    perDay: moneyOut.meta({ description: 'What leaves the wallet on an average day of the next thirty' }),
    weekAtMost: moneyOut.meta({ description: 'What seven days take at most in nine of ten futures' }),
  })
  .meta({ id: 'WalletForecast' })

export const forecastOut = z
  .object({
    now: timeOut.meta({ description: 'By the clock of the tenant' }),
    today: day,
    pools: z.array(poolForecastOut),
    wallet: walletForecastOut.nullable().meta({ description: 'null: not for those who may not see credits' }),
  })
  .meta({ id: 'Forecast' })

export type ForecastOnWire = z.input<typeof forecastOut>

const ADD_LICENCES_MAX = 300
const addLicences = z
  .string()
  .regex(/^(\d|[1-9]\d|[12]\d\d|300)$/, { error: hint('a number from 0 to 300', 'un nombre de 0 à 300') })
  .transform(Number)
  .optional()
  .meta({ description: 'As if so many more licences were assigned now, in every pool that is asked for' })

const chosenCountry = z
  .string()
  .max(2)
  .optional()
  .meta({ description: 'Only the pools of this country', examples: ['CA'] })
const chosenPlan = z.enum(PLANS).optional().meta({ description: 'Only the pools of this plan' })

export const forecastRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/forecast',
    {
      config: { permission: 'pool:read' },
      schema: {
        summary: 'When pools and credits run out, and what more licences would change',
        tags: ['pools'],
        params: tenantParams,
        querystring: z.strictObject({ country: chosenCountry, plan: chosenPlan, addLicences }),
        response: { 200: forecastOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { country, plan, addLicences = 0 } = request.query
      const known = await readForecast(walled(deps, request), tenant)
      const isWanted = ({ key }: PoolForecast): boolean =>
        (country === undefined || key.country === country) && (plan === undefined || key.plan === plan)
      return forecastToWire({ ...known, pools: known.pools.filter(isWanted) }, addLicences, may(request, 'wallet:read'))
    },
  )
}

export interface KnownForecast extends TenantForecast {
  readonly now: Instant
  readonly tenant: TenantRow
  readonly seats: readonly Subscription[]
}

/** The tenant's forecasts by its own clock, and the seats with which they could be changed. */
export async function readForecast(deps: Deps, tenant: TenantRow): Promise<KnownForecast> {
  const now = nowFor(deps, tenant)
  await openCurrentPools(deps.db, tenant, now, deps.newId)
  const [input, seats] = await Promise.all([
    readForecastInput(deps.db, tenant, now),
    listSubscriptions(deps.db, tenant.tenantId),
  ])
  return { ...forecastTenant(input), now, tenant, seats }
}

export const freeSeats = (seats: readonly Subscription[], sku: string): number => {
  const seat = seats.find((candidate) => candidate.sku === sku)
  return seat ? Math.max(0, seat.purchased - seat.assigned) : 0
}

/** At least three chips, and what the free licences would do; ten are a list. */
const WHAT_IFS_MIN = 3
const WHAT_IFS_MAX = 10

export function whatIfs({ paths, facts, key }: PoolForecast, free: number) {
  const most = Math.min(WHAT_IFS_MAX, Math.max(WHAT_IFS_MIN, free))
  return withMoreLicences(paths, facts, allowanceSeconds(key.country, key.plan), most)
}

export function forecastToWire(known: KnownForecast, addLicences: number, withWallet: boolean): ForecastOnWire {
  const { tenant, now, today } = known
  return {
    now: formatInstant(now),
    today,
    pools: known.pools.map((pool) => poolToWire(pool, known, Math.min(addLicences, ADD_LICENCES_MAX))),
    wallet: withWallet ? walletToWire(known.wallet, tenant) : null,
  }
}

const moneyFrom = (value: number, { currency }: TenantRow) => toMoney(micros(BigInt(Math.round(value))), currency)

function walletToWire({ outlook, coverage }: TenantForecast['wallet'], tenant: TenantRow): ForecastOnWire['wallet'] {
  return {
    ...standingOf(outlook, coverage),
    currency: tenant.currency,
    days: outlook.days.map((one) => dayToWire(one, tenant.timeZone, (value) => moneyFrom(value, tenant).amount)),
    runsOut: endsToWire(outlook.dry),
    belowThreshold: endsToWire(outlook.belowThreshold),
    lastDay: outlook.lastDay,
    perDay: moneyFrom(outlook.perDay, tenant),
    weekAtMost: moneyFrom(outlook.weekAtMost, tenant),
  }
}

function poolToWire(pool: PoolForecast, known: KnownForecast, added: number): ForecastOnWire['pools'][number] {
  const { key, paths, facts, coverage } = pool
  const addsSeconds = added * allowanceSeconds(key.country, key.plan)
  const outlook =
    added === 0
      ? pool.outlook
      : poolOutlook(paths, { ...facts, availableSeconds: facts.availableSeconds + addsSeconds })
  const sku = skuOf(key.plan)
  const free = freeSeats(known.seats, sku)
  const options = whatIfs(pool, free)
  const isEnding = pool.outlook.dry !== null && (pool.outlook.dry.odds ?? 1) > 0 && pool.outlook.dry.p10 !== null
  const { tenant } = known
  return {
    ...key,
    ...standingOf(outlook, coverage),
    availableSeconds: facts.availableSeconds + addsSeconds,
    addedLicences: added,
    days: outlook.days.map((one) => dayToWire(one, tenant.timeZone, Math.round)),
    runsOut: endsToWire(outlook.dry),
    afterwards:
      outlook.beyondSeconds > 0
        ? {
            by: hasCredits(known) ? 'credits' : 'nobody',
            seconds: Math.round(outlook.beyondSeconds),
            amount: moneyFrom(outlook.beyondSeconds * pool.microsPerSecond, tenant),
          }
        : null,
    ownedLicences: known.seats.find((seat) => seat.sku === sku)?.purchased ?? 0,
    freeLicences: free,
    sku,
    whatIf: options.map(({ licences, addsSeconds: adds, dry }) => ({
      addLicences: licences,
      addsSeconds: adds,
      runsOut: endsToWire(dry),
    })),
    fewest: isEnding ? (fewestLicences(options)?.licences ?? null) : null,
  }
}

/** There is something in the wallet, or it fills itself. */
const hasCredits = ({ wallet: { outlook } }: KnownForecast): boolean =>
  !outlook.isEmpty || outlook.belowThreshold !== null

function standingOf(
  {
    basis,
    historyDays,
  }: { readonly basis: KnownForecast['pools'][number]['paths']['basis']; readonly historyDays: number },
  coverage: Coverage | null,
) {
  return { basis, historyDays, neededDays: FORECAST_DAYS_MIN, coverage }
}

export function endsToWire(dry: DryDays | null): z.input<typeof endsOut> | null {
  if (dry === null) return null
  const { odds, p10, p50, p90 } = dry
  return { odds: odds === null ? null : Math.round(odds * 1000) / 1000, earliest: p10, likely: p50, latest: p90 }
}

function dayToWire<T>({ day, p10, p25, p50, p75, p90 }: OutlookDay, zone: TimeZone, print: (value: number) => T) {
  const until = formatInstant(startOfDay(addDays(day, 1), zone))
  return { day, until, p10: print(p10), p25: print(p25), p50: print(p50), p75: print(p75), p90: print(p90) }
}
