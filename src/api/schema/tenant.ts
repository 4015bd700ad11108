/** An organisation, as forms and routes check it. */
import { z } from 'zod'
import { CALLING_POLICY_NAMES } from '../../core/calling-policy.ts'
import { LANGUAGES } from '../../core/problems.ts'
import { country, currency, nameText, timeZone } from '../contract.ts'

const language = z.enum(LANGUAGES).meta({ description: 'Of what is written to nobody in particular' })

export const tenantBody = z
  .strictObject({
    name: nameText,
    country,
    timeZone,
    currency,
    language: language.default('en'),
    sandbox: z.boolean().default(false),
  })
  .meta({ example: { name: 'Contoso Ltd', country: 'CA', timeZone: 'America/Toronto', currency: 'CAD' } })

export const tenantChanges = z
  .strictObject({
    name: nameText.optional(),
    callingPolicy: z
      .enum(CALLING_POLICY_NAMES as [string, ...string[]])
      .optional()
      .meta({ description: 'C6: for users without one of their own' }),
    timeZone: timeZone.optional(),
    language: language.optional(),
  })
  .meta({ example: { callingPolicy: 'DialoutCPCandPSTNDomestic' } })
