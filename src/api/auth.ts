/** Who asks, and may they? A bearer token (API key) or a cookie (a person's session); one table of permissions for both. */
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { hashToken } from '../access/secret.ts'
import type { Clock } from '../core/clock.ts'
import { parseId, type SwitchId, type TenantId, type Uuid } from '../core/ids.ts'
import { OWN_ACCOUNT, type Permission, permissionsOf, SCOPES, type Scope } from '../core/permission.ts'
import { type Instant, instant } from '../core/time.ts'
import { type FoundKey, findBySecret, keyUsed, USE_WRITTEN_EVERY_MS } from '../store/api-key.ts'
import { asTenant, type Db, type Queryable } from '../store/db.ts'
import { findSession, isSeenLongAgo, type LiveSession, sessionSeen } from '../store/person-session.ts'
import { Problem } from './problem.ts'

export { SCOPES, type Scope }

export interface Principal {
  /** The key, or the person: whose idempotency keys these are. */
  readonly keyId: Uuid
  /** For the audit log: the name of a key, the e-mail address of a person. */
  readonly name: string
  /** The tenant that a key is bound to; null: not bound to one, or a person, who is asked about at each place. */
  readonly tenantId: TenantId | null
  readonly scopes: readonly Scope[]
  /** What they may do at the place that this request is about. */
  readonly permissions: ReadonlySet<Permission>
  /** Null: an API key. */
  readonly session: LiveSession | null
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null
    /** The database as this request may see it: of a tenant in the path that tenant's rows alone (docs/decisions/0006). */
    db: Db
  }
  interface FastifyContextConfig {
    /** Routes that need neither key nor session: health, the page, the description, signing in. */
    public?: boolean
    /** What it takes to ask this. A route that is not public and names nothing is open to nobody. */
    permission?: Permission
    /** Fields of the body that take another permission than the rest of it. */
    fields?: Readonly<Record<string, Permission>>
    /** A POST that takes no `Idempotency-Key`: its answer holds a secret, or asking twice is meant. */
    once?: false
  }
}

const CACHED_MS = 5_000
const CACHED_MAX = 10_000

export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** `rf_op_…`: a prefix that says what it opens, then 256 random bits. */
export const newSecret = (kind: 'op' | 'sw' | 'key'): string => `rf_${kind}_${randomBytes(32).toString('base64url')}`

/** The keys of the installation. A look-up is kept for a few seconds: a switch asks thousands of times a second. */
export class KeyRing {
  private readonly cached = new Map<string, CachedKey>()
  private readonly db: Db

  constructor(db: Db) {
    this.db = db
  }

  async find(secret: string): Promise<Principal | null> {
    const hash = hashSecret(secret)
    const now = Date.now()
    const known = this.cached.get(hash)
    const key = known && known.until > now ? known : await this.lookUp(hash, now)
    if (key === null) return null
    if (now - key.usedAt >= USE_WRITTEN_EVERY_MS) {
      key.usedAt = now
      // Nobody waits for it, and a use that is not written down opens and shuts nothing.
      keyUsed(this.db, key.found, instant(now)).catch(() => undefined)
    }
    return key.principal
  }

  private async lookUp(hash: string, now: number): Promise<CachedKey | null> {
    const found = await findBySecret(this.db, hash)
    // Unknown keys are not kept: whoever guesses must not fill our memory.
    if (found === null || (found.until !== null && found.until <= now)) return null
    if (this.cached.size >= CACHED_MAX) this.cached.clear()
    const usedAt = this.cached.get(hash)?.usedAt ?? 0
    const until = Math.min(now + CACHED_MS, found.until ?? Infinity)
    const key = { principal: principalOfKey(found), found, until, usedAt }
    this.cached.set(hash, key)
    return key
  }

  /** A key was revoked: every key is looked up again. */
  forget(): void {
    this.cached.clear()
  }
}

interface CachedKey {
  readonly principal: Principal
  readonly found: FoundKey
  readonly until: number
  /** When a use was last written down. */
  usedAt: number
}

function principalOfKey({ keyId, name, tenantId, scopes: names }: FoundKey): Principal {
  const scopes = SCOPES.filter((scope) => names.includes(scope))
  const permissions = permissionsOf(scopes.map((scope) => `key:${scope}` as const))
  return { keyId, name, tenantId, scopes, permissions, session: null }
}

interface NewKey {
  readonly id: Uuid
  readonly name: string
  readonly secret: string
  readonly tenantId: TenantId | null
  readonly scopes: readonly Scope[]
  /** Absent or null: it does not expire. */
  readonly expiresAt?: Instant | null
  readonly at: Instant
}

/** Stores a key by its hash. The same secret again changes nothing, nor does one that was rolled away. */
export async function addKey(db: Queryable, key: NewKey): Promise<void> {
  await db.execute(
    `INSERT INTO api_key (key_id, name, secret_hash, tenant_id, scopes, created_at, expires_at)
     SELECT $1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7::bigint / 1000.0)
     WHERE NOT EXISTS (SELECT FROM api_key WHERE former_hash = $3) ON CONFLICT (secret_hash) DO NOTHING`,
    [key.id, key.name, hashSecret(key.secret), key.tenantId, [...key.scopes], key.at, key.expiresAt ?? null],
  )
}

