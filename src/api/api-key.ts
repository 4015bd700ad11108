/**
 * `…/api-keys`: each switch has a key of its own, each tenant as many as it wants. The secret is shown once. A key is rolled without
 * a gap: for a while both secrets count.
 */
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AuditAct } from '../core/audit-act.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import type { Permission } from '../core/permission.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import { type ApiKeyRow, endFormerSecret, listApiKeys, lockApiKey, revokeApiKey, rollApiKey } from '../store/api-key.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable, Tx } from '../store/db.ts'
import { addKey, hashSecret, newSecret, principalOf } from './auth.ts'
import { idOf, listOf, page } from './contract.ts'
import { cursorOf, pageCursor } from './cursor.ts'
import { type Answer, change } from './idempotency.ts'
import { secondsAfter } from './open-session.ts'
import { Problem } from './problem.ts'
import { keyOut, newKeyBody, newKeyOut, newTenantKeyBody, rollBody } from './schema/api-key.ts'
import type { App, Deps, Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

/** Keys are kept by the operator, all of them, and by each tenant, its own. */
interface Place {
  readonly path: string
  readonly of: string
  readonly read: Permission
  readonly edit: Permission
  readonly params: z.ZodObject
}

const INSTALLATION: Place = {
  path: '/v1/api-keys',
  of: '',
  read: 'api-key:read',
  edit: 'api-key:edit',
  params: z.object({}),
}
const TENANT: Place = {
  path: '/v1/tenants/:tenantId/api-keys',
  of: ' of the tenant',
  read: 'tenant-key:read',
  edit: 'tenant-key:edit',
  params: tenantParams,
}

const tags = ['api keys']

const toWire = (key: ApiKeyRow): z.input<typeof keyOut> => ({
  id: formatId('apiKey', key.keyId),
  name: key.name,
  scopes: [...key.scopes],
  tenantId: key.tenantId && formatId('tenant', key.tenantId),
  createdAt: formatInstant(key.createdAt),
  expiresAt: key.expiresAt && formatInstant(key.expiresAt),
  revokedAt: key.revokedAt && formatInstant(key.revokedAt),
  lastUsedAt: key.lastUsedAt && formatInstant(key.lastUsedAt),
  former: key.formerUntil && {
    until: formatInstant(key.formerUntil),
    lastUsedAt: key.formerUsedAt && formatInstant(key.formerUsedAt),
  },
})

/** The answer with the secret; what is kept for a repeated request goes without. */
const withSecret = (status: number, key: ApiKeyRow, secret: string): Answer => ({
  status,
  body: { ...toWire(key), secret },
  kept: { ...toWire(key), secret: null },
})

export const apiKeyRoutes: Routes = (app, deps) => {
  registerMaking(app, deps)
  for (const place of [INSTALLATION, TENANT]) {
    registerList(app, place)
    registerChanges(app, deps, place)
  }
}

function registerMaking(app: App, deps: Deps): void {
  app.post(
    INSTALLATION.path,
    {
      config: { permission: INSTALLATION.edit },
      schema: {
        summary: 'Make an API key',
        tags,
        body: newKeyBody,
        problems: ['tenant-unknown'],
        response: { 201: newKeyOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { body } = request
        const tenantId = body.tenantId === undefined ? null : (await tenantOf(tx, body.tenantId)).tenantId
        // A tenant's key without a tenant would be an operator's.
        if (tenantId === null && body.scopes.some((scope) => scope !== 'switch')) {
          throw new Problem('invalid-request', {
            param: 'tenantId',
            detail: {
              en: 'Only keys with no other scope than `switch` go without a tenant.',
              fr: 'Seules les clés limitées à `switch` peuvent se passer de client.',
            },
          })
        }
        return makeKey(tx, deps, request, { ...body, tenantId })
      }),
  )

  app.post(
    TENANT.path,
    {
      config: { permission: TENANT.edit },
      schema: {
        summary: 'Make an API key of the tenant',
        tags,
        params: tenantParams,
        body: newTenantKeyBody,
        response: { 201: newKeyOut },
      },
    },
    (request, reply) =>
      change(deps, request, reply, async (tx) => {
        const { tenantId } = await tenantOf(tx, request.params.tenantId)
        return makeKey(tx, deps, request, { ...request.body, tenantId })
      }),
  )
}

function registerList(app: App, place: Place): void {
  app.get(
    place.path,
    {
      config: { permission: place.read },
      schema: {
        summary: `API keys${place.of}, newest first, revoked ones too`,
        tags,
        params: place.params,
        querystring: z.strictObject(page),
        response: { 200: listOf(keyOut) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const tenantId = await ownerOf(request.db, request.params)
      const rows = await listApiKeys(request.db, tenantId, limit + 1, cursorOf(cursor))
      return pageCursor(rows, limit, (row) => row.keyId, toWire)
    },
  )
}

function registerChanges(app: App, deps: Deps, place: Place): void {
  const params = place.params.extend({ keyId: idOf<Uuid>('apiKey') })

  app.post(
    `${place.path}/:keyId/roll`,
    {
      config: { permission: place.edit },
      schema: {
        summary: `Give an API key${place.of} a new secret; the one of today counts for a while longer`,
        tags,
        params,
        body: rollBody,
        problems: ['not-found', 'api-key-ended', 'own-api-key'],
        response: { 200: newKeyOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const { overlapSeconds, expiresAt } = request.body
        const before = await keyOf(tx, request)
        const at = deps.clock.now()
        if (hasEnded(before, at)) throw new Problem('api-key-ended', { param: 'keyId' })
        // An answer that gets lost would lock its own reader out.
        if (isOwn(request, before) && overlapSeconds === 0)
          throw new Problem('own-api-key', { param: 'overlapSeconds' })
        const expires = expiresAt === undefined ? before.expiresAt : expiresAt
        if (expiresAt) checkExpiry(before.scopes, expiresAt, at)
        const secret = secretFor(before.scopes)
        const formerUntil = secondsAfter(at, overlapSeconds)
        await rollApiKey(tx, before.keyId, { secretHash: hashSecret(secret), formerUntil, expiresAt: expires })
        const after = { ...before, expiresAt: expires, formerUntil, formerUsedAt: before.lastUsedAt }
        await recordKey(tx, deps, request, 'api-key.rolled', after, before)
        return withSecret(200, after, secret)
      })
      deps.keys.forget()
      return answer
    },
  )

  app.delete(
    `${place.path}/:keyId/former-secret`,
    {
      config: { permission: place.edit },
      schema: {
        summary: `End the former secret of an API key${place.of} before its time`,
        tags,
        params,
        problems: ['not-found'],
        response: { 200: keyOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const before = await keyOf(tx, request)
        const at = deps.clock.now()
        if (before.formerUntil === null || before.formerUntil <= at) return { status: 200, body: toWire(before) }
        const after = { ...before, formerUntil: at }
        await endFormerSecret(tx, before.keyId, at)
        await recordKey(tx, deps, request, 'api-key.former-ended', after, before)
        return { status: 200, body: toWire(after) }
      })
      deps.keys.forget()
      return answer
    },
  )

  app.delete(
    `${place.path}/:keyId`,
    {
      config: { permission: place.edit },
      schema: {
        summary: `Revoke an API key${place.of}`,
        tags,
        params,
        problems: ['not-found', 'own-api-key'],
        response: { 200: keyOut },
      },
    },
    async (request, reply) => {
      const answer = await change(deps, request, reply, async (tx) => {
        const before = await keyOf(tx, request)
        // Whoever revokes the last key of the operator has nobody left to ask.
        if (isOwn(request, before)) throw new Problem('own-api-key', { param: 'keyId' })
        const at = deps.clock.now()
        const after = { ...before, revokedAt: before.revokedAt ?? at }
        if (before.revokedAt === null) {
          await revokeApiKey(tx, before.keyId, at)
          await recordKey(tx, deps, request, 'api-key.revoked', after, before)
        }
        return { status: 200, body: toWire(after) }
      })
      deps.keys.forget()
      return answer
    },
  )
}

type KeyParams = { readonly tenantId?: TenantId | null; readonly keyId?: Uuid | null }

/** The tenant of the path; null: the path names none. */
async function ownerOf(db: Queryable, params: unknown): Promise<TenantId | null> {
  const { tenantId } = params as KeyParams
  return tenantId === undefined ? null : (await tenantOf(db, tenantId)).tenantId
}

async function keyOf(tx: Tx, request: FastifyRequest): Promise<ApiKeyRow> {
  const { keyId } = request.params as KeyParams
  const tenantId = await ownerOf(tx, request.params)
  const key = keyId ? await lockApiKey(tx, tenantId, keyId) : null
  if (!key) throw new Problem('not-found', { param: 'keyId' })
  return key
}

const isOwn = (request: FastifyRequest, key: ApiKeyRow): boolean => key.keyId === principalOf(request).keyId

const hasEnded = ({ revokedAt, expiresAt }: ApiKeyRow, at: Instant): boolean =>
  revokedAt !== null || (expiresAt !== null && expiresAt <= at)

/** The prefix says what a key opens. */
const secretFor = (scopes: readonly string[]): string =>
  newSecret(scopes.includes('operator') ? 'op' : scopes.includes('switch') ? 'sw' : 'key')

function checkExpiry(scopes: readonly string[], expiresAt: Instant, at: Instant): void {
  const param = 'expiresAt'
  if (expiresAt <= at) {
    throw new Problem('invalid-request', { param, detail: { en: 'A time to come.', fr: 'Un moment à venir.' } })
  }
  // The installation would be left without anybody who may ask.
  if (scopes.includes('operator')) {
    const detail = { en: 'The operator’s key does not expire.', fr: 'La clé de l’exploitant n’expire pas.' }
    throw new Problem('invalid-request', { param, detail })
  }
}

async function makeKey(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  wish: {
    readonly name: string
    readonly scopes: z.output<typeof newKeyBody>['scopes']
    readonly tenantId: TenantId | null
    readonly expiresAt?: Instant | undefined
  },
): Promise<Answer> {
  const { name, scopes, tenantId, expiresAt = null } = wish
  const at = deps.clock.now()
  if (expiresAt !== null) checkExpiry(scopes, expiresAt, at)
  const secret = secretFor(scopes)
  const key: ApiKeyRow = {
    keyId: deps.newId(),
    name,
    tenantId,
    scopes,
    createdAt: at,
    expiresAt,
    revokedAt: null,
    lastUsedAt: null,
    formerUntil: null,
    formerUsedAt: null,
  }
  await addKey(tx, { id: key.keyId, name, secret, tenantId, scopes, expiresAt, at })
  await recordKey(tx, deps, request, 'api-key.created', key)
  return withSecret(201, key, secret)
}

function recordKey(
  tx: Tx,
  deps: Deps,
  request: FastifyRequest,
  action: AuditAct,
  after: ApiKeyRow,
  before?: ApiKeyRow,
): Promise<void> {
  return record(tx, {
    id: deps.newId(),
    tenantId: after.tenantId,
    at: deps.clock.now(),
    actor: principalOf(request).name,
    action,
    subject: formatId('apiKey', after.keyId),
    ...(before && { before: toWire(before) }),
    after: toWire(after),
  })
}
