/** Users of a tenant, with their numbers. Deleted ones are found only by those who ask for them. */
import type { VoiceSku } from '../core/catalogue.ts'
import type { Country } from '../core/country.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { UserState } from '../core/user-wish.ts'
import type { Queryable, Tx } from './db.ts'

export interface UserRow extends UserState {
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly voiceSku: VoiceSku | null
  /** The first of `numbers`. */
  readonly number: E164 | null
  /** Since when the telephone is switched off. */
  readonly disabledAt: Instant | null
  readonly deletedAt: Instant | null
  readonly createdAt: Instant
}

const COLUMNS = `u.user_id AS "userId", u.tenant_id AS "tenantId", u.name, u.email, u.usage_location AS "usageLocation",
    u.voice_sku AS "voiceSku", u.international_plan AS "internationalPlan", u.credits_enabled AS "creditsEnabled",
    u.calling_policy AS "callingPolicy", u.sip_username AS "sipUsername", u.disabled_at AS "disabledAt",
    u.disabled_at IS NOT NULL AS disabled, u.deleted_at AS "deletedAt", u.created_at AS "createdAt",
    ARRAY(SELECT n.number FROM phone_number n WHERE n.user_id = u.user_id ORDER BY n.number_id) AS numbers`

const SELECT = `SELECT ${COLUMNS} FROM tenant_user u`

const withNumber = (row: Omit<UserRow, 'number'>): UserRow => ({ ...row, number: row.numbers[0] ?? null })

/** Runs a query whose rows are `COLUMNS`. */
async function read(db: Queryable, text: string, values: readonly unknown[]): Promise<UserRow[]> {
  return (await db.query<Omit<UserRow, 'number'>>(text, values)).map(withNumber)
}

export async function findUser(db: Queryable, tenantId: TenantId, userId: UserId): Promise<UserRow | null> {
  const [row] = await read(db, `${SELECT} WHERE u.tenant_id = $1 AND u.user_id = $2 AND u.deleted_at IS NULL`, [
    tenantId,
    userId,
  ])
  return row ?? null
}

/** The user, also one that is deleted and may come back. */
export async function findUserEver(db: Queryable, tenantId: TenantId, userId: UserId): Promise<UserRow | null> {
  const [row] = await read(db, `${SELECT} WHERE u.tenant_id = $1 AND u.user_id = $2`, [tenantId, userId])
  return row ?? null
}

/** The user for a change. One that is deleted as well: restoring is a change. */
export async function lockUser(tx: Tx, tenantId: TenantId, userId: UserId): Promise<UserRow | null> {
  const [row] = await read(tx, `${SELECT} WHERE u.tenant_id = $1 AND u.user_id = $2 FOR UPDATE OF u`, [
    tenantId,
    userId,
  ])
  return row ?? null
}

/** Those of `userIds` who are there, in no particular order. */
export const findUsers = (db: Queryable, tenantId: TenantId, userIds: readonly UserId[]): Promise<UserRow[]> =>
  read(db, `${SELECT} WHERE u.tenant_id = $1 AND u.user_id = ANY($2::uuid[]) AND u.deleted_at IS NULL`, [
    tenantId,
    userIds,
  ])

/** Everybody who is there: for comparing a file with them. */
export const allUsers = (db: Queryable, tenantId: TenantId): Promise<UserRow[]> =>
  read(db, `${SELECT} WHERE u.tenant_id = $1 AND u.deleted_at IS NULL ORDER BY u.user_id`, [tenantId])

/** What lets or keeps people from calling outside: users with the same profile get the same answer. */
export interface Profile {
  readonly usageLocation: Country
  readonly voiceSku: VoiceSku | null
  readonly creditsEnabled: boolean
  readonly callingPolicy: string | null
  readonly disabled: boolean
}

export interface UserFilter {
  /** Words of the name, part of the mail address or SIP name, or digits of a number; '' for all. */
  readonly search: string
  readonly usageLocation: Country | null
  readonly licence: VoiceSku | 'international-calling-plan' | 'none' | null
  /** `default`: no policy of their own. */
  readonly callingPolicy: string | null
  readonly creditsEnabled: boolean | null
  readonly disabled: boolean | null
  readonly deleted: boolean
  /** Only these; null for all. */
  readonly profiles: readonly Profile[] | null
}

export const ALL_USERS: UserFilter = {
  search: '',
  usageLocation: null,
  licence: null,
  callingPolicy: null,
  creditsEnabled: null,
  disabled: null,
  deleted: false,
  profiles: null,
}

const PROFILE_KEY = `(u.usage_location || ' ' || coalesce(u.voice_sku, '') || ' ' || u.credits_enabled || ' '
  || coalesce(u.calling_policy, '') || ' ' || (u.disabled_at IS NOT NULL))`

