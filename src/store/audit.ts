/**
 * The audit of a tenant's ledger (A2): every figure that is kept is worked out again from the postings, in one snapshot, and
 * compared. Nothing is trusted that can be recomputed.
 */
import { assert } from '../core/assert.ts'
import { type CallId, formatId, type TenantId } from '../core/ids.ts'
import { COUNTER } from '../core/ledger.ts'
import { type Db, inTransaction, type Queryable } from './db.ts'

/** One figure that is not what the postings say. Seconds, or millionths of the tenant's currency. */
export interface AuditDifference {
  /** The account, `seconds` or `money` for all of a unit, or the call. */
  readonly account: string
  readonly what:
    | 'no-account'
    | 'posted'
    | 'spent'
    | 'reserved'
    | 'below-floor'
    /** P7: a pool must have got what its licences give, whatever was assigned and removed meanwhile. */
    | 'licences'
    | 'sum'
    | 'charge'
  readonly expected: bigint
  readonly actual: bigint
}

/** Where everything of one unit is: what came in is what is there, what was used, and what expired. */
export interface AuditTotals {
  /** Put in by licences and months, or by fundings. */
  readonly issued: bigint
  readonly used: bigint
  readonly expired: bigint
  /** In pools or in the wallet, what calls hold included. */
  readonly balance: bigint
  readonly reserved: bigint
}

export interface Audit {
  readonly balanced: boolean
  /** How many accounts, postings and calls were looked at. */
  readonly accounts: number
  readonly postings: number
  readonly calls: number
  readonly differences: readonly AuditDifference[]
  readonly totals: {
    /** `overrun`: seconds spoken that no fund could pay; ours (decision 7). */
    readonly seconds: AuditTotals & { readonly overrun: bigint }
    readonly money: AuditTotals
  }
}

/** Accounts by what is kept of them (`actual`) and what postings and live calls say (`expected`). */
const ACCOUNTS = `
  WITH movement AS (
    SELECT credit AS name, amount AS change, 0 AS spent FROM posting WHERE tenant_id = $1
    UNION ALL
    SELECT debit, -amount, CASE WHEN credit IN ('${COUNTER.secondsUsed}', '${COUNTER.moneyRevenue}') THEN amount ELSE 0 END
    FROM posting WHERE tenant_id = $1
  ), moved AS (
    SELECT name, sum(change)::bigint AS posted, sum(spent)::bigint AS spent FROM movement GROUP BY name
  ), fund AS (
    SELECT f.fund FROM call_session s, json_array_elements(s.call -> 'funds') f(fund)
    WHERE s.tenant_id = $1 AND s.state = 'open'
  ), hold AS (
    SELECT fund ->> 'account' AS name, (fund ->> 'heldSeconds')::bigint AS amount FROM fund WHERE fund ->> 'kind' = 'pool'
    UNION ALL
    SELECT h.hold ->> 'account', (h.hold ->> 'micros')::bigint
    FROM fund, json_array_elements(fund -> 'held') h(hold) WHERE fund ->> 'kind' = 'wallet'
  ), held AS (
    SELECT name, sum(amount)::bigint AS reserved FROM hold GROUP BY name
  ), kept AS (
    SELECT name, posted, spent, reserved, floor, owed, closed, licences * allowance_seconds AS granted
    FROM account WHERE tenant_id = $1
  )
  SELECT name, kept.posted, kept.spent, kept.reserved, kept.floor, kept.owed, kept.closed, kept.granted,
         coalesce(moved.posted, 0) AS expected_posted,
         coalesce(moved.spent, 0) AS expected_spent,
         coalesce(held.reserved, 0) AS expected_reserved
  FROM kept FULL JOIN moved USING (name) FULL JOIN held USING (name)
  ORDER BY name`

/** Calls whose charge is not what their postings moved to revenue; a late termination restates the charge of the whole call. */
const CHARGES = `
  WITH paid AS (
    SELECT source_id AS call_id, sum(amount)::bigint AS amount FROM posting
    WHERE tenant_id = $1 AND cause = 'call' AND credit = '${COUNTER.moneyRevenue}' GROUP BY source_id
  )
  SELECT r.call_id, coalesce(paid.amount, 0) AS expected, coalesce(s.charge_micros, r.charge_micros) AS actual
  FROM call_record r LEFT JOIN call_supplement s USING (call_id) LEFT JOIN paid USING (call_id)
  WHERE r.tenant_id = $1 AND coalesce(s.charge_micros, r.charge_micros) <> coalesce(paid.amount, 0)
  ORDER BY r.call_id`

