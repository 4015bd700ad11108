/** What a tenant pays with: a provider and that provider's token. No card number ever comes here (P58). */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface PaymentMethod {
  readonly paymentMethodId: Uuid
  readonly tenantId: TenantId
  readonly provider: string
  readonly token: string
  readonly isDefault: boolean
  /** As the provider told it; null where it did not. */
  readonly card: CardFace | null
  readonly createdAt: Instant
}

/** What people know a card by. */
export interface CardFace {
  readonly brand: string
  readonly lastFour: string | null
  /** `2028-04` */
  readonly expires: string | null
}

interface PaymentMethodRow {
  readonly payment_method_id: Uuid
  readonly tenant_id: TenantId
  readonly provider: string
  readonly token: string
  readonly is_default: boolean
  readonly brand: string | null
  readonly last_four: string | null
  readonly expires: string | null
  readonly created_at: Instant
}

const COLUMNS = 'payment_method_id, tenant_id, provider, token, is_default, brand, last_four, expires, created_at'

const readRow = (row: PaymentMethodRow): PaymentMethod => ({
  paymentMethodId: row.payment_method_id,
  tenantId: row.tenant_id,
  provider: row.provider,
  token: row.token,
  isDefault: row.is_default,
  card: row.brand === null ? null : { brand: row.brand, lastFour: row.last_four, expires: row.expires },
  createdAt: row.created_at,
})

/** Stores a payment method. The tenant's first one is the default whatever it says; a new default replaces the one before. */
export async function insertPaymentMethod(tx: Tx, method: PaymentMethod): Promise<PaymentMethod> {
  // Two first methods at once: the second waits here and finds the first.
  await tx.query('SELECT FROM tenant WHERE tenant_id = $1 FOR NO KEY UPDATE', [method.tenantId])
  const isDefault = method.isDefault || (await defaultPaymentMethod(tx, method.tenantId)) === null
  if (isDefault) {
    await tx.execute('UPDATE payment_method SET is_default = false WHERE tenant_id = $1 AND is_default', [
      method.tenantId,
    ])
  }
  await tx.execute(
    `INSERT INTO payment_method (payment_method_id, tenant_id, provider, token, is_default, created_at, brand, last_four, expires)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7, $8, $9)`,
    [
      method.paymentMethodId,
      method.tenantId,
      method.provider,
      method.token,
      isDefault,
      method.createdAt,
      method.card?.brand ?? null,
      method.card?.lastFour ?? null,
      method.card?.expires ?? null,
    ],
  )
  return { ...method, isDefault }
}

export async function readPaymentMethod(
  db: Queryable,
  tenantId: TenantId,
  paymentMethodId: Uuid,
): Promise<PaymentMethod | null> {
  const rows = await db.query<PaymentMethodRow>(
    `SELECT ${COLUMNS} FROM payment_method WHERE tenant_id = $1 AND payment_method_id = $2`,
    [tenantId, paymentMethodId],
  )
  return rows[0] ? readRow(rows[0]) : null
}

export async function defaultPaymentMethod(db: Queryable, tenantId: TenantId): Promise<PaymentMethod | null> {
  const rows = await db.query<PaymentMethodRow>(
    `SELECT ${COLUMNS} FROM payment_method WHERE tenant_id = $1 AND is_default AND removed_at IS NULL`,
    [tenantId],
  )
  return rows[0] ? readRow(rows[0]) : null
}

export async function listPaymentMethods(db: Queryable, tenantId: TenantId): Promise<PaymentMethod[]> {
  const rows = await db.query<PaymentMethodRow>(
    `SELECT ${COLUMNS} FROM payment_method WHERE tenant_id = $1 AND removed_at IS NULL ORDER BY payment_method_id`,
    [tenantId],
  )
  return rows.map(readRow)
}

/** A method that new payments may use; what was removed is kept for its past fundings only. */
export async function usablePaymentMethod(
  db: Queryable,
  tenantId: TenantId,
  paymentMethodId: Uuid,
): Promise<PaymentMethod | null> {
  const rows = await db.query<PaymentMethodRow>(
    `SELECT ${COLUMNS} FROM payment_method WHERE tenant_id = $1 AND payment_method_id = $2 AND removed_at IS NULL`,
    [tenantId, paymentMethodId],
  )
  return rows[0] ? readRow(rows[0]) : null
}

/** Locks the tenant's methods against each other: one of them is the default. */
const lockMethods = (tx: Tx, tenantId: TenantId): Promise<number> =>
  tx.execute('SELECT FROM tenant WHERE tenant_id = $1 FOR NO KEY UPDATE', [tenantId])

export async function makeDefault(tx: Tx, tenantId: TenantId, paymentMethodId: Uuid): Promise<void> {
  await lockMethods(tx, tenantId)
  await tx.execute('UPDATE payment_method SET is_default = false WHERE tenant_id = $1 AND is_default', [tenantId])
  await tx.execute('UPDATE payment_method SET is_default = true WHERE tenant_id = $1 AND payment_method_id = $2', [
    tenantId,
    paymentMethodId,
  ])
}

/** Takes a method out of use; the newest of the others becomes the default in its place. */
export async function removePaymentMethod(tx: Tx, method: PaymentMethod, at: Instant): Promise<void> {
  const { tenantId, paymentMethodId } = method
  await lockMethods(tx, tenantId)
  await tx.execute(
    `UPDATE payment_method SET is_default = false, removed_at = to_timestamp($3 / 1000.0)
     WHERE tenant_id = $1 AND payment_method_id = $2`,
    [tenantId, paymentMethodId, at],
  )
  if (!method.isDefault) return
  const [next] = (await listPaymentMethods(tx, tenantId)).toReversed()
  if (next) await makeDefault(tx, tenantId, next.paymentMethodId)
}
