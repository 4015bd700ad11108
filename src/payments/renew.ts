/**
 * The 1st of a month for seats: fewer where fewer were wanted, then the month's price, on the statement or from the wallet. A wallet
 * that cannot pay lets the International plan lapse (W8). Once per month, whatever was down at midnight.
 */
import type { Sku } from '../core/catalogue.ts'
import { formatId, type TenantId, type UserId, type Uuid } from '../core/ids.ts'
import { isVoice } from '../core/licence.ts'
import { type Currency, type Micros, micros, toMoney } from '../core/money.ts'
import { seatAmount, seatPriceAt, wholeMonth } from '../core/seat-price.ts'
import type { EventType, TenantEvent } from '../core/tenant-event.ts'
import { formatInstant, type Instant, nextPeriod, type Period, periodNamed, periodOf } from '../core/time.ts'
import { walletFigures } from '../core/wallet.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable, Tx } from '../store/db.ts'
import { recordEvents, recordWalletAlerts } from '../store/event.ts'
import { readLots } from '../store/ledger.ts'
import { changeEntitlement } from '../store/licence.ts'
import { insertSeatCharge } from '../store/seat-charge.ts'
import { readSeatPrices } from '../store/seat-price.ts'
import {
  deleteReduction,
  listHolders,
  listReductions,
  lockSeats,
  removeLicence,
  type SeatsRow,
  setBilling,
  setPurchased,
} from '../store/subscription.ts'
import { lockTenant, type TenantRow, tenantNow } from '../store/tenant.ts'
import { lockUser } from '../store/user.ts'
import type { WalletOwner } from '../store/wallet.ts'
import { payFromWallet } from './plan-payment.ts'

/** How long before the 1st a wallet that will not pay is worth a word. */
export const NOTICE_MS = 7 * 86_400_000

const HOLDERS_MAX = 1_000_000
const SYSTEM = 'Ringfence'

/** Voice first: an add-on goes with the licence that it needs (L9). */
const IN_ORDER: readonly Sku[] = ['voice-with-calling-plan', 'voice-without-calling-plan', 'international-calling-plan']

/** `data` of `plan.renewal-short` and `plan.lapsed`. */
export interface PlanEventData {
  readonly sku: Sku
  readonly seats: number
  readonly month: string
  /** When the month begins. */
  readonly at: string
  readonly price: { readonly amount: string; readonly currency: string }
  readonly available: { readonly amount: string; readonly currency: string }
}

/** Does what every month that has begun asks for. True when something was done. */
export async function renewSeats(tx: Tx, tenantId: TenantId, realNow: Instant, newId: () => Uuid): Promise<boolean> {
  const tenant = await lockTenant(tx, tenantId)
  if (!tenant) return false
  const now = tenantNow(tenant, realNow)
  const current = periodOf(now, tenant.timeZone)
  const before = await lockSeats(tx, tenantId)
  for (const row of before.filter((seats) => seats.billedMonth === null)) {
    await setBilling(tx, tenantId, row.sku, row.billing, current.month)
  }
  const known = before.flatMap(({ billedMonth }) => billedMonth ?? [])
  const oldest = known.toSorted()[0]
  if (oldest === undefined || oldest >= current.month) return before.length !== known.length
  let period = nextPeriod(periodNamed(oldest, tenant.timeZone), tenant.timeZone)
  while (period.month <= current.month) {
    for (const sku of IN_ORDER) await renewOne({ tx, tenant, realNow, now, newId, period }, sku)
    period = nextPeriod(period, tenant.timeZone)
  }
  return true
}

interface Renewal {
  readonly tx: Tx
  readonly tenant: TenantRow
  readonly realNow: Instant
  readonly now: Instant
  readonly newId: () => Uuid
  readonly period: Period
}

async function renewOne(renewal: Renewal, sku: Sku): Promise<void> {
  const { tx, tenant, period } = renewal
  const { tenantId, currency } = tenant
  const find = async (): Promise<SeatsRow | undefined> => (await lockSeats(tx, tenantId)).find((row) => row.sku === sku)
  const held = await find()
  if (held?.billedMonth == null || held.billedMonth >= period.month) return
  await reduce(renewal, held)
  const seats = (await find())?.purchased ?? 0
  const span = wholeMonth(period)
  const perMonth = seatPriceAt(await readSeatPrices(tx, currency), sku, period.start)
  const amount = perMonth === null ? micros(0n) : seatAmount(perMonth, seats, span, currency)
  await setBilling(tx, tenantId, sku, held.billing, period.month)
  if (seats === 0) return
  const chargeId = renewal.newId()
  if (held.billing === 'credits') {
    const paying = { tenantId, sourceId: chargeId, amount, at: period.start, now: renewal.now }
    if (!(await payFromWallet(tx, paying))) return lapse(renewal, sku, seats, amount)
    await recordWalletAlerts(tx, ownerOf(tenant), renewal.realNow)
  }
  const paidFrom = held.billing
  const charge = { chargeId, tenantId, sku, kind: 'month', seats, span, perMonth, amount, currency, paidFrom } as const
  await insertSeatCharge(tx, { ...charge, at: period.start })
}

