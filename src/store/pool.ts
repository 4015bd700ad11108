/** Pools: opened by the first who needs them, closed when their month is over. */

import type { Plan } from '../core/catalogue.ts'
import { parseId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import type { Account, Source } from '../core/ledger.ts'
import { Ledger } from '../core/ledger.ts'
import type { PoolNeed } from '../core/needs.ts'
import { openPool, type PoolKey, parsePoolName } from '../core/pool.ts'
import { type Instant, type Month, type Period, periodNamed, periodOf, type TimeZone } from '../core/time.ts'
import { type Db, inTransaction, type Queryable, type Tx } from './db.ts'
import { ACCOUNT_COLUMNS, type AccountRow, insertAccounts, insertPostings, readAccountRow } from './ledger.ts'

/**
 * Makes the accounts of these pools, full (P1, P6), unless they exist. Locks the entitlements, so that a licence assigned at the
 * same moment counts exactly once; a month that is over gets an empty, closed pool.
 */
export function openPools(db: Db, needs: readonly PoolNeed[], now: Instant, newId: () => Uuid): Promise<void> {
  return inTransaction(db, (tx) => openPoolsIn(tx, needs, now, newId))
}

async function openPoolsIn(tx: Tx, needs: readonly PoolNeed[], now: Instant, newId: () => Uuid): Promise<void> {
  const tenantIds = [...new Set(needs.map((need) => need.tenantId))]
  // Make the row exist, then lock it: a licence assigned at this moment waits, or is waited for.
  await tx.execute(
    `INSERT INTO entitlement (tenant_id, country, plan, licences)
     SELECT DISTINCT q.tenant_id, q.country, q.plan, 0 FROM unnest($1::uuid[], $2::text[], $3::text[]) q(tenant_id, country, plan)
     ON CONFLICT DO NOTHING`,
    [needs.map((need) => need.tenantId), needs.map((need) => need.key.country), needs.map((need) => need.key.plan)],
  )
  const entitlements = await tx.query<{ tenant_id: TenantId; country: string; plan: string; licences: number }>(
    `SELECT tenant_id, country, plan, licences FROM entitlement WHERE tenant_id = ANY($1)
     ORDER BY tenant_id, country, plan FOR SHARE`,
    [tenantIds],
  )
  // Read under those locks: a tenant that moves to another time zone takes them too, and moves the ends of its pools.
  const tenants = await tx.query<{ tenant_id: TenantId; time_zone: TimeZone; clock_at: Instant | null }>(
    'SELECT tenant_id, time_zone, clock_at FROM tenant WHERE tenant_id = ANY($1)',
    [tenantIds],
  )
  for (const need of needs) {
    const tenant = tenants.find((row) => row.tenant_id === need.tenantId)
    if (!tenant) continue
    const { country, plan } = need.key
    const entitlement = entitlements.find(
      (row) => row.tenant_id === need.tenantId && row.country === country && row.plan === plan,
    )
    const at = tenant.clock_at ?? now
    const period = periodNamed(need.month, tenant.time_zone)
    const isOver = period.end <= at
    const ledger = new Ledger()
    const source: Source = { id: newId(), tenantId: need.tenantId, nextLine: 0 }
    const licences = isOver ? 0 : (entitlement?.licences ?? 0)
    const account = openPool(ledger, source, { tenantId: need.tenantId, key: need.key, period, licences, at })
    account.closed = isOver
    // Whoever comes second finds the account and posts nothing: a pool begins full exactly once.
    if ((await insertAccounts(tx, [account])) === 1) await insertPostings(tx, ledger.postings)
  }
}

/** Opens the current month's pools of a tenant, so that a page shows them before the first call. */
export async function openCurrentPools(
  db: Db,
  tenant: { tenantId: TenantId; timeZone: TimeZone },
  now: Instant,
  newId: () => Uuid,
): Promise<void> {
  const { month } = periodOf(now, tenant.timeZone)
  const rows = await db.query<{ country: string; plan: Plan }>(
    `SELECT e.country, e.plan FROM entitlement e
     WHERE e.tenant_id = $1 AND e.licences > 0 AND NOT EXISTS (
       SELECT FROM account a WHERE a.tenant_id = e.tenant_id AND a.name = 'pool:' || e.country || ':' || e.plan || ':' || $2)`,
    [tenant.tenantId, month],
  )
  if (rows.length === 0) return
  await openPools(
    db,
    rows.map((key) => ({ tenantId: tenant.tenantId, key, month })),
    now,
    newId,
  )
}

export interface ListedPool {
  readonly key: PoolKey
  readonly month: Month
  readonly account: Account
}

/** The tenant's pools of a month, by country and plan. */
export async function listPools(db: Queryable, tenantId: TenantId, month: Month): Promise<ListedPool[]> {
  const rows = await db.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE tenant_id = $1 AND name LIKE 'pool:%:' || $2 ORDER BY name`,
    [tenantId, month],
  )
  return rows.flatMap((row) => {
    const parsed = parsePoolName(row.name)
    return parsed ? [{ key: { country: parsed.country, plan: parsed.plan }, month, account: readAccountRow(row) }] : []
  })
}

/** One pool of the tenant; null where it has not been opened in that month. */
export async function findPool(db: Queryable, tenantId: TenantId, name: string): Promise<Account | null> {
  const [row] = await db.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE tenant_id = $1 AND name = $2`,
    [tenantId, name],
  )
  return row ? readAccountRow(row) : null
}

