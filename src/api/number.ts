/** `/v1/tenants/{t}/phone-numbers`: numbers in service. The operator puts one in service at once; orders are in number-order.ts. */
import { z } from 'zod'
import type { Country } from '../core/country.ts'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import { countryOfNumber, isTypeOf, NUMBER_ORIGINS, type NumberType } from '../core/number.ts'
import type { E164 } from '../core/numbering.ts'
import { formatInstant, type Instant, periodOf } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import {
  ALL_NUMBERS,
  assignNumber,
  findListed,
  insertNumber,
  type ListedNumber,
  listNumbers,
  secondsIn,
} from '../store/number.ts'
import type { TenantRow } from '../store/tenant.ts'
import { secondsOut } from '../store/user.ts'
import { principalOf } from './auth.ts'
import { e164, idOf, listOf, page, timeOut } from './contract.ts'
import { pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { numberType } from './schema/number-order.ts'
import { searchText } from './schema/user.ts'
import type { Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { takenAs, userOf } from './user.ts'

const numberBody = z
  .strictObject({ number: e164, type: numberType, userId: idOf<UserId>('user').optional() })
  .meta({ example: { number: '+14165550199', type: 'service-toll' } })

export const numberOut = z
  .object({
    id: z
      .string()
      .meta({ description: 'Of the line: it stays when a ported number takes the place of a temporary one' }),
    number: z.string(),
    type: numberType,
    userId: z.string().nullable(),
    userName: z.string().nullable(),
    status: z.enum(['assigned', 'unassigned']),
    country: z.string().nullable().meta({ description: 'null: of no single country, as 800 numbers of +1' }),
    city: z.string().nullable(),
    areaCode: z.string().nullable(),
    origin: z.enum(NUMBER_ORIGINS),
    temporary: z.boolean().meta({ description: 'Stands in for a number that is being ported' }),
    locationId: z.string().nullable(),
    locationName: z
      .string()
      .nullable()
      .meta({ description: 'The emergency location: its address, and the place in it' }),
    monthSeconds: z.number().int().nullable().meta({
      description: 'Spoken this month: out for a user’s, in for a service’s; null where it was not asked for',
    }),
    createdAt: timeOut,
  })
  .meta({ id: 'PhoneNumber' })

export const numberParams = tenantParams.extend({ numberId: idOf<Uuid>('number') })

export const numberToWire = (row: ListedNumber, monthSeconds: number | null = null): z.input<typeof numberOut> => ({
  id: formatId('number', row.numberId),
  number: row.number,
  type: row.type,
  userId: row.userId === null ? null : formatId('user', row.userId),
  userName: row.userName,
  status: row.userId === null ? 'unassigned' : 'assigned',
  country: countryOfNumber(row.number, row.country),
  city: row.city === '' ? null : row.city,
  areaCode: row.areaCode === '' ? null : row.areaCode,
  origin: row.origin,
  temporary: row.temporary,
  locationId: row.locationId === null ? null : formatId('location', row.locationId),
  locationName: row.locationName === null ? null : [row.locationName, row.locationPlace].filter(Boolean).join(', '),
  monthSeconds,
  createdAt: formatInstant(row.createdAt),
})

/** N1: toll-free numbers are for services, and a toll-free service needs one. */
export function checkNumberType(number: E164, type: NumberType): void {
  if (!isTypeOf(number, type)) throw new Problem('number-type-mismatch', { param: 'type' })
}

/** A number of the tenant as lists show it, or 404. */
export async function numberOf(db: Queryable, tenantId: TenantId, numberId: Uuid | null): Promise<ListedNumber> {
  const row = numberId === null ? null : await findListed(db, tenantId, numberId)
  if (!row) throw new Problem('not-found', { param: 'numberId' })
  return row
}

/** What was spoken this month with each of the numbers: by its holder to the outside, or by callers of a service. */
export async function monthOf(
  db: Queryable,
  { tenantId, timeZone }: TenantRow,
  rows: readonly ListedNumber[],
  now: Instant,
): Promise<(row: ListedNumber) => number> {
  const period = periodOf(now, timeZone)
  const users = rows.flatMap(({ userId }) => (userId === null ? [] : [userId]))
  const services = rows.flatMap(({ type, number }) => (type === 'user' ? [] : [number]))
  const out = users.length > 0 ? await secondsOut(db, tenantId, users, period) : new Map<UserId, number>()
  const into = services.length > 0 ? await secondsIn(db, tenantId, services, period) : new Map<E164, number>()
  return (row) => (row.userId === null ? into.get(row.number) : out.get(row.userId)) ?? 0
}

const listQuery = z.strictObject({
  ...page,
  q: searchText.default('').meta({ description: 'Digits of the number, or a word of its holder’s name' }),
  type: numberType.optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .transform((text) => text as Country)
    .optional()
    .meta({ description: 'ISO 3166-1 alpha-2' }),
  status: z.enum(['assigned', 'unassigned']).optional(),
  userId: idOf<UserId>('user').optional(),
  locationId: idOf<Uuid>('location').optional(),
})

export const numberRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/phone-numbers',
    {
      config: { permission: 'number:edit' },
      schema: {
        summary:
          'Put a number in service at once (operator); asks for no emergency location, unlike orders and assignments',
        tags: ['numbers'],
        params: tenantParams,
        body: numberBody,
        problems: ['user-not-found', 'number-taken', 'number-type-mismatch'],
        response: { 201: numberOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const { number, type, userId } = request.body
        checkNumberType(number, type)
        if (userId !== undefined && type !== 'user') throw new Problem('number-type-mismatch', { param: 'userId' })
        const holder = userId === undefined ? null : await userOf(tx, tenantId, userId)
        const row = { numberId: deps.newId(), tenantId, number, type, createdAt: deps.clock.now() }
        await insertNumber(tx, row).catch(takenAs('phone_number_pkey', 'number-taken', 'number'))
        if (holder) await assignNumber(tx, number, holder.userId)
        const after = numberToWire(await numberOf(tx, tenantId, row.numberId))
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'number.in-service',
          subject: number,
          after,
        })
        await recordEvents(tx, [{ tenantId, type: 'number.in-service', at: deps.clock.now(), data: after }])
        return { status: 201, body: after }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/phone-numbers',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'List numbers',
        tags: ['numbers'],
        params: tenantParams,
        querystring: listQuery,
        response: { 200: listOf(numberOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor, q, type, country, status, userId, locationId } = request.query
      const after = cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString('latin1')
      if (after !== null && !/^\+\d+$/.test(after)) throw new Problem('invalid-request', { param: 'cursor' })
      // An id of another shape is nobody's.
      if (userId === null || locationId === null) return { data: [], nextCursor: null }
      const filter = {
        ...ALL_NUMBERS,
        search: q.trim(),
        type: type ?? null,
        country: country ?? null,
        isAssigned: status === undefined ? null : status === 'assigned',
        userId: userId ?? null,
        locationId: locationId ?? null,
      }
      const rows = await listNumbers(request.db, tenant.tenantId, { filter, limit: limit + 1, after })
      const month = await monthOf(request.db, tenant, rows, nowFor(deps, tenant))
      return pageCursor(
        rows,
        limit,
        (row) => row.number,
        (row) => numberToWire(row, month(row)),
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/phone-numbers/:numberId',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'One number',
        tags: ['numbers'],
        params: numberParams,
        problems: ['not-found'],
        response: { 200: numberOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const row = await numberOf(request.db, tenant.tenantId, request.params.numberId)
      const month = await monthOf(request.db, tenant, [row], nowFor(deps, tenant))
      return numberToWire(row, month(row))
    },
  )
}
