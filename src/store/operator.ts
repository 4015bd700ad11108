/** The whole installation at a glance: for the operator’s pages. */
import type { Country, LicenceType } from '../core/country.ts'
import type { PersonId, TenantId } from '../core/ids.ts'
import type { Currency, Micros } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import { OVERDRAFT_NAME } from '../core/wallet.ts'
import type { Queryable } from './db.ts'

export interface Totals {
  readonly tenants: number
  readonly users: number
  readonly liveCalls: number
  readonly rechargesPaused: number
  readonly walletsDry: number
  /** When the next pool ends; null: there is none. */
  readonly nextMonthEnd: Instant | null
}

/** A wallet that was once filled and has nothing left that a call could take. */
const DRY = `EXISTS (SELECT FROM account f WHERE f.tenant_id = t.tenant_id AND f.name LIKE 'wallet:%' AND f.name <> '${OVERDRAFT_NAME}')
  AND NOT EXISTS (SELECT FROM account a WHERE a.tenant_id = t.tenant_id AND NOT a.closed AND a.unit = 'micro' AND a.posted - a.reserved > a.floor)`
const PAUSED = `EXISTS (SELECT FROM auto_recharge r WHERE r.tenant_id = t.tenant_id AND r.enabled AND r.paused)`
const DIFFERS = `EXISTS (SELECT FROM books_check b WHERE b.tenant_id = t.tenant_id AND NOT b.balanced)`

export async function readTotals(db: Queryable): Promise<Totals> {
  const [row] = await db.query<Totals>(
    `SELECT (SELECT count(*) FROM tenant)::integer AS tenants, (SELECT count(*) FROM tenant_user)::integer AS users,
       (SELECT count(*) FROM call_session WHERE state = 'open')::integer AS "liveCalls",
       (SELECT count(*) FROM tenant t WHERE ${PAUSED})::integer AS "rechargesPaused",
       (SELECT count(*) FROM tenant t WHERE ${DRY})::integer AS "walletsDry",
       (SELECT ends_at FROM account WHERE NOT closed AND unit = 'second' ORDER BY ends_at LIMIT 1) AS "nextMonthEnd"`,
  )
  return row as Totals
}

export interface Spender {
  readonly tenantId: TenantId
  readonly name: string
  readonly currency: Currency
  readonly calls: number
  readonly micros: Micros
}

/** How far before its end a call may have begun and still be found; longer ones wait for their next hour. */
const CALL_HOURS = 6

/** Whose calls took most from their wallets since `since`: fraud shows here first. Amounts of different currencies are not compared. */
export function topSpenders(db: Queryable, since: Instant, limit: number): Promise<Spender[]> {
  return db.query<Spender>(
    `SELECT r.tenant_id AS "tenantId", t.name, t.currency, count(*)::integer AS calls, sum(r.charge_micros)::bigint AS micros
     FROM call_record r JOIN tenant t ON t.tenant_id = r.tenant_id
     WHERE r.call_id >= uuid_from_time(to_timestamp($1 / 1000.0) - interval '${CALL_HOURS} hours')
       AND r.ended_at >= to_timestamp($1 / 1000.0) AND r.charge_micros > 0
     GROUP BY r.tenant_id, t.name, t.currency ORDER BY micros DESC, r.tenant_id LIMIT $2`,
    [since, limit],
  )
}

export interface BooksSummary {
  readonly checked: number
  readonly balanced: number
  readonly postings: number
  readonly calls: number
  readonly oldestAt: Instant | null
  readonly latestAt: Instant | null
}

/** What the last check of each tenant said. */
export async function readBooksSummary(db: Queryable): Promise<BooksSummary> {
  const [row] = await db.query<BooksSummary>(
    `SELECT count(*)::integer AS checked, count(*) FILTER (WHERE balanced)::integer AS balanced,
       coalesce(sum((audit ->> 'postings')::bigint), 0)::float8 AS postings,
       coalesce(sum((audit ->> 'calls')::bigint), 0)::float8 AS calls,
       min(finished_at) AS "oldestAt", max(finished_at) AS "latestAt"
     FROM books_check WHERE finished_at IS NOT NULL`,
  )
  return row as BooksSummary
}

export const TENANT_FLAGS = ['recharge-paused', 'wallet-dry', 'books-differ', 'sandbox'] as const
export type TenantFlag = (typeof TENANT_FLAGS)[number]

const FLAG_IS: Readonly<Record<TenantFlag, string>> = {
  'recharge-paused': PAUSED,
  'wallet-dry': DRY,
  'books-differ': DIFFERS,
  sandbox: 't.sandbox',
}

