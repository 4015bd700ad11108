/** Who has which calling policy, and what an hour without charging could have cost (C6, C10). */
import type { Country } from '../core/country.ts'
import type { TenantId } from '../core/ids.ts'
import { type Micros, micros } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

/** People by their own policy; null: none, so the tenant's. */
export function countPolicies(
  db: Queryable,
  tenantId: TenantId,
): Promise<{ callingPolicy: string | null; people: number }[]> {
  return db.query(
    `SELECT calling_policy AS "callingPolicy", count(*)::integer AS people FROM tenant_user
     WHERE tenant_id = $1 AND deleted_at IS NULL GROUP BY 1`,
    [tenantId],
  )
}

export async function countCredits(db: Queryable, tenantId: TenantId): Promise<{ on: number; off: number }> {
  const [row] = await db.query<{ on: number; off: number }>(
    `SELECT count(*) FILTER (WHERE credits_enabled)::integer AS on, count(*) FILTER (WHERE NOT credits_enabled)::integer AS off
     FROM tenant_user WHERE tenant_id = $1 AND deleted_at IS NULL`,
    [tenantId],
  )
  return row ?? { on: 0, off: 0 }
}

/** The countries that the tenant's people call from. */
export async function usageLocations(db: Queryable, tenantId: TenantId): Promise<Country[]> {
  const rows = await db.query<{ location: Country }>(
    'SELECT DISTINCT usage_location AS location FROM tenant_user WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY 1',
    [tenantId],
  )
  return rows.map(({ location }) => location)
}

export interface BusiestHour {
  readonly from: Instant
  readonly spent: Micros
}

/** The hour since `since` in which calls took most from the wallet; null where they took nothing. */
export async function busiestHour(db: Queryable, tenantId: TenantId, since: Instant): Promise<BusiestHour | null> {
  const [row] = await db.query<{ from: Instant; spent: bigint }>(
    `SELECT date_trunc('hour', at) AS from, sum(amount)::bigint AS spent FROM posting
     WHERE tenant_id = $1 AND at >= to_timestamp($2 / 1000.0) AND (debit LIKE 'wallet:%' OR credit LIKE 'wallet:%')
       AND debit LIKE 'wallet:%' AND cause IN ('call', 'event')
     GROUP BY 1 ORDER BY 2 DESC, 1 DESC LIMIT 1`,
    [tenantId, since],
  )
  return row ? { from: row.from, spent: micros(row.spent) } : null
}
