/** Where the calls of users go on to (A21). */
import type { Onward } from '../core/call.ts'
import { type Country, parseCountry } from '../core/country.ts'
import type { Forwarding } from '../core/forwarding.ts'
import type { SwitchId, TenantId, UserId } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'
import type { SipSubscriber } from './sip.ts'

interface Row {
  user_id: UserId
  to_user_id: UserId | null
  to_number: E164 | null
  ring_seconds: number | null
}

function toForwarding({ to_user_id, to_number, ring_seconds: ringSeconds }: Omit<Row, 'user_id'>): Forwarding | null {
  if (to_user_id !== null) return { to: 'user', userId: to_user_id, ringSeconds }
  return to_number === null ? null : { to: 'number', number: to_number, ringSeconds }
}

/** Where this user’s calls go; null: they ring at the user’s own telephone. */
export async function readForwarding(db: Queryable, tenantId: TenantId, userId: UserId): Promise<Forwarding | null> {
  const [row] = await db.query<Row>(
    'SELECT user_id, to_user_id, to_number, ring_seconds FROM forwarding WHERE tenant_id = $1 AND user_id = $2',
    [tenantId, userId],
  )
  return row ? toForwarding(row) : null
}

/** Null takes it away. A colleague must be of the same tenant: a key refuses another. */
export async function saveForwarding(
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  forwarding: Forwarding | null,
): Promise<void> {
  if (forwarding === null) {
    await tx.execute('DELETE FROM forwarding WHERE tenant_id = $1 AND user_id = $2', [tenantId, userId])
    return
  }
  await tx.execute(
    `INSERT INTO forwarding (tenant_id, user_id, to_user_id, to_number, ring_seconds) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, user_id) DO UPDATE
       SET to_user_id = excluded.to_user_id, to_number = excluded.to_number, ring_seconds = excluded.ring_seconds`,
    [
      tenantId,
      userId,
      forwarding.to === 'user' ? forwarding.userId : null,
      forwarding.to === 'number' ? forwarding.number : null,
      forwarding.ringSeconds,
    ],
  )
}

/** Which colleague forwards to which. Held until the transaction ends, so that two of them make no circle at once. */
export async function lockForwardsToUsers(tx: Tx, tenantId: TenantId): Promise<Map<UserId, UserId>> {
  await tx.query('SELECT FROM tenant WHERE tenant_id = $1 FOR NO KEY UPDATE', [tenantId])
  const rows = await tx.query<{ user_id: UserId; to_user_id: UserId }>(
    'SELECT user_id, to_user_id FROM forwarding WHERE tenant_id = $1 AND to_user_id IS NOT NULL',
    [tenantId],
  )
  return new Map(rows.map((row) => [row.user_id, row.to_user_id]))
}

/** A user as a call finds them. */
export interface CalledUser {
  readonly tenantId: TenantId
  readonly userId: UserId
  readonly name: string
  /** `user@domain`; null: no telephone. */
  readonly address: string | null
  readonly location: Country | null
  /** The first of the user’s own numbers. */
  readonly number: E164 | null
  /** What the user shows outside (N4). */
  readonly shows: SipSubscriber['shows']
  /** The number of a service, when that is shown. */
  readonly serviceNumber: string | null
  /** Null as well while a call centre may call back (N6): it wants the person who called. */
  readonly forwarding: Forwarding | null
}

/** The user at a moment of the real clock; null when there is none any more, or the telephone is switched off. */
export async function calledUser(
  db: Queryable,
  tenantId: TenantId,
  userId: UserId,
  now: Instant,
): Promise<CalledUser | null> {
  const [row] = await db.query<
    Omit<Row, 'user_id'> &
      Pick<CalledUser, 'name' | 'address' | 'number' | 'shows' | 'serviceNumber'> & { readonly usage_location: string }
  >(
    `SELECT u.name, u.sip_username || '@' || t.sip_domain AS address, f.to_user_id, f.to_number, f.ring_seconds, u.usage_location,
            (SELECT n.number FROM phone_number n WHERE n.user_id = u.user_id ORDER BY n.number LIMIT 1) AS number,
            coalesce(c.kind, 'own') AS shows,
            (SELECT s.number FROM phone_number s WHERE s.number_id = c.number_id) AS "serviceNumber"
       FROM tenant_user u JOIN tenant t USING (tenant_id) LEFT JOIN caller_id c ON c.user_id = u.user_id
       LEFT JOIN forwarding f ON f.tenant_id = u.tenant_id AND f.user_id = u.user_id AND NOT EXISTS (
         SELECT FROM phone_number n WHERE n.user_id = u.user_id
            AND n.callback_until > coalesce(t.clock_at, to_timestamp($3 / 1000.0)))
      WHERE u.tenant_id = $1 AND u.user_id = $2 AND u.deleted_at IS NULL AND u.disabled_at IS NULL`,
    [tenantId, userId, now],
  )
  if (!row) return null
  const { name, address, number, shows, serviceNumber } = row
  const location = parseCountry(row.usage_location)
  return { tenantId, userId, name, address, location, number, shows, serviceNumber, forwarding: toForwarding(row) }
}

/** Writes on the session of a call where it went (A21), for its record. Nothing where the session holds no call any more. */
export async function noteOnward(db: Queryable, switchId: SwitchId, sessionId: string, onward: Onward): Promise<void> {
  await db.execute(
    `UPDATE call_session SET call = (call::jsonb || jsonb_build_object('onward', $3::jsonb))::json
      WHERE switch_id = $1 AND session_id = $2 AND state = 'open'`,
    [switchId, sessionId, JSON.stringify(onward)],
  )
}

/** How many calls of the user are in progress that go on for somebody else, beside this one. */
export async function forwardedInProgress(
  db: Queryable,
  { tenantId, userId }: Pick<CalledUser, 'tenantId' | 'userId'>,
  sessionId: string,
): Promise<number> {
  const [row] = await db.query<{ calls: number }>(
    `SELECT count(*)::int AS calls FROM call_session
      WHERE tenant_id = $1 AND state = 'open' AND call ->> 'userId' = $2 AND call -> 'forwards' IS NOT NULL AND session_id <> $3`,
    [tenantId, userId, sessionId],
  )
  return row?.calls ?? 0
}

/** Everybody who has a SIP name and forwards, of every tenant: the switch must ask where their calls go. */
export function forwardedNames(db: Queryable): Promise<{ domain: string; username: string }[]> {
  return db.query<{ domain: string; username: string }>(
    `SELECT t.sip_domain AS domain, u.sip_username AS username
       FROM forwarding f JOIN tenant_user u ON u.user_id = f.user_id JOIN tenant t ON t.tenant_id = u.tenant_id
      WHERE u.sip_username IS NOT NULL AND u.deleted_at IS NULL`,
  )
}
