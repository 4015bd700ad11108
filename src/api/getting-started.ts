/** `/v1/tenants/{t}/getting-started`: from nothing to a ringing telephone (G2): how far it is, what is chosen, and "Done". */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasWizard, tasksOf } from '../core/getting-started.ts'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { findLocation } from '../store/emergency-location.ts'
import {
  type Choices,
  type Held,
  type Kept,
  type KeptStep,
  lockKept,
  planTasks,
  readStanding,
  saveKept,
  withChoice,
} from '../store/getting-started.ts'
import { findJob } from '../store/job.ts'
import { lockOrder, type NumberOrderRow } from '../store/number-order.ts'
import { reservedFor } from '../store/number-stock.ts'
import type { TenantRow } from '../store/tenant.ts'
import { findUsers } from '../store/user.ts'
import { freeSeats } from '../store/user-effect.ts'
import { principalOf } from './auth.ts'
import { FINISH_SET_UP } from './getting-started-job.ts'
import { gettingStartedOut, gettingStartedToWire, keptToWire } from './getting-started-view.ts'
import { change } from './idempotency.ts'
import { addJob } from './job.ts'
import { Problem } from './problem.ts'
import {
  setUpFinishBody,
  setUpLaterBody,
  setUpLicencesBody,
  setUpLocationBody,
  setUpNumberBody,
} from './schema/getting-started.ts'
import { languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

/** The wizard is for tenants with plan (L3); the others are told where to go. */
function assertOffered({ licenceType }: TenantRow): void {
  if (!hasWizard(licenceType)) throw new Problem('wizard-not-offered', { extra: { licenceType } })
}

const ofStep = (kept: Kept, step: KeptStep, version: number | undefined): void => {
  const now = kept.versions[step] ?? 0
  if (version !== undefined && version !== now)
    throw new Problem('set-up-changed', { param: 'version', extra: { version: now } })
}

/** A reservation of this tenant that fits the step. */
async function orderFor(
  tx: Tx,
  tenant: TenantRow,
  orderId: Uuid | null,
  fits: (order: NumberOrderRow) => boolean,
): Promise<NumberOrderRow> {
  const order = orderId === null ? null : await lockOrder(tx, tenant.tenantId, orderId)
  if (!order) throw new Problem('not-found', { param: 'orderId' })
  if (!fits(order)) throw new Problem('set-up-order-unfit', { param: 'orderId' })
  return order
}

/** Where the reserved numbers are, for the case that they must be reserved again. */
async function placeOf(tx: Tx, order: NumberOrderRow): Promise<Pick<Held, 'city' | 'areaCode'>> {
  const [first] = await reservedFor(tx, order.orderId)
  if (!first) throw new Problem('reservation-ended', { param: 'orderId' })
  return { city: first.city, areaCode: first.areaCode }
}

type StepRequest = FastifyRequest & { readonly params: { readonly tenantId: TenantId | null } }

export const gettingStartedRoutes: Routes = (app, deps) => {
  /** Changes what is kept, writes it down for the audit log, and answers how all of it stands then. */
  const choose = (
    request: StepRequest,
    reply: FastifyReply,
    work: (tx: Tx, tenant: TenantRow, kept: Kept) => Promise<Kept>,
  ) =>
    change(deps, request, reply, async (tx) => {
      const tenant = await tenantOf(tx, request.params.tenantId)
      assertOffered(tenant)
      const before = await lockKept(tx, tenant.tenantId)
      const after = await work(tx, tenant, before)
      await saveKept(tx, tenant.tenantId, after)
      await record(tx, {
        id: deps.newId(),
        tenantId: tenant.tenantId,
        at: deps.clock.now(),
        actor: principalOf(request).name,
        action: 'getting-started.changed',
        subject: formatId('tenant', tenant.tenantId),
        before: keptToWire(before),
        after: keptToWire(after),
      })
      return { status: 200, body: await gettingStartedToWire(deps, tx, tenant, languageOf(request)) }
    })

  app.get(
    '/v1/tenants/:tenantId/getting-started',
    {
      config: { permission: 'overview:read' },
      schema: {
        summary:
          'From nothing to a ringing telephone (G2): each step as it stands, what is chosen, what “Done” is doing',
        tags: ['getting started'],
        params: tenantParams,
        response: { 200: gettingStartedOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return gettingStartedToWire(deps, request.db, tenant, languageOf(request))
    },
  )

  app.put(
    '/v1/tenants/:tenantId/getting-started/location',
    {
      config: { permission: 'getting-started:edit' },
      schema: {
        summary: 'The emergency location for the numbers of this set-up; without a choice the newest one',
        tags: ['getting started'],
        params: tenantParams,
        body: setUpLocationBody,
        problems: ['wizard-not-offered', 'set-up-changed', 'not-found'],
        response: { 200: gettingStartedOut },
      },
    },
    (request, reply) =>
      choose(request, reply, async (tx, { tenantId, country }, kept) => {
        const { locationId, version } = request.body
        ofStep(kept, 'location', version)
        const location = locationId === null ? null : await findLocation(tx, tenantId, locationId)
        if (!location || location.address.country !== country) throw new Problem('not-found', { param: 'locationId' })
        return withChoice(kept, 'location', { locationId: location.locationId })
      }),
  )

  app.put(
    '/v1/tenants/:tenantId/getting-started/number',
    {
      config: { permission: 'getting-started:edit' },
      schema: {
        summary: 'The company’s phone number: one that is reserved, until “Done” puts it in service',
        tags: ['getting started'],
        params: tenantParams,
        body: setUpNumberBody,
        problems: [
          'wizard-not-offered',
          'set-up-changed',
          'set-up-step-done',
          'not-found',
          'set-up-order-unfit',
          'reservation-ended',
        ],
        response: { 200: gettingStartedOut },
      },
    },
    (request, reply) =>
      choose(request, reply, async (tx, tenant, kept) => {
        const { orderId, temporary, version } = request.body
        ofStep(kept, 'number', version)
        if (orderId === null) return withChoice(kept, 'number', null)
        const { facts } = await readStanding(tx, tenant, kept)
        if (facts.hasCompanyNumber) throw new Problem('set-up-step-done')
        const order = await orderFor(
          tx,
          tenant,
          orderId,
          ({ type, country, numbers }) => type !== 'user' && country === tenant.country && numbers.length === 1,
        )
        return withChoice(kept, 'number', { orderId: order.orderId, temporary, ...(await placeOf(tx, order)) })
      }),
  )

  app.put(
    '/v1/tenants/:tenantId/getting-started/licences',
    {
      config: { permission: 'getting-started:edit' },
      schema: {
        summary: 'Who gets a licence with plan, a number and the emergency location; “Done” gives them',
        tags: ['getting started'],
        params: tenantParams,
        body: setUpLicencesBody,
        problems: [
          'wizard-not-offered',
          'set-up-changed',
          'user-not-found',
          'no-seat-left',
          'not-same-country',
          'not-found',
          'set-up-order-unfit',
          'reservation-ended',
        ],
        response: { 200: gettingStartedOut },
      },
    },
    (request, reply) =>
      choose(request, reply, async (tx, tenant, kept) => {
        const { version, ...wish } = request.body
        ofStep(kept, 'licences', version)
        return withChoice(kept, 'licences', await chosenPeople(tx, tenant, wish))
      }),
  )

  app.put(
    '/v1/tenants/:tenantId/getting-started/later',
    {
      config: { permission: 'getting-started:edit' },
      schema: {
        summary: 'Leave a step for later, or take it up again; what was chosen in it is kept',
        tags: ['getting started'],
        params: tenantParams,
        body: setUpLaterBody,
        problems: ['wizard-not-offered'],
        response: { 200: gettingStartedOut },
      },
    },
    (request, reply) =>
      choose(request, reply, async (_tx, _tenant, kept) => {
        const { step, later } = request.body
        const others = kept.later.filter((one) => one !== step)
        return { ...kept, later: later ? [...others, step] : others }
      }),
  )

  app.post(
    '/v1/tenants/:tenantId/getting-started/finish',
    {
      config: { permission: 'getting-started:edit' },
      schema: {
        summary: '“Done”: carry out what is chosen, in the background; what had failed is tried again',
        tags: ['getting started'],
        params: tenantParams,
        body: setUpFinishBody,
        problems: ['wizard-not-offered', 'nothing-to-finish', 'job-limit-reached'],
        response: { 202: gettingStartedOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        assertOffered(tenant)
        const { tenantId } = tenant
        const kept = await lockKept(tx, tenantId)
        const body = (): ReturnType<typeof gettingStartedToWire> =>
          gettingStartedToWire(deps, tx, tenant, languageOf(request))
        const job = kept.jobId === null ? null : await findJob(tx, tenantId, kept.jobId)
        // Pressed twice, or by two people: the one that runs does it.
        if (job && job.finishedAt === null) return { status: 202, body: await body() }
        const { only } = request.body
        const standing = await readStanding(tx, tenant, kept)
        const all = tasksOf({ ...standing, later: kept.later })
        // What only waited for the one that is tried again goes with it.
        const tasks = all.filter(({ key, kind }) => only === undefined || key === only || kind === 'connect')
        if (tasks.length === 0) throw new Problem('nothing-to-finish')
        await planTasks(tx, tenantId, tasks)
        const { jobId } = await addJob(tx, deps, request, {
          tenantId,
          kind: FINISH_SET_UP,
          input: {},
          sees: 'overview:read',
          starts: 'getting-started:edit',
          total: tasks.length,
        })
        await saveKept(tx, tenantId, { ...kept, jobId })
        return { status: 202, body: await body() }
      })
      deps.jobRunner?.wake()
      return answer
    },
  )
}

interface PeopleWish {
  readonly userIds: readonly (UserId | null)[]
  readonly orderId: Uuid | null
  readonly temporary: boolean
}

/** Who gets which number, checked as far as can be said before it is done; null: nobody. */
async function chosenPeople(tx: Tx, tenant: TenantRow, wish: PeopleWish): Promise<Choices['licences'] | null> {
  const ids = [...new Set(wish.userIds)]
  if (ids.length === 0) return null
  const known = ids.filter((id): id is UserId => id !== null)
  const found = new Map((await findUsers(tx, tenant.tenantId, known)).map((user) => [user.userId, user]))
  const users = known.flatMap((id) => found.get(id) ?? [])
  if (users.length < ids.length) throw new Problem('user-not-found', { param: 'userIds' })
  const stranger = users.find(({ usageLocation }) => usageLocation !== tenant.country)
  if (stranger) {
    throw new Problem('not-same-country', {
      param: 'userIds',
      extra: { userId: formatId('user', stranger.userId), country: stranger.usageLocation },
    })
  }
  const free = (await freeSeats(tx, tenant.tenantId)).get('voice-with-calling-plan') ?? 0
  const seats = users.filter(({ voiceSku }) => voiceSku !== 'voice-with-calling-plan').length
  if (seats > free) throw new Problem('no-seat-left', { param: 'userIds', extra: { free, wanted: seats } })
  const lacking = users.filter(({ number }) => number === null)
  const { temporary } = wish
  if (lacking.length === 0) {
    const people = users.map(({ userId }) => ({ userId, number: null }))
    return { orderId: null, temporary, city: '', areaCode: '', people }
  }
  const order = await orderFor(
    tx,
    tenant,
    wish.orderId,
    ({ type, country, numbers }) => type === 'user' && country === tenant.country && numbers.length >= lacking.length,
  )
  const numbers = new Map(lacking.map(({ userId }, index) => [userId, order.numbers[index] ?? null]))
  const people = users.map(({ userId }) => ({ userId, number: numbers.get(userId) ?? null }))
  return { orderId: order.orderId, temporary, people, ...(await placeOf(tx, order)) }
}
