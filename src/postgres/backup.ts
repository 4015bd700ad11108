/**
 * Backups of a whole RINGFENCE_HOME while it is in use, and the way back. A backup is a folder that is complete or has another name; its
 * list says what each file was, so that a copy that has rotted is found before anything is built on it.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { copyCluster } from './base-backup.ts'
import { clusterPaths } from './cluster.ts'
import { type CopiedFile, copyFile, forEachFile, makeFolder, syncFolder } from './copied-file.ts'
import { runningDatabase } from './supervisor.ts'

export interface Backup {
  readonly format: typeof FORMAT
  /** RFC 3339. The copy is of one moment between them. */
  readonly startedAt: string
  readonly endedAt: string
  /** Of the database: tells it from others, and its copies as its own. */
  readonly systemIdentifier: string
  readonly serverVersion: string
  readonly files: readonly CopiedFile[]
}

/** What is wrong with a backup, or with the place that something should go to: for people to mend, no defect of ours. */
export class BackupFault extends Error {
  override name = 'BackupFault'
  readonly code: 'not-running' | 'no-backup' | 'other-format' | 'rotten' | 'not-empty'
  /** The folder, or the file, that it is about. */
  readonly subject: string

  constructor(code: BackupFault['code'], subject: string) {
    super(`${code}: ${subject}`)
    this.code = code
    this.subject = subject
  }
}

const LIST = 'backup.json'
const FORMAT = 1
const NAME = /^ringfence-\d{8}T\d{6}Z$/
const PARTIAL = '.partial'
/** Nobody still writes to a partial one of this age. */
const PARTIAL_IS_OVER_MS = 86_400_000

/** Of the machine or of one run, or made anew at a start: locks, logs, notes about processes, the copy of the packaged server. */
const LEFT_OUT =
  /^(ringfence\.lock.*|postgres\/(data|init-.*|server-.*)|(.*\/)?process\.json|(.*\/)?[^/]+\.log(\.\d+)?|.*\/[^/]+\.stale)$/

/**
 * Copies `home`, whose database must be running, to a new folder in `target`, named by the time. What was answered before is in it, and
 * charging goes on meanwhile. Throws BackupFault `not-running`. One that does not come to its end leaves a folder `….partial`.
 */
