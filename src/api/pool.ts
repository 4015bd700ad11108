/** `GET /v1/tenants/{t}/pools`: minutes of a month, by country and plan (P2, P5, L7). */
import { z } from 'zod'
import { poolFigures } from '../core/pool.ts'
import { type Month, parseMonth, periodOf } from '../core/time.ts'
import { listPools, openCurrentPools } from '../store/pool.ts'
import { listOf, problemSchema } from './contract.ts'
import type { Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

const poolOut = z
  .object({
    country: z.string(),
    plan: z.enum(['domestic', 'international', 'conference']),
    month: z.string(),
    assignedLicences: z.number().int(),
    totalSeconds: z.number().int(),
    usedSeconds: z.number().int(),
    reservedSeconds: z.number().int(),
    availableSeconds: z.number().int(),
  })
  .meta({ id: 'Pool' })

const month = z
  .string()
  .max(10)
  .refine((text) => parseMonth(text) !== null, { error: 'a month such as 2026-11' })
  .transform((text) => text as Month)
  .meta({ description: 'Calendar month of the tenant; absent: the current one' })

export const poolRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/pools',
    {
      schema: {
        summary: 'Minute pools of a month',
        tags: ['pools'],
        params: tenantParams,
        querystring: z.strictObject({ month: month.optional() }),
        response: { 200: listOf(poolOut), 400: problemSchema },
      },
    },
    async (request) => {
      const tenant = await tenantOf(deps.db, request.params.tenantId)
      const now = nowFor(deps, tenant)
      await openCurrentPools(deps.db, tenant, now, deps.newId)
      const wanted = request.query.month ?? periodOf(now, tenant.timeZone).month
      const pools = await listPools(deps.db, tenant.tenantId, wanted)
      const data = pools.map(({ key, account }) => ({ ...key, month: wanted, ...poolFigures(account, now) }))
      return { data, nextCursor: null }
    },
  )
}
