/** What changes of licences would do to the pools of this month (P7), and how many seats there are for them. */
import type { Sku } from '../core/catalogue.ts'
import type { TenantId } from '../core/ids.ts'
import { poolName } from '../core/pool.ts'
import type { Instant } from '../core/time.ts'
import { type Month, periodOf } from '../core/time.ts'
import { effectSeconds, type PoolEffects } from '../core/user-wish.ts'
import type { Queryable } from './db.ts'
import { ACCOUNT_COLUMNS, type AccountRow, readAccountRow } from './ledger.ts'
import { listSubscriptions } from './licence.ts'
import { type TenantRow, tenantNow } from './tenant.ts'

export interface PoolPreview {
  readonly country: string
  readonly plan: 'domestic' | 'international' | 'conference'
  /** More or fewer licences that fund it. */
  readonly licences: number
  readonly totalBefore: number
  readonly totalAfter: number
  readonly availableBefore: number
  readonly availableAfter: number
}

/** Pools in seconds, before and after. One that nobody has opened yet this month is as full as its licences make it. */
export async function previewPools(
  db: Queryable,
  tenant: TenantRow,
  now: Instant,
  effects: PoolEffects,
): Promise<PoolPreview[]> {
  if (effects.size === 0) return []
  const { month } = periodOf(tenantNow(tenant, now), tenant.timeZone)
  const funded = await fundedLicences(db, tenant.tenantId)
  const accounts = await openAccounts(db, tenant.tenantId, month)
  return [...effects.values()].map(({ country, plan, licences }) => {
    const gained = effectSeconds({ country, plan, licences })
    const account = accounts.get(poolName({ country, plan }, month))
    const held = account?.licences ?? funded.get(`${country} ${plan}`) ?? 0
    const totalBefore = effectSeconds({ country, plan, licences: held })
    // What removed licences still owe is paid before anything is free again.
    const balance = account ? Number(account.posted - account.reserved - account.owed) : totalBefore
    return {
      country,
      plan,
      licences,
      totalBefore,
      totalAfter: totalBefore + gained,
      availableBefore: Math.max(0, balance),
      availableAfter: Math.max(0, balance + gained),
    }
  })
}

async function fundedLicences(db: Queryable, tenantId: TenantId): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ key: string; licences: number }>(
    `SELECT country || ' ' || plan AS key, licences FROM entitlement WHERE tenant_id = $1`,
    [tenantId],
  )
  return new Map(rows.map(({ key, licences }) => [key, licences]))
}

async function openAccounts(db: Queryable, tenantId: TenantId, month: Month) {
  const rows = await db.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE tenant_id = $1 AND name LIKE 'pool:%:' || $2 AND NOT closed`,
    [tenantId, month],
  )
  return new Map(rows.map((row) => [row.name, readAccountRow(row)]))
}

/** Seats that nobody has, by what they are for. */
export async function freeSeats(db: Queryable, tenantId: TenantId): Promise<ReadonlyMap<Sku, number>> {
  const rows = await listSubscriptions(db, tenantId)
  return new Map(rows.map(({ sku, purchased, assigned }) => [sku, purchased - assigned]))
}
