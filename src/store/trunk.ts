/** Trunks (L4): where an SBC of a tenant’s own carrier is, how it is, and the numbers that stay with that carrier. */
import { type Country, parseCountry } from '../core/country.ts'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import type { NumberType } from '../core/number.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import { type TrunkMode, type TrunkState, type TrunkTransport, trunkNews, trunkSince } from '../core/trunk.ts'
import type { Queryable, Tx } from './db.ts'
import { recordEvents } from './event.ts'
import { OWN_CARRIER } from './own-carrier.ts'

export interface TrunkRow {
  readonly trunkId: Uuid
  readonly tenantId: TenantId
  readonly name: string
  readonly mode: TrunkMode
  /** Of an SBC that registers; null for one with an address. */
  readonly username: string | null
  readonly host: string | null
  readonly port: number | null
  readonly transport: TrunkTransport
  /** Over TLS: the name that its certificate must be for, or the fingerprint that it must have; one of them. */
  readonly certificateName: string | null
  readonly certificateFingerprint: string | null
  readonly state: TrunkState
  readonly stateAt: Instant
  readonly askedAt: Instant | null
  readonly answeredAt: Instant | null
  readonly sipStatus: number | null
  readonly sipReason: string
  readonly createdAt: Instant
}

const COLUMNS = `k.trunk_id AS "trunkId", k.tenant_id AS "tenantId", k.name, k.mode, k.username, k.host, k.port, k.transport, k.state,
  k.certificate_name AS "certificateName", k.certificate_fingerprint AS "certificateFingerprint", k.state_at AS "stateAt", k.asked_at AS "askedAt", k.answered_at AS "answeredAt", k.sip_status AS "sipStatus",
  k.sip_reason AS "sipReason", k.created_at AS "createdAt"`

/** Oldest first: calls go to the first that works. */
export function listTrunks(db: Queryable, tenantId: TenantId): Promise<TrunkRow[]> {
  return db.query<TrunkRow>(`SELECT ${COLUMNS} FROM trunk k WHERE k.tenant_id = $1 ORDER BY k.trunk_id`, [tenantId])
}

export async function findTrunk(db: Queryable, tenantId: TenantId, trunkId: Uuid): Promise<TrunkRow | null> {
  const [row] = await db.query<TrunkRow>(`SELECT ${COLUMNS} FROM trunk k WHERE k.tenant_id = $1 AND k.trunk_id = $2`, [
    tenantId,
    trunkId,
  ])
  return row ?? null
}

/** `trunk_udp_address`, `trunk_tcp_address` and `trunk_tls_address` refuse an address that belongs to somebody. */
export async function insertTrunk(tx: Tx, row: TrunkRow, ha1: string | null): Promise<void> {
  await tx.execute(
    `INSERT INTO trunk (trunk_id, tenant_id, name, mode, username, ha1, host, port, transport, state, state_at, created_at,
       certificate_name, certificate_fingerprint)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11 / 1000.0), to_timestamp($12 / 1000.0), $13, $14)`,
    [
      row.trunkId,
      row.tenantId,
      row.name,
      row.mode,
      row.username,
      ha1,
      row.host,
      row.port,
      row.transport,
      row.state,
      row.stateAt,
      row.createdAt,
      row.certificateName,
      row.certificateFingerprint,
    ],
  )
}

/** Another name or another address; what is known of how it is, is known no more. */
export async function updateTrunk(
  tx: Tx,
  row: Pick<
    TrunkRow,
    'trunkId' | 'name' | 'host' | 'port' | 'transport' | 'certificateName' | 'certificateFingerprint'
  >,
  at: Instant,
): Promise<void> {
  await tx.execute(
    `UPDATE trunk SET name = $2, host = $3, port = $4, transport = $5, state = 'unknown', state_at = to_timestamp($6 / 1000.0),
       asked_at = NULL, answered_at = NULL, sip_status = NULL, sip_reason = '', certificate_name = $7, certificate_fingerprint = $8
     WHERE trunk_id = $1`,
    [row.trunkId, row.name, row.host, row.port, row.transport, at, row.certificateName, row.certificateFingerprint],
  )
}

