/** Sessions of people: a random secret in a cookie, its SHA-256 here. They slide while used and end for good after a week. */
import type { PersonId, TenantId, Uuid } from '../core/ids.ts'
import type { Role } from '../core/permission.ts'
import type { Language } from '../core/problems.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export type SignInMethod = 'password' | 'totp' | 'recovery-code' | 'passkey' | 'oidc' | 'invitation' | 'demo'

/** Unused for this long, a session is over. */
export const SESSION_IDLE_SECONDS = 12 * 3600
/** However it is used. */
export const SESSION_LIFE_SECONDS = 7 * 24 * 3600
/** `seen_at` is written this often at most: reading a page must not be a write. */
const SEEN_EVERY_SECONDS = 60

export interface SessionRow {
  readonly sessionId: Uuid
  readonly personId: PersonId
  readonly method: SignInMethod
  readonly address: string
  readonly userAgent: string
  readonly createdAt: Instant
  readonly seenAt: Instant
  readonly confirmedAt: Instant
}

const COLUMNS = `s.session_id AS "sessionId", s.person_id AS "personId", s.method, s.address, s.user_agent AS "userAgent",
  s.created_at AS "createdAt", s.seen_at AS "seenAt", s.confirmed_at AS "confirmedAt"`

/** Of `person_session s`; $1 is now. */
export const SESSION_IS_ALIVE = `s.revoked_at IS NULL AND s.created_at > to_timestamp($1 / 1000.0) - interval '${SESSION_LIFE_SECONDS} seconds'
  AND s.seen_at > to_timestamp($1 / 1000.0) - interval '${SESSION_IDLE_SECONDS} seconds'`

export interface LiveSession extends SessionRow {
  readonly email: string
  readonly name: string
  readonly language: Language
  /** Held at the tenant asked for, by a partner that looks after it, or at the installation. */
  readonly roles: readonly Role[]
}

/** The session of a secret, and what its person is to `tenantId` (null: to the installation alone). Null: it opens nothing. */
export async function findSession(
  db: Queryable,
  secretHash: string,
  tenantId: TenantId | null,
  now: Instant,
): Promise<LiveSession | null> {
  const [row] = await db.query<LiveSession>(
    `SELECT ${COLUMNS}, p.email, p.name, p.language, ARRAY(
       SELECT g.role FROM role_grant g WHERE g.person_id = s.person_id AND (
         (g.tenant_id IS NULL AND g.partner_id IS NULL) OR g.tenant_id = $3::uuid
         OR g.partner_id IN (SELECT partner_id FROM partner_tenant WHERE tenant_id = $3::uuid))
     ) AS roles
     FROM person_session s JOIN person p ON p.person_id = s.person_id
     WHERE s.secret_hash = $2 AND ${SESSION_IS_ALIVE} AND p.disabled_at IS NULL`,
    [now, secretHash, tenantId],
  )
  return row ?? null
}

export async function sessionSeen(db: Queryable, sessionId: Uuid, now: Instant): Promise<void> {
  await db.execute(
    `UPDATE person_session SET seen_at = to_timestamp($2 / 1000.0)
     WHERE session_id = $1 AND seen_at < to_timestamp($2 / 1000.0) - interval '${SEEN_EVERY_SECONDS} seconds'`,
    [sessionId, now],
  )
}

export const isSeenLongAgo = (session: SessionRow, now: Instant): boolean =>
  now - session.seenAt > SEEN_EVERY_SECONDS * 1000

export async function insertSession(
  tx: Tx,
  session: Omit<SessionRow, 'seenAt' | 'confirmedAt'> & { readonly secretHash: string },
): Promise<void> {
  await tx.execute(
    `INSERT INTO person_session (session_id, person_id, secret_hash, method, address, user_agent, created_at, seen_at, confirmed_at)
     VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0), to_timestamp($7 / 1000.0), to_timestamp($7 / 1000.0))`,
    [
      session.sessionId,
      session.personId,
      session.secretHash,
      session.method,
      session.address,
      session.userAgent,
      session.createdAt,
    ],
  )
}

/** The person has just proved again who they are: the secret changes with it. */
export async function renewSession(tx: Tx, sessionId: Uuid, secretHash: string, at: Instant): Promise<void> {
  await tx.execute(
    'UPDATE person_session SET secret_hash = $2, confirmed_at = to_timestamp($3 / 1000.0) WHERE session_id = $1',
    [sessionId, secretHash, at],
  )
}

export function listSessions(db: Queryable, personId: PersonId, now: Instant): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    `SELECT ${COLUMNS} FROM person_session s WHERE s.person_id = $2 AND ${SESSION_IS_ALIVE} ORDER BY s.session_id DESC`,
    [now, personId],
  )
}

/** Ends one session of this person, or all, or all but one. Returns how many. */
export async function revokeSessions(
  tx: Tx,
  personId: PersonId,
  at: Instant,
  which: { readonly only?: Uuid; readonly except?: Uuid } = {},
): Promise<number> {
  return tx.execute(
    `UPDATE person_session SET revoked_at = to_timestamp($2 / 1000.0) WHERE person_id = $1 AND revoked_at IS NULL
     AND ($3::uuid IS NULL OR session_id = $3) AND ($4::uuid IS NULL OR session_id <> $4)`,
    [personId, at, which.only ?? null, which.except ?? null],
  )
}

/** Those of these sessions that are over. */
export async function sessionsOver(db: Queryable, sessionIds: readonly Uuid[], now: Instant): Promise<Uuid[]> {
  const alive = await db.query<{ sessionId: Uuid }>(
    `SELECT s.session_id AS "sessionId" FROM person_session s JOIN person p ON p.person_id = s.person_id
      WHERE s.session_id = ANY($2) AND ${SESSION_IS_ALIVE} AND p.disabled_at IS NULL`,
    [now, [...sessionIds]],
  )
  const known = new Set(alive.map(({ sessionId }) => sessionId))
  return sessionIds.filter((sessionId) => !known.has(sessionId))
}

/** Has the person signed in before, and if so, ever with this browser? */
export async function isNewDevice(db: Queryable, personId: PersonId, userAgent: string): Promise<boolean> {
  const [row] = await db.query<{ known: boolean | null }>(
    'SELECT bool_or(user_agent = $2) AS known FROM person_session WHERE person_id = $1',
    [personId, userAgent],
  )
  return row?.known === false
}
