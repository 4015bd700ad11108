/** `/v1/tenants/{t}/calling-policies`: who may call where (C6). */
import { z } from 'zod'
import { CALLING_POLICIES, CALLING_POLICY_NAMES } from '../core/calling-policy.ts'
import { countCredits, countPolicies } from '../store/policy.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

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

export const policyRoutes: Routes = (app) => {
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
}
