/** Every route of the API, in the order in which the description lists them. */

import { accountRoutes } from './account.ts'
import { adviceRoutes } from './advice.ts'
import { apiKeyRoutes } from './api-key.ts'
import { attendantRoutes } from './attendant.ts'
import { auditRoutes } from './audit.ts'
import { auditLogRoutes } from './audit-log.ts'
import { availabilityRoutes } from './availability.ts'
import { callRoutes } from './call.ts'
import { callExportRoutes } from './call-export.ts'
import { clockRoutes } from './clock.ts'
import { consoleRoutes } from './console.ts'
import { creditControlRoutes } from './credit-control.ts'
import { demoRoutes } from './demo.ts'
import { emergencyLocationRoutes } from './emergency-location.ts'
import { failurePolicyRoutes } from './failure-policy.ts'
import { forecastRoutes } from './forecast.ts'
import { forwardingRoutes } from './forwarding.ts'
import { gettingStartedRoutes } from './getting-started.ts'
import { handOverRoutes } from './hand-over.ts'
import { hangUpRoutes } from './hang-up.ts'
import { healthRoutes } from './health.ts'
import { homeRoutes } from './home.ts'
import { invitationRoutes } from './invitation.ts'
import { jobRoutes } from './job.ts'
import { licenceRoutes } from './licence.ts'
import { liveRoutes } from './live.ts'
import { meRoutes } from './me.ts'
import { numberRoutes } from './number.ts'
import { numberAssignRoutes } from './number-assign.ts'
import { numberOrderRoutes } from './number-order.ts'
import { numberStockRoutes } from './number-stock.ts'
import { offerRoutes } from './offer.ts'
import { operatorRoutes } from './operator.ts'
import { ownPhoneRoutes } from './own-phone.ts'
import { partnerRoutes } from './partner.ts'
import { partnerAccessRoutes } from './partner-access.ts'
import { partnerCaseRoutes } from './partner-case.ts'
import { partnerCustomerRoutes } from './partner-customer.ts'
import { partnerRequestRoutes } from './partner-request.ts'
import { passwordResetRoutes } from './password-reset.ts'
import { paymentMethodRoutes } from './payment-method.ts'
import { peopleRoutes } from './people.ts'
import { policyRoutes } from './policy.ts'
import { poolRoutes } from './pool.ts'
import { portFileRoutes } from './port-files.ts'
import { portOrderRoutes } from './port-order.ts'
import { portOutRoutes } from './port-out.ts'
import { portWorkRoutes } from './port-work.ts'
import { priceRoutes } from './price.ts'
import { promptRoutes } from './prompt.ts'
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
import { softphoneRoutes } from './softphone.ts'
import { spendLimitRoutes } from './spend-limit.ts'
import { statementRoutes } from './statement.ts'
import { tenantRoutes } from './tenant.ts'
import { trunkRoutes } from './trunk.ts'
import { trunkNumberRoutes } from './trunk-number.ts'
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
  failurePolicyRoutes,
  spendLimitRoutes,
  searchRoutes,
  jobRoutes,
  licenceRoutes,
  offerRoutes,
  numberRoutes,
  numberAssignRoutes,
  numberOrderRoutes,
  portOrderRoutes,
  portFileRoutes,
  portWorkRoutes,
  portOutRoutes,
  numberStockRoutes,
  emergencyLocationRoutes,
  attendantRoutes,
  promptRoutes,
  poolRoutes,
  forecastRoutes,
  forwardingRoutes,
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
  gettingStartedRoutes,
  liveRoutes,
  meRoutes,
  ownPhoneRoutes,
  availabilityRoutes,
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
  partnerRequestRoutes,
  partnerAccessRoutes,
  partnerCaseRoutes,
  partnerCustomerRoutes,
  handOverRoutes,
  trunkRoutes,
  trunkNumberRoutes,
  operatorRoutes,
  softphoneRoutes,
  consoleRoutes,
]
