/** Passkeys: public keys by credential id. */
import type { PersonId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface PasskeyRow {
  readonly passkeyId: Uuid
  readonly personId: PersonId
  /** base64url. */
  readonly credentialId: string
  readonly publicKey: Buffer
  readonly counter: bigint
  readonly transports: readonly string[]
  readonly name: string
  readonly createdAt: Instant
  readonly lastUsedAt: Instant | null
}

const COLUMNS = `passkey_id AS "passkeyId", person_id AS "personId", credential_id AS "credentialId", public_key AS "publicKey", counter,
  transports, name, created_at AS "createdAt", last_used_at AS "lastUsedAt"`

export function listPasskeys(db: Queryable, personId: PersonId): Promise<PasskeyRow[]> {
  return db.query<PasskeyRow>(`SELECT ${COLUMNS} FROM passkey WHERE person_id = $1 ORDER BY passkey_id`, [personId])
}

/** The passkey for a sign-in: others with the same one wait, so that its counter only goes up. */
export async function lockPasskey(tx: Tx, credentialId: string): Promise<PasskeyRow | null> {
  const [row] = await tx.query<PasskeyRow>(`SELECT ${COLUMNS} FROM passkey WHERE credential_id = $1 FOR UPDATE`, [
    credentialId,
  ])
  return row ?? null
}

export async function insertPasskey(tx: Tx, passkey: Omit<PasskeyRow, 'lastUsedAt'>): Promise<void> {
  await tx.execute(
    `INSERT INTO passkey (passkey_id, person_id, credential_id, public_key, counter, transports, name, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0))`,
    [
      passkey.passkeyId,
      passkey.personId,
      passkey.credentialId,
      passkey.publicKey,
      passkey.counter,
      [...passkey.transports],
      passkey.name,
      passkey.createdAt,
    ],
  )
}

export async function passkeyUsed(tx: Tx, passkeyId: Uuid, counter: bigint, at: Instant): Promise<void> {
  await tx.execute('UPDATE passkey SET counter = $2, last_used_at = to_timestamp($3 / 1000.0) WHERE passkey_id = $1', [
    passkeyId,
    counter,
    at,
  ])
}

/** Takes a passkey of this person away; null: they have no such one. */
export async function deletePasskey(tx: Tx, personId: PersonId, passkeyId: Uuid): Promise<PasskeyRow | null> {
  const [row] = await tx.query<PasskeyRow>(
    `DELETE FROM passkey WHERE person_id = $1 AND passkey_id = $2 RETURNING ${COLUMNS}`,
    [personId, passkeyId],
  )
  return row ?? null
}
