/** What a tenant's forecasts are made from (A4): daily sums of half a year, and what is there now. */
import type { Plan } from '../core/catalogue.ts'
import type { TenantId } from '../core/ids.ts'
import { addDays, dayOf, type LocalDay } from '../core/local-day.ts'
import type { Currency } from '../core/money.ts'
import { parsePoolName, poolFigures } from '../core/pool.ts'
import { type ForecastInput, HISTORY_DAYS, type PartUse, type PoolInput } from '../core/tenant-forecast.ts'
import { type Instant, periodOf, type TimeZone } from '../core/time.ts'
import { OVERDRAFT_NAME, spendable } from '../core/wallet.ts'
import { readAutoRecharge } from './auto-recharge.ts'
import type { Queryable, Tx } from './db.ts'
import { readLots } from './ledger.ts'
import { type ListedPool, listPools } from './pool.ts'
import { beyondCostFund, beyondFund, type FundUse, poolRange, readSums, readUse, WALLET_RANGE } from './pool-use.ts'

interface Owner {
  readonly tenantId: TenantId
  readonly timeZone: TimeZone
}

/** Calls whose rates say what a plan's calls would cost credits. */
const RATES_LOOKED_AT = 300

/** Everything at `now` by the tenant's clock. The month's pools have to be open. */
export async function readForecastInput(db: Queryable, owner: Owner, now: Instant): Promise<ForecastInput> {
  const { tenantId, timeZone } = owner
  const today = dayOf(now, timeZone)
  const days = Array.from({ length: HISTORY_DAYS + 1 }, (_, index) => addDays(today, index - HISTORY_DAYS))
  const [open, poolUse, walletUse, lots, recharge, rates] = await Promise.all([
    listPools(db, tenantId, periodOf(now, timeZone).month),
    readUse(db, owner, poolRange('pool:'), days),
    readUse(db, owner, WALLET_RANGE, days),
    readLots(db, tenantId),
    readAutoRecharge(db, tenantId),
    recentRates(db, tenantId),
  ])
  // L7: conference minutes are used by nobody's rhythm yet; their pool is shown without a forecast.
  const pools = open.filter(({ key }) => key.plan !== 'conference')
  const range = [days[0] ?? today, today] as const
  const beyond = await Promise.all(
    pools.map(async ({ key }) => ({
      seconds: await readSums(db, tenantId, beyondFund(key.country, key.plan), range),
      micros: await readSums(db, tenantId, beyondCostFund(key.country, key.plan), range),
    })),
  )
  const beyondCosts = beyond.flatMap(({ micros }) => micros)
  return {
    seed: tenantId,
    now,
    zone: timeZone,
    pools: pools.map((pool, index) =>
      poolInput(pool, now, poolUse, beyond[index] ?? { seconds: [], micros: [] }, rates),
    ),
    wallet: {
      use: [
        ...walletUse.map(partUse),
        ...beyondCosts.map(({ day, amount }) => ({ day, slot: 0, amount: -Number(amount) })),
      ],
      lots: lots.flatMap((lot) => {
        const micros = Number(spendable(lot, now))
        return lot.name === OVERDRAFT_NAME || micros <= 0 ? [] : [{ micros, expiresAt: lot.endsAt }]
      }),
      overdraftMicros: lots.reduce((sum, lot) => (lot.name === OVERDRAFT_NAME ? Number(spendable(lot, now)) : sum), 0),
      thresholdMicros: recharge?.enabled ? Number(recharge.thresholdMicros) : null,
    },
  }
}

type Sums = readonly { readonly day: LocalDay; readonly amount: bigint }[]
type Rates = readonly { readonly country: string; readonly plan: Plan; readonly microsPerMinute: number }[]

const partUse = ({ day, slot, amount }: FundUse): PartUse => ({ day, slot, amount: Number(amount) })
const total = (sums: Sums): number => sums.reduce((sum, { amount }) => sum + Number(amount), 0)

