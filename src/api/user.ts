/** `/v1/tenants/{t}/users`: people who have a phone. */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AuditAct } from '../core/audit-act.ts'
import { formatId, type TenantId, type UserId } from '../core/ids.ts'
import { refusal } from '../core/problems.ts'
import type { Reach } from '../core/reach.ts'
import { type Instant, periodOf } from '../core/time.ts'
import type { Refused, UserWish } from '../core/user-wish.ts'
import { record } from '../store/audit-log.ts'
import { isUniqueViolation, type Queryable, type Tx } from '../store/db.ts'
import { readReach } from '../store/reach.ts'
import { removeLicence } from '../store/subscription.ts'
import type { TenantRow } from '../store/tenant.ts'
import {
  countProfiles,
  findUser,
  findUserEver,
  listUsers,
  lockUser,
  type Profile,
  type ProfileCount,
  secondsOut,
  setDeleted,
  setRestored,
  setSipHa1,
  type UserFilter,
  type UserRow,
} from '../store/user.ts'
import { type ChangeContext, changeUser, lockForUsers, userToWire } from '../store/user-change.ts'
import { principalOf } from './auth.ts'
import { refusalOut } from './call.ts'
import { idOf, listOf, timeOut } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { type ApiProblemCode, Problem } from './problem.ts'
import { userBody, userChanges, type userFilter, userQuery, userSummaryQuery } from './schema/user.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams, walled } from './tenant.ts'

export { userToWire }

const userMembers = {
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  usageLocation: z.string(),
  licences: z.array(z.string()),
  creditsEnabled: z.boolean(),
  callingPolicy: z.string().nullable().meta({ description: 'null: the policy of the tenant' }),
  sipUsername: z.string().nullable(),
  number: z.string().nullable(),
  numbers: z.array(z.string()),
  disabledAt: timeOut.nullable().meta({ description: 'Since when the telephone is switched off' }),
  deletedAt: timeOut.nullable(),
  createdAt: timeOut,
}

export const userOut = z.object(userMembers).meta({ id: 'User' })

export const reachOut = z
  .discriminatedUnion('canCall', [
    z.object({
      canCall: z.literal(true),
      payer: z.enum(['pool', 'credits', 'carrier']),
      source: z.string().meta({ description: '`pool:…`, `wallet`, or `none` over the tenant’s own trunk' }),
    }),
    z.object({ canCall: z.literal(false), refusal: refusalOut }),
  ])
  .meta({
    id: 'Reach',
    description: 'What the engine says to an ordinary call within the user’s country right now',
  })

export const shownOut = z
  .object({
    ...userMembers,
    secondsThisMonth: z
      .number()
      .int()
      .meta({ description: 'Spoken in calls to the outside in the tenant’s month, before rounding' }),
    reach: reachOut,
  })
  .meta({ id: 'ShownUser' })

export const summaryOut = z
  .object({
    people: z.number().int(),
    canCall: z.number().int(),
    payers: z.object({ pool: z.number().int(), credits: z.number().int(), carrier: z.number().int() }),
    refusals: z.array(z.object({ refusal: refusalOut, people: z.number().int() })),
    creditsEnabled: z.number().int(),
    phonesOff: z.number().int(),
    policies: z.array(z.object({ callingPolicy: z.string().nullable(), people: z.number().int() })),
    locations: z.array(z.object({ country: z.string(), people: z.number().int() })),
  })
  .meta({ id: 'UserSummary' })

export const userParams = tenantParams.extend({ userId: idOf<UserId>('user') })

/** How long a deleted user can come back. */
export const RESTORE_DAYS = 30

export async function userOf(db: Queryable, tenantId: TenantId, userId: UserId | null): Promise<UserRow> {
  const user = userId === null ? null : await findUser(db, tenantId, userId)
  if (!user) throw new Problem('user-not-found', { param: 'userId' })
  return user
}

/** The refusal of a wish as a problem that names its field. */
export const wishProblem = ({ refused, param }: Refused): Problem =>
  refused === 'name-missing' || refused === 'location-missing'
    ? new Problem('invalid-request', { param })
    : new Problem(refused satisfies ApiProblemCode, { param })

