/** Seats, assignments and what they do to pools, in one lock order: subscription, user, entitlement, pools by name. */
import { poolAlerts } from '../core/alert.ts'
import type { Plan, Sku } from '../core/catalogue.ts'
import { allowanceSeconds } from '../core/catalogue.ts'
import { type Country, planLocation } from '../core/country.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import { Ledger, type Source } from '../core/ledger.ts'
import { changeLicences } from '../core/pool.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'
import { recordEvents } from './event.ts'
import { lockAccounts, saveLedger } from './ledger.ts'

export interface Subscription {
  readonly subscriptionId: Uuid
  readonly sku: Sku
  readonly purchased: number
  readonly assigned: number
  readonly createdAt: Instant
}

const COLUMNS = `subscription_id AS "subscriptionId", sku, purchased, assigned, created_at AS "createdAt"`

export function listSubscriptions(db: Queryable, tenantId: TenantId): Promise<Subscription[]> {
  return db.query<Subscription>(`SELECT ${COLUMNS} FROM subscription WHERE tenant_id = $1 ORDER BY sku`, [tenantId])
}

/** The tenant's subscriptions, locked: whoever buys or assigns waits here. */
export function lockSubscriptions(tx: Tx, tenantId: TenantId): Promise<Subscription[]> {
  return tx.query<Subscription>(`SELECT ${COLUMNS} FROM subscription WHERE tenant_id = $1 ORDER BY sku FOR UPDATE`, [
    tenantId,
  ])
}

/** Adds seats; the first purchase of a SKU makes its subscription. */
export async function addSeats(
  tx: Tx,
  seats: { subscriptionId: Uuid; tenantId: TenantId; sku: Sku; quantity: number; at: Instant },
): Promise<Subscription> {
  const [row] = await tx.query<Subscription>(
    `INSERT INTO subscription (subscription_id, tenant_id, sku, purchased, created_at)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0))
     ON CONFLICT (tenant_id, sku) DO UPDATE SET purchased = subscription.purchased + excluded.purchased
     RETURNING ${COLUMNS}`,
    [seats.subscriptionId, seats.tenantId, seats.sku, seats.quantity, seats.at],
  )
  if (!row) throw new Error('an upsert returns its row')
  return row
}

/** Takes or frees a seat. The constraint `seats` refuses one too many, whatever the code believed (L5). */
export async function changeAssigned(tx: Tx, tenantId: TenantId, sku: Sku, change: 1 | -1): Promise<void> {
  await tx.execute('UPDATE subscription SET assigned = assigned + $3 WHERE tenant_id = $1 AND sku = $2', [
    tenantId,
    sku,
    change,
  ])
}

export async function setVoice(tx: Tx, userId: UserId, sku: Sku | null): Promise<void> {
  // L9: the International add-on goes with the voice licence it needs.
  await tx.execute(
    `UPDATE tenant_user SET voice_sku = $2,
       international_plan = international_plan AND $2 IS NOT DISTINCT FROM 'voice-with-calling-plan' WHERE user_id = $1`,
    [userId, sku],
  )
}

export async function setInternational(tx: Tx, userId: UserId, held: boolean): Promise<void> {
  await tx.execute('UPDATE tenant_user SET international_plan = $2 WHERE user_id = $1', [userId, held])
}

/** The plan and pool country that a SKU funds for a user there; null where it funds none. */
export function poolOf(sku: Sku, location: Country): { country: string; plan: Plan } | null {
  const country = planLocation(location)
  if (country === null || sku === 'voice-without-calling-plan') return null
  return { country, plan: sku === 'international-calling-plan' ? 'international' : 'domestic' }
}

/** Licences that fund a pool have changed: now, in every pool whose month is not over, at once (P7). */
export async function changeEntitlement(
  tx: Tx,
  pool: { tenantId: TenantId; country: string; plan: Plan; change: number; at: Instant; sourceId: Uuid },
): Promise<void> {
  const { tenantId, country, plan, change, at } = pool
  if (change === 0 || allowanceSeconds(country, plan) === 0) return
  await tx.execute(
    `INSERT INTO entitlement (tenant_id, country, plan, licences) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING`,
    [tenantId, country, plan],
  )
  // A row of its own value: an upsert would check the change itself, and a change may be negative.
  await tx.execute(
    'UPDATE entitlement SET licences = licences + $4 WHERE tenant_id = $1 AND country = $2 AND plan = $3',
    [tenantId, country, plan, change],
  )
  const accounts = await lockAccounts(
    tx,
    tenantId,
    `name LIKE $2 AND NOT closed AND ends_at > to_timestamp($3 / 1000.0)`,
    [`pool:${country}:${plan}:%`, at],
  )
  const ledger = new Ledger()
  const source: Source = { id: pool.sourceId, tenantId, nextLine: 0 }
  for (const account of accounts) changeLicences(ledger, source, account, change, at)
  await saveLedger(tx, ledger)
  // What was used is now another part of the whole (P7).
  if (change < 0)
    await recordEvents(
      tx,
      accounts.flatMap((account) => poolAlerts(account, 0n, at)),
    )
}
