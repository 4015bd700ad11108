/** Opens the pools of a month that has begun, so that pages show them full before the first call draws them (P6). */
import type { Plan } from '../core/catalogue.ts'
import type { TenantId } from '../core/ids.ts'
import { type Month, periodOf, type TimeZone } from '../core/time.ts'
import { openPools } from '../store/pool.ts'
import type { JobContext } from './index.ts'

/** Pools per transaction: each locks the entitlements of its tenants for that long. */
const CHUNK = 200

/**
 * Returns a function that opens what is missing in zones whose month has changed since it last ran; the first run looks at all.
 * It is a convenience: the first call of a month opens its pool by itself.
 */
export function makePoolOpener(context: Pick<JobContext, 'db' | 'now' | 'newId'>): () => Promise<number> {
  const done = new Map<TimeZone, Month>()
  return async () => {
    const now = context.now()
    const zones = await context.db.query<{ time_zone: TimeZone }>('SELECT DISTINCT time_zone FROM tenant')
    const begun = zones.flatMap(({ time_zone: zone }) => {
      const { month } = periodOf(now, zone)
      return done.get(zone) === month ? [] : [{ zone, month }]
    })
    if (begun.length === 0) return 0
    const missing = await missingPools(context, begun)
    for (let i = 0; i < missing.length; i += CHUNK) {
      await openPools(context.db, missing.slice(i, i + CHUNK), now, context.newId)
    }
    for (const { zone, month } of begun) done.set(zone, month)
    return missing.length
  }
}

async function missingPools(context: Pick<JobContext, 'db'>, begun: readonly { zone: TimeZone; month: Month }[]) {
  const rows = await context.db.query<{ tenant_id: TenantId; country: string; plan: Plan; month: Month }>(
    `SELECT e.tenant_id, e.country, e.plan, z.month
     FROM unnest($1::text[], $2::text[]) z(zone, month)
     JOIN tenant t ON t.time_zone = z.zone AND t.clock_at IS NULL
     JOIN entitlement e ON e.tenant_id = t.tenant_id AND e.licences > 0
     WHERE NOT EXISTS (SELECT FROM account a
       WHERE a.tenant_id = e.tenant_id AND a.name = 'pool:' || e.country || ':' || e.plan || ':' || z.month)
     ORDER BY e.tenant_id, e.country, e.plan`,
    [begun.map(({ zone }) => zone), begun.map(({ month }) => month)],
  )
  return rows.map(({ tenant_id: tenantId, country, plan, month }) => ({ tenantId, key: { country, plan }, month }))
}