function poolInput(
  { key, account }: ListedPool,
  now: Instant,
  use: readonly FundUse[],
  beyond: { readonly seconds: Sums; readonly micros: Sums },
  rates: Rates,
): PoolInput {
  const figures = poolFigures(account, now)
  const own = use.filter(({ fund }) => {
    const pool = parsePoolName(fund)
    return pool?.country === key.country && pool.plan === key.plan
  })
  const seconds = total(beyond.seconds)
  const rate = rates.find(({ country, plan }) => country === key.country && plan === key.plan)
  return {
    key,
    availableSeconds: figures.availableSeconds,
    monthSeconds: figures.totalSeconds,
    use: [
      ...own.map(partUse),
      // In the middle of the day: by when in the day it was used, what the plan itself paid speaks for it.
      ...beyond.seconds.map(({ day, amount }) => ({ day, slot: 2, amount: Number(amount) })),
    ],
    microsPerSecond: seconds > 0 ? total(beyond.micros) / seconds : (rate?.microsPerMinute ?? 0) / 60,
  }
}

/** What the last calls of each plan would have cost credits a minute, on average. */
function recentRates(db: Queryable, tenantId: TenantId): Promise<Rates> {
  return db.query(
    `SELECT details -> 'pool' ->> 'country' AS country, details -> 'pool' ->> 'plan' AS plan,
            (1000000 * sum((details -> 'rate' ->> 'perMinute')::numeric * charged_seconds) / sum(charged_seconds))::float8
              AS "microsPerMinute"
     FROM (SELECT details, charged_seconds FROM call_record WHERE tenant_id = $1 ORDER BY call_id DESC LIMIT $2) r
     WHERE charged_seconds > 0 AND details -> 'rate' ->> 'perMinute' IS NOT NULL AND details -> 'pool' ->> 'plan' IS NOT NULL
     GROUP BY 1, 2`,
    [tenantId, RATES_LOOKED_AT],
  )
}

export interface ForecastOwner extends Owner {
  readonly currency: Currency
  readonly clockAt: Instant | null
}

/** Tenants with pools or money whose local day is another than the one on which they were looked at last, a few at a time. */
export async function tenantsToForecast(
  db: Queryable,
  today: readonly { readonly zone: TimeZone; readonly day: LocalDay }[],
  isDue: (owner: ForecastOwner, lookedAt: LocalDay | null) => boolean,
): Promise<ForecastOwner[]> {
  const rows = await db.query<ForecastOwner & { lookedAt: LocalDay | null }>(
    `SELECT t.tenant_id AS "tenantId", t.time_zone AS "timeZone", t.currency, t.clock_at AS "clockAt", t.forecast_on AS "lookedAt"
     FROM tenant t LEFT JOIN unnest($1::text[], $2::date[]) z(zone, day) ON z.zone = t.time_zone
     WHERE t.licence_type = 'with-calling-plan' AND (t.clock_at IS NOT NULL OR t.forecast_on IS DISTINCT FROM z.day AND z.day IS NOT NULL)
       AND EXISTS (SELECT FROM account a WHERE a.tenant_id = t.tenant_id)
     ORDER BY t.tenant_id LIMIT 500`,
    [today.map(({ zone }) => zone), today.map(({ day }) => day)],
  )
  return rows.filter((row) => isDue(row, row.lookedAt))
}

/** The zones that tenants live in. */
export async function tenantZones(db: Queryable): Promise<TimeZone[]> {
  const rows = await db.query<{ time_zone: TimeZone }>('SELECT DISTINCT time_zone FROM tenant')
  return rows.map(({ time_zone }) => time_zone)
}

/** Which day was told last, by fund. */
export async function readTold(db: Queryable, tenantId: TenantId): Promise<Map<string, LocalDay>> {
  const rows = await db.query<{ fund: string; day: LocalDay }>(
    'SELECT fund, day FROM forecast_told WHERE tenant_id = $1',
    [tenantId],
  )
  return new Map(rows.map(({ fund, day }) => [fund, day]))
}

export async function tellDay(tx: Tx, tenantId: TenantId, fund: string, day: LocalDay, at: Instant): Promise<void> {
  await tx.execute(
    `INSERT INTO forecast_told (tenant_id, fund, day, told_at) VALUES ($1, $2, $3, to_timestamp($4 / 1000.0))
     ON CONFLICT (tenant_id, fund) DO UPDATE SET day = excluded.day, told_at = excluded.told_at`,
    [tenantId, fund, day, at],
  )
}

/** Notes that the tenant was looked at on this day; false when another process has done so. */
export async function claimForecastDay(tx: Tx, tenantId: TenantId, day: LocalDay): Promise<boolean> {
  const changed = await tx.execute(
    'UPDATE tenant SET forecast_on = $2 WHERE tenant_id = $1 AND forecast_on IS DISTINCT FROM $2::date',
    [tenantId, day],
  )
  return changed === 1
}
