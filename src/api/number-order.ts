/** `/v1/tenants/{t}/number-orders`: get numbers — what there is, ten minutes to decide, then in service (N2, N3). */
import { z } from 'zod'
import { type Country, countryName } from '../core/country.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { locationNeeded, NUMBER_TYPES, type NumberType, RESERVATION_SECONDS } from '../core/number.ts'
import { mayOrder, numberQuota, type OrderRefusal, quotaRaise } from '../core/number-quota.ts'
import { formatInstant, type Instant, instant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable, Tx } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import { insertNumber } from '../store/number.ts'
import {
  endOrder,
  findOrder,
  insertOrder,
  listOrders,
  lockOrder,
  type NumberOrderRow,
  numberUse,
  setOrderNumbers,
  type VoiceLicences,
  voiceLicences,
} from '../store/number-order.ts'
import {
  availableOffers,
  availablePlaces,
  freeStock,
  reservedFor,
  reserveStock,
  reserveThese,
} from '../store/number-stock.ts'
import { lockTenant, type TenantRow, tenantNow } from '../store/tenant.ts'
import { readWallet } from '../store/wallet.ts'
import { principalOf } from './auth.ts'
import { type By, by } from './by.ts'
import { country, idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { numberOf, numberToWire } from './number.ts'
import { checkArea, heldLocation } from './number-assign.ts'
import { Problem } from './problem.ts'
import { confirmBody, numberType, orderBody } from './schema/number-order.ts'
import type { Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { takenAs } from './user.ts'

export const orderOut = z
  .object({
    id: z.string(),
    status: z.enum(['reserved', 'completed', 'cancelled', 'expired']),
    name: z.string().nullable(),
    description: z.string().nullable(),
    country: z.string(),
    type: numberType,
    numbers: z.array(z.string()),
    locationNeeded: z
      .enum(['at-acquisition', 'at-assignment', 'never'])
      .meta({ description: 'When these numbers need an emergency location (N6)' }),
    createdAt: timeOut,
    expiresAt: timeOut.meta({ description: 'By the clock of the tenant; ten minutes after it was made' }),
    endedAt: timeOut.nullable(),
  })
  .meta({ id: 'NumberOrder' })

/** An order whose time is over has expired, whether the job has been there or not. */
const statusOf = (order: NumberOrderRow, now: Instant): NumberOrderRow['status'] =>
  order.status === 'reserved' && now >= order.expiresAt ? 'expired' : order.status

const orderToWire = (order: NumberOrderRow, now: Instant): z.input<typeof orderOut> => ({
  id: formatId('numberOrder', order.orderId),
  status: statusOf(order, now),
  name: order.name === '' ? null : order.name,
  description: order.description === '' ? null : order.description,
  country: order.country,
  type: order.type,
  numbers: [...order.numbers],
  locationNeeded: locationNeeded(order.country, order.type),
  createdAt: formatInstant(order.createdAt),
  expiresAt: formatInstant(order.expiresAt),
  endedAt: order.endedAt === null ? null : formatInstant(order.endedAt),
})

export const quotaOut = z
  .object({
    licences: z.number().int().meta({ description: 'Voice licences that were bought' }),
    types: z.array(
      z.object({
        type: numberType,
        licences: z
          .number()
          .int()
          .meta({ description: 'Those that count: with plan for user numbers, all for services' }),
        quota: z.number().int(),
        used: z
          .number()
          .int()
          .meta({ description: 'In service and reserved; ported and temporary numbers do not count' }),
        reserved: z.number().int(),
        inService: z.number().int().meta({ description: 'With those that do not count' }),
        raise: z
          .object({ licences: z.number().int(), numbers: z.number().int() })
          .nullable()
          .meta({ description: 'The fewest licences more that allow more numbers, and how many more' }),
      }),
    ),
  })
  .meta({ id: 'NumberQuota' })

const licencesFor = (type: NumberType, licences: VoiceLicences): number =>
  type === 'user' ? licences.withPlan : licences.all

async function quotaOf(db: Queryable, tenant: TenantRow, now: Instant): Promise<z.input<typeof quotaOut>> {
  const licences = await voiceLicences(db, tenant.tenantId)
  const use = await numberUse(db, tenant.tenantId, now)
  return {
    licences: licences.all,
    types: NUMBER_TYPES.map((type) => {
      const { counted = 0, reserved = 0, inService = 0 } = use.find((one) => one.type === type) ?? {}
      const counting = licencesFor(type, licences)
      const quota = numberQuota(type, counting)
      const raise = quotaRaise(type, counting, Math.max(quota, counted + reserved) + 1)
      return { type, licences: counting, quota, used: counted + reserved, reserved, inService, raise }
    }),
  }
}

const FORMULA: Readonly<Record<NumberType, { readonly en: string; readonly fr: string }>> = {
  user: { en: 'user numbers: licences × 1.1 + 10', fr: 'numéros d’utilisateur : licences × 1,1 + 10' },
  'service-toll': { en: 'toll service numbers', fr: 'numéros de service payants' },
  'service-toll-free': { en: 'toll-free service numbers', fr: 'numéros de service gratuits' },
}

/** N2, in words: what there is, and how many licences would allow more. */
export function quotaProblem(refusal: OrderRefusal, type: NumberType): Problem {
  if (refusal.refused === 'toll-free-needs-credits') return new Problem('toll-free-needs-credits', { param: 'type' })
  const { used, quota, raise } = refusal
  const formula = FORMULA[type]
  const more = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
  return new Problem('number-quota-reached', {
    param: 'quantity',
    detail: {
      en:
        `${used} of ${quota} ${formula.en}.` +
        (raise ? ` ${more(raise.licences, 'more licence allows', 'more licences allow')} ${raise.numbers} more.` : ''),
      fr:
        `${used} sur ${quota} ${formula.fr}.` +
        (raise
          ? ` ${more(raise.licences, 'licence de plus en permet', 'licences de plus en permettent')} ${raise.numbers} de plus.`
          : ''),
    },
    extra: { used, quota, raise },
  })
}

/** Throws where a tenant may not have so many numbers more. The tenant must be locked: two admins draw on one quota. */
export async function checkQuota(
  tx: Tx,
  tenant: TenantRow,
  wish: { readonly type: NumberType; readonly quantity: number; readonly now: Instant },
): Promise<void> {
  const { type, quantity, now } = wish
  const use = (await numberUse(tx, tenant.tenantId, now)).find((one) => one.type === type)
  const licences = licencesFor(type, await voiceLicences(tx, tenant.tenantId))
  const { available } = await readWallet(tx, tenant.tenantId, now)
  const used = (use?.counted ?? 0) + (use?.reserved ?? 0)
  const refusal = mayOrder({ type, quantity, used, licences, available })
  if (refusal) throw quotaProblem(refusal, type)
}

const orderParams = tenantParams.extend({ orderId: idOf<Uuid>('numberOrder') })

/** An order for a change: still reserved, and in time. */
async function openOrder(tx: Tx, tenant: TenantRow, orderId: Uuid | null, now: Instant): Promise<NumberOrderRow> {
  const order = orderId === null ? null : await lockOrder(tx, tenant.tenantId, orderId)
  if (!order) throw new Problem('not-found', { param: 'orderId' })
  const status = statusOf(order, now)
  if (status === 'expired') throw new Problem('reservation-ended', { extra: { numbers: order.numbers } })
  if (status !== 'reserved') throw new Problem('order-ended', { extra: { orderStatus: status } })
  return order
}

export interface ReserveWish {
  readonly country: Country
  readonly type: NumberType
  readonly quantity: number
  readonly city?: string | undefined
  readonly areaCode?: string | undefined
  /** An order whose numbers are taken first, as far as they are free; null: one that does not exist. */
  readonly again?: Uuid | null | undefined
}

/** Reserves numbers for ten minutes, in the transaction of the caller; throws the problems of the route. */
export async function reserveNumbers(tx: Tx, by: By, tenant: TenantRow, asked: ReserveWish): Promise<NumberOrderRow> {
  const { tenantId } = tenant
  await lockTenant(tx, tenantId)
  const now = tenantNow(tenant, by.clock.now())
  const { again, city, areaCode, ...wish } = asked
  const { type, quantity } = wish
  const before = again ? await lockOrder(tx, tenantId, again) : null
  if (again !== undefined && !before) throw new Problem('not-found', { param: 'again' })
  if (before && before.status === 'reserved') {
    // What was reserved until a moment ago is free for this order before anybody else.
    await freeStock(tx, before.orderId)
    const status = statusOf(before, now) === 'expired' ? 'expired' : 'cancelled'
    await endOrder(tx, before.orderId, { status, at: now })
  }
  await checkQuota(tx, tenant, { type, quantity, now })
  const orderId = by.newId()
  const expiresAt = instant(now + RESERVATION_SECONDS * 1_000)
  const draft: NumberOrderRow = {
    orderId,
    tenantId,
    status: 'reserved',
    name: '',
    description: '',
    country: wish.country,
    type,
    // Filled when the stock has said which: its rows point to the order, so the order comes first.
    numbers: [],
    createdAt: now,
    expiresAt,
    endedAt: null,
  }
  await insertOrder(tx, draft, by.clock.now())
  const same = before ? await reserveThese(tx, orderId, before.numbers.slice(0, quantity)) : []
  const more =
    same.length < quantity
      ? await reserveStock(tx, orderId, {
          ...wish,
          quantity: quantity - same.length,
          city: city ?? null,
          areaCode: areaCode ?? null,
        })
      : []
  const numbers = [...same, ...more]
  if (numbers.length < quantity) {
    const left = numbers.length
    throw new Problem('numbers-sold-out', {
      param: 'quantity',
      detail: {
        en: `${left} of ${quantity} could be had in ${countryName(wish.country, 'en')}.`,
        fr: `${left} sur ${quantity} seulement pour : ${countryName(wish.country, 'fr')}.`,
      },
      extra: { left },
    })
  }
  await setOrderNumbers(tx, orderId, numbers)
  const after = { ...draft, numbers }
  const wire = orderToWire(after, now)
  await record(tx, {
    id: by.newId(),
    tenantId,
    at: by.clock.now(),
    actor: by.actor,
    action: 'number.reserved',
    subject: wire.id,
    after: wire,
  })
  return after
}

export interface ConfirmWish {
  readonly name: string
  readonly description?: string | undefined
  readonly locationId?: Uuid | null | undefined
  /** They stand in for numbers that are being ported. */
  readonly temporary?: boolean
}

/** Puts what an order has reserved in service, in the transaction of the caller; throws the problems of the route. */
export async function confirmNumbers(
  tx: Tx,
  by: By,
  tenant: TenantRow,
  orderId: Uuid | null,
  { name, description = '', locationId, temporary = false }: ConfirmWish,
): Promise<NumberOrderRow> {
  const { tenantId } = tenant
  const now = tenantNow(tenant, by.clock.now())
  const order = await openOrder(tx, tenant, orderId, now)
  if (order.type === 'service-toll-free' && (await readWallet(tx, tenantId, now)).available <= 0n) {
    throw new Problem('toll-free-needs-credits')
  }
  const location = await heldLocation(tx, tenantId, locationId, order.country)
  if (!location && locationNeeded(order.country, order.type) === 'at-acquisition') {
    throw new Problem('emergency-location-missing', { param: 'locationId', extra: { country: order.country } })
  }
  const numbers = await reservedFor(tx, order.orderId)
  if (numbers.length < order.numbers.length) throw new Problem('reservation-ended')
  for (const one of numbers) {
    checkArea(one.number, location)
    const numberId = by.newId()
    await insertNumber(tx, {
      numberId,
      tenantId,
      number: one.number,
      type: one.type,
      origin: 'stock',
      country: one.type === 'service-toll-free' ? null : one.country,
      city: one.city,
      areaCode: one.areaCode,
      temporary,
      locationId: location?.locationId ?? null,
      createdAt: now,
    }).catch(takenAs('phone_number_pkey', 'number-taken', 'orderId'))
    const data = numberToWire(await numberOf(tx, tenantId, numberId))
    await recordEvents(tx, [{ tenantId, type: 'number.in-service', at: now, data }])
  }
  await endOrder(tx, order.orderId, { status: 'completed', at: now, name, description })
  const after: NumberOrderRow = { ...order, status: 'completed', name, description, endedAt: now }
  const wire = orderToWire(after, now)
  await record(tx, {
    id: by.newId(),
    tenantId,
    at: by.clock.now(),
    actor: by.actor,
    action: 'number.ordered',
    subject: wire.id,
    after: wire,
  })
  return after
}

export const numberOrderRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/number-quota',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'How many numbers of each type the tenant may have, and what would allow more (N2)',
        tags: ['numbers'],
        params: tenantParams,
        response: { 200: quotaOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return quotaOf(request.db, tenant, nowFor(deps, tenant))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/number-offers',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'Which numbers can be had now: countries and types, and with both given, cities and area codes (N3)',
        tags: ['numbers'],
        params: tenantParams,
        querystring: z.strictObject({ country: country.optional(), type: numberType.optional() }),
        response: {
          200: z.object({
            offers: z.array(z.object({ country: z.string(), type: numberType, count: z.number().int() })),
            places: z.array(z.object({ city: z.string(), areaCode: z.string(), count: z.number().int() })),
          }),
        },
      },
    },
    async (request) => {
      await tenantOf(request.db, request.params.tenantId)
      const { country: of, type } = request.query
      const offers = await availableOffers(request.db)
      const places = of === undefined || type === undefined ? [] : await availablePlaces(request.db, of, type)
      return { offers, places }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/number-orders',
    {
      config: { permission: 'number:order' },
      schema: {
        summary: 'Reserve numbers for ten minutes (N3)',
        tags: ['numbers'],
        params: tenantParams,
        body: orderBody,
        problems: ['number-quota-reached', 'numbers-sold-out', 'toll-free-needs-credits', 'not-found'],
        response: { 201: orderOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const order = await reserveNumbers(tx, by(deps, request), tenant, request.body)
        return { status: 201, body: orderToWire(order, nowFor(deps, tenant)) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/number-orders',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'Orders of numbers, newest first',
        tags: ['numbers'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(orderOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const now = nowFor(deps, tenant)
      const rows = await listOrders(request.db, tenant.tenantId, { limit: limit + 1, before: cursorOf(cursor) })
      return pageCursor(
        rows,
        limit,
        (row) => row.orderId,
        (row) => orderToWire(row, now),
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/number-orders/:orderId',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'One order',
        tags: ['numbers'],
        params: orderParams,
        problems: ['not-found'],
        response: { 200: orderOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { orderId } = request.params
      const order = orderId === null ? null : await findOrder(request.db, tenant.tenantId, orderId)
      if (!order) throw new Problem('not-found', { param: 'orderId' })
      return orderToWire(order, nowFor(deps, tenant))
    },
  )

  app.post(
    '/v1/tenants/:tenantId/number-orders/:orderId/confirm',
    {
      config: { permission: 'number:order' },
      schema: {
        summary: 'Take the reserved numbers: they are in service at once (N3)',
        tags: ['numbers'],
        params: orderParams,
        body: confirmBody,
        problems: [
          'not-found',
          'reservation-ended',
          'order-ended',
          'toll-free-needs-credits',
          'emergency-location-missing',
          'not-same-country',
          'not-same-area',
          'number-taken',
        ],
        response: { 200: orderOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const order = await confirmNumbers(tx, by(deps, request), tenant, request.params.orderId, request.body)
        return { status: 200, body: orderToWire(order, nowFor(deps, tenant)) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.post(
    '/v1/tenants/:tenantId/number-orders/:orderId/cancel',
    {
      config: { permission: 'number:order' },
      schema: {
        summary: 'Give the reserved numbers back',
        tags: ['numbers'],
        params: orderParams,
        problems: ['not-found', 'order-ended', 'reservation-ended'],
        response: { 200: orderOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const now = nowFor(deps, tenant)
        const order = await openOrder(tx, tenant, request.params.orderId, now)
        await freeStock(tx, order.orderId)
        await endOrder(tx, order.orderId, { status: 'cancelled', at: now })
        const after = orderToWire({ ...order, status: 'cancelled', endedAt: now }, now)
        await record(tx, {
          id: deps.newId(),
          tenantId: tenant.tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'number.order-cancelled',
          subject: after.id,
          after,
        })
        return { status: 200, body: after }
      }),
  )
}
