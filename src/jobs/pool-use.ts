/** Adds up what pools and the wallet paid by day and person, so that pages need not read a month of calls. */
import { instant } from '../core/time.ts'
import { addUpUse } from '../store/pool-use-sums.ts'
import type { JobContext } from './index.ts'

/** A call is looked at when its first message is that old: longer than any transaction of the charging path lasts. */
const SETTLED_AFTER_MS = 60_000

/** Bounded, so that a large backlog leaves room for calls; the next run goes on. */
const ROUNDS_MAX = 20

export async function addUpPoolUse({ db, now }: Pick<JobContext, 'db' | 'now'>): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (!(await addUpUse(db, instant(now() - SETTLED_AFTER_MS)))) return
  }
}
