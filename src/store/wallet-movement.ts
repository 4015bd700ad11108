/** What went into and out of a wallet, as its postings say. */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Cause } from '../core/ledger.ts'
import { type Micros, micros } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable } from './db.ts'

export interface WalletMovement {
  /** The call, funding or change that it was made for. */
  readonly sourceId: Uuid
  readonly line: number
  readonly at: Instant
  readonly cause: Cause
  /** `wallet:…`, see core/wallet.ts. */
  readonly account: string
  /** Below zero: it went out. */
  readonly amount: Micros
}

/** Where a page ended. */
export interface MovementPlace {
  readonly sourceId: Uuid
  readonly line: number
  /** A posting between two lots is two movements, of which the one out is shown first. */
  readonly side: number
}

/**
 * Newest first: by when the call or funding began that moved the money, and within one from its last posting to its first.
 */
export async function listWalletMovements(
  db: Queryable,
  tenantId: TenantId,
  limit: number,
  before: MovementPlace | null,
): Promise<(WalletMovement & MovementPlace)[]> {
  const rows = await db.query<{
    source_id: Uuid
    line: number
    side: number
    at: Instant
    cause: Cause
    account: string
    amount: bigint
  }>(
    `SELECT p.source_id, p.line, m.side, p.at, p.cause, m.account, m.amount
     FROM posting p
     CROSS JOIN LATERAL (VALUES (1, p.debit, -p.amount), (0, p.credit, p.amount)) m(side, account, amount)
     WHERE p.tenant_id = $1 AND m.account LIKE 'wallet:%'
       AND ($3::uuid IS NULL OR (p.source_id <= $3 AND (p.source_id, p.line, m.side) < ($3, $4::integer, $5::integer)))
     ORDER BY p.source_id DESC, p.line DESC, m.side DESC
     LIMIT $2`,
    [tenantId, limit, before?.sourceId ?? null, before?.line ?? 0, before?.side ?? 0],
  )
  return rows.map(({ source_id: sourceId, amount, ...row }) => ({ sourceId, amount: micros(amount), ...row }))
}
