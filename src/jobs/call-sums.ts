/** Adds up the calls by hour, so that the totals of the call history need not read each of them. */
import { instant } from '../core/time.ts'
import { addUpCalls } from '../store/call-sum.ts'
import type { JobContext } from './index.ts'

/** A call is looked at when its first message is that old: longer than any transaction of the charging path lasts. */
const SETTLED_AFTER_MS = 60_000

/** Bounded, so that a large backlog leaves room for calls; the next run goes on. */
const ROUNDS_MAX = 20

export async function addUpCallSums({ db, now }: Pick<JobContext, 'db' | 'now'>): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (!(await addUpCalls(db, instant(now() - SETTLED_AFTER_MS)))) return
  }
}
