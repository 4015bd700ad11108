/** `/v1/tenants/{t}/failure-policy`: what happens to calls while charging cannot be reached, and what that can cost (C10). */
import type { z } from 'zod'
import { FAILURE_CLASSES, type FailurePolicies } from '../core/failure-policy.ts'
import { formatId } from '../core/ids.ts'
import { type Currency, toMoney } from '../core/money.ts'
import { formatInstant, instant } from '../core/time.ts'
import { type WorstLoss, worstLossPerHour } from '../core/worst-loss.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable } from '../store/db.ts'
import { failurePolicies, saveFailurePolicies } from '../store/failure-policy.ts'
import { busiestHour, usageLocations } from '../store/policy.ts'
import { lockTenant, type TenantRow } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import { change } from './idempotency.ts'
import { failureBody, failureOut, worstLossOut } from './schema/failure-policy.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

const LOOKED_BACK_MS = 30 * 86_400_000

async function worstLossOf(
  deps: Deps,
  db: Queryable,
  tenant: TenantRow,
  policies: FailurePolicies,
): Promise<z.input<typeof worstLossOut>> {
  const locations = await usageLocations(db, tenant.tenantId)
  const now = nowFor(deps, tenant)
  const loss = worstLossPerHour(policies, deps.decks.current(), { currency: tenant.currency, locations, now })
  return lossToWire(loss, tenant.currency)
}

const lossToWire = ({ perHour, byClass }: WorstLoss, currency: Currency): z.input<typeof worstLossOut> => ({
  perHour: toMoney(perHour, currency),
  byClass: {
    domestic: toMoney(byClass.domestic, currency),
    international: toMoney(byClass.international, currency),
    'toll-free-in': toMoney(byClass['toll-free-in'], currency),
    inbound: toMoney(byClass.inbound, currency),
  },
})

async function toWire(deps: Deps, db: Queryable, tenant: TenantRow): Promise<z.input<typeof failureOut>> {
  const classes = await failurePolicies(db, tenant.tenantId)
  const since = instant(nowFor(deps, tenant) - LOOKED_BACK_MS)
  const busiest = await busiestHour(db, tenant.tenantId, since)
  return {
    classes,
    internal: 'continue',
    emergency: 'continue',
    worstLoss: await worstLossOf(deps, db, tenant, classes),
    ifLetThrough: busiest && {
      amount: toMoney(busiest.spent, tenant.currency),
      hour: formatInstant(busiest.from),
    },
  }
}

/** The tenant's policies with what a body changes of them. */
async function changed(db: Queryable, tenant: TenantRow, body: z.output<typeof failureBody>): Promise<FailurePolicies> {
  const before = await failurePolicies(db, tenant.tenantId)
  const merged = FAILURE_CLASSES.map((of) => [of, body.classes[of] ?? before[of]])
  return Object.fromEntries(merged) as FailurePolicies
}

export const failurePolicyRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/failure-policy',
    {
      config: { permission: 'policy:read' },
      schema: {
        summary: 'What happens to calls while charging cannot be reached, and what that could cost (C10)',
        tags: ['policies'],
        params: tenantParams,
        response: { 200: failureOut },
      },
    },
    async (request) => toWire(deps, request.db, await tenantOf(request.db, request.params.tenantId)),
  )

  app.post(
    '/v1/tenants/:tenantId/failure-policy/worst-loss',
    {
      config: { permission: 'policy:read', once: false },
      schema: {
        summary: 'What an hour without charging could cost by these policies; nothing is changed',
        tags: ['policies'],
        params: tenantParams,
        body: failureBody,
        response: { 200: worstLossOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return worstLossOf(deps, request.db, tenant, await changed(request.db, tenant, request.body))
    },
  )

  app.patch(
    '/v1/tenants/:tenantId/failure-policy',
    {
      config: { permission: 'policy:edit' },
      schema: {
        summary: 'Say what happens to calls while charging cannot be reached; what goes on then is billed afterwards',
        tags: ['policies'],
        params: tenantParams,
        body: failureBody,
        response: { 200: failureOut },
      },
    },
    async (request, reply) => {
      const answered = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        await lockTenant(tx, tenant.tenantId)
        const before = await failurePolicies(tx, tenant.tenantId)
        const after = await changed(tx, tenant, request.body)
        await saveFailurePolicies(tx, tenant.tenantId, after)
        await record(tx, {
          id: deps.newId(),
          tenantId: tenant.tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'failure-policy.changed',
          subject: formatId('tenant', tenant.tenantId),
          before: { classes: before },
          after: { classes: after },
        })
        return { status: 200, body: await toWire(deps, tx, tenant) }
      })
      deps.onDirectoryChange()
      return answered
    },
  )
}
