/** `/v1/api-keys`: each switch has a key of its own, each tenant as many as it wants. The secret is shown once. */
import { z } from 'zod'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { type ApiKeyRow, listApiKeys, lockApiKey, revokeApiKey } from '../store/api-key.ts'
import { record } from '../store/audit-log.ts'
import { addKey, newSecret, principalOf, type Scope } from './auth.ts'
import { idOf, listOf, nameText, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { tenantOf } from './tenant.ts'

const GRANTABLE = ['tenant', 'switch', 'read'] as const satisfies readonly Scope[]

const keyBody = z
  .strictObject({
    name: nameText,
    scopes: z.array(z.enum(GRANTABLE)).min(1).max(GRANTABLE.length),
    tenantId: idOf<TenantId>('tenant').optional().meta({
      description: 'Binds the key to one tenant. Only keys with no other scope than `switch` go without',
    }),
  })
  .meta({ example: { name: 'the switch in Toronto', scopes: ['switch'] } })

const keyMembers = {
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  tenantId: z.string().nullable(),
  createdAt: timeOut,
  revokedAt: timeOut.nullable(),
}

const keyOut = z.object(keyMembers).meta({ id: 'ApiKey' })

const newKeyOut = z
  .object({ ...keyMembers, secret: z.string().meta({ description: 'Shown once; only its digest is kept' }) })
  .meta({ id: 'NewApiKey' })

const toWire = (key: ApiKeyRow): z.input<typeof keyOut> => ({
  id: formatId('apiKey', key.keyId),
  name: key.name,
  scopes: [...key.scopes],
  tenantId: key.tenantId && formatId('tenant', key.tenantId),
  createdAt: formatInstant(key.createdAt),
  revokedAt: key.revokedAt && formatInstant(key.revokedAt),
})

export const apiKeyRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/api-keys',
    {
      config: { permission: 'api-key:edit' },
      schema: {
        summary: 'Make an API key',
        tags: ['api keys'],
        body: keyBody,
        problems: ['tenant-unknown'],
        response: { 201: newKeyOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { name, scopes } = request.body
        const tenantId =
          request.body.tenantId === undefined ? null : (await tenantOf(tx, request.body.tenantId)).tenantId
        // A tenant's key without a tenant would be an operator's.
        if (tenantId === null && scopes.some((scope) => scope !== 'switch')) {
          throw new Problem('invalid-request', {
            param: 'tenantId',
            detail: {
              en: 'Only keys with no other scope than `switch` go without a tenant.',
              fr: 'Seules les clés limitées à `switch` peuvent se passer de client.',
            },
          })
        }
        const id = deps.newId()
        const secret = newSecret(scopes.includes('switch') ? 'sw' : 'key')
        const at = deps.clock.now()
        await addKey(tx, { id, name, secret, tenantId, scopes, at })
        const shown = toWire({ keyId: id, name, tenantId, scopes, createdAt: at, revokedAt: null })
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at,
          actor: principalOf(request).name,
          action: 'api-key.created',
          subject: shown.id,
          after: shown,
        })
        return { status: 201, body: { ...shown, secret } }
      }),
  )

  app.get(
    '/v1/api-keys',
    {
      config: { permission: 'api-key:read' },
      schema: {
        summary: 'API keys, newest first, revoked ones too',
        tags: ['api keys'],
        querystring: z.strictObject(page),
        response: { 200: listOf(keyOut) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const rows = await listApiKeys(deps.db, limit + 1, cursorOf(cursor))
      return pageCursor(rows, limit, (row) => row.keyId, toWire)
    },
  )

  app.delete(
    '/v1/api-keys/:keyId',
    {
      config: { permission: 'api-key:edit' },
      schema: {
        summary: 'Revoke an API key',
        tags: ['api keys'],
        params: z.object({ keyId: idOf<Uuid>('apiKey') }),
        problems: ['not-found', 'own-api-key'],
        response: { 200: keyOut },
      },
    },
    async (request, reply) => {
      const { keyId } = request.params
      // Whoever revokes the last key of the operator has nobody left to ask.
      if (keyId === principalOf(request).keyId) throw new Problem('own-api-key', { param: 'keyId' })
      const answer = await change(deps, request, reply, async (tx) => {
        const before = keyId === null ? null : await lockApiKey(tx, keyId)
        if (!before) throw new Problem('not-found', { param: 'keyId' })
        const at = deps.clock.now()
        const after = { ...before, revokedAt: before.revokedAt ?? at }
        if (before.revokedAt === null) {
          await revokeApiKey(tx, before.keyId, at)
          await record(tx, {
            id: deps.newId(),
            tenantId: before.tenantId,
            at,
            actor: principalOf(request).name,
            action: 'api-key.revoked',
            subject: formatId('apiKey', before.keyId),
            before: toWire(before),
            after: toWire(after),
          })
        }
        return { status: 200, body: toWire(after) }
      })
      deps.keys.forget()
      return answer
    },
  )
}
