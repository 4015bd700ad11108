/** Rate decks and the files that may become one: for the routes and for the operator’s pages. */
import { z } from 'zod'
import { moneyOut, time, timeOut } from '../contract.ts'
import { hint } from '../invalid.ts'

/** One row as a CSV states it. */
export const deckRowOut = z.object({
  direction: z.string(),
  prefix: z.string(),
  origin: z.string(),
  lineKind: z.string(),
  currency: z.string(),
  connectionFee: z.string(),
  perMinute: z.string(),
  initialIncrement: z.number().int(),
  nextIncrement: z.number().int(),
  minimumSeconds: z.number().int(),
  validFrom: timeOut,
})

export const comparisonOut = z
  .object({
    comparedWith: z.number().int().meta({ description: 'Version of the deck that is active; 0: there was none' }),
    at: timeOut.meta({ description: 'What is in force then is compared' }),
    added: z.number().int(),
    removed: z.number().int(),
    changed: z.number().int(),
    up: z.number().int().meta({ description: 'Of the changed ones, those whose price a minute rises' }),
    down: z.number().int(),
    same: z.number().int(),
    later: z.number().int().meta({ description: 'Rows of the file that come into force only later' }),
    histogram: z.array(
      z.object({
        upTo: z.number().int().nullable().meta({ description: 'Per cent; null: more than the one before' }),
        rows: z.number().int(),
      }),
    ),
    worst: z.array(
      z.object({
        before: deckRowOut,
        after: deckRowOut,
        perMille: z.number().int().nullable().meta({ description: 'null: it was free before' }),
        country: z
          .string()
          .nullable()
          .meta({ description: 'Where numbers with the prefix are; null: in several, or none' }),
      }),
    ),
    added20: z.array(deckRowOut).meta({ description: 'The first twenty' }),
    removed20: z.array(deckRowOut),
  })
  .meta({ id: 'RateDeckComparison' })

export const draftOut = z
  .object({
    id: z.string(),
    fileName: z.string(),
    uploadedBy: z.string(),
    uploadedAt: timeOut,
    bytes: z.number().int(),
    rows: z.number().int(),
    errorCount: z.number().int(),
    revision: z.number().int().meta({ description: 'Counts corrections, from 1' }),
    publishedAs: z.string().nullable().meta({ description: 'Id of the deck that it became' }),
  })
  .meta({ id: 'RateDeckDraft' })

export const draftErrorsOut = z
  .object({
    errorCount: z.number().int(),
    errors: z
      .array(
        z.object({
          line: z.number().int(),
          column: z.string(),
          message: z.string(),
          text: z.string().nullable().meta({ description: 'The line as it is, of the first hundred errors' }),
        }),
      )
      .meta({ description: 'The first thousand by line' }),
  })
  .meta({ id: 'RateDeckDraftErrors' })

export const whatIfOut = z
  .object({
    month: z.string(),
    currencies: z.array(
      z.object({
        calls: z.number().int(),
        before: moneyOut.meta({ description: 'What the wallets paid' }),
        after: moneyOut.meta({ description: 'What they would have paid' }),
        unpriced: z.number().int().meta({ description: 'Calls that would be refused; in neither sum' }),
      }),
    ),
    share: z.number().meta({ description: 'How much of the month has been looked at, 0 to 1' }),
    nextCursor: z.string().nullable().meta({ description: 'Ask again with it and add up; null: that was all' }),
  })
  .meta({ id: 'RateDeckWhatIf' })

export const draftLine = z
  .strictObject({
    line: z.number().int().min(1).max(10_000_000),
    was: z.string().max(2_000).optional().meta({
      description: 'What the line said when it was read: if it says something else by now, nothing is changed',
    }),
    text: z
      .string()
      .max(2_000)
      .regex(/^[^\r\n]*$/, { error: hint('one line', 'une seule ligne') })
      .meta({ description: 'What the line shall say; empty takes it out' }),
  })
  .meta({ example: { line: 812, text: 'out,4420,,any,CAD,0,0.0485,60,60,0,2026-12-01T00:00:00Z' } })

export const publishBody = z
  .strictObject({
    comparedWith: z
      .number()
      .int()
      .min(0)
      .max(2_147_483_647)
      .meta({ description: 'The version that the publisher has compared with: another one since then is a 409' }),
    activateAt: time.optional().meta({ description: 'Becomes active then; absent: at once' }),
  })
  .meta({ example: { comparedWith: 41, activateAt: '2026-12-01T00:00:00-05:00' } })

export const fileName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}/\\]*$/u, { error: hint('a file name', 'un nom de fichier') })
  .meta({ examples: ['rates-2026-12.csv'] })

export const deckOut = z
  .object({
    id: z.string(),
    version: z.number().int(),
    rows: z.number().int(),
    publishedAt: timeOut,
    active: z.boolean(),
    activatedAt: timeOut.nullable().meta({ description: 'When it last became the active one' }),
    activateAt: timeOut.nullable().meta({ description: 'When it will, by itself' }),
    scheduledBy: z.string().nullable(),
  })
  .meta({ id: 'RateDeck' })
