/** Limits against fraud and surprises (A1), as forms and routes both check them. */
import { z } from 'zod'
import { money, moneyOut } from './money.ts'
import { country } from './place.ts'

const COUNTRIES_MAX = 250
const CALLS_MAX = 100_000
const HOUR_SECONDS_MAX = 36_000_000

const limits = z.strictObject({
  creditsPerMonth: money
    .nullable()
    .meta({ description: 'From credits, in a month of the tenant’s calendar; null: no limit' }),
  creditsPerHour: money.nullable(),
  calls: z.number().int().min(0).max(CALLS_MAX).nullable().meta({ description: 'Charged calls at the same time' }),
  internationalSecondsPerHour: z.number().int().min(0).max(HOUR_SECONDS_MAX).nullable(),
})

export const tenantLimitsBody = z
  .strictObject({
    organisation: limits.optional().meta({ description: 'Of all its calls together' }),
    eachUser: limits.optional().meta({ description: 'Of each user who has none of their own' }),
    countries: z
      .strictObject({
        mode: z.enum(['any', 'only', 'except']),
        countries: z.array(country).max(COUNTRIES_MAX),
      })
      .optional()
      .meta({ description: '`only`: calls may go to these countries; `except`: to all but these' }),
  })
  .meta({
    example: {
      eachUser: {
        creditsPerMonth: { amount: '20', currency: 'CAD' },
        creditsPerHour: null,
        calls: 4,
        internationalSecondsPerHour: 3_600,
      },
    },
  })

export const userLimitsBody = z
  .strictObject({ own: limits.nullable().meta({ description: 'null: those of each user of the tenant' }) })
  .meta({ example: { own: null } })

const limitsOut = z.object({
  creditsPerMonth: moneyOut.nullable(),
  creditsPerHour: moneyOut.nullable(),
  calls: z.number().int().nullable(),
  internationalSecondsPerHour: z.number().int().nullable(),
})

const usedOut = z
  .object({
    creditsThisMonth: moneyOut,
    creditsThisHour: moneyOut,
    calls: z.number().int(),
    internationalSecondsThisHour: z.number().int(),
  })
  .meta({ description: 'By now, what running calls hold included; counted only while there is a limit to count for' })

export const tenantLimitsOut = z
  .object({
    organisation: limitsOut,
    eachUser: limitsOut,
    countries: z.object({ mode: z.enum(['any', 'only', 'except']), countries: z.array(z.string()) }),
    used: usedOut,
  })
  .meta({ id: 'Limits' })

export const userLimitsOut = z
  .object({
    own: limitsOut.nullable().meta({ description: 'null: those of each user of the tenant count' }),
    inForce: limitsOut,
    used: usedOut,
  })
  .meta({ id: 'UserLimits' })

export type LimitsOnWire = z.output<typeof limitsOut>
export type LimitsUsedOnWire = z.output<typeof usedOut>
export type TenantLimitsOnWire = z.output<typeof tenantLimitsOut>
export type UserLimitsOnWire = z.output<typeof userLimitsOut>
export type LimitsBody = z.output<typeof limits>
