/** Facts for Home that no other page has: what was refused of late, and how far a tenant has got with setting up. */
import type { TenantId } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

/** Calls are looked through from the newest on, at most so many: enough for an hour of a busy tenant. */
const CALLS_LOOKED_AT = 1_000

export interface Refusals {
  readonly refusals: number
  readonly lastAt: Instant | null
}

/** Calls that nothing could pay, since `from` by the tenant's clock. */
export async function recentRefusals(db: Queryable, tenantId: TenantId, from: Instant): Promise<Refusals> {
  const [row] = await db.query<{ refusals: number; last_at: Instant | null }>(
    `SELECT count(*)::integer AS refusals, max(started_at) AS last_at
     FROM (SELECT refusal_code, started_at FROM call_record WHERE tenant_id = $1 ORDER BY call_id DESC LIMIT $3) r
     WHERE refusal_code = 'credit-limit-reached' AND started_at >= to_timestamp($2 / 1000.0)`,
    [tenantId, from, CALLS_LOOKED_AT],
  )
  return { refusals: row?.refusals ?? 0, lastAt: row?.last_at ?? null }
}

/** One question of the set-up list each, answered by what is there. */
export interface SetUp {
  readonly hasPeople: boolean
  readonly hasLicences: boolean
  readonly hasAssigned: boolean
  readonly hasNumbers: boolean
  readonly hasCredits: boolean
  readonly hasCalls: boolean
}

export async function readSetUp(db: Queryable, tenantId: TenantId): Promise<SetUp> {
  const [row] = await db.query<SetUp>(
    `SELECT EXISTS (SELECT FROM tenant_user WHERE tenant_id = $1) AS "hasPeople",
            EXISTS (SELECT FROM subscription WHERE tenant_id = $1 AND purchased > 0) AS "hasLicences",
            EXISTS (SELECT FROM subscription WHERE tenant_id = $1 AND assigned > 0) AS "hasAssigned",
            EXISTS (SELECT FROM phone_number WHERE tenant_id = $1) AS "hasNumbers",
            EXISTS (SELECT FROM funding WHERE tenant_id = $1 AND state = 'succeeded') AS "hasCredits",
            EXISTS (SELECT FROM call_record WHERE tenant_id = $1 AND charged_seconds > 0) AS "hasCalls"`,
    [tenantId],
  )
  if (!row) throw new Error('a SELECT without a table gives one row')
  return row
}

/** Numbers that people call free of charge, for which the tenant pays. */
export async function tollFreeNumbers(db: Queryable, tenantId: TenantId): Promise<E164[]> {
  const rows = await db.query<{ number: E164 }>(
    `SELECT number FROM phone_number WHERE tenant_id = $1 AND type = 'service-toll-free' ORDER BY number LIMIT 20`,
    [tenantId],
  )
  return rows.map(({ number }) => number)
}
