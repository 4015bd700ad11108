/** `/payment-methods`: cards, by the tokens of whoever keeps them. A card's number never comes here. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ServiceUnavailable } from '../charging/engine.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { formatInstant } from '../core/time.ts'
import { type Gateway, SETUP_SESSION } from '../payments/gateway.ts'
import { lockAutoRecharge } from '../store/auto-recharge.ts'
import type { Tx } from '../store/db.ts'
import {
  insertPaymentMethod,
  listPaymentMethods,
  makeDefault,
  type PaymentMethod,
  removePaymentMethod,
  usablePaymentMethod,
} from '../store/payment-method.ts'
import type { TenantRow } from '../store/tenant.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { recordChange } from './record-change.ts'
import { paymentMethodBody, setupBody, setupFinishBody } from './schema/wallet.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

export const paymentMethodOut = z
  .object({
    id: z.string(),
    provider: z.string(),
    default: z.boolean(),
    createdAt: timeOut,
    practice: z.boolean().meta({ description: 'The shipped provider: no card is charged' }),
    card: z
      .object({
        brand: z.string(),
        lastFour: z.string().nullable(),
        expires: z.string().nullable().meta({ description: '`2028-04`' }),
      })
      .nullable(),
  })
  .meta({ id: 'PaymentMethod' })

export const providerOut = z
  .object({
    provider: z.string(),
    practiceCards: z.array(z.string()).meta({ description: 'Tokens to choose from; empty at a real provider' }),
    hasPage: z.boolean().meta({ description: 'The provider takes cards on a page of its own: POST …/setup' }),
  })
  .meta({ id: 'PaymentProvider' })

const methodParams = tenantParams.extend({ paymentMethodId: idOf<Uuid>('paymentMethod') })

/** The token stays here: whoever holds it could charge the card. */
const toWire = (deps: Deps, method: PaymentMethod): z.input<typeof paymentMethodOut> => ({
  id: formatId('paymentMethod', method.paymentMethodId),
  provider: method.provider,
  default: method.isDefault,
  createdAt: formatInstant(method.createdAt),
  practice: (deps.gateways.named(method.provider)?.practiceCards.length ?? 0) > 0,
  card: method.card,
})

