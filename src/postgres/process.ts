/**
 * What the operating system says about a process id. A bare id proves nothing: ids are reused after a reboot and, in a
 * container, nearly always (the server is process 1 or 7 each time), so an id is kept with a mark of when it started.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

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

/** Sends a signal; to a whole group with a negative id. One that is gone already is fine. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone already.
  }
}

const LOOK_EVERY_MS = 300

/** Resolves when a process that is not our child has ended: the system reports nothing, so look. */
export function whenGone(pid: number, mark: string | null): Promise<string> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (startMark(pid) === mark) return
      clearInterval(timer)
      resolve('ended')
    }, LOOK_EVERY_MS)
    timer.unref()
  })
}

const LOG_MAX_BYTES = 10 * 1024 * 1024

/** Opens the log of a program that we start; a long one is put aside before. */
export function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > LOG_MAX_BYTES) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}

/** The path of an installed program, also where only root looks for one; null when it is not installed. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
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