/** A new password; the former one opens nothing from the next registration on. */
export async function setTrunkHa1(tx: Tx, trunkId: Uuid, ha1: string): Promise<void> {
  await tx.execute('UPDATE trunk SET ha1 = $2 WHERE trunk_id = $1', [trunkId, ha1])
}

export async function deleteTrunk(tx: Tx, trunkId: Uuid): Promise<void> {
  await tx.execute('DELETE FROM trunk WHERE trunk_id = $1', [trunkId])
}

/** For the switch: every trunk with the domain that it registers at. */
export interface SwitchTrunk extends TrunkRow {
  readonly domain: string
}

export function allTrunks(db: Queryable): Promise<SwitchTrunk[]> {
  return db.query<SwitchTrunk>(
    `SELECT ${COLUMNS}, t.sip_domain AS domain FROM trunk k JOIN tenant t USING (tenant_id) ORDER BY k.trunk_id`,
  )
}

/**
 * What came of asking an SBC: written down, and told where it is news. The time of the state is `trunkSince`. Two who ask at once tell once.
 */
export async function noteTrunkAnswer(
  tx: Tx,
  trunkId: Uuid,
  answer: {
    readonly state: TrunkState
    readonly sipStatus: number | null
    readonly sipReason: string
    readonly at: Instant
  },
): Promise<void> {
  const { state, sipStatus, sipReason, at } = answer
  const [before] = await tx.query<{
    tenantId: TenantId
    name: string
    state: TrunkState
    stateAt: Instant
    hasWorked: boolean
    isToldDown: boolean
    now: Instant
  }>(
    `SELECT k.tenant_id AS "tenantId", k.name, k.state, k.state_at AS "stateAt", k.answered_at IS NOT NULL AS "hasWorked",
       k.is_told_down AS "isToldDown", coalesce(t.clock_at, to_timestamp($2 / 1000.0)) AS now
     FROM trunk k JOIN tenant t USING (tenant_id) WHERE k.trunk_id = $1 FOR UPDATE OF k`,
    [trunkId, at],
  )
  if (!before) return
  const { tenantId, name, hasWorked, isToldDown } = before
  const since = trunkSince(before, state, at)
  const news = trunkNews({ state, hasWorked, isToldDown, downSeconds: (at - since) / 1_000 })
  await tx.execute(
    `UPDATE trunk SET state_at = to_timestamp($6 / 1000.0), state = $2, asked_at = to_timestamp($5 / 1000.0),
       answered_at = CASE WHEN $2 = 'up' THEN to_timestamp($5 / 1000.0) ELSE answered_at END, sip_status = $3, sip_reason = $4,
       is_told_down = CASE $7 WHEN 'trunk.down' THEN true WHEN 'trunk.up' THEN false ELSE is_told_down END
     WHERE trunk_id = $1`,
    [trunkId, state, sipStatus, sipReason, at, since, news],
  )
  if (news === null) return
  const data = { trunkId: formatId('trunk', trunkId), name, state, sipStatus, sipReason }
  await recordEvents(tx, [{ tenantId, type: news, at: before.now, data }])
}

/** Names of the SBCs that the tenant was told are down, the oldest first. */
export async function trunksDown(db: Queryable, tenantId: TenantId): Promise<{ name: string; since: Instant }[]> {
  return db.query<{ name: string; since: Instant }>(
    `SELECT name, state_at AS since FROM trunk WHERE tenant_id = $1 AND is_told_down ORDER BY trunk_id`,
    [tenantId],
  )
}

/** The digest secret of an SBC that registers; null: there is none of that name. */
export async function trunkHa1(db: Queryable, domain: string, username: string): Promise<string | null> {
  const [row] = await db.query<{ ha1: string }>(
    'SELECT k.ha1 FROM trunk k JOIN tenant t USING (tenant_id) WHERE t.sip_domain = $1 AND k.username = $2',
    [domain, username],
  )
  return row?.ha1 ?? null
}

