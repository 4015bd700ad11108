/** Invitations and password resets: links by mail that work once. Only the SHA-256 of their secret is here. */
import type { PersonId, Uuid } from '../core/ids.ts'
import type { Place, Role } from '../core/permission.ts'
import type { Language } from '../core/problems.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface InvitationRow extends Place {
  readonly invitationId: Uuid
  readonly email: string
  readonly role: Role
  readonly language: Language
  readonly invitedBy: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

const COLUMNS = `invitation_id AS "invitationId", email, role, partner_id AS "partnerId", tenant_id AS "tenantId", language,
  invited_by AS "invitedBy", created_at AS "createdAt", expires_at AS "expiresAt"`
const OPEN = 'accepted_at IS NULL AND revoked_at IS NULL'
const AT_PLACE = 'partner_id IS NOT DISTINCT FROM $1::uuid AND tenant_id IS NOT DISTINCT FROM $2::uuid'

/** A new link; one for the same e-mail, role and place stops working. */
export async function insertInvitation(
  tx: Tx,
  invitation: InvitationRow & { readonly secretHash: string },
): Promise<void> {
  const { partnerId, tenantId, email, role, createdAt } = invitation
  // The place's own lock: two who invite the same person at once must not both find no former link.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`invitation ${email}`])
  await tx.execute(
    `UPDATE invitation SET revoked_at = to_timestamp($5 / 1000.0) WHERE ${AT_PLACE} AND email = $3 AND role = $4 AND ${OPEN}`,
    [partnerId, tenantId, email, role, createdAt],
  )
  await tx.execute(
    `INSERT INTO invitation (invitation_id, email, role, partner_id, tenant_id, language, invited_by, secret_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0), to_timestamp($10 / 1000.0))`,
    [
      invitation.invitationId,
      email,
      role,
      partnerId,
      tenantId,
      invitation.language,
      invitation.invitedBy,
      invitation.secretHash,
      createdAt,
      invitation.expiresAt,
    ],
  )
}

/** Open invitations to a place, expired ones too, newest first. */
export function listInvitations(
  db: Queryable,
  place: Place,
  limit: number,
  before: Uuid | null,
): Promise<InvitationRow[]> {
  return db.query<InvitationRow>(
    `SELECT ${COLUMNS} FROM invitation WHERE ${AT_PLACE} AND ${OPEN} AND ($4::uuid IS NULL OR invitation_id < $4)
     ORDER BY invitation_id DESC LIMIT $3`,
    [place.partnerId, place.tenantId, limit, before],
  )
}

export async function revokeInvitation(
  tx: Tx,
  place: Place,
  invitationId: Uuid,
  at: Instant,
): Promise<InvitationRow | null> {
  const [row] = await tx.query<InvitationRow>(
    `UPDATE invitation SET revoked_at = to_timestamp($4 / 1000.0)
     WHERE ${AT_PLACE} AND invitation_id = $3 AND ${OPEN} RETURNING ${COLUMNS}`,
    [place.partnerId, place.tenantId, invitationId, at],
  )
  return row ?? null
}

/** The invitation of a link that still works. */
export async function findInvitation(db: Queryable, secretHash: string, now: Instant): Promise<InvitationRow | null> {
  const [row] = await db.query<InvitationRow>(
    `SELECT ${COLUMNS} FROM invitation WHERE secret_hash = $1 AND ${OPEN} AND expires_at > to_timestamp($2 / 1000.0)`,
    [secretHash, now],
  )
  return row ?? null
}

/** The same, for the one who takes it, however many come at once. */
export async function takeInvitation(tx: Tx, secretHash: string, now: Instant): Promise<InvitationRow | null> {
  const [row] = await tx.query<InvitationRow>(
    `UPDATE invitation SET accepted_at = to_timestamp($2 / 1000.0)
     WHERE secret_hash = $1 AND ${OPEN} AND expires_at > to_timestamp($2 / 1000.0) RETURNING ${COLUMNS}`,
    [secretHash, now],
  )
  return row ?? null
}

/** A new link; the person's former ones stop working. */
export async function insertReset(
  tx: Tx,
  reset: {
    readonly secretHash: string
    readonly personId: PersonId
    readonly at: Instant
    readonly expiresAt: Instant
  },
): Promise<void> {
  await closeResets(tx, reset.personId, reset.at)
  await tx.execute(
    'INSERT INTO password_reset (secret_hash, person_id, expires_at) VALUES ($1, $2, to_timestamp($3 / 1000.0))',
    [reset.secretHash, reset.personId, reset.expiresAt],
  )
}

export async function closeResets(tx: Tx, personId: PersonId, at: Instant): Promise<void> {
  await tx.execute(
    'UPDATE password_reset SET used_at = to_timestamp($2 / 1000.0) WHERE person_id = $1 AND used_at IS NULL',
    [personId, at],
  )
}

/** Whose link it is, for the one who takes it. */
export async function takeReset(tx: Tx, secretHash: string, now: Instant): Promise<PersonId | null> {
  const [row] = await tx.query<{ personId: PersonId }>(
    `UPDATE password_reset SET used_at = to_timestamp($2 / 1000.0)
     WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > to_timestamp($2 / 1000.0) RETURNING person_id AS "personId"`,
    [secretHash, now],
  )
  return row?.personId ?? null
}
