/** `POST /v1/tenants/{t}/user-changes`: one change for many users, with a verdict for each, and what it does to seats and pools. */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SKUS, type Sku } from '../core/catalogue.ts'
import { formatId, type UserId } from '../core/ids.ts'
import { isVoice } from '../core/licence.ts'
import { toMoney } from '../core/money.ts'
import { seatPriceAt } from '../core/seat-price.ts'
import { type Roster, type RowVerdict, summarise } from '../core/user-import.ts'
import { faultSentence } from '../core/user-import-words.ts'
import { type Decided, decide, type UserWish } from '../core/user-wish.ts'
import { CHANGE_USERS, type ChangeUsersInput } from '../jobs/job-users.ts'
import { inTransaction, type Queryable } from '../store/db.ts'
import { readSeatPrices } from '../store/seat-price.ts'
import type { TenantRow } from '../store/tenant.ts'
import { findUsers, type UserRow } from '../store/user.ts'
import { changeUser, lockForUsers } from '../store/user-change.ts'
import { freeSeats, previewPools } from '../store/user-effect.ts'
import { moneyOut } from './contract.ts'
import { changeInSteps } from './idempotency.ts'
import { addJob, jobOut, jobToWire } from './job.ts'
import { Problem } from './problem.ts'
import { BULK_AT_ONCE, BULK_CHANGES, bulkBody, previewQuery } from './schema/user.ts'
import { VERDICTS } from './schema/user-import.ts'
import { type Deps, languageOf, type Routes } from './server.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { contextOf, userOf, userParams } from './user.ts'

export const faultOut = z
  .object({
    code: z.string(),
    column: z.string().nullable(),
    message: z.string().meta({ description: 'In the language of the request' }),
  })
  .meta({ id: 'RowFault' })

export const effectMembers = {
  counts: z.object({
    create: z.number().int(),
    change: z.number().int(),
    same: z.number().int(),
    error: z.number().int(),
  }),
  seats: z.array(
    z.object({
      sku: z.enum(SKUS),
      free: z.number().int().meta({ description: 'Before' }),
      added: z.number().int(),
      removed: z.number().int(),
      missing: z.number().int().meta({ description: 'Users who would get one if there were enough' }),
      perMonth: moneyOut.nullable().meta({ description: 'Of one seat; null: no price is set' }),
      missingPerMonth: moneyOut.nullable(),
    }),
  ),
  pools: z.array(
    z
      .object({
        country: z.string(),
        plan: z.enum(['domestic', 'international', 'conference']),
        licences: z.number().int().meta({ description: 'More or fewer that fund it' }),
        totalBefore: z.number().int().meta({ description: 'Seconds' }),
        totalAfter: z.number().int(),
        availableBefore: z.number().int(),
        availableAfter: z.number().int(),
      })
      .meta({ id: 'PoolPreview' }),
  ),
}

const resultOut = z.object({
  userId: z.string(),
  name: z.string(),
  verdict: z.enum(VERDICTS),
  fault: faultOut.nullable(),
})

export const bulkOut = z
  .object({
    dryRun: z.boolean(),
    ...effectMembers,
    results: z.array(resultOut),
  })
  .meta({ id: 'BulkChange' })

export const previewOut = z.object({ ...effectMembers, result: resultOut }).meta({ id: 'LicencePreview' })

