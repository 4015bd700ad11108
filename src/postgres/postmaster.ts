/** One run of the server: started or found running, watched, and stopped by its recorded process id. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { type ClusterPaths, dataArgument, serverEnvironment } from './cluster.ts'
import { commandLine, exists, isAlive, startMark } from './process.ts'

export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** Resolves when the process has gone, with how it went. */
  readonly exited: Promise<string>
}

/** `full` is for every real use; `test` gives up durability for the speed of unit tests. */
export type Durability = 'full' | 'test'

const POLL_MS = 20
const WATCH_MS = 500
const REPORT_MS = 5_000
const SHARED_MEMORY_WAIT_MS = 10_000
const LOG_MAX_BYTES = 10 * 1024 * 1024

/** Written into the command line, so that a process can be known as the server of this very data directory. */
const markerOf = (data: string): string => `ringfence.data_inode=${statSync(data).ino}`

/** The lines of postmaster.pid that matter: https://www.postgresql.org/docs/18/storage-file-layout.html */
interface PidFile {
  readonly pid: number
  readonly port: number
  readonly ready: boolean
}

function readPidFile(data: string): PidFile | null {
  const path = join(data, 'postmaster.pid')
  if (!existsSync(path)) return null
  const lines = readFileSync(path, 'utf8').split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

/**
 * Whose the process in postmaster.pid is. `none`: no file, or no such process, which PostgreSQL sees for itself. `over`: the
 * id exists and is not the server's, where PostgreSQL would refuse to start: another program has it after a reboot, or it
 * is a zombie that a container's first process never collects.
 */
function judge(data: string): { owner: 'none' | 'over' | 'ours' | 'unknown'; pid: number; command: string | null } {
  const pid = readPidFile(data)?.pid ?? 0
  if (!(pid > 0) || !exists(pid)) return { owner: 'none', pid, command: null }
  if (!isAlive(pid)) return { owner: 'over', pid, command: null }
  const command = commandLine(pid)
  if (command?.includes(markerOf(data))) return { owner: 'ours', pid, command }
  return { owner: command === null || /(^|\/)postgres\b/.test(command) ? 'unknown' : 'over', pid, command }
}

/** The server that a Ringfence killed with -9 left running on `paths.data`, or null. */
export async function findRunning(paths: ClusterPaths, log: (line: string) => void): Promise<Postmaster | null> {
  const { owner, pid, command } = judge(paths.data)
  if (owner === 'unknown') {
    throw new Error(
      `${paths.data}/postmaster.pid names process ${pid} (${command ?? 'unknown program'}), which Ringfence did not ` +
        'start. If that is a server on this data directory, stop it; if it is not, remove the file.',
    )
  }
  if (owner !== 'ours') return null
  const exited = watch(pid)
  await untilReady(paths, pid, exited, log)
  return { pid, port: readPidFile(paths.data)?.port ?? 0, exited }
}

/** The pid file of a live server is never touched; without it a second one could open the same data. */
function setAsidePidFile({ data }: ClusterPaths, log: (line: string) => void): void {
  const { owner, pid } = judge(data)
  if (owner !== 'over') return
  log(`Process ${pid} of a former postmaster.pid is no PostgreSQL any more; moving the file aside`)
  renameSync(join(data, 'postmaster.pid'), join(data, 'postmaster.pid.stale'))
}

/** Starts the server on `port` and waits until it takes connections, crash recovery included. */
export async function startServer(options: {
  postgres: string
  paths: ClusterPaths
  account: Account | null
  port: number
  durability: Durability
  log: (line: string) => void
}): Promise<Postmaster> {
  const { paths, log } = options
  const giveUpAt = Date.now() + SHARED_MEMORY_WAIT_MS
  for (;;) {
    setAsidePidFile(paths, log)
    const logStart = rotateLog(paths.log)
    const { pid, exited } = launch(options)
    try {
      await untilReady(paths, pid, exited, log)
      return { pid, port: options.port, exited }
    } catch (error) {
      const said = readFrom(paths.log, logStart)
      // The children of a postmaster that was killed notice within moments and go; until then the data is still theirs.
      const stillInUse = said.includes('pre-existing shared memory block')
      if (!stillInUse || Date.now() > giveUpAt) throw new Error(`${String(error)}\n${said.trim()}`)
      await sleep(100)
    }
  }
}

/**
 * Stops the server: fast shutdown first, which ends sessions and writes a checkpoint. After half a minute an immediate
 * shutdown, which loses nothing but makes the next start recover. Never SIGKILL: that could strand its children.
 */
export async function stopServer(server: Postmaster, log: (line: string) => void): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    if (signal === 'SIGQUIT')
      log(`PostgreSQL (process ${server.pid}) is slow to stop; asking for an immediate shutdown`)
    if (isAlive(server.pid)) process.kill(server.pid, signal)
    const timer = new AbortController()
    const gone = await Promise.race([
      server.exited.then(() => true),
      sleep(waitMs, false, { signal: timer.signal, ref: true }).catch(() => false),
    ])
    timer.abort()
    if (gone) return
  }
  throw new Error(`PostgreSQL (process ${server.pid}) does not stop; it was left running`)
}

