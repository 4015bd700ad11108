/** Endpoints of a tenant and what was sent to them. */
import type { TenantId, Uuid } from '../core/ids.ts'
import { TEST_EVENT } from '../core/tenant-event.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface WebhookEndpoint {
  readonly endpointId: Uuid
  readonly tenantId: TenantId
  readonly url: string
  readonly description: string
  /** Empty: every type, later ones too. */
  readonly types: readonly string[]
  readonly enabled: boolean
  /** `gone`: the receiver answered 410. */
  readonly disabledReason: 'by-admin' | 'gone' | null
  readonly secret: string
  /** The secret before, and until when it signs too. */
  readonly formerSecret: string | null
  readonly formerUntil: Instant | null
  readonly createdAt: Instant
}

const COLUMNS = `endpoint_id AS "endpointId", tenant_id AS "tenantId", url, description, types, enabled,
  disabled_reason AS "disabledReason", secret, former_secret AS "formerSecret", former_until AS "formerUntil",
  created_at AS "createdAt"`

export async function findEndpoint(db: Queryable, tenantId: TenantId, id: Uuid): Promise<WebhookEndpoint | null> {
  const [row] = await db.query<WebhookEndpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoint WHERE tenant_id = $1 AND endpoint_id = $2`,
    [tenantId, id],
  )
  return row ?? null
}

/** Oldest first; there are few (WEBHOOKS_MAX). */
export function listEndpoints(db: Queryable, tenantId: TenantId): Promise<WebhookEndpoint[]> {
  return db.query<WebhookEndpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoint WHERE tenant_id = $1 ORDER BY endpoint_id`,
    [tenantId],
  )
}

/** Writes an endpoint, new or changed. The tenant must be locked: the flag beside its row follows from all of its endpoints. */
export async function saveEndpoint(tx: Tx, endpoint: WebhookEndpoint): Promise<void> {
  await tx.execute(
    `INSERT INTO webhook_endpoint (endpoint_id, tenant_id, url, description, types, enabled, disabled_reason, secret,
                                   former_secret, former_until, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10 / 1000.0), to_timestamp($11 / 1000.0))
     ON CONFLICT (endpoint_id) DO UPDATE SET
       url = excluded.url, description = excluded.description, types = excluded.types, enabled = excluded.enabled,
       disabled_reason = excluded.disabled_reason, secret = excluded.secret, former_secret = excluded.former_secret,
       former_until = excluded.former_until`,
    [
      endpoint.endpointId,
      endpoint.tenantId,
      endpoint.url,
      endpoint.description,
      [...endpoint.types],
      endpoint.enabled,
      endpoint.disabledReason,
      endpoint.secret,
      endpoint.formerSecret,
      endpoint.formerUntil,
      endpoint.createdAt,
    ],
  )
  await noteCallEvents(tx, endpoint.tenantId)
}

/** Removes an endpoint and what waited for it. The tenant must be locked. */
export async function deleteEndpoint(tx: Tx, tenantId: TenantId, endpointId: Uuid): Promise<void> {
  await tx.execute('DELETE FROM webhook_delivery WHERE endpoint_id = $1', [endpointId])
  await tx.execute('DELETE FROM webhook_endpoint WHERE tenant_id = $1 AND endpoint_id = $2', [tenantId, endpointId])
  await noteCallEvents(tx, tenantId)
}

/** The charging path reads one flag beside the tenant, so that calls of tenants without endpoints cost nothing more. */
async function noteCallEvents(tx: Tx, tenantId: TenantId): Promise<void> {
  await tx.execute(
    `UPDATE tenant t SET call_events = w.wanted
     FROM (SELECT count(*) > 0 AS wanted FROM webhook_endpoint
           WHERE tenant_id = $1 AND enabled AND (types = '{}' OR types && ARRAY['call.ended', 'call.refused'])) w
     WHERE t.tenant_id = $1 AND t.call_events <> w.wanted`,
    [tenantId],
  )
}

/** An event for one endpoint, due now, whether it asked for its type or not. */
export async function insertTestEvent(
  tx: Tx,
  endpoint: WebhookEndpoint,
  event: { readonly eventId: Uuid; readonly at: Instant; readonly data: unknown },
): Promise<void> {
  await tx.execute(
    `INSERT INTO event (event_id, tenant_id, type, at, payload) VALUES ($1, $2, $3, to_timestamp($4 / 1000.0), $5)`,
    [event.eventId, endpoint.tenantId, TEST_EVENT, event.at, JSON.stringify(event.data)],
  )
  await tx.execute(
    `INSERT INTO webhook_delivery (event_id, endpoint_id, tenant_id, next_attempt_at)
     VALUES ($1, $2, $3, to_timestamp($4 / 1000.0))`,
    [event.eventId, endpoint.endpointId, endpoint.tenantId, event.at],
  )
}

export interface Delivery {
  readonly eventId: Uuid
  readonly type: string
  readonly at: Instant
  readonly data: unknown
  readonly state: 'pending' | 'delivered' | 'parked'
  readonly attempts: number
  readonly nextAttemptAt: Instant | null
  readonly lastAttemptAt: Instant | null
  readonly responseStatus: number | null
  readonly responseBody: string | null
  readonly failure: string | null
}

const DELIVERY = `SELECT d.event_id AS "eventId", e.type, e.at, e.payload AS data, d.state, d.attempts,
    d.next_attempt_at AS "nextAttemptAt", d.last_attempt_at AS "lastAttemptAt", d.response_status AS "responseStatus",
    d.response_body AS "responseBody", d.failure
  FROM webhook_delivery d JOIN event e ON e.event_id = d.event_id`

/** Newest event first, those before `before` if given. */
export function listDeliveries(
  db: Queryable,
  endpointId: Uuid,
  page: { readonly limit: number; readonly before: Uuid | null },
): Promise<Delivery[]> {
  return db.query<Delivery>(
    `${DELIVERY} WHERE d.endpoint_id = $1 AND ($2::uuid IS NULL OR d.event_id < $2) ORDER BY d.event_id DESC LIMIT $3`,
    [endpointId, page.before, page.limit],
  )
}

export async function findDelivery(db: Queryable, endpointId: Uuid, eventId: Uuid): Promise<Delivery | null> {
  const [row] = await db.query<Delivery>(`${DELIVERY} WHERE d.endpoint_id = $1 AND d.event_id = $2`, [
    endpointId,
    eventId,
  ])
  return row ?? null
}

/** Due now, with three days of attempts before it, whatever became of it so far. */
export async function resend(tx: Tx, endpointId: Uuid, eventId: Uuid, now: Instant): Promise<void> {
  await tx.execute(
    `UPDATE webhook_delivery SET state = 'pending', attempts = 0, next_attempt_at = to_timestamp($3 / 1000.0)
     WHERE endpoint_id = $1 AND event_id = $2`,
    [endpointId, eventId, now],
  )
}
