/** `/statements`: one month, one document, a reason per amount (A3). Drawn up from the records each time: it cannot differ from them. */
import { z } from 'zod'
import { formatId } from '../core/ids.ts'
import { makeFormat } from '../core/language/format.ts'
import { type Micros, micros, toMoney } from '../core/money.ts'
import { LANGUAGES } from '../core/problems.ts'
import { type ChangeReason, changeBetween, type MonthOfMoney, sumsOf } from '../core/statement.ts'
import { formatInstant, type Instant, instant, type Month, type Period, parseMonth, periodOf } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import { listFundingsOf } from '../store/funding.ts'
import { listSeatCharges, type SeatCharge } from '../store/seat-charge.ts'
import type { TenantRow } from '../store/tenant.ts'
import { type MovementTotal, type MovementType, postedBefore, totalOfMovements } from '../store/wallet-movement.ts'
import { listOf, type moneyOut, page } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { Problem } from './problem.ts'
import { monthOut, type reasonOut, statementOut } from './schema/statement.ts'
import { type Deps, languageOf, type Routes } from './server.ts'
import { ANNEX_COLUMNS, annexPages } from './statement-annex.ts'
import { statementOnPaper } from './statement-pdf.ts'
import { sendTable, tableResponse } from './table-file.ts'
import { nowFor, tenantOf, tenantParams, walled } from './tenant.ts'

const statementParams = tenantParams.extend({
  month: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .meta({ examples: ['2026-11'] }),
})

