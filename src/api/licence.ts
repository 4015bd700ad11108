/** Seats and who sits on them: `/subscriptions` and `/users/{u}/licences/{sku}` (L2–L9, P7). */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isSku, SKUS, type Sku } from '../core/catalogue.ts'
import { formatId, type UserId } from '../core/ids.ts'
import { holds, isVoice, mayAssign } from '../core/licence.ts'
import { toMoney } from '../core/money.ts'
import type { OrderItem } from '../core/order.ts'
import { seatPriceAt } from '../core/seat-price.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import type { Order } from '../payments/order.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import {
  changeAssigned,
  listSubscriptions,
  lockSubscriptions,
  type Subscription,
  setInternational,
  setVoice,
} from '../store/licence.ts'
import { readSeatPrices } from '../store/seat-price.ts'
import { fundPool, removeLicence } from '../store/subscription.ts'
import type { TenantRow } from '../store/tenant.ts'
import { lockUser, type UserRow } from '../store/user.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { orderSeats } from './order.ts'
import { Problem } from './problem.ts'
import { subscriptionBody } from './schema/licence.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { userOf, userOut, userToWire } from './user.ts'

const subscriptionOut = z
  .object({
    id: z.string(),
    sku: z.string(),
    purchased: z.number().int(),
    assigned: z.number().int(),
    createdAt: timeOut,
  })
  .meta({ id: 'Subscription' })

const toWire = (row: Subscription): z.input<typeof subscriptionOut> => ({
  id: formatId('subscription', row.subscriptionId),
  sku: row.sku,
  purchased: row.purchased,
  assigned: row.assigned,
  createdAt: formatInstant(row.createdAt),
})

const licenceParams = tenantParams.extend({
  userId: idOf<UserId>('user'),
  sku: z
    .string()
    .max(64)
    .meta({ examples: [...SKUS] }),
})

export const licenceRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/subscriptions',
    {
      config: { permission: 'licence:buy' },
      schema: {
        summary: 'Buy seats',
        tags: ['licences'],
        params: tenantParams,
        body: subscriptionBody,
        problems: [
          'not-available-in-country',
          'sku-not-offered',
          'partner-required',
          'licence-limit-reached',
          'credits-too-low',
        ],
        response: { 201: subscriptionOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { sku, quantity } = request.body
        const order = await orderOne(tx, deps, request, tenant, { sku, quantity, billing: null })
        const row = order.seats.find((seats) => seats.sku === sku)
        if (!row) throw new Error('seats were bought and are not there')
        return { status: 201, body: toWire(row) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/subscriptions',
    {
      config: { permission: 'licence:read' },
      schema: {
        summary: 'List seats',
        tags: ['licences'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(subscriptionOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      return pageOfAll(
        await listSubscriptions(request.db, tenantId),
        request.query,
        (row) => row.subscriptionId,
        toWire,
      )
    },
  )

  app.put(
    '/v1/tenants/:tenantId/users/:userId/licences/:sku',
    {
      config: { permission: 'licence:assign' },
      schema: {
        summary: 'Assign a licence',
        tags: ['licences'],
        params: licenceParams,
        problems: [
          'not-found',
          'no-seat-left',
          'location-without-plan',
          'voice-licence-required',
          'other-voice-licence-assigned',
        ],
        response: { 200: userOut },
      },
    },
    (request, reply) => changeLicence(deps, request, reply, 'licence.assigned'),
  )

  app.delete(
    '/v1/tenants/:tenantId/users/:userId/licences/:sku',
    {
      config: { permission: 'licence:assign' },
      schema: {
        summary: 'Remove a licence',
        tags: ['licences'],
        params: licenceParams,
        problems: ['not-found'],
        response: { 200: userOut },
      },
    },
    (request, reply) => changeLicence(deps, request, reply, 'licence.removed'),
  )
}

/** The fields of this body have no list around them. */
async function orderOne(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  item: OrderItem,
): Promise<Order> {
  try {
    return await orderSeats(tx, deps, request, tenant, { items: [item], expected: null })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { param = '', ...details } = error.details
    throw new Problem(error.code, { ...details, param: param.replace('items.0.', '') })
  }
}

interface LicenceChange {
  readonly tx: Tx
  readonly deps: Deps
  readonly tenant: TenantRow
  readonly user: UserRow
  readonly sku: Sku
  readonly subscriptions: readonly Subscription[]
  readonly at: Instant
}

type LicenceRequest = Parameters<typeof change>[1] & {
  readonly params: z.output<typeof licenceParams>
}

async function changeLicence(
  deps: Deps,
  request: LicenceRequest,
  reply: Parameters<typeof change>[2],
  action: 'licence.assigned' | 'licence.removed',
) {
  const answered = await change(deps, request, reply, async (tx) => {
    const { sku } = request.params
    if (!isSku(sku)) throw new Problem('not-found', { param: 'sku' })
    const tenant = await tenantOf(tx, request.params.tenantId)
    const { tenantId } = tenant
    const subscriptions = await lockSubscriptions(tx, tenantId)
    const { userId } = await userOf(tx, tenantId, request.params.userId)
    const user = await lockUser(tx, tenantId, userId)
    if (!user) throw new Problem('user-not-found')
    const work = action === 'licence.assigned' ? assign : remove
    const changed = await work({ tx, deps, tenant, user, sku, subscriptions, at: nowFor(deps, tenant) })
    const after = await userOf(tx, tenantId, userId)
    if (changed.length > 0) {
      await record(tx, {
        id: deps.newId(),
        tenantId,
        at: deps.clock.now(),
        actor: principalOf(request).name,
        action,
        subject: formatId('user', userId),
        before: userToWire(user),
        after: userToWire(after),
      })
      await recordEvents(
        tx,
        changed.map((one) => ({
          tenantId,
          type: action,
          at: nowFor(deps, tenant),
          data: { userId: formatId('user', userId), sku: one, user: userToWire(after) },
        })),
      )
    }
    return { status: 200, body: userToWire(after) }
  })
  // Whose calls a switch may let through while nobody can be asked (C10).
  deps.onDirectoryChange()
  return answered
}

async function assign(change: LicenceChange): Promise<readonly Sku[]> {
  const { tx, deps, tenant, user, sku, subscriptions, at } = change
  if (holds(user, sku)) return []
  const no = mayAssign(user, sku)
  if (no) throw new Problem(no, { param: 'sku' })
  const seats = subscriptions.find((row) => row.sku === sku)
  if (!seats || seats.assigned >= seats.purchased) {
    // L5: the refusal offers to buy what is missing.
    const perMonth = seatPriceAt(await readSeatPrices(tx, tenant.currency), sku, at)
    const offer = { sku, quantity: 1, perMonth: perMonth === null ? null : toMoney(perMonth, tenant.currency) }
    throw new Problem('no-seat-left', {
      param: 'sku',
      extra: { purchased: seats?.purchased ?? 0, assigned: seats?.assigned ?? 0, offer },
    })
  }
  await changeAssigned(tx, user.tenantId, sku, 1)
  if (isVoice(sku)) await setVoice(tx, user.userId, sku)
  else await setInternational(tx, user.userId, true)
  await fundPool(tx, user, { sku, by: 1, at, newId: deps.newId })
  return [sku]
}

const remove = ({ tx, deps, user, sku, at }: LicenceChange): Promise<readonly Sku[]> =>
  removeLicence(tx, user, { sku, at, newId: deps.newId })
