/** `GET /v1/tenants/{t}/pools`: minutes of a month, by country and plan (P2, P5, L7). */
import { z } from 'zod'
import { poolFigures } from '../core/pool.ts'
import { type Month, periodOf } from '../core/time.ts'
import { listPools, openCurrentPools } from '../store/pool.ts'
import { listOf, page } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { hint } from './invalid.ts'
import type { Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

export const poolOut = z
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
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: hint('a month such as 2026-11', 'un mois tel que 2026-11') })
  .transform((text) => text as Month)
  .meta({ description: 'Calendar month of the tenant; absent: the current one' })

export const poolRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/pools',
    {
      config: { permission: 'pool:read' },
      schema: {
        summary: 'Minute pools of a month',
        tags: ['pools'],
        params: tenantParams,
        querystring: z.strictObject({ ...page, month: month.optional() }),
        response: { 200: listOf(poolOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(deps.db, request.params.tenantId)
      const now = nowFor(deps, tenant)
      await openCurrentPools(deps.db, tenant, now, deps.newId)
      const wanted = request.query.month ?? periodOf(now, tenant.timeZone).month
      const pools = await listPools(deps.db, tenant.tenantId, wanted)
      return pageOfAll(
        pools,
        request.query,
        ({ account }) => account.name,
        ({ key, account }) => ({ ...key, month: wanted, ...poolFigures(account, now) }),
      )
    },
  )
}
