/** `/v1/tenants/{t}/trunks`: the SBCs of a tenant’s own carrier (L4). Without a plan only. */
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatId, type UserId, type Uuid } from '../core/ids.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { isSbcAddress, TRUNKS_MAX, type TrunkTransport, usualSipPort } from '../core/trunk.ts'
import { record } from '../store/audit-log.ts'
import { isUniqueViolation, type Tx } from '../store/db.ts'
import { lockTenant, type TenantRow } from '../store/tenant.ts'
import {
  deleteTrunk,
  findTestCall,
  findTrunk,
  insertTestCall,
  insertTrunk,
  listTestCalls,
  listTrunks,
  setTrunkHa1,
  type TestCallRow,
  type TrunkRow,
  testPhoneOf,
  updateTestCall,
  updateTrunk,
} from '../store/trunk.ts'
import { principalOf } from './auth.ts'
import { idOf, listOf, page } from './contract.ts'
import { cursorOf, pageCursor, pageOfAll } from './cursor.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import {
  testCallBody,
  testCallOut,
  trunkAccessOut,
  trunkBody,
  trunkChanges,
  trunkOut,
  trunkWithPassword,
} from './schema/trunk.ts'
import type { App, Deps, Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const tags = ['trunks']
const trunkParams = tenantParams.extend({ trunkId: idOf<Uuid>('trunk') })
const testParams = tenantParams.extend({ testId: idOf<Uuid>('trunkTestCall') })

/** How long a test call may ring, and how long it is held: long enough to hear that sound comes back. */
const RING_MS = 30_000
const HOLD_MS = 3_000

/** What trunks ask of the switch: see switch/sip.ts. */
export interface TrunkSwitch {
  isOurs(host: string): boolean
  readonly onLoopback: boolean
  readonly address: string
  /** Where SBCs come over TLS, and what we show them; null: nothing listens for it. */
  readonly tls: {
    readonly address: string
    readonly fingerprint: string
    readonly names: readonly string[]
    readonly validTo: Instant
  } | null
  check(trunkId: Uuid): Promise<void>
  testCall(call: {
    readonly username: string
    readonly domain: string
    readonly ha1: string
    readonly number: string
    readonly ringMs: number
    readonly holdMs: number
    readonly onRinging?: () => void
    readonly onAnswered?: () => void
  }): Promise<{
    readonly isAnswered: boolean
    readonly sipStatus: number | null
    readonly sipReason: string
    readonly refusal: string | null
    readonly packets: number
  }>
}

const orNull = (at: Instant | null): string | null => (at === null ? null : formatInstant(at))
const switchOf = (deps: Deps): TrunkSwitch | null => deps.trunks?.() ?? null

const toWire = (deps: Deps, row: TrunkRow, { sipDomain }: TenantRow): z.input<typeof trunkOut> => ({
  id: formatId('trunk', row.trunkId),
  name: row.name,
  mode: row.mode,
  host: row.host,
  port: row.port,
  transport: row.transport,
  certificateName: row.certificateName,
  certificateFingerprint: row.certificateFingerprint,
  username: row.username,
  domain: sipDomain,
  registrar: switchOf(deps)?.address ?? null,
  state: row.state,
  stateAt: formatInstant(row.stateAt),
  askedAt: orNull(row.askedAt),
  answeredAt: orNull(row.answeredAt),
  sipStatus: row.sipStatus,
  sipReason: row.sipReason,
  createdAt: formatInstant(row.createdAt),
})

const testToWire = (row: TestCallRow): z.input<typeof testCallOut> => ({
  id: formatId('trunkTestCall', row.testId),
  number: row.number,
  userId: formatId('user', row.userId),
  actor: row.actor,
  at: formatInstant(row.at),
  state: row.state,
  sipStatus: row.sipStatus,
  sipReason: row.sipReason,
  refusal: row.refusal,
  packets: row.packets,
})

async function trunkOf(
  tx: Parameters<typeof findTrunk>[0],
  tenant: TenantRow,
  trunkId: Uuid | null,
): Promise<TrunkRow> {
  const row = trunkId === null ? null : await findTrunk(tx, tenant.tenantId, trunkId)
  if (!row) throw new Problem('not-found', { param: 'trunkId' })
  return row
}

/** With a plan, calls are ours to carry; where nothing is sold there are none. */
export function assertWithoutPlan(tenant: TenantRow): void {
  if (tenant.licenceType === 'with-calling-plan') throw new Problem('plan-in-country')
  if (tenant.licenceType === 'not-available') throw new Problem('not-available-in-country')
}

/** 422 for an address where no SBC can be: ours, our carriers’, or of this machine. */
function assertAddress(deps: Deps, host: string): void {
  const sip = switchOf(deps)
  const isFit = isSbcAddress(host, { loopback: sip?.onLoopback ?? false }) && !(sip?.isOurs(host) ?? false)
  if (!isFit) throw new Problem('trunk-address-refused', { param: 'host' })
}

/** 422 for TLS where this server has no certificate. */
function assertSpoken(deps: Deps, transport: TrunkTransport): void {
  if (transport === 'tls' && !switchOf(deps)?.tls) throw new Problem('tls-not-offered', { param: 'transport' })
}

const UNIQUE = ['trunk_udp_address', 'trunk_tcp_address', 'trunk_tls_address']
const addressTaken = (error: unknown): never => {
  const isTaken = UNIQUE.some((index) => isUniqueViolation(error, index))
  throw isTaken ? new Problem('trunk-address-taken', { param: 'host' }) : error
}

/** What an SBC is known by after a change: a name in place of a fingerprint or the other way round, and nothing without TLS. */
function certificateAfter(
  before: TrunkRow,
  { transport = before.transport, certificateName, certificateFingerprint }: z.output<typeof trunkChanges>,
): Pick<TrunkRow, 'certificateName' | 'certificateFingerprint'> {
  const isGiven = certificateName !== undefined || certificateFingerprint !== undefined
  if (transport !== 'tls') {
    if (isGiven) throw new Problem('tls-certificate-unknown', { param: 'transport' })
    return { certificateName: null, certificateFingerprint: null }
  }
  if (isGiven) {
    return { certificateName: certificateName ?? null, certificateFingerprint: certificateFingerprint ?? null }
  }
  if (before.transport !== 'tls') throw new Problem('tls-certificate-unknown', { param: 'certificateName' })
  const { certificateName: name, certificateFingerprint: fingerprint } = before
  return { certificateName: name, certificateFingerprint: fingerprint }
}

const newPassword = (): string => randomBytes(18).toString('base64url')
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
const newUsername = (): string => `sbc+${[...randomBytes(10)].map((byte) => ALPHABET[byte % 36]).join('')}`

/** RFC 7616 A1, the digest that SIP registrations are checked with. */
const ha1Of = (username: string, domain: string, password: string): string =>
  createHash('md5').update(`${username}:${domain}:${password}`).digest('hex')

async function audit(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  action: 'trunk.created' | 'trunk.changed' | 'trunk.deleted' | 'trunk.password-renewed',
  { before, after }: { readonly before?: TrunkRow; readonly after?: TrunkRow },
): Promise<void> {
  const subject = after ?? before
  if (!subject) throw new Error('a change of nothing')
  const shape = ({ name, mode, username, host, port, transport, ...row }: TrunkRow) => ({
    name,
    mode,
    username,
    host,
    port,
    transport,
    ...(row.certificateName === null ? {} : { certificateName: row.certificateName }),
    ...(row.certificateFingerprint === null ? {} : { certificateFingerprint: row.certificateFingerprint }),
  })
  await record(tx, {
    id: deps.newId(),
    tenantId: subject.tenantId,
    at: deps.clock.now(),
    actor: principalOf(request).name,
    action,
    subject: formatId('trunk', subject.trunkId),
    before: before && shape(before),
    after: after && shape(after),
  })
}

export const trunkRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/tenants/:tenantId/trunks',
    {
      config: { permission: 'trunk:read' },
      schema: {
        summary: 'SBCs of the tenant’s own carrier, and how they are; calls leave by the first that answers',
        tags,
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(trunkOut) },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const rows = await listTrunks(request.db, tenant.tenantId)
      return pageOfAll(
        rows,
        request.query,
        (row) => row.trunkId,
        (row) => toWire(deps, row, tenant),
      )
    },
  )

  app.post(
    '/v1/tenants/:tenantId/trunks',
    {
      config: { permission: 'trunk:edit' },
      schema: {
        summary:
          'Connect an SBC that registers (its password is in this answer and nowhere else), or one with an address',
        tags,
        params: tenantParams,
        body: trunkBody,
        problems: [
          'plan-in-country',
          'not-available-in-country',
          'trunk-limit-reached',
          'trunk-address-taken',
          'trunk-address-refused',
          'tls-not-offered',
        ],
        response: { 201: trunkWithPassword },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        assertWithoutPlan(tenant)
        await lockTenant(tx, tenant.tenantId)
        if ((await listTrunks(tx, tenant.tenantId)).length >= TRUNKS_MAX) throw new Problem('trunk-limit-reached')
        const { body } = request
        const at = deps.clock.now()
        const place = body.mode === 'address' ? body : null
        if (place) {
          assertAddress(deps, place.host)
          assertSpoken(deps, place.transport)
        }
        const row: TrunkRow = {
          trunkId: deps.newId(),
          tenantId: tenant.tenantId,
          name: body.name,
          mode: body.mode,
          username: body.mode === 'register' ? newUsername() : null,
          host: place?.host ?? null,
          port: place && (place.port ?? usualSipPort(place.transport)),
          transport: place?.transport ?? 'udp',
          certificateName: place?.certificateName ?? null,
          certificateFingerprint: place?.certificateFingerprint ?? null,
          state: body.mode === 'register' ? 'not-registered' : 'unknown',
          stateAt: at,
          askedAt: null,
          answeredAt: null,
          sipStatus: null,
          sipReason: '',
          createdAt: at,
        }
        const password = row.username === null ? null : newPassword()
        const ha1 = row.username === null || password === null ? null : ha1Of(row.username, tenant.sipDomain, password)
        await insertTrunk(tx, row, ha1).catch(addressTaken)
        await audit(tx, deps, request, 'trunk.created', { after: row })
        const made = toWire(deps, row, tenant)
        return { status: 201, body: { ...made, password }, kept: { ...made, password: null } }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/trunk-access',
    {
      config: { permission: 'trunk:read' },
      schema: {
        summary:
          'Where SBCs register and send calls to, over TLS too if this server speaks it, and the certificate that it shows',
        tags,
        params: tenantParams,
        response: { 200: trunkAccessOut },
      },
    },
    async (request) => {
      await tenantOf(request.db, request.params.tenantId)
      const sip = switchOf(deps)
      const tls = sip?.tls ?? null
      return {
        registrar: sip?.address ?? null,
        tls: tls && {
          registrar: tls.address,
          certificateFingerprint: tls.fingerprint,
          certificateNames: [...tls.names],
          certificateValidTo: formatInstant(tls.validTo),
        },
      }
    },
  )

  app.get(
    '/v1/tenants/:tenantId/trunks/:trunkId',
    {
      config: { permission: 'trunk:read' },
      schema: { summary: 'One SBC', tags, params: trunkParams, problems: ['not-found'], response: { 200: trunkOut } },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      return toWire(deps, await trunkOf(request.db, tenant, request.params.trunkId), tenant)
    },
  )

  app.patch(
    '/v1/tenants/:tenantId/trunks/:trunkId',
    {
      config: { permission: 'trunk:edit' },
      schema: {
        summary: 'Another name or another address',
        tags,
        params: trunkParams,
        body: trunkChanges,
        problems: [
          'not-found',
          'trunk-address-taken',
          'trunk-address-refused',
          'tls-not-offered',
          'tls-certificate-unknown',
        ],
        response: { 200: trunkOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const before = await trunkOf(tx, tenant, request.params.trunkId)
        const { name, ...place } = request.body
        const { host, port, transport } = place
        const isMoved = Object.values(place).some((value) => value !== undefined)
        if (isMoved && before.mode === 'register') throw new Problem('trunk-address-refused', { param: 'host' })
        if (host !== undefined) assertAddress(deps, host)
        if (transport !== undefined) assertSpoken(deps, transport)
        const wanted = {
          ...before,
          name: name ?? before.name,
          host: host ?? before.host,
          port: port ?? before.port,
          transport: transport ?? before.transport,
          ...certificateAfter(before, place),
        }
        await updateTrunk(tx, wanted, deps.clock.now()).catch(addressTaken)
        await audit(tx, deps, request, 'trunk.changed', { before, after: wanted })
        return { status: 200, body: toWire(deps, await trunkOf(tx, tenant, before.trunkId), tenant) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.delete(
    '/v1/tenants/:tenantId/trunks/:trunkId',
    {
      config: { permission: 'trunk:edit' },
      schema: {
        summary: 'Disconnect an SBC; calls in progress go on',
        tags,
        params: trunkParams,
        problems: ['not-found'],
        response: { 200: trunkOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const before = await trunkOf(tx, tenant, request.params.trunkId)
        await deleteTrunk(tx, before.trunkId)
        await audit(tx, deps, request, 'trunk.deleted', { before })
        return { status: 200, body: toWire(deps, before, tenant) }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.post(
    '/v1/tenants/:tenantId/trunks/:trunkId/renew-password',
    {
      config: { permission: 'trunk:edit' },
      schema: {
        summary: 'A new password for an SBC that registers; the former one opens nothing from its next registration on',
        tags,
        params: trunkParams,
        problems: ['not-found'],
        response: { 200: trunkWithPassword },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const tenant = await tenantOf(tx, request.params.tenantId)
        const row = await trunkOf(tx, tenant, request.params.trunkId)
        if (row.username === null) throw new Problem('not-found', { param: 'trunkId' })
        const password = newPassword()
        await setTrunkHa1(tx, row.trunkId, ha1Of(row.username, tenant.sipDomain, password))
        await audit(tx, deps, request, 'trunk.password-renewed', { after: row })
        const made = toWire(deps, row, tenant)
        return { status: 200, body: { ...made, password }, kept: { ...made, password: null } }
      })
      deps.onDirectoryChange()
      return answer
    },
  )

  app.post(
    '/v1/tenants/:tenantId/trunks/:trunkId/check',
    {
      config: { permission: 'trunk:edit', once: false },
      schema: {
        summary: 'Ask the SBC now whether it is there (OPTIONS); waits up to 4 seconds for its answer',
        tags,
        params: trunkParams,
        problems: ['not-found', 'switch-away'],
        response: { 200: trunkOut },
      },
    },
    async (request) => {
      const tenant = await tenantOf(request.db, request.params.tenantId)
      const row = await trunkOf(request.db, tenant, request.params.trunkId)
      const sip = switchOf(deps)
      if (sip === null) throw new Problem('switch-away')
      await sip.check(row.trunkId)
      return toWire(deps, await trunkOf(request.db, tenant, row.trunkId), tenant)
    },
  )

  registerTestCalls(app, deps)
}

function registerTestCalls(app: App, deps: Deps): void {
  app.post(
    '/v1/tenants/:tenantId/trunk-test-calls',
    {
      config: { permission: 'trunk:edit' },
      schema: {
        summary:
          'Call a number as one of the tenant’s users would: same licence, same policy, same trunk, and it is recorded',
        tags,
        params: tenantParams,
        body: testCallBody,
        problems: ['user-not-found', 'no-trunk-in-service', 'switch-away'],
        response: { 202: testCallOut },
      },
    },
    async (request, reply) => {
      const sip = switchOf(deps)
      if (sip === null) throw new Problem('switch-away')
      let begun: {
        readonly row: TestCallRow
        readonly phone: NonNullable<Awaited<ReturnType<typeof testPhoneOf>>>
      } | null = null
      const answer = await change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        const { number, userId } = request.body
        const phone = await testPhoneOf(tx, tenantId, userId ?? null)
        // Nobody without a plan who has a telephone and a licence could make this call.
        if (!phone || userId === null) throw new Problem('user-not-found', { param: 'userId' })
        const isUp = (await listTrunks(tx, tenantId)).some(({ state }) => state === 'up' || state === 'unknown')
        if (!isUp) throw new Problem('no-trunk-in-service')
        const row: TestCallRow = {
          testId: deps.newId(),
          tenantId,
          userId: phone.userId,
          number,
          actor: principalOf(request).name,
          at: deps.clock.now(),
          state: 'calling',
          sipStatus: null,
          sipReason: '',
          refusal: null,
          packets: 0,
        }
        await insertTestCall(tx, row)
        await record(tx, {
          id: deps.newId(),
          tenantId,
          at: row.at,
          actor: row.actor,
          action: 'trunk.test-call',
          subject: formatId('trunkTestCall', row.testId),
          after: { number, user: formatId('user', phone.userId) },
        })
        begun = { row, phone }
        return { status: 202, body: testToWire(row) }
      })
      if (begun !== null) void runTestCall(deps, sip, begun)
      return answer
    },
  )

  app.get(
    '/v1/tenants/:tenantId/trunk-test-calls',
    {
      config: { permission: 'trunk:read' },
      schema: {
        summary: 'Test calls, newest first',
        tags,
        params: tenantParams,
        querystring: z.strictObject(page),
        response: { 200: listOf(testCallOut) },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { limit, cursor } = request.query
      const rows = await listTestCalls(request.db, tenantId, limit + 1, cursorOf(cursor))
      return pageCursor(rows, limit, (row) => row.testId, testToWire)
    },
  )

  app.get(
    '/v1/tenants/:tenantId/trunk-test-calls/:testId',
    {
      config: { permission: 'trunk:read' },
      schema: {
        summary: 'How a test call goes, and how it went',
        tags,
        params: testParams,
        problems: ['not-found'],
        response: { 200: testCallOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { testId } = request.params
      const row = testId === null ? null : await findTestCall(request.db, tenantId, testId)
      if (!row) throw new Problem('not-found', { param: 'testId' })
      return testToWire(row)
    },
  )
}

/** After the answer: the call itself, written down step by step. What goes wrong on our side is a call that failed. */
async function runTestCall(
  deps: Deps,
  sip: TrunkSwitch,
  {
    row,
    phone,
  }: {
    readonly row: TestCallRow
    readonly phone: {
      readonly userId: UserId
      readonly username: string
      readonly domain: string
      readonly ha1: string
    }
  },
): Promise<void> {
  const write = (changes: Partial<TestCallRow>): Promise<void> =>
    updateTestCall(deps.db, { ...row, ...changes }).catch(() => undefined)
  let writing = Promise.resolve()
  const step = (state: TestCallRow['state']) => (): void => {
    writing = writing.then(() => write({ state }))
  }
  const { username, domain, ha1 } = phone
  const { number } = row
  try {
    const how = { ringMs: RING_MS, holdMs: HOLD_MS, onRinging: step('ringing'), onAnswered: step('talking') }
    const { isAnswered, ...result } = await sip.testCall({ username, domain, ha1, number, ...how })
    await writing
    await write({ ...result, state: isAnswered ? 'answered' : 'failed' })
  } catch {
    await writing
    await write({ state: 'failed' })
  }
}
