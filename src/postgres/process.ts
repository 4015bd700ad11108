/**
 * What the operating system says about a process id. A bare id proves nothing: ids are reused after a reboot and, in a
 * container, nearly always (the server is process 1 or 7 each time), so an id is kept with a mark of when it started.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const hasProc = existsSync('/proc/self/stat')

/** A text that names this run of the process and no later owner of the same id; null when no such process runs. */
export function startMark(pid: number): string | null {
  if (!hasProc) return ps(pid, 'lstart=')
  const stat = readProc(pid, 'stat')
  if (stat === null) return null
  // The second field is the program's name in parentheses and may hold anything, so fields count from the last ')'.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startedAtTicks] = [fields[0], fields[19]]
  if (state === 'Z' || state === 'X' || startedAtTicks === undefined) return null
  return `${bootId()}:${startedAtTicks}`
}

/** The words the process was started with; null when it is gone or the system does not say. */
export function commandLine(pid: number): string | null {
  const line = hasProc ? readProc(pid, 'cmdline') : ps(pid, 'command=')
  return line === null || line === '' ? null : line.replaceAll('\0', ' ').trim()
}

/** True while the process runs; false for a zombie, which only waits for its parent. */
export function isAlive(pid: number): boolean {
  return exists(pid) && (!hasProc || startMark(pid) !== null)
}

/** True while the system knows the id, whoever owns it, zombies included: what PostgreSQL itself asks. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** `ENOENT` and its kin; undefined for what is not a system error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}

function ps(pid: number, column: string): string | null {
  try {
    return execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch {
    return null
  }
}
