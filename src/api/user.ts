/** `/v1/tenants/{t}/users`: people who have a phone. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { CALLING_POLICY_NAMES } from '../core/calling-policy.ts'
import type { Country } from '../core/country.ts'
import { formatId, type TenantId, type UserId } from '../core/ids.ts'
import { mayMove } from '../core/licence.ts'
import type { E164 } from '../core/numbering.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { isUniqueViolation, type Queryable, type Tx } from '../store/db.ts'
import { changeEntitlement, poolOf } from '../store/licence.ts'
import { assignNumber, findNumber, insertNumber } from '../store/number.ts'
import { lockTenant } from '../store/tenant.ts'
import { findUser, insertUser, listUsers, lockUser, type UserRow, updateUser } from '../store/user.ts'
import { principalOf } from './auth.ts'
import { country, e164, idOf, listOf, nameText, notWellFormed, page, timeOut, wellFormed } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { change } from './idempotency.ts'
import { hint } from './invalid.ts'
import { checkNumberType } from './number.ts'
import { Problem } from './problem.ts'
import type { Deps, Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'

const sipUsername = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, {
    error: hint(
      'lower-case letters, digits, dots, dashes and underscores',
      'lettres minuscules, chiffres, points, tirets et tirets bas',
    ),
  })
  .meta({ examples: ['maya'] })

const userBody = z
  .strictObject({
    name: nameText,
    usageLocation: country,
    sipUsername: sipUsername.optional(),
    sipPassword: z.string().min(8).max(128).refine(wellFormed, { error: notWellFormed }).optional(),
    number: e164.optional(),
  })
  .refine((body) => body.sipPassword === undefined || body.sipUsername !== undefined, {
    path: ['sipUsername'],
    error: hint('a password needs a user name', 'un mot de passe nécessite un nom d’utilisateur'),
  })
  .meta({
    example: {
      name: 'Maya',
      usageLocation: 'CA',
      sipUsername: 'maya',
      sipPassword: 'correct-horse',
      number: '+14165550123',
    },
    dependentRequired: { sipPassword: ['sipUsername'] },
  })

const userChanges = z
  .strictObject({
    usageLocation: country.optional(),
    creditsEnabled: z.boolean().optional(),
    callingPolicy: z
      .enum(CALLING_POLICY_NAMES as [string, ...string[]])
      .nullable()
      .optional(),
    number: e164.optional(),
  })
  .meta({ example: { creditsEnabled: false, callingPolicy: 'DialoutCPCandPSTNDomestic' } })

export const userOut = z
  .object({
    id: z.string(),
    name: z.string(),
    usageLocation: z.string(),
    licences: z.array(z.string()),
    creditsEnabled: z.boolean(),
    callingPolicy: z.string().nullable().meta({ description: 'null: the policy of the tenant' }),
    sipUsername: z.string().nullable(),
    number: z.string().nullable(),
    createdAt: timeOut,
  })
  .meta({ id: 'User' })

export const userParams = tenantParams.extend({ userId: idOf<UserId>('user') })

export async function userOf(db: Queryable, tenantId: TenantId, userId: UserId | null): Promise<UserRow> {
  const user = userId === null ? null : await findUser(db, tenantId, userId)
  if (!user) throw new Problem('user-not-found', { param: 'userId' })
  return user
}

export const userToWire = (user: UserRow): z.input<typeof userOut> => ({
  id: formatId('user', user.userId),
  name: user.name,
  usageLocation: user.usageLocation,
  licences: [
    ...(user.voiceSku === null ? [] : [user.voiceSku]),
    ...(user.internationalPlan ? ['international-calling-plan'] : []),
  ],
  creditsEnabled: user.creditsEnabled,
  callingPolicy: user.callingPolicy,
  sipUsername: user.sipUsername,
  number: user.number,
  createdAt: formatInstant(user.createdAt),
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
        problems: ['sip-username-taken', 'number-taken', 'number-type-mismatch'],
        response: { 201: userOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { name, usageLocation, sipUsername = null, sipPassword, number } = request.body
        const userId = deps.newId() as UserId
        const { tenantId } = tenant
        const sipHa1 =
          sipUsername !== null && sipPassword !== undefined ? ha1(sipUsername, tenant.sipDomain, sipPassword) : null
        await insertUser(tx, {
          userId,
          tenantId,
          name,
          usageLocation,
          sipUsername,
          sipHa1,
          at: deps.clock.now(),
        }).catch(takenAs('tenant_user_tenant_id_sip_username_key', 'sip-username-taken', 'sipUsername'))
        if (number !== undefined) await putNumber(tx, deps, tenantId, userId, number)
        const user = await userOf(tx, tenantId, userId)
        await audit(tx, deps, request, user, 'user.created', undefined, userToWire(user))
        return { status: 201, body: userToWire(user) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/users',
    {
      config: { permission: 'user:read' },
      schema: {
        summary: 'List users',
        tags: ['users'],
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(userOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const rows = await listUsers(deps.db, tenantId, limit + 1, cursorOf(cursor) as UserId | null)
      return pageCursor(rows, limit, (row) => row.userId, userToWire)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/users/:userId',
    {
      config: { permission: 'user:read' },
      schema: {
        summary: 'One user',
        tags: ['users'],
        params: userParams,
        response: { 200: userOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
      return userToWire(await userOf(deps.db, tenantId, request.params.userId))
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
        problems: ['location-without-plan', 'number-taken', 'number-type-mismatch'],
        response: { 200: userOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const { tenantId } = tenant
        await lockTenant(tx, tenantId)
        const before = await userOf(tx, tenantId, request.params.userId)
        await lockUser(tx, tenantId, before.userId)
        const { number, usageLocation, creditsEnabled, callingPolicy } = request.body
        if (usageLocation !== undefined) await move(tx, deps, before, usageLocation, nowFor(deps, tenant))
        await updateUser(tx, before.userId, {
          ...(usageLocation === undefined ? {} : { usageLocation }),
          ...(creditsEnabled === undefined ? {} : { creditsEnabled }),
          ...(callingPolicy === undefined ? {} : { callingPolicy }),
        })
        if (number !== undefined) await putNumber(tx, deps, tenantId, before.userId, number)
        const user = await userOf(tx, tenantId, before.userId)
        await audit(tx, deps, request, user, 'user.changed', userToWire(before), userToWire(user))
        return { status: 200, body: userToWire(user) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )
}

/** The pool follows the usage location (L6): a licence that moves leaves one pool and joins another at once. */
async function move(tx: Tx, deps: Deps, user: UserRow, to: Country, at: ReturnType<typeof nowFor>): Promise<void> {
  const no = mayMove(user, to)
  if (no) throw new Problem(no, { param: 'usageLocation' })
  const held = [user.voiceSku, user.internationalPlan ? ('international-calling-plan' as const) : null]
  for (const sku of held) {
    if (sku === null) continue
    const from = poolOf(sku, user.usageLocation)
    const into = poolOf(sku, to)
    if (from?.country === into?.country) continue
    const { tenantId } = user
    if (from) await changeEntitlement(tx, { ...from, tenantId, change: -1, at, sourceId: deps.newId() })
    if (into) await changeEntitlement(tx, { ...into, tenantId, change: 1, at, sourceId: deps.newId() })
  }
}

