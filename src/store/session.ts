/** Sessions off the charging path: who is live, who fell silent, what may be forgotten. */
import { type Book, sessionKey } from '../core/book.ts'
import type { SwitchId, TenantId } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { SessionName } from './charging.ts'
import type { Db, Queryable } from './db.ts'

export type SessionKey = Parameters<Book['sessions']['get']>[0]

/** The tenants of all live sessions, by session: read once at start. */
export async function openSessionTenants(db: Db): Promise<Map<string, TenantId>> {
  const rows = await db.query<{ switch_id: SwitchId; session_id: string; tenant_id: TenantId }>(
    `SELECT switch_id, session_id, tenant_id FROM call_session WHERE state = 'open'`,
  )
  return new Map(rows.map((row) => [sessionKey(row.switch_id, row.session_id), row.tenant_id]))
}

/** Live calls whose switch has been silent too long (C9). Sandboxes with a frozen clock fall silent by that clock only. */
export async function silentSessions(
  db: Queryable,
  now: Instant,
  tenantId: TenantId | null = null,
): Promise<(SessionName & { tenantId: TenantId })[]> {
  const rows = await db.query<{ switch_id: SwitchId; session_id: string; tenant_id: TenantId }>(
    `SELECT s.switch_id, s.session_id, s.tenant_id
     FROM call_session s JOIN tenant t ON t.tenant_id = s.tenant_id
     WHERE s.state = 'open' AND s.deadline_at <= coalesce(t.clock_at, to_timestamp($1 / 1000.0))
       AND ($2::uuid IS NULL OR s.tenant_id = $2) AND (t.clock_at IS NULL OR $2::uuid IS NOT NULL)
     ORDER BY s.deadline_at LIMIT 5000`,
    [now, tenantId],
  )
  return rows.map((row) => ({ switchId: row.switch_id, sessionId: row.session_id, tenantId: row.tenant_id }))
}

/** Forgets ended sessions that no message can ask for any more, a few thousand at a time. Returns how many. */
export async function forgetSessions(db: Queryable, before: Instant): Promise<number> {
  return db.execute(
    `WITH gone AS (
       DELETE FROM call_session WHERE (switch_id, session_id) IN (
         SELECT switch_id, session_id FROM call_session
         WHERE state <> 'open' AND call_id < uuid_from_time(to_timestamp($1 / 1000.0)) AND ended_at < to_timestamp($1 / 1000.0)
         LIMIT 5000)
       RETURNING call_id)
     DELETE FROM call_answer a USING gone WHERE a.call_id = gone.call_id`,
    [before],
  )
}
