/** Emergency calls and calls between colleagues while they go on, as the switch let them through (C5, L1). */
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

export interface FreeCall {
  readonly sessionId: string
  /** Of SIP. */
  readonly callId: string
  /** What Kamailio keeps of it, as it writes it. */
  readonly facts: string
  readonly begunAt: Instant
  readonly answeredAt: Instant | null
}

/** Keeps one that has begun; nothing happens if it is kept already. */
export async function saveFreeCall(db: Queryable, call: FreeCall): Promise<void> {
  await db.execute(
    `INSERT INTO free_call (session_id, call_id, facts, begun_at, answered_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (session_id) DO NOTHING`,
    [
      call.sessionId,
      call.callId,
      call.facts,
      new Date(call.begunAt),
      call.answeredAt === null ? null : new Date(call.answeredAt),
    ],
  )
}

export async function answerFreeCall(db: Queryable, sessionId: string, answeredAt: Instant): Promise<void> {
  await db.execute('UPDATE free_call SET answered_at = $2 WHERE session_id = $1', [sessionId, new Date(answeredAt)])
}

export async function removeFreeCall(db: Queryable, sessionId: string): Promise<void> {
  await db.execute('DELETE FROM free_call WHERE session_id = $1', [sessionId])
}

/** Those that began since then; older ones are forgotten, since nobody will tell of their end any more. */
export async function freeCallsSince(db: Queryable, since: Instant): Promise<FreeCall[]> {
  await db.execute('DELETE FROM free_call WHERE begun_at < $1', [new Date(since)])
  return db.query<FreeCall>(
    `SELECT session_id AS "sessionId", call_id AS "callId", facts, begun_at AS "begunAt", answered_at AS "answeredAt"
     FROM free_call ORDER BY begun_at`,
  )
}
