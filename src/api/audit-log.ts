/** `…/audit-log`: who changed what, from what to what, and for whom (A1). */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import type { Cell } from '../core/report.ts'
import { formatInstant, instant } from '../core/time.ts'
import { type AuditFilter, type AuditPlace, type LoggedEntry, listAuditLog } from '../store/audit-log.ts'
import type { Db } from '../store/db.ts'
import { listOf, page, time } from './contract.ts'
import { pageCursor } from './cursor.ts'
import { Problem } from './problem.ts'
import { auditAction, auditEntryOut } from './schema/settings.ts'
import type { Routes } from './server.ts'
import { sendTable, tableResponse } from './table-file.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const tags = ['audit']

const filter = {
  from: time.optional(),
  to: time.optional().meta({ description: 'Not included' }),
  actor: z
    .string()
    .min(1)
    .max(254)
    .optional()
    .meta({ description: 'All of the name', examples: ['maya@contoso.example'] }),
  action: auditAction.optional(),
  subject: z.string().min(1).max(120).optional().meta({ description: 'Id of what was changed' }),
}

const listQuery = z.strictObject({ ...filter, ...page })
const exportQuery = z.strictObject({ ...filter, format: z.enum(['csv', 'xlsx']).default('csv') })

/** The log of a tenant, and that of the installation. */
const PLACES = [
  {
    path: '/v1/tenants/:tenantId/audit-log',
    permission: 'audit-log:read',
    what: 'Who changed what, newest first',
    params: tenantParams,
  },
  {
    path: '/v1/audit-log',
    permission: 'operator:read',
    what: 'Who changed what of the installation, newest first',
    params: z.object({ tenantId: tenantParams.shape.tenantId.optional() }),
  },
] as const

export const auditLogRoutes: Routes = (app, deps) => {
  for (const { path, permission, what, params } of PLACES) {
    app.get(
      path,
      {
        config: { permission },
        schema: {
          summary: what,
          tags,
          ...(path.includes(':') ? { params } : {}),
          querystring: listQuery,
          response: { 200: listOf(auditEntryOut) },
        },
      },
      async (request) => {
        const { limit, cursor, ...wish } = request.query as z.output<typeof listQuery>
        const tenantId = await placeOf(request)
        const rows = await listAuditLog(request.db, tenantId, filterOf(wish), {
          limit: limit + 1,
          after: afterOf(cursor),
        })
        return pageCursor(rows, limit, (row) => `${row.at}.${row.id}`, toWire)
      },
    )

    app.get(
      `${path}/export`,
      {
        config: { permission },
        schema: {
          summary: `${what}, as a file`,
          tags,
          ...(path.includes(':') ? { params } : {}),
          querystring: exportQuery,
          response: { 200: tableResponse('The file', ['csv', 'xlsx'], z.string()) },
        },
      },
      async (request, reply) => {
        const { format, ...wish } = request.query as z.output<typeof exportQuery>
        const tenantId = await placeOf(request)
        const name = `audit-log.${formatInstant(deps.clock.now()).slice(0, 10)}`
        return sendTable(
          reply,
          { name, format },
          { columns: COLUMNS, pages: pagesOf(request.db, tenantId, filterOf(wish)) },
        )
      },
    )
  }
}

async function placeOf({ db, params }: FastifyRequest): Promise<TenantId | null> {
  const { tenantId } = (params ?? {}) as { tenantId?: TenantId | null }
  return tenantId === undefined ? null : (await tenantOf(db, tenantId)).tenantId
}

type Wish = Omit<z.output<typeof listQuery>, 'limit' | 'cursor'>

const filterOf = ({ from, to, actor, action, subject }: Wish): AuditFilter => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  ...(actor === undefined ? {} : { actor }),
  ...(action === undefined ? {} : { action }),
  ...(subject === undefined ? {} : { subject }),
})

const toWire = (entry: LoggedEntry): z.input<typeof auditEntryOut> => ({
  id: formatId('audit', entry.id),
  at: formatInstant(entry.at),
  actor: entry.actor,
  actingAs: entry.actingAs && { role: entry.actingAs, partner: entry.partnerName },
  action: entry.action,
  subject: entry.subject,
  before: entry.before ?? null,
  after: entry.after ?? null,
})

const COLUMNS = ['Time', 'Actor', 'Acting as', 'Action', 'Object', 'Before', 'After']
const ROWS_A_PAGE = 500

async function* pagesOf(db: Db, tenantId: TenantId | null, wish: AuditFilter): AsyncGenerator<Cell[][]> {
  let after: AuditPlace | null = null
  for (;;) {
    const rows: LoggedEntry[] = await listAuditLog(db, tenantId, wish, { limit: ROWS_A_PAGE, after })
    yield rows.map((entry) => [
      formatInstant(entry.at),
      entry.actor,
      entry.partnerName ?? entry.actingAs ?? '',
      entry.action,
      entry.subject,
      jsonOf(entry.before),
      jsonOf(entry.after),
    ])
    const last = rows.at(-1)
    if (rows.length < ROWS_A_PAGE || last === undefined) return
    after = { at: last.at, id: last.id }
  }
}

const jsonOf = (value: unknown): string => (value === null || value === undefined ? '' : JSON.stringify(value))

const PLACE = /^(\d{1,15})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

function afterOf(cursor: string | undefined): AuditPlace | null {
  if (cursor === undefined) return null
  const match = PLACE.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw new Problem('invalid-request', { param: 'cursor' })
  return { at: instant(Number(match[1])), id: match[2] as Uuid }
}