export interface TrunkOwner {
  readonly tenantId: TenantId
  readonly country: Country | null
}

/** Whose trunk a call came in by: an id, or the `user@domain` of an SBC that registers. */
export async function ownerOfTrunk(db: Queryable, name: string): Promise<TrunkOwner | null> {
  const [username, domain] = name.split('@')
  const rows = await db.query<{ tenant_id: TenantId; country: string }>(
    domain === undefined
      ? 'SELECT t.tenant_id, t.country FROM trunk k JOIN tenant t USING (tenant_id) WHERE k.trunk_id::text = $1'
      : 'SELECT t.tenant_id, t.country FROM trunk k JOIN tenant t USING (tenant_id) WHERE k.username = $1 AND t.sip_domain = $2',
    domain === undefined ? [name] : [username, domain],
  )
  const row = rows[0]
  return row ? { tenantId: row.tenant_id, country: parseCountry(row.country) } : null
}

/** The trunks by which a user without a plan calls outside, oldest first; null for a user with a plan, or without a licence. */
export async function trunksOfUser(db: Queryable, userId: UserId): Promise<SwitchTrunk[] | null> {
  const [user] = await db.query<{ tenantId: TenantId; isWithoutPlan: boolean }>(
    `SELECT tenant_id AS "tenantId", voice_sku = 'voice-without-calling-plan' AS "isWithoutPlan" FROM tenant_user WHERE user_id = $1`,
    [userId],
  )
  return user?.isWithoutPlan ? switchTrunks(db, user.tenantId) : null
}

/** The trunks by which calls from a service number leave, oldest first; null where our carriers carry them and the wallet pays. */
export async function trunksOfService(db: Queryable, tenantId: TenantId, number: E164): Promise<SwitchTrunk[] | null> {
  const [line] = await db.query<{ isOwn: boolean }>(
    `SELECT ${OWN_CARRIER} AS "isOwn" FROM phone_number n JOIN tenant t USING (tenant_id) WHERE n.tenant_id = $1 AND n.number = $2`,
    [tenantId, number],
  )
  return line?.isOwn ? switchTrunks(db, tenantId) : null
}

function switchTrunks(db: Queryable, tenantId: TenantId): Promise<SwitchTrunk[]> {
  return db.query<SwitchTrunk>(
    `SELECT ${COLUMNS}, t.sip_domain AS domain FROM trunk k JOIN tenant t USING (tenant_id)
     WHERE k.tenant_id = $1 ORDER BY k.trunk_id`,
    [tenantId],
  )
}

/** What is called at a number of the tenant’s own carrier: a user, or the company’s attendant. */
export type TrunkNumberType = Extract<NumberType, 'user' | 'service-toll'>

/** A number of the tenant’s own carrier. */
export interface TrunkNumber {
  readonly numberId: Uuid
  readonly number: E164
  readonly type: TrunkNumberType
  readonly userId: UserId | null
  readonly userName: string | null
}

export function listTrunkNumbers(
  db: Queryable,
  tenantId: TenantId,
  limit: number,
  after: string | null,
): Promise<TrunkNumber[]> {
  return db.query<TrunkNumber>(
    `SELECT n.number_id AS "numberId", n.number, n.type, n.user_id AS "userId", u.name AS "userName"
     FROM phone_number n LEFT JOIN tenant_user u ON u.tenant_id = n.tenant_id AND u.user_id = n.user_id
     WHERE n.tenant_id = $1 AND n.origin = 'trunk' AND ($3::text IS NULL OR n.number > $3) ORDER BY n.number LIMIT $2`,
    [tenantId, limit, after],
  )
}

export async function findTrunkNumber(db: Queryable, tenantId: TenantId, numberId: Uuid): Promise<TrunkNumber | null> {
  const [row] = await db.query<TrunkNumber>(
    `SELECT n.number_id AS "numberId", n.number, n.type, n.user_id AS "userId", u.name AS "userName"
     FROM phone_number n LEFT JOIN tenant_user u ON u.tenant_id = n.tenant_id AND u.user_id = n.user_id
     WHERE n.tenant_id = $1 AND n.number_id = $2 AND n.origin = 'trunk'`,
    [tenantId, numberId],
  )
  return row ?? null
}

