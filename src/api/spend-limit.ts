/** `/v1/tenants/{t}/limits` and `…/users/{u}/limits`: how much may be spent, how many calls at once, how long abroad, and where to (A1). */
import { formatId } from '../core/ids.ts'
import { type Currency, type Micros, micros, toMoney } from '../core/money.ts'
import { type Limits, NO_LIMITS, NO_TENANT_LIMITS, type TenantLimits } from '../core/spend-limit.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable } from '../store/db.ts'
import {
  type LimitsUsed,
  limitsUsed,
  saveTenantLimits,
  saveUserLimits,
  tenantLimits,
  userLimits,
} from '../store/spend-limit.ts'
import { lockTenant, type TenantRow } from '../store/tenant.ts'
import type { UserRow } from '../store/user.ts'
import { principalOf } from './auth.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import {
  type LimitsBody,
  type LimitsOnWire,
  type LimitsUsedOnWire,
  type TenantLimitsOnWire,
  tenantLimitsBody,
  tenantLimitsOut,
  type UserLimitsOnWire,
  userLimitsBody,
  userLimitsOut,
} from './schema/spend-limit.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { userOf, userParams } from './user.ts'

const moneyOrNull = (amount: bigint | null, currency: Currency) =>
  amount === null ? null : toMoney(micros(amount), currency)

const limitsToWire = (limits: Limits, currency: Currency): LimitsOnWire => ({
  creditsPerMonth: moneyOrNull(limits.creditsPerMonth, currency),
  creditsPerHour: moneyOrNull(limits.creditsPerHour, currency),
  calls: limits.calls,
  internationalSecondsPerHour: limits.internationalSecondsPerHour,
})

const usedToWire = (used: LimitsUsed, currency: Currency): LimitsUsedOnWire => ({
  creditsThisMonth: toMoney(micros(used.creditsThisMonth), currency),
  creditsThisHour: toMoney(micros(used.creditsThisHour), currency),
  calls: used.calls,
  internationalSecondsThisHour: used.internationalSecondsThisHour,
})

/** Limits of a body; money must be the tenant's, and the field is named otherwise. */
function limitsFrom(body: LimitsBody, currency: Currency, param: string): Limits {
  const amountOf = (field: 'creditsPerMonth' | 'creditsPerHour'): Micros | null => {
    const money = body[field]
    if (money && money.currency !== currency) {
      throw new Problem('currency-mismatch', { param: `${param}.${field}.currency` })
    }
    return money === null ? null : money.micros
  }
  return {
    creditsPerMonth: amountOf('creditsPerMonth'),
    creditsPerHour: amountOf('creditsPerHour'),
    calls: body.calls,
    internationalSecondsPerHour: body.internationalSecondsPerHour,
  }
}

async function tenantToWire(deps: Deps, db: Queryable, tenant: TenantRow): Promise<TenantLimitsOnWire> {
  const { tenantId, currency, timeZone } = tenant
  const { organisation, eachUser, countries } = (await tenantLimits(db, tenantId)) ?? NO_TENANT_LIMITS
  const used = await limitsUsed(db, tenantId, null, nowFor(deps, tenant), timeZone)
  return {
    organisation: limitsToWire(organisation, currency),
    eachUser: limitsToWire(eachUser, currency),
    countries: { mode: countries.mode, countries: [...countries.countries] },
    used: usedToWire(used, currency),
  }
}

async function userToWire(deps: Deps, db: Queryable, tenant: TenantRow, user: UserRow): Promise<UserLimitsOnWire> {
  const { tenantId, currency, timeZone } = tenant
  const own = await userLimits(db, tenantId, user.userId)
  const inForce = own ?? (await tenantLimits(db, tenantId))?.eachUser ?? NO_LIMITS
  const used = await limitsUsed(db, tenantId, user.userId, nowFor(deps, tenant), timeZone)
  return {
    own: own && limitsToWire(own, currency),
    inForce: limitsToWire(inForce, currency),
    used: usedToWire(used, currency),
  }
}

export const spendLimitRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/limits',
    {
      config: { permission: 'policy:read' },
      schema: {
        summary: 'Limits of the organisation, of each of its users, and of countries, with what is used of them (A1)',
        tags: ['policies'],
        params: tenantParams,
        response: { 200: tenantLimitsOut },
      },
    },
    async (request) => tenantToWire(deps, request.db, await tenantOf(request.db, request.params.tenantId)),
  )

  app.patch(
    '/v1/tenants/:tenantId/limits',
    {
      config: { permission: 'policy:edit' },
      schema: {
        summary: 'Change limits; they count for calls that begin from now on',
        tags: ['policies'],
        params: tenantParams,
        body: tenantLimitsBody,
        problems: ['currency-mismatch'],
        response: { 200: tenantLimitsOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { tenantId, currency } = tenant
        await lockTenant(tx, tenantId)
        const before = await tenantToWire(deps, tx, tenant)
        const known = (await tenantLimits(tx, tenantId)) ?? NO_TENANT_LIMITS
        const { organisation, eachUser, countries = known.countries } = request.body
        const limits: TenantLimits = {
          organisation: organisation ? limitsFrom(organisation, currency, 'organisation') : known.organisation,
          eachUser: eachUser ? limitsFrom(eachUser, currency, 'eachUser') : known.eachUser,
          countries: { mode: countries.mode, countries: [...new Set(countries.countries)] },
        }
        await saveTenantLimits(tx, tenantId, limits)
        const after = await tenantToWire(deps, tx, tenant)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'limits.changed',
          subject: formatId('tenant', tenantId),
          before: withoutUse(before),
          after: withoutUse(after),
        })
        return { status: 200, body: after }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/users/:userId/limits',
    {
      config: { permission: 'policy:read' },
      schema: {
        summary: 'The limits of one user, and what is used of them',
        tags: ['policies'],
        params: userParams,
        response: { 200: userLimitsOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const user = await userOf(request.db, tenant.tenantId, request.params.userId)
      return userToWire(deps, request.db, tenant, user)
    },
  )

  app.put(
    '/v1/tenants/:tenantId/users/:userId/limits',
    {
      config: { permission: 'policy:edit' },
      schema: {
        summary: 'Give a user limits of their own, or take them away',
        tags: ['policies'],
        params: userParams,
        body: userLimitsBody,
        problems: ['currency-mismatch'],
        response: { 200: userLimitsOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { tenantId, currency } = tenant
        const user = await userOf(tx, tenantId, request.params.userId)
        const before = await userToWire(deps, tx, tenant, user)
        const { own } = request.body
        await saveUserLimits(tx, tenantId, user.userId, own && limitsFrom(own, currency, 'own'))
        const after = await userToWire(deps, tx, tenant, user)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'limits.changed',
          subject: formatId('user', user.userId),
          before: { own: before.own },
          after: { own: after.own },
        })
        return { status: 200, body: after }
      }),
  )
}

const withoutUse = ({ organisation, eachUser, countries }: TenantLimitsOnWire): Omit<TenantLimitsOnWire, 'used'> => ({
  organisation,
  eachUser,
  countries,
})
