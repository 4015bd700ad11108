/** Jobs of a tenant: what was asked, how far it got, and its files in pieces. */

import type { TenantId, Uuid } from '../core/ids.ts'
import { JOB_KEPT_SECONDS, type JobProgress, type JobState } from '../core/job.ts'
import type { Permission } from '../core/permission.ts'
import type { Language } from '../core/problems.ts'
import { type Instant, instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface JobRow extends JobProgress {
  readonly jobId: Uuid
  readonly tenantId: TenantId
  readonly kind: string
  readonly state: JobState
  /** What the kind was given; it knows the form. */
  readonly input: unknown
  /** For the audit log, as in `AuditEntry.actor`. */
  readonly requestedBy: string
  /** Of the result file. */
  readonly language: Language
  /** What it takes to see the job and its result. */
  readonly sees: Permission
  /** What it took to start it, and takes to stop it. */
  readonly starts: Permission
  readonly createdAt: Instant
  readonly startedAt: Instant | null
  readonly finishedAt: Instant | null
  readonly attempt: number
  readonly faults: number
  readonly stopping: boolean
  /** What the kind says about its outcome. */
  readonly summary: unknown
  /** A problem's code. */
  readonly failure: string | null
  readonly resultName: string | null
  readonly resultType: string | null
  readonly resultBytes: bigint
  readonly expiresAt: Instant | null
}

const COLUMNS = `job_id AS "jobId", tenant_id AS "tenantId", kind, state, input, requested_by AS "requestedBy", language, sees, starts,
  created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt", attempt, attempt_at AS "attemptAt",
  attempt_done AS "attemptDone", faults, done, total, stopping, summary, failure, result_name AS "resultName",
  result_type AS "resultType", result_bytes AS "resultBytes", expires_at AS "expiresAt"`

export type NewJob = Pick<
  JobRow,
  'jobId' | 'tenantId' | 'kind' | 'input' | 'requestedBy' | 'language' | 'sees' | 'starts' | 'createdAt' | 'total'
>

/** A job that waits to be taken up. `file`: what was uploaded for it. */
export async function insertJob(tx: Tx, job: NewJob, file?: Uint8Array): Promise<void> {
  await tx.execute(
    `INSERT INTO job (job_id, tenant_id, kind, input, requested_by, language, sees, starts, created_at, total)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0), $10)`,
    [
      job.jobId,
      job.tenantId,
      job.kind,
      JSON.stringify(job.input),
      job.requestedBy,
      job.language,
      job.sees,
      job.starts,
      job.createdAt,
      job.total,
    ],
  )
  if (file) await insertInput(tx, job.jobId, file)
}

async function insertInput(tx: Tx, jobId: Uuid, file: Uint8Array): Promise<void> {
  for (let place = 0; place * PIECE_BYTES < file.length; place++) {
    const bytes = file.subarray(place * PIECE_BYTES, (place + 1) * PIECE_BYTES)
    await tx.execute(`INSERT INTO job_piece (job_id, file, place, bytes) VALUES ($1, 'input', $2, $3)`, [
      jobId,
      place,
      bytes,
    ])
  }
}

/** Large enough that a file has few, small enough that many can be sent at once. */
export const PIECE_BYTES = 262_144

export async function findJob(db: Queryable, tenantId: TenantId, jobId: Uuid): Promise<JobRow | null> {
  const [row] = await db.query<JobRow>(`SELECT ${COLUMNS} FROM job WHERE tenant_id = $1 AND job_id = $2`, [
    tenantId,
    jobId,
  ])
  return row ?? null
}

export interface JobFilter {
  /** Of the one who asks: others' jobs do not show. */
  readonly permissions: ReadonlySet<Permission>
  readonly unfinished: boolean
  readonly kind: string | null
}

/** Newest first. */
export const listJobs = (
  db: Queryable,
  tenantId: TenantId,
  filter: JobFilter,
  page: { readonly limit: number; readonly before: Uuid | null },
): Promise<JobRow[]> =>
  db.query<JobRow>(
    `SELECT ${COLUMNS} FROM job
     WHERE tenant_id = $1 AND sees = ANY($2) AND (NOT $3 OR finished_at IS NULL) AND ($4::text IS NULL OR kind = $4)
       AND ($6::uuid IS NULL OR job_id < $6)
     ORDER BY job_id DESC LIMIT $5`,
    [tenantId, [...filter.permissions], filter.unfinished, filter.kind, page.limit, page.before],
  )

/** How many of the tenant's jobs are not over. */
export async function countUnfinished(db: Queryable, tenantId: TenantId): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM job WHERE tenant_id = $1 AND finished_at IS NULL',
    [tenantId],
  )
  return row?.count ?? 0
}

