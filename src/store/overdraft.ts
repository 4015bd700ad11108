/** The operator's signed overdraft (W1): one account of the wallet, the last to be spent, with a floor below zero. */
import type { TenantId, Uuid } from '../core/ids.ts'
import { type Account, Ledger } from '../core/ledger.ts'
import { type Micros, micros } from '../core/money.ts'
import type { Instant } from '../core/time.ts'
import { OVERDRAFT_NAME, repayOverdraft } from '../core/wallet.ts'
import type { Queryable, Tx } from './db.ts'
import { ACCOUNT_COLUMNS, type AccountRow, insertAccounts, lockAccounts, readAccountRow, saveLedger } from './ledger.ts'

export interface Overdraft {
  /** How far below zero the wallet may go. */
  readonly limit: Micros
  /** What was spent of it and what calls hold of it. */
  readonly used: Micros
}

/** Null: the operator has signed none. */
export async function readOverdraft(db: Queryable, tenantId: TenantId): Promise<Overdraft | null> {
  const [row] = await db.query<AccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM account WHERE tenant_id = $1 AND name = $2`,
    [tenantId, OVERDRAFT_NAME],
  )
  return row && row.floor < 0n ? figuresOf(readAccountRow(row)) : null
}

const figuresOf = ({ floor, posted, reserved }: Account): Overdraft => ({
  limit: micros(-floor),
  used: micros(reserved - posted),
})

/**
 * Signs, raises, lowers or (0) ends the overdraft. What was spent of it is paid back first, as far as money has come in since; a
 * limit below what is then still in use is refused. Locks the wallet in the order of the charging path.
 */
export async function setOverdraft(
  tx: Tx,
  wish: { readonly tenantId: TenantId; readonly limit: Micros; readonly at: Instant; readonly sourceId: Uuid },
): Promise<Overdraft | { readonly refusal: 'overdraft-in-use'; readonly used: Micros }> {
  const { tenantId, limit, at, sourceId } = wish
  await insertAccounts(tx, [nothingYet(tenantId)])
  const lots = await lockAccounts(tx, tenantId, "unit = 'micro' AND NOT closed")
  const overdraft = lots.find(({ name }) => name === OVERDRAFT_NAME)
  if (!overdraft) throw new Error('the overdraft was made and is never closed')
  const ledger = new Ledger()
  repayOverdraft(ledger, { id: sourceId, tenantId, nextLine: 0 }, overdraft, lots, at)
  const { used } = figuresOf(overdraft)
  if (limit < used) return { refusal: 'overdraft-in-use', used }
  if (ledger.touched.size > 0) await saveLedger(tx, ledger)
  await tx.execute('UPDATE account SET floor = $3 WHERE tenant_id = $1 AND name = $2', [
    tenantId,
    OVERDRAFT_NAME,
    -limit,
  ])
  return { limit, used }
}

const nothingYet = (tenantId: TenantId): Account => ({
  ...{ tenantId, name: OVERDRAFT_NAME, posted: 0n, reserved: 0n, floor: 0n, owed: 0n, spent: 0n },
  ...{ licences: 0, allowanceSeconds: 0n, endsAt: null, closed: false },
})
