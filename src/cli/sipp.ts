/** Runs SIPp: one call as a telephone would make it, for `npm run call` and for the tests of the switch. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import {
  type AnswererOptions,
  answererScenario,
  type CallerOptions,
  callerScenario,
  NO_SPEECH,
  registerScenario,
  speechAt,
} from './sipp-scenario.ts'

export interface SipCall {
  /** `host:port` of the switch. */
  readonly proxy: string
  /** The tenant's SIP domain, which is the realm of its passwords. */
  readonly domain: string
  readonly username: string
  /** Null: no authentication is expected (emergency). */
  readonly password: string | null
  /** What the user dials: `+14155550100`, `911`, a colleague's user name. */
  readonly to: string
  /** Hang up after so many seconds of talk, unless somebody else does before. */
  readonly seconds: number
  /** UDP port of the carrier that the switch calls; a carrier that answers is run there. Null: somebody else answers. */
  readonly carrierPort?: number | null
  /** Pressed once the call is answered. */
  readonly press?: NonNullable<CallerOptions['press']>
  /** Colleagues whose telephones are switched on for the time of the call, and answer. */
  readonly telephones?: readonly { readonly username: string; readonly password: string }[]
}

export interface SipCallResult {
  /** `cut`: the other side or the switch hung up first. `failed`: SIPp saw something that no call should show. */
  readonly outcome: 'hung-up' | 'cut' | 'refused' | 'failed'
  /** SIP status that refused the call, else null. */
  readonly sipStatus: number | null
  /** Our refusal code, where the switch gave one. */
  readonly refusal: string | null
  /** From the answer to the first BYE, as the caller's telephone measured it. */
  readonly talkedMs: number
  /** What SIPp complained about; empty when all went as it should. */
  readonly error: string
  /** Those of `telephones` that rang, by user name. */
  readonly rang?: readonly string[]
}

/** The path of SIPp, or null when it is not installed. */
export function findSipp(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, 'sipp')).find((path) => existsSync(path)) ?? null
}

/**
 * Places one call and waits until it is over. Throws when SIPp is not installed; whatever happens to the call is in the
 * result. Nothing is left running and no file is left behind.
 */
