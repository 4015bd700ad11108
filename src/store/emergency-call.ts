/** Calls to emergency numbers, and who is told of them (N6). */
import { addressLines, type CivicAddress, locationHeader } from '../core/emergency-address.ts'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import { CALLBACK_SECONDS } from '../core/number.ts'
import { type Instant, instant } from '../core/time.ts'
import { type Db, inTransaction, type Queryable, type Tx } from './db.ts'
import { recordEvents } from './event.ts'

/** Mail addresses of the security desk; none unless somebody has set them. */
export async function readDesk(db: Queryable, tenantId: TenantId): Promise<readonly string[]> {
  const [row] = await db.query<{ emails: string[] }>('SELECT emails FROM emergency_desk WHERE tenant_id = $1', [
    tenantId,
  ])
  return row?.emails ?? []
}

export async function saveDesk(tx: Tx, tenantId: TenantId, emails: readonly string[]): Promise<void> {
  await tx.execute(
    `INSERT INTO emergency_desk (tenant_id, emails) VALUES ($1, $2)
     ON CONFLICT (tenant_id) DO UPDATE SET emails = excluded.emails`,
    [tenantId, [...emails]],
  )
}

export interface EmergencyCallRow {
  readonly at: Instant
  readonly dialled: string
  readonly userId: UserId
  readonly userName: string
  readonly number: string | null
  readonly locationName: string | null
}

/** The latest hundred, newest first. */
export const listEmergencyCalls = (db: Queryable, tenantId: TenantId): Promise<EmergencyCallRow[]> =>
  db.query<EmergencyCallRow>(
    `SELECT c.at, c.dialled, c.user_id AS "userId", u.name AS "userName", c.number,
       CASE WHEN a.name IS NOT NULL THEN concat_ws(', ', a.name, nullif(l.place, '')) END AS "locationName"
     FROM emergency_call c JOIN tenant_user u ON u.user_id = c.user_id
     LEFT JOIN emergency_location l ON l.location_id = c.location_id LEFT JOIN emergency_address a ON a.address_id = l.address_id
     WHERE c.tenant_id = $1 ORDER BY c.at DESC, c.session_id LIMIT 100`,
    [tenantId],
  )

const CIVIC = `json_build_object('country', a.country, 'houseNumber', a.house_number, 'street', a.street, 'locality', a.locality,
  'city', a.city, 'region', a.region, 'postalCode', a.postal_code)`

export interface EmergencyPlace {
  /** `user@domain` of a telephone. */
  readonly address: string
  /** `locationHeader`; null where no location is known. */
  readonly header: string | null
  /** What a call centre calls back. */
  readonly number: string | null
}

/** Of every telephone, where help is to be sent and whom to call back: for a switch to know by heart. */
export async function emergencyPlaces(db: Queryable): Promise<EmergencyPlace[]> {
  const rows = await db.query<{
    address: string
    number: string
    locationId: Uuid | null
    civic: CivicAddress | null
    place: string | null
  }>(
    `SELECT DISTINCT ON (u.user_id) u.sip_username || '@' || t.sip_domain AS address, n.number, n.location_id AS "locationId",
       CASE WHEN a.address_id IS NOT NULL THEN ${CIVIC} END AS civic, l.place
     FROM tenant_user u JOIN tenant t USING (tenant_id) JOIN phone_number n ON n.user_id = u.user_id
     LEFT JOIN emergency_location l ON l.location_id = n.location_id LEFT JOIN emergency_address a ON a.address_id = l.address_id
     WHERE u.sip_username IS NOT NULL AND u.deleted_at IS NULL
     ORDER BY u.user_id, n.number`,
  )
  return rows.map(({ address, number, locationId, civic, place }) => ({
    address,
    number,
    header: locationId && civic ? locationHeader(formatId('location', locationId), civic, place ?? '') : null,
  }))
}

export interface EmergencyCallFacts {
  readonly sessionId: string
  readonly tenantId: TenantId
  readonly userId: UserId
  readonly dialled: string
  /** When it was made, by the real clock. */
  readonly at: Instant
}

/**
 * Writes down an emergency call, once however often it is told: the event, with which the security desk is mailed, and the hour in which
 * no call back is refused (N6). The event happens by the tenant's clock.
 */
export function noteEmergencyCall(db: Db, call: EmergencyCallFacts): Promise<void> {
  return inTransaction(db, async (tx) => {
    const [who] = await tx.query<{
      name: string
      at: Instant
      number: string | null
      locationId: Uuid | null
      locationName: string | null
      place: string | null
      civic: CivicAddress | null
    }>(
      `SELECT u.name, coalesce(t.clock_at, to_timestamp($3 / 1000.0)) AS at, n.number, n.location_id AS "locationId",
         a.name AS "locationName", l.place, CASE WHEN a.address_id IS NOT NULL THEN ${CIVIC} END AS civic
       FROM tenant_user u JOIN tenant t USING (tenant_id)
       LEFT JOIN LATERAL (SELECT * FROM phone_number p WHERE p.user_id = u.user_id ORDER BY p.number LIMIT 1) n ON true
       LEFT JOIN emergency_location l ON l.location_id = n.location_id LEFT JOIN emergency_address a ON a.address_id = l.address_id
       WHERE u.tenant_id = $1 AND u.user_id = $2`,
      [call.tenantId, call.userId, call.at],
    )
    if (!who) return
    const isNew = await tx.execute(
      `INSERT INTO emergency_call (session_id, tenant_id, user_id, dialled, number, location_id, at)
       VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0)) ON CONFLICT (session_id) DO NOTHING`,
      [call.sessionId, call.tenantId, call.userId, call.dialled, who.number, who.locationId, who.at],
    )
    if (isNew === 0) return
    await tx.execute(
      `UPDATE phone_number SET callback_until = greatest(callback_until, to_timestamp($2 / 1000.0)) WHERE user_id = $1`,
      [call.userId, instant(who.at + CALLBACK_SECONDS * 1_000)],
    )
    const data = {
      userId: formatId('user', call.userId),
      userName: who.name,
      dialled: call.dialled,
      number: who.number,
      locationId: who.locationId === null ? null : formatId('location', who.locationId),
      locationName: who.locationName === null ? null : [who.locationName, who.place].filter(Boolean).join(', '),
      lines: who.civic === null ? [] : addressLines(who.civic),
    }
    await recordEvents(tx, [{ tenantId: call.tenantId, type: 'emergency.called', at: who.at, data }])
  })
}
