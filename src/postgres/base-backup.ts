/**
 * A copy of the database's files while it runs: the low-level way of
 * https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP, since the packaged server comes without
 * pg_basebackup. Files are copied as they change under our hands; the log that was written meanwhile goes with them, and makes them one state.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { type CopiedFile, copyFile, forEachFile, makeFolder, syncFolder, writeLike } from './copied-file.ts'
import { errorCode } from './process.ts'

/** Of the running server only, or made anew at each start: the folders stay, what is in them does not. */
const EMPTY = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
])
const LEFT_OUT =
  /^(postmaster\.(pid|pid\.stale|opts)|backup_label(\.old)?|tablespace_map(\.old)?|pgsql_tmp.*|pg_internal\.init.*)$/

const CONTROL = 'global/pg_control'
const LOG_FILE = /^[0-9A-F]{24}$/

/**
 * Copies the data directory of the server at `superuserUrl` to the folder `into`, which must not exist. `meanwhile` runs before the moment
 * of which the copy is: what it copies is no younger than the database. `keep` is told of each file, by its path below the data directory.
 */
export async function copyCluster(options: {
  readonly superuserUrl: string
  readonly data: string
  readonly into: string
  readonly meanwhile: () => Promise<void>
  readonly keep: (file: CopiedFile) => void
}): Promise<{ readonly systemIdentifier: string; readonly serverVersion: string }> {
  const { data, into, keep } = options
  const client = new pg.Client({ connectionString: options.superuserUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows: facts } = await client.query<{ system: string; version: string }>(
      "SELECT system_identifier::text AS system, current_setting('server_version') AS version FROM pg_control_system()",
    )
    // The slot keeps the log that the copy will need, however long it takes; it goes with this connection.
    await client.query(`SELECT pg_create_physical_replication_slot('ringfence_backup_${process.pid}', true, true)`)
    await client.query("SELECT pg_backup_start('ringfence', fast => true)")
    await copyTree(data, into, '', keep)
    await options.meanwhile()
    await copyControl(data, into, keep)
    const { rows: ends } = await client.query<{ label: string; map: string; first: string; last: string }>(
      `SELECT labelfile AS label, spcmapfile AS map, pg_walfile_name(lsn) AS last,
              substring(labelfile FROM 'file ([0-9A-F]{24})') AS first
       FROM pg_backup_stop(wait_for_archive => false)`,
    )
    const [end] = ends
    if (!end) throw new Error('PostgreSQL did not say where the backup ends')
    if (end.map !== '')
      throw new Error('the database has tablespaces outside its folder, which this backup does not copy')
    for (const name of readdirSync(join(data, 'pg_wal'))) {
      const isNeeded = LOG_FILE.test(name) ? name >= end.first && name <= end.last : name.endsWith('.history')
      if (isNeeded) await copyOne(data, into, `pg_wal/${name}`, keep)
    }
    // Tells the server where to begin; without it, it would take the torn files for whole.
    keep({ path: 'backup_label', ...writeLike(data, join(into, 'backup_label'), end.label) })
    syncFolder(into)
    const [fact] = facts
    return { systemIdentifier: fact?.system ?? '', serverVersion: fact?.version ?? '' }
  } finally {
    await client.end()
  }
}

async function copyTree(data: string, into: string, below: string, keep: (file: CopiedFile) => void): Promise<void> {
  const target = join(into, below)
  makeFolder(join(data, below), target)
  const files: string[] = []
  for (const entry of readdirSync(join(data, below), { withFileTypes: true })) {
    if (LEFT_OUT.test(entry.name)) continue
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (EMPTY.has(path)) makeFolder(join(data, path), join(into, path))
    else if (entry.isDirectory()) await copyTree(data, into, path, keep)
    else if (entry.isFile() && path !== CONTROL) files.push(path)
  }
  await forEachFile(files, (path) => copyOne(data, into, path, keep))
  syncFolder(target)
}

/** Tables are dropped meanwhile; the log tells the copy. */
async function copyOne(data: string, into: string, path: string, keep: (file: CopiedFile) => void): Promise<void> {
  try {
    keep({ path, ...(await copyFile(join(data, path), join(into, path))) })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** Written over in place by each checkpoint: it is whole when two looks see the same. */
async function copyControl(data: string, into: string, keep: (file: CopiedFile) => void): Promise<void> {
  const [from, to] = [join(data, CONTROL), join(into, CONTROL)]
  for (;;) {
    const copied = await copyFile(from, to)
    if (readFileSync(from).equals(readFileSync(to))) return keep({ path: CONTROL, ...copied })
    rmSync(to)
  }
}
