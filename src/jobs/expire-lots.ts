/** Money that nobody used within a year expires (W3); where that empties the wallet, a recharge follows (W4). */
import type { TenantId } from '../core/ids.ts'
import { closeAccounts } from './close-accounts.ts'
import type { JobContext } from './index.ts'

/** All tenants in real time, or one by its own clock. Returns the tenants who lost money. */
export async function expireLots(
  context: Pick<JobContext, 'db' | 'now' | 'newId' | 'engine' | 'recharger'>,
  tenantId: TenantId | null = null,
): Promise<Set<TenantId>> {
  const expired = await closeAccounts(context, 'micro', tenantId)
  if (expired.size > 0) context.engine.events.emit('changed', [...expired])
  for (const id of expired) await context.recharger.rechargeIfDue(id)
  return expired
}
