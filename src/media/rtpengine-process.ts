/**
 * rtpengine as a child of the server: it carries the speech of browsers, of greetings and of call menus, and nothing else. Started
 * before Kamailio, watched, started again; it outlives a server that is killed, and the next one takes it over. Where it is not
 * installed there is no media, and calls between telephones go on as they did.
 */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { closeSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandLine, findProgram, openLog, sendSignal, startMark, whenGone } from '../postgres/process.ts'
import type { MediaConfig } from './media-config.ts'

export interface UdpAddress {
  readonly host: string
  readonly port: number
}

export interface Media {
  readonly state: 'off' | 'not-installed' | 'running' | 'restarting' | 'failed'
  /** Where rtpengine takes commands (NG, JSON over UDP): the same for as long as the server runs. Null: there is no media. */
  readonly ng: UdpAddress | null
  /** Where rtpengine tells which keys were pressed, as JSON: whoever wants to know listens here. Null: there is no media. */
  readonly dtmf: UdpAddress | null
  readonly pid: number | null
  readonly restarts: number
  stop(): Promise<void>
}

export interface MediaLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export interface MediaOptions {
  readonly config: MediaConfig
  /** The data folder; ours is `media` in it. */
  readonly home: string
  readonly log: MediaLog
  /** rtpengine was started again: the speech of all calls that went through it is gone. */
  readonly onRestart?: () => void
}

const LOOPBACK = '127.0.0.1'
const READY_WITHIN_MS = 5_000
const POLL_MS = 50
const PING_WITHIN_MS = 300
const STOP_WITHIN_MS = 3_000
const BACKOFF_FIRST_MS = 200
const BACKOFF_MAX_MS = 10_000
const HEALTHY_AFTER_MS = 60_000
/** Seconds without a packet after which rtpengine forgets a call whose end nobody told it. */
const SILENCE_SECONDS = 60
const SILENCE_MUTED_SECONDS = 3_600

/** What is remembered of a running rtpengine, for the server that comes after this one. */
interface Remembered {
  readonly pid: number
  readonly mark: string | null
  readonly arguments: readonly string[]
  readonly ngPort: number
  readonly dtmfPort: number
}

interface Running {
  readonly pid: number
  readonly exited: Promise<string>
}

const none = (state: Media['state']): Media => ({
  state,
  ng: null,
  dtmf: null,
  pid: null,
  restarts: 0,
  stop: async () => undefined,
})

/**
 * Starts rtpengine, or takes over the one that a killed server left, and keeps it running until `stop`. Resolves when it answers.
 * Never throws: without it there is no media, and the log says so.
 */
export async function startMedia(options: MediaOptions): Promise<Media> {
  const { config, log } = options
  if (config.mode === 'off') return none('off')
  const binary = findProgram('rtpengine')
  if (binary === null) {
    log.warn(
      {},
      'rtpengine is not installed, so there are no calls in the browser, no greetings and no call menus: everything else works (docs/operating.md)',
    )
    return none('not-installed')
  }
  try {
    return await supervise(binary, options)
  } catch (error) {
    log.error({ error: String(error) }, 'rtpengine could not be started, so there is no media')
    return none('failed')
  }
}

async function supervise(binary: string, { config, home, log, onRestart }: MediaOptions): Promise<Media> {
  const folder = join(home, 'media')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const remembered = readRemembered(folder)
  // The same ports as before where they are still ours: a Kamailio that was taken over knows them.
  const ngPort = await freePort(remembered?.ngPort, () => remembered !== null && isOurs(remembered, folder))
  const dtmfPort = await freePort(remembered?.dtmfPort, () => false)
  const wanted = argumentsOf(folder, config, ngPort, dtmfPort)
  let isStopping = false
  let restarts = 0
  let running: Running | null = (await takeOver(folder, remembered, wanted, log)) ?? (await launch())
  let restarting = Promise.resolve()

  async function launch(): Promise<Running> {
    const out = openLog(join(folder, 'rtpengine.log'))
    // Its own process group: Ctrl-C must not end the speech of calls before we do.
    const child = spawn(binary, wanted, { cwd: folder, stdio: ['ignore', out, out], detached: true })
    closeSync(out)
    child.unref()
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal === null ? `exit ${code}` : `signal ${signal}`))
    })
    const pid = child.pid ?? 0
    const note: Remembered = { pid, mark: startMark(pid), arguments: wanted, ngPort, dtmfPort }
    writeFileSync(join(folder, 'process.json'), JSON.stringify(note), { mode: 0o600 })
    let how: string | null = null
    void exited.then((text) => {
      how = text
    })
    for (const giveUpAt = Date.now() + READY_WITHIN_MS; Date.now() < giveUpAt && how === null; await sleep(POLL_MS)) {
      if (await answers(ngPort)) {
        log.info({ pid, ngPort }, 'rtpengine is ready')
        return { pid, exited }
      }
    }
    await end({ pid, exited })
    throw new Error(
      `rtpengine did not become ready (${how ?? 'no answer'}); its log is ${join(folder, 'rtpengine.log')}`,
    )
  }

  function watch(current: Running, startedAt: number, failures: number): void {
    void current.exited.then((how) => {
      running = null
      if (isStopping) return
      log.error({ how }, 'rtpengine has ended; starting it again')
      restarting = restart(Date.now() - startedAt > HEALTHY_AFTER_MS ? 0 : failures)
    })
  }

  async function restart(failures: number): Promise<void> {
    for (let failed = failures; !isStopping; failed++) {
      await sleep(Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** failed))
      if (isStopping) return
      try {
        running = await launch()
        restarts += 1
        onRestart?.()
        return watch(running, Date.now(), failed + 1)
      } catch (error) {
        log.error({ error: String(error) }, 'rtpengine could not be started again')
      }
    }
  }

  watch(running, Date.now(), 0)
  return {
    get state() {
      return running === null ? 'restarting' : 'running'
    },
    ng: { host: LOOPBACK, port: ngPort },
    dtmf: { host: LOOPBACK, port: dtmfPort },
    get pid() {
      return running?.pid ?? null
    },
    get restarts() {
      return restarts
    },
    async stop() {
      isStopping = true
      await restarting
      if (running) await end(running)
      rmSync(join(folder, 'process.json'), { force: true })
    },
  }
}