/** Jobs that could be taken up, oldest first; some may be at work in another process. */
export const listWaiting = (
  db: Queryable,
  kinds: readonly string[],
  now: Instant,
): Promise<Pick<JobRow, 'jobId' | 'tenantId'>[]> =>
  db.query(
    `SELECT job_id AS "jobId", tenant_id AS "tenantId" FROM job
     WHERE finished_at IS NULL AND kind = ANY($1) AND (not_before IS NULL OR not_before <= to_timestamp($2 / 1000.0))
     ORDER BY job_id LIMIT 100`,
    [kinds, now],
  )

/**
 * Takes a job up; the caller holds its lock. One that is `running` was left by a process that died, which counts as a fault. Null
 * when it is over.
 */
export async function takeUp(db: Queryable, jobId: Uuid, now: Instant): Promise<JobRow | null> {
  const [row] = await db.query<JobRow>(
    `UPDATE job SET faults = faults + (state = 'running')::integer, state = 'running', attempt = attempt + 1,
       attempt_at = to_timestamp($2 / 1000.0), attempt_done = done, started_at = coalesce(started_at, to_timestamp($2 / 1000.0))
     WHERE job_id = $1 AND finished_at IS NULL RETURNING ${COLUMNS}`,
    [jobId, now],
  )
  return row ?? null
}

/** One taking-up of a job: whoever took it up later has another, and this one can write nothing more. */
export type Attempt = Pick<JobRow, 'jobId' | 'attempt'>

const MINE = `job_id = $1 AND attempt = $2 AND state = 'running'`

/** `lost`: somebody else has it, or it is over. */
export type Standing = 'mine' | 'stopping' | 'lost'

const standing = (row: { stopping: boolean } | undefined): Standing => {
  if (row === undefined) return 'lost'
  return row.stopping ? 'stopping' : 'mine'
}

/** How it stands, locked until the transaction ends. */
export async function lockAttempt(tx: Tx, { jobId, attempt }: Attempt): Promise<Standing> {
  const [row] = await tx.query<{ stopping: boolean }>(`SELECT stopping FROM job WHERE ${MINE} FOR NO KEY UPDATE`, [
    jobId,
    attempt,
  ])
  return standing(row)
}

/** Writes how far it got; `total` stays as it was where it is undefined. */
export async function saveProgress(
  db: Queryable,
  { jobId, attempt }: Attempt,
  done: number,
  { total, summary }: { readonly total?: number | null | undefined; readonly summary?: unknown } = {},
): Promise<Standing> {
  const [row] = await db.query<{ stopping: boolean }>(
    `UPDATE job SET done = $3, total = CASE WHEN $4 THEN $5::integer ELSE total END, summary = coalesce($6::json, summary)
     WHERE ${MINE} RETURNING stopping`,
    [jobId, attempt, done, total !== undefined, total ?? null, summary === undefined ? null : JSON.stringify(summary)],
  )
  return standing(row)
}

/** The name and type of the result. `anew`: what an earlier attempt had written goes. */
export async function startResult(
  tx: Tx,
  { jobId, attempt }: Attempt,
  result: { readonly name: string; readonly type: string; readonly anew: boolean },
): Promise<Standing> {
  const [row] = await tx.query<{ stopping: boolean }>(
    `UPDATE job SET result_name = $3, result_type = $4, result_bytes = CASE WHEN $5 THEN 0 ELSE result_bytes END
     WHERE ${MINE} RETURNING stopping`,
    [jobId, attempt, result.name, result.type, result.anew],
  )
  if (row && result.anew) await tx.execute(`DELETE FROM job_piece WHERE job_id = $1 AND file = 'result'`, [jobId])
  return standing(row)
}

/** Adds to the end of the result. */
export async function appendResult(tx: Tx, { jobId, attempt }: Attempt, bytes: Uint8Array): Promise<Standing> {
  const [row] = await tx.query<{ stopping: boolean }>(
    `UPDATE job SET result_bytes = result_bytes + $3 WHERE ${MINE} RETURNING stopping`,
    [jobId, attempt, bytes.length],
  )
  if (row && bytes.length > 0) {
    await tx.execute(
      `INSERT INTO job_piece (job_id, file, place, bytes)
       SELECT $1, 'result', coalesce(max(place) + 1, 0), $2 FROM job_piece WHERE job_id = $1 AND file = 'result'`,
      [jobId, bytes],
    )
  }
  return standing(row)
}

