/**
 * One connection of the charging path. Statements are pipelined: a batch costs three round trips, however many it sends.
 */
import pg from 'pg'
import type { Lane } from '../store/charging.ts'
import { SQL, type StatementName } from '../store/charging-sql.ts'
import { connectionConfig } from '../store/db.ts'

/** Without statistics the planner guesses ten rows per `unnest` and may one day prefer a scan of all balances to the key. */
const SETTINGS = [
  'SET plan_cache_mode = force_generic_plan',
  'SET enable_seqscan = off',
  'SET enable_hashjoin = off',
  'SET enable_mergejoin = off',
  'SET jit = off',
]

export interface LaneConnection extends Lane {
  begin(): Promise<unknown>
  /** Rejects unless PostgreSQL says COMMIT: after a failed statement it takes a COMMIT and rolls back. */
  commit(): Promise<void>
  rollback(): Promise<void>
  close(): Promise<void>
  readonly isBroken: boolean
}

export async function connectLane(url: string): Promise<LaneConnection> {
  // No statement timeout: cutting short the wait of a COMMIT would leave its outcome unknown.
  const client = new pg.Client({
    ...connectionConfig(url, { applicationName: 'ringfence charging', statementTimeoutMs: 0 }),
    pipeline: true,
  })
  let broken = false
  client.on('error', () => {
    broken = true
  })
  client.on('end', () => {
    broken = true
  })
  await client.connect()
  for (const setting of SETTINGS) await client.query(setting)
  return {
    get isBroken() {
      return broken
    },
    run: async (statement, values) => {
      const config = { name: statement, text: SQL[statement], values: [...values], rowMode: 'array' as const }
      return (await client.query<unknown[]>(config)).rows
    },
    begin: () => client.query('BEGIN'),
    commit: async () => {
      const { command } = await client.query('COMMIT')
      if (command !== 'COMMIT') throw new Error(`the batch was not committed: PostgreSQL answered ${command}`)
    },
    rollback: async () => {
      await client.query('ROLLBACK')
    },
    close: () => client.end(),
  }
}

export type { StatementName }