export interface Doors {
  readonly db: Db
  readonly clock: Clock
  readonly keys: KeyRing
  /** Absent: only API keys open anything. */
  readonly access?: Access
}

/** Another tenant's things do not exist for a tenant's key, and a tenant where a person holds no role does not exist for them. */
export function authenticate(doors: Doors) {
  return async (request: FastifyRequest): Promise<void> => {
    request.principal = null
    const tenantId = tenantIdOf(request)
    request.db = tenantId ? asTenant(doors.db, tenantId) : doors.db
    const config = request.routeOptions.config
    if (config.public || request.is404) return
    const principal = await identify(doors, request)
    if (!principal) throw new Problem('unauthorized')
    if (principal.session !== null && !isSafe(request.method)) assertOwnPage(request, doors.access, true)
    request.principal = principal
    if (isStranger(principal, request)) throw new Problem('tenant-unknown')
    if (!mayAsk(principal, request)) throw new Problem('forbidden')
  }
}

/** After the body was read: fields that take a permission of their own. */
export async function authoriseFields(request: FastifyRequest): Promise<void> {
  const { permission, fields } = request.routeOptions.config
  const { body, principal } = request
  if (fields === undefined || permission === undefined || principal === null) return
  if (typeof body !== 'object' || body === null) return
  for (const [field, value] of Object.entries(body)) {
    if (value !== undefined && !principal.permissions.has(fields[field] ?? permission)) {
      throw new Problem('forbidden', { param: field })
    }
  }
}

/** Would the same request still be let in? For answers that go on for hours. */
export async function mayStill(doors: Doors, request: FastifyRequest): Promise<boolean> {
  const principal = await identify(doors, request)
  return principal !== null && !isStranger(principal, request) && mayAsk(principal, request)
}

/** What the same request could do now; null when it would not be let in. For answers that go on for hours. */
export async function permissionsNow(doors: Doors, request: FastifyRequest): Promise<ReadonlySet<Permission> | null> {
  const principal = await identify(doors, request)
  const isIn = principal !== null && !isStranger(principal, request) && mayAsk(principal, request)
  return isIn ? principal.permissions : null
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

async function identify(doors: Doors, request: FastifyRequest): Promise<Principal | null> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const match = /^Bearer ([\x21-\x7e]{1,512})$/.exec(authorization)
    return match?.[1] === undefined ? null : doors.keys.find(match[1])
  }
  const secret = doors.access && sessionSecretOf(request, doors.access)
  return secret === undefined ? null : principalOfSession(doors, secret, tenantIdOf(request))
}

/** The tenant of the path: undefined when it names none, null when it names one that cannot be. */
function tenantIdOf(request: FastifyRequest): TenantId | null | undefined {
  const { tenantId } = (request.params ?? {}) as { tenantId?: string }
  return tenantId === undefined ? undefined : (parseId('tenant', tenantId) as TenantId | null)
}

async function principalOfSession(
  { db, clock }: Doors,
  secret: string,
  tenantId: TenantId | null | undefined,
): Promise<Principal | null> {
  const now = clock.now()
  const session = await findSession(db, hashToken(secret), tenantId ?? null, now)
  if (!session) return null
  if (isSeenLongAgo(session, now)) await sessionSeen(db, session.sessionId, now)
  return {
    keyId: session.personId,
    name: session.email,
    tenantId: null,
    scopes: [],
    permissions: new Set([...OWN_ACCOUNT, ...permissionsOf(session.roles)]),
    session,
  }
}

/** A person without a role at the tenant of the path, or the key of another one. */
function isStranger({ session, tenantId }: Principal, request: FastifyRequest): boolean {
  const asked = tenantIdOf(request)
  if (asked === undefined) return false
  return session === null ? tenantId !== null && asked !== tenantId : session.roles.length === 0
}

function mayAsk({ permissions }: Principal, request: FastifyRequest): boolean {
  const { permission, fields = {} } = request.routeOptions.config
  if (permission === undefined) return false
  return permissions.has(permission) || Object.values(fields).some((other) => permissions.has(other))
}

/** What the browser shows of a session. */
export const sessionSecretOf = (request: FastifyRequest, access: Access): string | undefined =>
  request.cookies[access.cookieName]

/**
 * A browser sends its cookies with requests that other sites made. What changes something must come from a page of ours: `Origin`
 * is ours, or the browser says `same-origin`. `strictly`: a request that says neither is refused as well.
 */
export function assertOwnPage(request: FastifyRequest, access: Access | undefined, strictly = false): void {
  const { origin, host, 'sec-fetch-site': site } = request.headers
  const isOwn =
    origin === undefined
      ? site === 'same-origin' || (site === undefined && !strictly)
      : origin === access?.publicUrl.origin || hostOf(origin) === host
  if (!isOwn) throw new Problem('cross-site-request')
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)

/** Does the one who asks hold this permission too? */
export const may = (request: FastifyRequest, permission: Permission): boolean =>
  principalOf(request).permissions.has(permission)

/** The session of whoever asks; keys have none. */
export function sessionOf(request: FastifyRequest): LiveSession {
  const { session } = principalOf(request)
  if (session === null) throw new Problem('forbidden')
  return session
}

/** The switch that a key stands for: session ids are unique per key. */
export const switchOf = (request: FastifyRequest): SwitchId => principalOf(request).keyId as SwitchId

export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Problem('unauthorized')
  return request.principal
}
