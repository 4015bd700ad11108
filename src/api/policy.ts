/** `/v1/tenants/{t}/calling-policies` and `…/failure-policy`: who may call where (C6), and what happens while nobody can charge (C10). */
import { z } from 'zod'
import { CALLING_POLICIES, CALLING_POLICY_NAMES } from '../core/calling-policy.ts'
import { toMoney, ZERO } from '../core/money.ts'
import { formatInstant, instant } from '../core/time.ts'
import { busiestHour, countCredits, countPolicies } from '../store/policy.ts'
import { moneyOut, timeOut } from './contract.ts'
import type { Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

const policyOut = z.object({
  name: z.string(),
  userCalls: z.enum(['international-and-domestic', 'domestic', 'none']),
  conferenceDialOut: z.enum(['any', 'organiser-country', 'zone-a', 'none']),
  isTenantDefault: z.boolean(),
  people: z.number().int().meta({ description: 'Who have it of their own' }),
})

export const policiesOut = z
  .object({
    callingPolicy: z.string().meta({ description: 'Of the tenant: for users without one of their own' }),
    peopleWithoutOwn: z.number().int(),
    policies: z.array(policyOut),
    creditsEnabled: z.object({ on: z.number().int(), off: z.number().int() }),
  })
  .meta({ id: 'CallingPolicies' })

const FAILURE_CHOICES = ['terminate'] as const

export const failureOut = z
  .object({
    outside: z.enum(FAILURE_CHOICES).meta({
      description:
        '`terminate`: calls that would be charged are refused; those that go on end when what was secured for them is used up',
    }),
    choices: z.array(z.enum(FAILURE_CHOICES)).meta({ description: 'What the switch can do' }),
    internal: z.literal('continue'),
    emergency: z.literal('continue'),
    worstLossPerHour: moneyOut.meta({ description: 'What could be spoken in an hour and never be charged' }),
    ifLetThrough: z.object({ amount: moneyOut, hour: timeOut }).nullable().meta({
      description:
        'What calls took from credits in the busiest hour of the last 30 days: at stake, were they let through; null: nothing',
    }),
  })
  .meta({ id: 'FailurePolicy' })

const LOOKED_BACK_MS = 30 * 86_400_000

export const policyRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/calling-policies',
    {
      config: { permission: 'policy:read' },
      schema: {
        summary: 'The twelve calling policies, how many people have each, and who may spend credits (C6, W6)',
        tags: ['policies'],
        params: tenantParams,
        response: { 200: policiesOut },
      },
    },
    async (request) => {
      const { tenantId, callingPolicy } = await tenantOf(request.db, request.params.tenantId)
      const [counts, creditsEnabled] = await Promise.all([
        countPolicies(request.db, tenantId),
        countCredits(request.db, tenantId),
      ])
      const peopleWith = (name: string | null): number => counts.find((row) => row.callingPolicy === name)?.people ?? 0
      return {
        callingPolicy,
        peopleWithoutOwn: peopleWith(null),
        policies: CALLING_POLICY_NAMES.map((name) => ({
          name,
          ...CALLING_POLICIES[name],
          isTenantDefault: name === callingPolicy,
          people: peopleWith(name),
        })),
        creditsEnabled,
      }
    },
  )

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
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const since = instant(nowFor(deps, tenant) - LOOKED_BACK_MS)
      const busiest = await busiestHour(request.db, tenant.tenantId, since)
      return {
        outside: 'terminate' as const,
        choices: [...FAILURE_CHOICES],
        internal: 'continue' as const,
        emergency: 'continue' as const,
        worstLossPerHour: toMoney(ZERO, tenant.currency),
        ifLetThrough: busiest && {
          amount: toMoney(busiest.spent, tenant.currency),
          hour: formatInstant(busiest.from),
        },
      }
    },
  )
}
