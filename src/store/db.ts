/**
 * The one way to PostgreSQL off the charging path: a pool with types that lose nothing, and transactions that retry what
 * PostgreSQL asks to be retried. Charging lanes take `connectionConfig` and keep connections of their own.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TenantId } from '../core/ids.ts'
import { type Instant, instant } from '../core/time.ts'
import { behindWall } from './tenant-wall.ts'

/** Runs one statement. Never `SELECT *`: a migration would break the statements prepared before it. */
export interface Queryable {
  /** The rows. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** The number of rows inserted, changed, deleted or selected. */
  execute(text: string, values?: readonly unknown[]): Promise<number>
}

/** An open transaction: valid until the function it was given to returns. */
export interface Tx extends Queryable {
  readonly client: pg.PoolClient
}

export interface Db extends Queryable {
  /** The connections themselves; same types, same settings. What runs there directly stands before the wall. */
  readonly pool: pg.Pool
  /** Set: everything runs behind the wall, and sees this tenant alone. */
  readonly tenantId?: TenantId
  close(): Promise<void>
}

export interface DbOptions {
  /** Most connections at once; 10 unless told. */
  readonly maxConnections?: number
  /** Longest statement in ms, after which PostgreSQL cancels it; 30 s unless told, 0 for no limit. */
  readonly statementTimeoutMs?: number
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void
}

const CONNECT_TIMEOUT_MS = 10_000
const STATEMENT_TIMEOUT_MS = 30_000
const RETRIES_MAX = 5
const RETRY_BASE_MS = 10

const { INT8, DATE, TIMESTAMP, TIMESTAMPTZ } = pg.types.builtins
const INT8_ARRAY = 1016

/** A `timestamptz` column as PostgreSQL writes it in UTC and ISO style; both are set on every connection. */
const TIMESTAMP_UTC = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?\+00$/

/**
 * Reads a `timestamptz` as epoch milliseconds; microseconds, which Ringfence never writes, are cut off. Throws for
 * `infinity`, years before 1 or after 9999 and other zones, which no column of ours holds.
 */
export function parseTimestamp(text: string): Instant {
  const match = TIMESTAMP_UTC.exec(text)
  if (!match) throw new Error(`not a timestamp in UTC: ${text}`)
  const [, date, time, fraction = '.000'] = match
  return instant(Date.parse(`${date}T${time}${fraction.slice(0, 4)}Z`))
}

/** One-dimensional `bigint[]`, in PostgreSQL's text form `{1,NULL,2}`. */
function parseInt8Array(text: string): (bigint | null)[] {
  const items = text.slice(1, -1)
  return items === '' ? [] : items.split(',').map((item) => (item === 'NULL' ? null : BigInt(item)))
}

const parsers = new Map<number, (text: string) => unknown>([
  // Money and counters: a JavaScript number would round above 2^53 without a word.
  [INT8, BigInt],
  [INT8_ARRAY, parseInt8Array],
  [TIMESTAMPTZ, parseTimestamp],
  // A date has no zone and no time; as a JavaScript date it would gain both. Same for a timestamp without a zone.
  [DATE, String],
  [TIMESTAMP, String],
])

/** Local to our connections: `pg.types.setTypeParser` would change every other user of `pg` in this process. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, 'text'),
}

/**
 * What each connection of ours is made with: exact types (`int8` as bigint, `timestamptz` as epoch ms, `date` as text),
 * UTC, ISO dates. `sum(bigint)` is `numeric` in PostgreSQL and arrives as text: cast it (`::bigint`).
 */
export function connectionConfig(url: string, options: DbOptions = {}): pg.ClientConfig {
  const address = new URL(url)
  // Given at connection start, so that no statement can run before them and none is spent on them.
  const own = address.searchParams.get('options')
  address.searchParams.set('options', `${own === null ? '' : `${own} `}-c TimeZone=UTC -c DateStyle=ISO`)
  return {
    connectionString: address.href,
    types,
    application_name: options.applicationName ?? 'ringfence',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  }
}

/** Opens a pool; connects on first use, so it does not fail here. */
export function openDb(url: string, options: DbOptions = {}): Db {
  // Pipelined, so that a statement behind the wall goes out with the BEGIN and the COMMIT around it.
  const pool = new pg.Pool({ ...connectionConfig(url, options), max: options.maxConnections ?? 10, pipeline: true })
  // Without listeners a lost connection would end the process: idle ones report to the pool, busy ones to themselves.
  pool.on('error', (error) => options.onIdleError?.(error))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return { pool, ...queryable(pool), close: () => pool.end() }
}

