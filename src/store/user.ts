/** Users of a tenant, with their number. */
import type { VoiceSku } from '../core/catalogue.ts'
import type { Country } from '../core/country.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface UserRow {
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly name: string
  readonly usageLocation: Country
  readonly voiceSku: VoiceSku | null
  readonly internationalPlan: boolean
  readonly creditsEnabled: boolean
  readonly callingPolicy: string | null
  readonly sipUsername: string | null
  readonly number: E164 | null
  readonly createdAt: Instant
}

const SELECT = `SELECT u.user_id AS "userId", u.tenant_id AS "tenantId", u.name, u.usage_location AS "usageLocation",
    u.voice_sku AS "voiceSku", u.international_plan AS "internationalPlan", u.credits_enabled AS "creditsEnabled",
    u.calling_policy AS "callingPolicy", u.sip_username AS "sipUsername", u.created_at AS "createdAt",
    (SELECT n.number FROM phone_number n WHERE n.user_id = u.user_id ORDER BY n.number_id LIMIT 1) AS number
  FROM tenant_user u`

export async function findUser(db: Queryable, tenantId: TenantId, userId: UserId): Promise<UserRow | null> {
  const [row] = await db.query<UserRow>(`${SELECT} WHERE u.tenant_id = $1 AND u.user_id = $2`, [tenantId, userId])
  return row ?? null
}

export async function lockUser(tx: Tx, tenantId: TenantId, userId: UserId): Promise<UserRow | null> {
  const [row] = await tx.query<UserRow>(`${SELECT} WHERE u.tenant_id = $1 AND u.user_id = $2 FOR UPDATE OF u`, [
    tenantId,
    userId,
  ])
  return row ?? null
}

export function listUsers(db: Queryable, tenantId: TenantId, limit: number, after: UserId | null): Promise<UserRow[]> {
  return db.query<UserRow>(
    `${SELECT} WHERE u.tenant_id = $1 AND ($3::uuid IS NULL OR u.user_id > $3) ORDER BY u.user_id LIMIT $2`,
    [tenantId, limit, after],
  )
}

export interface NewUser {
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly name: string
  readonly usageLocation: Country
  readonly sipUsername: string | null
  readonly sipHa1: string | null
  readonly at: Instant
}

export async function insertUser(tx: Tx, user: NewUser): Promise<void> {
  await tx.execute(
    `INSERT INTO tenant_user (user_id, tenant_id, name, usage_location, sip_username, sip_ha1, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0))`,
    [user.userId, user.tenantId, user.name, user.usageLocation, user.sipUsername, user.sipHa1, user.at],
  )
}

export async function updateUser(
  tx: Tx,
  userId: UserId,
  changes: { usageLocation?: Country; creditsEnabled?: boolean; callingPolicy?: string | null },
): Promise<void> {
  await tx.execute(
    `UPDATE tenant_user SET usage_location = coalesce($2, usage_location), credits_enabled = coalesce($3, credits_enabled),
       calling_policy = CASE WHEN $4 THEN $5 ELSE calling_policy END WHERE user_id = $1`,
    [
      userId,
      changes.usageLocation ?? null,
      changes.creditsEnabled ?? null,
      changes.callingPolicy !== undefined,
      changes.callingPolicy ?? null,
    ],
  )
}
