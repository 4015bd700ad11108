/** A tenant moves to another time zone: no month is granted twice, and none is skipped (P6, P32 of the reliability rules). */
import { parsePoolName } from '../core/pool.ts'
import { type Instant, periodNamed, periodOf, type TimeZone } from '../core/time.ts'
import type { Tx } from './db.ts'
import { lockAccounts } from './ledger.ts'
import type { TenantRow } from './tenant.ts'

/**
 * Takes effect at once, and only while both zones have the same month: then the tenant goes on in the month it is in, whose pools
 * end where that month ends in the new zone, and every later month begins there. Near the end of a month, where the zones differ
 * by a month for some hours, it is refused: the tenant would fall back into a month that is closed, or lose the rest of one.
 *
 * The caller holds the tenant's row. What calls have been granted keeps its length; its seconds are booked to the months in which
 * they are spoken, as ever (P8).
 */
export async function changeTimeZone(
  tx: Tx,
  tenant: Pick<TenantRow, 'tenantId' | 'timeZone'>,
  to: TimeZone,
  now: Instant,
): Promise<{ readonly done: true } | { readonly refusal: 'time-zone-in-another-month' }> {
  const { month } = periodOf(now, to)
  if (periodOf(now, tenant.timeZone).month !== month) return { refusal: 'time-zone-in-another-month' }
  await tx.execute('UPDATE tenant SET time_zone = $2 WHERE tenant_id = $1', [tenant.tenantId, to])
  // Whoever opens a pool shares these locks and reads the zone after them, so no pool is made with the old end.
  await tx.query('SELECT FROM entitlement WHERE tenant_id = $1 ORDER BY country, plan FOR UPDATE', [tenant.tenantId])
  for (const { name } of await lockAccounts(tx, tenant.tenantId, "unit = 'second' AND NOT closed")) {
    const pool = parsePoolName(name)
    if (!pool || pool.month < month) continue
    await tx.execute('UPDATE account SET ends_at = to_timestamp($3 / 1000.0) WHERE tenant_id = $1 AND name = $2', [
      tenant.tenantId,
      name,
      periodNamed(pool.month, to).end,
    ])
  }
  return { done: true }
}
