/** Seats as pages and bills see them: how they are paid, who holds them, and when there will be fewer. */
import type { Sku } from '../core/catalogue.ts'
import type { Country } from '../core/country.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import { holds, isVoice } from '../core/licence.ts'
import type { Billing, Seats } from '../core/order.ts'
import type { Instant, Month } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'
import { changeAssigned, changeEntitlement, poolOf, setInternational, setVoice } from './licence.ts'
import type { UserRow } from './user.ts'

export interface SeatsRow extends Seats {
  readonly subscriptionId: Uuid
  readonly createdAt: Instant
  /** Up to which month its price was asked for; null before the first time. */
  readonly billedMonth: Month | null
}

const COLUMNS = `subscription_id AS "subscriptionId", sku, purchased, assigned, billing, billed_month AS "billedMonth",
  created_at AS "createdAt"`

export const listSeats = (db: Queryable, tenantId: TenantId): Promise<SeatsRow[]> =>
  db.query<SeatsRow>(`SELECT ${COLUMNS} FROM subscription WHERE tenant_id = $1 ORDER BY sku`, [tenantId])

/** Locked, as `lockSubscriptions` does: whoever buys, assigns, gives up or bills waits here. */
export const lockSeats = (tx: Tx, tenantId: TenantId): Promise<SeatsRow[]> =>
  tx.query<SeatsRow>(`SELECT ${COLUMNS} FROM subscription WHERE tenant_id = $1 ORDER BY sku FOR UPDATE`, [tenantId])

/** How the SKU is paid from now on, and up to which month it has been asked for. */
export async function setBilling(tx: Tx, tenantId: TenantId, sku: Sku, billing: Billing, month: Month): Promise<void> {
  await tx.execute('UPDATE subscription SET billing = $3, billed_month = $4 WHERE tenant_id = $1 AND sku = $2', [
    tenantId,
    sku,
    billing,
    month,
  ])
}

/** The constraint `seats` refuses fewer than are assigned (L5). */
export async function setPurchased(tx: Tx, tenantId: TenantId, sku: Sku, purchased: number): Promise<void> {
  await tx.execute('UPDATE subscription SET purchased = $3 WHERE tenant_id = $1 AND sku = $2', [
    tenantId,
    sku,
    purchased,
  ])
}

export interface Reduction {
  readonly sku: Sku
  readonly seats: number
  readonly userIds: readonly UserId[]
  readonly fromMonth: Month
  readonly createdAt: Instant
  readonly createdBy: string
}

export const listReductions = (db: Queryable, tenantId: TenantId): Promise<Reduction[]> =>
  db.query<Reduction>(
    `SELECT sku, seats, user_ids::text[] AS "userIds", from_month AS "fromMonth", created_at AS "createdAt", created_by AS "createdBy"
     FROM seat_reduction WHERE tenant_id = $1 ORDER BY sku`,
    [tenantId],
  )

/** Replaces what was planned for the SKU before. */
export async function saveReduction(tx: Tx, tenantId: TenantId, reduction: Reduction): Promise<void> {
  await tx.execute(
    `INSERT INTO seat_reduction (tenant_id, sku, seats, user_ids, from_month, created_at, created_by)
     VALUES ($1, $2, $3, $4::uuid[], $5, to_timestamp($6 / 1000.0), $7)
     ON CONFLICT (tenant_id, sku) DO UPDATE SET seats = excluded.seats, user_ids = excluded.user_ids,
       from_month = excluded.from_month, created_at = excluded.created_at, created_by = excluded.created_by`,
    [
      tenantId,
      reduction.sku,
      reduction.seats,
      reduction.userIds,
      reduction.fromMonth,
      reduction.createdAt,
      reduction.createdBy,
    ],
  )
}

/** True when there was one. */
export async function deleteReduction(tx: Tx, tenantId: TenantId, sku: Sku): Promise<boolean> {
  return (await tx.execute('DELETE FROM seat_reduction WHERE tenant_id = $1 AND sku = $2', [tenantId, sku])) === 1
}

export interface Holder {
  readonly userId: UserId
  readonly name: string
  readonly usageLocation: Country
  readonly internationalPlan: boolean
  readonly numbers: readonly string[]
}

const HOLDER = `u.user_id AS "userId", u.name, u.usage_location AS "usageLocation", u.international_plan AS "internationalPlan",
  ARRAY(SELECT n.number FROM phone_number n WHERE n.user_id = u.user_id ORDER BY n.number) AS numbers`

const holding = (sku: Sku): string =>
  sku === 'international-calling-plan' ? 'u.international_plan' : `u.voice_sku = '${sku}'`

/** Who holds a SKU, newest people first. */
export const listHolders = (
  db: Queryable,
  tenantId: TenantId,
  sku: Sku,
  page: { readonly limit: number; readonly before: UserId | null },
): Promise<Holder[]> =>
  db.query<Holder>(
    `SELECT ${HOLDER} FROM tenant_user u
     WHERE u.tenant_id = $1 AND ${holding(sku)} AND ($3::uuid IS NULL OR u.user_id < $3)
     ORDER BY u.user_id DESC LIMIT $2`,
    [tenantId, page.limit, page.before],
  )

/** Those of `userIds` who hold it. */
export const readHolders = (
  db: Queryable,
  tenantId: TenantId,
  sku: Sku,
  userIds: readonly UserId[],
): Promise<Holder[]> =>
  db.query<Holder>(
    `SELECT ${HOLDER} FROM tenant_user u WHERE u.tenant_id = $1 AND ${holding(sku)} AND u.user_id = ANY($2::uuid[])
     ORDER BY u.user_id`,
    [tenantId, userIds],
  )

/** L9: the International add-on needs the voice licence and goes with it. */
export const skusWith = (user: Pick<UserRow, 'internationalPlan'>, sku: Sku): readonly Sku[] =>
  sku === 'voice-with-calling-plan' && user.internationalPlan ? ['international-calling-plan', sku] : [sku]

/** What the licence adds to or takes from the pool of the user's location (P1, P5, P7). */
export async function fundPool(
  tx: Tx,
  user: Pick<UserRow, 'tenantId' | 'usageLocation'>,
  change: { readonly sku: Sku; readonly by: 1 | -1; readonly at: Instant; readonly newId: () => Uuid },
): Promise<void> {
  const { sku, by, at, newId } = change
  const pool = poolOf(sku, user.usageLocation)
  if (pool) await changeEntitlement(tx, { ...pool, tenantId: user.tenantId, change: by, at, sourceId: newId() })
}

/** Takes a licence, and what goes with it, from a user; subscriptions and user must be locked. Returns what went, or nothing. */
export async function removeLicence(
  tx: Tx,
  user: UserRow,
  change: { readonly sku: Sku; readonly at: Instant; readonly newId: () => Uuid },
): Promise<readonly Sku[]> {
  if (!holds(user, change.sku)) return []
  const gone = skusWith(user, change.sku)
  for (const sku of gone) {
    if (isVoice(sku)) await setVoice(tx, user.userId, null)
    else await setInternational(tx, user.userId, false)
    await changeAssigned(tx, user.tenantId, sku, -1)
    await fundPool(tx, user, { ...change, sku, by: -1 })
  }
  return gone
}
