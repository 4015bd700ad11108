/** `GET /v1/tenants/{t}/my-phone`: one's own telephone. Whose it is, the e-mail address says that both the person and the user have. */
import type { FastifyRequest } from 'fastify'
import type { TenantId } from '../core/ids.ts'
import type { Queryable } from '../store/db.ts'
import { userByEmail } from '../store/price.ts'
import type { TenantRow } from '../store/tenant.ts'
import type { UserRow } from '../store/user.ts'
import { principalOf } from './auth.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams, walled } from './tenant.ts'
import { userOf } from './user.ts'
import { viewOf, viewOut } from './user-view.ts'

/** The user of this tenant whom the signed-in person is; throws `user-not-found` where they are none. */
export async function ownUser(
  db: Queryable,
  request: FastifyRequest,
  tenantId: TenantId | null,
): Promise<{ readonly tenant: TenantRow; readonly user: UserRow }> {
  const tenant = await tenantOf(db, tenantId)
  const email = principalOf(request).session?.email
  const userId = email === undefined ? null : await userByEmail(db, tenant.tenantId, email)
  if (userId === null) throw new Problem('user-not-found')
  return { tenant, user: await userOf(db, tenant.tenantId, userId) }
}

export const ownPhoneRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/my-phone',
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'Your own telephone: numbers, minutes left, who pays, your latest calls',
        tags: ['your account'],
        params: tenantParams,
        problems: ['user-not-found'],
        response: { 200: viewOut },
      },
    },
    async (request) => {
      const { tenant, user } = await ownUser(request.db, request, request.params.tenantId)
      return viewOf(walled(deps, request), tenant, user)
    },
  )
}
