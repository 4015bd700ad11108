/** `GET /v1/tenants/{t}/audit`: the tenant's ledger, recomputed from its postings and compared (A2); and who changed what. */
import { z } from 'zod'
import { formatId } from '../core/ids.ts'
import { type Currency, formatMicros, micros, toMoney } from '../core/money.ts'
import { formatInstant } from '../core/time.ts'
import { type Audit, type AuditDifference, auditTenant } from '../store/audit.ts'
import { listAuditLog } from '../store/audit-log.ts'
import { listOf, moneyOut, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const totalsOf = <T extends z.ZodType>(amount: T) => ({
  issued: amount,
  used: amount,
  expired: amount,
  balance: amount,
  reserved: amount,
})
const seconds = z.number().int()

const auditOut = z
  .object({
    balanced: z.boolean(),
    accounts: z.number().int(),
    postings: z.number().int(),
    calls: z.number().int(),
    differences: z.array(
      z.object({
        account: z.string(),
        what: z.string(),
        expected: z.string().meta({ description: 'By the postings: seconds, or an amount with six decimals' }),
        actual: z.string(),
      }),
    ),
    totals: z.object({
      seconds: z.object({ ...totalsOf(seconds), overrun: seconds }),
      money: z.object(totalsOf(moneyOut)),
    }),
  })
  .meta({ id: 'Audit' })

const entryOut = z
  .object({
    id: z.string(),
    at: timeOut,
    actor: z.string().meta({ description: 'Name of the key' }),
    action: z.string().meta({ description: 'Such as `licence.assigned`' }),
    subject: z.string().meta({ description: 'Id of what was changed' }),
    before: z.unknown().meta({ description: 'null: there was nothing, or it is not kept' }),
    after: z.unknown(),
  })
  .meta({ id: 'AuditLogEntry' })

export const auditRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/audit-log',
    {
      config: { permission: 'audit-log:read' },
      schema: {
        summary: 'Who changed what, newest first',
        tags: ['audit'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(entryOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const rows = await listAuditLog(deps.db, tenantId, limit + 1, cursorOf(cursor))
      return pageCursor(
        rows,
        limit,
        (row) => row.id,
        ({ id, at, actor, action, subject, before, after }) => ({
          ...{ id: formatId('audit', id), at: formatInstant(at), actor, action, subject },
          ...{ before: before ?? null, after: after ?? null },
        }),
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/audit',
    {
      config: { permission: 'books:read' },
      schema: {
        summary: 'Recomputes the ledger of the tenant from its postings and compares',
        tags: ['audit'],
        params: tenantParams,
        response: { 200: auditOut },
      },
    },
    async (request) => {
      const { tenantId, currency } = await tenantOf(deps.db, request.params.tenantId)
      return auditToWire(await auditTenant(deps.db, tenantId), currency)
    },
  )
}

function auditToWire(audit: Audit, currency: Currency): z.input<typeof auditOut> {
  const { balanced, accounts, postings, calls, differences, totals } = audit
  const money = (amount: bigint) => toMoney(micros(amount), currency)
  return {
    balanced,
    accounts,
    postings,
    calls,
    differences: differences.map(differenceToWire),
    totals: {
      seconds: {
        issued: Number(totals.seconds.issued),
        used: Number(totals.seconds.used),
        expired: Number(totals.seconds.expired),
        balance: Number(totals.seconds.balance),
        reserved: Number(totals.seconds.reserved),
        overrun: Number(totals.seconds.overrun),
      },
      money: {
        issued: money(totals.money.issued),
        used: money(totals.money.used),
        expired: money(totals.money.expired),
        balance: money(totals.money.balance),
        reserved: money(totals.money.reserved),
      },
    },
  }
}

function differenceToWire({ account, what, expected, actual }: AuditDifference) {
  const isOfSeconds = account.startsWith('pool:') || account === 'seconds'
  const print = (amount: bigint): string => (isOfSeconds ? String(amount) : formatMicros(micros(amount)))
  return { account, what, expected: print(expected), actual: print(actual) }
}
