/** `/v1/tenants/{t}/emergency-locations`: validated addresses and the places in them, and whom to tell of emergency calls (N6). */
import { z } from 'zod'
import type { Country } from '../core/country.ts'
import {
  ADDRESS_FIELDS,
  type AddressIssue,
  addressForm,
  addressLines,
  type CivicAddress,
  checkAddress,
} from '../core/emergency-address.ts'
import { ADDRESS_FAULTS } from '../core/emergency-address-words.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { isUniqueViolation, type Queryable } from '../store/db.ts'
import { listEmergencyCalls, readDesk, saveDesk } from '../store/emergency-call.ts'
import {
  deleteLocation,
  findLocation,
  insertAddress,
  insertLocation,
  type LocationRow,
  type LocationUser,
  listLocations,
  usersOfLocation,
} from '../store/emergency-location.ts'
import { principalOf } from './auth.ts'
import { country, idOf, listOf, page, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { addressCheckBody, deskBody, locationBody, placeBody } from './schema/emergency-location.ts'
import { languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const addressOut = z.object({
  country: z.string(),
  houseNumber: z.string(),
  street: z.string(),
  locality: z.string(),
  city: z.string(),
  region: z.string(),
  postalCode: z.string(),
})

const issueOut = z.object({ field: z.enum(ADDRESS_FIELDS), fault: z.string(), message: z.string() })

export const locationOut = z
  .object({
    id: z.string(),
    addressId: z.string().meta({ description: 'The location of the address itself, without a place' }),
    name: z.string(),
    place: z.string().nullable(),
    address: addressOut.meta({ description: 'As it was validated' }),
    lines: z.array(z.string()).meta({ description: 'As an envelope of the country has them' }),
    entered: addressOut.meta({ description: 'As it was typed' }),
    status: z.literal('validated'),
    numbers: z.number().int().meta({ description: 'Numbers that use it' }),
    users: z.number().int().meta({ description: 'Users among their holders' }),
    createdAt: timeOut,
  })
  .meta({ id: 'EmergencyLocation' })

export const checkOut = z
  .object({
    isValid: z.boolean(),
    issues: z.array(issueOut),
    entered: addressOut,
    normalised: addressOut,
    lines: z.array(z.string()),
  })
  .meta({ id: 'AddressCheck' })

export const formOut = z
  .object({
    fields: z.array(z.enum(ADDRESS_FIELDS)).meta({ description: 'In the order in which the country writes them' }),
    required: z.array(z.enum(ADDRESS_FIELDS)),
    regions: z.array(z.object({ code: z.string(), name: z.string() })),
  })
  .meta({ id: 'AddressForm' })

const locationToWire = (row: LocationRow): z.input<typeof locationOut> => ({
  id: formatId('location', row.locationId),
  addressId: formatId('location', row.addressId),
  name: row.name,
  place: row.place === '' ? null : row.place,
  address: row.address,
  lines: addressLines(row.address, row.place),
  entered: row.entered,
  status: 'validated',
  numbers: row.numbers,
  users: row.users,
  createdAt: formatInstant(row.createdAt),
})

const issueToWire = ({ field, fault }: AddressIssue, language: Language): z.input<typeof issueOut> => ({
  field,
  fault,
  message: ADDRESS_FAULTS[fault][language],
})

const locationParams = tenantParams.extend({ locationId: idOf<Uuid>('location') })

async function locationOf(db: Queryable, tenantId: TenantId, locationId: Uuid | null): Promise<LocationRow> {
  const row = locationId === null ? null : await findLocation(db, tenantId, locationId)
  if (!row) throw new Problem('not-found', { param: 'locationId' })
  return row
}

const userOut = z.object({
  numberId: z.string(),
  number: z.string(),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
})

const usersToWire = (users: readonly LocationUser[]): z.input<typeof userOut>[] =>
  users.map(({ numberId, number, userId, userName }) => ({
    numberId: formatId('number', numberId),
    number,
    userId: userId === null ? null : formatId('user', userId),
    userName,
  }))

export const emergencyLocationRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/emergency-addresses/form',
    {
      config: { permission: 'location:read' },
      schema: {
        summary: 'Which fields the addresses of a country have, in their order',
        tags: ['emergency'],
        params: tenantParams,
        querystring: z.strictObject({ country }),
        response: { 200: formOut },
      },
    },
    async (request) => {
      await tenantOf(request.db, request.params.tenantId)
      const form = addressForm(request.query.country, languageOf(request))
      return { fields: [...form.fields], required: [...form.required], regions: [...form.regions] }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/emergency-addresses/check',
    {
      config: { permission: 'location:read' },
      schema: {
        summary: 'Is this an address that help can be sent to, and how is it written? Nothing is kept',
        tags: ['emergency'],
        params: tenantParams,
        body: addressCheckBody,
        response: { 200: checkOut },
      },
    },
    async (request) => {
      await tenantOf(request.db, request.params.tenantId)
      const entered: CivicAddress = request.body.address
      const { issues, normalised } = checkAddress(entered)
      const language = languageOf(request)
      return {
        isValid: issues.length === 0,
        issues: issues.map((issue) => issueToWire(issue, language)),
        entered,
        normalised,
        lines: addressLines(normalised),
      }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/emergency-locations',
    {
      config: { permission: 'location:edit' },
      schema: {
        summary:
          'Add an emergency address, as it was validated; with a place in it, if one is named. It is never changed',
        tags: ['emergency'],
        params: tenantParams,
        body: locationBody,
        problems: ['address-invalid'],
        response: { 201: locationOut },
      },
    },
    (request, reply) => {
      const language = languageOf(request)
      return change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const { name, address: entered, place = '' } = request.body
        const { issues, normalised } = checkAddress(entered)
        const [first] = issues
        if (first) {
          throw new Problem('address-invalid', {
            param: `address.${first.field}`,
            detail: ADDRESS_FAULTS[first.fault][language],
            extra: { issues: issues.map((issue) => issueToWire(issue, language)), normalised },
          })
        }
        const createdAt = deps.clock.now()
        // The address itself is a location, and has the same id as the address.
        const addressId = deps.newId()
        await insertAddress(tx, { addressId, tenantId, name: name.trim(), address: normalised, entered, createdAt })
        await insertLocation(tx, { locationId: addressId, tenantId, addressId, place: '', createdAt })
        const inside = place.trim()
        const locationId = inside === '' ? addressId : deps.newId()
        if (inside !== '') await insertLocation(tx, { locationId, tenantId, addressId, place: inside, createdAt })
        const after = locationToWire(await locationOf(tx, tenantId, locationId))
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: createdAt,
          actor: principalOf(request).name,
          action: 'location.added',
          subject: after.id,
          after,
        })
        return { status: 201, body: after }
      })
    },
  )

  app.get(
    '/v1/tenants/:tenantId/emergency-locations',
    {
      config: { permission: 'location:read' },
      schema: {
        summary: 'Emergency locations, oldest first',
        tags: ['emergency'],
        params: tenantParams,
        querystring: z.strictObject({
          ...page,
          country: z
            .string()
            .regex(/^[A-Z]{2}$/)
            .transform((text) => text as Country)
            .optional()
            .meta({ description: 'ISO 3166-1 alpha-2' }),
        }),
        response: { 200: listOf(locationOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor, country: of = null } = request.query
      const rows = await listLocations(request.db, tenantId, { limit: limit + 1, after: cursorOf(cursor), country: of })
      return pageCursor(rows, limit, (row) => row.locationId, locationToWire)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/emergency-locations/:locationId',
    {
      config: { permission: 'location:read' },
      schema: {
        summary: 'One emergency location, and who uses it',
        tags: ['emergency'],
        params: locationParams,
        problems: ['not-found'],
        response: { 200: locationOut.extend({ usedBy: z.array(userOut) }).meta({ id: 'EmergencyLocationWithUsers' }) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const row = await locationOf(request.db, tenantId, request.params.locationId)
      return { ...locationToWire(row), usedBy: usersToWire(await usersOfLocation(request.db, row)) }
    },
  )

  app.post(
    '/v1/tenants/:tenantId/emergency-locations/:locationId/places',
    {
      config: { permission: 'location:edit' },
      schema: {
        summary: 'Another place of the same address: a floor, a room',
        tags: ['emergency'],
        params: locationParams,
        body: placeBody,
        problems: ['not-found', 'place-taken'],
        response: { 201: locationOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const { addressId } = await locationOf(tx, tenantId, request.params.locationId)
        const locationId = deps.newId()
        const createdAt = deps.clock.now()
        const place = request.body.place.trim()
        await insertLocation(tx, { locationId, tenantId, addressId, place, createdAt }).catch((error: unknown) => {
          if (isUniqueViolation(error, 'one_location_per_place')) throw new Problem('place-taken', { param: 'place' })
          throw error
        })
        const after = locationToWire(await locationOf(tx, tenantId, locationId))
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: createdAt,
          actor: principalOf(request).name,
          action: 'location.added',
          subject: after.id,
          after,
        })
        return { status: 201, body: after }
      }),
  )

  app.delete(
    '/v1/tenants/:tenantId/emergency-locations/:locationId',
    {
      config: { permission: 'location:edit' },
      schema: {
        summary: 'Delete a place; or an address, with all of its places. Only while no number uses it',
        tags: ['emergency'],
        params: locationParams,
        problems: ['not-found', 'location-in-use'],
        response: { 200: locationOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const row = await locationOf(tx, tenantId, request.params.locationId)
        const used = await usersOfLocation(tx, row.place === '' ? { addressId: row.addressId } : row)
        if (used.length > 0) throw new Problem('location-in-use', { extra: { usedBy: usersToWire(used) } })
        await deleteLocation(tx, row)
        const before = locationToWire(row)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'location.deleted',
          subject: before.id,
          before,
        })
        return { status: 200, body: before }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/emergency-desk',
    {
      config: { permission: 'location:read' },
      schema: {
        summary: 'Who is told by mail when somebody calls an emergency number',
        tags: ['emergency'],
        params: tenantParams,
        response: { 200: deskBody },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      return { emails: [...(await readDesk(request.db, tenantId))] }
    },
  )

  app.put(
    '/v1/tenants/:tenantId/emergency-desk',
    {
      config: { permission: 'location:edit' },
      schema: {
        summary: 'Set who is told; nobody with an empty list',
        tags: ['emergency'],
        params: tenantParams,
        body: deskBody,
        response: { 200: deskBody },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const before = { emails: await readDesk(tx, tenantId) }
        const after = { emails: [...new Set(request.body.emails)] }
        await saveDesk(tx, tenantId, after.emails)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'emergency.desk-changed',
          subject: formatId('tenant', tenantId),
          before,
          after,
        })
        return { status: 200, body: after }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/emergency-calls',
    {
      config: { permission: 'location:read' },
      schema: {
        summary: 'Calls to emergency numbers, newest first; the latest hundred',
        tags: ['emergency'],
        params: tenantParams,
        response: {
          200: z.object({
            data: z.array(
              z.object({
                at: timeOut,
                dialled: z.string(),
                userId: z.string(),
                userName: z.string(),
                number: z.string().nullable(),
                locationName: z.string().nullable(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const rows = await listEmergencyCalls(request.db, tenantId)
      return {
        data: rows.map(({ userId, at, ...row }) => ({
          ...row,
          at: formatInstant(at),
          userId: formatId('user', userId),
        })),
      }
    },
  )
}