const profileKey = (profile: Profile): string =>
  [
    profile.usageLocation,
    profile.voiceSku ?? '',
    profile.creditsEnabled,
    profile.callingPolicy ?? '',
    profile.disabled,
  ].join(' ')

/** The conditions of a filter, on parameters from `$1`. A tenant's users are few enough to be looked at one by one. */
function conditions(tenantId: TenantId, filter: UserFilter): { where: string; values: unknown[] } {
  const digits = filter.search.replaceAll(/\D/g, '')
  const values = [
    tenantId,
    filter.search,
    digits.length >= 3 ? digits : null,
    filter.usageLocation,
    filter.licence,
    filter.callingPolicy,
    filter.creditsEnabled,
    filter.disabled,
    filter.deleted,
    filter.profiles?.map(profileKey) ?? null,
  ]
  const where = `u.tenant_id = $1 AND (u.deleted_at IS NOT NULL) = $9 AND ($2 = '' OR ${MATCHES})
    AND ($4::text IS NULL OR u.usage_location = $4)
    AND CASE WHEN $5::text IS NULL THEN true WHEN $5 = 'none' THEN u.voice_sku IS NULL
             WHEN $5 = 'international-calling-plan' THEN u.international_plan ELSE u.voice_sku = $5 END
    AND CASE WHEN $6::text IS NULL THEN true WHEN $6 = 'default' THEN u.calling_policy IS NULL ELSE u.calling_policy = $6 END
    AND ($7::boolean IS NULL OR u.credits_enabled = $7) AND ($8::boolean IS NULL OR (u.disabled_at IS NOT NULL) = $8)
    AND ($10::text[] IS NULL OR ${PROFILE_KEY} = ANY($10))`
  return { where, values }
}

/** `$2`: what was typed; `$3`: its digits, if there are enough. Every word must begin a word of the name. */
const MATCHES = `(
    (fold_text($2) <> '' AND NOT EXISTS (
      SELECT FROM unnest(string_to_array(fold_text($2), ' ')) word WHERE strpos(' ' || u.name_key, ' ' || word) = 0))
    OR strpos(u.email, lower($2)) > 0 OR strpos(u.sip_username, lower($2)) > 0
    OR ($3::text IS NOT NULL AND EXISTS (SELECT FROM phone_number n WHERE n.user_id = u.user_id AND strpos(n.number, $3) > 0)))`

export const USER_ORDERS = ['added', 'name', '-name'] as const
export type UserOrder = (typeof USER_ORDERS)[number]

const ORDER: Readonly<Record<UserOrder, { readonly by: string; readonly after: string }>> = {
  added: { by: 'u.user_id', after: 'u.user_id > $12' },
  name: { by: 'u.name_key, u.user_id', after: '(u.name_key, u.user_id) > (SELECT name_key, user_id FROM last)' },
  '-name': {
    by: 'u.name_key DESC, u.user_id DESC',
    after: '(u.name_key, u.user_id) < (SELECT name_key, user_id FROM last)',
  },
}

/** A page of users. `after`: the last one of the page before. */
export function listUsers(
  db: Queryable,
  tenantId: TenantId,
  page: {
    readonly limit: number
    readonly after: UserId | null
    readonly filter?: UserFilter
    readonly order?: UserOrder
  },
): Promise<UserRow[]> {
  const { where, values } = conditions(tenantId, page.filter ?? ALL_USERS)
  const { by, after } = ORDER[page.order ?? 'added']
  return read(
    db,
    `WITH last AS (SELECT name_key, user_id FROM tenant_user WHERE tenant_id = $1 AND user_id = $12)
     ${SELECT} WHERE ${where} AND ($12::uuid IS NULL OR ${after}) ORDER BY ${by} LIMIT $11`,
    [...values, page.limit, page.after],
  )
}

export interface ProfileCount extends Profile {
  readonly count: number
  /** One of them. */
  readonly userId: UserId
}

/** How many users there are of each profile. */
export function countProfiles(db: Queryable, tenantId: TenantId, filter: UserFilter): Promise<ProfileCount[]> {
  const { where, values } = conditions(tenantId, filter)
  return db.query<ProfileCount>(
    `SELECT u.usage_location AS "usageLocation", u.voice_sku AS "voiceSku", u.credits_enabled AS "creditsEnabled",
       u.calling_policy AS "callingPolicy", u.disabled_at IS NOT NULL AS disabled, count(*)::integer AS count,
       (array_agg(u.user_id))[1] AS "userId"
     FROM tenant_user u WHERE ${where} GROUP BY 1, 2, 3, 4, 5`,
    values,
  )
}

export interface NewUser {
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly name: string
  readonly email?: string | null
  readonly usageLocation: Country
  readonly sipUsername: string | null
  readonly sipHa1: string | null
  readonly at: Instant
}

