/** Orders of seats, and giving seats up: what the console's forms and the API both check. */
import { z } from 'zod'
import { SKUS, type Sku } from '../../core/catalogue.ts'
import { parseId, type UserId } from '../../core/ids.ts'
import { BILLINGS, type Billing } from '../../core/order.ts'
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

const ITEM =
  /^(voice-with-calling-plan|voice-without-calling-plan|international-calling-plan):([1-9]\d{0,5})(?::(statement|credits))?$/
const noItems = hint(
  'product:number, separated by commas, each product once',
  'produit:nombre, séparés par des virgules, chaque produit une fois',
)

/** `voice-with-calling-plan:2,international-calling-plan:1:credits`: an order in an address. */
export const orderQuery = z
  .strictObject({
    items: z
      .string()
      .max(200)
      .refine((text) => text.split(',').every((part) => ITEM.test(part)), { error: noItems })
      .refine((text) => new Set(text.split(',').map((part) => part.split(':')[0])).size === text.split(',').length, {
        error: noItems,
      })
      .meta({
        description: '`product:number` or `product:number:billing`, separated by commas',
        examples: ['voice-with-calling-plan:2'],
      }),
  })
  .transform(({ items: text }) =>
    text.split(',').flatMap((part) => {
      const [, sku, quantity, billing] = ITEM.exec(part) ?? []
      return sku === undefined
        ? []
        : [{ sku: sku as Sku, quantity: Number(quantity), billing: (billing ?? null) as Billing | null }]
    }),
  )

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

const noSeats = hint('a whole number', 'un nombre entier')

/** The same in an address: `?seats=3&userIds=usr_…,usr_…`. */
export const reductionQuery = z.strictObject({
  seats: z
    .string()
    .regex(/^\d{1,6}$/, { error: noSeats })
    .transform(Number)
    .meta({ description: 'How many are left', examples: ['0'] }),
  userIds: z
    .string()
    .max(20_000)
    .regex(/^[\w,-]*$/)
    .default('')
    .transform((text) => (text === '' ? [] : text.split(',').map((id) => parseId('user', id) as UserId | null)))
    .meta({ description: 'Who gives theirs up, separated by commas' }),
})

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
