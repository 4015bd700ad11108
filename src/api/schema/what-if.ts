/** Questions about a tenant's own months: what would they have cost otherwise? */
import { z } from 'zod'
import { formatId, type UserId, type Uuid } from '../../core/ids.ts'
import { country, moneyOut } from '../contract.ts'
import { hint } from '../invalid.ts'
import { idOf } from './id.ts'
import { money } from './money.ts'

const userId = idOf<UserId>('user')
  .refine((id) => id !== null, { error: hint('no such user', 'cet utilisateur n’existe pas') })
  .transform((id) => (id === null ? '' : formatId('user', id)))
const people = z.number().int().min(0).max(100)

const ONCE = hint('each country once', 'chaque pays une seule fois')
const LICENCE_EACH = hint(
  'at least one licence for each International plan',
  'au moins une licence par forfait international',
)

const fields = {
  months: z.number().int().min(1).max(24).default(1).meta({ description: 'Whole months before the current one' }),
  percent: z.number().int().min(1).max(500).optional().meta({ description: 'Parts per hundred of the calls' }),
  heads: z
    .array(z.strictObject({ userId, people }))
    .max(1_000)
    .default([])
    .meta({ description: '0: this user leaves; 2: another is hired who calls the same' }),
  plan: z
    .array(z.strictObject({ userId, holds: z.boolean() }))
    .max(1_000)
    .default([])
    .meta({ description: 'Who gets the International plan, and who gives it up; the others as now' }),
  licencePrice: money.optional().meta({ description: 'Of a licence with plan, per month' }),
  internationalPrice: money.optional().meta({ description: 'Of the International plan, per month' }),
  basket: z
    .union([
      z.enum(['now', 'best']),
      z
        .array(
          z.strictObject({
            country,
            licences: z.number().int().min(0).max(10_000),
            holders: z.array(userId).max(10_000).default([]),
            idleHolders: people.default(0),
          }),
        )
        .max(10),
    ])
    .default('now')
    .meta({ description: 'Today’s licences and plans, the cheapest, or others' }),
  rateDeck: idOf<Uuid>('rateDeck')
    .optional()
    .meta({ description: 'Other rates than the active deck’s; for those who may see the decks' }),
  seconds: z.number().int().min(1).max(600).default(60).meta({ description: 'For the proof of the cheapest' }),
}

export const whatIfBody = z
  .strictObject(fields)
  .refine(({ basket, plan }) => basket === 'now' || plan.length === 0, {
    path: ['plan'],
    error: hint('only with the basket as it is now', 'seulement avec le panier tel qu’il est'),
  })
  .superRefine(({ basket }, context) => {
    if (typeof basket === 'string') return
    const seen = new Set<string>()
    for (const [place, { country, licences, holders, idleHolders }] of basket.entries()) {
      const refuse = (field: string, message: string): void =>
        context.addIssue({ code: 'custom', path: ['basket', place, field], message })
      if (seen.has(country)) refuse('country', ONCE)
      seen.add(country)
      // L9: the plan goes with the licence it needs.
      if (new Set(holders).size + idleHolders > licences) refuse('licences', LICENCE_EACH)
    }
  })

const costsOut = z.object({
  licences: moneyOut,
  international: moneyOut,
  beyondDomestic: moneyOut,
  abroad: moneyOut,
  beyondConference: moneyOut,
  always: moneyOut,
  total: moneyOut,
})

const basketOut = z.object({
  withoutPlan: z.number().int(),
  countries: z.array(
    z.object({
      country: z.string(),
      licences: z.number().int(),
      holders: z.array(z.string()),
      idleHolders: z.number().int(),
    }),
  ),
})

/** The result file of the job. */
export const whatIfResult = z.object({
  order: z.enum(['recorded', 'canonical']).meta({ description: 'recorded: nothing was changed, and this is the bill' }),
  status: z.enum(['proven', 'stopped', 'given']),
  months: z.array(z.string()),
  calls: z.number().int(),
  before: costsOut,
  costs: costsOut,
  current: basketOut,
  basket: basketOut,
  needed: z.array(z.object({ country: z.string(), people: z.number().int() })).meta({
    description:
      'L1: people with calls outside. With fewer licences some of these calls could not have been made; they are counted all the same',
  }),
  question: z.object({
    percent: z.number().int(),
    licencePrice: moneyOut.nullable(),
    internationalPrice: moneyOut.nullable(),
    basket: z.enum(['now', 'best', 'given']),
    heads: z.array(z.object({ userId: z.string(), name: z.string(), people: z.number().int() })),
    plan: z.array(z.object({ userId: z.string(), name: z.string(), holds: z.boolean() })),
    rateDeckVersion: z.number().int().nullable(),
  }),
})

/** What a tenant has now: where a question begins. */
export const basketNowOut = z
  .object({
    withoutPlan: z.number().int(),
    countries: z.array(
      z.object({
        country: z.string(),
        people: z.number().int().meta({ description: 'Users who work there' }),
        licences: z.number().int().meta({ description: 'Assigned' }),
        holders: z
          .array(z.object({ userId: z.string(), name: z.string() }))
          .meta({ description: 'Of the International plan' }),
      }),
    ),
  })
  .meta({ id: 'BasketNow' })

export type BasketNowOut = z.output<typeof basketNowOut>
export type WhatIfResult = z.output<typeof whatIfResult>
