/** Tenants for the benchmarks, made set-wise: US tenants with two users, a domestic and an International pool, and a wallet. */
import { instant, periodOf, type TimeZone } from '../src/core/time.ts'
import type { Db } from '../src/store/db.ts'

const ZONE = 'America/New_York' as TimeZone
const HOT_USERS = 5_000

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

export const tenantNumber = (tenant: number): string => `00000000-0000-7000-8000-${hex(tenant, 12)}`
export const userNumber = (tenant: number, user: number): string =>
  `00000000-0001-7000-${hex(0x8000 + user, 4)}-${hex(tenant, 12)}`

/** Even users hold the International add-on; tenant 1 is the hot one, with 5,000 users and bottomless funds. */
export async function seed(db: Db, tenants: number): Promise<void> {
  const { month, end } = periodOf(instant(Date.now()), ZONE)
  const tenant = `('00000000-0000-7000-8000-' || lpad(to_hex(t), 12, '0'))::uuid`
  const user = `('00000000-0001-7000-' || to_hex(32768 + u) || '-' || lpad(to_hex(t), 12, '0'))::uuid`
  await db.execute(
    `INSERT INTO tenant (tenant_id, name, country, time_zone, currency, licence_type, sandbox, sip_domain, calling_policy, created_at)
     SELECT ${tenant}, 'Bench ' || t, 'US', '${ZONE}', 'USD', 'with-calling-plan', false, t || '.bench.test',
            'DialoutCPCandPSTNInternational', now() FROM generate_series(1, $1::int) t`,
    [tenants],
  )
  await db.execute(
    `INSERT INTO tenant_user (user_id, tenant_id, name, usage_location, voice_sku, international_plan, created_at)
     SELECT ${user}, ${tenant}, 'User ' || u, 'US', 'voice-with-calling-plan', u % 2 = 0, now()
     FROM generate_series(1, $1::int) t, LATERAL generate_series(1, CASE WHEN t = 1 THEN ${HOT_USERS} ELSE 2 END) u`,
    [tenants],
  )
  for (const plan of ['domestic', 'international']) {
    await db.execute(
      `INSERT INTO entitlement SELECT ${tenant}, 'US', '${plan}', 1 FROM generate_series(1, $1::int) t`,
      [tenants],
    )
    await db.execute(
      `INSERT INTO account (tenant_id, name, unit, posted, licences, allowance_seconds, ends_at)
       SELECT ${tenant}, 'pool:US:${plan}:${month}', 'second', 1000000000000, 1, 180000, to_timestamp($2 / 1000.0)
       FROM generate_series(1, $1::int) t`,
      [tenants, end],
    )
  }
  await db.execute(
    `INSERT INTO account (tenant_id, name, unit, posted, ends_at)
     SELECT ${tenant}, 'wallet:' || ${tenant}, 'micro', 1000000000000000, now() + interval '1 year'
     FROM generate_series(1, $1::int) t`,
    [tenants],
  )
  for (const table of ['tenant', 'tenant_user', 'account', 'entitlement']) await db.execute(`VACUUM ANALYZE ${table}`)
}