export const statementRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/statements',
    {
      config: { permission: 'statement:read' },
      schema: {
        summary: 'The months of this tenant, newest first, the open one included',
        tags: ['statements'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(monthOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const now = nowFor(deps, tenant)
      const months = await monthsOf(request.db, tenant, now)
      const shown = pageOfAll(
        months,
        request.query,
        (period) => period.month,
        (period) => period,
      )
      const data = await Promise.all(
        shown.data.map(async (period) => {
          const { onStatement, fromCredits, cost } = sumsOf((await readMonth(request.db, tenant, period)).money)
          const money = (amount: Micros) => toMoney(amount, tenant.currency)
          return {
            month: period.month,
            open: now < period.end,
            onStatement: money(onStatement),
            fromCredits: money(fromCredits),
            cost: money(cost),
          }
        }),
      )
      return { data, nextCursor: shown.nextCursor }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/statements/:month',
    {
      config: { permission: 'statement:read' },
      schema: {
        summary: 'One month: seats, credits, a reason per amount; every sum is that of the records',
        tags: ['statements'],
        params: statementParams,
        problems: ['not-found'],
        response: { 200: statementOut },
      },
    },
    async (request) => (await statementOf(deps, request.db, request.params)).statement,
  )

  app.get(
    '/v1/tenants/:tenantId/statements/:month/pdf',
    {
      config: { permission: 'statement:read' },
      schema: {
        summary: 'The same on paper; `lang`, or else the language that is asked for as everywhere',
        tags: ['statements'],
        params: statementParams,
        querystring: z.strictObject({ lang: z.enum(LANGUAGES).optional() }),
        problems: ['not-found'],
        response: { 200: { description: 'PDF', content: { 'application/pdf': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const { tenant, statement } = await statementOf(deps, request.db, request.params)
      const language = request.query.lang ?? languageOf(request)
      const format = makeFormat(language, tenant.country, tenant.timeZone)
      const file = await statementOnPaper(statement, { tenantName: tenant.name, language, format })
      return reply
        .type('application/pdf')
        .header('content-disposition', `attachment; filename="statement-${statement.month}.pdf"`)
        .header('cache-control', 'no-store')
        .send(file as never)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/statements/:month/annex',
    {
      config: { permission: 'statement:read' },
      schema: {
        summary:
          'Every amount behind it as a file: each seat line, funding, charged call; sections add up to the statement',
        tags: ['statements'],
        params: statementParams,
        querystring: z.strictObject({ format: z.enum(['csv', 'xlsx']).default('csv') }),
        problems: ['not-found'],
        response: { 200: tableResponse('The annex', ['csv', 'xlsx'], z.string()) },
      },
    },
    async (request, reply) => {
      const { tenant, statement } = await statementOf(deps, request.db, request.params)
      const file = { name: `statement-${statement.month}-annex`, format: request.query.format }
      return sendTable(reply, file, {
        columns: ANNEX_COLUMNS,
        pages: annexPages(walled(deps, request), tenant, statement),
      })
    },
  )
}

async function statementOf(deps: Deps, db: Queryable, params: z.output<typeof statementParams>) {
  const tenant = await tenantOf(db, params.tenantId)
  const month = parseMonth(params.month)
  const now = nowFor(deps, tenant)
  const months = await monthsOf(db, tenant, now)
  const index = months.findIndex((period) => period.month === month)
  const period = months[index]
  if (!period) throw new Problem('not-found')
  return { tenant, statement: await readStatement(db, tenant, period, months[index + 1] ?? null, now) }
}

/** From the first month in which anything was booked to the present one, newest first. */
async function monthsOf(db: Queryable, tenant: TenantRow, now: Instant): Promise<Period[]> {
  const { timeZone: zone, tenantId } = tenant
  const [row] = await db.query<{ month: Month | null; at: Instant | null }>(
    `SELECT (SELECT min(month) FROM seat_charge WHERE tenant_id = $1) AS month,
            (SELECT min(settled_at) FROM funding WHERE tenant_id = $1) AS at`,
    [tenantId],
  )
  const present = periodOf(now, zone)
  const candidates = [present.month, row?.month ?? null, row?.at == null ? null : periodOf(row.at, zone).month]
  const [first = present.month] = candidates.filter((month) => month !== null).sort()
  const periods: Period[] = []
  // Backwards from the present: the instant before a month begins lies in the one before it.
  for (let period = present; period.month >= first; period = periodOf(instant(period.start - 1), zone))
    periods.push(period)
  return periods
}

interface MonthRead {
  readonly charges: readonly SeatCharge[]
  readonly totals: readonly MovementTotal[]
  readonly money: MonthOfMoney
}

const amountOf = (totals: readonly MovementTotal[], ...types: readonly MovementType[]): bigint =>
  totals.reduce((sum, { type, amount }) => (types.includes(type) ? sum + amount : sum), 0n)

async function readMonth(db: Queryable, { tenantId }: TenantRow, period: Period): Promise<MonthRead> {
  const charges = await listSeatCharges(db, tenantId, period.month)
  const totals = await totalOfMovements(db, tenantId, { from: period.start, to: period.end })
  return { charges, totals, money: { seats: charges, usage: micros(-amountOf(totals, 'call', 'event')) } }
}

async function readStatement(
  db: Queryable,
  tenant: TenantRow,
  period: Period,
  before: Period | null,
  now: Instant,
): Promise<z.input<typeof statementOut>> {
  const { tenantId, currency } = tenant
  const money = (amount: bigint) => toMoney(micros(amount), currency)
  const { charges, totals, money: month } = await readMonth(db, tenant, period)
  const opening = await postedBefore(db, tenantId, period.start)
  const fundings = await listFundingsOf(db, tenantId, period.start, period.end)
  const added = amountOf(totals, 'funding', 'recharge', 'credit')
  const change = before && changeBetween((await readMonth(db, tenant, before)).money, month)
  const sums = sumsOf(month)
  return {
    month: period.month,
    from: formatInstant(period.start),
    to: formatInstant(period.end),
    open: now < period.end,
    currency,
    onStatement: money(sums.onStatement),
    fromCredits: money(sums.fromCredits),
    cost: money(sums.cost),
    seats: charges.map((charge) => ({
      id: formatId('seatCharge', charge.chargeId),
      sku: charge.sku,
      kind: charge.kind,
      seats: charge.seats,
      from: charge.span.from,
      to: charge.span.to,
      days: Number(charge.span.to.slice(8)) - Number(charge.span.from.slice(8)) + 1,
      monthDays: charge.span.monthDays,
      perMonth: charge.perMonth === null ? null : money(charge.perMonth),
      amount: money(charge.amount),
      paidFrom: charge.paidFrom,
    })),
    credits: {
      opening: money(opening),
      fundings: fundings.map((funding) => ({
        id: formatId('funding', funding.fundingId),
        at: formatInstant(funding.settledAt ?? funding.createdAt),
        kind: funding.kind,
        amount: money(funding.amountMicros),
      })),
      added: money(added),
      calls: money(-amountOf(totals, 'call', 'event')),
      plans: money(-amountOf(totals, 'plan')),
      expired: money(-amountOf(totals, 'expiry')),
      closing: money(opening + totals.reduce((sum, { amount }) => sum + amount, 0n)),
    },
    change:
      before && change
        ? {
            since: before.month,
            difference: money(change.difference),
            reasons: change.reasons.map((reason) => reasonToWire(reason, money)),
          }
        : null,
  }
}

function reasonToWire(
  reason: ChangeReason,
  money: (amount: bigint) => z.input<typeof moneyOut>,
): z.input<typeof reasonOut> {
  switch (reason.reason) {
    case 'seats':
    case 'part-of-month':
    case 'usage':
      return { ...reason, amount: money(reason.amount) }
    case 'price':
      return { ...reason, before: money(reason.before), now: money(reason.now), amount: money(reason.amount) }
  }
}