/** What was ordered for this month or before: those who were named give up theirs; a seat that somebody holds stays. */
async function reduce(renewal: Renewal, held: SeatsRow): Promise<void> {
  const { tx, tenant, period, newId } = renewal
  const { tenantId } = tenant
  const planned = (await listReductions(tx, tenantId)).find((row) => row.sku === held.sku)
  if (!planned || planned.fromMonth > period.month) return
  await takeFrom(renewal, held.sku, planned.userIds, 'seats-reduced')
  const [after] = (await lockSeats(tx, tenantId)).filter((row) => row.sku === held.sku)
  const seats = Math.max(planned.seats, after?.assigned ?? 0)
  await setPurchased(tx, tenantId, held.sku, seats)
  await deleteReduction(tx, tenantId, held.sku)
  const change = seats - held.purchased
  if (isVoice(held.sku) && change !== 0) {
    const { country } = tenant
    await changeEntitlement(tx, {
      tenantId,
      country,
      plan: 'conference',
      change,
      at: period.start,
      sourceId: newId(),
    })
  }
  await record(tx, {
    id: newId(),
    tenantId,
    at: renewal.realNow,
    actor: planned.createdBy,
    action: 'licence.seats-reduced',
    subject: held.sku,
    before: { purchased: held.purchased, assigned: held.assigned },
    after: { purchased: seats, assigned: after?.assigned ?? 0 },
  })
}

async function takeFrom(
  { tx, tenant, period, newId, realNow }: Renewal,
  sku: Sku,
  userIds: readonly UserId[],
  reason: 'seats-reduced' | 'plan-lapsed',
): Promise<void> {
  const { tenantId } = tenant
  for (const userId of [...userIds].sort()) {
    const user = await lockUser(tx, tenantId, userId)
    // Somebody took it back, or moved on, since then.
    if (!user) continue
    const gone = await removeLicence(tx, user, { sku, at: period.start, newId })
    if (gone.length === 0) continue
    await record(tx, {
      id: newId(),
      tenantId,
      at: realNow,
      actor: SYSTEM,
      action: 'licence.removed',
      subject: formatId('user', userId),
      before: { skus: gone },
      after: { reason },
    })
    await recordEvents(
      tx,
      gone.map((lost) => ({
        tenantId,
        type: 'licence.removed' as const,
        at: period.start,
        data: { userId: formatId('user', userId), sku: lost, reason },
      })),
    )
  }
}

async function lapse(renewal: Renewal, sku: Sku, seats: number, price: Micros): Promise<void> {
  const { tx, tenant, period, newId, now } = renewal
  const { tenantId } = tenant
  const holders = await listHolders(tx, tenantId, sku, { limit: HOLDERS_MAX, before: null })
  await takeFrom(
    renewal,
    sku,
    holders.map((holder) => holder.userId),
    'plan-lapsed',
  )
  await setPurchased(tx, tenantId, sku, 0)
  await record(tx, {
    id: newId(),
    tenantId,
    at: renewal.realNow,
    actor: SYSTEM,
    action: 'licence.plan-lapsed',
    subject: sku,
    before: { purchased: seats, assigned: holders.length },
    after: { purchased: 0, assigned: 0 },
  })
  const { available } = walletFigures(await readLots(tx, tenantId), now)
  await recordEvents(tx, [planEvent('plan.lapsed', tenant, { sku, seats, period, price, available })])
}

function planEvent(
  type: Extract<EventType, `plan.${string}`>,
  tenant: { readonly tenantId: TenantId; readonly currency: Currency },
  facts: { sku: Sku; seats: number; period: Period; price: Micros; available: Micros },
): TenantEvent {
  const { sku, seats, period, price, available } = facts
  const data: PlanEventData = {
    sku,
    seats,
    month: period.month,
    at: formatInstant(period.start),
    price: toMoney(price, tenant.currency),
    available: toMoney(available, tenant.currency),
  }
  const { tenantId } = tenant
  return { tenantId, type, at: period.start, data, onceKey: `${type} ${sku} ${period.month}` }
}

/** W8: a word in the last week of a month when the wallet would not pay for the next one; said once a month. */
export async function warnOfLapse(tx: Tx, tenant: TenantRow, realNow: Instant): Promise<void> {
  const now = tenantNow(tenant, realNow)
  const next = nextPeriod(periodOf(now, tenant.timeZone), tenant.timeZone)
  if (next.start - now > NOTICE_MS) return
  for (const short of await shortPlans(tx, tenant, now, next)) {
    await recordEvents(tx, [planEvent('plan.renewal-short', tenant, { ...short, period: next })])
  }
}

export interface ShortPlan {
  readonly sku: Sku
  readonly seats: number
  readonly price: Micros
  readonly available: Micros
}

/** Plans paid from credits for which the wallet, as it stands, would not pay on the 1st. */
export async function shortPlans(
  db: Queryable,
  tenant: Pick<TenantRow, 'tenantId' | 'currency'>,
  now: Instant,
  next: Period,
): Promise<ShortPlan[]> {
  const { tenantId, currency } = tenant
  const rows = await db.query<{ sku: Sku; purchased: number }>(
    `SELECT s.sku, least(s.purchased, coalesce(r.seats, s.purchased)) AS purchased
     FROM subscription s LEFT JOIN seat_reduction r USING (tenant_id, sku)
     WHERE s.tenant_id = $1 AND s.billing = 'credits' AND s.purchased > 0`,
    [tenantId],
  )
  const prices = rows.length === 0 ? [] : await readSeatPrices(db, currency)
  const lots = rows.length === 0 ? [] : await readLots(db, tenantId)
  // What will have expired by then pays nothing.
  const { available } = walletFigures(lots, next.start > now ? next.start : now)
  return rows.flatMap(({ sku, purchased: seats }) => {
    const perMonth = seatPriceAt(prices, sku, next.start) ?? micros(0n)
    const price = seatAmount(perMonth, seats, wholeMonth(next), currency)
    return price > available ? [{ sku, seats, price, available }] : []
  })
}

const ownerOf = ({ tenantId, currency, timeZone, sandbox, clockAt }: TenantRow): WalletOwner => ({
  tenantId,
  currency,
  timeZone,
  sandbox,
  clockAt,
})
