/** Orders of seats, and giving seats up: what the console's forms and the API both check. */
import { z } from 'zod'
import { SKUS } from '../../core/catalogue.ts'
import type { UserId } from '../../core/ids.ts'
import { BILLINGS } from '../../core/order.ts'
import { idOf, money, time } from '../contract.ts'
import { hint } from '../invalid.ts'

export const orderItem = z.strictObject({
  sku: z.enum(SKUS),
  quantity: z.number().int().min(1).max(1_000_000),
  billing: z
    .enum(BILLINGS)
    .optional()
    .meta({ description: 'W8: who pays for the International plan; absent: as before, at first on the statement' }),
})

const twice = hint('each product once', 'chaque produit une seule fois')

const items = z
  .array(orderItem)
  .min(1)
  .max(SKUS.length)
  .refine((list) => new Set(list.map((item) => item.sku)).size === list.length, { error: twice })

const example = { items: [{ sku: 'voice-with-calling-plan', quantity: 2 }] }

export const quoteBody = z.strictObject({ items }).meta({ example })

export const orderBody = z
  .strictObject({
    items,
    expect: z
      .strictObject({ onStatement: money, fromCredits: money, monthlyMore: money })
      .optional()
      .meta({ description: 'What the quote said; an order that would cost anything else is refused' }),
  })
  .meta({ example })

export const reductionBody = z
  .strictObject({
    seats: z.number().int().min(0).max(1_000_000).meta({ description: 'How many are left' }),
    userIds: z
      .array(idOf<UserId>('user'))
      .max(300)
      .default([])
      .meta({ description: 'Who gives theirs up, where more are assigned than are left' }),
  })
  .meta({ example: { seats: 3, userIds: [] } })

export const billingBody = z.strictObject({ billing: z.enum(BILLINGS) }).meta({ example: { billing: 'credits' } })

export const seatPriceBody = z
  .strictObject({
    sku: z.enum(SKUS),
    perMonth: money,
    validFrom: time
      .optional()
      .meta({ description: 'Absent: from now on, the first of its kind from ever; never in the past' }),
  })
  .meta({ example: { sku: 'voice-with-calling-plan', perMonth: { amount: '26', currency: 'CAD' } } })
