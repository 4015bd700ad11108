/**
 * Kamailio as a child of the server: configured, started in a process group of its own, watched, restarted. It outlives a
 * server that is killed, and the next one takes it over, because it holds calls.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandLine, findProgram, isAlive, openLog, sendSignal, startMark, whenGone } from '../postgres/process.ts'
import { databaseEnvironment, type KamailioSettings, kamailioConfig, trunkList } from './kamailio-config.ts'
import { JOURNAL_FOLDER } from './kamailio-journal.ts'
import type { KamailioRpc } from './kamailio-rpc.ts'
import type { SipLog } from './sip-log.ts'

export interface KamailioProcess {
  readonly pid: number | null
  /** False while it is being restarted. */
  readonly isRunning: boolean
  readonly restarts: number
  /** Calls and registrations are kept in the database. */
  readonly isDurable: boolean
  stop(): Promise<void>
}

export interface SuperviseOptions {
  /** A folder of its own: configuration, log, pid file. */
  readonly folder: string
  readonly settings: KamailioSettings
  readonly rpc: KamailioRpc
  readonly log: SipLog
  /** Kamailio is about to read its tables. */
  readonly beforeStart: () => Promise<void>
  /** Kamailio was started again and knows nothing. */
  readonly onRestart: () => void
}

const READY_WITHIN_MS = 8_000
const POLL_MS = 50
const STOP_WITHIN_MS = 5_000
const BACKOFF_FIRST_MS = 200
const BACKOFF_MAX_MS = 10_000
const HEALTHY_AFTER_MS = 60_000

/** The path of Kamailio, or null when it is not installed. */
export const findKamailio = (): string | null => findProgram('kamailio')

/** Debian packs some modules apart, and Kamailio does not start when one that it is told to load is missing. */
export function hasKamailioModule(name: string): boolean {
  const roots = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/usr/local/lib64'].filter((folder) => existsSync(folder))
  return roots
    .flatMap((folder) => [folder, ...readdirSync(folder).map((inside) => join(folder, inside))])
    .some((folder) => existsSync(join(folder, 'kamailio', 'modules', name)))
}

interface Running {
  readonly pid: number
  readonly isDurable: boolean
  readonly exited: Promise<string>
}

/** What is remembered of a running Kamailio, for the server that comes after this one. */
interface Remembered {
  readonly pid: number
  readonly mark: string | null
  readonly config: string
  readonly isDurable: boolean
}

/**
 * Starts Kamailio, or takes over the one that a killed server left, and keeps it running until `stop`. Resolves when it
 * answers. Without its tables it runs from memory alone, and the log says so. Throws when it cannot be started at all.
 */
export async function superviseKamailio(binary: string, options: SuperviseOptions): Promise<KamailioProcess> {
  const { folder, log } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let isStopping = false
  let restarts = 0
  let running: Running | null = (await takeOver(options)) ?? (await start(binary, options))
  let restarting = Promise.resolve()

  function watch(current: Running, startedAt: number, failures: number): void {
    void current.exited.then((how) => {
      running = null
      if (isStopping) return
      const failed = Date.now() - startedAt > HEALTHY_AFTER_MS ? 0 : failures
      log.error({ how }, 'Kamailio has ended; starting it again')
      restarting = restart(failed)
    })
  }

  async function restart(failures: number): Promise<void> {
    for (let failed = failures; !isStopping; failed++) {
      await killLeftovers(folder, log)
      await sleep(Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** failed))
      if (isStopping) return
      try {
        running = await start(binary, options)
        restarts += 1
        options.onRestart()
        return watch(running, Date.now(), failed + 1)
      } catch (error) {
        log.error({ error: String(error) }, 'Kamailio could not be started again')
      }
    }
  }

  watch(running, Date.now(), 0)
  return {
    get pid() {
      return running?.pid ?? null
    },
    get isRunning() {
      return running !== null
    },
    get restarts() {
      return restarts
    },
    get isDurable() {
      return running?.isDurable ?? false
    },
    async stop() {
      isStopping = true
      await restarting
      if (running) await stopGroup(running, log)
      rmSync(join(folder, 'process.json'), { force: true })
    },
  }
}

/** The Kamailio that a former server left running with the very configuration that we want, or null; another one is ended. */
async function takeOver(options: SuperviseOptions): Promise<Running | null> {
  const { folder, settings, rpc, log } = options
  const remembered = readRemembered(folder)
  if (remembered === null) return null
  const { pid, mark, isDurable } = remembered
  const config = kamailioConfig(settings, folder, isDurable)
  const isSame =
    mark !== null &&
    startMark(pid) === mark &&
    remembered.config === config &&
    trunkList(settings) === readTrunks(folder)
  if (isSame && (await rpc.isHealthy())) {
    log.info({ pid }, 'took over the Kamailio that was running')
    return { pid, isDurable, exited: whenGone(pid, mark) }
  }
  if (mark !== null && startMark(pid) === mark) await stopGroup({ pid, exited: whenGone(pid, mark) }, log)
  await killLeftovers(folder, log)
  return null
}

