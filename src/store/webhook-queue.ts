/** Deliveries that are due, for the worker: claimed for a while, so that a crash only delays them. */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'
import { lockTenant } from './tenant.ts'
import { findEndpoint, saveEndpoint } from './webhook.ts'

export interface DueDelivery {
  readonly eventId: Uuid
  readonly endpointId: Uuid
  readonly tenantId: TenantId
  readonly url: string
  readonly secret: string
  readonly formerSecret: string | null
  readonly formerUntil: Instant | null
  readonly type: string
  readonly at: Instant
  /** JSON text as it was written with the fact. */
  readonly payload: string
  /** This one included. */
  readonly attempts: number
}

export interface Claim {
  readonly now: Instant
  /** Until then nobody else takes them: longer than an attempt lasts. */
  readonly until: Instant
  /** How many of one endpoint. */
  readonly perEndpoint: number
  /** Endpoints that have less room than that. */
  readonly room: ReadonlyMap<Uuid, number>
  readonly limit: number
}

/**
 * Takes what is due, of each endpoint by itself, so that one with a long queue is no queue for the others. The attempt is counted
 * here, before it is made.
 */
export function claimDeliveries(db: Queryable, claim: Claim): Promise<DueDelivery[]> {
  return db.query<DueDelivery>(
    `WITH due AS (
       SELECT d.event_id, d.endpoint_id, w.url, w.secret, w.former_secret, w.former_until
       FROM webhook_endpoint w
       LEFT JOIN unnest($4::uuid[], $5::int[]) r(endpoint_id, room) ON r.endpoint_id = w.endpoint_id
       CROSS JOIN LATERAL (
         SELECT event_id, endpoint_id FROM webhook_delivery
         WHERE endpoint_id = w.endpoint_id AND state = 'pending' AND next_attempt_at <= to_timestamp($1 / 1000.0)
         ORDER BY next_attempt_at LIMIT coalesce(r.room, $3) FOR UPDATE SKIP LOCKED) d
       WHERE w.enabled LIMIT $6)
     UPDATE webhook_delivery d
     SET attempts = d.attempts + 1, next_attempt_at = to_timestamp($2 / 1000.0), last_attempt_at = to_timestamp($1 / 1000.0)
     FROM due JOIN event e ON e.event_id = due.event_id
     WHERE d.event_id = due.event_id AND d.endpoint_id = due.endpoint_id
     RETURNING d.event_id AS "eventId", d.endpoint_id AS "endpointId", d.tenant_id AS "tenantId", due.url, due.secret,
       due.former_secret AS "formerSecret", due.former_until AS "formerUntil", e.type, e.at, e.payload::text AS payload,
       d.attempts`,
    [claim.now, claim.until, claim.perEndpoint, [...claim.room.keys()], [...claim.room.values()], claim.limit],
  )
}

export interface DeliveryEnd {
  readonly state: 'pending' | 'delivered' | 'parked'
  /** When `pending`. */
  readonly nextAttemptAt: Instant | null
  readonly responseStatus: number | null
  readonly responseBody: string
  readonly failure: string | null
}

/** What became of an attempt. One that somebody asked to resend meanwhile stays due. */
export async function recordDelivery(
  db: Queryable,
  { eventId, endpointId, attempts }: Pick<DueDelivery, 'eventId' | 'endpointId' | 'attempts'>,
  end: DeliveryEnd,
): Promise<void> {
  await db.execute(
    `UPDATE webhook_delivery SET state = $4, next_attempt_at = to_timestamp($5 / 1000.0), response_status = $6,
       response_body = $7, failure = $8
     WHERE event_id = $1 AND endpoint_id = $2 AND attempts = $3 AND state = 'pending'`,
    [eventId, endpointId, attempts, end.state, end.nextAttemptAt, end.responseStatus, end.responseBody, end.failure],
  )
}

/** 410: nobody lives there any more. What waited is parked, so that nothing old comes when the endpoint is enabled again. */
export async function disableGone(tx: Tx, tenantId: TenantId, endpointId: Uuid): Promise<void> {
  await lockTenant(tx, tenantId)
  const endpoint = await findEndpoint(tx, tenantId, endpointId)
  if (!endpoint?.enabled) return
  await saveEndpoint(tx, { ...endpoint, enabled: false, disabledReason: 'gone' })
  await tx.execute(
    `UPDATE webhook_delivery SET state = 'parked', next_attempt_at = NULL WHERE endpoint_id = $1 AND state = 'pending'`,
    [endpointId],
  )
}
