/** API keys as people see them: never the secret, which nobody has but its holder. */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface ApiKeyRow {
  readonly keyId: Uuid
  readonly name: string
  readonly tenantId: TenantId | null
  readonly scopes: readonly string[]
  readonly createdAt: Instant
  readonly revokedAt: Instant | null
}

const COLUMNS = `key_id AS "keyId", name, tenant_id AS "tenantId", scopes, created_at AS "createdAt", revoked_at AS "revokedAt"`

/** All keys, revoked ones too, newest first. */
export function listApiKeys(db: Queryable, limit: number, before: Uuid | null): Promise<ApiKeyRow[]> {
  return db.query<ApiKeyRow>(
    `SELECT ${COLUMNS} FROM api_key WHERE $2::uuid IS NULL OR key_id < $2 ORDER BY key_id DESC LIMIT $1`,
    [limit, before],
  )
}

/** The key for a change; null: there is none. */
export async function lockApiKey(tx: Tx, keyId: Uuid): Promise<ApiKeyRow | null> {
  const [row] = await tx.query<ApiKeyRow>(`SELECT ${COLUMNS} FROM api_key WHERE key_id = $1 FOR UPDATE`, [keyId])
  return row ?? null
}

/** From the commit on the key opens nothing, but in other processes for the seconds that they remember it. */
export async function revokeApiKey(tx: Tx, keyId: Uuid, at: Instant): Promise<void> {
  await tx.execute('UPDATE api_key SET revoked_at = to_timestamp($2 / 1000.0) WHERE key_id = $1', [keyId, at])
}
