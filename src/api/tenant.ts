/** `/v1/tenants`: organisations. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { DEFAULT_CALLING_POLICY } from '../core/calling-policy.ts'
import { licenceTypeOf } from '../core/country.ts'
import { foldText } from '../core/fold.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import { LANGUAGES } from '../core/problems.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable, Tx } from '../store/db.ts'
import {
  findTenant,
  insertTenant,
  listTenants,
  lockTenant,
  type TenantRow,
  tenantNow,
  updateTenant,
} from '../store/tenant.ts'
import { changeTimeZone } from '../store/time-zone.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { type Answer, change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { tenantBody, tenantChanges } from './schema/tenant.ts'
import type { Deps, Routes } from './server.ts'

const tenantOut = z
  .object({
    id: z.string(),
    name: z.string(),
    country: z.string(),
    timeZone: z.string(),
    currency: z.string(),
    language: z.enum(LANGUAGES).meta({ description: 'Of what is written to nobody in particular' }),
    licenceType: z.enum(['with-calling-plan', 'without-calling-plan', 'not-available']),
    sandbox: z.boolean(),
    clock: timeOut
      .nullable()
      .meta({ description: 'D4: where the clock of a sandbox is frozen; null follows real time' }),
    sipDomain: z.string(),
    callingPolicy: z.string(),
    createdAt: timeOut,
  })
  .meta({ id: 'Tenant' })

export const tenantParams = z.object({ tenantId: idOf<TenantId>('tenant') })

/** The tenant of the path, or 404. */
export async function tenantOf(db: Queryable, tenantId: TenantId | null): Promise<TenantRow> {
  const tenant = tenantId === null ? null : await findTenant(db, tenantId)
  if (!tenant) throw new Problem('tenant-unknown')
  return tenant
}

/** What routes may use, for a function that takes all of it: its database is the one that this request may see. */
export const walled = (deps: Deps, { db }: FastifyRequest): Deps => ({ ...deps, db })

/** Now, by the clock that decides for this tenant. */
export const nowFor = (deps: Deps, tenant: TenantRow) => tenantNow(tenant, deps.clock.now())

const toWire = (tenant: TenantRow): z.input<typeof tenantOut> => ({
  id: formatId('tenant', tenant.tenantId),
  name: tenant.name,
  country: tenant.country,
  timeZone: tenant.timeZone,
  currency: tenant.currency,
  language: tenant.language,
  licenceType: tenant.licenceType,
  sandbox: tenant.sandbox,
  clock: tenant.clockAt === null ? null : formatInstant(tenant.clockAt),
  sipDomain: tenant.sipDomain,
  callingPolicy: tenant.callingPolicy,
  createdAt: formatInstant(tenant.createdAt),
})

/** Makes a tenant, on the audit log. */
export async function addTenant(
  tx: Tx,
  deps: Deps,
  body: z.output<typeof tenantBody>,
  actor: string,
): Promise<TenantRow> {
  const tenantId = deps.newId() as TenantId
  const tenant: TenantRow = {
    tenantId,
    ...body,
    licenceType: licenceTypeOf(body.country),
    clockAt: null,
    sipDomain: `${slug(body.name)}-${tenantId.slice(-6)}.${deps.sipDomain}`,
    callingPolicy: DEFAULT_CALLING_POLICY,
    createdAt: deps.clock.now(),
  }
  await insertTenant(tx, tenant)
  await record(tx, {
    id: deps.newId(),
    tenantId,
    at: deps.clock.now(),
    actor,
    action: 'tenant.created',
    subject: formatId('tenant', tenantId),
    after: toWire(tenant),
  })
  return tenant
}

export const tenantRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants',
    {
      config: { permission: 'tenant:create' },
      schema: {
        summary: 'Make a tenant',
        tags: ['tenants'],
        body: tenantBody,
        response: { 201: tenantOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await addTenant(tx, deps, request.body, principalOf(request).name)
        return { status: 201, body: toWire(tenant) }
      }),
  )

  app.get(
    '/v1/tenants',
    {
      config: { permission: 'tenant:list' },
      schema: {
        summary: 'List tenants',
        tags: ['tenants'],
        querystring: z.strictObject(page),
        response: { 200: listOf(tenantOut) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const rows = await listTenants(request.db, limit + 1, cursorOf(cursor) as TenantId | null)
      return pageCursor(rows, limit, (row) => row.tenantId as Uuid, toWire)
    },
  )

  app.get(
    '/v1/tenants/:tenantId',
    {
      config: { permission: 'tenant:read' },
      schema: {
        summary: 'One tenant',
        tags: ['tenants'],
        params: tenantParams,
        response: { 200: tenantOut },
      },
    },
    async (request) => toWire(await tenantOf(request.db, request.params.tenantId)),
  )

  app.patch(
    '/v1/tenants/:tenantId',
    {
      config: { permission: 'tenant:edit', fields: { callingPolicy: 'policy:edit' } },
      schema: {
        summary: 'Change a tenant; a time zone counts at once, and can be changed while both have the same month',
        tags: ['tenants'],
        params: tenantParams,
        body: tenantChanges,
        problems: ['time-zone-in-another-month'],
        response: { 200: tenantOut },
      },
    },
    async (request, reply) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const apply = async () => {
        const answered = await change(deps, request, reply, (tx) =>
          changeTenant(tx, deps, request, tenantId, request.body),
        )
        if (request.body.callingPolicy !== undefined) deps.onDirectoryChange()
        return answered
      }
      // A sandbox's clock walks through months by the zone that it read before the first step.
      const { timeZone } = request.body
      return timeZone === undefined ? apply() : deps.jobs.locks.withLock(`clock:${tenantId}`, apply)
    },
  )
}

async function changeTenant(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  tenantId: TenantId,
  changes: z.output<typeof tenantChanges>,
): Promise<Answer> {
  const before = await lockTenant(tx, tenantId)
  if (!before) throw new Problem('tenant-unknown')
  const { name, callingPolicy, timeZone, language } = changes
  if (timeZone !== undefined && timeZone !== before.timeZone) {
    const moved = await changeTimeZone(tx, before, timeZone, nowFor(deps, before))
    if ('refusal' in moved) throw new Problem(moved.refusal, { param: 'timeZone' })
  }
  await updateTenant(tx, tenantId, {
    ...(name === undefined ? {} : { name }),
    ...(callingPolicy === undefined ? {} : { callingPolicy }),
    ...(language === undefined ? {} : { language }),
  })
  const after = await tenantOf(tx, tenantId)
  await record(tx, {
    id: deps.newId(),
    tenantId,
    at: deps.clock.now(),
    actor: principalOf(request).name,
    action: 'tenant.changed',
    subject: formatId('tenant', tenantId),
    before: toWire(before),
    after: toWire(after),
  })
  return { status: 200, body: toWire(after) }
}

/** Letters and digits of a name, as a domain label. */
const slug = (name: string): string =>
  foldText(name)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40) || 'tenant'
