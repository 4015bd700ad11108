/** One tenant at one moment: pools, wallet, calls in progress and the last call records. What the live page draws. */
import { z } from 'zod'
import type { TenantId } from '../core/ids.ts'
import { formatId } from '../core/ids.ts'
import { formatMicros, type Micros, toMoney } from '../core/money.ts'
import { poolFigures } from '../core/pool.ts'
import { formatInstant, type Instant, periodOf } from '../core/time.ts'
import { readAutoRecharge } from '../store/auto-recharge.ts'
import { type CallRecordOnWire, listCalls, recordToWire } from '../store/call-record.ts'
import type { Queryable } from '../store/db.ts'
import { listSubscriptions } from '../store/licence.ts'
import { type LiveCall, listLiveCalls } from '../store/live-call.ts'
import { listPools, openCurrentPools } from '../store/pool.ts'
import type { TenantRow } from '../store/tenant.ts'
import { readWallet } from '../store/wallet.ts'
import { callOut, classification } from './call.ts'
import { moneyOut, timeOut } from './contract.ts'
import { poolOut } from './pool.ts'
import type { Deps } from './server.ts'
import { nowFor } from './tenant.ts'

const RECORDS_SHOWN = 20
const LIVE_CALLS_SHOWN = 100

const liveCallOut = z
  .object({
    callId: z.string(),
    userId: z.string().nullable(),
    userName: z.string().nullable(),
    direction: z.enum(['out', 'in', 'conference-out']),
    callingNumber: z.string().nullable(),
    calledNumber: z.string(),
    classification,
    charged: z.boolean(),
    startedAt: timeOut,
    elapsedSeconds: z.number().int(),
    paid: z
      .array(z.object({ source: z.string(), seconds: z.number().int() }))
      .meta({ description: 'So far, in the order in which the sources were first used' }),
    grant: z
      .object({ source: z.string().nullable(), grantedSeconds: z.number().int(), remainingSeconds: z.number().int() })
      .nullable()
      .meta({ description: 'null: a call without a lease' }),
  })
  .meta({ id: 'LiveCall' })

/** What `readOverview` gives, for the description of the API. */
export const overviewOut = z
  .object({
    tenant: z.object({
      id: z.string(),
      name: z.string(),
      country: z.string(),
      timeZone: z.string(),
      currency: z.string(),
      licenceType: z.string(),
      sandbox: z.boolean(),
    }),
    now: timeOut.meta({ description: 'By the clock of the tenant' }),
    clockStands: z.boolean(),
    month: z.string(),
    seats: z.array(z.object({ sku: z.string(), purchased: z.number().int(), assigned: z.number().int() })),
    pools: z.array(poolOut.omit({ month: true })),
    wallet: z.object({
      balance: moneyOut,
      reserved: moneyOut,
      available: moneyOut,
      lots: z.array(z.object({ amount: z.string(), expiresAt: timeOut.nullable() })),
      autoRecharge: z
        .object({
          enabled: z.boolean(),
          threshold: moneyOut,
          amount: moneyOut,
          state: z.enum(['idle', 'pending', 'paused']),
          declines: z.number().int(),
        })
        .nullable(),
    }),
    calls: z.array(liveCallOut),
    records: z.array(callOut.extend({ userName: z.string().nullable() })),
  })
  .meta({ id: 'Overview' })

export type Overview = Awaited<ReturnType<typeof readOverview>>

/** The tenant as it is now, by its own clock. Money is decimal text, times are RFC 3339, durations whole seconds. */
export async function readOverview(deps: Deps, tenant: TenantRow) {
  const { tenantId, currency } = tenant
  const now = nowFor(deps, tenant)
  const { month } = periodOf(now, tenant.timeZone)
  await openCurrentPools(deps.db, tenant, now, deps.newId)
  const [pools, wallet, recharge, seats, calls, records] = await Promise.all([
    listPools(deps.db, tenantId, month),
    readWallet(deps.db, tenantId, now),
    readAutoRecharge(deps.db, tenantId),
    listSubscriptions(deps.db, tenantId),
    listLiveCalls(deps.db, tenantId, now, LIVE_CALLS_SHOWN),
    listCalls(deps.db, tenantId, { limit: RECORDS_SHOWN, before: null }),
  ])
  const names = await namesOf(deps.db, tenantId, records)
  const money = (value: Micros) => toMoney(value, currency)
  return {
    tenant: {
      id: formatId('tenant', tenantId),
      name: tenant.name,
      country: tenant.country,
      timeZone: tenant.timeZone,
      currency,
      licenceType: tenant.licenceType,
      sandbox: tenant.sandbox,
    },
    /** The tenant's clock; `clockStands` where a sandbox moves only when it is told to (D4). */
    now: formatInstant(now),
    clockStands: tenant.clockAt !== null,
    month,
    seats: seats.map(({ sku, purchased, assigned }) => ({ sku, purchased, assigned })),
    pools: pools.map(({ key, account }) => ({ ...key, ...poolFigures(account, now) })),
    wallet: {
      balance: money(wallet.balance),
      reserved: money(wallet.reserved),
      available: money(wallet.available),
      lots: wallet.lots.map((lot) => ({
        amount: formatMicros(lot.amount),
        expiresAt: lot.expiresAt === null ? null : formatInstant(lot.expiresAt),
      })),
      autoRecharge: recharge && {
        enabled: recharge.enabled,
        threshold: money(recharge.thresholdMicros),
        amount: money(recharge.amountMicros),
        state: recharge.paused ? ('paused' as const) : recharge.pending ? ('pending' as const) : ('idle' as const),
        declines: recharge.declines,
      },
    },
    calls: calls.map((call) => liveToWire(call, now)),
    records: records.map((record) => recordForPage(recordToWire(record), names)),
  }
}

function liveToWire(call: LiveCall, now: Instant) {
  const elapsed = Math.floor((now - call.startedAt) / 1000)
  return {
    callId: formatId('call', call.callId),
    userId: call.userId === null ? null : formatId('user', call.userId),
    userName: call.userName,
    direction: call.direction,
    callingNumber: call.callingNumber,
    calledNumber: call.calledNumber,
    classification: call.classification,
    charged: call.charged,
    startedAt: formatInstant(call.startedAt),
    /** Since it began; a switch reports the first spoken second late, and a sandbox's clock may stand. */
    elapsedSeconds: Math.max(elapsed, call.spokenSeconds),
    /** What each source has paid for so far, in the order in which they were first used. */
    paid: call.funding.map(({ source, spokenSeconds }) => ({ source, seconds: spokenSeconds })),
    grant: call.grant,
  }
}

function recordForPage(record: CallRecordOnWire, names: ReadonlyMap<string, string>) {
  return { ...record, userName: record.userId === null ? null : (names.get(record.userId) ?? null) }
}

/** The names of the users of these records, by id. */
async function namesOf(
  db: Queryable,
  tenantId: TenantId,
  records: readonly { readonly userId: string | null }[],
): Promise<Map<string, string>> {
  const ids = [...new Set(records.flatMap((record) => record.userId ?? []))]
  if (ids.length === 0) return new Map()
  const rows = await db.query<{ user_id: never; name: string }>(
    'SELECT user_id, name FROM tenant_user WHERE tenant_id = $1 AND user_id = ANY($2)',
    [tenantId, ids],
  )
  return new Map(rows.map((row) => [formatId('user', row.user_id), row.name]))
}
