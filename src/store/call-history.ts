/** A tenant's answered calls as plain columns, for what calculates on months of them: no details, no JSON, page by page. */
import type { Direction } from '../core/call.ts'
import type { Classification } from '../core/classification.ts'
import type { CallId, TenantId, UserId } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

export interface PastCall {
  readonly callId: CallId
  readonly userId: UserId | null
  readonly direction: Direction
  readonly calledNumber: string
  readonly classification: Classification
  readonly isRefused: boolean
  readonly startedAt: Instant
  readonly answeredAt: Instant | null
  /** Spoken; of a call that nobody pays for, from answer to end. */
  readonly seconds: number
}

const PAGE = 20_000

/** Calls that began in [from, to), in the order in which they came in, in pages. */
export async function* pastCalls(
  db: Queryable,
  tenantId: TenantId,
  from: Instant,
  to: Instant,
): AsyncGenerator<PastCall[]> {
  let after: CallId | null = null
  for (;;) {
    const rows: PastCall[] = await db.query<PastCall>(
      `SELECT r.call_id AS "callId", r.user_id AS "userId", r.direction, r.called_number AS "calledNumber", r.classification,
              r.result = 'refused' AS "isRefused", r.started_at AS "startedAt", r.answered_at AS "answeredAt",
              greatest(coalesce(s.charged_seconds, r.charged_seconds),
                       CASE WHEN r.answered_at IS NULL OR (r.details ->> 'charged')::boolean THEN 0
                            ELSE floor(extract(epoch FROM coalesce(s.ended_at, r.ended_at) - r.answered_at))::integer END) AS seconds
       FROM call_record r LEFT JOIN call_supplement s ON s.call_id = r.call_id
       WHERE r.tenant_id = $1 AND r.started_at >= to_timestamp($2 / 1000.0) AND r.started_at < to_timestamp($3 / 1000.0)
         AND ($4::uuid IS NULL OR r.call_id > $4)
       ORDER BY r.call_id LIMIT ${PAGE}`,
      [tenantId, from, to, after],
    )
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = last.callId
  }
}

/** Since when there is something to look at: the tenant's beginning, or its first call where a sandbox's clock was set back. */
export async function historyBegins(
  db: Queryable,
  { tenantId, createdAt }: { readonly tenantId: TenantId; readonly createdAt: Instant },
): Promise<Instant> {
  const [row] = await db.query<{ first: Instant | null }>(
    'SELECT min(started_at) AS first FROM call_record WHERE tenant_id = $1',
    [tenantId],
  )
  const first = row?.first ?? null
  return first !== null && first < createdAt ? first : createdAt
}
