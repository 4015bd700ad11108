/** `/v1/tenants/{t}/partners`: the customer’s consent (L4). Only the customer, or the operator, gives and ends it; it counts at once. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatId } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { listPartnerAccess, type PartnerAccess, removePartnerTenant } from '../store/partner.ts'
import { caseOfTenant, lockCase, updateCase } from '../store/partner-case.ts'
import type { TenantRow } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import { listOf, page } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { giveAccess } from './partner-case.ts'
import { tellPartner } from './partner-news.ts'
import { partnerOf, partnerParams } from './place.ts'
import { Problem } from './problem.ts'
import { partnerAccessOut } from './schema/partner-case.ts'
import type { Deps, Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const tags = ['partners']
const params = tenantParams.extend(partnerParams.shape)
const nullable = (at: PartnerAccess['grantedAt']): string | null => (at === null ? null : formatInstant(at))

const toWire = (row: PartnerAccess): z.input<typeof partnerAccessOut> => ({
  partnerId: formatId('partner', row.partnerId),
  name: row.name,
  grantedAt: nullable(row.grantedAt),
  endedAt: nullable(row.endedAt),
  endedBy: row.endedBy,
})

export const partnerAccessRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/partners',
    {
      config: { permission: 'partner-case:read' },
      schema: {
        summary: 'Partners, and which of them may act here',
        tags,
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(partnerAccessOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const rows = await listPartnerAccess(request.db, tenantId)
      return pageOfAll(rows, request.query, (row) => row.partnerId, toWire)
    },
  )

  for (const [method, summary] of [
    ['PUT', 'Let a partner act for this tenant: licences, users, numbers, trunks; never cards or the wallet'],
    ['DELETE', 'End that; it counts at once, in sessions that are open too'],
  ] as const) {
    app.route({
      method,
      url: '/v1/tenants/:tenantId/partners/:partnerId',
      config: { permission: 'partner-access:edit' },
      schema: {
        summary,
        tags,
        params,
        problems: ['not-found', 'cross-site-request'],
        response: { 200: partnerAccessOut },
      },
      handler: async (request, reply) => {
        let ended: TenantRow | null = null
        const answer = await change(deps, request, reply, async (tx) => {
          const tenant = await tenantOf(tx, request.params.tenantId)
          const { tenantId } = tenant
          const { partnerId } = await partnerOf(tx, request.params.partnerId)
          const actor = principalOf(request).name
          if (method === 'PUT') await giveAccess(tx, deps, { partnerId, tenantId, actor })
          else if (await removePartnerTenant(tx, partnerId, tenantId, deps.clock.now(), nameOf(request))) {
            await record(tx, {
              id: deps.newId(),
              tenantId,
              at: deps.clock.now(),
              actor,
              action: 'partner.tenant-removed',
              subject: formatId('partner', partnerId),
            })
            await forgetPromise(tx, tenantId, partnerId, deps.clock.now())
            ended = tenant
          }
          const row = (await listPartnerAccess(tx, tenantId)).find((one) => one.partnerId === partnerId)
          if (!row) throw new Problem('not-found', { param: 'partnerId' })
          return { status: 200, body: toWire(row) }
        })
        tellOfEnd(deps, ended, request.params.partnerId)
        return answer
      },
    })
  }
}

function tellOfEnd(deps: Deps, tenant: TenantRow | null, partnerId: PartnerAccess['partnerId'] | null): void {
  if (tenant === null) return
  tellPartner(deps, partnerId, 'access-ended', { organisation: tenant.name, country: tenant.country, caseId: null })
}

const nameOf = (request: FastifyRequest): string => {
  const { session, name } = principalOf(request)
  return session?.name ?? name
}

/** What was promised with the request is taken back with the access. */
async function forgetPromise(
  tx: Parameters<typeof lockCase>[0],
  tenantId: Parameters<typeof caseOfTenant>[1],
  partnerId: PartnerAccess['partnerId'],
  at: Parameters<typeof updateCase>[3],
): Promise<void> {
  const found = await caseOfTenant(tx, tenantId)
  if (found?.partnerId !== partnerId || !found.mayAct) return
  const row = await lockCase(tx, found.caseId)
  if (row) await updateCase(tx, row, { mayAct: false }, at)
}
