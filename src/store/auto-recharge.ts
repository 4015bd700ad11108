/** Automatic recharge as the admin chose it (W4), and what has become of it. */
import type { TenantId, Uuid } from '../core/ids.ts'
import { type Micros, micros } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import type { AutoRecharge } from '../core/wallet.ts'
import type { Queryable, Tx } from './db.ts'

export interface AutoRechargePolicy extends AutoRecharge {
  readonly tenantId: TenantId
  readonly dailyCapMicros: Micros | null
  readonly monthlyCapMicros: Micros | null
  /** In a row; a success resets them. */
  readonly declines: number
}

interface PolicyRow {
  readonly tenant_id: TenantId
  readonly enabled: boolean
  readonly paused: boolean
  readonly pending: boolean
  readonly threshold_micros: bigint
  readonly amount_micros: bigint
  readonly target_micros: bigint | null
  readonly payment_method_id: Uuid
  readonly daily_cap_micros: bigint | null
  readonly monthly_cap_micros: bigint | null
  readonly declines: number
  readonly not_before: Instant | null
}

const COLUMNS = `r.tenant_id, r.enabled, r.paused, r.threshold_micros, r.amount_micros, r.target_micros, r.payment_method_id, r.daily_cap_micros,
  r.monthly_cap_micros, r.declines, r.not_before,
  EXISTS (SELECT FROM funding f WHERE f.tenant_id = r.tenant_id AND f.kind = 'recharge' AND f.state = 'pending') AS pending`

const cap = (value: bigint | null): Micros | null => (value === null ? null : micros(value))

const readRow = (row: PolicyRow): AutoRechargePolicy => ({
  tenantId: row.tenant_id,
  enabled: row.enabled,
  paused: row.paused,
  pending: row.pending,
  thresholdMicros: micros(row.threshold_micros),
  amountMicros: micros(row.amount_micros),
  targetMicros: cap(row.target_micros),
  paymentMethodId: row.payment_method_id,
  dailyCapMicros: cap(row.daily_cap_micros),
  monthlyCapMicros: cap(row.monthly_cap_micros),
  declines: row.declines,
  notBefore: row.not_before,
})

export async function readAutoRecharge(db: Queryable, tenantId: TenantId): Promise<AutoRechargePolicy | null> {
  const rows = await db.query<PolicyRow>(`SELECT ${COLUMNS} FROM auto_recharge r WHERE r.tenant_id = $1`, [tenantId])
  return rows[0] ? readRow(rows[0]) : null
}

/**
 * Locks the policy: whoever changes it or asks for a recharge off the charging path comes through here. Always before the
 * funding's row, so that settling and switching on do not wait for each other.
 */
export async function lockAutoRecharge(tx: Tx, tenantId: TenantId): Promise<AutoRechargePolicy | null> {
  const locked = await tx.execute('SELECT FROM auto_recharge WHERE tenant_id = $1 FOR NO KEY UPDATE', [tenantId])
  // A second statement sees what was committed while the first one waited, the pending funding included.
  return locked === 0 ? null : readAutoRecharge(tx, tenantId)
}

export interface AutoRechargeChoice {
  readonly enabled: boolean
  readonly thresholdMicros: Micros
  readonly amountMicros: Micros
  readonly targetMicros: Micros | null
  readonly paymentMethodId: Uuid
  readonly dailyCapMicros: Micros | null
  readonly monthlyCapMicros: Micros | null
}

/** Stores what the admin chose. Switching on lifts a pause and forgets declines and waiting times. */
export async function saveAutoRecharge(tx: Tx, tenantId: TenantId, choice: AutoRechargeChoice): Promise<void> {
  await tx.execute(
    `INSERT INTO auto_recharge AS r (tenant_id, enabled, threshold_micros, amount_micros, payment_method_id, daily_cap_micros,
                                     monthly_cap_micros, target_micros)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (tenant_id) DO UPDATE SET
       enabled = excluded.enabled, threshold_micros = excluded.threshold_micros, amount_micros = excluded.amount_micros,
       payment_method_id = excluded.payment_method_id, daily_cap_micros = excluded.daily_cap_micros,
       monthly_cap_micros = excluded.monthly_cap_micros, target_micros = excluded.target_micros,
       paused = r.paused AND NOT excluded.enabled,
       declines = CASE WHEN excluded.enabled THEN 0 ELSE r.declines END,
       not_before = CASE WHEN excluded.enabled THEN NULL ELSE r.not_before END`,
    [
      tenantId,
      choice.enabled,
      choice.thresholdMicros,
      choice.amountMicros,
      choice.paymentMethodId,
      choice.dailyCapMicros,
      choice.monthlyCapMicros,
      choice.targetMicros,
    ],
  )
}

/** What a decline, a cap or a success leaves behind; the policy must be locked. */
export async function updateAutoRecharge(
  tx: Tx,
  tenantId: TenantId,
  state: { declines: number; paused: boolean; notBefore: Instant | null },
): Promise<void> {
  await tx.execute(
    `UPDATE auto_recharge SET declines = $2, paused = $3, not_before = to_timestamp($4 / 1000.0) WHERE tenant_id = $1`,
    [tenantId, state.declines, state.paused, state.notBefore],
  )
}

/** Tenants in real time whose waiting time after a decline or a cap is over. A frozen sandbox waits by its own clock. */
export async function waitedEnough(db: Queryable, now: Instant): Promise<TenantId[]> {
  const rows = await db.query<{ tenant_id: TenantId }>(
    `SELECT r.tenant_id FROM auto_recharge r JOIN tenant t ON t.tenant_id = r.tenant_id
     WHERE r.enabled AND NOT r.paused AND r.not_before <= to_timestamp($1 / 1000.0) AND t.clock_at IS NULL
     ORDER BY r.tenant_id LIMIT 1000`,
    [now],
  )
  return rows.map((row) => row.tenant_id)
}
