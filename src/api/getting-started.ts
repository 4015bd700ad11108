/** `/v1/tenants/{t}/getting-started`: from nothing to a ringing telephone (G2): how far it is, what is chosen, and "Done". */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  hasWizard,
  nextStep,
  SET_UP_STEPS,
  SET_UP_TASK_KINDS,
  type StepState,
  stepsOf,
  tasksOf,
} from '../core/getting-started.ts'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable, Tx } from '../store/db.ts'
import { findLocation } from '../store/emergency-location.ts'
import {
  type Choices,
  type Held,
  type Kept,
  type KeptStep,
  listTasks,
  lockKept,
  planTasks,
  readKept,
  readStanding,
  type Standing,
  saveKept,
  type TaskRow,
  withChoice,
} from '../store/getting-started.ts'
import { findJob } from '../store/job.ts'
import { findOrder, lockOrder, type NumberOrderRow } from '../store/number-order.ts'
import { reservedFor } from '../store/number-stock.ts'
import type { TenantRow } from '../store/tenant.ts'
import { findUsers } from '../store/user.ts'
import { freeSeats } from '../store/user-effect.ts'
import { principalOf } from './auth.ts'
import { timeOut } from './contract.ts'
import { FINISH_SET_UP } from './getting-started-job.ts'
import { change } from './idempotency.ts'
import { addJob } from './job.ts'
import { type ApiProblemCode, PROBLEMS, Problem } from './problem.ts'
import {
  setUpFinishBody,
  setUpLaterBody,
  setUpLicencesBody,
  setUpLocationBody,
  setUpNumberBody,
} from './schema/getting-started.ts'
import { numberType } from './schema/number-order.ts'
import { type Deps, languageOf, type Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

const STATES = ['done', 'working', 'failed', 'chosen', 'later', 'open'] as const satisfies readonly StepState[]

const heldOut = z.object({
  orderId: z.string(),
  city: z.string(),
  areaCode: z.string(),
  heldUntil: timeOut.nullable().meta({ description: 'Until when the numbers are reserved; null: they went back' }),
  temporary: z.boolean(),
})

const taskOut = z.object({
  key: z.string(),
  kind: z.enum(SET_UP_TASK_KINDS),
  userId: z.string().nullable(),
  userName: z.string().nullable(),
  state: z.enum(['waiting', 'done', 'failed']),
  number: z.string().nullable(),
  failure: z.object({ code: z.string(), title: z.string(), about: z.string().nullable() }).nullable(),
})

const gettingStartedOut = z
  .object({
    offered: z.boolean().meta({ description: 'false: not with plan in this country; a partner, or nothing' }),
    steps: z.array(z.object({ step: z.enum(SET_UP_STEPS), state: z.enum(STATES), version: z.number().int() })),
    next: z.enum(SET_UP_STEPS).nullable().meta({ description: 'Where to go on; null: all is done or left for later' }),
    locationId: z.string().nullable().meta({ description: 'For the numbers of this set-up' }),
    company: z
      .object({
        id: z.string(),
        number: z.string(),
        type: numberType,
        temporary: z.boolean(),
        attendantId: z.string().nullable().meta({ description: 'What is published and answers it' }),
      })
      .nullable(),
    attendantId: z.string().nullable().meta({ description: 'In whose draft greeting and menu are chosen' }),
    number: heldOut.extend({ type: numberType, number: z.string() }).nullable(),
    licences: z
      .object({
        order: heldOut.nullable(),
        temporary: z.boolean(),
        people: z.array(
          z.object({
            userId: z.string(),
            name: z.string(),
            number: z.string().nullable(),
          }),
        ),
      })
      .nullable(),
    finish: z.object({
      jobId: z.string().nullable(),
      isRunning: z.boolean(),
      tasks: z.array(taskOut),
    }),
  })
  .meta({ id: 'GettingStarted' })

export type GettingStartedOnWire = z.output<typeof gettingStartedOut>

/** All that one answer says, read at once. */
async function toWire(
  deps: Deps,
  db: Queryable,
  tenant: TenantRow,
  language: Language,
): Promise<z.input<typeof gettingStartedOut>> {
  const { tenantId } = tenant
  const kept = await readKept(db, tenantId)
  const [standing, tasks, number, licences, job] = await Promise.all([
    readStanding(db, tenant, kept),
    listTasks(db, tenantId),
    kept.choices.number ? findOrder(db, tenantId, kept.choices.number.orderId) : null,
    kept.choices.licences?.orderId ? findOrder(db, tenantId, kept.choices.licences.orderId) : null,
    kept.jobId === null ? null : findJob(db, tenantId, kept.jobId),
  ])
  const isRunning = job !== null && job.finishedAt === null
  const steps = stepsOf({ ...standing, later: kept.later, tasks: isRunning ? tasks : stopped(tasks) })
  const now = nowFor(deps, tenant)
  const { company } = standing
  return {
    offered: hasWizard(tenant.licenceType),
    steps: steps.map(({ step, state }) => ({ step, state, version: kept.versions[step as KeptStep] ?? 0 })),
    next: nextStep(steps),
    locationId: standing.locationId === null ? null : formatId('location', standing.locationId),
    company: company && {
      id: formatId('number', company.numberId),
      number: company.number,
      type: company.type,
      temporary: company.temporary,
      attendantId: company.attendantId === null ? null : formatId('attendant', company.attendantId),
    },
    attendantId: standing.attendant === null ? null : formatId('attendant', standing.attendant.attendantId),
    number:
      kept.choices.number && number && standing.pending.number
        ? {
            ...heldToWire(number, now, kept.choices.number),
            type: number.type,
            number: number.numbers[0] ?? '',
          }
        : null,
    licences: await licencesToWire(db, tenant, kept, standing, { order: licences, now }),
    finish: {
      jobId: kept.jobId === null ? null : formatId('job', kept.jobId),
      isRunning,
      tasks: tasks.map((task) => taskToWire(task, language)),
    },
  }
}

/** A job that somebody has stopped leaves tasks behind that nobody works on. */
const stopped = (tasks: readonly TaskRow[]): TaskRow[] => tasks.filter(({ state }) => state !== 'waiting')

const heldToWire = (order: NumberOrderRow, now: Instant, held: Held): z.input<typeof heldOut> => ({
  orderId: formatId('numberOrder', order.orderId),
  city: held.city,
  areaCode: held.areaCode,
  heldUntil: isHeld(order, now) ? formatInstant(order.expiresAt) : null,
  temporary: held.temporary,
})

const isHeld = (order: NumberOrderRow, now: Instant): boolean => order.status === 'reserved' && order.expiresAt > now

/** Who was chosen and is not equipped yet; null: nobody. */
async function licencesToWire(
  db: Queryable,
  { tenantId }: TenantRow,
  { choices }: Kept,
  { pending }: Standing,
  { order, now }: { readonly order: NumberOrderRow | null; readonly now: Instant },
): Promise<z.input<typeof gettingStartedOut>['licences']> {
  const { licences } = choices
  if (!licences || pending.users.length === 0) return null
  const users = new Map((await findUsers(db, tenantId, pending.users)).map((user) => [user.userId, user]))
  return {
    order: order && heldToWire(order, now, licences),
    temporary: licences.temporary,
    people: licences.people.flatMap(({ userId, number }) => {
      const user = users.get(userId)
      return user ? [{ userId: formatId('user', userId), name: user.name, number: user.number ?? number }] : []
    }),
  }
}

function taskToWire(task: TaskRow, language: Language): z.input<typeof taskOut> {
  const { key, kind, userId, userName, state, number, failure, failureAbout, failureDetail } = task
  return {
    key,
    kind,
    userId: userId === null ? null : formatId('user', userId),
    userName,
    state,
    number,
    failure:
      failure === null
        ? null
        : {
            code: failure,
            title: failureDetail?.[language] ?? PROBLEMS[failure as ApiProblemCode].title[language],
            about: failureAbout,
          },
  }
}

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
      return { status: 200, body: await toWire(deps, tx, tenant, languageOf(request)) }
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
      return toWire(deps, request.db, tenant, languageOf(request))
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
        const body = (): ReturnType<typeof toWire> => toWire(deps, tx, tenant, languageOf(request))
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

const keptToWire = ({ later, choices }: Kept) => ({
  later,
  location: choices.location ? formatId('location', choices.location.locationId) : null,
  number: choices.number ? { ...choices.number, orderId: formatId('numberOrder', choices.number.orderId) } : null,
  licences: choices.licences
    ? {
        ...choices.licences,
        orderId: choices.licences.orderId === null ? null : formatId('numberOrder', choices.licences.orderId),
        people: choices.licences.people.map(({ userId, number }) => ({ userId: formatId('user', userId), number })),
      }
    : null,
})

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
