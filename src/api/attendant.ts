/** `/v1/tenants/{t}/attendants`: what callers of a service number hear and where they go. Edited as a draft, then published (G2). */
import { z } from 'zod'
import { type Attendant, promptsOf, type Target, targetsOf } from '../core/attendant.ts'
import { ATTENDANT_FAULTS, type AttendantWorld, faultsOf } from '../core/attendant-check.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import { ATTENDANTS_MAX, PROMPT_UNUSED_SECONDS } from '../core/limits.ts'
import type { Language } from '../core/problems.ts'
import { formatInstant, instant } from '../core/time.ts'
import {
  type AttendantRow,
  deleteAttendant,
  findAttendant,
  listAttendants,
  lockAttendant,
  saveAttendant,
  setAttendantNumbers,
} from '../store/attendant.ts'
import { record } from '../store/audit-log.ts'
import { isUniqueViolation, type Queryable, type Tx } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import { findListed } from '../store/number.ts'
import { findPrompts, forgetPrompts } from '../store/prompt.ts'
import { lockTenant, type TenantRow } from '../store/tenant.ts'
import { findUsers } from '../store/user.ts'
import { type By, by } from './by.ts'
import { idOf, page } from './contract.ts'
import { pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { attendantBody, attendantChanges, attendantList, attendantOut } from './schema/attendant.ts'
import { languageOf, type Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const params = tenantParams.extend({ attendantId: idOf<Uuid>('attendant') })

const EMPTY = { greeting: null, forward: null, menu: null, afterHours: null } as const

const targetToWire = (target: Target) =>
  target.to === 'user' ? { to: target.to, userId: formatId('user', target.userId) } : target

const promptToWire = (id: Uuid | null): string | null => (id === null ? null : formatId('prompt', id))

function settingsToWire({ language, greeting, forward, menu, afterHours }: Attendant) {
  return {
    language,
    greeting: promptToWire(greeting),
    forward: forward && targetToWire(forward),
    menu: menu && {
      ...menu,
      prompt: promptToWire(menu.prompt),
      keys: Object.fromEntries(
        Object.entries(menu.keys).map(([key, target]) => [key, target ? targetToWire(target) : null]),
      ),
      otherwise: targetToWire(menu.otherwise),
    },
    afterHours: afterHours && {
      hours: afterHours.hours.map((spans) => spans.map(({ from, to }) => ({ from, to }))),
      prompt: promptToWire(afterHours.prompt),
      target: targetToWire(afterHours.target),
    },
  }
}

type Wire = z.input<typeof attendantOut>

/** What the attendant says and where it leads, without what follows from the rest of the tenant. */
const factsToWire = (row: AttendantRow): Omit<Wire, 'faults'> => ({
  id: formatId('attendant', row.attendantId),
  name: row.name,
  draft: settingsToWire(row.draft),
  live: row.live && settingsToWire(row.live),
  isChanged: JSON.stringify(inOrder(row.draft)) !== JSON.stringify(inOrder(row.live)),
  numbers: row.numbers.map(({ numberId, number, type }) => ({ id: formatId('number', numberId), number, type })),
  publishedAt: row.publishedAt === null ? null : formatInstant(row.publishedAt),
  createdAt: formatInstant(row.createdAt),
})

/** The same value with the members of its objects in the order of their names: the store keeps an order of its own. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, inOrder(member)] as const)
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

async function toWire(db: Queryable, tenant: TenantRow, row: AttendantRow, language: Language): Promise<Wire> {
  const faults = faultsOf(row.draft, await worldOf(db, tenant, row))
  return {
    ...factsToWire(row),
    faults: faults.map(({ code, at }) => ({ code, at, title: ATTENDANT_FAULTS[code][language] })),
  }
}

/** What the draft is checked against: users, recordings, and where the other attendants lead. */
async function worldOf(db: Queryable, { tenantId, country }: TenantRow, row: AttendantRow): Promise<AttendantWorld> {
  const userIds = targetsOf(row.draft).flatMap(({ target }) => (target.to === 'user' ? [target.userId] : []))
  const users = userIds.length === 0 ? [] : await findUsers(db, tenantId, userIds)
  const prompts = await findPrompts(db, tenantId, promptsOf(row.draft))
  const others = (await listAttendants(db, tenantId)).filter(({ attendantId }) => attendantId !== row.attendantId)
  const leadsTo = others.flatMap(({ live, numbers }) => {
    const ends = live === null ? [] : targetsOf(live)
    const there = ends.flatMap(({ target }) => (target.to === 'number' ? [target.number] : []))
    return numbers.map(({ number }) => [number, there] as const)
  })
  return {
    country,
    users: new Map(
      users.map(({ userId, sipUsername, voiceSku, disabled }) => [
        userId,
        { hasTelephone: sipUsername !== null && !disabled, hasLicence: voiceSku !== null },
      ]),
    ),
    prompts: new Set(prompts.map(({ promptId }) => promptId)),
    leadsTo: new Map(leadsTo),
    ownNumbers: row.numbers.map(({ number }) => number),
  }
}

async function lockOrFail(tx: Tx, tenantId: TenantId, id: Uuid | null): Promise<AttendantRow> {
  const row = id === null ? null : await lockAttendant(tx, tenantId, id)
  if (!row) throw new Problem('not-found', { param: 'attendantId' })
  return row
}

/** Makes these numbers lead there, and gives the attendant as it is then. */
async function withNumbers(tx: Tx, row: AttendantRow, numberIds: readonly (Uuid | null)[]): Promise<AttendantRow> {
  const { tenantId, attendantId } = row
  const ids: Uuid[] = []
  for (const id of numberIds) {
    const number = id === null ? null : await findListed(tx, tenantId, id)
    if (!number || number.type === 'user') throw new Problem('number-not-service', { param: 'numbers' })
    ids.push(number.numberId)
  }
  try {
    await setAttendantNumbers(tx, tenantId, attendantId, [...new Set(ids)])
  } catch (error) {
    if (isUniqueViolation(error, 'attendant_number_pkey'))
      throw new Problem('number-with-attendant', { param: 'numbers' })
    throw error
  }
  return (await findAttendant(tx, tenantId, attendantId)) ?? row
}

interface AttendantChange {
  readonly action: 'attendant.created' | 'attendant.changed' | 'attendant.published' | 'attendant.deleted'
  readonly before?: AttendantRow
  readonly after?: AttendantRow
}

async function audit(tx: Tx, { newId, clock, actor }: By, { action, before, after }: AttendantChange): Promise<void> {
  const subject = after ?? before
  if (!subject) return
  await record(tx, {
    id: newId(),
    tenantId: subject.tenantId,
    at: clock.now(),
    actor,
    action,
    subject: formatId('attendant', subject.attendantId),
    before: before && factsToWire(before),
    after: after && factsToWire(after),
  })
}

/** Lets callers get the draft from now on, in the transaction of the caller; throws the problems of the route. */
export async function publishAttendant(
  tx: Tx,
  by: By,
  tenant: TenantRow,
  attendantId: Uuid | null,
  language: Language,
): Promise<Wire> {
  // Two that go live at once could lead to each other.
  await lockTenant(tx, tenant.tenantId)
  const before = await lockOrFail(tx, tenant.tenantId, attendantId)
  const { faults } = await toWire(tx, tenant, before, language)
  const [first] = faults
  if (first) throw new Problem('attendant-not-ready', { param: first.at, detail: first.title, extra: { faults } })
  const now = by.clock.now()
  const after: AttendantRow = { ...before, live: before.draft, publishedAt: now }
  await saveAttendant(tx, after)
  await forgetPrompts(tx, tenant.tenantId, instant(now - PROMPT_UNUSED_SECONDS * 1000))
  await audit(tx, by, { action: 'attendant.published', before, after })
  const body = await toWire(tx, tenant, after, language)
  const { id, name, numbers } = body
  await recordEvents(tx, [
    { tenantId: tenant.tenantId, type: 'attendant.published', at: now, data: { id, name, numbers } },
  ])
  return body
}

/** Leads one more number there, beside those that do; in the transaction of the caller. */
export async function leadHere(
  tx: Tx,
  by: By,
  { tenantId }: TenantRow,
  attendantId: Uuid | null,
  numberId: Uuid,
): Promise<AttendantRow> {
  const before = await lockOrFail(tx, tenantId, attendantId)
  const after = await withNumbers(tx, before, [...before.numbers.map((one) => one.numberId), numberId])
  await audit(tx, by, { action: 'attendant.changed', before, after })
  return after
}

export const attendantRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/attendants',
    {
      config: { permission: 'attendant:edit' },
      schema: {
        summary: 'Make an attendant: a draft, until it is published',
        tags: ['attendants'],
        params: tenantParams,
        body: attendantBody,
        problems: ['attendant-limit-reached', 'number-not-service', 'number-with-attendant'],
        response: { 201: attendantOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { tenantId } = tenant
        await lockTenant(tx, tenantId)
        const { name, draft, numbers = [] } = request.body
        if ((await listAttendants(tx, tenantId)).length >= ATTENDANTS_MAX) throw new Problem('attendant-limit-reached')
        const language = languageOf(request)
        const row: AttendantRow = {
          attendantId: deps.newId(),
          tenantId,
          name,
          draft: draft ?? { ...EMPTY, language },
          live: null,
          publishedAt: null,
          createdAt: deps.clock.now(),
          numbers: [],
        }
        await saveAttendant(tx, row)
        const after = await withNumbers(tx, row, numbers)
        await audit(tx, by(deps, request), { action: 'attendant.created', after })
        return { status: 201, body: await toWire(tx, tenant, after, language) }
      }),
  )

  app.get(
    '/v1/tenants/:tenantId/attendants',
    {
      config: { permission: 'attendant:read' },
      schema: {
        summary: 'List attendants',
        tags: ['attendants'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: attendantList },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const rows = await listAttendants(request.db, tenant.tenantId)
      const { data, ...rest } = pageOfAll(
        rows,
        request.query,
        (row) => row.attendantId,
        (row) => row,
      )
      const language = languageOf(request)
      return { data: await Promise.all(data.map((row) => toWire(request.db, tenant, row, language))), ...rest }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/attendants/:attendantId',
    {
      config: { permission: 'attendant:read' },
      schema: {
        summary: 'One attendant: the draft, what is live, and what keeps the draft from going live',
        tags: ['attendants'],
        params,
        problems: ['not-found'],
        response: { 200: attendantOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { attendantId } = request.params
      const row = attendantId === null ? null : await findAttendant(request.db, tenant.tenantId, attendantId)
      if (!row) throw new Problem('not-found', { param: 'attendantId' })
      return toWire(request.db, tenant, row, languageOf(request))
    },
  )

  app.patch(
    '/v1/tenants/:tenantId/attendants/:attendantId',
    {
      config: { permission: 'attendant:edit' },
      schema: {
        summary: 'Change an attendant: its draft, its name, the numbers that lead there',
        tags: ['attendants'],
        params,
        body: attendantChanges,
        problems: ['not-found', 'number-not-service', 'number-with-attendant'],
        response: { 200: attendantOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const before = await lockOrFail(tx, tenant.tenantId, request.params.attendantId)
        const { name = before.name, draft = before.draft, numbers } = request.body
        const changed = { ...before, name, draft }
        await saveAttendant(tx, changed)
        const after = numbers === undefined ? changed : await withNumbers(tx, changed, numbers)
        await audit(tx, by(deps, request), { action: 'attendant.changed', before, after })
        return { status: 200, body: await toWire(tx, tenant, after, languageOf(request)) }
      }),
  )

  app.post(
    '/v1/tenants/:tenantId/attendants/:attendantId/publish',
    {
      config: { permission: 'attendant:edit' },
      schema: {
        summary: 'Let callers get the draft from now on',
        tags: ['attendants'],
        params,
        problems: ['not-found', 'attendant-not-ready'],
        response: { 200: attendantOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const body = await publishAttendant(
          tx,
          by(deps, request),
          tenant,
          request.params.attendantId,
          languageOf(request),
        )
        return { status: 200, body }
      }),
  )

  app.delete(
    '/v1/tenants/:tenantId/attendants/:attendantId',
    {
      config: { permission: 'attendant:edit' },
      schema: {
        summary: 'Remove an attendant; its numbers ring as they did without one',
        tags: ['attendants'],
        params,
        problems: ['not-found'],
        response: { 200: attendantOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const before = await lockOrFail(tx, tenant.tenantId, request.params.attendantId)
        const body = await toWire(tx, tenant, before, languageOf(request))
        await deleteAttendant(tx, tenant.tenantId, before.attendantId)
        await audit(tx, by(deps, request), { action: 'attendant.deleted', before })
        return { status: 200, body }
      }),
  )
}
