/** Accounts and postings off the charging path: the same rows, the same lock order (pools before lots, each sorted by name). */
import type { TenantId } from '../core/ids.ts'
import type { Account, Ledger, Posting } from '../core/ledger.ts'
import type { Instant } from '../core/time.ts'
import { plainColumn, textColumn, texts } from './bulk.ts'
import { SQL } from './charging-sql.ts'
import type { Queryable, Tx } from './db.ts'

export interface AccountRow {
  readonly tenant_id: TenantId
  readonly name: string
  readonly posted: bigint
  readonly reserved: bigint
  readonly floor: bigint
  readonly owed: bigint
  readonly spent: bigint
  readonly licences: number
  readonly allowance_seconds: bigint
  readonly ends_at: Instant | null
  readonly closed: boolean
}

export const ACCOUNT_COLUMNS =
  'tenant_id, name, posted, reserved, floor, owed, spent, licences, allowance_seconds, ends_at, closed'

export const readAccountRow = (row: AccountRow): Account => ({
  tenantId: row.tenant_id,
  name: row.name,
  posted: row.posted,
  reserved: row.reserved,
  floor: row.floor,
  owed: row.owed,
  spent: row.spent,
  licences: row.licences,
  allowanceSeconds: row.allowance_seconds,
  endsAt: row.ends_at,
  closed: row.closed,
})

/** Locks accounts of one tenant that match, sorted by name: pools come before lots by their names alone. */
export async function lockAccounts(
  tx: Tx,
  tenantId: TenantId,
  condition: string,
  values: readonly unknown[] = [],
): Promise<Account[]> {
  const rows = await tx.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE tenant_id = $1 AND (${condition}) ORDER BY name FOR NO KEY UPDATE`,
    [tenantId, ...values],
  )
  return rows.map(readAccountRow)
}

/** The tenant's open lots, oldest first, without a lock. */
export async function readLots(db: Queryable, tenantId: TenantId): Promise<Account[]> {
  const rows = await db.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE tenant_id = $1 AND unit = 'micro' AND (NOT closed OR reserved > 0) ORDER BY name`,
    [tenantId],
  )
  return rows.map(readAccountRow)
}

/** Makes accounts that do not exist; returns how many were made. */
export async function insertAccounts(tx: Tx, accounts: readonly Account[]): Promise<number> {
  if (accounts.length === 0) return 0
  return tx.execute(
    `INSERT INTO account (tenant_id, name, unit, posted, floor, owed, licences, allowance_seconds, ends_at, closed)
     SELECT q.tenant_id, q.name, CASE WHEN q.name LIKE 'pool:%' THEN 'second' ELSE 'micro' END, q.posted, q.floor, q.owed,
            q.licences, q.allowance, to_timestamp(q.ends_at / 1000.0), q.closed
     FROM unnest($1::text::uuid[], ${texts(2)}, $3::text::bigint[], $4::text::bigint[], $5::text::bigint[],
                 $6::text::int[], $7::text::bigint[], $8::text::bigint[], $9::text::boolean[])
       q(tenant_id, name, posted, floor, owed, licences, allowance, ends_at, closed)
     ON CONFLICT DO NOTHING`,
    [
      plainColumn(accounts, (a) => a.tenantId),
      textColumn(accounts, (a) => a.name),
      plainColumn(accounts, (a) => a.posted),
      plainColumn(accounts, (a) => a.floor),
      plainColumn(accounts, (a) => a.owed),
      plainColumn(accounts, (a) => a.licences),
      plainColumn(accounts, (a) => a.allowanceSeconds),
      plainColumn(accounts, (a) => a.endsAt),
      plainColumn(accounts, (a) => a.closed),
    ],
  )
}

/** What may change of an account. The same for a batch of calls and for everything else. */
export const balanceColumns = (accounts: readonly Account[]): string[] => [
  plainColumn(accounts, (a) => a.posted),
  plainColumn(accounts, (a) => a.reserved),
  plainColumn(accounts, (a) => a.owed),
  plainColumn(accounts, (a) => a.spent),
  plainColumn(accounts, (a) => a.licences),
  plainColumn(accounts, (a) => a.closed),
]

/** Values of `insertPostings`. */
export const postingColumns = (postings: readonly Posting[]): string[] => [
  plainColumn(postings, (p) => p.sourceId),
  plainColumn(postings, (p) => p.line),
  plainColumn(postings, (p) => p.tenantId),
  plainColumn(postings, (p) => p.at),
  textColumn(postings, (p) => p.debit),
  textColumn(postings, (p) => p.credit),
  plainColumn(postings, (p) => p.amount),
  plainColumn(postings, (p) => p.cause),
]

export async function insertPostings(tx: Tx, postings: readonly Posting[]): Promise<void> {
  if (postings.length === 0) return
  await tx.execute(SQL.insertPostings, postingColumns(postings))
}

/** Saves what a ledger changed: existing accounts are updated, postings added. New accounts go through `insertAccounts`. */
export async function saveLedger(tx: Tx, ledger: Ledger): Promise<void> {
  const accounts = [...ledger.touched]
  if (accounts.length > 0) {
    const names = [plainColumn(accounts, (a) => a.tenantId), textColumn(accounts, (a) => a.name)]
    await tx.execute(SQL.updateAccounts, [...names, ...balanceColumns(accounts)])
  }
  await insertPostings(tx, ledger.postings)
}
