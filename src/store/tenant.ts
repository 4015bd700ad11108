/** Tenants. */
import type { Country, LicenceType } from '../core/country.ts'
import type { TenantId } from '../core/ids.ts'
import type { Currency } from '../core/money.ts'
import type { Language } from '../core/problems.ts'
import type { Instant, TimeZone } from '../core/time.ts'
import type { Queryable } from './db.ts'

export interface TenantRow {
  readonly tenantId: TenantId
  readonly name: string
  readonly country: Country
  readonly timeZone: TimeZone
  readonly currency: Currency
  /** Of what is written to nobody in particular. */
  readonly language: Language
  readonly licenceType: LicenceType
  readonly sandbox: boolean
  /** The frozen clock of a sandbox; null follows real time. */
  readonly clockAt: Instant | null
  readonly sipDomain: string
  readonly callingPolicy: string
  readonly createdAt: Instant
}

const COLUMNS = `tenant_id AS "tenantId", name, country, time_zone AS "timeZone", currency, language, licence_type AS "licenceType", sandbox,
  clock_at AS "clockAt", sip_domain AS "sipDomain", calling_policy AS "callingPolicy", created_at AS "createdAt"`

export async function findTenant(db: Queryable, tenantId: TenantId): Promise<TenantRow | null> {
  const [row] = await db.query<TenantRow>(`SELECT ${COLUMNS} FROM tenant WHERE tenant_id = $1`, [tenantId])
  return row ?? null
}

/** The tenant for a change: others wait, so that seats and caps are counted by one at a time. */
export async function lockTenant(db: Queryable, tenantId: TenantId): Promise<TenantRow | null> {
  const [row] = await db.query<TenantRow>(`SELECT ${COLUMNS} FROM tenant WHERE tenant_id = $1 FOR NO KEY UPDATE`, [
    tenantId,
  ])
  return row ?? null
}

export function listTenants(db: Queryable, limit: number, after: TenantId | null): Promise<TenantRow[]> {
  return db.query<TenantRow>(
    `SELECT ${COLUMNS} FROM tenant WHERE $2::uuid IS NULL OR tenant_id > $2 ORDER BY tenant_id LIMIT $1`,
    [limit, after],
  )
}

export async function insertTenant(db: Queryable, tenant: TenantRow): Promise<void> {
  await db.execute(
    `INSERT INTO tenant (tenant_id, name, country, time_zone, currency, licence_type, sandbox, sip_domain, calling_policy, created_at, language)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10 / 1000.0), $11)`,
    [
      tenant.tenantId,
      tenant.name,
      tenant.country,
      tenant.timeZone,
      tenant.currency,
      tenant.licenceType,
      tenant.sandbox,
      tenant.sipDomain,
      tenant.callingPolicy,
      tenant.createdAt,
      tenant.language,
    ],
  )
}

/** Changes what is given. The zone has rules of its own: `changeTimeZone`. */
export async function updateTenant(
  db: Queryable,
  tenantId: TenantId,
  changes: { readonly name?: string; readonly callingPolicy?: string; readonly language?: Language },
): Promise<void> {
  await db.execute(
    `UPDATE tenant SET name = coalesce($2, name), calling_policy = coalesce($3, calling_policy), language = coalesce($4, language)
     WHERE tenant_id = $1`,
    [tenantId, changes.name ?? null, changes.callingPolicy ?? null, changes.language ?? null],
  )
}

/** What the clock of this tenant shows (D4). */
export const tenantNow = (tenant: Pick<TenantRow, 'clockAt'>, now: Instant): Instant => tenant.clockAt ?? now
