/** `/v1/operator/…`: the installation at a glance, its tenants, and what somebody should look at. */
import { z } from 'zod'
import type { Country, LicenceType } from '../core/country.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import type { MeteredMinute } from '../core/meter.ts'
import { toMoney } from '../core/money.ts'
import { formatInstant, type Instant, instant } from '../core/time.ts'
import { type Alarm, type AlarmPlace, closeAlarm, listAlarms } from '../store/alarm.ts'
import { record } from '../store/audit-log.ts'
import {
  listTenantLines,
  readBooksSummary,
  readTotals,
  type TenantFlag,
  type TenantLine,
  type TenantPlace,
  type TenantWish,
  topSpenders,
} from '../store/operator.ts'
import { principalOf, sessionOf } from './auth.ts'
import { country, idOf, listOf, page } from './contract.ts'
import { pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { alarmOut, LICENCE_TYPES, operatorOverviewOut, TENANT_FLAG_NAMES, tenantLineOut } from './schema/operator.ts'
import type { Deps, Routes } from './server.ts'

const tags = ['operator']
const ALARMS_COUNTED = 100
const SPENDERS_SHOWN = 5
const HOUR_MS = 3_600_000

const search = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .optional()
  .meta({ description: 'Part of the name', examples: ['con'] })

export const operatorRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/operator/overview',
    {
      config: { permission: 'operator:read' },
      schema: {
        summary: 'The installation at a glance',
        tags,
        response: { 200: operatorOverviewOut },
      },
    },
    () => overview(deps),
  )

  app.get(
    '/v1/operator/tenants',
    {
      config: { permission: 'tenant:list' },
      schema: {
        summary: 'Tenants by name, each with its calls in progress, its wallet and its books',
        tags,
        querystring: z.strictObject({
          search,
          country: country.optional(),
          licenceType: z.enum(LICENCE_TYPES).optional(),
          flag: z.enum(TENANT_FLAG_NAMES).optional(),
          ...page,
        }),
        response: { 200: listOf(tenantLineOut) },
      },
    },
    async (request) => {
      const { limit, cursor, ...wish } = request.query
      return lines(deps, wishOf(wish), limit, cursor)
    },
  )

  app.get(
    '/v1/me/customers',
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'The tenants that the partner looks after whose person asks',
        tags: ['your account'],
        querystring: z.strictObject({ search, ...page }),
        response: { 200: listOf(tenantLineOut) },
      },
    },
    async (request) => {
      const { limit, cursor, search: text } = request.query
      const { personId } = sessionOf(request)
      const page = await lines(deps, { ...wishOf({ search: text }), customersOf: personId }, limit, cursor)
      return { ...page, data: page.data.map(withoutMoney) }
    },
  )

  app.get(
    '/v1/operator/alarms',
    {
      config: { permission: 'operator:read' },
      schema: {
        summary: 'What somebody should look at, latest first',
        tags,
        querystring: z.strictObject({ state: z.enum(['open', 'all']).default('open'), ...page }),
        response: { 200: listOf(alarmOut) },
      },
    },
    async (request) => {
      const { limit, cursor, state } = request.query
      const rows = await listAlarms(deps.db, { open: state === 'open', limit: limit + 1, after: alarmPlaceOf(cursor) })
      return pageCursor(rows, limit, ({ lastAt, alarmId }) => `${lastAt}.${alarmId}`, alarmToWire)
    },
  )

  app.post(
    '/v1/operator/alarms/:alarmId/close',
    {
      config: { permission: 'operator:edit' },
      schema: {
        summary: 'It has been seen to; the same thing again is a new alarm',
        tags,
        params: z.object({ alarmId: idOf<Uuid>('alarm') }),
        problems: ['not-found'],
        response: { 200: alarmOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { alarmId } = request.params
        const at = deps.clock.now()
        const actor = principalOf(request).name
        const alarm = alarmId === null ? null : await closeAlarm(tx, alarmId, actor, at)
        if (!alarm) throw new Problem('not-found', { param: 'alarmId' })
        const after = alarmToWire(alarm)
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at,
          actor,
          action: 'alarm.closed',
          subject: after.id,
          after,
        })
        return { status: 200, body: after }
      }),
  )
}