const COUNTS = `
  SELECT (SELECT count(*) FROM posting WHERE tenant_id = $1)::integer AS postings,
         (SELECT count(*) FROM call_record WHERE tenant_id = $1)::integer AS calls`

interface AccountFigures {
  readonly name: string
  /** Null, with the others that are kept, where postings or calls name an account that does not exist. */
  readonly posted: bigint | null
  readonly spent: bigint
  readonly reserved: bigint
  readonly floor: bigint
  readonly owed: bigint
  readonly closed: boolean
  readonly granted: bigint
  readonly expected_posted: bigint
  readonly expected_spent: bigint
  readonly expected_reserved: bigint
}

/** Audits one tenant. Calls go on meanwhile: the snapshot is of one instant and takes no locks. */
export function auditTenant(db: Db, tenantId: TenantId): Promise<Audit> {
  return inTransaction(db, (tx) => auditIn(tx, tenantId), { isolation: 'repeatable read' })
}

async function auditIn(tx: Queryable, tenantId: TenantId): Promise<Audit> {
  const rows = await tx.query<AccountFigures>(ACCOUNTS, [tenantId])
  const charges = await tx.query<{ call_id: CallId; expected: bigint; actual: bigint }>(CHARGES, [tenantId])
  const [counts] = await tx.query<{ postings: number; calls: number }>(COUNTS, [tenantId])
  assert(counts, 'counting gives one row')
  const counters = new Map(rows.filter(isCounter).map((row) => [row.name, row.expected_posted]))
  const accounts = rows.filter((row) => !isCounter(row))
  const differences = [
    ...accounts.flatMap(compareAccount),
    ...compareSum('seconds', accounts.filter(isOfSeconds), counters),
    ...compareSum(
      'money',
      accounts.filter((row) => !isOfSeconds(row)),
      counters,
    ),
    ...charges.map(({ call_id, expected, actual }) => ({
      account: formatId('call', call_id),
      what: 'charge' as const,
      expected,
      actual,
    })),
  ]
  const counter = (name: string): bigint => counters.get(name) ?? 0n
  return {
    balanced: differences.length === 0,
    accounts: accounts.length,
    ...counts,
    differences,
    totals: {
      seconds: {
        issued: -counter(COUNTER.secondsIssued),
        used: counter(COUNTER.secondsUsed),
        expired: counter(COUNTER.secondsExpired),
        ...balanceOf(accounts.filter(isOfSeconds)),
        overrun: -counter(COUNTER.secondsOverrun),
      },
      money: {
        issued: -counter(COUNTER.moneyReceived),
        used: counter(COUNTER.moneyRevenue),
        expired: counter(COUNTER.moneyExpired),
        ...balanceOf(accounts.filter((row) => !isOfSeconds(row))),
      },
    },
  }
}

const isCounter = ({ name }: AccountFigures): boolean => name.startsWith('seconds:') || name.startsWith('money:')
const isOfSeconds = ({ name }: AccountFigures): boolean => name.startsWith('pool:')

function compareAccount(row: AccountFigures): AuditDifference[] {
  const { name: account, posted, spent, reserved, floor, owed } = row
  if (posted === null) return [{ account, what: 'no-account', expected: row.expected_posted, actual: 0n }]
  const differences: AuditDifference[] = []
  const compare = (what: AuditDifference['what'], expected: bigint, actual: bigint): void => {
    if (expected !== actual) differences.push({ account, what, expected, actual })
  }
  compare('posted', row.expected_posted, posted)
  compare('spent', row.expected_spent, spent)
  compare('reserved', row.expected_reserved, reserved)
  if (isOfSeconds(row) && !row.closed) compare('licences', row.granted, posted + spent - owed)
  if (posted - reserved < floor)
    differences.push({ account, what: 'below-floor', expected: floor, actual: posted - reserved })
  return differences
}

/** What the counter-accounts gave and took is what the accounts hold: nothing appears, nothing vanishes. */
function compareSum(
  unit: 'seconds' | 'money',
  accounts: readonly AccountFigures[],
  counters: ReadonlyMap<string, bigint>,
): AuditDifference[] {
  let given = 0n
  for (const [name, balance] of counters) if (name.startsWith(`${unit}:`)) given -= balance
  const { balance } = balanceOf(accounts)
  return given === balance ? [] : [{ account: unit, what: 'sum', expected: given, actual: balance }]
}

function balanceOf(accounts: readonly AccountFigures[]): { balance: bigint; reserved: bigint } {
  const sum = (of: (row: AccountFigures) => bigint | null): bigint =>
    accounts.reduce((total, row) => total + (of(row) ?? 0n), 0n)
  return { balance: sum((row) => row.posted), reserved: sum((row) => row.reserved) }
}