function launch(options: Parameters<typeof startServer>[0]): { pid: number; exited: Promise<string> } {
  const { paths, account } = options
  const settings = Object.entries(serverSettings(options.port, options.durability))
  const args = ['-D', dataArgument(paths.data, account), '-c', markerOf(paths.data)]
  args.push(...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]))
  const out = openSync(paths.log, 'a', 0o600)
  try {
    const child = spawn(
      options.postgres,
      args,
      // A process group of its own: Ctrl-C in the terminal reaches Node only, which then stops the server in order.
      { ...account, cwd: paths.data, env: serverEnvironment, stdio: ['ignore', out, out], detached: true },
    )
    child.unref()
    const exited = whenGone(child)
    return { pid: child.pid ?? 0, exited }
  } finally {
    closeSync(out)
  }
}

/** What differs from PostgreSQL's defaults or must not depend on them. */
function serverSettings(port: number, durability: Durability): Record<string, string | number> {
  const durable = durability === 'full' ? 'on' : 'off'
  return {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: durable,
    synchronous_commit: durable,
    full_page_writes: durable,
    // Tests share one server between several of us, each with a Kamailio whose workers hold one each.
    max_connections: durability === 'full' ? 100 : 400,
    shared_buffers: '128MB',
    // After a checkpoint each page is logged in full once, which triples the log of a charge: so checkpoint seldom.
    checkpoint_timeout: '15min',
    max_wal_size: '2GB',
    io_method: 'worker',
    // An idle transaction holds row locks and an old snapshot, and charging slows down for everybody.
    idle_in_transaction_session_timeout: '60s',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
}

async function untilReady(
  paths: ClusterPaths,
  pid: number,
  exited: Promise<string>,
  log: (line: string) => void,
): Promise<void> {
  const end: { reason: string | null } = { reason: null }
  void exited.then((reason) => {
    end.reason = reason
  })
  let reportAt = Date.now() + REPORT_MS
  // No limit while it lives: recovery after a crash takes as long as there is log to replay, and must not be cut short.
  for (;;) {
    if (end.reason !== null) throw new Error(`PostgreSQL did not start (${end.reason}); its log is ${paths.log}`)
    const file = readPidFile(paths.data)
    if (file?.pid === pid && file.ready) return
    if (Date.now() > reportAt) {
      log('PostgreSQL is recovering; still waiting')
      reportAt += REPORT_MS
    }
    await sleep(POLL_MS)
  }
}

function whenGone(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `exit ${code}` : `signal ${signal}`))
  })
}

/** For a server that is not our child: the system reports nothing, so look. */
function watch(pid: number): Promise<string> {
  const mark = startMark(pid)
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (mark !== null && startMark(pid) === mark) return
      clearInterval(timer)
      resolve('ended')
    }, WATCH_MS)
    timer.unref()
  })
}

/** Keeps one former log; gives the size at which new lines begin. */
function rotateLog(path: string): number {
  const size = existsSync(path) ? statSync(path).size : 0
  if (size <= LOG_MAX_BYTES) return size
  renameSync(path, `${path}.1`)
  return 0
}

function readFrom(path: string, start: number): string {
  const file = openSync(path, 'r')
  try {
    const text = Buffer.alloc(Math.min(64 * 1024, Math.max(0, statSync(path).size - start)))
    return text.toString('utf8', 0, readSync(file, text, 0, text.length, start))
  } finally {
    closeSync(file)
  }
}
