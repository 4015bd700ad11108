/** Closes calls whose switch has fallen silent, with what was reported (C9). */
import type { TenantId } from '../core/ids.ts'
import { silentSessions } from '../store/session.ts'
import type { JobContext } from './index.ts'

/** A search brings at most this many (store/session.ts); when a switch dies there may be more. */
const SEARCH_MAX = 5_000
const ROUNDS_MAX = 20

/** All tenants in real time, or one by its own clock. Returns how many calls were closed. */
export async function closeSilentCalls(
  context: Pick<JobContext, 'db' | 'engine' | 'now'>,
  tenantId: TenantId | null = null,
): Promise<number> {
  let closed = 0
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const silent = await silentSessions(context.db, context.now(), tenantId)
    // Together, so that they share the engine's batches.
    await Promise.all(silent.map((session) => context.engine.closeSilent(session, session.tenantId)))
    closed += silent.length
    if (silent.length < SEARCH_MAX) break
  }
  return closed
}
