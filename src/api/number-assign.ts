/** Who has a number: assign, take back, emergency location, release, and what a user shows who is called (N4, N6). */
import { z } from 'zod'
import { type Country, countryName } from '../core/country.ts'
import { areaMatches } from '../core/emergency-address.ts'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import { areSameCountry, countryOfNumber, locationNeeded } from '../core/number.ts'
import type { E164 } from '../core/numbering.ts'
import { record } from '../store/audit-log.ts'
import { type CallerId, readCallerId, saveCallerId } from '../store/caller-id.ts'
import type { Tx } from '../store/db.ts'
import { holdLocation, type LocationRow } from '../store/emergency-location.ts'
import { recordEvents } from '../store/event.ts'
import {
  assignNumber,
  type ListedNumber,
  lockNumber,
  releaseNumber,
  setNumberLocation,
  unassignNumber,
} from '../store/number.ts'
import { isLeaving } from '../store/port-out.ts'
import { type TenantRow, tenantNow } from '../store/tenant.ts'
import { principalOf } from './auth.ts'
import { type By, by } from './by.ts'
import { idOf } from './contract.ts'
import { change } from './idempotency.ts'
import { numberOf, numberOut, numberParams, numberToWire } from './number.ts'
import { Problem } from './problem.ts'
import { assignBody, callerIdBody, locationChange, releaseBody } from './schema/number-order.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'
import { userOf } from './user.ts'

const notSameCountry = (name: string, of: Country, number: Country, param: string): Problem =>
  new Problem('not-same-country', {
    param,
    detail: {
      en: `${name} is in ${countryName(of, 'en')}, the number in ${countryName(number, 'en')}.`,
      fr: `${name} : ${countryName(of, 'fr')} ; le numéro : ${countryName(number, 'fr')}.`,
    },
    extra: { countries: [of, number] },
  })

/**
 * The emergency location that was named, kept while a number is pointed to it; null where none was. It must be in the country of the
 * number (N4).
 */
export async function heldLocation(
  tx: Tx,
  tenantId: TenantId,
  locationId: Uuid | null | undefined,
  country: Country | null,
): Promise<LocationRow | null> {
  if (locationId === undefined) return null
  const location = locationId === null ? null : await holdLocation(tx, tenantId, locationId)
  if (!location) throw new Problem('not-found', { param: 'locationId' })
  if (country !== null && !areSameCountry([location.address.country, country])) {
    throw notSameCountry(location.name, location.address.country, country, 'locationId')
  }
  return location
}

/** N6: in six countries an address must lie in the area of the number. */
export function checkArea(number: E164, location: LocationRow | null): void {
  if (!location || areaMatches(number, location.address)) return
  throw new Problem('not-same-area', { param: 'locationId', extra: { number } })
}

async function lockedNumber(tx: Tx, tenantId: TenantId, numberId: Uuid | null): Promise<ListedNumber> {
  if (numberId === null || !(await lockNumber(tx, tenantId, numberId)))
    throw new Problem('not-found', { param: 'numberId' })
  return numberOf(tx, tenantId, numberId)
}

type NumberAction = 'number.assigned' | 'number.unassigned' | 'number.location-changed' | 'number.released'

interface NumberChange {
  readonly action: NumberAction
  readonly before: ListedNumber
  /** Null: it is gone. */
  readonly after: ListedNumber | null
  /** What the event says beside the number. */
  readonly more?: Readonly<Record<string, unknown>>
}

async function told(
  tx: Tx,
  { newId, clock, actor }: By,
  tenant: TenantRow,
  { action, before, after, more = {} }: NumberChange,
): Promise<void> {
  const { tenantId } = tenant
  await record(tx, {
    id: newId(),
    tenantId,
    at: clock.now(),
    actor,
    action,
    subject: before.number,
    before: numberToWire(before),
    ...(after ? { after: numberToWire(after) } : {}),
  })
  if (action === 'number.location-changed') return
  const data = { ...numberToWire(after ?? before), ...more }
  await recordEvents(tx, [{ tenantId, type: action, at: tenantNow(tenant, clock.now()), data }])
}

