/** What will happen to a tenant by itself, and when: what a sandbox’s clock will stop at (D4). */
import type { DueKind } from '../core/due-kind.ts'
import type { TenantId } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

export interface Due {
  readonly at: Instant
  readonly kind: DueKind
  readonly subject: string
  /** Micros that are there to expire; null for the others. */
  readonly amount: bigint | null
}

/** The next things after `now`, soonest first. */
export function listDue(db: Queryable, tenantId: TenantId, now: Instant, limit: number): Promise<Due[]> {
  return db.query<Due>(
    `SELECT at, kind, subject, amount FROM (
       SELECT ends_at AS at, 'month-end' AS kind, right(name, 7) AS subject, NULL::bigint AS amount
       FROM account WHERE tenant_id = $1 AND NOT closed AND unit = 'second' GROUP BY ends_at, right(name, 7)
       UNION ALL
       SELECT ends_at, 'lot-expires', substr(name, 8), posted
       FROM account WHERE tenant_id = $1 AND NOT closed AND unit = 'micro' AND ends_at IS NOT NULL AND posted > 0
       UNION ALL
       SELECT deadline_at, 'silent-call', call_id::text, NULL FROM call_session WHERE tenant_id = $1 AND state = 'open'
       UNION ALL
       SELECT not_before, 'recharge', '', NULL FROM auto_recharge WHERE tenant_id = $1 AND enabled AND NOT paused
       UNION ALL
       SELECT next_attempt_at, 'payment', funding_id::text, NULL FROM funding WHERE tenant_id = $1 AND state = 'pending'
       UNION ALL
       SELECT next_at, CASE status WHEN 'transfer-approved' THEN 'port-pending' WHEN 'transfer-pending' THEN 'port-completed'
                       ELSE 'port-asked' END, order_id::text, NULL FROM port_order WHERE tenant_id = $1
       UNION ALL
       SELECT foc_at, 'port-completed', order_id::text, NULL FROM port_order WHERE tenant_id = $1 AND status = 'transfer-approved'
       UNION ALL
       SELECT leaves_at, 'port-out', port_out_id::text, NULL FROM port_out WHERE tenant_id = $1 AND status = 'scheduled'
     ) d WHERE at > to_timestamp($2 / 1000.0) ORDER BY at, kind, subject LIMIT $3`,
    [tenantId, now, limit],
  )
}
