/** What the call history is asked with and answers: for the routes and for the pages that show it. */
import { z } from 'zod'
import { FORWARDING_CAUSES, FORWARDING_OBSTACLES } from '../../core/call.ts'
import { CALL_CHECKS } from '../../core/call-audit.ts'
import { CALL_EVENT_KINDS } from '../../core/call-event.ts'
import { CLASSIFICATIONS, DIRECTIONS, FUND_FILTERS } from '../../core/call-kinds.ts'
import type { UserId } from '../../core/ids.ts'
import { idOf, moneyOut, page, time, timeOut } from '../contract.ts'
import { hint } from '../invalid.ts'

export const classification = z.enum(CLASSIFICATIONS)

export const rateMembers = {
  deckVersion: z.number().int(),
  direction: z.string(),
  prefix: z.string().meta({ description: 'Digits of E.164 without `+`' }),
  origin: z.string().meta({ description: 'ISO 3166-1 alpha-2 of the caller; empty for any' }),
  lineKind: z.string(),
  currency: z.string(),
  perMinute: z.string(),
  connectionFee: z.string(),
  initialIncrement: z.number().int(),
  nextIncrement: z.number().int(),
  minimumSeconds: z.number().int(),
}

/** The row of the deck that priced a call (R2). */
export const rateOut = z.object(rateMembers).meta({ id: 'Rate' })

export const refusalOut = z
  .object({ code: z.string(), title: z.string(), sipStatus: z.number().int() })
  .meta({ id: 'Refusal' })

export const fundingMembers = {
  source: z.string().meta({ description: '`pool:US:domestic:2026-11` or `wallet`' }),
  seconds: z.number().int().meta({ description: 'After rounding' }),
  amount: moneyOut.optional(),
}

export const callOut = z
  .object({
    id: z.string(),
    sessionId: z.string(),
    tenantId: z.string(),
    userId: z.string().nullable(),
    direction: z.enum(DIRECTIONS),
    callingNumber: z.string().nullable(),
    calledNumber: z.string(),
    classification,
    result: z.enum(['ended', 'refused']),
    startedAt: timeOut,
    answeredAt: timeOut.nullable(),
    endedAt: timeOut,
    endCause: z.string(),
    chargedSeconds: z.number().int().meta({ description: 'What was spoken, before rounding' }),
    charge: moneyOut,
    funding: z.array(z.object(fundingMembers)),
    rate: rateOut.nullable(),
    refusal: refusalOut.nullable(),
  })
  .meta({ id: 'CallRecord' })

const segment = z.object({ source: z.string(), seconds: z.number().int() })

const listMembers = {
  userName: z.string().nullable().meta({ description: 'Today’s name of the user' }),
  country: z.string().nullable().meta({ description: 'Where the number is: ISO 3166-1 alpha-2' }),
  segments: z
    .array(segment)
    .meta({ description: 'Who paid which spoken seconds, in the order spoken; `overrun` are ours' }),
}

/** A row of the call history. */
export const callItemOut = callOut.extend(listMembers).meta({ id: 'CallItem' })
export type CallItem = z.output<typeof callItemOut>

export const callDetailOut = callOut
  .extend({
    ...listMembers,
    charged: z.boolean().meta({ description: 'false: this kind of call costs nothing' }),
    pool: z
      .object({ country: z.string(), plan: z.string() })
      .nullable()
      .meta({ description: 'The plan that covers the call' }),
    overrunSeconds: z.number().int().meta({ description: 'Spoken beyond what any fund could pay: not charged' }),
    grants: z
      .array(z.object({ at: timeOut, from: z.number().int(), slices: z.array(segment), isLast: z.boolean() }))
      .meta({
        description:
          'What was secured when: `from` is the second of talk that had been reported then. Of a very long call the first and the latest; empty where they were not kept',
      }),
    events: z.array(
      z.object({
        kind: z.enum(CALL_EVENT_KINDS),
        at: timeOut,
        second: z.number().int().meta({ description: 'Seconds of talk by then' }),
        source: z.string().nullable().meta({ description: 'Who pays from here on, where that changes' }),
      }),
    ),
    onward: z
      .object({
        to: z.enum(['user', 'number', 'own-telephone']),
        userId: z.string().nullable(),
        userName: z.string().nullable().meta({ description: 'As it was then' }),
        number: z.string().nullable(),
        after: z
          .enum(FORWARDING_CAUSES)
          .nullable()
          .meta({ description: 'What the telephone did from which it went on' }),
        obstacle: z.enum(FORWARDING_OBSTACLES).nullable().meta({ description: 'Why it went no further' }),
      })
      .nullable()
      .meta({ description: 'A21: where a call to somebody who forwards ended up; null where nobody did' }),
    short: z.object({ amount: moneyOut, seconds: z.number().int() }).nullable().meta({
      description: 'Cut or refused for want of money: how much more would have paid for how many more seconds',
    }),
    correction: z.object({ closedAt: timeOut, chargedSeconds: z.number().int(), charge: moneyOut }).nullable().meta({
      description:
        'C9: what the record said when the call was closed because its switch was silent; its end came later',
    }),
    postings: z.array(
      z.object({
        line: z.number().int(),
        at: timeOut,
        debit: z.string(),
        credit: z.string(),
        unit: z.enum(['second', 'money']),
        amount: z.string().meta({ description: 'Whole seconds, or an amount with six decimals' }),
        cause: z.string(),
      }),
    ),
  })
  .meta({ id: 'CallDetail' })
export type CallDetail = z.output<typeof callDetailOut>

