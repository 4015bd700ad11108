/** What signing in leaves behind for minutes: steps that wait for their answer, and how often somebody tried. */
import type { PersonId } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

export type StepKind = 'second-factor' | 'passkey-sign-in' | 'passkey-registration' | 'oidc'

export interface Step {
  readonly kind: StepKind
  readonly personId: PersonId | null
  readonly data: Readonly<Record<string, string>>
}

export async function insertStep(
  db: Queryable,
  step: Step & { readonly secretHash: string; readonly expiresAt: Instant },
): Promise<void> {
  await db.execute(
    `INSERT INTO sign_in_step (secret_hash, kind, person_id, data, expires_at)
     VALUES ($1, $2, $3, $4::jsonb, to_timestamp($5 / 1000.0))`,
    [step.secretHash, step.kind, step.personId, JSON.stringify(step.data), step.expiresAt],
  )
}

const COLUMNS = 'kind, person_id AS "personId", data'

/** The step for the one who takes it; it is gone when the transaction commits. */
export async function takeStep(db: Queryable, kind: StepKind, secretHash: string, now: Instant): Promise<Step | null> {
  const [row] = await db.query<Step>(
    `DELETE FROM sign_in_step WHERE secret_hash = $1 AND kind = $2 AND expires_at > to_timestamp($3 / 1000.0)
     RETURNING ${COLUMNS}`,
    [secretHash, kind, now],
  )
  return row ?? null
}

/** The same without taking it: a wrong code may be corrected. */
export async function findStep(db: Queryable, kind: StepKind, secretHash: string, now: Instant): Promise<Step | null> {
  const [row] = await db.query<Step>(
    `SELECT ${COLUMNS} FROM sign_in_step WHERE secret_hash = $1 AND kind = $2 AND expires_at > to_timestamp($3 / 1000.0)`,
    [secretHash, kind, now],
  )
  return row ?? null
}

/** Counts one more try in the window of `now`; returns how many there are with it. Two at once are counted as two. */
export async function countTry(db: Queryable, bucket: string, windowSeconds: number, now: Instant): Promise<number> {
  const [row] = await db.query<{ hits: number }>(
    `INSERT INTO throttle AS t (bucket, window_start, hits) VALUES ($1, to_timestamp($2), 1)
     ON CONFLICT (bucket, window_start) DO UPDATE SET hits = t.hits + 1 RETURNING hits`,
    [bucket, windowStart(windowSeconds, now)],
  )
  return row?.hits ?? 0
}

/** It was the right person: their tries are forgotten. */
export async function forgetTries(db: Queryable, bucket: string): Promise<void> {
  await db.execute('DELETE FROM throttle WHERE bucket = $1', [bucket])
}

/** Takes one try back: it was no guess. */
export async function uncountTry(db: Queryable, bucket: string, windowSeconds: number, now: Instant): Promise<void> {
  await db.execute(
    'UPDATE throttle SET hits = hits - 1 WHERE bucket = $1 AND window_start = to_timestamp($2) AND hits > 0',
    [bucket, windowStart(windowSeconds, now)],
  )
}

const windowStart = (windowSeconds: number, now: Instant): number => {
  const seconds = Math.floor(now / 1000)
  return seconds - (seconds % windowSeconds)
}

const FORGOTTEN_AT_ONCE = 5_000
/** Longer than any window, any link and any session. */
const KEPT = "interval '30 days'"

/** Forgets what can open nothing any more, a few thousand rows at a time. The audit log keeps who signed in. */
export async function forgetSignIns(db: Queryable, now: Instant): Promise<void> {
  for (const [table, where] of [
    ['sign_in_step', 'expires_at < to_timestamp($1 / 1000.0)'],
    ['throttle', `window_start < to_timestamp($1 / 1000.0) - interval '1 day'`],
    ['password_reset', `expires_at < to_timestamp($1 / 1000.0) - ${KEPT}`],
    ['person_session', `seen_at < to_timestamp($1 / 1000.0) - ${KEPT}`],
  ] as const) {
    await db.execute(
      `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE ${where} LIMIT ${FORGOTTEN_AT_ONCE})`,
      [now],
    )
  }
}
