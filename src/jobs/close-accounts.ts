/** Ends accounts whose time has come: pools at the end of their month (P6), lots a year after their purchase (W3). Exactly once. */
import type { TenantId } from '../core/ids.ts'
import { type Account, Ledger, type Source } from '../core/ledger.ts'
import { inTransaction, type Tx } from '../store/db.ts'
import { recordWalletAlerts } from '../store/event.ts'
import { ACCOUNT_COLUMNS, type AccountRow, readAccountRow, saveLedger } from '../store/ledger.ts'
import { readWalletOwner } from '../store/wallet.ts'
import type { JobContext } from './index.ts'

/** Some 50 ms of row locks: a call waits no longer than that for a month that ends. */
const CHUNK = 1_000

/**
 * Pools and lots are ended in transactions of their own, each locked in the order of the charging path (tenant, name), so that a
 * month end never deadlocks with calls. Returns the tenants whose accounts were ended.
 */
export async function closeAccounts(
  context: Pick<JobContext, 'db' | 'now' | 'newId'>,
  unit: 'second' | 'micro',
  tenantId: TenantId | null,
): Promise<Set<TenantId>> {
  const touched = new Set<TenantId>()
  for (;;) {
    const closed = await inTransaction(context.db, (tx) => closeChunk(tx, context, unit, tenantId))
    for (const account of closed) touched.add(account.tenantId)
    if (closed.length < CHUNK) return touched
  }
}

async function closeChunk(
  tx: Tx,
  context: Pick<JobContext, 'now' | 'newId'>,
  unit: 'second' | 'micro',
  tenantId: TenantId | null,
): Promise<Account[]> {
  const due = await lockDue(tx, unit, tenantId, context)
  const ledger = new Ledger()
  const sources = new Map<TenantId, Source>()
  for (const account of due) {
    const source = sources.get(account.tenantId) ?? {
      id: context.newId(),
      tenantId: account.tenantId,
      nextLine: 0,
    }
    sources.set(account.tenantId, source)
    if (account.endsAt === null) continue
    // Booked at the instant it was due, whatever was down then.
    ledger.close(account, source, account.endsAt)
  }
  await saveLedger(tx, ledger)
  for (const tenantId of unit === 'micro' ? new Set(due.map((account) => account.tenantId)) : []) {
    const owner = await readWalletOwner(tx, tenantId)
    if (owner) await recordWalletAlerts(tx, owner, context.now())
  }
  return due
}

/** Whoever comes second waits for the rows, finds them closed, and gets nothing. A frozen sandbox ends by its own clock only. */
async function lockDue(
  tx: Tx,
  unit: 'second' | 'micro',
  tenantId: TenantId | null,
  context: Pick<JobContext, 'now'>,
): Promise<Account[]> {
  const columns = ACCOUNT_COLUMNS.split(', ').map((column) => `a.${column}`)
  const whose =
    tenantId === null
      ? `t.clock_at IS NULL AND a.ends_at <= to_timestamp($2 / 1000.0)`
      : `a.tenant_id = $4 AND a.ends_at <= coalesce(t.clock_at, to_timestamp($2 / 1000.0))`
  const rows = await tx.query<AccountRow>(
    `SELECT ${columns.join(', ')} FROM account a JOIN tenant t ON t.tenant_id = a.tenant_id
     WHERE NOT a.closed AND a.unit = $1 AND ${whose}
     ORDER BY a.tenant_id, a.name LIMIT $3
     FOR NO KEY UPDATE OF a`,
    [unit, context.now(), CHUNK, ...(tenantId === null ? [] : [tenantId])],
  )
  return rows.map(readAccountRow)
}
