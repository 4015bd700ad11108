/** The SIP switch as main.ts sees it: make it, register its routes, start it when the server listens, stop it first. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { AttendantDesk } from '../core/attendant-call.ts'
import type { Clock } from '../core/clock.ts'
import type { SwitchId, Uuid } from '../core/ids.ts'
import type { Instant } from '../core/time.ts'
import { secret as keptSecret } from '../postgres/cluster.ts'
import type { Db } from '../store/db.ts'
import { allTrunks, type SwitchTrunk } from '../store/trunk.ts'
import { type BrowserCredential, issueBrowserCredential } from './browser-phone.ts'
import { registerKamailioRoutes } from './kamailio.ts'
import { LiveCalls } from './kamailio-calls.ts'
import { allowDialogs, makeKamailioTables, splitHostPort } from './kamailio-config.ts'
import { makeDirectory } from './kamailio-directory.ts'
import type { CallEvent } from './kamailio-events.ts'
import { FreeCalls } from './kamailio-free.ts'
import { readJournal } from './kamailio-journal.ts'
import { restoreCounts } from './kamailio-let-through.ts'
import {
  findKamailio,
  hasKamailioModule,
  type KamailioProcess,
  superviseKamailio,
  writeKamailioFiles,
} from './kamailio-process.ts'
import { type ChargingEngine, makeRequests } from './kamailio-requests.ts'
import { connectKamailio } from './kamailio-rpc.ts'
import type { SipConfig } from './sip-config.ts'
import type { SipLog } from './sip-log.ts'
import { placeTestCall, type TestCallOptions, type TestCallResult } from './test-call.ts'
import { readIdentity } from './tls/tls-config.ts'
import { makeTlsEdge } from './tls/tls-edge.ts'
import { makeTrunkWatch } from './trunk-watch.ts'

export interface SipOptions {
  /** `auto`: start Kamailio if it is installed. `external`: serve one that somebody else runs, with the configuration in `home`/sip. */
  readonly mode: 'auto' | 'off' | 'external'
  readonly config: SipConfig
  /** The data folder; ours is `sip` in it. */
  readonly home: string
  /** Null: Kamailio keeps its calls in memory only. */
  readonly databaseUrl: string | null
  readonly engine: ChargingEngine
  readonly db: Db
  readonly clock: Clock
  /** The API key that Kamailio's sessions belong to. */
  readonly switchId: SwitchId
  readonly log: SipLog
  /** Where rtpengine takes commands; null: browsers are no telephones here. */
  readonly media: { readonly host: string; readonly port: number } | null
  /** Told at once when somebody answers; the ledger learns of it with the first report. */
  readonly onAnswered?: (sessionId: string, at: Instant) => void
}

export interface SipStatus {
  readonly state: 'off' | 'not-installed' | 'external' | 'running' | 'restarting' | 'failed'
  /** `host:port` for telephones; null when there is none. */
  readonly address: string | null
  readonly pid: number | null
  readonly callsInProgress: number
  /** Calls survive a crash of Kamailio. */
  readonly isDurable: boolean
  readonly restarts: number
}

export interface Sip {
  /** Before the server listens. Does nothing when SIP is off. */
  registerRoutes(app: FastifyInstance): Promise<void>
  /** When the server listens at `serverUrl`: takes up calls in progress and starts Kamailio. Never throws for want of Kamailio. */
  start(serverUrl: string): Promise<void>
  status(): SipStatus
  /** Hangs up a call, both sides; false when this switch has no such call in progress. */
  hangUp(sessionId: string): Promise<boolean>
  /** Where Kamailio takes calls from the server itself, and what they must show; null: there is no Kamailio. */
  readonly trunkOfServer: { readonly host: string; readonly port: number; readonly secret: string } | null
  /** From now on calls to service numbers with an attendant are brought to `desk`. */
  attend(desk: AttendantDesk): void
  /** How browsers become telephones; null: they cannot here, or not now. */
  readonly browsers: BrowserPhones | null
  /** After a change of somebody's SIP credentials, number or location: Kamailio knows within a second. */
  directoryChanged(): void
  /** What the trunks of tenants ask of the switch; null: there is none that could do it now. */
  readonly trunks: TrunkControl | null
  /** Before the engine stops. Ends Kamailio, and with it the signalling of its calls, unless it is external. */
  stop(): Promise<void>
}

/** Browsers as telephones: what lets one in, and where its WebSocket goes. */
export interface BrowserPhones {
  /** A name and a password for the browser of one session, at one domain. */
  issue(sessionId: Uuid, domain: string): BrowserCredential
  /** Kamailio's WebSocket, on loopback, and what it must be shown. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface TrunkControl {
  /** Calls from there are ours or our carriers’ already. */
  isOurs(host: string): boolean
  /** We are on this machine alone, and so may SBCs be. */
  readonly onLoopback: boolean
  /** `host:port` where SBCs register and send calls to. */
  readonly address: string
  /** Where SBCs come over TLS, and the certificate that they are shown; null: nothing listens for it. */
  readonly tls: {
    readonly address: string
    readonly fingerprint: string
    readonly names: readonly string[]
    readonly validTo: Instant
  } | null
  /** Asks the SBC of a trunk now, and writes down what it says. */
  check(trunkId: Uuid): Promise<void>
  /** Places a call as a telephone and hangs up. */
  testCall(call: Omit<TestCallOptions, 'host' | 'port'>): Promise<TestCallResult>
}

