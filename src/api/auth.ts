/** API keys: a bearer token whose SHA-256 is stored; what it may do; and for whom. */
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { parseId, type SwitchId, type TenantId, type Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Db, Queryable } from '../store/db.ts'
import { Problem } from './problem.ts'

/** `operator`: everything. `tenant`: everything of one tenant. `switch`: credit control. `read`: look only. */
export const SCOPES = ['operator', 'tenant', 'switch', 'read'] as const
export type Scope = (typeof SCOPES)[number]

export interface Principal {
  readonly keyId: Uuid
  readonly name: string
  /** Null: not bound to a tenant. */
  readonly tenantId: TenantId | null
  readonly scopes: readonly Scope[]
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null
  }
  interface FastifyContextConfig {
    /** Routes that need no key: health, the page, the description. */
    public?: boolean
    /** Scopes of which the key needs one; absent: by method. */
    scopes?: readonly Scope[]
  }
}

const CACHED_MS = 5_000
const CACHED_MAX = 10_000

export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** `rf_op_…`: a prefix that says what it opens, then 256 random bits. */
export const newSecret = (kind: 'op' | 'sw' | 'key'): string => `rf_${kind}_${randomBytes(32).toString('base64url')}`

/** The keys of the installation. A look-up is kept for a few seconds: a switch asks thousands of times a second. */
export class KeyRing {
  private readonly cached = new Map<string, { principal: Principal | null; until: number }>()
  private readonly db: Db

  constructor(db: Db) {
    this.db = db
  }

  async find(secret: string): Promise<Principal | null> {
    const hash = hashSecret(secret)
    const known = this.cached.get(hash)
    if (known && known.until > Date.now()) return known.principal
    const [row] = await this.db.query<{ key_id: Uuid; name: string; tenant_id: TenantId | null; scopes: Scope[] }>(
      'SELECT key_id, name, tenant_id, scopes FROM api_key WHERE secret_hash = $1 AND revoked_at IS NULL',
      [hash],
    )
    const principal = row ? { keyId: row.key_id, name: row.name, tenantId: row.tenant_id, scopes: row.scopes } : null
    // Unknown keys are not kept: whoever guesses must not fill our memory.
    if (principal) {
      if (this.cached.size >= CACHED_MAX) this.cached.clear()
      this.cached.set(hash, { principal, until: Date.now() + CACHED_MS })
    }
    return principal
  }
}

/** Stores a key by its hash. The same secret again changes nothing. */
export async function addKey(
  db: Queryable,
  key: { id: Uuid; name: string; secret: string; tenantId: TenantId | null; scopes: readonly Scope[]; at: Instant },
): Promise<void> {
  await db.execute(
    `INSERT INTO api_key (key_id, name, secret_hash, tenant_id, scopes, created_at)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0)) ON CONFLICT (secret_hash) DO NOTHING`,
    [key.id, key.name, hashSecret(key.secret), key.tenantId, [...key.scopes], key.at],
  )
}

/** Who asks, and may they? Another tenant's things do not exist for a tenant's key. */
export function authenticate(keys: KeyRing) {
  return async (request: FastifyRequest): Promise<void> => {
    request.principal = null
    const config = request.routeOptions.config
    if (config.public || request.is404) return
    const match = /^Bearer ([\x21-\x7e]{1,512})$/.exec(request.headers.authorization ?? '')
    const principal = match?.[1] === undefined ? null : await keys.find(match[1])
    if (!principal) throw new Problem('unauthorized')
    request.principal = principal
    const needed = config.scopes ?? (request.method === 'GET' ? ['operator', 'tenant', 'read'] : ['operator', 'tenant'])
    if (!needed.some((scope) => principal.scopes.includes(scope as Scope))) throw new Problem('forbidden')
    const { tenantId } = (request.params ?? {}) as { tenantId?: string }
    if (principal.tenantId !== null && tenantId !== undefined && parseId('tenant', tenantId) !== principal.tenantId) {
      throw new Problem('tenant-unknown')
    }
  }
}

/** The switch that a key stands for: session ids are unique per key. */
export const switchOf = (request: FastifyRequest): SwitchId => principalOf(request).keyId as SwitchId

export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Problem('unauthorized')
  return request.principal
}
