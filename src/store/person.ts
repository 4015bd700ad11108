/** People: who they are, and what they prove it with. E-mail addresses are kept in lower case. */
import type { PersonId } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface PersonRow {
  readonly personId: PersonId
  readonly email: string
  readonly name: string
  readonly language: Language
  readonly passwordHash: string | null
  /** Sealed by the vault. */
  readonly totpSealed: Buffer | null
  readonly totpConfirmed: boolean
  readonly createdAt: Instant
  readonly disabledAt: Instant | null
}

const COLUMNS = `person_id AS "personId", email, name, language, password_hash AS "passwordHash", totp_sealed AS "totpSealed",
  totp_confirmed AS "totpConfirmed", created_at AS "createdAt", disabled_at AS "disabledAt"`

export async function findPerson(db: Queryable, personId: PersonId): Promise<PersonRow | null> {
  const [row] = await db.query<PersonRow>(`SELECT ${COLUMNS} FROM person WHERE person_id = $1`, [personId])
  return row ?? null
}

export async function findPersonByEmail(db: Queryable, email: string): Promise<PersonRow | null> {
  const [row] = await db.query<PersonRow>(`SELECT ${COLUMNS} FROM person WHERE email = $1`, [email])
  return row ?? null
}

/** The person for a change of what they prove themselves with: others wait. */
export async function lockPerson(tx: Tx, personId: PersonId): Promise<PersonRow | null> {
  const [row] = await tx.query<PersonRow>(`SELECT ${COLUMNS} FROM person WHERE person_id = $1 FOR NO KEY UPDATE`, [
    personId,
  ])
  return row ?? null
}

export async function insertPerson(
  tx: Tx,
  person: Pick<PersonRow, 'personId' | 'email' | 'name' | 'language' | 'passwordHash'> & { readonly at: Instant },
): Promise<void> {
  await tx.execute(
    `INSERT INTO person (person_id, email, name, language, password_hash, created_at)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))`,
    [person.personId, person.email, person.name, person.language, person.passwordHash, person.at],
  )
}

export async function updatePerson(
  tx: Tx,
  personId: PersonId,
  changes: { readonly name?: string | undefined; readonly language?: Language | undefined },
): Promise<void> {
  await tx.execute(
    'UPDATE person SET name = coalesce($2, name), language = coalesce($3, language) WHERE person_id = $1',
    [personId, changes.name ?? null, changes.language ?? null],
  )
}

export async function setPassword(tx: Tx, personId: PersonId, passwordHash: string): Promise<void> {
  await tx.execute('UPDATE person SET password_hash = $2 WHERE person_id = $1', [personId, passwordHash])
}

/** From the commit on nothing of theirs opens anything. */
export async function setDisabled(tx: Tx, personId: PersonId, at: Instant | null): Promise<void> {
  await tx.execute('UPDATE person SET disabled_at = to_timestamp($2 / 1000.0) WHERE person_id = $1', [personId, at])
}

/** A new TOTP secret that counts once a code has confirmed it; null takes it away. */
export async function setTotp(tx: Tx, personId: PersonId, sealed: Buffer | null): Promise<void> {
  await tx.execute('UPDATE person SET totp_sealed = $2, totp_confirmed = false WHERE person_id = $1', [
    personId,
    sealed,
  ])
}

export async function confirmTotp(tx: Tx, personId: PersonId): Promise<void> {
  await tx.execute('UPDATE person SET totp_confirmed = true WHERE person_id = $1', [personId])
}

/** RFC 6238 §5.2: true for the first who comes with this step's code or a later one's, however many come at once. */
export async function takeTotpStep(db: Queryable, personId: PersonId, step: bigint): Promise<boolean> {
  const taken = await db.execute('UPDATE person SET totp_last_step = $2 WHERE person_id = $1 AND totp_last_step < $2', [
    personId,
    step,
  ])
  return taken === 1
}

/** New codes; the former ones are gone. None: takes them away. */
export async function setRecoveryCodes(tx: Tx, personId: PersonId, hashes: readonly string[]): Promise<void> {
  await tx.execute('DELETE FROM recovery_code WHERE person_id = $1', [personId])
  await tx.execute('INSERT INTO recovery_code (person_id, code_hash) SELECT $1, unnest($2::text[])', [
    personId,
    [...hashes],
  ])
}

/** True for one of those who come with this code, once. */
export async function takeRecoveryCode(db: Queryable, personId: PersonId, hash: string, at: Instant): Promise<boolean> {
  const taken = await db.execute(
    `UPDATE recovery_code SET used_at = to_timestamp($3 / 1000.0)
     WHERE person_id = $1 AND code_hash = $2 AND used_at IS NULL`,
    [personId, hash, at],
  )
  return taken === 1
}

export async function countRecoveryCodes(db: Queryable, personId: PersonId): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM recovery_code WHERE person_id = $1 AND used_at IS NULL',
    [personId],
  )
  return row?.count ?? 0
}

export async function findPersonByOidc(db: Queryable, issuer: string, subject: string): Promise<PersonRow | null> {
  const [row] = await db.query<PersonRow>(
    `SELECT ${COLUMNS} FROM person WHERE person_id = (SELECT person_id FROM oidc_link WHERE issuer = $1 AND subject = $2)`,
    [issuer, subject],
  )
  return row ?? null
}

export async function linkOidc(
  tx: Tx,
  link: { readonly issuer: string; readonly subject: string; readonly personId: PersonId; readonly at: Instant },
): Promise<void> {
  await tx.execute(
    `INSERT INTO oidc_link (issuer, subject, person_id, created_at) VALUES ($1, $2, $3, to_timestamp($4 / 1000.0))
     ON CONFLICT DO NOTHING`,
    [link.issuer, link.subject, link.personId, link.at],
  )
}
