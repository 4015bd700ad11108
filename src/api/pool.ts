/** `/v1/tenants/{t}/pools`: minutes of a month, by country and plan (P2, P5, L7); one pool in full: its days, its changes, its users. */
import { z } from 'zod'
import { burnDown } from '../core/burn-down.ts'
import { allowanceSeconds, PLANS, POOL_INCREMENT, type Sku } from '../core/catalogue.ts'
import { formatId, type UserId } from '../core/ids.ts'
import { addDays, daysOf, type LocalDay, startOfDay } from '../core/local-day.ts'
import { type Micros, micros, toMoney } from '../core/money.ts'
import { type PoolKey, poolFigures, poolName } from '../core/pool.ts'
import { formatInstant, type Instant, instant, type Month, type Period, periodNamed, periodOf } from '../core/time.ts'
import { listSubscriptions } from '../store/licence.ts'
import { expiredOf, findPool, listPoolChanges, listPools, openCurrentPools, type PoolChange } from '../store/pool.ts'
import {
  beyondCostFund,
  beyondFund,
  type FundUse,
  NOBODY,
  type PersonCursor,
  poolRange,
  readPersonDays,
  readPersons,
  readSums,
  readUse,
  SLOT_HOURS,
} from '../store/pool-use.ts'
import type { TenantRow } from '../store/tenant.ts'
import { listOf, moneyOut, page, timeOut } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { hint } from './invalid.ts'
import { Problem } from './problem.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams, walled } from './tenant.ts'

export const poolOut = z
  .object({
    country: z.string(),
    plan: z.enum(['domestic', 'international', 'conference']),
    month: z.string(),
    assignedLicences: z.number().int(),
    totalSeconds: z.number().int(),
    usedSeconds: z.number().int(),
    reservedSeconds: z.number().int(),
    availableSeconds: z.number().int(),
  })
  .meta({ id: 'Pool' })

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: hint('a month such as 2026-11', 'un mois tel que 2026-11') })
  .transform((text) => text as Month)
  .meta({ description: 'Calendar month of the tenant; absent: the current one' })

const seconds = z.number().int()
const day = z.string().meta({ description: 'Local day of the tenant, such as 2026-11-30' })

export const poolInFull = poolOut
  .extend({
    now: timeOut.meta({ description: 'By the clock of the tenant' }),
    starts: timeOut,
    ends: timeOut,
    isOver: z.boolean(),
    allowanceSeconds: seconds.meta({ description: 'What one licence adds' }),
    seats: z.object({ sku: z.string(), purchased: z.number().int(), assigned: z.number().int() }).nullable().meta({
      description: 'All seats of the licence that fills the pool, whatever the country; null: none was bought',
    }),
    increment: z
      .object({ initialSeconds: seconds, nextSeconds: seconds })
      .meta({ description: 'P9: how use is rounded up, once per call' }),
    expiredSeconds: seconds.meta({ description: 'What was lost when the month ended (P6)' }),
    expiredBeforeSeconds: seconds.meta({ description: 'The same of the month before' }),
    usedUpAt: timeOut
      .nullable()
      .meta({ description: 'About when nothing was left, in parts of four hours; null: something is' }),
    beyond: z
      .object({ seconds, amount: moneyOut })
      .meta({ description: 'What credits paid in this month because the pool was used up' }),
    midnights: z
      .array(timeOut)
      .meta({ description: 'When each local day of the month begins, and when the last one ends' }),
    points: z
      .array(z.object({ at: timeOut, leftSeconds: seconds }))
      .meta({ description: 'What was left, as a line; live calls count as far as they have reported' }),
    days: z.array(
      z.object({
        day,
        starts: timeOut,
        usedSeconds: seconds,
        changedSeconds: seconds.meta({ description: 'By licences and the month, signed' }),
        leftSeconds: seconds.meta({ description: 'When the day was over, or now' }),
      }),
    ),
    changes: z.array(
      z.object({
        at: timeOut,
        cause: z.enum(['month-begins', 'licence', 'month-ends']),
        seconds: seconds.meta({ description: 'Signed' }),
        licences: z.number().int().meta({ description: 'How many licences that is, signed' }),
        userId: z.string().nullable(),
        userName: z.string().nullable(),
        actor: z.string().nullable(),
      }),
    ),
    changesLeftOut: z.number().int().meta({ description: 'Older changes that are not listed' }),
  })
  .meta({ id: 'PoolInFull' })

