/** `/v1/partners`: resellers, and the tenants that they look after. Their people are in place.ts's paths. */
import { z } from 'zod'
import { formatId, type PartnerId } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { inTransaction } from '../store/db.ts'
import {
  addPartnerTenant,
  insertPartner,
  listPartners,
  type PartnerRow,
  removePartnerTenant,
} from '../store/partner.ts'
import { principalOf } from './auth.ts'
import { listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { partnerOf, partnerParams } from './place.ts'
import { partnerBody } from './schema/operator.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const tags = ['people and roles']

export const partnerOut = z
  .object({ id: z.string(), name: z.string(), tenants: z.array(z.string()), createdAt: timeOut })
  .meta({ id: 'Partner' })

const toWire = (partner: PartnerRow): z.input<typeof partnerOut> => ({
  id: formatId('partner', partner.partnerId),
  name: partner.name,
  tenants: partner.tenantIds.map((tenantId) => formatId('tenant', tenantId)),
  createdAt: formatInstant(partner.createdAt),
})

export const partnerRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/partners',
    {
      config: { permission: 'partner:edit' },
      schema: {
        summary: 'Make a partner',
        tags,
        body: partnerBody,
        problems: ['cross-site-request'],
        response: { 201: partnerOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const partner = {
          partnerId: deps.newId() as PartnerId,
          name: request.body.name,
          createdAt: deps.clock.now(),
          tenantIds: [],
        }
        await insertPartner(tx, partner)
        await record(tx, {
          id: deps.newId(),
          tenantId: null,
          at: partner.createdAt,
          actor: principalOf(request).name,
          action: 'partner.created',
          subject: formatId('partner', partner.partnerId),
          after: toWire(partner),
        })
        return { status: 201, body: toWire(partner) }
      }),
  )

  app.get(
    '/v1/partners',
    {
      config: { permission: 'partner:read' },
      schema: {
        summary: 'Partners, with the tenants that they look after',
        tags,
        querystring: z.strictObject(page),
        response: { 200: listOf(partnerOut) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const rows = await listPartners(deps.db, limit + 1, cursorOf(cursor) as PartnerId | null)
      return pageCursor(rows, limit, (row) => row.partnerId, toWire)
    },
  )

  for (const [method, summary, change, action] of [
    ['PUT', 'Let a partner look after a tenant', addPartnerTenant, 'partner.tenant-added'],
    [
      'DELETE',
      'End that; it counts at once, in sessions that are open too',
      removePartnerTenant,
      'partner.tenant-removed',
    ],
  ] as const) {
    app.route({
      method,
      url: '/v1/partners/:partnerId/tenants/:tenantId',
      config: { permission: 'partner:edit' },
      schema: {
        summary,
        tags,
        params: partnerParams.extend(tenantParams.shape),
        problems: ['not-found', 'tenant-unknown', 'cross-site-request'],
        response: { 200: partnerOut },
      },
      handler: async (request) => {
        const { partnerId } = await partnerOf(deps.db, request.params.partnerId)
        const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
        return inTransaction(deps.db, async (tx) => {
          const at = deps.clock.now()
          if (await change(tx, partnerId, tenantId, at, principalOf(request).name)) {
            await record(tx, {
              id: deps.newId(),
              tenantId,
              at,
              actor: principalOf(request).name,
              action,
              subject: formatId('partner', partnerId),
            })
          }
          return toWire(await partnerOf(tx, partnerId))
        })
      },
    })
  }
}
