/** The end of a month: what is left of its pools expires (P6); what live calls hold may still be spent (P8). */
import type { TenantId } from '../core/ids.ts'
import { closeAccounts } from './close-accounts.ts'
import type { JobContext } from './index.ts'

/** All tenants in real time, or one by its own clock. Returns the tenants whose month ended. */
export async function closePools(
  context: Pick<JobContext, 'db' | 'now' | 'newId' | 'engine'>,
  tenantId: TenantId | null = null,
): Promise<Set<TenantId>> {
  const ended = await closeAccounts(context, 'second', tenantId)
  if (ended.size > 0) context.engine.events.emit('changed', [...ended])
  return ended
}