export interface GiveWish {
  readonly userId: UserId | null
  /** Absent: the one that the number has. */
  readonly locationId?: Uuid | null | undefined
  /** Tell the user by mail. */
  readonly notify: boolean
}

/** Gives a number of the tenant to a user, in the transaction of the caller (N4, N6); throws the problems of the route. */
export async function giveNumber(
  tx: Tx,
  by: By,
  tenant: TenantRow,
  numberId: Uuid | null,
  wish: GiveWish,
): Promise<ListedNumber> {
  const { tenantId } = tenant
  const before = await lockedNumber(tx, tenantId, numberId)
  const user = await userOf(tx, tenantId, wish.userId)
  if (before.type !== 'user') throw new Problem('number-type-mismatch', { param: 'numberId' })
  if (before.userId !== null && before.userId !== user.userId) {
    throw new Problem('number-assigned', { extra: { userId: formatId('user', before.userId) } })
  }
  const country = countryOfNumber(before.number, before.country)
  if (country !== null && !areSameCountry([user.usageLocation, country])) {
    throw notSameCountry(user.name, user.usageLocation, country, 'userId')
  }
  // Null is an id that nobody has; absent, the one of the number.
  const wanted = wish.locationId === undefined ? (before.locationId ?? undefined) : wish.locationId
  const location = await heldLocation(tx, tenantId, wanted, country)
  if (!location && country !== null && locationNeeded(country, before.type) !== 'never') {
    throw new Problem('emergency-location-missing', { param: 'locationId', extra: { country } })
  }
  checkArea(before.number, location)
  await setNumberLocation(tx, before.numberId, location?.locationId ?? null)
  await assignNumber(tx, before.number, user.userId)
  const after = await numberOf(tx, tenantId, before.numberId)
  const more = { notify: wish.notify && before.userId === null }
  await told(tx, by, tenant, { action: 'number.assigned', before, after, more })
  return after
}

export const callerIdOut = z
  .object({
    kind: z.enum(['own', 'service', 'withheld']),
    numberId: z.string().nullable(),
    number: z.string().nullable(),
  })
  .meta({ id: 'CallerId' })

const callerIdToWire = (choice: CallerId): z.input<typeof callerIdOut> =>
  choice.kind === 'service'
    ? { kind: 'service', numberId: formatId('number', choice.numberId), number: choice.number }
    : { kind: choice.kind, numberId: null, number: null }

const userParams = tenantParams.extend({ userId: idOf<UserId>('user') })

