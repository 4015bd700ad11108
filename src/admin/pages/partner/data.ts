import type { z } from 'zod'
import type { caseDetailOut, caseOut, ownCaseOut, partnerAccessOut } from '../../../api/schema/partner-case.ts'

export type Case = z.output<typeof caseOut>
export type CaseDetail = z.output<typeof caseDetailOut>
export type OwnCase = z.output<typeof ownCaseOut>
export type PartnerAccess = z.output<typeof partnerAccessOut>

export const CASES = '/v1/me/cases'