/** Gives the user a number: one of the tenant's own, or a new one put in service. */
async function putNumber(tx: Tx, deps: Deps, tenantId: TenantId, userId: UserId, number: E164): Promise<void> {
  checkNumberType(number, 'user')
  const known = await findNumber(tx, number)
  if (
    known &&
    (known.tenantId !== tenantId || known.type !== 'user' || (known.userId !== null && known.userId !== userId))
  ) {
    throw new Problem('number-taken', { param: 'number' })
  }
  if (!known) {
    const row = {
      numberId: deps.newId(),
      tenantId,
      number,
      type: 'user' as const,
      userId: null,
      createdAt: deps.clock.now(),
    }
    await insertNumber(tx, row).catch(takenAs('phone_number_pkey', 'number-taken', 'number'))
  }
  await assignNumber(tx, number, userId)
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

async function audit(
  tx: Tx,
  deps: Deps,
  request: Parameters<typeof principalOf>[0],
  user: UserRow,
  action: string,
  before: unknown,
  after: unknown,
): Promise<void> {
  await record(tx, {
    id: deps.newId(),
    tenantId: user.tenantId,
    at: deps.clock.now(),
    actor: principalOf(request).name,
    action,
    subject: formatId('user', user.userId),
    before,
    after,
  })
}
