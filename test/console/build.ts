/** The built console for tests: built once for the sources as they are, wherever several test runs meet. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { packageRoot } from '../../src/paths.ts'

/** What the console is made of. */
const SOURCES = ['src/admin', 'src/core', 'src/api', 'package-lock.json']
/** Builds for other states of the sources that are kept: others may be testing with them. */
const KEPT = 24
/** Longer than any build: whoever held the lock is gone. */
const STALE_MS = 180_000

interface Source {
  readonly path: string
  readonly changedAt: number
}

function sources(): Source[] {
  return SOURCES.flatMap((place) => {
    const root = join(packageRoot, place)
    const files = statSync(root).isDirectory()
      ? readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name))
      : [root]
    return files
      .filter((path) => !path.endsWith('.test.ts') && statSync(path).isFile())
      .map((path) => ({ path, changedAt: statSync(path).mtimeMs }))
  })
}

/** The folder of a build that is as new as the sources: `npm run build`'s own if it is, else one that is made now. */
export async function builtConsole(): Promise<string> {
  const asked = process.env.RINGFENCE_ADMIN_DIST
  if (asked !== undefined && existsSync(join(asked, 'index.html'))) return asked
  const files = sources()
  const own = join(packageRoot, 'dist/admin')
  const newest = Math.max(...files.map(({ changedAt }) => changedAt))
  if (existsSync(join(own, '.vite/manifest.json')) && statSync(join(own, '.vite/manifest.json')).mtimeMs > newest)
    return own
  const digest = createHash('sha256')
  for (const { path } of files.toSorted((a, b) => a.path.localeCompare(b.path))) {
    digest.update(path).update(readFileSync(path))
  }
  const shelf = join(tmpdir(), `ringfence-console-${process.getuid?.() ?? 0}`)
  const folder = join(shelf, digest.digest('hex').slice(0, 24))
  mkdirSync(shelf, { recursive: true })
  await once(folder)
  return folder
}

async function once(folder: string): Promise<void> {
  const lock = `${folder}.lock`
  while (!existsSync(folder)) {
    if (!isTaken(lock)) {
      try {
        await build(folder)
      } finally {
        rmSync(lock, { recursive: true, force: true })
      }
      return prune(join(folder, '..'))
    }
    await sleep(200)
  }
}

/** True while somebody else builds the same. */
function isTaken(lock: string): boolean {
  try {
    mkdirSync(lock)
    return false
  } catch {
    try {
      if (Date.now() - statSync(lock).mtimeMs > STALE_MS) rmSync(lock, { recursive: true, force: true })
    } catch {
      // Released between the two looks.
    }
    return true
  }
}

async function build(folder: string): Promise<void> {
  const fresh = `${folder}.new-${process.pid}`
  const vite = join(packageRoot, 'node_modules/vite/bin/vite.js')
  const config = join(packageRoot, 'src/admin/vite.config.ts')
  await promisify(execFile)(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
    cwd: packageRoot,
    env: { ...process.env, RINGFENCE_ADMIN_DIST: fresh, NODE_ENV: 'production' },
  })
  renameSync(fresh, folder)
}

function prune(shelf: string): void {
  const builds = readdirSync(shelf)
    .filter((name) => !name.includes('.'))
    .map((name) => join(shelf, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  for (const old of builds.slice(KEPT)) rmSync(old, { recursive: true, force: true })
}
