/** What the five questions ask (G1): shared by the route and the page. */
import { z } from 'zod'
import { PEOPLE_MAX } from '../../core/advice/questions-limits.ts'
import { country, moneyOut, nameText, timeOut } from '../contract.ts'
import { hint } from '../invalid.ts'

const people = z.number().int().min(0).max(PEOPLE_MAX)
const minutes = z.number().int().min(0).max(44_640).meta({ description: 'Per person and month' })

const group = z.strictObject({
  name: nameText.max(60).meta({ examples: ['Factory', 'Office'] }),
  people,
  country,
  callsOutside: z.boolean().meta({ description: 'Do they call, or are they called by, anybody outside (L1)?' }),
  domesticMinutes: minutes.default(0),
  abroad: z.array(z.strictObject({ country, minutes })).max(12).default([]),
})

export const answersBody = z
  .strictObject({
    country: country.meta({ description: 'Of the organisation: decides which licences it may have (L2)' }),
    groups: z.array(group).min(1).max(20),
    tollFreeMinutes: z.number().int().min(0).max(10_000_000).nullable().default(null),
    keepsNumbers: z.boolean().default(false).meta({ description: 'Numbers at another carrier should be kept' }),
  })
  .refine(({ groups }) => groups.reduce((sum, { people: n }) => sum + n, 0) <= PEOPLE_MAX, {
    path: ['groups'],
    error: hint(`at most ${PEOPLE_MAX} people in all`, `au plus ${PEOPLE_MAX} personnes en tout`),
  })

export type AnswersBody = z.input<typeof answersBody>

const seconds = z
  .number()
  .int()
  .min(1)
  .max(600)
  .meta({ description: 'How long to search for the proof; more than that shows the gap that is left' })

export const adviceOfRecordsBody = z.strictObject({
  months: z.number().int().min(1).max(24).default(3).meta({ description: 'Whole months before the current one' }),
  seconds: seconds.default(60),
})

export const continueBody = z.strictObject({ seconds: seconds.default(600) })

/** Of a plain list: what may be said of its columns. */
export const CALL_COLUMNS = ['user', 'number', 'time', 'seconds', 'country', 'kind'] as const
export type CallColumn = (typeof CALL_COLUMNS)[number]

const column = nameText.max(120).optional()

export const callFileQuery = z.strictObject({
  userColumn: column.meta({ description: 'Of a plain list: the name of the column with the caller' }),
  numberColumn: column.meta({ description: '… with the number called' }),
  timeColumn: column.meta({ description: '… with when it was answered' }),
  secondsColumn: column.meta({ description: '… with its length: seconds, or with colons' }),
  countryColumn: column.meta({ description: '… with the country of the caller' }),
  kindColumn: column.meta({ description: '… with what became of the call, or its direction' }),
  name: nameText.default('calls.csv').meta({ description: 'Of the file, for the report' }),
  outsidePrefix: z
    .string()
    .regex(/^\d{0,4}$/)
    .default('')
    .meta({ description: 'What is dialled for an outside line, such as 9' }),
  dateOrder: z.enum(['day-first', 'month-first']).optional().meta({ description: 'Of dates such as 03/04/2026' }),
  seconds: z.coerce.number().pipe(seconds).default(60),
})

const sentences = z.array(z.string())

/** The advice as people read it, in the language that was asked for. */
export const adviceReportOut = z
  .object({
    headline: z.string(),
    perMonth: z.string(),
    total: z.string(),
    months: z.number().int(),
    lines: z.array(
      z.object({
        what: z.string(),
        quantity: z.number().int(),
        each: z.string().nullable().meta({ description: 'null: no price is known' }),
        perMonth: z.string().nullable(),
        why: z.string(),
      }),
    ),
    setAside: sentences.meta({
      description: 'Lines that may be calls and are not in the answer: how many, why, what to do',
    }),
    proof: z.string(),
    isProven: z.boolean(),
    dontBuy: sentences,
    recharge: sentences,
    notes: sentences,
    changes: sentences,
    tests: sentences,
    steps: sentences,
  })
  .meta({ id: 'AdviceReport' })

export const adviceOut = z
  .object({
    at: timeOut.meta({ description: 'Prices and rates are those of this moment' }),
    status: z.enum(['proven', 'stopped']),
    perMonth: moneyOut.meta({ description: 'Licences and plans, without credits' }),
    total: moneyOut.meta({ description: 'Over all months, with credits' }),
    bound: moneyOut.meta({ description: 'No basket costs less; equal to the total when proven' }),
    gap: moneyOut,
    months: z.number().int(),
    people: z.number().int(),
    needed: z.number().int().meta({ description: 'People who need a licence (L1)' }),
    countries: z.array(
      z.object({
        country: z.string(),
        users: z.number().int(),
        needed: z.number().int(),
        licences: z.number().int(),
        holders: z.number().int(),
        idleHolders: z.number().int(),
      }),
    ),
    pools: z
      .array(
        z.object({
          country: z.string(),
          plan: z.enum(['domestic', 'international']),
          months: z.array(
            z.object({
              month: z.string(),
              poolSeconds: z.number().int(),
              usedSeconds: z.number().int(),
              beyondSeconds: z.number().int(),
            }),
          ),
        }),
      )
      .optional()
      .meta({ description: 'The pools of the basket, month by month; absent in answers from before they were told' }),
    alternatives: z
      .array(
        z.object({
          id: z.enum(['advised', 'credits-only', 'everybody']),
          licences: moneyOut,
          international: moneyOut,
          credits: moneyOut,
          total: moneyOut,
        }),
      )
      .meta({ description: 'What other baskets would cost for the same calls; exact' }),
    report: adviceReportOut,
  })
  .meta({ id: 'Advice' })

export type AdviceWire = z.output<typeof adviceOut>
