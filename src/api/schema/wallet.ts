/** Money going into the wallet, and cards: what the console's forms and the API both check (W4). */
import { z } from 'zod'
import type { Uuid } from '../../core/ids.ts'
import { type Micros, parseMicros } from '../../core/money.ts'
import { idOf, money } from '../contract.ts'
import { noAmount } from './money.ts'

const paymentMethodId = idOf<Uuid>('paymentMethod')

export const fundingBody = z
  .strictObject({ amount: money, paymentMethod: paymentMethodId.optional() })
  .meta({ example: { amount: { amount: '50', currency: 'CAD' } } })

export const fundingQuoteQuery = z.strictObject({
  amount: z
    .string()
    .regex(/^\d{1,12}(\.\d{1,6})?$/, { error: noAmount })
    .transform((text) => parseMicros(text) as Micros)
    .meta({ description: 'In the tenant’s currency', examples: ['50'] }),
})

export const autoRechargeBody = z
  .strictObject({
    enabled: z.boolean(),
    threshold: money,
    amount: money.meta({ description: 'What is added; with a target the least that is added' }),
    target: money.nullable().optional().meta({ description: 'Fill the wallet up to here instead of adding `amount`' }),
    paymentMethod: paymentMethodId.optional(),
    dailyCap: money.nullable().optional(),
    monthlyCap: money.nullable().optional(),
  })
  .meta({
    example: {
      enabled: true,
      threshold: { amount: '10', currency: 'CAD' },
      amount: { amount: '50', currency: 'CAD' },
      dailyCap: { amount: '200', currency: 'CAD' },
    },
  })

export const paymentMethodBody = z
  .strictObject({ token: z.string().regex(/^[\w-]{1,255}$/), default: z.boolean().default(false) })
  .meta({ example: { token: 'card-ok', default: true } })

/** A page of the console: the provider's own page sends the browser back there. */
export const setupBody = z
  .strictObject({
    returnTo: z
      .string()
      .max(300)
      .regex(/^\/(?![/\\])[\w\-./~]*$/)
      .meta({ description: 'A path of this site; `?setup=…` is added', examples: ['/t/ten_…/billing/credits'] }),
  })
  .meta({ example: { returnTo: '/t/ten_01/billing/credits' } })

export const setupFinishBody = z
  .strictObject({ session: z.string().regex(/^[\w-]{1,255}$/), default: z.boolean().default(false) })
  .meta({ example: { session: 'practice-card-ok', default: true } })
