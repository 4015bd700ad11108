/** Every route of the API, in the order in which the description lists them. */
import { apiKeyRoutes } from './api-key.ts'
import { auditRoutes } from './audit.ts'
import { callRoutes } from './call.ts'
import { clockRoutes } from './clock.ts'
import { creditControlRoutes } from './credit-control.ts'
import { healthRoutes } from './health.ts'
import { licenceRoutes } from './licence.ts'
import { liveRoutes } from './live.ts'
import { numberRoutes } from './number.ts'
import { pageRoutes } from './page.ts'
import { poolRoutes } from './pool.ts'
import { priceRoutes } from './price.ts'
import { rateDeckRoutes } from './rate-deck.ts'
import type { Routes } from './server.ts'
import { tenantRoutes } from './tenant.ts'
import { userRoutes } from './user.ts'
import { walletRoutes } from './wallet.ts'

export const ROUTES: readonly Routes[] = [
  creditControlRoutes,
  tenantRoutes,
  userRoutes,
  licenceRoutes,
  numberRoutes,
  poolRoutes,
  walletRoutes,
  callRoutes,
  priceRoutes,
  auditRoutes,
  rateDeckRoutes,
  clockRoutes,
  apiKeyRoutes,
  liveRoutes,
  pageRoutes,
  healthRoutes,
]
