/** `/v1/tenants/{t}/reports/…`: PSTN usage and minute pools, under the documented names and live (A2, facts §13). */
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Plan } from '../core/catalogue.ts'
import { type Country, countryName } from '../core/country.ts'
import { type CallId, formatId, type Uuid } from '../core/ids.ts'
import { addDays, dayOf, daysFrom, firstDayOf, type LocalDay, monthOfDay, startOfDay } from '../core/local-day.ts'
import { micros, toMoney } from '../core/money.ts'
import { parsePoolName, poolFigures } from '../core/pool.ts'
import type { Language } from '../core/problems.ts'
import {
  type Cell,
  DIRECT_COLUMNS,
  directCells,
  directRow,
  minutesText,
  POOL_CAPABILITIES,
  POOL_COLUMNS,
  USAGE_COLUMNS,
  usageCells,
  usageRow,
} from '../core/report.ts'
import { formatInstant, type Instant, instant, type Month, periodOf } from '../core/time.ts'
import { listPools, openCurrentPools } from '../store/pool.ts'
import { poolRange, readUse, WALLET_FUND, WALLET_RANGE } from '../store/pool-use.ts'
import {
  hasOwnTrunk,
  listReport,
  partsOfReport,
  type ReportFilter,
  type ReportPlace,
  type ReportRecord,
  totalReport,
  usersNamed,
} from '../store/report.ts'
import type { TenantRow } from '../store/tenant.ts'
import { listOf, page } from './contract.ts'
import { pageCursor, pageOfAll } from './cursor.ts'
import { hint } from './invalid.ts'
import { Problem } from './problem.ts'
import {
  chartOut,
  directExportQuery,
  directFilter,
  directQuery,
  directRowOut,
  poolRowOut,
  REPORT_DAYS,
  REPORT_DAYS_MAX,
  totalsOut,
  usageExportQuery,
  usageFilter,
  usageQuery,
  usageRowOut,
} from './schema/report.ts'
import { type Deps, languageOf, type Routes } from './server.ts'
import { sendTable, type TableFormat, tableResponse } from './table-file.ts'
import { nowFor, tenantOf, tenantParams, walled } from './tenant.ts'

const tags = ['reports']
/** A page of an export: some milliseconds to read and to write. */
const EXPORT_PAGE = 500
/** A sheet of more is neither quick to make nor of use to anybody; CSV has no limit. */
const SHEET_ROWS_MAX = 100_000
/** Longer ranges are drawn by month. */
const DAYS_DRAWN_MAX = 92

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: hint('a month such as 2026-11', 'un mois tel que 2026-11') })
  .transform((text) => text as Month)
  .meta({ description: 'Calendar month of the tenant; absent: the current one' })

type Wish = z.output<typeof usageFilter> | z.output<typeof directFilter>

interface Asked {
  readonly tenant: TenantRow
  readonly from: LocalDay
  readonly to: LocalDay
  readonly filter: ReportFilter
}

/** The tenant of the path, and what of its calls the query means. */
async function asked(
  deps: Deps,
  params: z.output<typeof tenantParams>,
  wish: Wish,
  way: ReportFilter['way'],
): Promise<Asked> {
  const tenant = await tenantOf(deps.db, params.tenantId)
  const { timeZone, tenantId } = tenant
  const to = wish.to ?? wish.from ?? dayOf(nowFor(deps, tenant), timeZone)
  const from = wish.from ?? addDays(to, 1 - REPORT_DAYS)
  const days = daysFrom(from, to) + 1
  if (days < 1 || days > REPORT_DAYS_MAX) throw new Problem('invalid-request', { param: 'from', detail: RANGE })
  // Only where somebody has a line of their own must a record be opened to know which way its call went.
  const isAllTrunk = tenant.licenceType === 'without-calling-plan'
  const mayMix = !isAllTrunk && (await hasOwnTrunk(deps.db, tenantId))
  const isNone = way === 'trunk' ? !isAllTrunk && !mayMix : isAllTrunk
  const start = startOfDay(from, timeZone)
  const userIds = wish.name === undefined ? undefined : await usersNamed(deps.db, tenantId, wish.name)
  const callType = 'callType' in wish ? wish.callType : undefined
  const filter = {
    from: start,
    until: isNone ? start : startOfDay(addDays(to, 1), timeZone),
    way,
    mayMix,
    ...(userIds && { userIds }),
    ...(callType && { callType }),
  }
  return { tenant, from, to, filter }
}

