/** One Ringfence per home: two supervisors over one database would stop and restart it under each other. */
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, startMark } from './process.ts'

export interface HomeLock {
  release(): void
}

const FILE = 'ringfence.lock'

/**
 * Takes `home` for this process, or throws an error that names the process that has it. The lock of a process that has
 * died (kill -9, power loss) is taken over: it names the run of the process, not just its id.
 */
export function lockHome(home: string): HomeLock {
  const path = join(home, FILE)
  const mine = `${process.pid} ${startMark(process.pid) ?? ''}\n`
  for (let attempt = 0; attempt < 5; attempt++) {
    if (createWhole(path, mine)) return { release: () => removeIf(path, mine) }
    const theirs = read(path)
    if (theirs === null) continue
    const owner = liveOwner(theirs)
    if (owner !== null) {
      throw new Error(
        `${home} is in use by another Ringfence (process ${owner}). Stop it, or give this one its own RINGFENCE_HOME.`,
      )
    }
    removeIf(path, theirs)
  }
  throw new Error(`${path} keeps changing: several servers are being started on this home at once`)
}

/** The live process that has locked `home`; null when nobody has. */
export function homeOwner(home: string): number | null {
  const text = read(join(home, FILE))
  return text === null ? null : liveOwner(text)
}

function liveOwner(text: string): number | null {
  const [pid = '', mark = ''] = text.trim().split(' ')
  return mark !== '' && startMark(Number(pid)) === mark ? Number(pid) : null
}

// A link appears with its content at once; a file opened with 'wx' could be read while it is still empty.
function createWhole(path: string, text: string): boolean {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, text, { mode: 0o644 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

// Two takers may judge the same dead lock; the slower one must not remove the faster one's new lock. So it is moved
// aside first, looked at, and put back when it is not the one that was judged.
function removeIf(path: string, expected: string): void {
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    renameSync(path, aside)
    if (read(aside) !== expected) linkSync(aside, path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error
  }
  rmSync(aside, { force: true })
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}
