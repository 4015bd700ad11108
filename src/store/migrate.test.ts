import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshDatabase, type TestDb, testDb } from '../../test/harness/postgres.ts'
import { migrate, readMigrations } from './migrate.ts'

let folder: string
let base: TestDb

beforeAll(async () => {
  base = await testDb()
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ringfence-migrations-'))
  // The product's own migrations are in the template; these tests bring their own.
  await base.db.execute('DROP TABLE IF EXISTS schema_migration, thing, other')
})

afterEach(() => rmSync(folder, { recursive: true }))

const NOTHING_WRONG = 'SELECT 1 WHERE false'

function write(name: string, sql: string, check: string = NOTHING_WRONG): void {
  writeFileSync(join(folder, `${name}.sql`), sql)
  writeFileSync(join(folder, `${name}.check.sql`), check)
}

const tables = async (): Promise<string[]> => {
  const rows = await base.db.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relname IN ('thing', 'other') ORDER BY 1",
  )
  return rows.map(({ name }) => name)
}

describe('migrations', () => {
  test('are applied once, in order, and remembered', async () => {
    write('0001-thing', 'CREATE TABLE thing (id bigint PRIMARY KEY); INSERT INTO thing VALUES (1)')
    write(
      '0002-other',
      'CREATE TABLE other AS SELECT id FROM thing',
      'SELECT id FROM other WHERE id <> 1; SELECT 1 WHERE false',
    )
    const lines: string[] = []
    const first = await migrate(base.url, { folder, log: (line) => lines.push(line) })
    expect(first).toEqual({ version: 2, applied: ['0001-thing', '0002-other'] })
    expect(lines).toEqual(['Applied migration 0001-thing', 'Applied migration 0002-other'])
    expect(await migrate(base.url, { folder })).toEqual({ version: 2, applied: [] })
  })

  test('a dry run says what it would do and leaves nothing', async () => {
    write('0001-thing', 'CREATE TABLE thing (id bigint)')
    expect(await migrate(base.url, { folder, dryRun: true })).toEqual({ version: 1, applied: ['0001-thing'] })
    expect(await tables()).toEqual([])
    expect(await base.db.query("SELECT to_regclass('schema_migration')::text AS name")).toEqual([{ name: null }])
  })

  test('a failing one is undone whole, earlier ones stay', async () => {
    write('0001-thing', 'CREATE TABLE thing (id bigint)')
    write('0002-other', 'CREATE TABLE other (id bigint); SELECT 1/0')
    await expect(migrate(base.url, { folder })).rejects.toThrow('migration 0002-other failed: division by zero')
    expect(await tables()).toEqual(['thing'])
  })

  test('a check that finds rows undoes its migration and shows the first', async () => {
    write('0001-thing', 'CREATE TABLE thing AS SELECT 7::bigint AS id', 'SELECT id FROM thing WHERE id > 5')
    await expect(migrate(base.url, { folder })).rejects.toThrow('its check found 1 rows, first {"id":"7"}')
    expect(await tables()).toEqual([])
  })

  test('a file that commits by itself is refused', async () => {
    write('0001-thing', 'CREATE TABLE thing (id bigint); COMMIT; BEGIN')
    await expect(migrate(base.url, { folder })).rejects.toThrow('must not end the transaction')
  })

  test('a database written by a newer Ringfence is refused untouched', async () => {
    write('0001-thing', 'CREATE TABLE thing (id bigint)')
    write('0002-other', 'CREATE TABLE other (id bigint)')
    await migrate(base.url, { folder })
    rmSync(folder, { recursive: true })
    mkdirSync(folder)
    write('0001-thing', 'CREATE TABLE thing (id bigint)')
    await expect(migrate(base.url, { folder })).rejects.toThrow(
      'written by a newer Ringfence: it has migration 0002-other',
    )
  })

  test('an applied file that has changed is refused; other line ends are no change', async () => {
    write('0001-thing', 'CREATE TABLE thing (\nid bigint)')
    await migrate(base.url, { folder })
    write('0001-thing', 'CREATE TABLE thing (\r\nid bigint)')
    expect((await migrate(base.url, { folder })).applied).toEqual([])
    write('0001-thing', 'CREATE TABLE thing (\nid integer)')
    await expect(migrate(base.url, { folder })).rejects.toThrow('0001-thing reads differently')
  })

  test('servers that start at once apply each migration once', async () => {
    write('0001-thing', 'CREATE TABLE thing (id bigint); SELECT pg_sleep(0.1)')
    const results = await Promise.all([1, 2, 3].map(() => migrate(base.url, { folder })))
    expect(results.flatMap(({ applied }) => applied)).toEqual(['0001-thing'])
  })

  test('gaps, doubles and missing checks are found before anything runs', () => {
    write('0002-other', 'SELECT 1')
    expect(() => readMigrations(folder)).toThrow('0002-other: expected number 1')
    write('0001-thing', 'SELECT 1')
    write('0002-twice', 'SELECT 1')
    expect(() => readMigrations(folder)).toThrow('0002-twice: expected number 3')
    rmSync(join(folder, '0001-thing.check.sql'))
    expect(() => readMigrations(folder)).toThrow('0001-thing.sql has no 0001-thing.check.sql')
  })

  test("the product's own apply to an empty database and again to nothing", async () => {
    const fresh = await freshDatabase()
    expect((await migrate(fresh.url)).applied).toEqual([])
    await fresh.drop()
  })
})
