/** What a kind of job is given and may do. Kinds are registered in main.ts; routes add jobs with `insertJob` and wake the runner. */
import type { Instant } from '../core/time.ts'
import type { Db, Tx } from '../store/db.ts'
import type { JobRow } from '../store/job.ts'

export interface JobKind {
  /** `export-calls`: verb, then what. */
  readonly kind: string
  /**
   * Does the work, from the beginning or from where `run.job.done` says that an earlier attempt got to. What it returns is kept as the
   * summary of the job. Throws `JobFailed` for what the one who asked can mend; anything else is a fault, and the job is tried again.
   */
  run(run: JobRun): Promise<unknown>
}

export interface JobRun {
  readonly job: JobRow
  readonly db: Db
  /** Real time. */
  now(): Instant
  /** The file that was uploaded with the job, in pieces. */
  upload(): AsyncIterable<Buffer>
  /** Says how far the work got, written a few times a second at most. Throws when somebody has stopped the job. */
  progress(done: number, total?: number | null): Promise<void>
  /** Begins a result file; what an earlier attempt had written goes. Memory is bounded: a full piece goes to the store. */
  writeResult(file: ResultFile): Promise<ResultWriter>
  /** With which another job can go on where this one ended: written when this one succeeds, kept for as long as its result. */
  keep(bytes: Uint8Array): void
  /**
   * For work that must happen once: `work` runs in a transaction that also writes how far the job got and what is added to the result,
   * so that an attempt after this one goes on behind it. Throws, with nothing done, when somebody has stopped the job. As with every
   * transaction, `work` may run again from its beginning.
   */
  step(file: ResultFile, work: (tx: Tx) => Promise<Step>): Promise<void>
}

export interface ResultFile {
  /** As it is saved: `calls.csv`. */
  readonly name: string
  /** Media type. */
  readonly type: string
}

export interface Step {
  readonly done: number
  readonly append: string | Uint8Array
  /** What is to be said about the outcome so far; an attempt after this one finds it in `run.job.summary`. */
  readonly summary?: unknown
}

export interface ResultWriter {
  write(bytes: string | Uint8Array): Promise<void>
  /** What is left goes to the store. */
  end(): Promise<void>
}

/** The expected "no" of a job: `code` is that of a problem of the API. */
export class JobFailed extends Error {
  override name = 'JobFailed'
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}