export async function placeSipCall(call: SipCall): Promise<SipCallResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-sipp-'))
  let carrier: SippProcess | null = null
  const telephones: { username: string; process: SippProcess }[] = []
  try {
    for (const { username, password } of call.telephones ?? []) {
      const process = await startAnswerer({ folder, name: `telephone-${username}`, port: await freeUdpPort() })
      telephones.push({ username, process })
      const contact = `${LOOPBACK}:${process.port}`
      const scenario = registerScenario({ domain: call.domain, username, password, contact })
      await runScenario({ folder, name: `register-${username}`, proxy: call.proxy, scenario, limitMs: 10_000 })
    }
    if (call.carrierPort !== undefined && call.carrierPort !== null) {
      carrier = await startAnswerer({ folder, name: 'carrier', port: call.carrierPort })
    }
    // Pressing keys is part of the call.
    const pressing = (call.press?.keys.length ?? 0) * (call.press?.afterMs ?? 0)
    const holdMs = Math.max(1_000, call.seconds * 1000 - pressing)
    const result = await runCaller({ ...call, holdMs, folder, name: 'caller' })
    const rang = telephones.filter(({ process }) => process.log().some((line) => line.startsWith('invite')))
    return { ...result, rang: rang.map(({ username }) => username) }
  } finally {
    await carrier?.stop()
    for (const { process } of telephones) await process.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface SippProcess {
  readonly port: number
  /** The lines that the scenario has logged so far. */
  log(): string[]
  stop(): Promise<void>
}

const LOOPBACK = '127.0.0.1'

interface SippFiles {
  /** Where scenario and log are written. */
  readonly folder: string
  /** Names the files; unique within the folder. */
  readonly name: string
  /** The address to speak from; 127.0.0.1 unless told. */
  readonly address?: string
  /** Sends speech back that arrives at this UDP port. Absent: nobody listens and nobody speaks. */
  readonly echoPort?: number
}

/** Starts a carrier or phone that answers (see `answererScenario`); resolves when it listens. */
export async function startAnswerer(
  options: SippFiles & AnswererOptions & { readonly port: number },
): Promise<SippProcess> {
  const { child, logPath, errorPath, exited } = run(options, answererScenario(options), ['-p', String(options.port)])
  if (!(await untilListening(child, options.port))) {
    throw new Error(`SIPp could not listen on UDP port ${options.port}: ${readError(errorPath) ?? 'it says nothing'}`)
  }
  return {
    port: options.port,
    log: () => readLog(logPath),
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Runs one call (see `callerScenario`) and reads its outcome from SIPp's log; with `calls`, that of the first to end. */
export async function runCaller(
  options: CallerOptions & SippFiles & { readonly proxy: string; readonly port?: number; readonly calls?: number },
): Promise<SipCallResult> {
  const log = await runScenario({
    ...options,
    scenario: callerScenario(options),
    limitMs: options.holdMs + 40_000,
    ignoresUnexpected: options.cancel?.after === 'trying',
  })
  const line = (word: string): string | undefined => log.lines.find((text) => text.startsWith(word))
  const at = (text: string | undefined): number => Number(/ at=(\d+)/.exec(text ?? '')?.[1] ?? 0)
  const ended = line('ended')
  const refused = line('refused')
  const status = /status=(\d+)/.exec(refused ?? '')?.[1]
  const code = /code=([a-z-]+)/.exec(refused ?? '')?.[1]
  const outcome = ended?.includes('by=caller') ? 'hung-up' : ended ? 'cut' : refused ? 'refused' : 'failed'
  return {
    outcome: log.ok ? outcome : 'failed',
    sipStatus: status === undefined ? null : Number(status),
    refusal: code ?? null,
    talkedMs: ended === undefined ? 0 : at(ended) - at(line('answered')),
    error: log.ok ? '' : log.error,
  }
}

/** Runs a scenario against `proxy`, once or in `calls` calls at the same time, and gives what it logged. */
export async function runScenario(
  options: SippFiles & {
    readonly proxy: string
    readonly port?: number
    readonly scenario: string
    readonly limitMs: number
    readonly calls?: number
    /** Who gives up at once may find the line ringing before that is sent, where SIPp can expect nothing. */
    readonly ignoresUnexpected?: boolean
  },
): Promise<{ ok: boolean; lines: string[]; error: string }> {
  const port = options.port ?? (await freeUdpPort())
  const calls = options.calls ?? 1
  // SIPp places the first call when its rate says so: one call at one a second is placed after a second.
  const rate = Math.max(calls, 10)
  const { child, logPath, errorPath, exited } = run(options, options.scenario, [
    options.proxy,
    ...['-p', port, '-m', calls, '-l', calls, '-r', rate].map(String),
    ...(options.ignoresUnexpected ? ['-default_behaviors', 'all,-abortunexp'] : []),
  ])
  const timer = setTimeout(() => child.kill('SIGKILL'), options.limitMs)
  const code = await exited
  clearTimeout(timer)
  return { ok: code === 0, lines: readLog(logPath), error: readError(errorPath) ?? `SIPp ended with ${code}` }
}

function run(files: SippFiles, scenario: string, args: string[]) {
  const sipp = findSipp()
  if (sipp === null) throw new Error('SIPp is not installed: on Debian and Ubuntu, apt-get install sip-tester')
  const path = (suffix: string): string => join(files.folder, `${files.name}.${suffix}`)
  const { echoPort } = files
  writeFileSync(path('xml'), echoPort === undefined ? scenario : scenario.replaceAll(NO_SPEECH, speechAt(echoPort)))
  const echo = echoPort === undefined ? [] : ['-rtp_echo', '-mi', '127.0.0.1', '-mp', String(echoPort)]
  const common = [
    '-sf',
    path('xml'),
    '-i',
    files.address ?? LOOPBACK,
    '-nostdin',
    '-aa',
    '-trace_err',
    '-error_file',
    path('err'),
  ]
  const child: ChildProcess = spawn(sipp, [...args, ...echo, ...common, '-trace_logs', '-log_file', path('log')], {
    cwd: files.folder,
    stdio: 'ignore',
  })
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', (code) => resolve(code))
  })
  return { child, exited, logPath: path('log'), errorPath: path('err') }
}

const readLog = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []

const readError = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8').slice(-1_000) : null)

/** A UDP port that is free on loopback now. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

/** Resolves with true when the process listens on this UDP port, with false when it has ended. */
async function untilListening(child: ChildProcess, port: number): Promise<boolean> {
  const began = Date.now()
  while (child.exitCode === null && child.signalCode === null) {
    if (SOCKETS === null ? Date.now() - began > LISTENS_WITHIN_MS : isListening(SOCKETS, port)) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

/** The kernel's table of UDP sockets; null where there is none (macOS): then SIPp has time to listen, or to end. */
const SOCKETS = existsSync('/proc/net/udp') ? '/proc/net/udp' : null
const LISTENS_WITHIN_MS = 500

/**
 * Does somebody on this machine listen on this UDP port? Read from the table: to try whether the port can be taken would take it
 * for a moment, and SIPp, which asks for it once, ended when that was its moment (one start of 600).
 */
const isListening = (table: string, port: number): boolean => {
  const local = new RegExp(`^ *\\d+: [0-9A-F]{8}:${port.toString(16).toUpperCase().padStart(4, '0')} `, 'm')
  return local.test(readFileSync(table, 'latin1'))
}
