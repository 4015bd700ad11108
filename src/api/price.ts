/** `GET /v1/tenants/{t}/price`: what a call costs this user now, and which fund would pay (R3). */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { explainPrice } from '../core/explain.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { findPrice, userByEmail } from '../store/price.ts'
import { principalOf } from './auth.ts'
import { classification, rateOut, refusalOut } from './call.ts'
import { idOf, moneyOut, timeOut } from './contract.ts'
import { languageOf, type Routes } from './server.ts'
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

const destinationOut = {
  classification,
  why: z.string().meta({ description: 'Why it is of this class, as a sentence' }),
  country: z.string().nullable(),
  lineKind: z
    .enum(['fixed', 'mobile', 'toll-free', 'premium', 'shared-cost', 'satellite', 'other'])
    .nullable()
    .meta({ description: 'null: no number in international format' }),
}

export const priceOut = z.discriminatedUnion('result', [
  z
    .object({
      result: z.literal('priced'),
      ...destinationOut,
      charged: z.boolean(),
      ...fundOut,
      rate: rateOut.nullable(),
      rateSince: timeOut.nullable().meta({ description: 'Since when that row has been in force' }),
      tenMinutes: z
        .object({ seconds: z.number().int(), amount: moneyOut })
        .meta({ description: 'Ten minutes, begun now; fewer seconds where the funds end before' }),
      afterwards: z
        .object(fundOut)
        .nullable()
        .meta({ description: 'Who pays when the minutes of the plan are used up; null: nobody' }),
    })
    .meta({ id: 'Price' }),
  z
    .object({
      result: z.literal('refused'),
      ...destinationOut,
      refusal: refusalOut,
      advice: z.string().meta({ description: 'What would change that' }),
    })
    .meta({ id: 'PriceRefused' }),
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
        querystring: z.strictObject({
          userId: idOf<UserId>('user')
            .optional()
            .meta({ description: 'Absent: the user with the e-mail address of whoever is signed in' }),
          to: dialled,
        }),
        problems: ['user-not-found'],
        response: { 200: priceOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { tenantId, timeZone, country: tenantCountry } = tenant
      const wanted = request.query.userId
      const asked = wanted === undefined ? await ownUser(request, tenantId) : wanted
      const { userId } = await userOf(request.db, tenantId, asked)
      const wish = {
        userId,
        sipUsername: null,
        direction: 'out',
        calledNumber: request.query.to,
        callingNumber: null,
      } as const
      const question = { tenantId, wish, now: deps.clock.now(), deck: deps.decks.current() }
      const found = await findPrice(request.db, question, deps.newId)
      const isPriced = found.result === 'priced'
      const answered = { reason: found.reason, refusalCode: isPriced ? null : found.refusal.code }
      const { why, advice } = explainPrice(answered, { timeZone, tenantCountry }, languageOf(request))
      return isPriced
        ? { ...found, why, rateSince: found.rateSince === null ? null : formatInstant(found.rateSince) }
        : { ...found, why, advice: advice ?? '' }
    },
  )
}

/** Whoever is signed in, as somebody with a telephone here; null: nobody is. */
async function ownUser(request: FastifyRequest, tenantId: TenantId): Promise<UserId | null> {
  const email = principalOf(request).session?.email
  return email === undefined ? null : userByEmail(request.db, tenantId, email)
}
