/** `GET /v1/tenants/{t}/price`: what a call costs this user now, and which fund would pay (R3). */
import { z } from 'zod'
import type { UserId } from '../core/ids.ts'
import { findPrice } from '../store/price.ts'
import { classification, rateOut, refusalOut } from './call.ts'
import { idOf, moneyOut } from './contract.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'
import { userOf } from './user.ts'

const fundOut = {
  source: z.string().meta({ description: '`pool:…`, `wallet`, or `none` where nothing is charged' }),
  perMinute: moneyOut.meta({ description: '0 where a plan pays' }),
  connectionFee: moneyOut,
  firstMinute: moneyOut.meta({ description: 'With connection fee and rounding' }),
  availableSeconds: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'How long the fund lasts if nobody else calls; null: without end' }),
}

const priceOut = z.discriminatedUnion('result', [
  z
    .object({
      result: z.literal('priced'),
      classification,
      country: z.string().nullable(),
      charged: z.boolean(),
      ...fundOut,
      rate: rateOut.nullable(),
      afterwards: z
        .object(fundOut)
        .nullable()
        .meta({ description: 'Who pays when the minutes of the plan are used up; null: nobody' }),
    })
    .meta({ id: 'Price' }),
  z.object({ result: z.literal('refused'), classification, refusal: refusalOut }).meta({ id: 'PriceRefused' }),
])

/** In a query string an unescaped `+` is a space: numbers are pasted there every day. */
const dialled = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'E.164 with `+`, or what the user would dial', examples: ['+33142685300', '911'] })
  .transform((text) => text.replace(/^ /, '+'))

export const priceRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/price',
    {
      config: { permission: 'price:read' },
      schema: {
        summary: 'What a call by this user to that number costs now, and which fund pays; or why it would be refused',
        tags: ['rates'],
        params: tenantParams,
        querystring: z.strictObject({ userId: idOf<UserId>('user'), to: dialled }),
        problems: ['user-not-found'],
        response: { 200: priceOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
      const { userId } = await userOf(deps.db, tenantId, request.query.userId)
      const wish = {
        userId,
        sipUsername: null,
        direction: 'out',
        calledNumber: request.query.to,
        callingNumber: null,
      } as const
      return findPrice(deps.db, { tenantId, wish, now: deps.clock.now(), deck: deps.decks.current() }, deps.newId)
    },
  )
}