/** Something is kept with which a job that is over can be gone on with. */
export async function hasKept(db: Queryable, jobId: Uuid): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM job JOIN job_piece USING (job_id)
     WHERE job_id = $1 AND state = 'succeeded' AND file = 'input' AND place = 0`,
    [jobId],
  )
  return rows.length > 0
}

/** The file from its beginning, a piece at a time. */
export async function* readPieces(
  db: Queryable,
  jobId: Uuid,
  file: 'input' | 'result' | 'search',
): AsyncGenerator<Buffer> {
  for (let place = 0; ; place++) {
    const [row] = await db.query<{ bytes: Buffer }>(
      'SELECT bytes FROM job_piece WHERE job_id = $1 AND file = $2 AND place = $3',
      [jobId, file, place],
    )
    if (row === undefined) return
    yield row.bytes
  }
}

export interface JobEnd {
  readonly state: Extract<JobState, 'succeeded' | 'failed' | 'cancelled'>
  readonly at: Instant
  readonly summary?: unknown
  readonly failure?: string
  /** With which it can be gone on with: it takes the place of the upload, for as long as the result is there. */
  readonly kept?: Uint8Array | undefined
}

/** The attempt is over, and the job with it. What was uploaded is not needed any more. */
export async function finishJob(tx: Tx, { jobId, attempt }: Attempt, end: JobEnd): Promise<void> {
  const { state, at, summary, failure = null, kept } = end
  const changed = await tx.execute(
    `UPDATE job SET state = $3, finished_at = to_timestamp($4 / 1000.0), expires_at = to_timestamp($5 / 1000.0),
       summary = coalesce($6::json, summary), failure = $7, done = CASE $3 WHEN 'succeeded' THEN coalesce(total, done) ELSE done END,
       total = CASE $3 WHEN 'succeeded' THEN coalesce(total, done) ELSE total END
     WHERE ${MINE}`,
    [jobId, attempt, state, at, expiry(at), summary === undefined ? null : JSON.stringify(summary), failure],
  )
  if (changed !== 1) return
  await tx.execute(`DELETE FROM job_piece WHERE job_id = $1 AND file = 'input'`, [jobId])
  if (kept) await insertInput(tx, jobId, kept)
}

const expiry = (at: Instant): Instant => instant(at + JOB_KEPT_SECONDS * 1000)

/** The attempt is over and the job is not: somebody takes it up again, not before `notBefore`. */
export async function putBack(
  db: Queryable,
  { jobId, attempt }: Attempt,
  { notBefore, isFault }: { readonly notBefore: Instant | null; readonly isFault: boolean },
): Promise<void> {
  await db.execute(
    `UPDATE job SET state = 'waiting', not_before = to_timestamp($3 / 1000.0), faults = faults + $4::integer WHERE ${MINE}`,
    [jobId, attempt, notBefore, isFault ? 1 : 0],
  )
}

/** Asks a job to stop: one that waits is over at once, one that runs stops at its next step. Null when it was over before. */
export async function stopJob(tx: Tx, tenantId: TenantId, jobId: Uuid, at: Instant): Promise<JobRow | null> {
  const [row] = await tx.query<JobRow>(
    `UPDATE job SET stopping = true, state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,
       finished_at = CASE state WHEN 'waiting' THEN to_timestamp($3 / 1000.0) END,
       expires_at = CASE state WHEN 'waiting' THEN to_timestamp($4 / 1000.0) END
     WHERE tenant_id = $1 AND job_id = $2 AND finished_at IS NULL RETURNING ${COLUMNS}`,
    [tenantId, jobId, at, expiry(at)],
  )
  return row ?? null
}

/** Deletes jobs whose results have expired, with their files. Returns how many. */
export const forgetJobs = (db: Queryable, now: Instant): Promise<number> =>
  db.execute(
    `DELETE FROM job WHERE job_id IN (
       SELECT job_id FROM job WHERE finished_at IS NOT NULL AND expires_at <= to_timestamp($1 / 1000.0) LIMIT 100)`,
    [now],
  )
