/** `/v1/tenants/{t}/webhooks`: who is told what, and with which secret (D1). */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatId, type TenantId } from '../core/ids.ts'
import { WEBHOOK_OVERLAP_SECONDS, WEBHOOKS_MAX } from '../core/limits.ts'
import { formatInstant, instant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { lockTenant } from '../store/tenant.ts'
import { deleteEndpoint, listEndpoints, saveEndpoint, type WebhookEndpoint } from '../store/webhook.ts'
import { newWebhookSecret } from '../webhooks/signature.ts'
import { parseTarget, URL_REFUSALS } from '../webhooks/target.ts'
import { principalOf } from './auth.ts'
import { listOf, page } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { type Answer, change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { endpointBody, endpointChanges, endpointOut, endpointWithSecret } from './schema/webhook.ts'
import type { Deps, Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'
import { endpointOf, lockEndpoint, registerDeliveries, timeOrNull, webhookParams } from './webhook-delivery.ts'

const toWire = (row: WebhookEndpoint): z.input<typeof endpointOut> => ({
  id: formatId('webhook', row.endpointId),
  url: row.url,
  description: row.description === '' ? null : row.description,
  types: [...row.types],
  enabled: row.enabled,
  disabledReason: row.disabledReason,
  formerSecretUntil: timeOrNull(row.formerUntil),
  createdAt: formatInstant(row.createdAt),
})

/** The answer with the secret; what is kept for a repeated request goes without. */
const withSecret = (status: number, endpoint: WebhookEndpoint): Answer => ({
  status,
  body: { ...toWire(endpoint), secret: endpoint.secret },
  kept: { ...toWire(endpoint), secret: null },
})

function checkedUrl(deps: Deps, text: string): string {
  const target = parseTarget(text, { allowLoopback: deps.allowLoopbackWebhooks ?? false })
  if (typeof target !== 'string') return target.href
  throw new Problem('webhook-url-refused', { param: 'url', detail: URL_REFUSALS[target], extra: { reason: target } })
}

interface EndpointChange {
  readonly action: 'webhook.created' | 'webhook.changed' | 'webhook.deleted' | 'webhook.secret-rotated'
  readonly before?: WebhookEndpoint
  readonly after?: WebhookEndpoint
}

/** Who changed where the tenant's facts go. Secrets are not in it. */
async function audit(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  tenantId: TenantId,
  { action, before, after }: EndpointChange,
): Promise<void> {
  const subject = after ?? before
  await record(tx, {
    id: deps.newId(),
    tenantId,
    at: deps.clock.now(),
    actor: principalOf(request).name,
    action,
    subject: subject ? formatId('webhook', subject.endpointId) : '',
    before: before && toWire(before),
    after: after && toWire(after),
  })
}

export const webhookRoutes: Routes = async (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/webhooks',
    {
      config: { permission: 'webhook:edit' },
      schema: {
        summary: 'Have events sent to an address (Standard Webhooks)',
        tags: ['webhooks'],
        params: tenantParams,
        body: endpointBody,
        problems: ['webhook-url-refused', 'webhook-limit-reached'],
        response: { 201: endpointWithSecret },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        await lockTenant(tx, tenantId)
        const { body } = request
        const target = checkedUrl(deps, body.url)
        if ((await listEndpoints(tx, tenantId)).length >= WEBHOOKS_MAX) throw new Problem('webhook-limit-reached')
        const endpoint: WebhookEndpoint = {
          endpointId: deps.newId(),
          tenantId,
          url: target,
          description: body.description ?? '',
          types: [...new Set(body.types)],
          enabled: true,
          disabledReason: null,
          secret: newWebhookSecret(),
          formerSecret: null,
          formerUntil: null,
          createdAt: deps.clock.now(),
        }
        await saveEndpoint(tx, endpoint)
        await audit(tx, deps, request, tenantId, { action: 'webhook.created', after: endpoint })
        return withSecret(201, endpoint)
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/webhooks',
    {
      config: { permission: 'webhook:read' },
      schema: {
        summary: 'List endpoints',
        tags: ['webhooks'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(endpointOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      return pageOfAll(await listEndpoints(request.db, tenantId), request.query, (row) => row.endpointId, toWire)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/webhooks/:webhookId',
    {
      config: { permission: 'webhook:read' },
      schema: {
        summary: 'One endpoint',
        tags: ['webhooks'],
        params: webhookParams,
        problems: ['not-found'],
        response: { 200: endpointOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      return toWire(await endpointOf(request.db, tenantId, request.params.webhookId))
    },
  )

  app.patch(
    '/v1/tenants/:tenantId/webhooks/:webhookId',
    {
      config: { permission: 'webhook:edit' },
      schema: {
        summary: 'Change an endpoint; `enabled: true` takes back what 410 did',
        tags: ['webhooks'],
        params: webhookParams,
        body: endpointChanges,
        problems: ['not-found', 'webhook-url-refused'],
        response: { 200: endpointOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const before = await lockEndpoint(tx, request.params)
        const { url: newUrl, description, types: newTypes, enabled = before.enabled } = request.body
        const after: WebhookEndpoint = {
          ...before,
          url: newUrl === undefined ? before.url : checkedUrl(deps, newUrl),
          description: description ?? before.description,
          types: newTypes === undefined ? before.types : [...new Set(newTypes)],
          enabled,
          disabledReason: enabled ? null : (before.disabledReason ?? 'by-admin'),
        }
        await saveEndpoint(tx, after)
        await audit(tx, deps, request, before.tenantId, { action: 'webhook.changed', before, after })
        return { status: 200, body: toWire(after) }
      }),
  )

  app.delete(
    '/v1/tenants/:tenantId/webhooks/:webhookId',
    {
      config: { permission: 'webhook:edit' },
      schema: {
        summary: 'Remove an endpoint and what waits for it',
        tags: ['webhooks'],
        params: webhookParams,
        problems: ['not-found'],
        response: { 200: endpointOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const before = await lockEndpoint(tx, request.params)
        await deleteEndpoint(tx, before.tenantId, before.endpointId)
        await audit(tx, deps, request, before.tenantId, { action: 'webhook.deleted', before })
        return { status: 200, body: toWire(before) }
      }),
  )

  app.post(
    '/v1/tenants/:tenantId/webhooks/:webhookId/rotate-secret',
    {
      config: { permission: 'webhook:edit' },
      schema: {
        summary: 'A new secret; the one before signs too for 24 hours',
        tags: ['webhooks'],
        params: webhookParams,
        problems: ['not-found'],
        response: { 200: endpointWithSecret },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const before = await lockEndpoint(tx, request.params)
        const after: WebhookEndpoint = {
          ...before,
          secret: newWebhookSecret(),
          formerSecret: before.secret,
          formerUntil: instant(deps.clock.now() + WEBHOOK_OVERLAP_SECONDS * 1000),
        }
        await saveEndpoint(tx, after)
        await audit(tx, deps, request, before.tenantId, { action: 'webhook.secret-rotated', before, after })
        return withSecret(200, after)
      }),
  )

  await registerDeliveries(app, deps)
}
