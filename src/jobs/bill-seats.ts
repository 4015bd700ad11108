/** Seats on the 1st of each tenant's month: see payments/renew.ts. Before pools open, so that they open with what is left. */
import type { TenantId } from '../core/ids.ts'
import { NOTICE_MS, renewSeats, warnOfLapse } from '../payments/renew.ts'
import { inTransaction } from '../store/db.ts'
import { findTenant } from '../store/tenant.ts'
import type { JobContext } from './index.ts'

type Context = Pick<JobContext, 'db' | 'now' | 'newId' | 'engine' | 'recharger' | 'log'>

/** All tenants in real time, or one by its own clock. */
export async function billSeats(context: Context, tenantId: TenantId | null = null): Promise<void> {
  for (const id of tenantId === null ? await whoseMonthBegan(context) : [tenantId]) {
    try {
      const isDone = await inTransaction(context.db, (tx) => renewSeats(tx, id, context.now(), context.newId))
      if (!isDone) continue
      context.engine.events.emit('changed', [id])
      // W4: the price of a plan may have taken the wallet below its threshold.
      await context.recharger.rechargeIfDue(id)
    } catch (error) {
      // One tenant's month must not keep those of the others from beginning.
      context.log.error(
        { err: error, tenantId: id },
        'the seats of a month could not be billed; it will be tried again',
      )
    }
  }
  for (const id of tenantId === null ? await whoPaysFromCredits(context) : [tenantId]) {
    const tenant = await findTenant(context.db, id)
    if (tenant) await inTransaction(context.db, (tx) => warnOfLapse(tx, tenant, context.now()))
  }
}

async function whoseMonthBegan({ db, now }: Context): Promise<TenantId[]> {
  const rows = await db.query<{ tenant_id: TenantId }>(
    `SELECT DISTINCT s.tenant_id FROM subscription s JOIN tenant t ON t.tenant_id = s.tenant_id
     WHERE t.clock_at IS NULL
       AND (s.billed_month IS NULL OR s.billed_month < to_char(to_timestamp($1 / 1000.0) AT TIME ZONE t.time_zone, 'YYYY-MM'))
     ORDER BY s.tenant_id`,
    [now()],
  )
  return rows.map((row) => row.tenant_id)
}

/** In the last week of their month. */
async function whoPaysFromCredits({ db, now }: Context): Promise<TenantId[]> {
  const rows = await db.query<{ tenant_id: TenantId }>(
    `SELECT DISTINCT s.tenant_id FROM subscription s JOIN tenant t ON t.tenant_id = s.tenant_id
     WHERE t.clock_at IS NULL AND s.billing = 'credits' AND s.purchased > 0
       AND to_char(to_timestamp($1 / 1000.0) AT TIME ZONE t.time_zone, 'YYYY-MM')
         <> to_char(to_timestamp(($1 + $2) / 1000.0) AT TIME ZONE t.time_zone, 'YYYY-MM')
     ORDER BY s.tenant_id`,
    [now(), NOTICE_MS],
  )
  return rows.map((row) => row.tenant_id)
}