export const paymentMethodRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/payment-methods',
    {
      config: { permission: 'card:edit' },
      schema: {
        summary: 'Store a payment method by its provider’s token',
        tags: ['wallet'],
        params: tenantParams,
        body: paymentMethodBody,
        problems: ['payment-method-refused'],
        response: { 201: paymentMethodOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(request.db, request.params.tenantId)
        const { tenantId } = tenant
        const id = deps.newId()
        const gateway = deps.gateways.forNewMethod(tenant)
        const saved = await gateway
          .save({ paymentMethodId: id, tenantId, token: request.body.token })
          .catch(providerAway)
        if ('refused' in saved) throw new Problem('payment-method-refused', { param: 'token', detail: saved.refused })
        const body = await store(tx, deps, request, tenant, { id, gateway, saved, isDefault: request.body.default })
        return { status: 201, body }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/payment-methods',
    {
      config: { permission: 'card:read' },
      schema: {
        summary: 'Stored payment methods',
        tags: ['wallet'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(paymentMethodOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const methods = await listPaymentMethods(request.db, tenant.tenantId)
      return pageOfAll(
        methods,
        request.query,
        (row) => row.paymentMethodId,
        (method) => toWire(deps, method),
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/payment-provider',
    {
      config: { permission: 'card:read' },
      schema: {
        summary: 'Who takes new cards of this tenant, and how',
        tags: ['wallet'],
        params: tenantParams,
        response: { 200: providerOut },
      },
    },
    async (request) => {
      const gateway = deps.gateways.forNewMethod(await tenantOf(request.db, request.params.tenantId))
      const { name, practiceCards, setup } = gateway
      return { provider: name, practiceCards: [...practiceCards], hasPage: setup !== undefined }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/payment-methods/setup',
    {
      config: { permission: 'card:edit' },
      schema: {
        summary: 'Begin at the provider’s own page: the card goes there, and never through here',
        tags: ['wallet'],
        params: tenantParams,
        body: setupBody,
        problems: ['setup-not-offered'],
        response: { 200: z.object({ url: z.string() }).meta({ id: 'CardSetup' }) },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async () => {
        const tenant = await tenantOf(request.db, request.params.tenantId)
        const { setup } = deps.gateways.forNewMethod(tenant)
        if (!setup) throw new Problem('setup-not-offered')
        const site = deps.access?.publicUrl ?? `${request.protocol}://${request.host}`
        const back = new URL(request.body.returnTo, site).href
        const pages = { returnUrl: `${back}?setup=${SETUP_SESSION}`, cancelUrl: back }
        const body = await setup.begin({ tenantId: tenant.tenantId, ...pages }).catch(providerAway)
        return { status: 200, body }
      }),
  )

  app.post(
    '/v1/tenants/:tenantId/payment-methods/setup/finish',
    {
      config: { permission: 'card:edit' },
      schema: {
        summary: 'Store the card that the provider’s page has taken; asking again stores it once',
        tags: ['wallet'],
        params: tenantParams,
        body: setupFinishBody,
        problems: ['setup-not-offered', 'setup-not-finished', 'payment-method-refused'],
        response: { 201: paymentMethodOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(request.db, request.params.tenantId)
        const { tenantId } = tenant
        const gateway = deps.gateways.forNewMethod(tenant)
        if (!gateway.setup) throw new Problem('setup-not-offered')
        const saved = await gateway.setup.finish({ tenantId, sessionId: request.body.session }).catch(providerAway)
        if (saved === null) throw new Problem('setup-not-finished', { param: 'session' })
        if ('refused' in saved) throw new Problem('payment-method-refused', { detail: saved.refused })
        const known = (await listPaymentMethods(tx, tenantId)).find((method) => method.token === saved.token)
        if (known) return { status: 201, body: toWire(deps, known) }
        const made = { id: deps.newId(), gateway, saved, isDefault: request.body.default }
        return { status: 201, body: await store(tx, deps, request, tenant, made) }
      }),
  )

  app.put(
    '/v1/tenants/:tenantId/payment-methods/:paymentMethodId/default',
    {
      config: { permission: 'card:edit' },
      schema: {
        summary: 'Pay with this one from now on, where no other is named',
        tags: ['wallet'],
        params: methodParams,
        problems: ['not-found'],
        response: { 200: paymentMethodOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenant, method } = await methodOf(tx, deps, request.params)
        await makeDefault(tx, tenant.tenantId, method.paymentMethodId)
        const body = toWire(deps, { ...method, isDefault: true })
        await recordChange(tx, deps, request, tenant, {
          action: 'payment-method.made-default',
          subject: body.id,
          after: body,
        })
        return { status: 200, body }
      }),
  )

  app.delete(
    '/v1/tenants/:tenantId/payment-methods/:paymentMethodId',
    {
      config: { permission: 'card:edit' },
      schema: {
        summary: 'Take a card out of use',
        tags: ['wallet'],
        params: methodParams,
        problems: ['not-found', 'payment-method-in-use'],
        response: { 200: paymentMethodOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenant, method } = await methodOf(tx, deps, request.params)
        const policy = await lockAutoRecharge(tx, tenant.tenantId)
        if (policy?.enabled && policy.paymentMethodId === method.paymentMethodId) {
          throw new Problem('payment-method-in-use')
        }
        const body = toWire(deps, method)
        await removePaymentMethod(tx, method, deps.clock.now())
        await recordChange(tx, deps, request, tenant, {
          action: 'payment-method.removed',
          subject: body.id,
          before: body,
        })
        return { status: 200, body }
      }),
  )
}

const providerAway = (error: unknown): never => {
  throw new ServiceUnavailable('the payment provider cannot be reached', { cause: error })
}

async function methodOf(tx: Tx, deps: Deps, params: z.output<typeof methodParams>) {
  const tenant = await tenantOf(deps.db, params.tenantId)
  const id = params.paymentMethodId
  const method = id === null ? null : await usablePaymentMethod(tx, tenant.tenantId, id)
  if (!method) throw new Problem('not-found')
  return { tenant, method }
}

async function store(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  made: { id: Uuid; gateway: Gateway; saved: { token: string; card: PaymentMethod['card'] }; isDefault: boolean },
) {
  const method = await insertPaymentMethod(tx, {
    paymentMethodId: made.id,
    tenantId: tenant.tenantId,
    provider: made.gateway.name,
    token: made.saved.token,
    isDefault: made.isDefault,
    card: made.saved.card,
    createdAt: nowFor(deps, tenant),
  })
  const body = toWire(deps, method)
  await recordChange(tx, deps, request, tenant, { action: 'payment-method.stored', subject: body.id, after: body })
  return body
}
