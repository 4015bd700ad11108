/** What reports are asked with and answer: for the routes and for the pages that show them. */
import { z } from 'zod'
import type { LocalDay } from '../../core/local-day.ts'
import { CALL_TYPES, CAPABILITIES, DIRECT_CALL_TYPES } from '../../core/report.ts'
import { moneyOut, page, timeOut } from '../contract.ts'
import { hint } from '../invalid.ts'

/** The year that exports may look back (facts §13.3), and a leap day. */
export const REPORT_DAYS_MAX = 366
/** The documented range that a report opens with. */
export const REPORT_DAYS = 28

const noDay = hint('a day, as 2026-11-30', 'un jour, comme 2026-11-30')

export const day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, { error: noDay })
  .refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), { error: noDay })
  .meta({ description: 'A calendar day of the tenant', format: 'date', examples: ['2026-11-01', '2026-11-22'] })
  .transform((text) => text as LocalDay)

const range = {
  from: day.optional().meta({ description: `The first day; absent: ${REPORT_DAYS} days up to \`to\`` }),
  to: day.optional().meta({ description: 'The last day, with all of it; absent: today' }),
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Part of the name of the person', examples: ['maya'] }),
}

const callType = z.enum(CALL_TYPES).optional()

export const usageFilter = z.strictObject({ ...range, callType })
export const usageQuery = z.strictObject({ ...range, callType, ...page })
export const directFilter = z.strictObject(range)
export const directQuery = z.strictObject({ ...range, ...page })

export const EXPORT_FORMATS = ['csv', 'xlsx', 'zip'] as const
const format = z.enum(EXPORT_FORMATS).default('csv')
export const usageExportQuery = z.strictObject({ ...range, callType, format })
export const directExportQuery = z.strictObject({ ...range, format })

/** The documented columns of facts §13.2, as members. */
export const usageRowOut = z
  .object({
    id: z.string(),
    timeStamp: timeOut,
    displayName: z.string().nullable(),
    username: z.string().nullable(),
    userId: z.string().nullable(),
    phoneNumber: z.string().nullable(),
    callType: z.enum(CALL_TYPES),
    calledTo: z.string(),
    toCountry: z.string().nullable(),
    calledFrom: z.string().nullable(),
    fromCountry: z.string().nullable(),
    charge: moneyOut,
    durationSeconds: z.number().int(),
    domesticInternational: z.enum(['Domestic', 'International']),
    callId: z.string(),
    numberType: z.enum(['User', 'Service', 'TollFree']),
    usageLocation: z.string().nullable(),
    conferenceId: z.string().nullable().meta({ description: 'Always null: no two calls share a conference here' }),
    capability: z.enum(CAPABILITIES),
  })
  .meta({ id: 'UsageReportRow' })

export const directRowOut = z
  .object({
    id: z.string(),
    timeStamp: timeOut,
    displayName: z.string().nullable(),
    sipAddress: z.string().nullable(),
    userId: z.string().nullable(),
    callerNumber: z.string().nullable(),
    calleeNumber: z.string(),
    callType: z.enum(DIRECT_CALL_TYPES),
    calledTo: z.string().nullable(),
    startTime: timeOut.nullable(),
    inviteTime: timeOut,
    failureTime: timeOut.nullable(),
    endTime: timeOut,
    durationSeconds: z.number().int(),
    numberType: z.enum(['User', 'Service', 'TollFree']),
    eventType: z.enum(['Success', 'Attempt']),
    finalSipCode: z.number().int().nullable(),
    finalSipPhrase: z.string(),
    correlationId: z.string(),
    sharedCorrelationId: z.string(),
  })
  .meta({ id: 'DirectRoutingReportRow' })

export const totalsOut = z
  .object({
    from: z.string(),
    to: z.string(),
    calls: z.number().int(),
    seconds: z.number().int().meta({ description: 'Spoken, before rounding' }),
    charge: moneyOut.meta({ description: 'Exactly what these calls took from the wallet' }),
  })
  .meta({ id: 'ReportTotals' })

export const chartOut = z
  .object({
    from: z.string(),
    to: z.string(),
    step: z.enum(['day', 'month']),
    parts: z.array(
      z.object({
        from: z.string().meta({ description: 'First day of the part' }),
        calls: z.number().int(),
        seconds: z.number().int().meta({ description: 'Spoken' }),
        charge: moneyOut,
        funds: z
          .array(
            z.object({
              fund: z.enum(['domestic', 'international', 'conference', 'wallet']),
              seconds: z.number().int().nullable().meta({ description: 'Of a plan, after rounding' }),
              amount: moneyOut.nullable().meta({ description: 'Of the wallet, services such as SMS included' }),
            }),
          )
          .nullable()
          .meta({ description: 'What the ledger took from each fund in this time; null where the calls are a choice' }),
      }),
    ),
  })
  .meta({ id: 'ReportChart' })

export const poolRowOut = z
  .object({
    country: z.string(),
    capabilityDescription: z.string(),
    capability: z.string(),
    plan: z.enum(['domestic', 'international', 'conference']),
    totalSeconds: z.number().int(),
    usedSeconds: z.number().int(),
    reservedSeconds: z.number().int().meta({ description: 'Held by calls in progress' }),
    availableSeconds: z.number().int(),
  })
  .meta({ id: 'PoolReportRow' })
