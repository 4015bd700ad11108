/** Files of users on their way to being applied, and what their rows are compared with. */
import type { Sku } from '../core/catalogue.ts'
import { type CsvDelimiter, type CsvEncoding, decodeCsv, readCsv } from '../core/csv-import.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { UserMapping } from '../core/user-csv.ts'
import { type ImportOptions, judge, Roster, type Row, type RowVerdict, readRow } from '../core/user-import.ts'
import type { Queryable, Tx } from './db.ts'
import { allUsers } from './user.ts'

export interface UserImport {
  readonly importId: Uuid
  readonly tenantId: TenantId
  readonly fileName: string
  readonly encoding: CsvEncoding
  /** As found in the file; an admin may know better. */
  readonly delimiter: CsvDelimiter
  readonly mapping: UserMapping
  readonly mayCreate: boolean
  readonly createdBy: string
  readonly createdAt: Instant
  /** The job that applies it, or has. */
  readonly jobId: Uuid | null
}

const COLUMNS = `import_id AS "importId", tenant_id AS "tenantId", file_name AS "fileName", encoding, delimiter, mapping,
  may_create AS "mayCreate", created_by AS "createdBy", created_at AS "createdAt", job_id AS "jobId"`

export async function insertImport(tx: Tx, row: UserImport, bytes: Uint8Array): Promise<void> {
  await tx.execute(
    `INSERT INTO user_import (import_id, tenant_id, file_name, encoding, delimiter, mapping, may_create, created_by, created_at, bytes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0), $10)`,
    [
      row.importId,
      row.tenantId,
      row.fileName,
      row.encoding,
      row.delimiter,
      JSON.stringify(row.mapping),
      row.mayCreate,
      row.createdBy,
      row.createdAt,
      bytes,
    ],
  )
}

export async function findImport(
  db: Queryable,
  tenantId: TenantId,
  importId: Uuid,
  options: { readonly lock?: boolean } = {},
): Promise<UserImport | null> {
  const [row] = await db.query<UserImport>(
    `SELECT ${COLUMNS} FROM user_import WHERE tenant_id = $1 AND import_id = $2${options.lock ? ' FOR UPDATE' : ''}`,
    [tenantId, importId],
  )
  return row ?? null
}

export async function readImportFile(db: Queryable, importId: Uuid): Promise<Buffer> {
  const [row] = await db.query<{ bytes: Buffer }>('SELECT bytes FROM user_import WHERE import_id = $1', [importId])
  if (!row) throw new Error('an import has no file')
  return row.bytes
}

/** How the file is to be read; its former job is another import. */
export async function saveImport(
  tx: Tx,
  importId: Uuid,
  { mapping, delimiter, mayCreate }: Pick<UserImport, 'mapping' | 'delimiter' | 'mayCreate'>,
): Promise<void> {
  await tx.execute('UPDATE user_import SET mapping = $2, delimiter = $3, may_create = $4 WHERE import_id = $1', [
    importId,
    JSON.stringify(mapping),
    delimiter,
    mayCreate,
  ])
}

export async function setImportJob(tx: Tx, importId: Uuid, jobId: Uuid): Promise<void> {
  await tx.execute('UPDATE user_import SET job_id = $2 WHERE import_id = $1', [importId, jobId])
}

export async function deleteImport(tx: Tx, importId: Uuid): Promise<void> {
  await tx.execute('DELETE FROM user_import WHERE import_id = $1', [importId])
}

/** Files that nobody came back to. */
export const forgetImports = (db: Queryable, before: Instant): Promise<number> =>
  db.execute('DELETE FROM user_import WHERE created_at < to_timestamp($1 / 1000.0)', [before])

/** The tenant as it is. */
async function readRoster(db: Queryable, tenantId: TenantId): Promise<Roster> {
  const members = await allUsers(db, tenantId)
  const seats = await db.query<{ sku: Sku; free: number }>(
    'SELECT sku, purchased - assigned AS free FROM subscription WHERE tenant_id = $1',
    [tenantId],
  )
  const numbers = await db.query<{ number: E164 }>(
    `SELECT number FROM phone_number WHERE tenant_id = $1 AND type = 'user' AND user_id IS NULL`,
    [tenantId],
  )
  return new Roster({
    members,
    freeSeats: new Map(seats.map(({ sku, free }) => [sku, free])),
    numbers: numbers.map(({ number }) => number),
  })
}

export interface ReadImport {
  readonly titles: readonly string[]
  readonly cells: readonly (readonly string[])[]
  readonly rows: readonly Row[]
  readonly roster: Roster
  readonly options: ImportOptions
}

/** Rows that are looked at before calls get their turn. */
const ROWS_AT_ONCE = 200

/** The file's rows and the tenant that they are about, ready to be judged. `all`: sees the numbers of other tenants too. */
export async function readImport(db: Queryable, given: UserImport, all: Queryable): Promise<ReadImport> {
  const table = readCsv(decodeCsv(await readImportFile(db, given.importId)).text, given.delimiter)
  const roster = await readRoster(db, given.tenantId)
  const options = { mapping: given.mapping, mayCreate: given.mayCreate }
  const rows: Row[] = []
  await inTurns(table.rows, (row) => void rows.push(readRow(row, options, roster)))
  const numbers = rows.flatMap((row) => (row.fault === null && row.wish.number ? [row.wish.number] : []))
  const foreign = await all.query<{ number: E164 }>(
    `SELECT number FROM phone_number WHERE number = ANY($2) AND (tenant_id <> $1 OR type <> 'user')`,
    [given.tenantId, numbers],
  )
  roster.forbid(new Set(foreign.map(({ number }) => number)))
  return { titles: table.titles, cells: table.rows.map(({ cells }) => cells), rows, roster, options }
}

/** What each row would do. The roster is used up. */
export async function judgeImport({ rows, roster, options }: ReadImport): Promise<RowVerdict[]> {
  const verdicts: RowVerdict[] = []
  const fresh = (): UserId => freshUserId(verdicts.length)
  await inTurns(rows, (row) => void verdicts.push(judge(row, roster, options, fresh)))
  return verdicts
}

async function inTurns<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await nextTurn()
    work(item)
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Stands for somebody who will be new. */
const freshUserId = (index: number): UserId => `00000000-0000-0000-0000-${String(index).padStart(12, '0')}` as UserId
