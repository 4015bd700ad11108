/** The database cluster on disk: made once, in a way that a crash cannot leave half done. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Account } from './account.ts'
import { isReachable } from './binaries.ts'

/** Where things lie in a RINGFENCE_HOME. */
export interface ClusterPaths {
  readonly folder: string
  readonly data: string
  readonly log: string
}

export function clusterPaths(home: string): ClusterPaths {
  const folder = join(home, 'postgres')
  return { folder, data: join(folder, 'data'), log: join(folder, 'postgres.log') }
}

/** The major version of the packaged server; a data directory of another one cannot be opened by it. */
const MAJOR = '18'

/**
 * How the server is told where its data lies. Root must drop to another account, which often cannot walk to the data: a
 * home under /root or made by `mktemp -d` has a 0700 folder above it. Node changes to `cwd` before it drops root, a
 * working directory stays usable whatever lies above it, and /proc/self/cwd names it absolutely. (A plain `.` would not
 * do: PostgreSQL turns it into the full path and then fails to walk that.)
 */
export function dataArgument(data: string, account: Account | null): string {
  if (account === null) return data
  if (existsSync('/proc/self/cwd')) return '/proc/self/cwd'
  if (!isReachable(dirname(data), account)) {
    throw new Error(
      `User id ${account.uid}, which runs PostgreSQL, cannot reach ${data}: chmod o+x the folders above it`,
    )
  }
  return data
}

/** A secret of the home, made on first use: hexadecimal, readable by Ringfence's own account only. */
export function secret(folder: string, name: string): string {
  const path = join(folder, name)
  if (!existsSync(path)) {
    // Written whole, then named: a crash in between must not leave an empty password behind.
    const draft = `${path}.${randomBytes(6).toString('hex')}`
    writeFileSync(draft, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600, flush: true })
    linkSync(draft, path)
    rmSync(draft)
  }
  return readFileSync(path, 'utf8').trim()
}

/** Makes the cluster when there is none. The caller holds the home's lock. */
export async function ensureCluster(options: {
  initdb: string
  paths: ClusterPaths
  account: Account | null
  superuserPassword: string
  synced: boolean
  log: (line: string) => void
}): Promise<void> {
  const { paths, account } = options
  for (const name of readdirSync(paths.folder)) {
    if (name.startsWith('init-')) rmSync(join(paths.folder, name), { recursive: true })
  }
  if (existsSync(paths.data)) return refuseOtherMajor(paths.data)

  options.log(`Creating the database in ${paths.data}`)
  const draft = join(paths.folder, `init-${randomBytes(6).toString('hex')}`)
  const data = join(draft, 'data')
  const passwordFile = join(draft, 'password')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  chmodSync(draft, 0o700)
  writeFileSync(passwordFile, `${options.superuserPassword}\n`, { mode: 0o600 })
  if (account !== null) for (const path of [draft, data, passwordFile]) chownSync(path, account.uid, account.gid)

  await runInitdb(options.initdb, data, account, [
    `--pgdata=${dataArgument(data, account)}`,
    '--username=postgres',
    '--pwfile=../password',
    '--auth=scram-sha-256',
    // Sorting must not depend on the host's libraries: an upgrade of those would silently corrupt text indexes.
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
    ...(options.synced ? [] : ['--no-sync']),
  ])
  renameSync(data, paths.data)
  const folder = openSync(paths.folder, 'r')
  fsyncSync(folder)
  closeSync(folder)
  rmSync(draft, { recursive: true })
}

function refuseOtherMajor(data: string): void {
  const file = join(data, 'PG_VERSION')
  if (!existsSync(file)) throw new Error(`${data} is not a PostgreSQL data directory; move it away and start again`)
  const major = readFileSync(file, 'utf8').trim()
  if (major !== MAJOR) {
    throw new Error(
      `${data} was made by PostgreSQL ${major}, and this Ringfence brings ${MAJOR}. Export it with the Ringfence that ` +
        'made it and import it into a new home; see the upgrade notes.',
    )
  }
}

function runInitdb(initdb: string, cwd: string, account: Account | null, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(initdb, args, { ...account, cwd, env: serverEnvironment, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`initdb failed (exit ${code}):\n${output.trim()}`))
    })
  })
}

/** Nothing of the caller's environment reaches the server: PGDATA, PGPORT or a locale there would change it. */
export const serverEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