async function start(binary: string, options: SuperviseOptions): Promise<Running> {
  const { settings, log } = options
  if (settings.databaseUrl === null) return launch(binary, options, false)
  try {
    await options.beforeStart()
    return await launch(binary, options, true)
  } catch (error) {
    log.error(
      { error: String(error) },
      'Kamailio does not start with its tables; it runs from memory: a crash of it would lose its calls',
    )
    await killLeftovers(options.folder, log)
    return launch(binary, options, false)
  }
}

async function launch(binary: string, options: SuperviseOptions, isDurable: boolean): Promise<Running> {
  const { folder, settings, rpc, log } = options
  const path = (name: string): string => join(folder, name)
  const config = writeKamailioFiles(folder, settings, isDurable)
  // Kamailio refuses to start over a pid file whose process lives, even when that is another program by now.
  rmSync(path('kamailio.pid'), { force: true })
  const out = openLog(path('kamailio.log'))
  let child: ChildProcess
  try {
    child = spawn(
      binary,
      ['-f', path('kamailio.cfg'), '-DD', '-E', '-Y', folder, '-P', path('kamailio.pid'), '-m', '256', '-M', '16'],
      {
        cwd: folder,
        env: { ...process.env, ...databaseEnvironment },
        stdio: ['ignore', out, out],
        // Its own process group: Ctrl-C must not end calls before we do, and the group is how its children are ended.
        detached: true,
      },
    )
  } finally {
    closeSync(out)
  }
  child.unref()
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `exit ${code}` : `signal ${signal}`))
  })
  const pid = child.pid ?? 0
  writeFileSync(
    path('process.json'),
    JSON.stringify({ pid, mark: startMark(pid), config, isDurable } satisfies Remembered),
    {
      mode: 0o600,
    },
  )
  let how: string | null = null
  void exited.then((text) => {
    how = text
  })
  for (const giveUpAt = Date.now() + READY_WITHIN_MS; Date.now() < giveUpAt && how === null; await sleep(POLL_MS)) {
    if (await rpc.isHealthy()) {
      log.info({ pid, isDurable }, 'Kamailio is ready')
      return { pid, isDurable, exited }
    }
  }
  if (how === null) await stopGroup({ pid, exited }, log)
  throw new Error(`Kamailio did not become ready (${how ?? 'no answer'}); its log is ${path('kamailio.log')}`)
}

/** Writes what Kamailio is started with, `kamailio -f FOLDER/kamailio.cfg`, and gives the configuration. */
export function writeKamailioFiles(folder: string, settings: KamailioSettings, isDurable: boolean): string {
  const config = kamailioConfig(settings, folder, isDurable)
  mkdirSync(join(folder, JOURNAL_FOLDER), { recursive: true, mode: 0o700 })
  // It names the switch's secret and the database's password.
  writeFileSync(join(folder, 'kamailio.cfg'), config, { mode: 0o600 })
  writeFileSync(join(folder, 'trunks.list'), trunkList(settings), { mode: 0o600 })
  return config
}

/** Ends Kamailio: politely, then with its whole group, since children whose parent was killed live on and hold the ports. */
async function stopGroup(running: Pick<Running, 'pid' | 'exited'>, log: SipLog): Promise<void> {
  sendSignal(running.pid, 'SIGTERM')
  const stopped = await Promise.race([running.exited.then(() => true), sleep(STOP_WITHIN_MS, false, { ref: false })])
  if (!stopped) log.warn({ pid: running.pid }, 'Kamailio is slow to stop; ending it')
  sendSignal(-running.pid, 'SIGKILL')
}

/** Ends what is left of a Kamailio of this folder: processes that carry its configuration's path in their command line. */
async function killLeftovers(folder: string, log: SipLog): Promise<void> {
  const mine = (): number[] => processIds().filter((pid) => commandLine(pid)?.includes(join(folder, 'kamailio.cfg')))
  const pids = mine()
  if (pids.length === 0) return
  log.warn({ pids }, 'ending the processes that a killed Kamailio left')
  for (const pid of pids) sendSignal(pid, 'SIGKILL')
  for (let i = 0; i < 40 && pids.some(isAlive); i++) await sleep(POLL_MS)
}

function processIds(): number[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^[1-9][0-9]*$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid)
}

function readRemembered(folder: string): Remembered | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'process.json'), 'utf8')) as Remembered
  } catch {
    return null
  }
}

function readTrunks(folder: string): string {
  try {
    return readFileSync(join(folder, 'trunks.list'), 'utf8')
  } catch {
    return ''
  }
}
