/**
 * Runs the jobs that tenants asked for. Each is one row, taken up under a lock of its own, by whichever process is first; what was
 * left by a process that died is taken up again. An attempt that lost its job can write nothing more (`attempt` in store/job.ts).
 */

import type { TenantId, Uuid } from '../core/ids.ts'
import { JOB_FAULTS_MAX } from '../core/job.ts'
import { type Instant, instant } from '../core/time.ts'
import { type Db, inTransaction } from '../store/db.ts'
import {
  appendResult,
  finishJob,
  forgetJobs,
  type JobEnd,
  type JobRow,
  listWaiting,
  lockAttempt,
  PIECE_BYTES,
  putBack,
  readPieces,
  type Standing,
  saveProgress,
  startResult,
  takeUp,
} from '../store/job.ts'
import { JobFailed, type JobKind, type JobRun, type ResultWriter } from './job-kind.ts'
import type { Locks } from './locks.ts'

export interface JobRunnerOptions {
  readonly db: Db
  readonly kinds: readonly JobKind[]
  readonly locks: Pick<Locks, 'tryLock'>
  readonly now: () => Instant
  readonly log: { error(details: object, message: string): void }
  /** Jobs at once; 2 unless told. A tenant has one at a time. */
  readonly slots?: number
}

export interface JobRunner {
  /** Something was added: looks at once instead of at the next tick. */
  wake(): void
  /** Jobs stop at their next step and go on at the next start. */
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 1_000
const FORGET_EVERY_MS = 600_000
const PROGRESS_EVERY_MS = 250
const RETRY_SECONDS = [5, 30]

/** Stopped by somebody, or no longer ours, or the server ends. */
class JobStopped extends Error {
  override name = 'JobStopped'
  readonly standing: Exclude<Standing, 'mine'> | 'ending'

  constructor(standing: JobStopped['standing']) {
    super(`the job is ${standing}`)
    this.standing = standing
  }
}

export function startJobRunner(options: JobRunnerOptions): JobRunner {
  const { db, locks, now, log, slots = 2 } = options
  const kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]))
  const running = new Map<Uuid, { tenantId: TenantId; end: Promise<void> }>()
  let ending = false
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let lookAgain = false
  let forgetAt = 0

  function wake(): void {
    if (ending) return
    if (looking) {
      lookAgain = true
      return
    }
    clearTimeout(timer)
    looking = look()
      .catch((error: unknown) => log.error({ err: error }, 'could not look for jobs'))
      .finally(() => {
        looking = undefined
        if (lookAgain && !ending) {
          lookAgain = false
          wake()
        } else if (!ending) {
          timer = setTimeout(wake, LOOK_EVERY_MS)
          timer.unref()
        }
      })
  }

  async function look(): Promise<void> {
    if (now() >= forgetAt) {
      forgetAt = now() + FORGET_EVERY_MS
      while ((await forgetJobs(db, now())) > 0);
    }
    if (running.size >= slots) return
    for (const { jobId, tenantId } of await listWaiting(db, [...kinds.keys()], now())) {
      if (ending || running.size >= slots) return
      if ([...running.values()].some((other) => other.tenantId === tenantId)) continue
      const release = await locks.tryLock(`work:${jobId}`)
      if (release === null) continue
      const end = takeUpAndRun(jobId)
        .catch((error: unknown) => log.error({ err: error, jobId }, 'a job could not be written back'))
        .finally(async () => {
          await release()
          running.delete(jobId)
          wake()
        })
      running.set(jobId, { tenantId, end })
    }
  }

  async function takeUpAndRun(jobId: Uuid): Promise<void> {
    const job = await takeUp(db, jobId, now())
    if (job === null) return
    const kind = kinds.get(job.kind)
    if (kind === undefined) return
    const end = (done: JobEnd): Promise<void> => inTransaction(db, (tx) => finishJob(tx, job, done))
    if (job.stopping) return end({ state: 'cancelled', at: now() })
    if (job.faults >= JOB_FAULTS_MAX) return end({ state: 'failed', at: now(), failure: 'internal-error' })
    try {
      let kept: Uint8Array | undefined
      const summary = await kind.run(
        runOf(job, (bytes) => {
          kept = bytes
        }),
      )
      await end({ state: 'succeeded', at: now(), summary, kept })
    } catch (error) {
      if (error instanceof JobFailed) return end({ state: 'failed', at: now(), failure: error.code })
      if (error instanceof JobStopped) {
        if (error.standing === 'stopping') return end({ state: 'cancelled', at: now() })
        if (error.standing === 'ending') await putBack(db, job, { notBefore: null, isFault: false })
        return
      }
      log.error({ err: error, jobId, kind: job.kind }, 'a job failed; it will be tried again')
      const wait = RETRY_SECONDS[job.faults] ?? 0
      await putBack(db, job, { notBefore: instant(now() + wait * 1000), isFault: true })
    }
  }

  function goOn(standing: Standing): void {
    if (standing !== 'mine') throw new JobStopped(standing)
    if (ending) throw new JobStopped('ending')
  }

  function runOf(job: JobRow, keep: JobRun['keep']): JobRun {
    let writtenAt = Number.NEGATIVE_INFINITY
    return {
      job,
      db,
      now,
      upload: () => readPieces(db, job.jobId, 'input'),
      async progress(done, total) {
        if (ending) throw new JobStopped('ending')
        if (now() - writtenAt < PROGRESS_EVERY_MS) return
        writtenAt = now()
        goOn(await saveProgress(db, job, done, { total }))
      },
      async writeResult(file) {
        goOn(await inTransaction(db, (tx) => startResult(tx, job, { ...file, anew: true })))
        return writerOf(async (bytes) => goOn(await inTransaction(db, (tx) => appendResult(tx, job, bytes))))
      },
      keep,
      async step(file, work) {
        await inTransaction(db, async (tx) => {
          goOn(await lockAttempt(tx, job))
          const { done, append, summary } = await work(tx)
          await startResult(tx, job, { ...file, anew: false })
          await appendResult(tx, job, typeof append === 'string' ? Buffer.from(append) : append)
          await saveProgress(tx, job, done, { summary })
        })
      },
    }
  }

  wake()
  return {
    wake,
    async stop() {
      ending = true
      clearTimeout(timer)
      await looking
      await Promise.all([...running.values()].map(({ end }) => end))
    },
  }
}

/** Collects what is written into pieces, and waits until each is in the store: no more than two lie in memory. */
function writerOf(save: (bytes: Uint8Array) => Promise<void>): ResultWriter {
  let pieces: Uint8Array[] = []
  let size = 0

  async function flush(): Promise<void> {
    if (size === 0) return
    const bytes = Buffer.concat(pieces)
    pieces = []
    size = 0
    await save(bytes)
  }

  return {
    async write(given) {
      const bytes = typeof given === 'string' ? Buffer.from(given) : given
      for (let from = 0; from < bytes.length; ) {
        const part = bytes.subarray(from, from + PIECE_BYTES - size)
        pieces.push(part)
        size += part.length
        from += part.length
        if (size === PIECE_BYTES) await flush()
      }
    },
    end: flush,
  }
}