export interface PoolChange {
  readonly at: Instant
  readonly cause: 'month-begins' | 'licence' | 'month-ends'
  /** Seconds that came in; below zero for those that went. */
  readonly seconds: bigint
  /** Who did what to whom at that moment, by the audit log; null where it does not say. */
  readonly action: string | null
  readonly actor: string | null
  readonly userId: UserId | null
  readonly userName: string | null
}

/** Late messages give back what they held after the month has ended, and that expires then. */
const LATE_MS = 3 * 86_400_000

/**
 * What changed a pool, other than calls, in the order in which it happened. Licences are changed under the lock of the tenant's
 * subscriptions, and the entry of the audit log is made in the same transaction: it is the first one from the posting's id on.
 */
export async function listPoolChanges(
  db: Queryable,
  tenantId: TenantId,
  name: string,
  period: Period,
): Promise<PoolChange[]> {
  const rows = await db.query<Omit<PoolChange, 'userId' | 'userName'> & { subject: string | null }>(
    `SELECT p.at, p.cause, CASE WHEN p.credit = $2 THEN p.amount ELSE -p.amount END AS seconds, l.action, l.actor, l.subject
     FROM posting p
     LEFT JOIN LATERAL (
       SELECT a.action, a.actor, a.subject FROM audit_log a
       WHERE p.cause = 'licence' AND a.tenant_id = p.tenant_id
         AND a.audit_id >= (left(p.source_id::text, 13) || '-0000-0000-000000000000')::uuid
       ORDER BY a.audit_id LIMIT 1) l ON l.action LIKE 'licence.%' OR l.action LIKE 'user.%'
     WHERE p.tenant_id = $1 AND p.cause NOT IN ('call', 'event', 'overrun') AND (p.debit = $2 OR p.credit = $2)
       AND p.at >= to_timestamp($3 / 1000.0) AND p.at < to_timestamp($4 / 1000.0)
     ORDER BY p.at, p.source_id, p.line`,
    [tenantId, name, period.start - LATE_MS, period.end + LATE_MS],
  )
  const users = rows.map(({ subject }) => (subject === null ? null : (parseId('user', subject) as UserId | null)))
  const names = await db.query<{ user_id: UserId; name: string }>(
    'SELECT user_id, name FROM tenant_user WHERE tenant_id = $1 AND user_id = ANY($2)',
    [tenantId, [...new Set(users)].filter((id) => id !== null)],
  )
  return rows.map(({ subject, ...row }, index) => {
    const userId = subject === null ? null : (users[index] ?? null)
    return { ...row, userId, userName: names.find(({ user_id }) => user_id === userId)?.name ?? null }
  })
}

/** What expired of a pool when its month ended. */
export async function expiredOf(db: Queryable, tenantId: TenantId, name: string, period: Period): Promise<bigint> {
  const [row] = await db.query<{ seconds: bigint }>(
    `SELECT coalesce(sum(amount), 0)::bigint AS seconds FROM posting
     WHERE tenant_id = $1 AND cause = 'month-ends' AND debit = $2 AND at >= to_timestamp($3 / 1000.0)
       AND at < to_timestamp($4 / 1000.0) AND cause NOT IN ('call', 'event', 'overrun')`,
    [tenantId, name, period.end - LATE_MS, period.end + LATE_MS],
  )
  return row?.seconds ?? 0n
}
