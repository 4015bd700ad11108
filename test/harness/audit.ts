/** The auditor's sums: what must be true of a tenant's ledger after any step, computed from the rows alone. */
import type { TenantId } from '../../src/core/ids.ts'
import type { Queryable } from '../../src/store/db.ts'

interface AuditRow {
  readonly name: string
  readonly posted: bigint
  readonly reserved: bigint
  readonly floor: bigint
  readonly owed: bigint
  readonly spent: bigint
  readonly closed: boolean
  readonly licences: number
  readonly allowance: bigint
  readonly balance: bigint
  readonly calls: bigint
  readonly held: bigint
}

/** Everything that is wrong, in words; empty when the books are in order. */
export async function faultsOf(db: Queryable, tenantId: TenantId): Promise<string[]> {
  const faults: string[] = []
  const say = (isWrong: boolean, text: string): void => void (isWrong && faults.push(text))
  for (const a of await rowsOf(db, tenantId)) {
    say(a.posted - a.reserved < a.floor, `${a.name} is below its floor: ${a.posted} - ${a.reserved} < ${a.floor}`)
    say(a.reserved !== a.held, `${a.name} reserves ${a.reserved}, calls hold ${a.held}`)
    say(a.posted !== a.balance, `${a.name} has posted ${a.posted}, postings say ${a.balance}`)
    say(a.spent !== a.calls, `${a.name} has spent ${a.spent}, postings say ${a.calls}`)
    say(a.closed && a.posted !== a.reserved, `${a.name} is closed and not empty`)
    // P7: what licences gave is there, was used, or is still owed.
    const issued = BigInt(a.licences) * a.allowance
    const isOpenPool = a.name.startsWith('pool:') && !a.closed
    say(isOpenPool && a.posted + a.spent - a.owed !== issued, `${a.name}: ${a.licences} licences gave ${issued}`)
  }
  for (const { unit, rest } of await conservation(db, tenantId)) say(rest !== 0n, `${unit}: ${rest} from nowhere`)
  const twice = await db.query<{ call_id: string }>(
    `SELECT s.call_id FROM call_session s LEFT JOIN call_record r USING (call_id)
     WHERE s.tenant_id = $1 AND (s.state = 'open') = (r.call_id IS NOT NULL) AND s.call::text <> 'null'`,
    [tenantId],
  )
  say(twice.length > 0, `${twice.length} calls are neither live nor recorded, or both`)
  return faults
}

async function rowsOf(db: Queryable, tenantId: TenantId): Promise<AuditRow[]> {
  return db.query<AuditRow>(
    `WITH moved AS (
       SELECT credit AS name, amount, 0 AS called FROM posting WHERE tenant_id = $1
       UNION ALL
       SELECT debit, -amount, CASE WHEN credit IN ('seconds:used', 'money:revenue') THEN amount ELSE 0 END
       FROM posting WHERE tenant_id = $1),
     sums AS (SELECT name, sum(amount)::bigint AS balance, sum(called)::bigint AS calls FROM moved GROUP BY name),
     funds AS (
       SELECT json_array_elements(call->'funds') AS fund FROM call_session
       WHERE tenant_id = $1 AND call::text <> 'null'),
     holds AS (
       SELECT fund->>'account' AS name, (fund->>'heldSeconds')::bigint AS amount FROM funds WHERE fund->>'kind' = 'pool'
       UNION ALL
       SELECT hold->>'account', (hold->>'micros')::bigint
       FROM funds, json_array_elements(fund->'held') AS hold WHERE fund->>'kind' = 'wallet'),
     held AS (SELECT name, sum(amount)::bigint AS amount FROM holds GROUP BY name)
     SELECT a.name, a.posted, a.reserved, a.floor, a.owed, a.spent, a.closed, a.licences, a.allowance_seconds AS allowance,
            coalesce(s.balance, 0) AS balance, coalesce(s.calls, 0) AS calls, coalesce(h.amount, 0) AS held
     FROM account a LEFT JOIN sums s USING (name) LEFT JOIN held h USING (name)
     WHERE a.tenant_id = $1`,
    [tenantId],
  )
}

/** Per unit: issued − available and reserved − used − expired. Overrun is apart: used that no fund gave. */
async function conservation(db: Queryable, tenantId: TenantId): Promise<{ unit: string; rest: bigint }[]> {
  return db.query(
    `WITH moved AS (
       SELECT credit AS name, amount FROM posting WHERE tenant_id = $1
       UNION ALL SELECT debit, -amount FROM posting WHERE tenant_id = $1)
     SELECT unit, (-coalesce(sum(amount) FILTER (WHERE name LIKE unit || ':%'), 0)
                   - coalesce((SELECT sum(posted) FROM account a WHERE a.tenant_id = $1
                               AND (a.unit = 'second') = (u.unit = 'seconds')), 0))::bigint AS rest
     FROM (VALUES ('seconds'), ('money')) AS u(unit) LEFT JOIN moved ON name LIKE unit || ':%'
     GROUP BY unit`,
    [tenantId],
  )
}

/** Sums of the counter-accounts: what was issued, used, expired, received, earned. */
export async function countersOf(db: Queryable, tenantId: TenantId): Promise<Record<string, bigint>> {
  const rows = await db.query<{ name: string; total: bigint }>(
    `SELECT name, sum(amount)::bigint AS total FROM (
       SELECT credit AS name, amount FROM posting WHERE tenant_id = $1
       UNION ALL SELECT debit, -amount FROM posting WHERE tenant_id = $1) m
     WHERE name LIKE 'seconds:%' OR name LIKE 'money:%' GROUP BY name`,
    [tenantId],
  )
  return Object.fromEntries(rows.map(({ name, total }) => [name, total]))
}