export async function insertUser(tx: Tx, user: NewUser): Promise<void> {
  await tx.execute(
    `INSERT INTO tenant_user (user_id, tenant_id, name, usage_location, sip_username, sip_ha1, created_at, email)
     VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0), $8)`,
    [
      user.userId,
      user.tenantId,
      user.name,
      user.usageLocation,
      user.sipUsername,
      user.sipHa1,
      user.at,
      user.email ?? null,
    ],
  )
}

/** Writes what a form, a bulk action or a file may change of the user itself; licences and numbers have functions of their own. */
export async function saveUser(
  tx: Tx,
  userId: UserId,
  state: Omit<UserState, 'voiceSku' | 'internationalPlan' | 'numbers'>,
  at: Instant,
): Promise<void> {
  await tx.execute(
    `UPDATE tenant_user SET name = $2, email = $3, usage_location = $4, credits_enabled = $6, calling_policy = $7,
       sip_ha1 = CASE WHEN sip_username IS NOT DISTINCT FROM $5 THEN sip_ha1 END, sip_username = $5,
       disabled_at = CASE WHEN $8 THEN coalesce(disabled_at, to_timestamp($9 / 1000.0)) END
     WHERE user_id = $1`,
    [
      userId,
      state.name,
      state.email,
      state.usageLocation,
      state.sipUsername,
      state.creditsEnabled,
      state.callingPolicy,
      state.disabled,
      at,
    ],
  )
}

/** Gives a user without a SIP name the first of these that nobody at the tenant has; the last one must be free. Returns it. */
export async function setSipName(tx: Tx, userId: UserId, names: readonly string[]): Promise<string> {
  const [row] = await tx.query<{ name: string }>(
    `UPDATE tenant_user u SET sip_username = (
       SELECT wish.name FROM unnest($2::text[]) WITH ORDINALITY AS wish (name, place)
        WHERE NOT EXISTS (SELECT FROM tenant_user o WHERE o.tenant_id = u.tenant_id AND o.sip_username = wish.name)
        ORDER BY wish.place LIMIT 1)
      WHERE u.user_id = $1 RETURNING sip_username AS name`,
    [userId, [...names]],
  )
  if (!row) throw new Error(`no user ${userId}`)
  return row.name
}

/** RFC 7616 A1 of the telephone; the password itself is never stored. */
export async function setSipHa1(tx: Tx, userId: UserId, sipHa1: string): Promise<void> {
  await tx.execute('UPDATE tenant_user SET sip_ha1 = $2 WHERE user_id = $1', [userId, sipHa1])
}

/** Numbers go back to the tenant, the telephone and the mail address become free. The user holds no licence any more. */
export async function setDeleted(tx: Tx, userId: UserId, at: Instant): Promise<void> {
  await tx.execute('UPDATE phone_number SET user_id = NULL WHERE user_id = $1', [userId])
  await tx.execute(
    'UPDATE tenant_user SET deleted_at = to_timestamp($2 / 1000.0), sip_username = NULL, sip_ha1 = NULL WHERE user_id = $1',
    [userId, at],
  )
}

/** Without licences, numbers and telephone: those were given back. A mail address that somebody else has now is left out. */
export async function setRestored(tx: Tx, userId: UserId): Promise<void> {
  await tx.execute(
    `UPDATE tenant_user u SET deleted_at = NULL, email = CASE WHEN NOT EXISTS (
       SELECT FROM tenant_user o WHERE o.tenant_id = u.tenant_id AND o.email = u.email AND o.deleted_at IS NULL) THEN u.email END
     WHERE u.user_id = $1`,
    [userId],
  )
}

/** What users spoke in calls that they made to the outside, in seconds, as it was measured: before any rounding. */
export async function secondsOut(
  db: Queryable,
  tenantId: TenantId,
  userIds: readonly UserId[],
  period: { readonly start: Instant; readonly end: Instant },
): Promise<ReadonlyMap<UserId, number>> {
  const rows = await db.query<{ userId: UserId; seconds: bigint }>(
    `SELECT r.user_id AS "userId", sum(coalesce(s.charged_seconds, r.charged_seconds))::bigint AS seconds
     FROM call_record r LEFT JOIN call_supplement s ON s.call_id = r.call_id
     WHERE r.tenant_id = $1 AND r.user_id = ANY($2::uuid[]) AND r.direction <> 'in' AND r.classification <> 'internal'
       AND r.started_at >= to_timestamp($3 / 1000.0) AND r.started_at < to_timestamp($4 / 1000.0)
     GROUP BY r.user_id`,
    [tenantId, userIds, period.start, period.end],
  )
  return new Map(rows.map(({ userId, seconds }) => [userId, Number(seconds)]))
}
