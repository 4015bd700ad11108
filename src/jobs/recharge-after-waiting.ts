/** A decline or a cap makes automatic recharge wait (W4); this looks again when the waiting time is over. */
import { waitedEnough } from '../store/auto-recharge.ts'
import type { JobContext } from './index.ts'

/** Tenants in real time; a frozen sandbox is looked after by jobs/clock.ts. */
export async function rechargeAfterWaiting(context: Pick<JobContext, 'db' | 'now' | 'recharger'>): Promise<void> {
  for (const tenantId of await waitedEnough(context.db, context.now())) await context.recharger.rechargeIfDue(tenantId)
}
