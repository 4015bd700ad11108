/** Phone numbers in service: one holder each, in the whole installation (N4). */
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface NumberRow {
  readonly numberId: Uuid
  readonly tenantId: TenantId
  readonly number: E164
  readonly type: 'user' | 'service-toll' | 'service-toll-free'
  readonly userId: UserId | null
  readonly createdAt: Instant
}

const COLUMNS = `number_id AS "numberId", tenant_id AS "tenantId", number, type, user_id AS "userId", created_at AS "createdAt"`

/** Puts a number in service; the primary key refuses a second holder. */
export async function insertNumber(tx: Tx, number: NumberRow): Promise<void> {
  await tx.execute(
    `INSERT INTO phone_number (number_id, tenant_id, number, type, user_id, created_at)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))`,
    [number.numberId, number.tenantId, number.number, number.type, number.userId, number.createdAt],
  )
}

export async function findNumber(db: Queryable, number: E164): Promise<NumberRow | null> {
  const [row] = await db.query<NumberRow>(`SELECT ${COLUMNS} FROM phone_number WHERE number = $1`, [number])
  return row ?? null
}

export function listNumbers(
  db: Queryable,
  tenantId: TenantId,
  limit: number,
  after: string | null,
): Promise<NumberRow[]> {
  return db.query<NumberRow>(
    `SELECT ${COLUMNS} FROM phone_number WHERE tenant_id = $1 AND ($3::text IS NULL OR number > $3) ORDER BY number LIMIT $2`,
    [tenantId, limit, after],
  )
}

/** Gives the user this number and takes back the one before: the tenant keeps it, unassigned. */
export async function assignNumber(tx: Tx, number: E164, userId: UserId): Promise<void> {
  await tx.execute('UPDATE phone_number SET user_id = NULL WHERE user_id = $1 AND number <> $2', [userId, number])
  await tx.execute('UPDATE phone_number SET user_id = $2 WHERE number = $1', [number, userId])
}