async function overview(deps: Deps): Promise<z.input<typeof operatorOverviewOut>> {
  const now = deps.clock.now()
  const [totals, books, spenders, alarms] = await Promise.all([
    readTotals(deps.db),
    readBooksSummary(deps.db),
    topSpenders(deps.db, instant(now - HOUR_MS), SPENDERS_SHOWN),
    listAlarms(deps.db, { open: true, limit: ALARMS_COUNTED, after: null }),
  ])
  const deck = deps.decks.current()
  const { nextMonthEnd, ...counts } = totals
  return {
    now: formatInstant(now),
    // The store has just answered.
    ready: deck !== null,
    ...counts,
    openAlarms: alarms.length,
    minutes: deps.meter?.read(now).map(minuteToWire) ?? [],
    deck: deck && { version: deck.version, rows: deck.rows.length },
    books: { ...books, oldestAt: orNull(books.oldestAt), latestAt: orNull(books.latestAt) },
    switches: (deps.switches?.() ?? []).map(({ name, state, address, callsInProgress, isDurable, restarts }) => ({
      ...{ name, state, address, callsInProgress, restarts },
      durable: isDurable,
    })),
    jobs: (deps.taskStates?.() ?? []).map((job) => ({
      name: job.name,
      everySeconds: job.everySeconds,
      running: job.isRunning,
      lastStartedAt: orNull(job.lastStartedAt),
      lastTookMs: job.lastTookMs,
      elsewhere: !job.wasOurs,
      lastFailedAt: orNull(job.lastFailedAt),
      lastError: job.lastError,
    })),
    nextMonthEnd: orNull(nextMonthEnd),
    spenders: spenders.map(({ tenantId, name, currency, calls, micros }) => ({
      tenantId: formatId('tenant', tenantId),
      name,
      calls,
      amount: toMoney(micros, currency),
    })),
  }
}

const orNull = (at: Instant | null): string | null => (at === null ? null : formatInstant(at))

const minuteToWire = ({ minute, ...counts }: MeteredMinute) => ({
  at: formatInstant(instant(minute * 60_000)),
  ...counts,
  refused: { ...counts.refused },
})

interface Wish {
  readonly search?: string | undefined
  readonly country?: Country | undefined
  readonly licenceType?: LicenceType | undefined
  readonly flag?: TenantFlag | undefined
}

const wishOf = (wish: Wish): TenantWish => ({
  ...(wish.search === undefined ? {} : { search: wish.search }),
  ...(wish.country === undefined ? {} : { country: wish.country }),
  ...(wish.licenceType === undefined ? {} : { licenceType: wish.licenceType }),
  ...(wish.flag === undefined ? {} : { flag: wish.flag }),
})

async function lines(deps: Deps, wish: TenantWish, limit: number, cursor: string | undefined) {
  const rows = await listTenantLines(deps.db, wish, { limit: limit + 1, after: tenantPlaceOf(cursor) })
  return pageCursor(rows, limit, ({ tenantId, name }) => `${tenantId}.${name}`, lineToWire)
}

const lineToWire = (line: TenantLine): z.input<typeof tenantLineOut> => ({
  id: formatId('tenant', line.tenantId),
  name: line.name,
  country: line.country,
  licenceType: line.licenceType,
  createdAt: formatInstant(line.createdAt),
  users: line.users,
  liveCalls: line.liveCalls,
  seats: line.seats,
  assigned: line.assigned,
  available: toMoney(line.availableMicros, line.currency),
  partners: [...line.partners],
  flags: [...line.flags],
  books:
    line.booksBalanced === null || line.booksCheckedAt === null
      ? null
      : { balanced: line.booksBalanced, checkedAt: formatInstant(line.booksCheckedAt), postings: line.postings ?? 0 },
})

/** A partner may not read a wallet, and so nothing that tells about one. */
const withoutMoney = (line: z.input<typeof tenantLineOut>): z.input<typeof tenantLineOut> => ({
  ...line,
  available: null,
  flags: line.flags.filter((flag) => flag !== 'wallet-dry' && flag !== 'recharge-paused'),
})

const alarmToWire = (alarm: Alarm): z.input<typeof alarmOut> => ({
  id: formatId('alarm', alarm.alarmId),
  kind: alarm.kind,
  tenant: alarm.tenantId === null ? null : { id: formatId('tenant', alarm.tenantId), name: alarm.tenantName ?? '' },
  subject: alarm.kind === 'overrun' ? formatId('call', alarm.subject as Uuid) : alarm.subject,
  firstAt: formatInstant(alarm.firstAt),
  lastAt: formatInstant(alarm.lastAt),
  times: alarm.times,
  closedAt: orNull(alarm.closedAt),
  closedBy: alarm.closedBy,
})

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

function tenantPlaceOf(cursor: string | undefined): TenantPlace | null {
  const match = matchCursor(cursor, new RegExp(`^(${UUID})\\.(.+)$`, 's'))
  return match && { tenantId: match[1] as TenantId, name: match[2] ?? '' }
}

function alarmPlaceOf(cursor: string | undefined): AlarmPlace | null {
  const match = matchCursor(cursor, new RegExp(`^(\\d{1,15})\\.(${UUID})$`))
  return match && { lastAt: instant(Number(match[1])), alarmId: match[2] as Uuid }
}

function matchCursor(cursor: string | undefined, pattern: RegExp): RegExpExecArray | null {
  if (cursor === undefined) return null
  const match = pattern.exec(Buffer.from(cursor, 'base64url').toString('utf8'))
  if (!match) throw new Problem('invalid-request', { param: 'cursor' })
  return match
}