export const userBulkRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/tenants/:tenantId/user-changes',
    {
      config: {
        permission: 'user:bulk',
        fields: {
          assign: 'licence:assign',
          remove: 'licence:assign',
          callingPolicy: 'policy:edit',
          creditsEnabled: 'policy:edit',
          disabled: 'user:edit',
        },
      },
      schema: {
        summary: 'One change for many users: each is changed or not, and says why; more than 100 become a job',
        tags: ['users'],
        params: tenantParams,
        body: bulkBody,
        problems: ['job-limit-reached'],
        response: { 200: bulkOut, 202: jobOut },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const { userIds, dryRun, ...changes } = request.body
      const wish = wishOf(changes)
      const known = [...new Set(userIds)].filter((id): id is UserId => id !== null)
      if (dryRun) return rehearse(deps, request, tenant, known, wish)
      if (known.length > BULK_AT_ONCE) {
        return changeInSteps(deps, request, reply, async () => {
          const job = await inTransaction(request.db, (tx) =>
            addJob(tx, deps, request, {
              tenantId: tenant.tenantId,
              kind: CHANGE_USERS,
              input: { userIds: known, wish } satisfies ChangeUsersInput,
              sees: 'user:read',
              starts: permissionOf(changes),
              total: known.length,
            }),
          )
          deps.jobRunner?.wake()
          return { status: 202, body: jobToWire(job, request, deps.clock.now()) }
        })
      }
      return changeInSteps(deps, request, reply, async () => ({
        status: 200,
        body: await carryOut(deps, request, tenant, known, wish),
      }))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/users/:userId/licences/preview',
    {
      config: { permission: 'licence:read' },
      schema: {
        summary: 'What assigning or removing a licence would do to seats and pools; nothing is changed',
        tags: ['licences'],
        params: userParams,
        querystring: previewQuery,
        response: { 200: previewOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const user = await userOf(request.db, tenant.tenantId, request.params.userId)
      const { sku, change: kind } = request.query
      const wish = wishOf(kind === 'assign' ? { assign: sku } : { remove: sku })
      const { results, dryRun: _, ...effect } = await rehearse(deps, request, tenant, [user.userId], wish)
      const [result] = results
      if (!result) throw new Problem('user-not-found', { param: 'userId' })
      return { ...effect, result }
    },
  )
}

type Changes = Omit<z.output<typeof bulkBody>, 'userIds' | 'dryRun'>

function wishOf({ assign, remove, callingPolicy, creditsEnabled, disabled }: Partial<Changes>): UserWish {
  const sku = assign ?? remove
  const isAssigned = assign !== undefined
  return {
    ...(sku === undefined
      ? {}
      : isVoice(sku)
        ? { voiceSku: isAssigned ? sku : null }
        : { internationalPlan: isAssigned }),
    ...(callingPolicy === undefined ? {} : { callingPolicy }),
    ...(creditsEnabled === undefined ? {} : { creditsEnabled }),
    ...(disabled === undefined ? {} : { disabled }),
  }
}

function permissionOf(changes: Changes) {
  const [name] = BULK_CHANGES.filter((candidate) => changes[candidate] !== undefined)
  if (name === 'assign' || name === 'remove') return 'licence:assign'
  return name === 'disabled' ? 'user:edit' : 'policy:edit'
}

interface Judged {
  readonly user: UserRow
  readonly decided: Decided | null
  readonly fault: RowVerdict['fault']
}

/** What would be done, user by user in the order given; seats that one takes the next one has not. */
async function rehearse(
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  userIds: readonly UserId[],
  wish: UserWish,
): Promise<z.input<typeof bulkOut>> {
  const users = await inOrder(request.db, tenant, userIds)
  const seats = await freeSeats(request.db, tenant.tenantId)
  const left = new Map(seats)
  const judged = users.map((user): Judged => {
    const decided = decide(user, wish, { ...NOTHING_TAKEN, freeSeats: (sku) => left.get(sku) ?? 0 }, user.userId)
    if (decided.refused !== null) return { user, decided: null, fault: faultOf(decided) }
    for (const sku of decided.added) left.set(sku, (left.get(sku) ?? 0) - 1)
    for (const sku of decided.removed) left.set(sku, (left.get(sku) ?? 0) + 1)
    return { user, decided, fault: null }
  })
  return toWire(deps, request, tenant, { judged, seats, isDryRun: true })
}

/** A wish of a bulk action names no number and no address. */
const NOTHING_TAKEN: Pick<Roster['directory'], 'numberRefusal' | 'isEmailFree' | 'isSipUsernameFree'> = {
  numberRefusal: () => null,
  isEmailFree: () => true,
  isSipUsernameFree: () => true,
}

/** Users of one transaction: while it lasts, calls of the tenant wait for the pools that it changes. */
const AT_ONCE = 20

/** A repetition after a crash finds what was done, and does the rest. */
async function carryOut(
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  userIds: readonly UserId[],
  wish: UserWish,
): Promise<z.input<typeof bulkOut>> {
  const seats = await freeSeats(request.db, tenant.tenantId)
  const judged: Judged[] = []
  for (let from = 0; from < userIds.length; from += AT_ONCE) {
    const part = await inTransaction(request.db, async (tx) => {
      await lockForUsers(tx, tenant.tenantId)
      const done: Judged[] = []
      for (const user of await inOrder(tx, tenant, userIds.slice(from, from + AT_ONCE))) {
        const changed = await changeUser(tx, contextOf(deps, request, tenant), user.userId, wish)
        done.push(
          changed.refused === null
            ? { user: changed.user, decided: changed, fault: null }
            : { user, decided: null, fault: faultOf(changed) },
        )
      }
      return done
    })
    judged.push(...part)
  }
  deps.onDirectoryChange()
  deps.engine.events.emit('changed', [tenant.tenantId])
  return toWire(deps, request, tenant, { judged, seats, isDryRun: false })
}

async function inOrder(db: Queryable, tenant: TenantRow, userIds: readonly UserId[]): Promise<UserRow[]> {
  const found = new Map((await findUsers(db, tenant.tenantId, userIds)).map((user) => [user.userId, user]))
  return userIds.flatMap((id) => found.get(id) ?? [])
}

const faultOf = ({ refused, param, sku }: Exclude<ReturnType<typeof decide>, Decided>): RowVerdict['fault'] => ({
  code: refused,
  column: param,
  cell: '',
  ...(sku === undefined ? {} : { sku }),
})

async function toWire(
  deps: Deps,
  request: FastifyRequest,
  tenant: TenantRow,
  { judged, seats, isDryRun }: { judged: readonly Judged[]; seats: ReadonlyMap<Sku, number>; isDryRun: boolean },
): Promise<z.input<typeof bulkOut>> {
  const verdicts = judged.map(
    ({ user, decided, fault }): RowVerdict => ({
      line: 0,
      userId: user.userId,
      name: user.name,
      verdict: decided === null ? 'error' : decided.isSame ? 'same' : 'change',
      decided,
      fault,
    }),
  )
  return {
    dryRun: isDryRun,
    ...(await effectToWire(request, deps, tenant, { verdicts, seats, isDryRun })),
    results: verdicts.map(({ userId, name, verdict, fault }) => ({
      userId: formatId('user', userId ?? ('' as UserId)),
      name,
      verdict,
      fault: faultToWire(fault, request),
    })),
  }
}

export const faultToWire = (fault: RowVerdict['fault'], request: FastifyRequest): z.input<typeof faultOut> | null =>
  fault && { code: fault.code, column: fault.column, message: faultSentence(fault, languageOf(request)) }

/** What verdicts add up to. After it was done, pools are as they are: only a rehearsal looks ahead. */
export async function effectToWire(
  request: Pick<FastifyRequest, 'db'>,
  deps: Deps,
  tenant: TenantRow,
  {
    verdicts,
    seats,
    isDryRun,
  }: {
    readonly verdicts: readonly RowVerdict[]
    readonly seats: ReadonlyMap<Sku, number>
    readonly isDryRun: boolean
  },
) {
  const { counts, added, removed, missing, pools } = summarise(verdicts)
  const prices = await readSeatPrices(request.db, tenant.currency)
  const now = nowFor(deps, tenant)
  const ahead = await previewPools(request.db, tenant, deps.clock.now(), pools)
  return {
    counts,
    seats: SKUS.filter((sku) => added.has(sku) || removed.has(sku) || missing.has(sku)).map((sku) => {
      const perMonth = seatPriceAt(prices, sku, now)
      const short = missing.get(sku) ?? 0
      return {
        sku,
        free: seats.get(sku) ?? 0,
        added: added.get(sku) ?? 0,
        removed: removed.get(sku) ?? 0,
        missing: short,
        perMonth: perMonth === null ? null : toMoney(perMonth, tenant.currency),
        missingPerMonth:
          perMonth === null ? null : toMoney((perMonth * BigInt(short)) as typeof perMonth, tenant.currency),
      }
    }),
    pools: isDryRun
      ? ahead
      : ahead.map((pool) => {
          const gained = pool.totalAfter - pool.totalBefore
          return {
            ...pool,
            totalBefore: pool.totalBefore - gained,
            totalAfter: pool.totalBefore,
            availableAfter: pool.availableBefore,
            availableBefore: Math.max(0, pool.availableBefore - gained),
          }
        }),
  }
}