export interface TenantLine {
  readonly tenantId: TenantId
  readonly name: string
  readonly country: Country
  readonly licenceType: LicenceType
  readonly currency: Currency
  readonly createdAt: Instant
  readonly users: number
  readonly liveCalls: number
  readonly seats: number
  readonly assigned: number
  readonly availableMicros: Micros
  readonly partners: readonly string[]
  readonly flags: readonly TenantFlag[]
  readonly booksBalanced: boolean | null
  readonly booksCheckedAt: Instant | null
  readonly postings: number | null
}

export interface TenantWish {
  /** Part of the name, whatever its capitals and accents. */
  readonly search?: string
  readonly country?: string
  readonly licenceType?: LicenceType
  readonly flag?: TenantFlag
  /** Tenants that this person’s partner looks after. */
  readonly customersOf?: PersonId
}

export interface TenantPlace {
  readonly name: string
  readonly tenantId: TenantId
}

/** Tenants by name, each with what an operator or a partner wants to see at once. */
export function listTenantLines(
  db: Queryable,
  wish: TenantWish,
  page: { readonly limit: number; readonly after: TenantPlace | null },
): Promise<TenantLine[]> {
  const values: unknown[] = []
  const put = (value: unknown): string => `$${values.push(value)}`
  const conditions = [
    ...(wish.search === undefined ? [] : [`position(fold_text(${put(wish.search)}) IN fold_text(t.name)) > 0`]),
    ...(wish.country === undefined ? [] : [`t.country = ${put(wish.country)}`]),
    ...(wish.licenceType === undefined ? [] : [`t.licence_type = ${put(wish.licenceType)}`]),
    ...(wish.flag === undefined ? [] : [FLAG_IS[wish.flag]]),
    ...(wish.customersOf === undefined
      ? []
      : [
          `EXISTS (SELECT FROM partner_tenant pt JOIN role_grant g ON g.partner_id = pt.partner_id
             WHERE pt.tenant_id = t.tenant_id AND g.person_id = ${put(wish.customersOf)})`,
        ]),
    ...(page.after === null
      ? []
      : [`(t.name, t.tenant_id) > (${put(page.after.name)}, ${put(page.after.tenantId)}::uuid)`]),
  ]
  // The page first: figures are looked up for its few tenants only.
  return db.query<TenantLine>(
    `WITH shown AS MATERIALIZED (
       SELECT t.tenant_id, t.name, t.country, t.licence_type, t.currency, t.created_at, t.sandbox FROM tenant t ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
       ORDER BY t.name, t.tenant_id LIMIT ${put(page.limit)})
     SELECT t.tenant_id AS "tenantId", t.name, t.country, t.licence_type AS "licenceType", t.currency, t.created_at AS "createdAt",
       (SELECT count(*) FROM tenant_user u WHERE u.tenant_id = t.tenant_id AND u.deleted_at IS NULL)::integer AS users,
       (SELECT count(*) FROM call_session s WHERE s.tenant_id = t.tenant_id AND s.state = 'open')::integer AS "liveCalls",
       coalesce(seat.purchased, 0) AS seats, coalesce(seat.assigned, 0) AS assigned,
       coalesce((SELECT sum(a.posted - a.reserved) FROM account a
         WHERE a.tenant_id = t.tenant_id AND NOT a.closed AND a.unit = 'micro'), 0)::bigint AS "availableMicros",
       ARRAY(SELECT p.name FROM partner_tenant pt JOIN partner p ON p.partner_id = pt.partner_id
         WHERE pt.tenant_id = t.tenant_id ORDER BY p.name) AS partners,
       array_remove(ARRAY[${TENANT_FLAGS.map((flag) => `CASE WHEN ${FLAG_IS[flag]} THEN '${flag}' END`).join(', ')}], NULL) AS flags,
       b.balanced AS "booksBalanced", b.finished_at AS "booksCheckedAt", (b.audit ->> 'postings')::integer AS postings
     FROM shown t LEFT JOIN books_check b ON b.tenant_id = t.tenant_id AND b.finished_at IS NOT NULL
     LEFT JOIN LATERAL (
       SELECT sum(purchased)::integer AS purchased, sum(assigned)::integer AS assigned FROM subscription s
       WHERE s.tenant_id = t.tenant_id AND s.sku LIKE 'voice-%') seat ON true
     ORDER BY t.name, t.tenant_id`,
    values,
  )
}