export async function backUp(options: {
  readonly home: string
  readonly target: string
  readonly now: Date
  readonly onBytes?: (bytes: number) => void
}): Promise<{ readonly folder: string; readonly backup: Backup }> {
  const { onBytes = () => undefined } = options
  if (!existsSync(options.home)) throw new BackupFault('not-running', options.home)
  const home = realpathSync(options.home)
  const running = await runningDatabase(home)
  if (running === null) throw new BackupFault('not-running', home)
  const name = `ringfence-${options.now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  mkdirSync(options.target, { recursive: true, mode: 0o700 })
  const target = realpathSync(options.target)
  const draft = join(target, name + PARTIAL)
  makeFolder(home, draft)
  makeFolder(clusterPaths(home).folder, join(draft, 'postgres'))

  const files: CopiedFile[] = []
  const keep = (file: CopiedFile): void => {
    files.push(file)
    onBytes(file.bytes)
  }
  const { data } = clusterPaths(home)
  const cluster = await copyCluster({
    superuserUrl: running.superuserUrl,
    data,
    into: join(draft, 'postgres', 'data'),
    // The journal of calls that were let through (C10) before the moment of which the database's copy is: a line that is taken
    // up and struck out in between is in either, and taking it up twice does nothing.
    meanwhile: () => copyOthers(home, draft, '', keep, target),
    keep: ({ path, ...file }) => keep({ path: `postgres/data/${path}`, ...file }),
  })
  const backup: Backup = {
    format: FORMAT,
    startedAt: options.now.toISOString(),
    endedAt: new Date().toISOString(),
    ...cluster,
    files,
  }
  writeFileSync(join(draft, LIST), `${JSON.stringify(backup, null, 1)}\n`, { mode: 0o600, flush: true })
  syncFolder(draft)
  const folder = join(target, name)
  renameSync(draft, folder)
  syncFolder(target)
  return { folder, backup }
}

async function copyOthers(
  home: string,
  draft: string,
  below: string,
  keep: (file: CopiedFile) => void,
  target: string,
): Promise<void> {
  for (const entry of readdirSync(join(home, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    const from = join(home, path)
    if (LEFT_OUT.test(path) || from === target) continue
    if (entry.isFile()) keep({ path, ...(await copyFile(from, join(draft, path))) })
    if (!entry.isDirectory()) continue
    if (!existsSync(join(draft, path))) makeFolder(from, join(draft, path))
    await copyOthers(home, draft, path, keep, target)
  }
  syncFolder(join(draft, below))
}

/** The list of a backup. Throws BackupFault `no-backup` or `other-format`. */
export function readBackup(folder: string): Backup {
  const list = join(folder, LIST)
  if (!existsSync(list)) throw new BackupFault('no-backup', folder)
  try {
    const backup = JSON.parse(readFileSync(list, 'utf8')) as Backup
    if (backup.format === FORMAT) return backup
  } catch {
    // Cut off, or written by something else.
  }
  throw new BackupFault('other-format', list)
}

/**
 * Makes `home`, which must not exist or be empty, from a backup, which stays as it is; each file is compared with the list. Throws
 * BackupFault and leaves no home behind. The database recovers when it is started, as after a power cut.
 */
export async function restore(options: {
  readonly folder: string
  readonly home: string
  readonly onBytes?: (bytes: number) => void
}): Promise<Backup> {
  const backup = readBackup(options.folder)
  const home = resolve(options.home)
  if (existsSync(home) && readdirSync(home).length > 0) throw new BackupFault('not-empty', home)
  mkdirSync(dirname(home), { recursive: true })
  const draft = `${home}.restoring`
  rmSync(draft, { recursive: true, force: true })
  try {
    const wanted = new Map(backup.files.map((file) => [file.path, file]))
    await copyBack(options.folder, draft, '', wanted, options.onBytes ?? (() => undefined))
    for (const path of wanted.keys()) throw new BackupFault('rotten', path)
    renameSync(draft, home)
    syncFolder(dirname(home))
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  }
  return backup
}

/** Strikes out of `wanted` what it has copied. A file that nobody listed is as bad as one that has changed: something ran there. */
async function copyBack(
  folder: string,
  draft: string,
  below: string,
  wanted: Map<string, CopiedFile>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  makeFolder(join(folder, below), join(draft, below))
  const files: CopiedFile[] = []
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (path === LIST) continue
    if (entry.isDirectory()) {
      await copyBack(folder, draft, path, wanted, onBytes)
      continue
    }
    const expected = wanted.get(path)
    if (!expected) throw new BackupFault('rotten', path)
    files.push(expected)
  }
  await forEachFile(files, async (expected) => {
    const { path } = expected
    const { bytes, digest } = await copyFile(join(folder, path), join(draft, path))
    if (bytes !== expected.bytes || digest !== expected.digest) throw new BackupFault('rotten', path)
    wanted.delete(path)
    onBytes(bytes)
  })
  syncFolder(join(draft, below))
}

/**
 * Removes all but the latest `count` backups of this database in `target`, and what copies that ended early have left. Folders of other
 * databases, and of other names, are not touched. Gives what it removed.
 */
export function keepLatest(target: string, count: number, systemIdentifier: string, now: Date): string[] {
  const folders = readdirSync(target).sort()
  const ours = folders.filter((name) => NAME.test(name) && isOf(join(target, name), systemIdentifier))
  const partial = folders.filter(
    (name) =>
      name.endsWith(PARTIAL) &&
      NAME.test(name.slice(0, -PARTIAL.length)) &&
      now.getTime() - statSync(join(target, name)).mtimeMs > PARTIAL_IS_OVER_MS,
  )
  const over = [...ours.slice(0, Math.max(0, ours.length - count)), ...partial]
  for (const name of over) rmSync(join(target, name), { recursive: true })
  return over
}

function isOf(folder: string, systemIdentifier: string): boolean {
  try {
    return readBackup(folder).systemIdentifier === systemIdentifier
  } catch (error) {
    if (error instanceof BackupFault) return false
    throw error
  }
}