export const userUseOut = z
  .object({
    userId: z.string().nullable().meta({ description: 'null: nobody of the tenant' }),
    name: z.string().nullable(),
    usedSeconds: seconds,
    share: z.number().meta({ description: 'Of all that the pool has paid, 0 to 1' }),
    days: z.array(z.object({ day, usedSeconds: seconds })).meta({ description: 'Days without use are left out' }),
  })
  .meta({ id: 'PoolUser' })

const poolParams = tenantParams.extend({
  country: z
    .string()
    .max(2)
    .meta({ examples: ['CA', 'GB', 'US'] }),
  plan: z
    .string()
    .max(20)
    .meta({ examples: ['domestic', 'international'] }),
})

/** A page shows these; more would be a list of every licence of a large tenant. */
const CHANGES_SHOWN = 60

/** The licence that fills a pool (P1, P5); conference minutes come with any voice licence (L7). */
export const skuOf = (plan: PoolKey['plan']): Sku =>
  plan === 'international' ? 'international-calling-plan' : 'voice-with-calling-plan'

export const poolRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/pools',
    {
      config: { permission: 'pool:read' },
      schema: {
        summary: 'Minute pools of a month',
        tags: ['pools'],
        params: tenantParams,
        querystring: z.strictObject({ ...page, month: month.optional() }),
        response: { 200: listOf(poolOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const now = nowFor(deps, tenant)
      await openCurrentPools(request.db, tenant, now, deps.newId)
      const wanted = request.query.month ?? periodOf(now, tenant.timeZone).month
      const pools = await listPools(request.db, tenant.tenantId, wanted)
      return pageOfAll(
        pools,
        request.query,
        ({ account }) => account.name,
        ({ key, account }) => ({ ...key, month: wanted, ...poolFigures(account, now) }),
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/pools/:country/:plan',
    {
      config: { permission: 'pool:read' },
      schema: {
        summary: 'One pool of a month: what was left when, and what changed it',
        tags: ['pools'],
        params: poolParams,
        querystring: z.strictObject({ month: month.optional() }),
        problems: ['not-found'],
        response: { 200: poolInFull },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return readPool(walled(deps, request), tenant, keyOf(request.params), request.query.month)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/pools/:country/:plan/users',
    {
      config: { permission: 'pool:read' },
      schema: {
        summary: 'Who used a pool in a month, most first',
        tags: ['pools'],
        params: poolParams,
        querystring: z.strictObject({ ...page, month: month.optional() }),
        problems: ['not-found'],
        response: { 200: listOf(userUseOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const wanted = request.query.month ?? periodOf(nowFor(deps, tenant), tenant.timeZone).month
      const name = poolName(keyOf(request.params), wanted)
      const account = await findPool(request.db, tenant.tenantId, name)
      if (!account) throw new Problem('not-found')
      const { limit, cursor } = request.query
      const days = daysOf(wanted)
      const rows = await readPersons(request.db, tenant, poolRange(name), days, {
        limit: limit + 1,
        after: personCursor(cursor),
      })
      const shown = rows.slice(0, limit)
      const ids = shown.map(({ userId }) => userId)
      const byDay = await readPersonDays(request.db, tenant, poolRange(name), days, ids)
      const last = shown.at(-1)
      const cursorText = rows.length > limit && last ? `${last.amount} ${last.userId}` : null
      return {
        data: shown.map(({ userId, name, amount }) => ({
          userId: userId === NOBODY ? null : formatId('user', userId),
          name,
          usedSeconds: Number(amount),
          share: account.spent > 0n ? Number(amount) / Number(account.spent) : 0,
          days: byDay
            .filter((row) => row.userId === userId)
            .map((row) => ({ day: row.day, usedSeconds: Number(row.amount) })),
        })),
        nextCursor: cursorText === null ? null : Buffer.from(cursorText).toString('base64url'),
      }
    },
  )
}

/** A pool that no plan could fill does not exist. */
function keyOf({ country, plan }: { readonly country: string; readonly plan: string }): PoolKey {
  const known = PLANS.find((candidate) => candidate === plan)
  if (known === undefined || !/^[A-Z]{2}$/.test(country)) throw new Problem('not-found')
  return { country, plan: known }
}

const PERSON_CURSOR = /^(\d{1,18}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

function personCursor(cursor: string | undefined): PersonCursor | null {
  if (cursor === undefined) return null
  const match = PERSON_CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw new Problem('invalid-request', { param: 'cursor' })
  return { amount: BigInt(match[1] ?? 0), userId: match[2] as UserId }
}

async function readPool(
  deps: Deps,
  tenant: TenantRow,
  key: PoolKey,
  wanted: Month | undefined,
): Promise<z.input<typeof poolInFull>> {
  const { db } = deps
  const { tenantId, timeZone, currency } = tenant
  const now = nowFor(deps, tenant)
  await openCurrentPools(db, tenant, now, deps.newId)
  const current = periodOf(now, timeZone)
  const period = wanted === undefined ? current : periodNamed(wanted, timeZone)
  const name = poolName(key, period.month)
  const account = await findPool(db, tenantId, name)
  if (!account) throw new Problem('not-found')
  const days = daysOf(period.month)
  const before = periodOf(instant(period.start - 1), timeZone)
  const range = [days[0], days.at(-1)] as [LocalDay, LocalDay]
  const [changes, use, expiredBefore, beyond, beyondCost, seats] = await Promise.all([
    listPoolChanges(db, tenantId, name, period),
    readUse(db, tenant, poolRange(name), days),
    expiredOf(db, tenantId, poolName(key, before.month), before),
    readSums(db, tenantId, beyondFund(key.country, key.plan), range),
    readSums(db, tenantId, beyondCostFund(key.country, key.plan), range),
    listSubscriptions(db, tenantId),
  ])
  const figures = poolFigures(account, now)
  const end = instant(Math.min(now, period.end))
  const points = lineOf(changes, use, period, end, tenant)
  const seat = seats.find(({ sku }) => sku === skuOf(key.plan))
  const sum = (rows: readonly { amount: bigint }[]): bigint => rows.reduce((total, { amount }) => total + amount, 0n)
  return {
    ...key,
    month: period.month,
    ...figures,
    now: formatInstant(now),
    starts: formatInstant(period.start),
    ends: formatInstant(period.end),
    isOver: now >= period.end,
    allowanceSeconds: allowanceSeconds(key.country, key.plan),
    seats: seat ? { sku: seat.sku, purchased: seat.purchased, assigned: seat.assigned } : null,
    increment: POOL_INCREMENT,
    expiredSeconds: -Number(sumOfCause(changes, 'month-ends')),
    expiredBeforeSeconds: Number(expiredBefore),
    usedUpAt: usedUpAt(points, figures.totalSeconds),
    beyond: { seconds: Number(sum(beyond)), amount: toMoney(micros(sum(beyondCost)) as Micros, currency) },
    midnights: [...days.map((one) => startOfDay(one, timeZone)), period.end].map(formatInstant),
    points: points.map(({ at, leftSeconds }) => ({ at: formatInstant(at), leftSeconds })),
    days: dayRows(changes, use, days, end, tenant),
    changes: changes.slice(-CHANGES_SHOWN).map((change) => changeToWire(change, account.allowanceSeconds)),
    changesLeftOut: Math.max(0, changes.length - CHANGES_SHOWN),
  }
}

const sumOfCause = (changes: readonly PoolChange[], cause: PoolChange['cause']): bigint =>
  changes.reduce((total, change) => (change.cause === cause ? total + change.seconds : total), 0n)

/** A pool is opened by the first who needs it; in the books of the month it has been there since the month began (P6). */
const OPENED_LATE_MS = 36 * 3_600_000

function stepAt(change: PoolChange, period: Period): Instant {
  const isBeginning = change.cause === 'month-begins' && change.at - period.start < OPENED_LATE_MS
  return instant(Math.max(period.start, Math.min(period.end, isBeginning ? period.start : change.at)))
}

function lineOf(
  changes: readonly PoolChange[],
  use: readonly FundUse[],
  period: Period,
  end: Instant,
  { timeZone }: TenantRow,
) {
  // What expires when the month ends is said beside the line, which shows what was left until then.
  const steps = changes
    .filter(({ cause }) => cause !== 'month-ends')
    .map((change) => ({ at: stepAt(change, period), seconds: Number(change.seconds) }))
  const parts = use.map(({ day, slot, amount }) => {
    const from = startOfDay(day, timeZone) + slot * SLOT_HOURS * 3_600_000
    const until = Math.min(from + SLOT_HOURS * 3_600_000, startOfDay(addDays(day, 1), timeZone))
    return { from: instant(from), until: instant(until), usedSeconds: Number(amount) }
  })
  return burnDown(steps, parts, end)
}

function usedUpAt(points: ReturnType<typeof lineOf>, totalSeconds: number): string | null {
  if (totalSeconds === 0 || (points.at(-1)?.leftSeconds ?? 1) > 0) return null
  const lastLeft = points.findLastIndex(({ leftSeconds }) => leftSeconds > 0)
  const point = points[lastLeft + 1]
  return point ? formatInstant(point.at) : null
}

function dayRows(
  changes: readonly PoolChange[],
  use: readonly FundUse[],
  days: readonly LocalDay[],
  end: Instant,
  { timeZone }: TenantRow,
): z.input<typeof poolInFull>['days'] {
  const last = days.at(-1) as LocalDay
  const used = new Map<LocalDay, number>()
  for (const { day, amount } of use) used.set(day, (used.get(day) ?? 0) + Number(amount))
  const changed = new Map<LocalDay, number>()
  for (const change of changes) {
    // Months begin with their first day and end with their last, however late that was written down.
    const day = days.findLast((candidate) => startOfDay(candidate, timeZone) <= change.at) ?? days[0] ?? last
    const booked = change.cause === 'month-ends' ? last : day
    changed.set(booked, (changed.get(booked) ?? 0) + Number(change.seconds))
  }
  let left = 0
  return days.flatMap((day) => {
    const starts = startOfDay(day, timeZone)
    if (starts >= end) return []
    const usedSeconds = used.get(day) ?? 0
    const changedSeconds = changed.get(day) ?? 0
    left += changedSeconds - usedSeconds
    return [{ day, starts: formatInstant(starts), usedSeconds, changedSeconds, leftSeconds: left }]
  })
}

function changeToWire(change: PoolChange, allowance: bigint) {
  const { at, cause, seconds, userId, userName, actor } = change
  return {
    at: formatInstant(at),
    cause,
    seconds: Number(seconds),
    // P7: of a licence whose minutes were used before it was removed, only what was still there could be taken.
    licences:
      cause === 'month-ends' || allowance === 0n
        ? 0
        : Math.sign(Number(seconds)) * Math.ceil(Math.abs(Number(seconds)) / Number(allowance)),
    userId: userId === null ? null : formatId('user', userId),
    userName,
    actor,
  }
}
