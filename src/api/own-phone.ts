/** `GET /v1/tenants/{t}/my-phone`: one's own telephone. Whose it is, the e-mail address says that both the person and the user have. */
import { userByEmail } from '../store/price.ts'
import { principalOf } from './auth.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams, walled } from './tenant.ts'
import { userOf } from './user.ts'
import { viewOf, viewOut } from './user-view.ts'

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
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const email = principalOf(request).session?.email
      const userId = email === undefined ? null : await userByEmail(request.db, tenant.tenantId, email)
      if (userId === null) throw new Problem('user-not-found')
      return viewOf(walled(deps, request), tenant, await userOf(request.db, tenant.tenantId, userId))
    },
  )
}
