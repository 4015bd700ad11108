/**
 * Brings the schema up to date when the server starts. A migration is `NNNN-name.sql`, run whole in one transaction, with
 * `NNNN-name.check.sql` beside it: one or more SELECTs run in the same transaction, each of which must return no rows; the
 * rows it returns are what is wrong. Statements that refuse a transaction (CREATE INDEX CONCURRENTLY) do not fit here.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { packageRoot } from '../paths.ts'
import { connectionConfig, type Queryable } from './db.ts'
import { ensureTenantRole, keepTenantsApart } from './tenant-wall.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
  readonly check: string
  /** SHA-256 of both files, hexadecimal. */
  readonly checksum: string
}

export interface MigrateOptions {
  /** The folder with the files; the product's own unless told. Read from `src/` in a built package as well. */
  readonly folder?: string
  /** Runs everything, checks it, and rolls it back. */
  readonly dryRun?: boolean
  readonly log?: (line: string) => void
}

export interface MigrateResult {
  /** The schema's version now (with `dryRun`: the one it would have). */
  readonly version: number
  /** What was run, in order, as `0001-name`. */
  readonly applied: readonly string[]
}

const OLDEST_SERVER = 150_000
/** One runner at a time in a database, whatever program; the number only has to be ours. */
const LOCK_KEY = 7_246_137
const LOCK_TIMEOUT_MS = 15_000
const FILE = /^(\d{4})-([a-z0-9-]+)\.sql$/

/** Reads the migrations of a folder in order. Throws when a number is missing or used twice, or a check is missing. */
export function readMigrations(folder: string = join(packageRoot, 'src', 'store', 'migrations')): Migration[] {
  const names = readdirSync(folder).sort()
  const migrations = names.flatMap((file): Migration[] => {
    const match = FILE.exec(file)
    if (!match) return []
    // A checkout on Windows may have other line ends; that is no change.
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    const name = file.slice(0, -'.sql'.length)
    const checkFile = `${name}.check.sql`
    if (!names.includes(checkFile)) throw new Error(`migration ${file} has no ${checkFile}`)
    const [sql, check] = [read(file), read(checkFile)]
    const checksum = createHash('sha256').update(sql).update('\0').update(check).digest('hex')
    return [{ version: Number(match[1]), name, sql, check, checksum }]
  })
  migrations.forEach(({ version, name }, index) => {
    if (version !== index + 1) throw new Error(`migration ${name}: expected number ${index + 1}`)
  })
  return migrations
}

/**
 * Applies what is missing, each migration in its own transaction, so that a failing one leaves the earlier ones in place
 * and the database as its author expected it. Several servers may call this at once; one works, the others wait. Throws,
 * without touching anything, when PostgreSQL is older than 15, the database was written by a newer Ringfence, or a
 * migration that has been applied reads differently now.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<MigrateResult> {
  const migrations = readMigrations(options.folder)
  const client = new pg.Client(connectionConfig(url, { statementTimeoutMs: 0, applicationName: 'ringfence migrate' }))
  // Reported by the statement under way; without a listener it would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await refuseOldServer(client)
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY])
    await client.query("SELECT set_config('lock_timeout', $1, false)", [String(LOCK_TIMEOUT_MS)])
    return options.dryRun ? await dryRun(client, migrations, options) : await applyAll(client, migrations, options)
  } finally {
    await client.end()
  }
}

/** How the schema of a database stands to this code: `older` needs `migrate`, `newer` a newer Ringfence. Changes nothing. */
export async function schemaAge(db: Queryable): Promise<'current' | 'older' | 'newer'> {
  const [{ has } = { has: false }] = await db.query<{ has: boolean }>(
    "SELECT to_regclass('schema_migration') IS NOT NULL AS has",
  )
  if (!has) return 'older'
  const [row] = await db.query<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM schema_migration')
  const behind = readMigrations().length - (row?.version ?? 0)
  return behind === 0 ? 'current' : behind > 0 ? 'older' : 'newer'
}

async function applyAll(client: pg.Client, migrations: Migration[], options: MigrateOptions): Promise<MigrateResult> {
  await client.query('BEGIN')
  const missing = await whatIsMissing(client, migrations)
  await client.query('COMMIT')
  await ensureTenantRole(client)
  for (const migration of missing) {
    await client.query('BEGIN')
    await apply(client, migration)
    await client.query('COMMIT')
    options.log?.(`Applied migration ${migration.name}`)
  }
  await keepTenantsApart(client)
  return { version: migrations.length, applied: missing.map(({ name }) => name) }
}

async function dryRun(client: pg.Client, migrations: Migration[], options: MigrateOptions): Promise<MigrateResult> {
  await client.query('BEGIN')
  const missing = await whatIsMissing(client, migrations)
  await ensureTenantRole(client)
  for (const migration of missing) {
    await apply(client, migration)
    options.log?.(`Migration ${migration.name} would be applied`)
  }
  await keepTenantsApart(client)
  await client.query('ROLLBACK')
  return { version: migrations.length, applied: missing.map(({ name }) => name) }
}

async function whatIsMissing(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS schema_migration (
       version    integer     PRIMARY KEY,
       name       text        NOT NULL,
       checksum   text        NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT now()
     )`,
  )
  const { rows } = await client.query<{ version: number; name: string; checksum: string }>(
    'SELECT version, name, checksum FROM schema_migration ORDER BY version',
  )
  for (const row of rows) {
    const known = migrations[row.version - 1]
    if (!known) {
      throw new Error(
        `this database was written by a newer Ringfence: it has migration ${row.name}, and this one ends at ` +
          `${migrations.at(-1)?.name ?? 'none'}. Start that newer version; going back needs a backup from before it.`,
      )
    }
    if (known.checksum !== row.checksum || known.name !== row.name) {
      throw new Error(`migration ${known.name} reads differently from ${row.name} as it was applied to this database`)
    }
  }
  const applied = new Set(rows.map(({ version }) => version))
  return migrations.filter(({ version }) => !applied.has(version))
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const { version, name, checksum } = migration
  try {
    const before = await transactionId(client)
    await client.query(migration.sql)
    // A COMMIT inside the file would end our transaction, and a failure after it could not be rolled back.
    if ((await transactionId(client)) !== before) throw new Error('it must not end the transaction it runs in')
    await runCheck(client, migration.check)
  } catch (error) {
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  await client.query('INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)', [
    version,
    name,
    checksum,
  ])
}

async function runCheck(client: pg.Client, check: string): Promise<void> {
  const answer: pg.QueryResult | pg.QueryResult[] = await client.query(check)
  const results = Array.isArray(answer) ? answer : [answer]
  const selects = results.filter(({ command }) => command === 'SELECT')
  if (selects.length === 0) throw new Error('its check selects nothing')
  for (const { rows } of selects) {
    if (rows.length > 0) throw new Error(`its check found ${rows.length} rows, first ${printable(rows[0])}`)
  }
}

const printable = (row: unknown): string =>
  JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

async function transactionId(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
  return rows[0]?.id
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; name: string }>(
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name",
  )
  const server = rows[0]
  if (server === undefined || server.number < OLDEST_SERVER) {
    throw new Error(`PostgreSQL ${server?.name ?? '?'} is too old: Ringfence needs 15 or newer (DATABASE_URL)`)
  }
}
