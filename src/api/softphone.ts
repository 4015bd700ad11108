/**
 * The browser as a telephone: a name and password of its own, good for minutes, and a WebSocket through this server to our switch. One
 * port and one TLS certificate do; who may open it, the session says, and when that is over it is closed.
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { z } from 'zod'
import { formatId, type UserId, type Uuid } from '../core/ids.ts'
import { liveCallOf } from '../core/live-call.ts'
import { micros } from '../core/money.ts'
import { poolFigures, poolName } from '../core/pool.ts'
import { formatInstant, instant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Tx } from '../store/db.ts'
import { listOpenCallsOf } from '../store/live-call.ts'
import { sessionsOver } from '../store/person-session.ts'
import { findPool } from '../store/pool.ts'
import { userByEmail } from '../store/price.ts'
import type { TenantRow } from '../store/tenant.ts'
import { setSipName, type UserRow } from '../store/user.ts'
import { readWallet } from '../store/wallet.ts'
import { assertOwnPage, principalOf, sessionOf } from './auth.ts'
import { type By, by } from './by.ts'
import { classification } from './call.ts'
import { timeOut } from './contract.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import type { App, Deps, Routes } from './server.ts'
import { makeSoftphoneSockets } from './softphone-socket.ts'
import { nowFor, tenantOf, tenantParams } from './tenant.ts'
import { registerTestCalls } from './test-call.ts'
import { userOf } from './user.ts'

/** The switch as far as browsers are its telephones. */
export interface SoftphoneSwitch {
  issue(
    sessionId: Uuid,
    domain: string,
  ): { readonly username: string; readonly password: string; readonly expiresAt: number }
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

const credentialOut = z
  .object({
    address: z.string().meta({
      description: '`sip:` address that rings: the user’s, or for somebody without a telephone here one of its own',
    }),
    domain: z.string(),
    username: z.string().meta({ description: 'For the digest: not the user’s own name' }),
    password: z.string(),
    expiresAt: timeOut.meta({ description: 'Ask again before: calls in progress go on' }),
    path: z.string().meta({ description: 'The WebSocket, at this server' }),
    mayCall: z
      .boolean()
      .meta({ description: 'false: no telephone here has this e-mail address, so it can only be tested' }),
  })
  .meta({ id: 'Softphone' })

const ownCallOut = z.object({
  id: z.string(),
  direction: z.enum(['in', 'out', 'conference-out']),
  callingNumber: z.string().nullable(),
  calledNumber: z.string(),
  classification,
  charged: z.boolean(),
  startedAt: timeOut,
  answeredAt: timeOut.nullable(),
  source: z
    .string()
    .nullable()
    .meta({ description: 'Who pays for the next second: `pool:…` or `wallet`; null: nobody has to' }),
  spokenSeconds: z.number().int().meta({ description: 'What the switch has reported so far' }),
  fundsForSeconds: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'How much longer than that the funds pay if nobody else calls; null: the call needs none' }),
})

