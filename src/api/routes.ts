/** Every route of the API, in the order in which the description lists them. */

import { accountRoutes } from './account.ts'
import { adviceRoutes } from './advice.ts'
import { apiKeyRoutes } from './api-key.ts'
import { auditRoutes } from './audit.ts'
import { auditLogRoutes } from './audit-log.ts'
import { callRoutes } from './call.ts'
import { callExportRoutes } from './call-export.ts'
import { clockRoutes } from './clock.ts'
import { consoleRoutes } from './console.ts'
import { creditControlRoutes } from './credit-control.ts'
import { demoRoutes } from './demo.ts'
import { forecastRoutes } from './forecast.ts'
import { hangUpRoutes } from './hang-up.ts'
import { healthRoutes } from './health.ts'
import { homeRoutes } from './home.ts'
import { invitationRoutes } from './invitation.ts'
import { jobRoutes } from './job.ts'
import { licenceRoutes } from './licence.ts'
import { liveRoutes } from './live.ts'
import { meRoutes } from './me.ts'
import { numberRoutes } from './number.ts'
import { offerRoutes } from './offer.ts'
import { operatorRoutes } from './operator.ts'
import { ownPhoneRoutes } from './own-phone.ts'
import { partnerRoutes } from './partner.ts'
import { passwordResetRoutes } from './password-reset.ts'
import { paymentMethodRoutes } from './payment-method.ts'
import { peopleRoutes } from './people.ts'
import { policyRoutes } from './policy.ts'
import { poolRoutes } from './pool.ts'
import { priceRoutes } from './price.ts'
import { rateDeckRoutes } from './rate-deck.ts'
import { rateDeckDraftRoutes } from './rate-deck-draft.ts'
import { rateTableRoutes } from './rate-table.ts'
import { reportRoutes } from './report.ts'
import { searchRoutes } from './search.ts'
import { secondFactorRoutes } from './second-factor.ts'
import type { Routes } from './server.ts'
import { signInRoutes } from './sign-in.ts'
import { oidcRoutes } from './sign-in-oidc.ts'
import { simulatedCallRoutes } from './simulated-call.ts'
import { statementRoutes } from './statement.ts'
import { tenantRoutes } from './tenant.ts'
import { userRoutes } from './user.ts'
import { userBulkRoutes } from './user-bulk.ts'
import { userImportRoutes } from './user-import.ts'
import { userViewRoutes } from './user-view.ts'
import { walletRoutes } from './wallet.ts'
import { webhookRoutes } from './webhook.ts'
import { whatIfRoutes } from './what-if.ts'

/** What switches, scripts and the first page use: the API with keys. */
export const ROUTES: readonly Routes[] = [
  creditControlRoutes,
  tenantRoutes,
  userRoutes,
  userBulkRoutes,
  userImportRoutes,
  userViewRoutes,
  policyRoutes,
  searchRoutes,
  jobRoutes,
  licenceRoutes,
  offerRoutes,
  numberRoutes,
  poolRoutes,
  forecastRoutes,
  walletRoutes,
  paymentMethodRoutes,
  statementRoutes,
  callRoutes,
  callExportRoutes,
  hangUpRoutes,
  priceRoutes,
  auditRoutes,
  auditLogRoutes,
  rateTableRoutes,
  rateDeckRoutes,
  rateDeckDraftRoutes,
  reportRoutes,
  clockRoutes,
  simulatedCallRoutes,
  apiKeyRoutes,
  homeRoutes,
  liveRoutes,
  meRoutes,
  ownPhoneRoutes,
  demoRoutes,
  healthRoutes,
]

/** What the console stands on: people who sign in, and where events are sent. */
export const CONSOLE_ROUTES: readonly Routes[] = [
  webhookRoutes,
  adviceRoutes,
  whatIfRoutes,
  signInRoutes,
  oidcRoutes,
  secondFactorRoutes,
  passwordResetRoutes,
  accountRoutes,
  invitationRoutes,
  peopleRoutes,
  partnerRoutes,
  operatorRoutes,
  consoleRoutes,
]
