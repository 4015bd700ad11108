/** How automatic recharge stands, in one word and the figures behind it (W4). */
import { type Micros, maxBigint, micros, minBigint } from '../core/money.ts'
import { type Instant, periodOf } from '../core/time.ts'
import { rechargeAmount, walletFigures } from '../core/wallet.ts'
import { readAutoRecharge } from '../store/auto-recharge.ts'
import type { Queryable } from '../store/db.ts'
import { listRecharges, rechargedSince } from '../store/funding.ts'
import { readLots } from '../store/ledger.ts'
import type { WalletOwner } from '../store/wallet.ts'
import { cappedUntil, dayOf } from './caps.ts'

/** `capped`: the next one would go over a cap. `waiting`: an hour after a decline. */
export const RECHARGE_STATES = ['off', 'on', 'in-flight', 'capped', 'waiting', 'paused'] as const

export interface RechargeStanding {
  readonly state: (typeof RECHARGE_STATES)[number]
  readonly today: Micros
  readonly thisMonth: Micros
  readonly waitsUntil: Instant | null
  readonly wouldAdd: Micros | null
  readonly inFlight: Micros | null
  readonly lastFailure: string | null
  /** Available money and what the caps still let in; null where no cap bounds it. */
  readonly mostToday: Micros | null
}

export async function readRecharge(
  db: Queryable,
  owner: Pick<WalletOwner, 'tenantId' | 'currency' | 'timeZone'>,
  now: Instant,
): Promise<RechargeStanding> {
  const { tenantId, currency, timeZone: zone } = owner
  const policy = await readAutoRecharge(db, tenantId)
  const recharged = {
    today: await rechargedSince(db, tenantId, dayOf(now, zone).start),
    thisMonth: await rechargedSince(db, tenantId, periodOf(now, zone).start),
  }
  const { available } = walletFigures(await readLots(db, tenantId), now)
  const spendable = micros(maxBigint(0n, available))
  const [last] = await listRecharges(db, tenantId, 1)
  const lastFailure = last?.state === 'failed' ? last.failure : null
  const none = { ...recharged, waitsUntil: null, wouldAdd: null, inFlight: null, lastFailure }
  if (!policy?.enabled) return { ...none, state: 'off', mostToday: spendable }
  const wouldAdd = rechargeAmount(policy, available, currency)
  const capped = cappedUntil(policy, wouldAdd, recharged, now, zone)
  const waiting = policy.notBefore !== null && policy.notBefore > now ? policy.notBefore : null
  const known = { ...none, wouldAdd, mostToday: policy.paused ? spendable : most(policy, recharged, spendable) }
  if (policy.paused) return { ...known, state: 'paused' }
  if (policy.pending) return { ...known, state: 'in-flight', inFlight: last?.amountMicros ?? null }
  if (capped !== null) return { ...known, state: 'capped', waitsUntil: capped }
  if (waiting !== null) return { ...known, state: 'waiting', waitsUntil: waiting }
  return { ...known, state: 'on' }
}

function most(
  caps: { readonly dailyCapMicros: Micros | null; readonly monthlyCapMicros: Micros | null },
  recharged: { readonly today: Micros; readonly thisMonth: Micros },
  spendable: Micros,
): Micros | null {
  const left = [
    ...(caps.dailyCapMicros === null ? [] : [maxBigint(0n, caps.dailyCapMicros - recharged.today)]),
    ...(caps.monthlyCapMicros === null ? [] : [maxBigint(0n, caps.monthlyCapMicros - recharged.thisMonth)]),
  ]
  return left.length === 0 ? null : micros(spendable + left.reduce((a, b) => minBigint(a, b)))
}
