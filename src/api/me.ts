/** `GET /v1/me`: who asks, the tenants that they may look at, and what they may do there. */
import { z } from 'zod'
import { formatId } from '../core/ids.ts'
import { permissionsOf, ROLES } from '../core/permission.ts'
import { LANGUAGES } from '../core/problems.ts'
import { partnersOfPerson, tenantsOfPerson } from '../store/role-grant.ts'
import { findTenant, listTenants } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import type { Routes } from './server.ts'

const TENANTS_SHOWN = 200

const permissionsOut = z.array(z.string()).meta({ description: '`resource:action`, as in docs/permissions.md' })

const meOut = z.object({
  name: z.string(),
  scopes: z.array(z.string()).meta({ description: 'Of an API key; a person has none' }),
  person: z.object({ id: z.string(), email: z.string(), name: z.string(), language: z.enum(LANGUAGES) }).nullable(),
  permissions: permissionsOut,
  partners: z
    .array(z.object({ id: z.string(), name: z.string() }))
    .meta({ description: 'Those whose person asks, with customers or without' }),
  tenants: z.array(
    z.object({ id: z.string(), name: z.string(), roles: z.array(z.enum(ROLES)), permissions: permissionsOut }),
  ),
})

export const meRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/me',
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'Who asks, the tenants that they may look at, and what they may do there',
        tags: ['live'],
        response: { 200: meOut },
      },
    },
    async (request) => {
      const { name, scopes, tenantId, session, permissions } = principalOf(request)
      const isOwnTenants = session !== null && !permissions.has('tenant:list')
      const held = isOwnTenants ? await tenantsOfPerson(deps.db, session.personId, TENANTS_SHOWN) : []
      const partners = session === null ? [] : await partnersOfPerson(deps.db, session.personId)
      const found = tenantId === null ? null : await findTenant(deps.db, tenantId)
      const bound = found ? [found] : []
      const all = tenantId === null && !isOwnTenants ? await listTenants(deps.db, TENANTS_SHOWN, null) : bound
      return {
        name,
        scopes: [...scopes],
        person: session && {
          id: formatId('person', session.personId),
          email: session.email,
          name: session.name,
          language: session.language,
        },
        permissions: [...permissions],
        partners: partners.map(({ partnerId, name }) => ({ id: formatId('partner', partnerId), name })),
        tenants: [
          ...all.map((tenant) => ({ tenantId: tenant.tenantId, name: tenant.name, roles: session?.roles ?? [] })),
          ...held,
        ].map((tenant) => ({
          id: formatId('tenant', tenant.tenantId),
          name: tenant.name,
          roles: [...tenant.roles],
          permissions: [...(session === null ? permissions : permissionsOf(tenant.roles))],
        })),
      }
    },
  )
}