/**
 * The same database as one tenant sees it: rows of other tenants do not exist, for reading and for writing, whatever a statement
 * says (docs/decisions/0006). Single statements are transactions of their own, in one round trip.
 */
export function asTenant(db: Db, tenantId: TenantId): Db {
  const run = (text: string, values: readonly unknown[] = []) => runBehindWall(db.pool, tenantId, text, values)
  return {
    pool: db.pool,
    tenantId,
    query: async <Row>(text: string, values?: readonly unknown[]) => (await run(text, values)).rows as Row[],
    execute: async (text, values) => (await run(text, values)).rowCount ?? 0,
    close: () => db.close(),
  }
}

async function runBehindWall(
  pool: pg.Pool,
  tenantId: TenantId,
  text: string,
  values: readonly unknown[],
): Promise<pg.QueryResult> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    // All three are on their way before the first answer. Where the first fails, the transaction refuses the second.
    const [opened, asked, closed] = await Promise.allSettled([
      client.query(`BEGIN; ${behindWall(tenantId)}`),
      client.query(text, [...values]),
      client.query(COMMIT),
    ])
    const failed = [opened, asked, closed].find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
    if (asked.status !== 'fulfilled' || closed.status !== 'fulfilled') throw new Error('a statement without an answer')
    assertCommitted(closed.value)
    return asked.value
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

// Where a commit waits for a standby, cutting the wait short would commit here alone: so no statement timeout on it.
const COMMIT = 'SET LOCAL statement_timeout = 0; COMMIT'

function assertCommitted(answers: pg.QueryResult | pg.QueryResult[]): void {
  const command = [answers].flat().at(-1)?.command
  // After a failed statement that was swallowed, PostgreSQL takes a COMMIT and rolls back.
  if (command !== 'COMMIT') throw new Error(`the transaction was not committed: PostgreSQL answered ${command}`)
}

export interface TransactionOptions {
  /** READ COMMITTED unless told. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  /** Longest wait for a lock; a row of a hot tenant must not hold up the caller for ever. No limit unless told. */
  readonly lockTimeoutMs?: number
}

/**
 * Runs `work` in a transaction: commits when it resolves, rolls back when it throws. Serialization failures and deadlocks
 * start it again, at most five times, so `work` must have no effects outside the transaction. A connection lost at the
 * commit is thrown as it is: the outcome is unknown and the caller's natural keys decide.
 */
export async function inTransaction<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(db, work, options)
    } catch (error) {
      if (!isRetryable(error) || attempt > RETRIES_MAX) throw error
      // Those who collided must not come back at the same moment.
      await sleep(RETRY_BASE_MS * 2 ** attempt * Math.random())
    }
  }
}

async function attemptTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>, options: TransactionOptions): Promise<T> {
  const client = await db.pool.connect()
  let broken: Error | undefined
  try {
    const wall = db.tenantId === undefined ? '' : `; ${behindWall(db.tenantId)}`
    await client.query(`BEGIN ISOLATION LEVEL ${options.isolation ?? 'read committed'}${wall}`)
    if (options.lockTimeoutMs !== undefined) {
      await client.query("SELECT set_config('lock_timeout', $1, true)", [String(options.lockTimeoutMs)])
    }
    const result = await work({ client, ...queryable(client) })
    assertCommitted(await client.query(COMMIT))
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

function queryable(executor: pg.Pool | pg.PoolClient): Queryable {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
      const { rows } = await executor.query(text, [...values])
      return rows
    },
    async execute(text, values = []) {
      const { rowCount } = await executor.query(text, [...values])
      return rowCount ?? 0
    },
  }
}

/** PostgreSQL's five-character SQLSTATE, or the system's error code (`ECONNRESET`). */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** A serialization failure or deadlock: the same transaction may succeed when run again. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error)
  return code === '40001' || code === '40P01'
}

const NETWORK_CODES = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH'])
const SERVER_GONE = new Set(['57P01', '57P02', '57P03'])
const DRIVER_MESSAGE = /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying)/

/** The server went away or cannot be reached: whether a commit under way took effect is unknown. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error)
  if (code.startsWith('08') || SERVER_GONE.has(code) || NETWORK_CODES.has(code)) return true
  return error instanceof Error && DRIVER_MESSAGE.test(error.message)
}

/** A key is taken; with `constraint`, that very one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23505') return false
  return constraint === undefined || (error instanceof pg.DatabaseError && error.constraint === constraint)
}
