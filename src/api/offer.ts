import { z } from 'zod'
import { isSku, SKUS, type Sku } from '../core/catalogue.ts'
import type { UserId } from '../core/ids.ts'
import { quoteReduction } from '../core/order.ts'
import { instant, nextPeriod, periodOf } from '../core/time.ts'
import { askQuote } from '../payments/order.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable } from '../store/db.ts'
import { insertSeatPrice, listSeatPrices, readSeatPrices, type SeatPriceRow } from '../store/seat-price.ts'
import {
  deleteReduction,
  listHolders,
  listSeats,
  lockSeats,
  readHolders,
  saveReduction,
  setBilling,
} from '../store/subscription.ts'
import { lockTenant, type TenantRow } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import { listOf, page } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import {
  holderOut,
  holderToWire,
  offersOut,
  offersToWire,
  orderedOut,
  priceToWire,
  reductionOut,
  reductionToWire,
  seatPriceOut,
} from './offer-view.ts'
import { afterOrder, orderProblem, orderSeats, quoteOut, quoteToWire, wishOf } from './order.ts'
import { Problem } from './problem.ts'
import { recordChange } from './record-change.ts'
import { billingBody, orderBody, orderQuery, reductionBody, reductionQuery, seatPriceBody } from './schema/offer.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

const skuParams = tenantParams.extend({
  sku: z
    .string()
    .max(64)
    .meta({ examples: [...SKUS] }),
})

const skuOf = (text: string): Sku => {
  if (!isSku(text)) throw new Problem('not-found', { param: 'sku' })
  return text
}

