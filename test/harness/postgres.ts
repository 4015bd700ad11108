/** A database of its own for each test file, cloned from the migrated template in some 10 to 300 ms, as the disk allows. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Db, type DbOptions, openDb } from '../../src/store/db.ts'
import { afterLastTest, hasTestFailed } from './hooks.ts'

export interface FreshDatabase {
  readonly url: string
  drop(): Promise<void>
}

export interface TestDb extends FreshDatabase {
  readonly db: Db
  /** Ends the connections; the database goes by itself after the file's tests, and stays when one failed. */
  close(): Promise<void>
}

/** `url` with another database name. */
export function databaseUrl(url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.href
}

/** Clones the migrated template. The caller drops it; those of `testDb` go by themselves. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const ownerUrl = inject('ownerUrl')
  const owner = pg.escapeIdentifier(decodeURIComponent(new URL(ownerUrl).username))
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${inject('template')} STRATEGY file_copy OWNER ${owner}`)
  return {
    url: databaseUrl(ownerUrl, name),
    // A test may have left connections, on purpose or not.
    drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

/** A fresh database with a pool on it. After the last test of the file it is closed and dropped; it stays when a test failed. */
export async function testDb(options: DbOptions = {}): Promise<TestDb> {
  const fresh = await freshDatabase()
  const db = openDb(fresh.url, { applicationName: 'test', ...options })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= db.close()
    return closed
  }
  afterLastTest(async () => {
    await close()
    if (hasTestFailed()) console.log(`database of the failed tests: ${fresh.url}`)
    else await fresh.drop()
  })
  return { ...fresh, db, close }
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('adminUrl') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
