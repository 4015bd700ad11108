/** Forgets what no message can ask for any more: ended sessions with their answers, old idempotency keys, events and sign-ins. */
import { JOB_KEPT_SECONDS } from '../core/job.ts'
import {
  ALERT_KEPT_SECONDS,
  EVENT_KEPT_SECONDS,
  IDEMPOTENCY_KEPT_SECONDS,
  SESSION_KEPT_SECONDS,
} from '../core/limits.ts'
import { type Instant, instant } from '../core/time.ts'
import type { Db } from '../store/db.ts'
import { forgetEvents } from '../store/event.ts'
import { forgetSessions } from '../store/session.ts'
import { forgetSignIns } from '../store/sign-in.ts'
import { forgetImports } from '../store/user-import.ts'
import type { JobContext } from './index.ts'

const KEYS_AT_ONCE = 5_000
/** Bounded, so that a large backlog leaves room for calls; the next run goes on. */
const ROUNDS_MAX = 20

export async function forget({ db, now }: Pick<JobContext, 'db' | 'now'>): Promise<void> {
  const sessionsBefore = instant(now() - SESSION_KEPT_SECONDS * 1000)
  for (let round = 0; round < ROUNDS_MAX && (await anySession(db, sessionsBefore)); round++) {
    await forgetSessions(db, sessionsBefore)
  }
  const keysBefore = instant(now() - IDEMPOTENCY_KEPT_SECONDS * 1000)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if ((await forgetKeys(db, keysBefore)) < KEYS_AT_ONCE) break
  }
  const ago = (seconds: number): Instant => instant(now() - seconds * 1000)
  await forgetEvents(db, ago(EVENT_KEPT_SECONDS), ago(ALERT_KEPT_SECONDS))
  await forgetSignIns(db, now())
  await forgetImports(db, ago(JOB_KEPT_SECONDS))
}

async function anySession(db: Db, before: Instant): Promise<boolean> {
  const rows = await db.query(
    `SELECT FROM call_session
     WHERE state <> 'open' AND call_id < uuid_from_time(to_timestamp($1 / 1000.0)) AND ended_at < to_timestamp($1 / 1000.0)
     LIMIT 1`,
    [before],
  )
  return rows.length > 0
}

const forgetKeys = (db: Db, before: Instant): Promise<number> =>
  db.execute(
    `DELETE FROM idempotency_key WHERE (key_id, idempotency_key) IN (
       SELECT key_id, idempotency_key FROM idempotency_key WHERE created_at < to_timestamp($1 / 1000.0) LIMIT $2)`,
    [before, KEYS_AT_ONCE],
  )
