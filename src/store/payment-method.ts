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
  readonly createdAt: Instant
}

interface PaymentMethodRow {
  readonly payment_method_id: Uuid
  readonly tenant_id: TenantId
  readonly provider: string
  readonly token: string
  readonly is_default: boolean
  readonly created_at: Instant
}

const COLUMNS = 'payment_method_id, tenant_id, provider, token, is_default, created_at'

const readRow = (row: PaymentMethodRow): PaymentMethod => ({
  paymentMethodId: row.payment_method_id,
  tenantId: row.tenant_id,
  provider: row.provider,
  token: row.token,
  isDefault: row.is_default,
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
    `INSERT INTO payment_method (payment_method_id, tenant_id, provider, token, is_default, created_at)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))`,
    [method.paymentMethodId, method.tenantId, method.provider, method.token, isDefault, method.createdAt],
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
    `SELECT ${COLUMNS} FROM payment_method WHERE tenant_id = $1 AND is_default`,
    [tenantId],
  )
  return rows[0] ? readRow(rows[0]) : null
}

export async function listPaymentMethods(db: Queryable, tenantId: TenantId): Promise<PaymentMethod[]> {
  const rows = await db.query<PaymentMethodRow>(
    `SELECT ${COLUMNS} FROM payment_method WHERE tenant_id = $1 ORDER BY payment_method_id`,
    [tenantId],
  )
  return rows.map(readRow)
}
