/** Work that takes longer than a request may: what is known of it while it goes on. */
import type { Instant } from './time.ts'

export const JOB_STATES = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type JobState = (typeof JOB_STATES)[number]

/** A result can be fetched this long; then the job and its files are forgotten. */
export const JOB_KEPT_SECONDS = 7 * 86_400
/** Jobs of one tenant that are not over: more are refused. */
export const JOBS_UNFINISHED_MAX = 20
/** A job that failed by a fault of ours this often is given up. */
export const JOB_FAULTS_MAX = 3

/** How far a job got, and since when at this pace: a job that was taken up again counts from there. */
export interface JobProgress {
  readonly done: number
  readonly total: number | null
  readonly attemptDone: number
  readonly attemptAt: Instant | null
}

/** Seconds until it is done at the pace so far, rounded up; null where nothing can be said yet. */
export function secondsLeft({ done, total, attemptDone, attemptAt }: JobProgress, now: Instant): number | null {
  const gained = done - attemptDone
  if (total === null || attemptAt === null || gained <= 0) return null
  return Math.ceil((Math.max(0, now - attemptAt) / 1000) * ((total - done) / gained))
}