const RANGE = {
  en: `The last day is not before the first, and at most ${REPORT_DAYS_MAX - 1} days after it.`,
  fr: `Le dernier jour ne précède pas le premier et le suit de ${REPORT_DAYS_MAX - 1} jours au plus.`,
}

export const reportRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/reports/pstn-usage',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'PSTN usage, Calling Plans: answered outside calls that we carry, latest first; live, not a day late',
        tags,
        params: tenantParams,
        querystring: usageQuery,
        response: { 200: listOf(usageRowOut) },
      },
    },
    async (request) => {
      const { limit, cursor, ...wish } = request.query
      const { tenant, filter } = await asked(walled(deps, request), request.params, wish, 'plan')
      const after = placeOf(cursor)
      const rows = await listReport(request.db, tenant.tenantId, filter, { limit: limit + 1, after })
      return pageCursor(rows, limit, keyOf, (row) => usageToWire(row, tenant))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/reports/direct-routing',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'PSTN usage, Direct Routing: calls over the tenant’s own trunk, failed ones too, latest first',
        tags,
        params: tenantParams,
        querystring: directQuery,
        response: { 200: listOf(directRowOut) },
      },
    },
    async (request) => {
      const { limit, cursor, ...wish } = request.query
      const { tenant, filter } = await asked(walled(deps, request), request.params, wish, 'trunk')
      const after = placeOf(cursor)
      const rows = await listReport(request.db, tenant.tenantId, filter, { limit: limit + 1, after })
      return pageCursor(rows, limit, keyOf, (row) => directToWire(row, tenant))
    },
  )

  for (const [name, way, querystring] of [
    ['pstn-usage', 'plan', usageFilter],
    ['direct-routing', 'trunk', directFilter],
  ] as const) {
    app.get(
      `/v1/tenants/:tenantId/reports/${name}/totals`,
      {
        config: { permission: 'call:read' },
        schema: {
          summary: `The sums of all rows of the report ${name}`,
          tags,
          params: tenantParams,
          querystring,
          response: { 200: totalsOut },
        },
      },
      async (request) => {
        const { tenant, filter, from, to } = await asked(
          walled(deps, request),
          request.params,
          request.query as Wish,
          way,
        )
        const { calls, seconds, chargeMicros } = await totalReport(request.db, tenant.tenantId, filter)
        return { from, to, calls, seconds, charge: toMoney(chargeMicros, tenant.currency) }
      },
    )

    app.get(
      `/v1/tenants/:tenantId/reports/${name}/chart`,
      {
        config: { permission: 'call:read' },
        schema: {
          summary: `What each fund gave to the calls of the report ${name}, by day; by month for more than ${DAYS_DRAWN_MAX} days`,
          tags,
          params: tenantParams,
          querystring,
          response: { 200: chartOut },
        },
      },
      async (request) =>
        chart(walled(deps, request), await asked(walled(deps, request), request.params, request.query as Wish, way)),
    )
  }

  app.get(
    '/v1/tenants/:tenantId/reports/pstn-usage/export',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'The report as a file with the documented columns; zip: with its parameters, as others export it',
        tags,
        params: tenantParams,
        querystring: usageExportQuery,
        problems: ['export-too-large'],
        response: { 200: tableResponse('The file', ['csv', 'xlsx', 'zip'], z.string()) },
      },
    },
    async (request, reply) => {
      const { format, ...wish } = request.query
      const what = await asked(walled(deps, request), request.params, wish, 'plan')
      return sendReport(walled(deps, request), reply, what, {
        format,
        name: 'PSTN.calls',
        columns: USAGE_COLUMNS,
        cellsOf: ({ record, user }) =>
          usageCells(usageRow({ record, user, ...placeOfTenant(what.tenant) }), record.userId),
      })
    },
  )

  app.get(
    '/v1/tenants/:tenantId/reports/direct-routing/export',
    {
      config: { permission: 'call:read' },
      schema: {
        summary: 'The report on Direct Routing as a file with the documented columns',
        tags,
        params: tenantParams,
        querystring: directExportQuery,
        problems: ['export-too-large'],
        response: { 200: tableResponse('The file', ['csv', 'xlsx', 'zip'], z.string()) },
      },
    },
    async (request, reply) => {
      const { format, ...wish } = request.query
      const what = await asked(walled(deps, request), request.params, wish, 'trunk')
      return sendReport(walled(deps, request), reply, what, {
        format,
        name: 'DirectRouting.calls',
        columns: DIRECT_COLUMNS,
        cellsOf: ({ record, user }) => directCells(directRow({ record, user, sipDomain: what.tenant.sipDomain })),
      })
    },
  )

  void registerPools(app, deps)
}

