/** Partners, and the tenants that they look after. */
import type { PartnerId, TenantId } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface PartnerRow {
  readonly partnerId: PartnerId
  readonly name: string
  readonly createdAt: Instant
  readonly tenantIds: readonly TenantId[]
}

const COLUMNS = `p.partner_id AS "partnerId", p.name, p.created_at AS "createdAt",
  ARRAY(SELECT tenant_id::text FROM partner_tenant t WHERE t.partner_id = p.partner_id ORDER BY tenant_id) AS "tenantIds"`

export async function findPartner(db: Queryable, partnerId: PartnerId): Promise<PartnerRow | null> {
  const [row] = await db.query<PartnerRow>(`SELECT ${COLUMNS} FROM partner p WHERE p.partner_id = $1`, [partnerId])
  return row ?? null
}

export function listPartners(db: Queryable, limit: number, after: PartnerId | null): Promise<PartnerRow[]> {
  return db.query<PartnerRow>(
    `SELECT ${COLUMNS} FROM partner p WHERE $2::uuid IS NULL OR p.partner_id > $2 ORDER BY p.partner_id LIMIT $1`,
    [limit, after],
  )
}

export async function insertPartner(tx: Tx, partner: Omit<PartnerRow, 'tenantIds'>): Promise<void> {
  await tx.execute('INSERT INTO partner (partner_id, name, created_at) VALUES ($1, $2, to_timestamp($3 / 1000.0))', [
    partner.partnerId,
    partner.name,
    partner.createdAt,
  ])
}

/** From the commit on the partner's people are at home in the tenant, again if it was ended before. Returns whether that is new. */
export async function addPartnerTenant(
  tx: Tx,
  partnerId: PartnerId,
  tenantId: TenantId,
  at: Instant,
): Promise<boolean> {
  const made = await tx.execute(
    `INSERT INTO partner_tenant (partner_id, tenant_id, created_at) VALUES ($1, $2, to_timestamp($3 / 1000.0))
     ON CONFLICT DO NOTHING`,
    [partnerId, tenantId, at],
  )
  await tx.execute('DELETE FROM partner_access_end WHERE partner_id = $1 AND tenant_id = $2', [partnerId, tenantId])
  return made === 1
}

/** From the commit on they are strangers there, with every session that they have. It is kept when, and by whom (`by`). */
export async function removePartnerTenant(
  tx: Tx,
  partnerId: PartnerId,
  tenantId: TenantId,
  at: Instant,
  by: string,
): Promise<boolean> {
  const gone = await tx.execute('DELETE FROM partner_tenant WHERE partner_id = $1 AND tenant_id = $2', [
    partnerId,
    tenantId,
  ])
  if (gone === 0) return false
  await tx.execute(
    `INSERT INTO partner_access_end (partner_id, tenant_id, ended_at, ended_by) VALUES ($1, $2, to_timestamp($3 / 1000.0), $4)
     ON CONFLICT (tenant_id, partner_id) DO UPDATE SET ended_at = excluded.ended_at, ended_by = excluded.ended_by`,
    [partnerId, tenantId, at, by],
  )
  return true
}

/** A partner as a tenant sees it. */
export interface PartnerAccess {
  readonly partnerId: PartnerId
  readonly name: string
  /** Since when it may act; null: it may not. */
  readonly grantedAt: Instant | null
  readonly endedAt: Instant | null
  readonly endedBy: string | null
}

/** Every partner by name, and what it may at this tenant. */
export function listPartnerAccess(db: Queryable, tenantId: TenantId): Promise<PartnerAccess[]> {
  return db.query<PartnerAccess>(
    `SELECT p.partner_id AS "partnerId", p.name, t.created_at AS "grantedAt", e.ended_at AS "endedAt", e.ended_by AS "endedBy"
     FROM partner p LEFT JOIN partner_tenant t ON t.partner_id = p.partner_id AND t.tenant_id = $1
     LEFT JOIN partner_access_end e ON e.partner_id = p.partner_id AND e.tenant_id = $1
     ORDER BY p.name, p.partner_id`,
    [tenantId],
  )
}
