/** `POST /v1/api-keys`: each switch has a key of its own, each tenant as many as it wants. The secret is shown once. */
import { z } from 'zod'
import { formatId, type TenantId } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { addKey, newSecret, principalOf, type Scope } from './auth.ts'
import { idOf, nameText, problemSchema, timeOut } from './contract.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { tenantOf } from './tenant.ts'

const GRANTABLE = ['tenant', 'switch', 'read'] as const satisfies readonly Scope[]

const keyBody = z.strictObject({
  name: nameText,
  scopes: z.array(z.enum(GRANTABLE)).min(1).max(GRANTABLE.length),
  tenantId: idOf<TenantId>('tenant').optional().meta({ description: 'Binds the key to one tenant' }),
})

const keyOut = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    tenantId: z.string().nullable(),
    secret: z.string().meta({ description: 'Shown once; only its digest is kept' }),
    createdAt: timeOut,
  })
  .meta({ id: 'ApiKey' })

export const apiKeyRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/api-keys',
    {
      config: { scopes: ['operator'] },
      schema: {
        summary: 'Make an API key',
        tags: ['api keys'],
        body: keyBody,
        response: { 201: keyOut, 400: problemSchema },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { name, scopes } = request.body
        const tenantId =
          request.body.tenantId === undefined ? null : (await tenantOf(tx, request.body.tenantId)).tenantId
        // A tenant's key without a tenant would be an operator's.
        if (tenantId === null && scopes.some((scope) => scope !== 'switch')) {
          throw new Problem('invalid-request', { param: 'tenantId', detail: 'only switch keys go without a tenant' })
        }
        const id = deps.newId()
        const secret = newSecret(scopes.includes('switch') ? 'sw' : 'key')
        const at = deps.clock.now()
        await addKey(tx, { id, name, secret, tenantId, scopes, at })
        const shown = { id: formatId('apiKey', id), name, scopes, tenantId: tenantId && formatId('tenant', tenantId) }
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at,
          actor: principalOf(request).name,
          action: 'api-key.created',
          subject: shown.id,
          after: shown,
        })
        return { status: 201, body: { ...shown, secret, createdAt: formatInstant(at) } }
      }),
  )
}
