/** What was sent to an endpoint and what came back, once more, and a test; and the events behind it: `…/deliveries`, `…/events`. */
import { z } from 'zod'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import type { Queryable, Tx } from '../store/db.ts'
import { listEvents } from '../store/event.ts'
import { lockTenant } from '../store/tenant.ts'
import {
  type Delivery,
  findDelivery,
  findEndpoint,
  insertTestEvent,
  listDeliveries,
  resend,
  type WebhookEndpoint,
} from '../store/webhook.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const eventMembers = { id: z.string(), type: z.string(), at: timeOut, data: z.unknown() }

const eventOut = z.object(eventMembers).meta({ id: 'Event' })

export const deliveryOut = z
  .object({
    id: z.string().meta({ description: 'The event’s, and `webhook-id` of every attempt' }),
    event: eventOut,
    state: z.enum(['pending', 'delivered', 'parked']).meta({ description: '`parked`: given up after three days' }),
    attempts: z.number().int(),
    nextAttemptAt: timeOut.nullable(),
    lastAttemptAt: timeOut.nullable(),
    responseStatus: z.number().int().nullable(),
    responseBody: z.string().nullable().meta({ description: 'Its first 1,000 characters' }),
    failure: z.string().nullable().meta({
      description:
        '`status-…`, `timeout`, `connection-failed`, `tls-failed`, `name-not-found`, `address-refused`, `url-refused`',
    }),
  })
  .meta({ id: 'Delivery' })

export const timeOrNull = (at: Instant | null): string | null => (at === null ? null : formatInstant(at))

const eventToWire = (row: { eventId: Uuid; type: string; at: Instant; data: unknown }): z.input<typeof eventOut> => ({
  id: formatId('event', row.eventId),
  type: row.type,
  at: formatInstant(row.at),
  data: row.data,
})

const deliveryToWire = (row: Delivery): z.input<typeof deliveryOut> => ({
  id: formatId('event', row.eventId),
  event: eventToWire(row),
  state: row.state,
  attempts: row.attempts,
  nextAttemptAt: timeOrNull(row.nextAttemptAt),
  lastAttemptAt: timeOrNull(row.lastAttemptAt),
  responseStatus: row.responseStatus,
  responseBody: row.responseBody,
  failure: row.failure,
})

export const webhookParams = tenantParams.extend({ webhookId: idOf<Uuid>('webhook') })
const deliveryParams = webhookParams.extend({ deliveryId: idOf<Uuid>('event') })

/** The endpoint of the path, or 404. */
export async function endpointOf(db: Queryable, tenantId: TenantId, webhookId: Uuid | null): Promise<WebhookEndpoint> {
  const endpoint = webhookId === null ? null : await findEndpoint(db, tenantId, webhookId)
  if (!endpoint) throw new Problem('not-found', { param: 'webhookId' })
  return endpoint
}

/** The endpoint for a change, and its tenant locked: the flag beside the tenant follows from all of its endpoints. */
export async function lockEndpoint(
  tx: Tx,
  { tenantId, webhookId }: { tenantId: TenantId | null; webhookId: Uuid | null },
): Promise<WebhookEndpoint> {
  const tenant = await tenantOf(tx, tenantId)
  await lockTenant(tx, tenant.tenantId)
  return endpointOf(tx, tenant.tenantId, webhookId)
}

export const registerDeliveries: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/webhooks/:webhookId/test',
    {
      config: { permission: 'webhook:edit' },
      schema: {
        summary: 'Send a `webhook.test` event to an endpoint',
        tags: ['webhooks'],
        params: webhookParams,
        problems: ['not-found', 'webhook-disabled'],
        response: { 202: deliveryOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const endpoint = await lockEndpoint(tx, request.params)
        if (!endpoint.enabled) throw new Problem('webhook-disabled')
        const eventId = deps.newId()
        const data = { webhookId: formatId('webhook', endpoint.endpointId), sentBy: principalOf(request).name }
        await insertTestEvent(tx, endpoint, { eventId, at: deps.clock.now(), data })
        return { status: 202, body: await deliveryOf(tx, endpoint.endpointId, eventId) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/webhooks/:webhookId/deliveries',
    {
      config: { permission: 'webhook:read' },
      schema: {
        summary: 'What was sent to an endpoint and what came back, newest event first; kept for 30 days',
        tags: ['webhooks'],
        params: webhookParams,
        querystring: z.strictObject(page),
        problems: ['not-found'],
        response: { 200: listOf(deliveryOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { endpointId } = await endpointOf(request.db, tenantId, request.params.webhookId)
      const { limit, cursor } = request.query
      const rows = await listDeliveries(request.db, endpointId, { limit: limit + 1, before: cursorOf(cursor) })
      return pageCursor(rows, limit, (row) => row.eventId, deliveryToWire)
    },
  )

  app.post(
    '/v1/tenants/:tenantId/webhooks/:webhookId/deliveries/:deliveryId/resend',
    {
      config: { permission: 'webhook:edit' },
      schema: {
        summary: 'Send an event once more, with the same id, and retry for three days again',
        tags: ['webhooks'],
        params: deliveryParams,
        problems: ['not-found', 'webhook-disabled'],
        response: { 202: deliveryOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { endpointId, enabled } = await lockEndpoint(tx, request.params)
        if (!enabled) throw new Problem('webhook-disabled')
        const { deliveryId } = request.params
        if (deliveryId === null) throw new Problem('not-found', { param: 'deliveryId' })
        await deliveryOf(tx, endpointId, deliveryId)
        await resend(tx, endpointId, deliveryId, deps.clock.now())
        return { status: 202, body: await deliveryOf(tx, endpointId, deliveryId) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/events',
    {
      config: { permission: 'webhook:read' },
      schema: {
        summary: 'Events, newest first; `call.*` only from while an endpoint wanted them; kept for 30 days',
        tags: ['webhooks'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(eventOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const rows = await listEvents(request.db, tenantId, { limit: limit + 1, before: cursorOf(cursor) })
      return pageCursor(rows, limit, (row) => row.eventId, eventToWire)
    },
  )
}

async function deliveryOf(tx: Tx, endpointId: Uuid, eventId: Uuid): Promise<z.input<typeof deliveryOut>> {
  const delivery = await findDelivery(tx, endpointId, eventId)
  if (!delivery) throw new Problem('not-found', { param: 'deliveryId' })
  return deliveryToWire(delivery)
}
