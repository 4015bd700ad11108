/** What the SIP switch asks of the store: who a telephone belongs to, where a number rings, which of its calls are open. */
import type { Call } from '../core/call.ts'
import { type Country, parseCountry } from '../core/country.ts'
import type { CallId, SwitchId, TenantId, UserId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import { parseCall } from './call-json.ts'
import type { Queryable } from './db.ts'
import { SESSION_IS_ALIVE } from './person-session.ts'

export interface SipSubscriber {
  readonly tenantId: TenantId
  readonly userId: UserId
  /** `user@domain`, the address of record. */
  readonly address: string
  /** md5(username:domain:password), RFC 7616 A1; null for a user without a SIP password, or whose telephone is switched off. */
  readonly ha1: string | null
  readonly location: Country | null
  /** E.164, in text order. */
  readonly numbers: readonly string[]
  /** What the user shows outside who is called (N4). */
  readonly shows: 'own' | 'service' | 'withheld'
  /** The number of a service, when that is shown. */
  readonly serviceNumber: string | null
}

const SUBSCRIBER = `
  SELECT u.tenant_id, u.user_id, u.sip_username || '@' || t.sip_domain AS address,
         CASE WHEN u.disabled_at IS NULL THEN u.sip_ha1 END AS sip_ha1, u.usage_location,
         ARRAY(SELECT n.number FROM phone_number n WHERE n.user_id = u.user_id ORDER BY n.number) AS numbers,
         coalesce(c.kind, 'own') AS shows,
         (SELECT s.number FROM phone_number s WHERE s.number_id = c.number_id) AS service_number
    FROM tenant_user u JOIN tenant t USING (tenant_id) LEFT JOIN caller_id c ON c.user_id = u.user_id
   WHERE u.deleted_at IS NULL`

interface SubscriberRow {
  tenant_id: TenantId
  user_id: UserId
  address: string
  sip_ha1: string | null
  usage_location: string
  numbers: string[]
  shows: SipSubscriber['shows']
  service_number: string | null
}

const toSubscriber = (row: SubscriberRow): SipSubscriber => ({
  tenantId: row.tenant_id,
  userId: row.user_id,
  address: row.address,
  ha1: row.sip_ha1,
  location: parseCountry(row.usage_location),
  numbers: row.numbers,
  shows: row.shows,
  serviceNumber: row.service_number,
})

/** The user behind `username@domain`; null when there is none. */
export async function sipSubscriber(db: Queryable, domain: string, username: string): Promise<SipSubscriber | null> {
  const rows = await db.query<SubscriberRow>(`${SUBSCRIBER} AND t.sip_domain = $1 AND u.sip_username = $2`, [
    domain,
    username,
  ])
  return rows[0] ? toSubscriber(rows[0]) : null
}

/** A person at a browser, and the user that the browser is a telephone of. */
export interface BrowserSubscriber {
  /** The SIP name of the user; null: the person has no telephone at this tenant, or it is switched off. */
  readonly username: string | null
  readonly location: Country | null
}

/** Whom a browser at `domain` stands for. Null: the session is over, or its person has no business at that tenant any more. */
export async function browserSubscriber(
  db: Queryable,
  sessionId: Uuid,
  domain: string,
  now: Instant,
): Promise<BrowserSubscriber | null> {
  const [row] = await db.query<{ username: string | null; location: string | null }>(
    `SELECT u.sip_username AS username, u.usage_location AS location
       FROM person_session s
       JOIN person p ON p.person_id = s.person_id AND p.disabled_at IS NULL
       JOIN tenant t ON t.sip_domain = $3
       LEFT JOIN tenant_user u ON u.tenant_id = t.tenant_id AND u.email = p.email
        AND u.deleted_at IS NULL AND u.disabled_at IS NULL
      WHERE s.session_id = $2 AND ${SESSION_IS_ALIVE} AND EXISTS (
        SELECT FROM role_grant g WHERE g.person_id = p.person_id AND (
          (g.tenant_id IS NULL AND g.partner_id IS NULL) OR g.tenant_id = t.tenant_id
          OR g.partner_id IN (SELECT partner_id FROM partner_tenant WHERE tenant_id = t.tenant_id)))`,
    [now, sessionId, domain],
  )
  return row ? { username: row.username, location: row.location === null ? null : parseCountry(row.location) } : null
}

/** A user with a telephone, as the switch must know it by heart. */
export interface DirectoryEntry {
  readonly domain: string
  readonly username: string
  readonly location: string
  readonly numbers: readonly string[]
}

/** Every user with a telephone, of every tenant. */
export function sipDirectory(db: Queryable): Promise<DirectoryEntry[]> {
  return db.query<DirectoryEntry>(
    `SELECT t.sip_domain AS domain, u.sip_username AS username, u.usage_location AS location,
            ARRAY(SELECT n.number FROM phone_number n WHERE n.user_id = u.user_id AND u.disabled_at IS NULL) AS numbers
       FROM tenant_user u JOIN tenant t USING (tenant_id)
      WHERE u.sip_username IS NOT NULL AND u.deleted_at IS NULL`,
  )
}

/** The tenant behind a SIP domain; null when there is none. */
export async function tenantOfSipDomain(db: Queryable, domain: string): Promise<TenantId | null> {
  const rows = await db.query<{ tenant_id: TenantId }>('SELECT tenant_id FROM tenant WHERE sip_domain = $1', [domain])
  return rows[0]?.tenant_id ?? null
}

/** A number in service and the telephone where it rings. */
export interface SipDestination {
  readonly tenantId: TenantId
  readonly isService: boolean
  /** `user@domain`: the holder of the number; for a number of a service the tenant's first user with a telephone. */
  readonly address: string | null
  /** The holder, where calls to this one go on to somebody else (A21); null: they ring at the address. */
  readonly forwardedBy: UserId | null
}

/** Where a call to `number` goes; null when the number is not in service here. */
export async function sipDestination(db: Queryable, number: string): Promise<SipDestination | null> {
  const rows = await db.query<{
    tenant_id: TenantId
    type: string
    forwarded_by: UserId | null
    address: string | null
  }>(
    `SELECT n.tenant_id, n.type,
            (SELECT f.user_id FROM forwarding f WHERE f.tenant_id = n.tenant_id AND f.user_id = n.user_id) AS forwarded_by,
            (SELECT u.sip_username || '@' || t.sip_domain
               FROM tenant_user u JOIN tenant t USING (tenant_id)
              WHERE u.tenant_id = n.tenant_id AND u.sip_username IS NOT NULL AND u.deleted_at IS NULL
                AND (u.user_id = n.user_id OR n.type <> 'user')
              ORDER BY u.user_id LIMIT 1) AS address
       FROM phone_number n WHERE n.number = $1`,
    [number],
  )
  const row = rows[0]
  if (!row) return null
  const { tenant_id: tenantId, type, address, forwarded_by: forwardedBy } = row
  return { tenantId, isService: type !== 'user', address, forwardedBy }
}

/** A session of the switch that its telephone may still be in. */
export interface SipSession {
  readonly sessionId: string
  readonly state: 'open' | 'silent' | 'ended'
  readonly lastNumber: number
  /** Null for a session that was refused, or ended before it began. */
  readonly call: Call | null
  /** The user's telephone, `user@domain`, where there is one. */
  readonly address: string | null
}

const SESSION = `
  SELECT s.session_id, s.state, s.last_number, s.call_id, s.tenant_id, s.call,
         (SELECT u.sip_username || '@' || t.sip_domain FROM tenant_user u JOIN tenant t USING (tenant_id)
           WHERE u.user_id = (s.call ->> 'userId')::uuid AND u.sip_username IS NOT NULL) AS address
    FROM call_session s WHERE s.switch_id = $1`

interface SessionRow {
  session_id: string
  state: SipSession['state']
  last_number: number
  call_id: CallId
  tenant_id: TenantId | null
  call: unknown
  address: string | null
}

const toSession = (row: SessionRow): SipSession => ({
  sessionId: row.session_id,
  state: row.state,
  lastNumber: row.last_number,
  call: parseCall(row.call, row.call_id, row.tenant_id),
  address: row.address,
})

/** Every call of the switch that is in progress: its timers are rebuilt from these when the server starts. */
export async function openSipSessions(db: Queryable, switchId: SwitchId): Promise<SipSession[]> {
  const rows = await db.query<SessionRow>(`${SESSION} AND s.state = 'open'`, [switchId])
  return rows.map(toSession)
}

/** One session, whatever its state; null when it never began here. */
export async function sipSession(db: Queryable, switchId: SwitchId, sessionId: string): Promise<SipSession | null> {
  const rows = await db.query<SessionRow>(`${SESSION} AND s.session_id = $2`, [switchId, sessionId])
  return rows[0] ? toSession(rows[0]) : null
}