export const contextOf = (deps: Deps, request: FastifyRequest, tenant: TenantRow): ChangeContext => ({
  tenant,
  actor: principalOf(request).name,
  now: deps.clock.now(),
  newId: deps.newId,
})

export const userRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/users',
    {
      config: { permission: 'user:edit', fields: { number: 'number:assign' } },
      schema: {
        summary: 'Add a user',
        tags: ['users'],
        params: tenantParams,
        body: userBody,
        problems: ['sip-username-taken', 'email-taken', 'number-taken', 'number-type-mismatch'],
        response: { 201: userOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        await lockForUsers(tx, tenant.tenantId)
        const { sipPassword, ...wish } = request.body
        const user = await makeChange(tx, deps, request, tenant, null, { wish: given(wish), sipPassword })
        return { status: 201, body: userToWire(user) }
      }).catch(takenAs('phone_number_pkey', 'number-taken', 'number'))
      deps.onDirectoryChange()
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/users',
    {
      config: { permission: 'user:read' },
      schema: {
        summary: 'Users, with what they spoke this month and whether they can call outside now',
        tags: ['users'],
        params: tenantParams,
        querystring: userQuery,
        response: { 200: listOf(shownOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor, sort, ...wish } = request.query
      const filter = await filterOf(walled(deps, request), tenant, wish)
      const after = cursorOf(cursor) as UserId | null
      const rows = await listUsers(request.db, tenant.tenantId, { limit: limit + 1, after, filter, order: sort })
      const show = await shower(walled(deps, request), tenant, rows.slice(0, limit))
      return pageCursor(rows, limit, (row) => row.userId, show)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/user-summary',
    {
      config: { permission: 'user:read' },
      schema: {
        summary: 'How many users there are, and how many of them can call outside now',
        tags: ['users'],
        params: tenantParams,
        querystring: userSummaryQuery,
        response: { 200: summaryOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return summaryOf(
        await profilesWithReach(
          walled(deps, request),
          tenant,
          await filterOf(walled(deps, request), tenant, request.query),
        ),
      )
    },
  )

  app.get(
    '/v1/tenants/:tenantId/users/:userId',
    {
      config: { permission: 'user:read' },
      schema: {
        summary: 'One user; one that is deleted too, while it can be restored',
        tags: ['users'],
        params: userParams,
        response: { 200: shownOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { userId } = request.params
      const user = userId === null ? null : await findUserEver(request.db, tenant.tenantId, userId)
      if (!user) throw new Problem('user-not-found', { param: 'userId' })
      return (await shower(walled(deps, request), tenant, [user]))(user)
    },
  )

  app.patch(
    '/v1/tenants/:tenantId/users/:userId',
    {
      config: {
        permission: 'user:edit',
        fields: { callingPolicy: 'policy:edit', creditsEnabled: 'policy:edit', number: 'number:assign' },
      },
      schema: {
        summary: 'Change a user',
        tags: ['users'],
        params: userParams,
        body: userChanges,
        problems: [
          'location-without-plan',
          'number-taken',
          'number-type-mismatch',
          'sip-username-taken',
          'sip-username-missing',
          'email-taken',
        ],
        response: { 200: userOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        await lockForUsers(tx, tenant.tenantId)
        const { userId } = await userOf(tx, tenant.tenantId, request.params.userId)
        const { sipPassword, ...wish } = request.body
        const user = await makeChange(tx, deps, request, tenant, userId, { wish: given(wish), sipPassword })
        return { status: 200, body: userToWire(user) }
      }).catch(takenAs('phone_number_pkey', 'number-taken', 'number'))
      deps.onDirectoryChange()
      return answer
    },
  )

  app.delete(
    '/v1/tenants/:tenantId/users/:userId',
    {
      config: { permission: 'user:edit' },
      schema: {
        summary: 'Delete a user: licences and numbers are given back; can be restored for 30 days',
        tags: ['users'],
        params: userParams,
        response: { 200: userOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        await lockForUsers(tx, tenant.tenantId)
        const user = await userOf(tx, tenant.tenantId, request.params.userId)
        return { status: 200, body: userToWire(await remove(tx, contextOf(deps, request, tenant), user)) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.post(
    '/v1/tenants/:tenantId/users/:userId/restore',
    {
      config: { permission: 'user:edit' },
      schema: {
        summary: 'Bring a deleted user back, within 30 days; licences, numbers and telephone are given anew',
        tags: ['users'],
        params: userParams,
        problems: ['restore-expired'],
        response: { 200: userOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { tenantId } = tenant
        const { userId } = request.params
        await lockForUsers(tx, tenantId)
        const before = userId === null ? null : await lockUser(tx, tenantId, userId)
        if (!before) throw new Problem('user-not-found', { param: 'userId' })
        if (before.deletedAt === null) return { status: 200, body: userToWire(before) }
        if (before.deletedAt < deps.clock.now() - RESTORE_DAYS * 86_400_000) throw new Problem('restore-expired')
        await setRestored(tx, before.userId)
        const user = await userOf(tx, tenantId, before.userId)
        await recordAct(tx, contextOf(deps, request, tenant), 'user.restored', before, user)
        return { status: 200, body: userToWire(user) }
      }),
  )
}

interface Change {
  readonly wish: UserWish
  readonly sipPassword: string | undefined
}

/** Without what was not said: `undefined` and absent are one thing on the wire. */
const given = <T extends object>(wish: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

/** The change and the telephone's password, in one transaction. Throws the problem that stands in its way. */
async function makeChange(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  userId: UserId | null,
  { wish, sipPassword }: Change,
): Promise<UserRow> {
  const context = contextOf(deps, request, tenant)
  const changed = await changeUser(tx, context, userId, wish)
  if (changed.refused !== null) throw wishProblem(changed)
  const { user } = changed
  if (sipPassword === undefined) return user
  if (user.sipUsername === null) throw new Problem('sip-username-missing', { param: 'sipUsername' })
  await setSipHa1(tx, user.userId, ha1(user.sipUsername, tenant.sipDomain, sipPassword))
  if (userId !== null) await recordAct(tx, context, 'user.password-changed', user, user)
  return user
}

async function remove(tx: Tx, context: ChangeContext, before: UserRow): Promise<UserRow> {
  const { tenant, newId } = context
  let user = before
  const locked = await lockUser(tx, tenant.tenantId, before.userId)
  if (!locked) throw new Problem('user-not-found', { param: 'userId' })
  const at = tenantInstant(context)
  if (locked.voiceSku !== null) await removeLicence(tx, locked, { sku: locked.voiceSku, at, newId })
  await setDeleted(tx, before.userId, context.now)
  user = (await findUserEver(tx, tenant.tenantId, before.userId)) ?? before
  await recordAct(tx, context, 'user.deleted', before, user)
  return user
}

const tenantInstant = ({ tenant, now }: ChangeContext): Instant => tenant.clockAt ?? now

const recordAct = (tx: Tx, context: ChangeContext, action: AuditAct, before: UserRow, after: UserRow): Promise<void> =>
  record(tx, {
    id: context.newId(),
    tenantId: context.tenant.tenantId,
    at: context.now,
    actor: context.actor,
    action,
    subject: formatId('user', after.userId),
    before: userToWire(before),
    after: userToWire(after),
  })

type FilterWish = { [K in keyof typeof userFilter]?: z.output<(typeof userFilter)[K]> | undefined }

/** The filter of a query; who can call is asked of the engine first, profile by profile. */
export async function filterOf(deps: Deps, tenant: TenantRow, wish: FilterWish): Promise<UserFilter> {
  const { q = '', location, licence, policy, credits, phone, canCall, deleted } = wish
  const filter: UserFilter = {
    search: q.trim(),
    usageLocation: location ?? null,
    licence: licence ?? null,
    callingPolicy: policy ?? null,
    creditsEnabled: credits === undefined ? null : credits === 'on',
    disabled: phone === undefined ? null : phone === 'off',
    deleted: deleted === 'true',
    profiles: null,
  }
  if (canCall === undefined) return filter
  const profiles = await profilesWithReach(deps, tenant, filter)
  const wanted = ({ reach }: { reach: Reach }): boolean =>
    reach.canCall ? canCall === 'yes' || canCall === reach.payer : canCall === 'no'
  return { ...filter, profiles: profiles.filter(wanted) }
}

type ProfileReach = ProfileCount & { readonly reach: Reach }

async function profilesWithReach(deps: Deps, tenant: TenantRow, filter: UserFilter): Promise<ProfileReach[]> {
  const profiles = await countProfiles(deps.db, tenant.tenantId, filter)
  const reach = await readReach(deps.db, reachQuestion(deps, tenant, profiles), deps.newId)
  return profiles.map((profile) => ({ ...profile, reach: reach.get(profile.userId) ?? NOBODY }))
}

/** A user that was deleted at this moment. */
const NOBODY: Reach = { canCall: false, refusal: 'user-unknown' }

const reachQuestion = (
  deps: Deps,
  { tenantId }: TenantRow,
  users: readonly Pick<UserRow, 'userId' | 'usageLocation'>[],
) => ({
  tenantId,
  users,
  now: deps.clock.now(),
  deck: deps.decks.current(),
})

const keyOf = (user: Profile): string =>
  [user.usageLocation, user.voiceSku, user.creditsEnabled, user.callingPolicy, user.disabled].join(' ')

/** Shows users of one page: the engine is asked once for all who would get the same answer. */
export async function shower(deps: Deps, tenant: TenantRow, users: readonly UserRow[]) {
  const samples = new Map(users.map((user) => [user.deletedAt === null ? keyOf(user) : user.userId, user]))
  const period = periodOf(nowFor(deps, tenant), tenant.timeZone)
  const [reach, seconds] = await Promise.all([
    readReach(deps.db, reachQuestion(deps, tenant, [...samples.values()]), deps.newId),
    secondsOut(
      deps.db,
      tenant.tenantId,
      users.map(({ userId }) => userId),
      period,
    ),
  ])
  return (user: UserRow): z.input<typeof shownOut> => {
    const sample = samples.get(user.deletedAt === null ? keyOf(user) : user.userId) ?? user
    return {
      ...userToWire(user),
      secondsThisMonth: seconds.get(user.userId) ?? 0,
      reach: reachToWire(reach.get(sample.userId) ?? NOBODY),
    }
  }
}

const reachToWire = (reach: Reach): z.input<typeof reachOut> =>
  reach.canCall ? reach : { canCall: false, refusal: refusal(reach.refusal) }

function summaryOf(profiles: readonly ProfileReach[]): z.input<typeof summaryOut> {
  const sum = (wanted: (profile: ProfileReach) => boolean): number =>
    profiles.reduce((people, profile) => (wanted(profile) ? people + profile.count : people), 0)
  const paidBy = (payer: string): number => sum(({ reach }) => reach.canCall && reach.payer === payer)
  const counted = <K>(of: (profile: ProfileReach) => K): [K, number][] => {
    const counts = new Map<K, number>()
    for (const profile of profiles) counts.set(of(profile), (counts.get(of(profile)) ?? 0) + profile.count)
    return [...counts].sort(([, a], [, b]) => b - a)
  }
  return {
    people: sum(() => true),
    canCall: sum(({ reach }) => reach.canCall),
    payers: { pool: paidBy('pool'), credits: paidBy('credits'), carrier: paidBy('carrier') },
    refusals: counted(({ reach }) => (reach.canCall ? null : reach.refusal)).flatMap(([code, people]) =>
      code === null ? [] : [{ refusal: refusal(code), people }],
    ),
    creditsEnabled: sum(({ creditsEnabled }) => creditsEnabled),
    phonesOff: sum(({ disabled }) => disabled),
    policies: counted(({ callingPolicy }) => callingPolicy).map(([callingPolicy, people]) => ({
      callingPolicy,
      people,
    })),
    locations: counted(({ usageLocation }) => usageLocation).map(([country, people]) => ({ country, people })),
  }
}

/** RFC 2617 HA1 for the tenant's SIP domain: the password itself is never stored. */
const ha1 = (username: string, realm: string, password: string): string =>
  createHash('md5').update(`${username}:${realm}:${password}`).digest('hex')

/** A key that is taken is the caller's news, not a fault. */
export const takenAs =
  (constraint: string, code: 'sip-username-taken' | 'number-taken', param: string) =>
  (error: unknown): never => {
    if (isUniqueViolation(error, constraint)) throw new Problem(code, { param })
    throw error
  }
