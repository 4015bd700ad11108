/** Test calls (G4): whose browser rang, and which directions were heard. */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface TestCallRow {
  readonly testCallId: Uuid
  /** The e-mail address of whose browser it was. */
  readonly person: string
  /** Speech from the browser arrived. */
  readonly heardByUs: boolean
  /** Speech arrived in the browser. */
  readonly heardByThem: boolean
  readonly at: Instant
}

export async function insertTestCall(tx: Tx, tenantId: TenantId, call: TestCallRow): Promise<void> {
  await tx.execute(
    `INSERT INTO test_call (test_call_id, tenant_id, person, heard_by_us, heard_by_them, at)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0))`,
    [call.testCallId, tenantId, call.person, call.heardByUs, call.heardByThem, call.at],
  )
}

/** The tenant's latest test call in which both directions were heard; null: there was none. */
export async function lastGoodTestCall(db: Queryable, tenantId: TenantId): Promise<TestCallRow | null> {
  const [row] = await db.query<TestCallRow>(
    `SELECT test_call_id AS "testCallId", person, heard_by_us AS "heardByUs", heard_by_them AS "heardByThem", at
       FROM test_call WHERE tenant_id = $1 AND heard_by_us AND heard_by_them ORDER BY test_call_id DESC LIMIT 1`,
    [tenantId],
  )
  return row ?? null
}