/** Everything by the command line: rtpengine would otherwise read Debian's file, whose ports another one may have. */
function argumentsOf(folder: string, config: MediaConfig, ngPort: number, dtmfPort: number): string[] {
  const file = join(folder, 'rtpengine.conf')
  writeFileSync(file, '[rtpengine]\n', { mode: 0o600 })
  const { host, advertised } = config
  return [
    '--foreground',
    '--log-stderr',
    '--log-level=4',
    `--config-file=${file}`,
    `--interface=${advertised === host ? host : `${host}!${advertised}`}`,
    `--listen-ng=${LOOPBACK}:${ngPort}`,
    `--dtmf-log-dest=${LOOPBACK}:${dtmfPort}`,
    // In user space: no module of the kernel, no right to load one.
    '--table=-1',
    `--port-min=${config.firstPort}`,
    `--port-max=${config.lastPort}`,
    '--num-threads=2',
    '--media-num-threads=2',
    '--delete-delay=0',
    `--timeout=${SILENCE_SECONDS}`,
    `--silent-timeout=${SILENCE_MUTED_SECONDS}`,
  ]
}

/** The rtpengine that a former server left running exactly as we want it, or null; another one of ours is ended. */
async function takeOver(
  folder: string,
  remembered: Remembered | null,
  wanted: readonly string[],
  log: MediaLog,
): Promise<Running | null> {
  if (remembered === null || !isOurs(remembered, folder)) return null
  const running = { pid: remembered.pid, exited: whenGone(remembered.pid, remembered.mark) }
  const isSame = remembered.arguments.join('\n') === wanted.join('\n')
  if (isSame && (await answers(remembered.ngPort))) {
    log.info({ pid: running.pid }, 'took over the rtpengine that was running')
    return running
  }
  await end(running)
  return null
}

/** Is the remembered process still that one, and not a later owner of its id? */
const isOurs = ({ pid, mark }: Remembered, folder: string): boolean =>
  mark !== null && startMark(pid) === mark && (commandLine(pid)?.includes(join(folder, 'rtpengine.conf')) ?? false)

async function end({ pid, exited }: Running): Promise<void> {
  if (pid === 0) return
  sendSignal(pid, 'SIGTERM')
  const isStopped = await Promise.race([exited.then(() => true), sleep(STOP_WITHIN_MS, false, { ref: false })])
  if (!isStopped) sendSignal(-pid, 'SIGKILL')
}

function readRemembered(folder: string): Remembered | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'process.json'), 'utf8')) as Remembered
  } catch {
    return null
  }
}

/** `preferred` when it is free or `isHeldByUs`, or one that the system chooses. */
async function freePort(preferred: number | undefined, isHeldByUs: () => boolean): Promise<number> {
  if (preferred !== undefined && (isHeldByUs() || (await bound(preferred)) !== null)) return preferred
  const port = await bound(0)
  if (port === null) throw new Error('the system has no free UDP port')
  return port
}

/** The port that a UDP socket on loopback got, closed again; null when it is taken. */
function bound(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(null))
    socket.bind(port, LOOPBACK, () => {
      const { port: got } = socket.address()
      socket.close(() => resolve(got))
    })
  })
}

/** Does rtpengine answer a ping (NG, bencoded: every version takes that) in time? */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const done = (isThere: boolean): void => {
      clearTimeout(timer)
      socket.close()
      resolve(isThere)
    }
    const timer = setTimeout(done, PING_WITHIN_MS, false)
    socket.once('error', () => done(false))
    socket.once('message', (message) => done(message.includes('pong')))
    socket.send('ping d7:command4:pinge', port, LOOPBACK)
  })
}