const registerPools: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/reports/pstn-minute-pools',
    {
      config: { permission: 'pool:read' },
      schema: {
        summary: 'PSTN minute pools of a month, under the documented names',
        tags,
        params: tenantParams,
        querystring: z.strictObject({ ...page, month: month.optional() }),
        response: { 200: listOf(poolRowOut) },
      },
    },
    async (request) => {
      const { pools } = await poolsOf(walled(deps, request), request.params, request.query.month, languageOf(request))
      return pageOfAll(
        pools,
        request.query,
        (row) => `${row.country}:${row.plan}`,
        (row) => row,
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/reports/pstn-minute-pools/export',
    {
      config: { permission: 'pool:read' },
      schema: {
        summary: 'The report on minute pools as a file; minutes to a hundredth',
        tags,
        params: tenantParams,
        querystring: z.strictObject({ month: month.optional(), format: z.enum(['csv', 'xlsx']).default('csv') }),
        response: { 200: tableResponse('The file', ['csv', 'xlsx'], z.string()) },
      },
    },
    async (request, reply) => {
      const { month: wanted, pools } = await poolsOf(
        walled(deps, request),
        request.params,
        request.query.month,
        languageOf(request),
      )
      const rows = pools.map((row): Cell[] => [
        countryName(row.country as Country, 'en'),
        POOL_CAPABILITIES[row.plan].en,
        minutesText(row.totalSeconds),
        minutesText(row.usedSeconds),
        minutesText(row.availableSeconds),
        row.capability,
      ])
      const file = { name: `PSTN.pools.${wanted}`, format: request.query.format }
      return sendTable(reply, file, { columns: POOL_COLUMNS, pages: oneBy([rows]) })
    },
  )
}

async function poolsOf(
  deps: Deps,
  params: z.output<typeof tenantParams>,
  wanted: Month | undefined,
  language: Language,
) {
  const tenant = await tenantOf(deps.db, params.tenantId)
  const now = nowFor(deps, tenant)
  await openCurrentPools(deps.db, tenant, now, deps.newId)
  const month = wanted ?? periodOf(now, tenant.timeZone).month
  const pools = (await listPools(deps.db, tenant.tenantId, month)).map(({ key, account }) => {
    const { totalSeconds, usedSeconds, reservedSeconds, availableSeconds } = poolFigures(account, now)
    const { capability, [language]: capabilityDescription } = POOL_CAPABILITIES[key.plan]
    const figures = { totalSeconds, usedSeconds, reservedSeconds, availableSeconds }
    return { ...key, capabilityDescription, capability, ...figures }
  })
  return { month, pools }
}

async function chart(deps: Deps, what: Asked): Promise<z.input<typeof chartOut>> {
  const { tenant, filter, from, to } = what
  const step = daysFrom(from, to) < DAYS_DRAWN_MAX ? 'day' : 'month'
  const firsts = firstsOf(from, to, step)
  const starts = firsts.map((day) => startOfDay(day, tenant.timeZone))
  const [parts, funds] = await Promise.all([
    partsOfReport(deps.db, tenant.tenantId, filter, starts),
    isWhole(filter) ? fundsOf(deps, what, firsts) : null,
  ])
  const money = (amount: bigint) => toMoney(micros(amount), tenant.currency)
  return {
    from,
    to,
    step,
    parts: firsts.map((day, index) => {
      const { calls = 0, seconds = 0, chargeMicros = 0n } = parts.find(({ part }) => part === index + 1) ?? {}
      const used = funds && [...(funds.get(day) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1))
      return {
        from: day,
        calls,
        seconds,
        charge: money(chargeMicros),
        funds:
          used?.map(([fund, amount]) =>
            fund === 'wallet'
              ? { fund, seconds: null, amount: money(amount) }
              : { fund, seconds: Number(amount), amount: null },
          ) ?? null,
      }
    }),
  }
}

const isWhole = ({ way, userIds, callType }: ReportFilter): boolean =>
  way === 'plan' && userIds === undefined && callType === undefined

/** What the ledger took from each fund, by the first day of its part. */
async function fundsOf(deps: Deps, { tenant, from, to }: Asked, firsts: readonly LocalDay[]) {
  const days = Array.from({ length: daysFrom(from, to) + 1 }, (_, index) => addDays(from, index))
  const [pools, wallet] = await Promise.all([
    readUse(deps.db, tenant, poolRange('pool:'), days),
    readUse(deps.db, tenant, WALLET_RANGE, days),
  ])
  const parts = new Map<LocalDay, Map<Plan | 'wallet', bigint>>()
  for (const { fund, day, amount } of [...pools, ...wallet]) {
    const name = fund === WALLET_FUND ? 'wallet' : parsePoolName(fund)?.plan
    const first = firsts.findLast((candidate) => candidate <= day)
    if (name === undefined || first === undefined) continue
    const part = parts.get(first) ?? new Map()
    parts.set(first, part.set(name, (part.get(name) ?? 0n) + amount))
  }
  return parts
}