export const numberAssignRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/phone-numbers/:numberId/assign',
    {
      config: { permission: 'number:assign' },
      schema: {
        summary: 'Give a number to a user, with the emergency location of its calls (N4, N6)',
        tags: ['numbers'],
        params: numberParams,
        body: assignBody,
        problems: [
          'not-found',
          'user-not-found',
          'number-type-mismatch',
          'number-assigned',
          'not-same-country',
          'not-same-area',
          'emergency-location-missing',
        ],
        response: { 200: numberOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const after = await giveNumber(tx, by(deps, request), tenant, request.params.numberId, request.body)
        return { status: 200, body: numberToWire(after) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.post(
    '/v1/tenants/:tenantId/phone-numbers/:numberId/unassign',
    {
      config: { permission: 'number:assign' },
      schema: {
        summary: 'Take a number back from its user; the tenant keeps it',
        tags: ['numbers'],
        params: numberParams,
        problems: ['not-found'],
        response: { 200: numberOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const before = await lockedNumber(tx, tenant.tenantId, request.params.numberId)
        // Nobody has it: there is nothing to say.
        if (before.userId === null) return { status: 200, body: numberToWire(before) }
        await unassignNumber(tx, before.numberId)
        const after = await numberOf(tx, tenant.tenantId, before.numberId)
        await told(tx, by(deps, request), tenant, { action: 'number.unassigned', before, after })
        return { status: 200, body: numberToWire(after) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.patch(
    '/v1/tenants/:tenantId/phone-numbers/:numberId',
    {
      config: { permission: 'number:assign' },
      schema: {
        summary: 'Another emergency location for calls with this number; null only while it needs none (N6)',
        tags: ['numbers'],
        params: numberParams,
        body: locationChange.meta({ example: { locationId: 'loc_01kvvkymdy7dtya8n8r8ttdwwm' } }),
        problems: ['not-found', 'not-same-country', 'not-same-area', 'emergency-location-missing'],
        response: { 200: numberOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { tenantId } = tenant
        const before = await lockedNumber(tx, tenantId, request.params.numberId)
        const country = countryOfNumber(before.number, before.country)
        const wanted = request.body.locationId
        const location = wanted === null ? null : await heldLocation(tx, tenantId, wanted, country)
        const needed = country === null ? 'never' : locationNeeded(country, before.type)
        if (!location && (needed === 'at-acquisition' || (needed === 'at-assignment' && before.userId !== null))) {
          throw new Problem('emergency-location-missing', { param: 'locationId', extra: { country } })
        }
        checkArea(before.number, location)
        await setNumberLocation(tx, before.numberId, location?.locationId ?? null)
        const after = await numberOf(tx, tenantId, before.numberId)
        await told(tx, by(deps, request), tenant, { action: 'number.location-changed', before, after })
        return { status: 200, body: numberToWire(after) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.post(
    '/v1/tenants/:tenantId/phone-numbers/:numberId/release',
    {
      config: { permission: 'number:order' },
      schema: {
        summary: 'Give a number up, for good: it rests in quarantine and goes back to the stock',
        tags: ['numbers'],
        params: numberParams,
        body: releaseBody,
        problems: ['not-found', 'not-confirmed', 'number-assigned', 'number-leaves'],
        response: { 200: numberOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const before = await lockedNumber(tx, tenant.tenantId, request.params.numberId)
        if (request.body.confirm !== before.number) throw new Problem('not-confirmed', { param: 'confirm' })
        if (before.userId !== null) {
          throw new Problem('number-assigned', { extra: { userId: formatId('user', before.userId) } })
        }
        if (await isLeaving(tx, tenant.tenantId, before.number)) throw new Problem('number-leaves')
        const soldIn = countryOfNumber(before.number, before.country) ?? tenant.country
        await releaseNumber(tx, before, soldIn, deps.clock.now())
        await told(tx, by(deps, request), tenant, { action: 'number.released', before, after: null })
        return { status: 200, body: numberToWire(before) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/users/:userId/caller-id',
    {
      config: { permission: 'number:read' },
      schema: {
        summary: 'What the user shows who is called',
        tags: ['numbers'],
        params: userParams,
        problems: ['user-not-found'],
        response: { 200: callerIdOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { userId } = await userOf(request.db, tenantId, request.params.userId)
      return callerIdToWire(await readCallerId(request.db, userId))
    },
  )

  app.put(
    '/v1/tenants/:tenantId/users/:userId/caller-id',
    {
      config: { permission: 'number:assign' },
      schema: {
        summary:
          'Show the own number, a number of one of the tenant’s services, or none; emergency calls always show the own one',
        tags: ['numbers'],
        params: userParams,
        body: callerIdBody,
        problems: ['user-not-found', 'not-found', 'number-type-mismatch'],
        response: { 200: callerIdOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const user = await userOf(tx, tenantId, request.params.userId)
        const { body } = request
        const before = callerIdToWire(await readCallerId(tx, user.userId))
        if (body.kind === 'service') {
          const number = await lockedNumber(tx, tenantId, body.numberId)
          if (number.type === 'user') throw new Problem('number-type-mismatch', { param: 'numberId' })
          await saveCallerId(tx, tenantId, user.userId, { kind: 'service', numberId: number.numberId })
        } else {
          await saveCallerId(tx, tenantId, user.userId, { kind: body.kind })
        }
        const after = callerIdToWire(await readCallerId(tx, user.userId))
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: deps.clock.now(),
          actor: principalOf(request).name,
          action: 'user.caller-id-changed',
          subject: formatId('user', user.userId),
          before,
          after,
        })
        return { status: 200, body: after }
      }),
  )
}
