/** Who holds which role where. */
import type { PartnerId, PersonId, TenantId } from '../core/ids.ts'
import type { Place, Role } from '../core/permission.ts'
import type { Language } from '../core/problems.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface MemberRow {
  readonly personId: PersonId
  readonly email: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly hasSecondFactor: boolean
  /** An authenticator app. */
  readonly hasTotp: boolean
  readonly passkeys: number
  readonly lastSeenAt: Instant | null
  readonly disabledAt: Instant | null
}

/** $1 and $2 are the place. */
const AT_PLACE = 'g.partner_id IS NOT DISTINCT FROM $1::uuid AND g.tenant_id IS NOT DISTINCT FROM $2::uuid'

/** The people who hold a role at this very place, by id; `personId`: that one alone. */
export function listMembers(
  db: Queryable,
  place: Place,
  limit: number,
  after: PersonId | null,
  personId: PersonId | null = null,
): Promise<MemberRow[]> {
  return db.query<MemberRow>(
    `SELECT p.person_id AS "personId", p.email, p.name, array_agg(g.role ORDER BY g.role) AS roles, p.disabled_at AS "disabledAt",
       p.totp_confirmed OR EXISTS (SELECT FROM passkey k WHERE k.person_id = p.person_id) AS "hasSecondFactor",
       p.totp_confirmed AS "hasTotp", (SELECT count(*) FROM passkey k WHERE k.person_id = p.person_id)::integer AS passkeys,
       (SELECT max(s.seen_at) FROM person_session s WHERE s.person_id = p.person_id) AS "lastSeenAt"
     FROM role_grant g JOIN person p ON p.person_id = g.person_id
     WHERE ${AT_PLACE} AND ($4::uuid IS NULL OR p.person_id > $4) AND ($5::uuid IS NULL OR p.person_id = $5)
     GROUP BY p.person_id ORDER BY p.person_id LIMIT $3`,
    [place.partnerId, place.tenantId, limit, after, personId],
  )
}

/** Returns whether it is new: a role that is held is confirmed, not doubled. */
export async function grantRole(tx: Tx, place: Place, personId: PersonId, role: Role, at: Instant): Promise<boolean> {
  const made = await tx.execute(
    `INSERT INTO role_grant (partner_id, tenant_id, person_id, role, granted_at)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0)) ON CONFLICT DO NOTHING`,
    [place.partnerId, place.tenantId, personId, role, at],
  )
  return made === 1
}

export async function revokeRole(tx: Tx, place: Place, personId: PersonId, role: Role): Promise<boolean> {
  const gone = await tx.execute(`DELETE FROM role_grant g WHERE ${AT_PLACE} AND g.person_id = $3 AND g.role = $4`, [
    place.partnerId,
    place.tenantId,
    personId,
    role,
  ])
  return gone === 1
}

/** Everybody at the place who holds the role and can sign in. Locks the grants: two admins may not remove each other at once. */
export async function lockHolders(tx: Tx, place: Place, role: Role): Promise<PersonId[]> {
  const rows = await tx.query<{ personId: PersonId }>(
    `SELECT g.person_id AS "personId" FROM role_grant g JOIN person p ON p.person_id = g.person_id
     WHERE ${AT_PLACE} AND g.role = $3 AND p.disabled_at IS NULL ORDER BY g.person_id FOR UPDATE OF g`,
    [place.partnerId, place.tenantId, role],
  )
  return rows.map(({ personId }) => personId)
}

export interface TenantRoles {
  readonly tenantId: TenantId
  readonly name: string
  readonly roles: readonly Role[]
}

/** The tenants where a person holds a role, or whose partner they are, by name; at most `limit`. */
export function tenantsOfPerson(db: Queryable, personId: PersonId, limit: number): Promise<TenantRoles[]> {
  return db.query<TenantRoles>(
    `SELECT t.tenant_id AS "tenantId", t.name, array_agg(DISTINCT h.role) AS roles
     FROM (SELECT coalesce(g.tenant_id, pt.tenant_id) AS tenant_id, g.role
           FROM role_grant g LEFT JOIN partner_tenant pt ON pt.partner_id = g.partner_id WHERE g.person_id = $1) h
     JOIN tenant t ON t.tenant_id = h.tenant_id
     GROUP BY t.tenant_id ORDER BY t.name, t.tenant_id LIMIT $2`,
    [personId, limit],
  )
}

/** Whom W7 tells about a tenant's money: billing admins and global admins who may still sign in. */
export function billingAdmins(db: Queryable, tenantId: TenantId): Promise<{ email: string; language: Language }[]> {
  return db.query<{ email: string; language: Language }>(
    `SELECT DISTINCT p.email, p.language FROM role_grant g JOIN person p ON p.person_id = g.person_id
     WHERE g.tenant_id = $1 AND g.role IN ('billing-admin', 'global-admin') AND p.disabled_at IS NULL ORDER BY p.email`,
    [tenantId],
  )
}

/** Addresses and languages of a partner's people, once each; `partnerId` null: of all partners. */
export function peopleOfPartner(
  db: Queryable,
  partnerId: PartnerId | null,
): Promise<{ readonly email: string; readonly language: Language }[]> {
  return db.query(
    `SELECT DISTINCT p.email, p.language FROM role_grant g JOIN person p USING (person_id)
     WHERE g.partner_id IS NOT NULL AND ($1::uuid IS NULL OR g.partner_id = $1) AND p.disabled_at IS NULL ORDER BY p.email`,
    [partnerId],
  )
}

/** The resellers at whom somebody holds a role. */
export function partnersOfPerson(
  db: Queryable,
  personId: PersonId,
): Promise<{ readonly partnerId: PartnerId; readonly name: string }[]> {
  return db.query(
    `SELECT DISTINCT p.partner_id AS "partnerId", p.name FROM role_grant g JOIN partner p USING (partner_id)
     WHERE g.person_id = $1 ORDER BY p.name, p.partner_id`,
    [personId],
  )
}