/** The days, or the first days of the months, from one day to another; the first part begins with the range. */
function firstsOf(from: LocalDay, to: LocalDay, step: 'day' | 'month'): LocalDay[] {
  const days = Array.from({ length: daysFrom(from, to) + 1 }, (_, index) => addDays(from, index))
  return step === 'day' ? days : days.filter((day, index) => index === 0 || day === firstDayOf(monthOfDay(day)))
}

interface ReportFile {
  readonly format: TableFormat
  readonly name: string
  readonly columns: readonly string[]
  readonly cellsOf: (row: ReportRecord) => Cell[]
}

async function sendReport(deps: Deps, reply: FastifyReply, { tenant, filter, from, to }: Asked, file: ReportFile) {
  const { format, name, columns, cellsOf } = file
  if (format === 'xlsx') {
    const { calls } = await totalReport(deps.db, tenant.tenantId, filter)
    if (calls > SHEET_ROWS_MAX) throw new Problem('export-too-large', { param: 'format', extra: { rows: calls } })
  }
  const made = formatInstant(deps.clock.now())
  const csv = `${name}.${made.slice(0, 10)}`
  const zip = `Calls.Export.${deps.newId()}`
  const parameters = {
    from,
    to,
    timeZone: tenant.timeZone,
    tenantId: formatId('tenant', tenant.tenantId),
    createdAt: made,
  }
  return sendTable(
    reply,
    { name: format === 'zip' ? zip : csv, format, inZip: { csv: `${csv}.csv`, parameters } },
    { columns, pages: pagesOf(deps, tenant, filter, cellsOf) },
  )
}

async function* pagesOf(
  deps: Deps,
  { tenantId }: TenantRow,
  filter: ReportFilter,
  cellsOf: (row: ReportRecord) => Cell[],
): AsyncGenerator<Cell[][]> {
  let after: ReportPlace | null = null
  for (;;) {
    const rows: ReportRecord[] = await listReport(deps.db, tenantId, filter, { limit: EXPORT_PAGE, after })
    yield rows.map(cellsOf)
    const last = rows.at(-1)?.record
    if (rows.length < EXPORT_PAGE || last === undefined) return
    after = { startedAt: last.startedAt, callId: last.callId }
  }
}

async function* oneBy<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

const placeOfTenant = ({ sipDomain, country }: TenantRow) => ({ sipDomain, tenantCountry: country })

function usageToWire({ record, user }: ReportRecord, tenant: TenantRow): z.input<typeof usageRowOut> {
  const {
    usageId: _,
    startedAt,
    endedAt: __,
    chargeMicros,
    connectionFeeMicros: ___,
    currency: ____,
    ...row
  } = usageRow({
    record,
    user,
    ...placeOfTenant(tenant),
  })
  return {
    ...row,
    id: row.callId,
    timeStamp: formatInstant(startedAt),
    userId: record.userId && formatId('user', record.userId),
    charge: toMoney(chargeMicros, tenant.currency),
    conferenceId: null,
  }
}

function directToWire({ record, user }: ReportRecord, { sipDomain }: TenantRow): z.input<typeof directRowOut> {
  const { timeStamp, startTime, inviteTime, failureTime, endTime, callId, ...row } = directRow({
    record,
    user,
    sipDomain,
  })
  const orNull = (at: Instant | null): string | null => (at === null ? null : formatInstant(at))
  return {
    ...row,
    id: callId,
    userId: record.userId && formatId('user', record.userId),
    timeStamp: formatInstant(timeStamp),
    startTime: orNull(startTime),
    inviteTime: formatInstant(inviteTime),
    failureTime: orNull(failureTime),
    endTime: formatInstant(endTime),
  }
}

const keyOf = ({ record }: ReportRecord): string => `${record.startedAt}.${record.callId}`

const PLACE = /^(\d{1,15})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

function placeOf(cursor: string | undefined): ReportPlace | null {
  if (cursor === undefined) return null
  const match = PLACE.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw new Problem('invalid-request', { param: 'cursor' })
  return { startedAt: instant(Number(match[1])), callId: match[2] as Uuid as CallId }
}
