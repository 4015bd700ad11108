/** Every route of the API, in the order in which the description lists them. */

import { accountRoutes } from './account.ts'
import { apiKeyRoutes } from './api-key.ts'
import { auditRoutes } from './audit.ts'
import { callRoutes } from './call.ts'
import { clockRoutes } from './clock.ts'
import { creditControlRoutes } from './credit-control.ts'
import { healthRoutes } from './health.ts'
import { invitationRoutes } from './invitation.ts'
import { licenceRoutes } from './licence.ts'
import { liveRoutes } from './live.ts'
import { numberRoutes } from './number.ts'
import { pageRoutes } from './page.ts'
import { partnerRoutes } from './partner.ts'
import { passwordResetRoutes } from './password-reset.ts'
import { peopleRoutes } from './people.ts'
import { poolRoutes } from './pool.ts'
import { priceRoutes } from './price.ts'
import { rateDeckRoutes } from './rate-deck.ts'
import { secondFactorRoutes } from './second-factor.ts'
import type { Routes } from './server.ts'
import { signInRoutes } from './sign-in.ts'
import { oidcRoutes } from './sign-in-oidc.ts'
import { tenantRoutes } from './tenant.ts'
import { userRoutes } from './user.ts'
import { walletRoutes } from './wallet.ts'
import { webhookRoutes } from './webhook.ts'

/** What switches, scripts and the first page use: the API with keys. */
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

/** What the console stands on: people who sign in, and where events are sent. */
export const CONSOLE_ROUTES: readonly Routes[] = [
  webhookRoutes,
  signInRoutes,
  oidcRoutes,
  secondFactorRoutes,
  passwordResetRoutes,
  accountRoutes,
  invitationRoutes,
  peopleRoutes,
  partnerRoutes,
]
