/** What somebody looks for by a word, a number or an id: a few of each kind, whatever the tenant has. */
import type { CallId, TenantId, UserId, Uuid } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

/** Rows of each kind. */
export const FOUND_MAX = 8

export interface FoundNumber {
  readonly numberId: Uuid
  readonly number: E164
  readonly type: string
  readonly userId: UserId | null
  readonly userName: string | null
}

const NUMBER = `SELECT n.number_id AS "numberId", n.number, n.type, n.user_id AS "userId", u.name AS "userName"
  FROM phone_number n LEFT JOIN tenant_user u ON u.user_id = n.user_id`

/** Numbers of the tenant that hold these digits, in order. */
export const findNumbers = (db: Queryable, tenantId: TenantId, digits: string): Promise<FoundNumber[]> =>
  db.query<FoundNumber>(
    `${NUMBER} WHERE n.tenant_id = $1 AND strpos(n.number, $2) > 0 ORDER BY n.number LIMIT ${FOUND_MAX}`,
    [tenantId, digits],
  )

export async function findNumberById(db: Queryable, tenantId: TenantId, numberId: Uuid): Promise<FoundNumber | null> {
  const [row] = await db.query<FoundNumber>(`${NUMBER} WHERE n.tenant_id = $1 AND n.number_id = $2`, [
    tenantId,
    numberId,
  ])
  return row ?? null
}

export interface FoundCall {
  readonly callId: CallId
  readonly userName: string | null
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly startedAt: Instant
}

const CALL = `SELECT r.call_id AS "callId", u.name AS "userName", r.calling_number AS "callingNumber",
    r.called_number AS "calledNumber", r.started_at AS "startedAt"
  FROM call_record r LEFT JOIN tenant_user u ON u.user_id = r.user_id`

export async function findCallById(db: Queryable, tenantId: TenantId, callId: CallId): Promise<FoundCall | null> {
  const [row] = await db.query<FoundCall>(`${CALL} WHERE r.tenant_id = $1 AND r.call_id = $2`, [tenantId, callId])
  return row ?? null
}

/** The last calls to this very number, and those that came from it. */
export const findCallsWith = (db: Queryable, tenantId: TenantId, number: E164): Promise<FoundCall[]> =>
  db.query<FoundCall>(
    `SELECT * FROM (
       (${CALL} WHERE r.tenant_id = $1 AND r.called_number = $2 ORDER BY r.call_id DESC LIMIT ${FOUND_MAX})
       UNION ALL
       (${CALL} WHERE r.tenant_id = $1 AND r.calling_number = $2 AND r.direction = 'in' ORDER BY r.call_id DESC LIMIT ${FOUND_MAX})
     ) both_ways ORDER BY "callId" DESC LIMIT ${FOUND_MAX}`,
    [tenantId, number],
  )
