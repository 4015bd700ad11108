/** Looks once a day at what runs out (A4), by each tenant's own clock, and tells those who can do something about it. */
import { type PoolRunsOutData, poolNews, type WalletRunsOutData, walletNews } from '../core/forecast-alert.ts'
import type { TenantId } from '../core/ids.ts'
import { dayOf, type LocalDay, startOfDay } from '../core/local-day.ts'
import { toMoney } from '../core/money.ts'
import type { TenantEvent } from '../core/tenant-event.ts'
import { forecastTenant } from '../core/tenant-forecast.ts'
import { type Instant, instant, type TimeZone } from '../core/time.ts'
import { readAutoRecharge } from '../store/auto-recharge.ts'
import { inTransaction } from '../store/db.ts'
import { recordEvents } from '../store/event.ts'
import {
  claimForecastDay,
  type ForecastOwner,
  readForecastInput,
  readTold,
  tellDay,
  tenantsToForecast,
  tenantZones,
} from '../store/forecast.ts'
import { listSubscriptions } from '../store/licence.ts'
import { openCurrentPools } from '../store/pool.ts'
import { WALLET_FUND } from '../store/pool-use.ts'
import { readWallet } from '../store/wallet.ts'
import type { JobContext } from './index.ts'

/** Nobody wants to be told at midnight; what happened yesterday is in the sums by then. */
const MORNING_MS = 6 * 3_600_000

type Context = Pick<JobContext, 'db' | 'now' | 'newId' | 'log'>

/** Returns the tenants that were looked at. A tenant whose forecast fails keeps nobody else from theirs. */
export async function forecastTenants(context: Context): Promise<TenantId[]> {
  const now = context.now()
  const zones = await tenantZones(context.db)
  const today = zones.flatMap((zone) => {
    const day = forecastDay(now, zone)
    return day === null ? [] : [{ zone, day }]
  })
  const owners = await tenantsToForecast(context.db, today, (owner, lookedAt) => {
    const day = forecastDay(owner.clockAt ?? now, owner.timeZone)
    return day !== null && day !== lookedAt
  })
  const done: TenantId[] = []
  for (const owner of owners) {
    try {
      if (await forecastOne(context, owner, owner.clockAt ?? now)) done.push(owner.tenantId)
    } catch (error) {
      context.log.error({ err: error, tenantId: owner.tenantId }, 'a forecast failed; it will be tried again')
    }
  }
  return done
}

/** The local day, once its morning has come. */
function forecastDay(now: Instant, zone: TimeZone): LocalDay | null {
  const day = dayOf(now, zone)
  return now - startOfDay(day, zone) >= MORNING_MS ? day : null
}

async function forecastOne(context: Context, owner: ForecastOwner, now: Instant): Promise<boolean> {
  const { db, newId } = context
  const { tenantId } = owner
  await openCurrentPools(db, owner, now, newId)
  const forecast = forecastTenant(await readForecastInput(db, owner, now))
  const [seats, told, wallet, recharge] = await Promise.all([
    listSubscriptions(db, tenantId),
    readTold(db, tenantId),
    readWallet(db, tenantId, now),
    readAutoRecharge(db, tenantId),
  ])
  const news: { readonly fund: string; readonly day: LocalDay; readonly event: TenantEvent }[] = []
  const say = (fund: string, type: TenantEvent['type'], data: PoolRunsOutData | WalletRunsOutData): void => {
    const onceKey = `${type} ${fund} ${data.likely}`
    news.push({ fund, day: data.likely, event: { tenantId, type, at: now, data, onceKey } })
  }
  for (const pool of forecast.pools) {
    const sku = pool.key.plan === 'international' ? 'international-calling-plan' : 'voice-with-calling-plan'
    const seat = seats.find((candidate) => candidate.sku === sku)
    const data = poolNews(pool, seat ? seat.purchased - seat.assigned : 0, (fund) => told.get(fund) ?? null)
    if (data) say(data.pool, 'pool.runs-out', data)
  }
  const autoRecharge = recharge?.enabled ? (recharge.paused ? 'paused' : 'on') : 'off'
  const available = toMoney(wallet.available, owner.currency)
  const short = walletNews(forecast, { available, autoRecharge }, told.get(WALLET_FUND) ?? null)
  if (short) say(WALLET_FUND, 'wallet.runs-out', short)
  return inTransaction(db, async (tx) => {
    // First, so that of two processes one writes the news.
    if (!(await claimForecastDay(tx, tenantId, dayOf(now, owner.timeZone)))) return false
    for (const { fund, day } of news) await tellDay(tx, tenantId, fund, day, instant(now))
    await recordEvents(
      tx,
      news.map(({ event }) => event),
    )
    return true
  })
}
