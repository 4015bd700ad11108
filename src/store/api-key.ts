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
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
  /** With the secret of today or the former one, to the minute. */
  readonly lastUsedAt: Instant | null
  /** Until when the secret before the last roll counts, or counted; null: there is none. */
  readonly formerUntil: Instant | null
  readonly formerUsedAt: Instant | null
}

const COLUMNS = `key_id AS "keyId", name, tenant_id AS "tenantId", scopes, created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt", greatest(last_used_at, former_used_at) AS "lastUsedAt", former_until AS "formerUntil",
  former_used_at AS "formerUsedAt"`

/** Keys, revoked ones too, newest first: of a tenant, or (null) all of the installation. */
export function listApiKeys(
  db: Queryable,
  tenantId: TenantId | null,
  limit: number,
  before: Uuid | null,
): Promise<ApiKeyRow[]> {
  const ofTenant = tenantId === null ? 'true' : 'tenant_id = $3'
  return db.query<ApiKeyRow>(
    `SELECT ${COLUMNS} FROM api_key WHERE ${ofTenant} AND ($2::uuid IS NULL OR key_id < $2) ORDER BY key_id DESC LIMIT $1`,
    tenantId === null ? [limit, before] : [limit, before, tenantId],
  )
}

/** The key for a change, of a tenant or (null) of anybody; null: there is none. */
export async function lockApiKey(tx: Tx, tenantId: TenantId | null, keyId: Uuid): Promise<ApiKeyRow | null> {
  const [row] = await tx.query<ApiKeyRow>(
    `SELECT ${COLUMNS} FROM api_key WHERE key_id = $1 AND ($2::uuid IS NULL OR tenant_id = $2) FOR UPDATE`,
    [keyId, tenantId],
  )
  return row ?? null
}

/** From the commit on the key opens nothing, but in other processes for the seconds that they remember it. */
export async function revokeApiKey(tx: Tx, keyId: Uuid, at: Instant): Promise<void> {
  await tx.execute('UPDATE api_key SET revoked_at = to_timestamp($2 / 1000.0) WHERE key_id = $1', [keyId, at])
}

/** A new secret; the one before counts until `formerUntil`, the one before that no longer. */
export async function rollApiKey(
  tx: Tx,
  keyId: Uuid,
  roll: { readonly secretHash: string; readonly formerUntil: Instant; readonly expiresAt: Instant | null },
): Promise<void> {
  await tx.execute(
    `UPDATE api_key SET former_hash = secret_hash, former_until = to_timestamp($3 / 1000.0),
       former_used_at = greatest(last_used_at, former_used_at), secret_hash = $2, last_used_at = NULL, expires_at = to_timestamp($4::bigint / 1000.0) WHERE key_id = $1`,
    [keyId, roll.secretHash, roll.formerUntil, roll.expiresAt],
  )
}

/** The former secret counts no longer than `at`. */
export async function endFormerSecret(tx: Tx, keyId: Uuid, at: Instant): Promise<void> {
  await tx.execute(
    'UPDATE api_key SET former_until = least(former_until, to_timestamp($2 / 1000.0)) WHERE key_id = $1',
    [keyId, at],
  )
}

export interface FoundKey {
  readonly keyId: Uuid
  readonly name: string
  readonly tenantId: TenantId | null
  readonly scopes: readonly string[]
  /** The secret of today, and not the one before. */
  readonly isCurrent: boolean
  /** When this secret stops to count; null: it does not. */
  readonly until: Instant | null
}

/** Whose secret has this digest? Null: nobody's, or the key was revoked. `until` may lie behind us. */
export async function findBySecret(db: Queryable, secretHash: string): Promise<FoundKey | null> {
  const [row] = await db.query<FoundKey>(
    `SELECT key_id AS "keyId", name, tenant_id AS "tenantId", scopes, secret_hash = $1 AS "isCurrent",
       CASE WHEN secret_hash = $1 THEN expires_at ELSE least(expires_at, former_until) END AS until
     FROM api_key WHERE (secret_hash = $1 OR former_hash = $1) AND revoked_at IS NULL`,
    [secretHash],
  )
  return row ?? null
}

/** How often a use is written down, in ms. */
export const USE_WRITTEN_EVERY_MS = 60_000

/** The key was used; several processes write it no more often than one does. */
export async function keyUsed(
  db: Queryable,
  { keyId, isCurrent }: Pick<FoundKey, 'keyId' | 'isCurrent'>,
  at: Instant,
): Promise<void> {
  const column = isCurrent ? 'last_used_at' : 'former_used_at'
  await db.execute(
    `UPDATE api_key SET ${column} = to_timestamp($2::bigint / 1000.0)
     WHERE key_id = $1 AND (${column} IS NULL OR ${column} <= to_timestamp(($2::bigint - ${USE_WRITTEN_EVERY_MS}) / 1000.0))`,
    [keyId, at],
  )
}
