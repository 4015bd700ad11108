/** Seats and who sits on them: `/subscriptions` and `/users/{u}/licences/{sku}` (L2–L9, P7). */
import { z } from 'zod'
import { isSku, SKUS, type Sku } from '../core/catalogue.ts'
import { formatId, type UserId } from '../core/ids.ts'
import { holds, isVoice, mayAssign, mayPurchase } from '../core/licence.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import {
  addSeats,
  changeAssigned,
  changeEntitlement,
  listSubscriptions,
  lockSubscriptions,
  poolOf,
  type Subscription,
  setInternational,
  setVoice,
} from '../store/licence.ts'
import { lockTenant } from '../store/tenant.ts'
import { lockUser, type UserRow } from '../store/user.ts'
import { may, principalOf } from './auth.ts'
import { idOf, listOf, page, timeOut } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { userOf, userOut, userToWire } from './user.ts'

const subscriptionBody = z
  .strictObject({ sku: z.enum(SKUS), quantity: z.number().int().min(1).max(1_000_000) })
  .meta({ example: { sku: 'voice-with-calling-plan', quantity: 10 } })

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
        problems: ['not-available-in-country', 'sku-not-offered', 'partner-required', 'licence-limit-reached'],
        response: { 201: subscriptionOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { tenantId } = tenant
        await lockTenant(tx, tenantId)
        const { sku, quantity } = request.body
        const subscriptions = await lockSubscriptions(tx, tenantId)
        const voicePurchased = subscriptions.reduce((sum, row) => (isVoice(row.sku) ? sum + row.purchased : sum), 0)
        const by = may(request, 'licence:order-without-plan') ? 'operator' : 'tenant'
        const no = mayPurchase({ licenceType: tenant.licenceType, sku, quantity, voicePurchased, by })
        if (no) throw new Problem(no, { param: no === 'licence-limit-reached' ? 'quantity' : 'sku' })
        const at = deps.clock.now()
        const row = await addSeats(tx, { subscriptionId: deps.newId(), tenantId, sku, quantity, at })
        if (isVoice(sku)) {
          // L7: the conference pool is one for the tenant and counts what is purchased, not what is assigned.
          const conference = { country: tenant.country, plan: 'conference' as const, change: quantity }
          await changeEntitlement(tx, { ...conference, tenantId, at: nowFor(deps, tenant), sourceId: deps.newId() })
        }
        const before = subscriptions.find((candidate) => candidate.sku === sku)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at,
          actor: principalOf(request).name,
          action: 'licence.purchased',
          subject: sku,
          before: before ? toWire(before) : undefined,
          after: toWire(row),
        })
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
      const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
      return pageOfAll(await listSubscriptions(deps.db, tenantId), request.query, (row) => row.subscriptionId, toWire)
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
    (request, reply) => changeLicence(deps, request, reply, assign),
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
    (request, reply) => changeLicence(deps, request, reply, remove),
  )
}

interface LicenceChange {
  readonly tx: Tx
  readonly deps: Deps
  readonly user: UserRow
  readonly sku: Sku
  readonly subscriptions: readonly Subscription[]
  readonly at: Instant
}

type LicenceRequest = Parameters<typeof change>[1] & {
  readonly params: z.output<typeof licenceParams>
}

function changeLicence(
  deps: Deps,
  request: LicenceRequest,
  reply: Parameters<typeof change>[2],
  work: (change: LicenceChange) => Promise<'licence.assigned' | 'licence.removed' | null>,
) {
  return change(deps, request, reply, async (tx) => {
    const { sku } = request.params
    if (!isSku(sku)) throw new Problem('not-found', { param: 'sku' })
    const tenant = await tenantOf(tx, request.params.tenantId)
    const { tenantId } = tenant
    const subscriptions = await lockSubscriptions(tx, tenantId)
    const { userId } = await userOf(tx, tenantId, request.params.userId)
    const user = await lockUser(tx, tenantId, userId)
    if (!user) throw new Problem('user-not-found')
    const action = await work({ tx, deps, user, sku, subscriptions, at: nowFor(deps, tenant) })
    const after = await userOf(tx, tenantId, userId)
    if (action) {
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
        skusChanged(action, user, sku).map((changed) => ({
          tenantId,
          type: action,
          at: nowFor(deps, tenant),
          data: { userId: formatId('user', userId), sku: changed, user: userToWire(after) },
        })),
      )
    }
    return { status: 200, body: userToWire(after) }
  })
}

async function assign({ tx, deps, user, sku, subscriptions, at }: LicenceChange) {
  if (holds(user, sku)) return null
  const no = mayAssign(user, sku)
  if (no) throw new Problem(no, { param: 'sku' })
  const seats = subscriptions.find((row) => row.sku === sku)
  if (!seats || seats.assigned >= seats.purchased) {
    // L5: the refusal offers to buy what is missing.
    const offer = { sku, quantity: 1 }
    throw new Problem('no-seat-left', {
      param: 'sku',
      extra: { purchased: seats?.purchased ?? 0, assigned: seats?.assigned ?? 0, offer },
    })
  }
  await changeAssigned(tx, user.tenantId, sku, 1)
  if (isVoice(sku)) await setVoice(tx, user.userId, sku)
  else await setInternational(tx, user.userId, true)
  await fund(tx, deps, user, sku, 1, at)
  return 'licence.assigned' as const
}

/** L9: the International add-on needs the voice licence and goes with it. */
function skusChanged(action: 'licence.assigned' | 'licence.removed', user: UserRow, sku: Sku): Sku[] {
  const takesAddOn = action === 'licence.removed' && sku === 'voice-with-calling-plan' && user.internationalPlan
  return takesAddOn ? ['international-calling-plan', sku] : [sku]
}

async function remove({ tx, deps, user, sku, at }: LicenceChange) {
  if (!holds(user, sku)) return null
  for (const gone of skusChanged('licence.removed', user, sku)) {
    if (isVoice(gone)) await setVoice(tx, user.userId, null)
    else await setInternational(tx, user.userId, false)
    await changeAssigned(tx, user.tenantId, gone, -1)
    await fund(tx, deps, user, gone, -1, at)
  }
  return 'licence.removed' as const
}

/** What the licence adds to or takes from the pool of the user's location (P1, P5, P7). */
async function fund(tx: Tx, deps: Deps, user: UserRow, sku: Sku, by: 1 | -1, at: Instant): Promise<void> {
  const pool = poolOf(sku, user.usageLocation)
  if (pool) await changeEntitlement(tx, { ...pool, tenantId: user.tenantId, change: by, at, sourceId: deps.newId() })
}