/** It is the carrier’s, and goes back to nobody: there is no quarantine. */
export async function deleteTrunkNumber(tx: Tx, numberId: Uuid): Promise<void> {
  await tx.execute(`DELETE FROM phone_number WHERE number_id = $1 AND origin = 'trunk'`, [numberId])
}

export interface TestCallRow {
  readonly testId: Uuid
  readonly tenantId: TenantId
  readonly userId: UserId
  readonly number: E164
  readonly actor: string
  readonly at: Instant
  readonly state: 'calling' | 'ringing' | 'talking' | 'answered' | 'failed'
  readonly sipStatus: number | null
  readonly sipReason: string
  readonly refusal: string | null
  readonly packets: number
}

const TEST_COLUMNS = `test_id AS "testId", tenant_id AS "tenantId", user_id AS "userId", number, actor, at, state,
  sip_status AS "sipStatus", sip_reason AS "sipReason", refusal, packets`

export async function insertTestCall(tx: Tx, row: TestCallRow): Promise<void> {
  await tx.execute(
    `INSERT INTO trunk_test_call (test_id, tenant_id, user_id, number, actor, at, state) VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7)`,
    [row.testId, row.tenantId, row.userId, row.number, row.actor, row.at, row.state],
  )
}

export async function updateTestCall(
  db: Queryable,
  row: Pick<TestCallRow, 'testId' | 'state' | 'sipStatus' | 'sipReason' | 'refusal' | 'packets'>,
): Promise<void> {
  await db.execute(
    'UPDATE trunk_test_call SET state = $2, sip_status = $3, sip_reason = $4, refusal = $5, packets = $6 WHERE test_id = $1',
    [row.testId, row.state, row.sipStatus, row.sipReason, row.refusal, row.packets],
  )
}

/** Newest first. */
export function listTestCalls(
  db: Queryable,
  tenantId: TenantId,
  limit: number,
  before: Uuid | null,
): Promise<TestCallRow[]> {
  return db.query<TestCallRow>(
    `SELECT ${TEST_COLUMNS} FROM trunk_test_call WHERE tenant_id = $1 AND ($3::uuid IS NULL OR test_id < $3)
     ORDER BY test_id DESC LIMIT $2`,
    [tenantId, limit, before],
  )
}

export async function findTestCall(db: Queryable, tenantId: TenantId, testId: Uuid): Promise<TestCallRow | null> {
  const [row] = await db.query<TestCallRow>(
    `SELECT ${TEST_COLUMNS} FROM trunk_test_call WHERE tenant_id = $1 AND test_id = $2`,
    [tenantId, testId],
  )
  return row ?? null
}

/** The telephone that a test call is made with: it shows the same number and passes the same rules as that user’s calls. */
export interface TestPhone {
  readonly userId: UserId
  readonly username: string
  readonly domain: string
  readonly ha1: string
}

/** Of a user without a plan who can call; `userId`: that one alone. Null: there is none. */
export async function testPhoneOf(db: Queryable, tenantId: TenantId, userId: UserId | null): Promise<TestPhone | null> {
  const [row] = await db.query<TestPhone>(
    `SELECT u.user_id AS "userId", u.sip_username AS username, t.sip_domain AS domain, u.sip_ha1 AS ha1
     FROM tenant_user u JOIN tenant t USING (tenant_id)
     WHERE u.tenant_id = $1 AND ($2::uuid IS NULL OR u.user_id = $2) AND u.voice_sku = 'voice-without-calling-plan'
       AND u.sip_username IS NOT NULL AND u.sip_ha1 IS NOT NULL AND u.deleted_at IS NULL AND u.disabled_at IS NULL
     ORDER BY EXISTS (SELECT FROM phone_number n WHERE n.user_id = u.user_id) DESC, u.user_id LIMIT 1`,
    [tenantId, userId],
  )
  return row ?? null
}