export const offerRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/offers',
    {
      config: { permission: 'licence:read' },
      schema: {
        summary: 'What this tenant’s country offers and what it does not, and why; prices, seats bought and assigned',
        tags: ['licences'],
        params: tenantParams,
        response: { 200: offersOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return offersToWire(request.db, request, tenant, nowFor(deps, tenant))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/orders/quote',
    {
      config: { permission: 'licence:read' },
      schema: {
        summary: 'What an order would cost now and every month, and what it gives to pools; nothing is ordered',
        tags: ['licences'],
        params: tenantParams,
        querystring: orderQuery,
        problems: ORDER_REFUSALS,
        response: { 200: quoteOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const quote = await askQuote(request.db, wishOf(deps, request, tenant, request.query))
      if ('refusal' in quote) throw orderProblem(quote, tenant.currency)
      return quoteToWire(quote, tenant.currency)
    },
  )

  app.post(
    '/v1/tenants/:tenantId/orders',
    {
      config: { permission: 'licence:buy' },
      schema: {
        summary: 'Buy seats, as quoted',
        tags: ['licences'],
        params: tenantParams,
        body: orderBody,
        problems: [...ORDER_REFUSALS, 'quote-changed', 'credits-too-low', 'currency-mismatch'],
        response: { 201: orderedOut },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { items, expect } = request.body
      for (const [field, amount] of Object.entries(expect ?? {})) {
        if (amount.currency !== tenant.currency)
          throw new Problem('currency-mismatch', { param: `expect.${field}.currency` })
      }
      const expected = expect
        ? {
            onStatement: expect.onStatement.micros,
            fromCredits: expect.fromCredits.micros,
            monthlyMore: expect.monthlyMore.micros,
          }
        : null
      const answer = await change(deps, request, reply, async (tx) => {
        const order = await orderSeats(tx, deps, request, tenant, { items: itemsOf(items), expected })
        const seats = order.seats.map(({ sku, purchased, assigned }) => ({ sku, purchased, assigned }))
        return { status: 201, body: { quote: quoteToWire(order.quote, tenant.currency), seats } }
      })
      await afterOrder(deps, tenant)
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/subscriptions/:sku/holders',
    {
      config: { permission: 'user:read' },
      schema: {
        summary: 'Who holds seats of a product, the newest users first',
        tags: ['licences'],
        params: skuParams,
        querystring: z.strictObject(page),
        problems: ['not-found'],
        response: { 200: listOf(holderOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const wanted = { limit: limit + 1, before: cursorOf(cursor) as UserId | null }
      const rows = await listHolders(request.db, tenantId, skuOf(request.params.sku), wanted)
      return pageCursor(rows, limit, (row) => row.userId, holderToWire)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/subscriptions/:sku/reduction/quote',
    {
      config: { permission: 'licence:read' },
      schema: {
        summary: 'What fewer seats from the next month on would mean: who loses a licence, minutes, numbers, money',
        tags: ['licences'],
        params: skuParams,
        querystring: reductionQuery,
        problems: ['not-found', 'seats-not-bought', 'seats-not-fewer', 'not-a-holder'],
        response: { 200: reductionOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { quote, from, lose } = await askReduction(request.db, deps, tenant, request.params.sku, request.query)
      return reductionToWire(tenant, quote, from, lose)
    },
  )

  app.put(
    '/v1/tenants/:tenantId/subscriptions/:sku/reduction',
    {
      config: { permission: 'licence:buy' },
      schema: {
        summary: 'Have fewer seats from the next month on; this month stays as it is paid',
        tags: ['licences'],
        params: skuParams,
        body: reductionBody,
        problems: ['not-found', 'seats-not-bought', 'seats-not-fewer', 'not-a-holder', 'reduction-needs-losers'],
        response: { 200: reductionOut },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const answer = await change(deps, request, reply, async (tx) => {
        await lockTenant(tx, tenant.tenantId)
        await lockSeats(tx, tenant.tenantId)
        const { quote, from, lose } = await askReduction(tx, deps, tenant, request.params.sku, request.body)
        const body = reductionToWire(tenant, quote, from, lose)
        if (quote.missingLosers > 0) {
          throw new Problem('reduction-needs-losers', { param: 'userIds', extra: { missing: quote.missingLosers } })
        }
        const { month } = periodOf(from, tenant.timeZone)
        await saveReduction(tx, tenant.tenantId, {
          sku: quote.sku,
          seats: quote.seatsAfter,
          userIds: lose.map((holder) => holder.userId),
          fromMonth: month,
          createdAt: deps.clock.now(),
          createdBy: principalOf(request).name,
        })
        await recordChange(tx, deps, request, tenant, {
          action: 'licence.reduction-planned',
          subject: quote.sku,
          after: body,
        })
        return { status: 200, body }
      })
      deps.engine.events.emit('changed', [tenant.tenantId])
      return answer
    },
  )

  app.delete(
    '/v1/tenants/:tenantId/subscriptions/:sku/reduction',
    {
      config: { permission: 'licence:buy' },
      schema: {
        summary: 'Keep the seats after all',
        tags: ['licences'],
        params: skuParams,
        problems: ['not-found'],
        response: { 200: offersOut },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const sku = skuOf(request.params.sku)
      const answer = await change(deps, request, reply, async (tx) => {
        await lockSeats(tx, tenant.tenantId)
        if (!(await deleteReduction(tx, tenant.tenantId, sku))) throw new Problem('not-found')
        await recordChange(tx, deps, request, tenant, { action: 'licence.reduction-withdrawn', subject: sku })
        return { status: 200, body: await offersToWire(tx, request, tenant, nowFor(deps, tenant)) }
      })
      deps.engine.events.emit('changed', [tenant.tenantId])
      return answer
    },
  )

  app.put(
    '/v1/tenants/:tenantId/subscriptions/:sku/billing',
    {
      config: { permission: 'wallet:fund' },
      schema: {
        summary: 'W8: who pays for the International plan from the next month on, the statement or the wallet',
        tags: ['licences'],
        params: skuParams,
        body: billingBody,
        problems: ['not-found', 'seats-not-bought', 'billing-not-offered'],
        response: { 200: offersOut },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const sku = skuOf(request.params.sku)
      const { billing } = request.body
      const answer = await change(deps, request, reply, async (tx) => {
        const held = (await lockSeats(tx, tenant.tenantId)).find((row) => row.sku === sku)
        if (!held || held.purchased === 0) throw new Problem('seats-not-bought', { param: 'sku' })
        if (billing === 'credits' && sku !== 'international-calling-plan') {
          throw new Problem('billing-not-offered', { param: 'billing' })
        }
        const now = nowFor(deps, tenant)
        const month = held.billedMonth ?? periodOf(now, tenant.timeZone).month
        await setBilling(tx, tenant.tenantId, sku, billing, month)
        const change = { before: { billing: held.billing }, after: { billing } }
        await recordChange(tx, deps, request, tenant, { action: 'licence.billing-chosen', subject: sku, ...change })
        return { status: 200, body: await offersToWire(tx, request, tenant, now) }
      })
      deps.engine.events.emit('changed', [tenant.tenantId])
      return answer
    },
  )

  app.get(
    '/v1/seat-prices',
    {
      config: { permission: 'catalogue:read' },
      schema: {
        summary: 'The price list of seats, newest first',
        tags: ['catalogue'],
        querystring: z.strictObject(page),
        response: { 200: listOf(seatPriceOut) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const rows = await listSeatPrices(request.db, limit + 1, cursorOf(cursor))
      return pageCursor(rows, limit, (row) => row.priceId, priceToWire)
    },
  )

  app.post(
    '/v1/seat-prices',
    {
      config: { permission: 'catalogue:edit' },
      schema: {
        summary: 'Set what a seat costs a month, from now on or from later; what was asked for before stays as it is',
        tags: ['catalogue'],
        body: seatPriceBody,
        problems: ['price-in-the-past'],
        response: { 201: seatPriceOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { sku, perMonth, validFrom } = request.body
        const now = deps.clock.now()
        if (validFrom !== undefined && validFrom < now) throw new Problem('price-in-the-past', { param: 'validFrom' })
        const known = await readSeatPrices(tx, perMonth.currency)
        const row: SeatPriceRow = {
          priceId: deps.newId(),
          sku,
          currency: perMonth.currency,
          perMonth: perMonth.micros,
          // The first of its kind counts from ever: a sandbox's clock may stand before the day on which it was set.
          validFrom: validFrom ?? (known.some((price) => price.sku === sku) ? now : EVER),
          createdAt: now,
          createdBy: principalOf(request).name,
        }
        await insertSeatPrice(tx, row)
        const body = priceToWire(row)
        const { name: actor } = principalOf(request)
        const entry = { id: deps.newId(), tenantId: null, at: now, actor, subject: sku }
        await record(tx, { ...entry, action: 'seat-price.set', after: body })
        return { status: 201, body }
      }),
  )
}

const EVER = instant(0)

const ORDER_REFUSALS = [
  'not-available-in-country',
  'sku-not-offered',
  'partner-required',
  'licence-limit-reached',
  'billing-not-offered',
] as const

const itemsOf = (items: z.output<typeof orderBody>['items']) =>
  items.map(({ sku, quantity, billing = null }) => ({ sku, quantity, billing }))

async function askReduction(
  db: Queryable,
  deps: Deps,
  tenant: TenantRow,
  skuText: string,
  wish: z.output<typeof reductionBody>,
) {
  const sku = skuOf(skuText)
  const from = nextPeriod(periodOf(nowFor(deps, tenant), tenant.timeZone), tenant.timeZone).start
  const ids = wish.userIds.filter((id) => id !== null)
  const lose = await readHolders(db, tenant.tenantId, sku, ids)
  const holding = new Set(lose.map((holder) => holder.userId))
  const index = wish.userIds.findIndex((id) => id === null || !holding.has(id))
  if (index !== -1) throw new Problem('not-a-holder', { param: `userIds.${index}` })
  const seats = await listSeats(db, tenant.tenantId)
  const prices = await readSeatPrices(db, tenant.currency)
  const quote = quoteReduction({ buyer: tenant, seats, prices, from }, sku, wish.seats, lose)
  if ('refusal' in quote) throw new Problem(quote.refusal, { param: quote.param })
  return { quote, from, lose }
}