export const softphoneRoutes: Routes = (app, deps) => {
  const sockets = makeSoftphoneSockets((ids) => sessionsOver(deps.db, ids, deps.clock.now()))
  app.addHook('onClose', async () => sockets.close())
  registerTestCalls(app, deps, sockets)
  takeUpgrades(app)

  app.post(
    '/v1/tenants/:tenantId/softphone',
    {
      config: { permission: 'me:edit', once: false },
      schema: {
        summary:
          'Make this browser a telephone: a name and a password for its WebSocket, good for ten minutes and this session',
        tags: ['your account'],
        params: tenantParams,
        problems: ['softphone-unavailable'],
        response: { 200: credentialOut },
      },
    },
    async (request, reply) => {
      const { sessionId } = sessionOf(request)
      const lines = switchOf(deps)
      let isNew = false
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const user = await ownUser(tx, tenant, principalOf(request).name)
        isNew = user !== null && user.sipUsername === null
        const name = user && (user.sipUsername ?? (await nameTelephone(tx, by(deps, request), tenant, user)))
        const { username, password, expiresAt } = lines.issue(sessionId, tenant.sipDomain)
        return {
          status: 200,
          body: {
            address: `sip:${name ?? username}@${tenant.sipDomain}`,
            domain: tenant.sipDomain,
            username,
            password,
            expiresAt: formatInstant(instant(expiresAt)),
            path: `/v1/tenants/${formatId('tenant', tenant.tenantId)}/softphone`,
            mayCall: name !== null,
          },
        }
      })
      if (isNew) deps.onDirectoryChange()
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/softphone',
    { config: { permission: 'me:edit' }, schema: { hide: true, params: tenantParams } },
    async (request, reply) => {
      assertOwnPage(request, deps.access, true)
      const { sessionId } = sessionOf(request)
      const { upgrade, 'sec-websocket-protocol': protocol = '' } = request.headers
      const line = upgrades.get(request.raw)
      const isSip = protocol.split(',').some((name) => name.trim() === 'sip')
      if (!line || upgrade?.toLowerCase() !== 'websocket' || !isSip) throw new Problem('upgrade-required')
      const to = switchOf(deps)
      reply.hijack()
      reply.raw.detachSocket(line)
      sockets.accept(request.raw, line, sessionId, to)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/my-phone/calls',
    {
      config: { permission: 'me:read' },
      schema: {
        summary: 'Your own calls in progress, and how long each is paid for',
        tags: ['your account'],
        params: tenantParams,
        problems: ['user-not-found'],
        response: { 200: z.object({ data: z.array(ownCallOut) }) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const email = principalOf(request).session?.email
      const userId = email === undefined ? null : await userByEmail(request.db, tenant.tenantId, email)
      if (userId === null) throw new Problem('user-not-found')
      return { data: await ownCalls(deps, request.db, tenant, userId) }
    },
  )
}

function switchOf(deps: Deps): SoftphoneSwitch {
  const found = deps.softphones?.() ?? null
  if (found === null) throw new Problem('softphone-unavailable')
  return found
}

async function ownUser(tx: Tx, { tenantId }: TenantRow, email: string): Promise<UserRow | null> {
  const userId = await userByEmail(tx, tenantId, email)
  return userId === null ? null : userOf(tx, tenantId, userId)
}

/** Somebody who never had a telephone: their user gets a SIP name, which nobody has a password for. */
export async function nameTelephone(
  tx: Tx,
  { newId, clock, actor }: By,
  { tenantId }: TenantRow,
  { userId, email }: UserRow,
): Promise<string> {
  const wished = (email ?? '')
    .split('@')[0]
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, '')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
  const name = await setSipName(tx, userId, [...(wished ? [wished.slice(0, 40)] : []), `phone-${userId.slice(-12)}`])
  await record(tx, {
    id: newId(),
    tenantId,
    at: clock.now(),
    actor,
    action: 'user.telephone-named',
    subject: formatId('user', userId),
    after: { sipUsername: name },
  })
  return name
}

async function ownCalls(deps: Deps, db: Deps['db'], tenant: TenantRow, userId: UserId) {
  const open = await listOpenCallsOf(db, tenant.tenantId, userId)
  if (open.length === 0) return []
  const now = nowFor(deps, tenant)
  const wallet = await readWallet(db, tenant.tenantId, now)
  return Promise.all(
    open.map(async ({ call, switchId }) => {
      const name = call.pool && call.grantMonth ? poolName(call.pool, call.grantMonth) : null
      const pool = name === null ? null : await findPool(db, tenant.tenantId, name)
      const free = wallet.available > 0n ? wallet.available : micros(0n)
      const live = liveCallOf(call, {
        currency: tenant.currency,
        userName: null,
        calledName: null,
        answeredAt: null,
        tellsOfAnswer: deps.switchControl?.switchId === switchId,
        poolFree: () => (pool ? Math.max(0, poolFigures(pool, now).availableSeconds) : 0),
        walletFree: free,
      })
      return {
        id: live.id,
        direction: live.direction,
        callingNumber: live.callingNumber,
        calledNumber: live.calledNumber,
        classification: live.classification,
        charged: live.charged,
        startedAt: live.startedAt,
        answeredAt: live.answeredAt,
        source: live.grant?.slices.at(-1)?.source ?? null,
        spokenSeconds: live.spokenSeconds,
        fundsForSeconds: live.fundsForSeconds,
      }
    }),
  )
}

/** The line under a request that asks for another protocol. */
const upgrades = new WeakMap<IncomingMessage, Socket>()

/**
 * Node leaves requests with `Upgrade` to a listener: they go the way of all others, through authentication and to their route, which
 * takes the line over or answers as always.
 */
function takeUpgrades(app: App): void {
  app.server.on('upgrade', (request: IncomingMessage, line: Socket) => {
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    upgrades.set(request, line)
    line.on('error', () => line.destroy())
    response.assignSocket(line)
    response.on('finish', () => line.end())
    app.routing(request, response)
  })
}
