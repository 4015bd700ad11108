/** Attendants of a tenant: the draft, what is live, and the numbers that lead there. */
import type { Attendant } from '../core/attendant.ts'
import type { AttendantOfNumber } from '../core/attendant-call.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import type { NumberType } from '../core/number.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface AttendantNumber {
  readonly numberId: Uuid
  readonly number: E164
  readonly type: NumberType
}

export interface AttendantRow {
  readonly attendantId: Uuid
  readonly tenantId: TenantId
  readonly name: string
  readonly draft: Attendant
  /** Null: never published. */
  readonly live: Attendant | null
  readonly publishedAt: Instant | null
  readonly createdAt: Instant
  /** In the order of their digits. */
  readonly numbers: readonly AttendantNumber[]
}

const SELECT = `SELECT a.attendant_id AS "attendantId", a.tenant_id AS "tenantId", a.name, a.draft, a.live,
    a.published_at AS "publishedAt", a.created_at AS "createdAt",
    coalesce((SELECT jsonb_agg(jsonb_build_object('numberId', n.number_id, 'number', n.number, 'type', n.type) ORDER BY n.number)
       FROM attendant_number an JOIN phone_number n ON n.tenant_id = an.tenant_id AND n.number_id = an.number_id
      WHERE an.attendant_id = a.attendant_id), '[]') AS numbers
  FROM attendant a`

/** Oldest first; there are few (ATTENDANTS_MAX). */
export const listAttendants = (db: Queryable, tenantId: TenantId): Promise<AttendantRow[]> =>
  db.query<AttendantRow>(`${SELECT} WHERE a.tenant_id = $1 ORDER BY a.attendant_id`, [tenantId])

export async function findAttendant(db: Queryable, tenantId: TenantId, id: Uuid): Promise<AttendantRow | null> {
  const [row] = await db.query<AttendantRow>(`${SELECT} WHERE a.tenant_id = $1 AND a.attendant_id = $2`, [tenantId, id])
  return row ?? null
}

/** The attendant for a change. */
export async function lockAttendant(tx: Tx, tenantId: TenantId, id: Uuid): Promise<AttendantRow | null> {
  const [row] = await tx.query<AttendantRow>(
    `${SELECT} WHERE a.tenant_id = $1 AND a.attendant_id = $2 FOR UPDATE OF a`,
    [tenantId, id],
  )
  return row ?? null
}

/** Writes an attendant, new or changed; its numbers by `setAttendantNumbers`. */
export async function saveAttendant(tx: Tx, attendant: AttendantRow): Promise<void> {
  await tx.execute(
    `INSERT INTO attendant (attendant_id, tenant_id, name, draft, live, published_at, created_at)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7 / 1000.0))
     ON CONFLICT (attendant_id) DO UPDATE SET name = excluded.name, draft = excluded.draft, live = excluded.live,
       published_at = excluded.published_at`,
    [
      attendant.attendantId,
      attendant.tenantId,
      attendant.name,
      JSON.stringify(attendant.draft),
      attendant.live === null ? null : JSON.stringify(attendant.live),
      attendant.publishedAt,
      attendant.createdAt,
    ],
  )
}

/** These numbers and no others lead to the attendant. `attendant_number_pkey` refuses one that leads to another. */
export async function setAttendantNumbers(
  tx: Tx,
  tenantId: TenantId,
  attendantId: Uuid,
  numbers: readonly Uuid[],
): Promise<void> {
  await tx.execute('DELETE FROM attendant_number WHERE attendant_id = $1 AND number_id <> ALL($2::uuid[])', [
    attendantId,
    numbers,
  ])
  await tx.execute(
    `INSERT INTO attendant_number (tenant_id, number_id, attendant_id)
     SELECT $1, id, $2 FROM unnest($3::uuid[]) id
     WHERE NOT EXISTS (SELECT FROM attendant_number WHERE attendant_id = $2 AND number_id = id)`,
    [tenantId, attendantId, numbers],
  )
}

export const deleteAttendant = (tx: Tx, tenantId: TenantId, id: Uuid): Promise<number> =>
  tx.execute('DELETE FROM attendant WHERE tenant_id = $1 AND attendant_id = $2', [tenantId, id])

/** The live attendant behind a number in service; null when there is none. */
export async function attendantOf(db: Queryable, number: E164): Promise<AttendantOfNumber | null> {
  const [row] = await db.query<AttendantOfNumber>(
    `SELECT a.tenant_id AS "tenantId", t.time_zone AS "timeZone", t.sip_domain AS domain, a.live AS attendant
       FROM phone_number n JOIN attendant_number an USING (tenant_id, number_id)
       JOIN attendant a USING (tenant_id, attendant_id) JOIN tenant t USING (tenant_id)
      WHERE n.number = $1 AND a.live IS NOT NULL`,
    [number],
  )
  return row ?? null
}

/** How a user is rung: the telephone, and a number that calls to it may be recorded with. */
export interface RingableUser {
  readonly username: string
  readonly domain: string
  readonly number: E164 | null
  /** How long the telephone rings before the call goes on from it (A21); null: it does not, or at once. */
  readonly ringSeconds: number | null
}

/** Null: nobody there, or without a telephone, or it is switched off. */
export async function ringable(db: Queryable, tenantId: TenantId, userId: UserId): Promise<RingableUser | null> {
  const [row] = await db.query<RingableUser>(
    `SELECT u.sip_username AS username, t.sip_domain AS domain,
            (SELECT n.number FROM phone_number n WHERE n.user_id = u.user_id ORDER BY n.number LIMIT 1) AS number,
            f.ring_seconds AS "ringSeconds"
       FROM tenant_user u JOIN tenant t USING (tenant_id)
       LEFT JOIN forwarding f ON f.tenant_id = u.tenant_id AND f.user_id = u.user_id
      WHERE u.tenant_id = $1 AND u.user_id = $2 AND u.sip_username IS NOT NULL AND u.deleted_at IS NULL
        AND u.disabled_at IS NULL`,
    [tenantId, userId],
  )
  return row ?? null
}
