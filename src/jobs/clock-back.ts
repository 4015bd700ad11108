/**
 * Turning a sandbox's clock back while it has no calls (D4): what had ended by then has not ended yet, so months and lots that the
 * clock has passed get back what expired. By postings, like everything else.
 */
import type { TenantId } from '../core/ids.ts'
import { type Account, COUNTER, isPool, Ledger, type Source } from '../core/ledger.ts'

import { changeLicences, parsePoolName } from '../core/pool.ts'
import type { Instant } from '../core/time.ts'
import { inTransaction, type Queryable, type Tx } from '../store/db.ts'
import { lockAccounts, saveLedger } from '../store/ledger.ts'
import { openCurrentPools } from '../store/pool.ts'
import type { WalletOwner } from '../store/wallet.ts'
import type { JobContext } from './index.ts'

/** Whether the tenant has, or ever had, a call. */
export async function hasCalls(db: Queryable, tenantId: TenantId): Promise<boolean> {
  const rows = await db.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT FROM call_record WHERE tenant_id = $1) OR EXISTS (SELECT FROM call_session WHERE tenant_id = $1) AS has`,
    [tenantId],
  )
  return rows[0]?.has ?? false
}

/** Sets the clock to `target`, before where it stood, and undoes the ends that are in the future again. */
export async function turnBack(
  context: Pick<JobContext, 'db' | 'newId'>,
  owner: WalletOwner,
  target: Instant,
): Promise<void> {
  await inTransaction(context.db, async (tx) => {
    await tx.execute('UPDATE tenant SET clock_at = to_timestamp($2 / 1000.0) WHERE tenant_id = $1', [
      owner.tenantId,
      target,
    ])
    const source: Source = { id: context.newId(), tenantId: owner.tenantId, nextLine: 0 }
    await reopen(tx, source, target)
    await matchLicences(tx, source, target)
  })
  await openCurrentPools(context.db, owner, target, context.newId)
}

async function reopen(tx: Tx, source: Source, target: Instant): Promise<void> {
  const { tenantId } = source
  const ended = await lockAccounts(tx, tenantId, 'closed AND ends_at > to_timestamp($2 / 1000.0)', [target])
  const ledger = new Ledger()
  for (const account of ended) {
    const counter = isPool(account.name) ? COUNTER.secondsExpired : COUNTER.moneyExpired
    const lost = await lostBy(tx, account, counter)
    // A lot without a loss was spent to the end: it stays closed.
    if (lost === 0n && !isPool(account.name)) continue
    account.closed = false
    ledger.touched.add(account)
    if (lost > 0n)
      ledger.credit(account, source, target, isPool(account.name) ? 'month-begins' : 'funding', counter, lost)
  }
  await saveLedger(tx, ledger)
}

/** What expired of an account, less what an earlier turn of the clock gave back. */
async function lostBy(tx: Tx, account: Account, counter: string): Promise<bigint> {
  const [row] = await tx.query<{ lost: bigint }>(
    `SELECT coalesce(sum(CASE WHEN debit = $2 THEN amount ELSE -amount END), 0)::bigint AS lost FROM posting
     WHERE tenant_id = $1 AND ((debit = $2 AND credit = $3) OR (debit = $3 AND credit = $2))`,
    [account.tenantId, account.name, counter],
  )
  return row?.lost ?? 0n
}

/** A pool that was closed when licences changed knows the licences of then: it gets those of now (P7). */
async function matchLicences(tx: Tx, source: Source, at: Instant): Promise<void> {
  const entitlements = await tx.query<{ country: string; plan: string; licences: number }>(
    'SELECT country, plan, licences FROM entitlement WHERE tenant_id = $1 ORDER BY country, plan FOR SHARE',
    [source.tenantId],
  )
  const pools = await lockAccounts(
    tx,
    source.tenantId,
    "NOT closed AND unit = 'second' AND ends_at > to_timestamp($2 / 1000.0)",
    [at],
  )
  const ledger = new Ledger()
  for (const pool of pools) {
    const key = parsePoolName(pool.name)
    const entitled = entitlements.find(({ country, plan }) => country === key?.country && plan === key?.plan)
    const change = (entitled?.licences ?? 0) - pool.licences
    if (change !== 0) changeLicences(ledger, source, pool, change, at)
  }
  await saveLedger(tx, ledger)
}
