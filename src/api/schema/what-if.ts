/** Questions about a tenant's own months: what would they have cost otherwise? */
import { z } from 'zod'
import { formatId, type UserId } from '../../core/ids.ts'
import { country } from '../contract.ts'
import { hint } from '../invalid.ts'
import { idOf } from './id.ts'
import { money } from './money.ts'

const userId = idOf<UserId>('user')
  .refine((id) => id !== null, { error: hint('no such user', 'cet utilisateur n’existe pas') })
  .transform((id) => (id === null ? '' : formatId('user', id)))
const people = z.number().int().min(0).max(100)

export const whatIfBody = z.strictObject({
  months: z.number().int().min(1).max(24).default(1).meta({ description: 'Whole months before the current one' }),
  percent: z.number().int().min(1).max(500).optional().meta({ description: 'Parts per hundred of the calls' }),
  heads: z
    .array(z.strictObject({ userId, people }))
    .max(1_000)
    .default([])
    .meta({ description: '0: this user leaves; 2: another is hired who calls the same' }),
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
  seconds: z.number().int().min(1).max(600).default(60).meta({ description: 'For the proof of the cheapest' }),
})
