/** `POST /v1/tenants/{t}/users/{u}/view-as`: what a user sees of their own telephone, shown to an admin, and put on the audit log. */
import { z } from 'zod'
import { planLocation } from '../core/country.ts'
import { formatId } from '../core/ids.ts'
import { poolFigures, poolName } from '../core/pool.ts'
import { periodOf } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { listCalls, recordToWire } from '../store/call-record.ts'
import { findPool, openCurrentPools } from '../store/pool.ts'
import type { TenantRow } from '../store/tenant.ts'
import type { UserRow } from '../store/user.ts'
import { principalOf } from './auth.ts'
import { callOut } from './call.ts'
import { change } from './idempotency.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, walled } from './tenant.ts'
import { shower, shownOut, userOf, userParams } from './user.ts'

/** Calls on a user's own page. */
const CALLS_SHOWN = 20

export const viewOut = z
  .object({
    user: shownOut,
    tenant: z.object({ name: z.string(), timeZone: z.string(), currency: z.string(), callingPolicy: z.string() }),
    minutes: z
      .array(
        z.object({ plan: z.enum(['domestic', 'international']), country: z.string(), secondsLeft: z.number().int() }),
      )
      .meta({ description: 'What the plans that pay for this user’s calls still have' }),
    calls: z.array(callOut).meta({ description: 'The latest of their own' }),
  })
  .meta({ id: 'OwnView' })

export const userViewRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/users/:userId/view-as',
    {
      config: { permission: 'user:view-as', once: false },
      schema: {
        summary: 'See what this user sees; it can only be looked at, and it is put on the audit log',
        tags: ['users'],
        params: userParams,
        response: { 200: viewOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const user = await userOf(tx, tenant.tenantId, request.params.userId)
        await record(tx, {
          id: deps.newId(),
          tenantId: tenant.tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'user.viewed-as',
          subject: formatId('user', user.userId),
        })
        return { status: 200, body: await viewOf(walled(deps, request), tenant, user) }
      }),
  )
}

/** A user's own telephone: numbers, minutes left, whether a call would go through, the latest calls. */
export async function viewOf(deps: Deps, tenant: TenantRow, user: UserRow): Promise<z.input<typeof viewOut>> {
  const filters = { userId: user.userId }
  const calls = await listCalls(deps.db, tenant.tenantId, { limit: CALLS_SHOWN, before: null, filters })
  return {
    user: (await shower(deps, tenant, [user]))(user),
    tenant: {
      name: tenant.name,
      timeZone: tenant.timeZone,
      currency: tenant.currency,
      callingPolicy: tenant.callingPolicy,
    },
    minutes: await minutesLeft(deps, tenant, user),
    calls: calls.map(recordToWire),
  }
}

async function minutesLeft(deps: Deps, tenant: TenantRow, user: UserRow) {
  const country = planLocation(user.usageLocation)
  if (country === null || user.voiceSku !== 'voice-with-calling-plan') return []
  const now = nowFor(deps, tenant)
  const { month } = periodOf(now, tenant.timeZone)
  await openCurrentPools(deps.db, tenant, now, deps.newId)
  const plans = user.internationalPlan ? (['domestic', 'international'] as const) : (['domestic'] as const)
  const pools = await Promise.all(
    plans.map(async (plan) => {
      const pool = await findPool(deps.db, tenant.tenantId, poolName({ country, plan }, month))
      return { plan, country: country as string, secondsLeft: pool ? poolFigures(pool, now).availableSeconds : 0 }
    }),
  )
  return pools
}