export const callAuditOut = z
  .object({
    balanced: z.boolean(),
    postings: z.number().int(),
    checks: z.array(
      z.object({
        check: z.enum(CALL_CHECKS),
        source: z.string().nullable(),
        unit: z.enum(['second', 'money']),
        expected: z.string(),
        actual: z.string(),
      }),
    ),
    checkedAt: timeOut,
  })
  .meta({ id: 'CallAudit' })
export type CallAuditOnWire = z.output<typeof callAuditOut>

const told = z.object({
  sentence: z.string(),
  about: z.string().nullable().meta({ description: 'A source, `overrun`, `end` (how it ended), or nothing' }),
})

export const explanationOut = z
  .object({
    sentences: z.array(z.string()),
    story: z.array(told).meta({ description: 'The sentences, each with what it is about' }),
    counterfactual: z
      .string()
      .nullable()
      .meta({ description: 'What would have let the call go on, where that is exact' }),
    classification: z.object({ code: classification, name: z.string(), sentence: z.string() }),
    rate: z.object({ ...rateMembers, sentence: z.string() }).nullable(),
    rounding: z.object({
      sources: z.array(
        z.object({
          source: z.string(),
          spokenSeconds: z.number().int(),
          seconds: z.number().int(),
          initialIncrement: z.number().int(),
          nextIncrement: z.number().int(),
          minimumSeconds: z.number().int(),
        }),
      ),
      sentence: z.string(),
    }),
    funding: z.array(
      z.object({ ...fundingMembers, name: z.string(), spokenSeconds: z.number().int(), sentence: z.string() }),
    ),
  })
  .meta({ id: 'Explanation' })
export type ExplanationOnWire = z.output<typeof explanationOut>

export const summaryOut = z
  .object({
    calls: z.number().int(),
    seconds: z.number().int().meta({ description: 'Spoken, before rounding' }),
    charge: moneyOut,
    funds: z
      .object({
        domestic: z.number().int(),
        international: z.number().int(),
        conference: z.number().int(),
        credits: z.number().int(),
      })
      .meta({ description: 'Seconds that each gave, after rounding' }),
    more: z.string().nullable().meta({
      description: 'null: these are all. Else the sums go on with `cursor`, and what follows is to be added',
    }),
    until: timeOut.nullable().meta({ description: 'Back to when calls were counted, where these are not all' }),
  })
  .meta({ id: 'CallSummary' })
export type CallSummaryOnWire = z.output<typeof summaryOut>

const some = <const T extends readonly [string, ...string[]]>(of: T) =>
  z
    .string()
    .max(300)
    .regex(new RegExp(`^(${of.join('|')})(,(${of.join('|')}))*$`), {
      error: hint(`some of ${of.join(', ')}, with commas between`, `parmi ${of.join(', ')}, séparés par des virgules`),
    })
    .transform((text) => text.split(',') as T[number][])

const noNumber = hint(
  'digits of a number; with + its beginning, without + any part of it',
  'des chiffres d’un numéro ; avec + son début, sans + n’importe quelle partie',
)

/** Which calls: for lists, sums and exports. */
export const callFilter = z.strictObject({
  from: time.optional().meta({ description: 'Calls that began at or after this' }),
  to: time.optional().meta({ description: 'Calls that began before this' }),
  userId: idOf<UserId>('user').optional(),
  direction: some(DIRECTIONS)
    .optional()
    .meta({ description: 'Some of them, with commas between', examples: ['out'] }),
  classification: some(CLASSIFICATIONS)
    .optional()
    .meta({ description: 'Some of them, with commas between', examples: ['domestic,international'] }),
  result: z.enum(['ended', 'refused']).optional(),
  outcome: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .optional()
    .meta({ description: 'An end cause, or the code of a refusal', examples: ['funds-exhausted'] }),
  fund: z.enum(FUND_FILTERS).optional().meta({ description: 'Who paid, at least in part; `none`: nobody had to' }),
  number: z
    .string()
    .max(40)
    .transform((text) => text.replaceAll(/[\s().\-\u00a0\u202f]/g, ''))
    .refine((text) => /^\+?\d{1,15}$/.test(text), { error: noNumber })
    .optional()
    .meta({ description: 'Of either end; with `+` how it begins, else digits in it', examples: ['+4420', '5550123'] }),
  minSeconds: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .optional()
    .meta({ description: 'Spoken, at least' }),
  charged: z.enum(['true', 'false']).optional().meta({ description: 'true: only what cost money' }),
})
export type CallFilterQuery = z.output<typeof callFilter>

export const callListQuery = callFilter.extend(page)
export const summaryQuery = callFilter.extend({ cursor: page.cursor })

/** Rows of a file that is made while it is sent; more is a job. */
export const EXPORT_FORMATS = ['csv', 'xlsx'] as const
const exportMembers = {
  format: z.enum(EXPORT_FORMATS).default('csv'),
  dialect: z.enum(['plain', 'excel']).default('plain').meta({
    description:
      'Of CSV. `plain`: RFC 4180, commas and decimal points, for programs. `excel`: with a byte order mark, and in French with semicolons and decimal commas, as Excel there opens it',
  }),
}
export const callExportQuery = callFilter.extend(exportMembers)
/** A file as a job: the same words in a body. */
export const callExportBody = callExportQuery.meta({ id: 'CallExport', example: { format: 'xlsx', charged: 'true' } })

export const hangUpOut = z
  .object({
    id: z.string(),
    outcome: z.enum(['hung-up', 'at-next-request']).meta({
      description:
        '`hung-up`: our switch has ended it. `at-next-request`: its switch is told when it asks next, and until then it may go on',
    }),
    until: timeOut.nullable().meta({
      description:
        'How long it may go on at most: to the end of what is granted. null: it has ended, or needs no grant',
    }),
  })
  .meta({ id: 'HangUp' })
export type HangUpOnWire = z.output<typeof hangUpOut>