/** Changes come in crowds (an import of users): Kamailio is told once for all of them. */
const DIRECTORY_CHANGE_MS = 500

/** Makes the switch; nothing is started, nothing listens. With `off` it is one that does nothing. */
export function makeSip(options: SipOptions): Sip {
  const { mode, config, db, log } = options
  if (mode === 'off') return noSip
  const folder = join(options.home, 'sip')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const secret = config.secret ?? keptSecret(folder, 'switch.secret')
  const rpc = connectKamailio({ port: config.controlPort, secret })
  const requests = makeRequests(options)
  const directory = makeDirectory(db, rpc, config.serviceTarget)
  const tellEverything = (): void => tell(true)
  const calls = new LiveCalls({
    ...options,
    requests,
    rpc,
    settings: config.lease,
    boundOf: (tenantId, classification) => directory.boundOf(tenantId, classification),
    onSwitchBack: () => restarted(),
  })
  const freeCalls = new FreeCalls({ requests, db, log, rpc })
  const now = (): number => options.clock.now()
  const journal = { folder, rpc, log, now, take: (event: CallEvent) => calls.happened(event) }
  const routing = {
    requests,
    calls,
    switchId: options.switchId,
    db,
    chunkSeconds: config.lease.chunkSeconds,
    serviceTarget: config.serviceTarget,
    desk: () => desk,
    tlsHop: async (trunk: SwitchTrunk) => (edge === null ? null : edge.hopOf(trunk)),
    now: () => options.clock.now(),
  }
  let desk: AttendantDesk | null = null
  const media = options.media && `${options.media.host}:${options.media.port}`
  const hasBrowsers = media !== null && (mode === 'external' || hasKamailioModule('websocket.so'))
  const browsers: BrowserPhones = {
    issue: (sessionId, domain) => issueBrowserCredential(secret, sessionId, domain, options.clock.now()),
    url: `ws://127.0.0.1:${config.controlPort}/`,
    headers: { 'X-Ringfence-Switch': secret },
  }
  const isThere = (): boolean => state === 'external' || (state === 'running' && (kamailio?.isRunning ?? false))
  const tlsIdentity = config.tls && readIdentity(config.tls, [], options.clock.now())
  const edge =
    config.tls && tlsIdentity
      ? makeTlsEdge(
          {
            config: config.tls,
            host: config.host,
            rpc,
            trunks: () => allTrunks(db),
            portsFile: join(folder, 'tls-ports.json'),
            clock: options.clock,
            log,
          },
          tlsIdentity,
        )
      : null
  /** It listens; what we connect to works without. */
  let isTlsUp = false
  const watch = makeTrunkWatch({
    db,
    rpc,
    clock: options.clock,
    log,
    isUp: isThere,
    tls: edge && config.tls && { hopOf: (trunk) => edge.hopOf(trunk), socket: `tcp:127.0.0.1:${config.tls.innerPort}` },
  })
  const trunks: TrunkControl = {
    isOurs: (host) => host === config.host || config.trunks.some((trunk) => splitHostPort(trunk).host === host),
    onLoopback: config.host.startsWith('127.'),
    address: `${config.host}:${config.port}`,
    get tls() {
      if (edge === null || !isTlsUp) return null
      const { fingerprint, names, validTo } = edge.identity
      return { address: edge.address, fingerprint, names, validTo }
    },
    check: (trunkId) => watch.check(trunkId),
    testCall: (call) => placeTestCall({ ...call, host: config.host, port: config.port }),
  }
  let kamailio: KamailioProcess | null = null
  let state: SipStatus['state'] = mode === 'external' ? 'external' : 'not-installed'
  let timer: NodeJS.Timeout | undefined
  let reconciling = Promise.resolve()
  let telling: NodeJS.Timeout | undefined

  function tell(everything: boolean): void {
    directory
      .sync(everything)
      .catch((error: unknown) => log.warn({ error: String(error) }, 'Kamailio was not told of a change of users'))
  }

  /** C10: what was let through counts on, before Kamailio learns of policies that let more through. */
  async function recount(): Promise<void> {
    // Twice: the first closes what Kamailio may still be writing to.
    for (let pass = 0; pass < 2; pass++) {
      await readJournal(journal).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'the journal could not be read yet'),
      )
    }
    await restoreCounts(folder, rpc, now()).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'Kamailio was not told how many calls were let through'),
    )
  }

  const retellFreeCalls = (): Promise<void> =>
    freeCalls
      .retell()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'Kamailio was not told of calls that nobody pays'))

  async function beforeStart(): Promise<void> {
    try {
      await allowDialogs(db, calls.allowedSeconds())
    } catch (error) {
      log.warn({ error: String(error) }, 'Kamailio starts with the leases that calls began with')
    }
  }

  function restarted(): void {
    void retellFreeCalls()
    reconciling = reconciling.then(recount).then(tellEverything)
    edge
      ?.retell()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'Kamailio was not told of SBCs over TLS'))
  }

  async function startEdge(): Promise<void> {
    try {
      await edge?.start()
      isTlsUp = edge !== null
    } catch (error) {
      log.error({ error: String(error) }, 'SBCs cannot come over TLS')
    }
  }

  async function startKamailio(serverUrl: string): Promise<void> {
    const binary = findKamailio()
    if (binary === null) {
      log.warn({}, 'Kamailio is not installed, so there is no SIP: everything else works (docs/operating.md)')
      return
    }
    if (media !== null && !hasBrowsers)
      log.warn(
        {},
        'kamailio-websocket-modules is not installed, so there are no calls in the browser (docs/operating.md)',
      )
    let { databaseUrl } = options
    try {
      if (databaseUrl !== null) await makeKamailioTables(db)
    } catch (error) {
      log.error({ error: String(error) }, 'the tables of Kamailio could not be made; it runs from memory')
      databaseUrl = null
    }
    try {
      const settings = { ...config, serverUrl, secret, databaseUrl, media: hasBrowsers ? media : null }
      kamailio = await superviseKamailio(binary, { folder, settings, rpc, log, beforeStart, onRestart: restarted })
      state = 'running'
    } catch (error) {
      state = 'failed'
      log.error({ error: String(error) }, 'Kamailio could not be started, so there is no SIP')
    }
  }

  function reconcileLater(): void {
    timer = setTimeout(() => {
      // What has ended comes first: Kamailio's list may still show it.
      reconciling = reconciling
        .then(() => readJournal(journal))
        .catch((error: unknown) => log.warn({ error: String(error) }, 'the journal could not be read yet'))
        .then(() => calls.reconcile())
        .catch((error: unknown) => log.warn({ error: String(error) }, 'calls could not be compared with Kamailio'))
        .then(() => (timer ? reconcileLater() : undefined))
    }, config.reconcileSeconds * 1000)
  }

  return {
    registerRoutes: (app) =>
      registerKamailioRoutes(app, {
        adapter: { secret, calls, freeCalls, db, clock: options.clock, routing, trunks: watch, log },
      }),
    async start(serverUrl) {
      await directory.readBounds()
      await freeCalls.restore(now())
      await calls.restore((sessionId) => freeCalls.has(sessionId))
      if (mode === 'auto') await startKamailio(serverUrl)
      else writeKamailioFiles(folder, { ...config, serverUrl, secret, databaseUrl: null, media }, false)
      await recount()
      if (state === 'running' || state === 'external') {
        await retellFreeCalls()
        tell(true)
        await startEdge()
      }
      await calls.reconcile()
      reconcileLater()
      watch.start()
    },
    status() {
      const isUp = state !== 'running' || (kamailio?.isRunning ?? false)
      return {
        state: isUp ? state : 'restarting',
        address: state === 'running' || state === 'external' ? `${config.host}:${config.port}` : null,
        pid: kamailio?.pid ?? null,
        callsInProgress: calls.count,
        isDurable: kamailio?.isDurable ?? false,
        restarts: kamailio?.restarts ?? 0,
      }
    },
    hangUp: (sessionId) => calls.hangUp(sessionId),
    get trunkOfServer() {
      const isThere = state === 'running' || state === 'external'
      return isThere ? { host: config.host, port: config.port, secret } : null
    },
    attend(found) {
      desk = found
    },
    get browsers() {
      return hasBrowsers && (state === 'external' || (kamailio?.isRunning ?? false)) ? browsers : null
    },
    directoryChanged() {
      // Before Kamailio runs there is nobody to tell; when it does, it is told everything.
      if (state !== 'running' && state !== 'external') return
      telling ??= setTimeout(() => {
        telling = undefined
        tell(false)
        edge
          ?.sync()
          .catch((error: unknown) => log.warn({ error: String(error) }, 'SBCs over TLS could not be looked up'))
      }, DIRECTORY_CHANGE_MS)
    },
    get trunks() {
      return isThere() ? trunks : null
    },
    async stop() {
      await watch.stop()
      await edge?.stop()
      clearTimeout(telling)
      clearTimeout(timer)
      timer = undefined
      await reconciling
      calls.stop()
      await kamailio?.stop()
      rpc.close()
    },
  }
}

const noSip: Sip = {
  registerRoutes: async () => undefined,
  start: async () => undefined,
  status: () => ({
    state: 'off',
    address: null,
    pid: null,
    callsInProgress: 0,
    isDurable: false,
    restarts: 0,
  }),
  hangUp: async () => false,
  trunkOfServer: null,
  attend: () => undefined,
  browsers: null,
  directoryChanged: () => undefined,
  trunks: null,
  stop: async () => undefined,
}
