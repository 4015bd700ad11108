/**
 * TLS between SBCs and Kamailio. Kamailio speaks TCP on loopback; the handshake, and whether the SBC is the one that it should be, are
 * decided here before a byte of SIP passes (docs/decisions/0010). Each connection of an SBC is one connection to Kamailio, and the
 * other way round, so that what Kamailio knows of connections stays true.
 */
import { constants } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  type TLSSocket,
  type Server as TlsServer,
  connect as tlsConnect,
} from 'node:tls'
import type { Clock } from '../../core/clock.ts'
import type { Uuid } from '../../core/ids.ts'
import { type TlsFault, tlsReason } from '../../core/trunk.ts'
import type { SwitchTrunk } from '../../store/trunk.ts'
import type { KamailioRpc } from '../kamailio-rpc.ts'
import type { SipLog } from '../sip-log.ts'
import { type Known, peerFault } from './peer-check.ts'
import { makeRelays } from './relay.ts'
import { answerInstead, type SipMessage, SipReader, type Translation, writeMessage } from './sip-stream.ts'
import { readIdentity, type TlsConfig, type TlsIdentity } from './tls-config.ts'

export interface TlsEdgeOptions {
  readonly config: TlsConfig
  /** The address that SBCs reach. */
  readonly host: string
  readonly rpc: Pick<KamailioRpc, 'setEntry' | 'deleteEntry' | 'forgetTable'>
  readonly trunks: () => Promise<readonly SwitchTrunk[]>
  /** Where the ports of hops are remembered: calls that go on while the server starts again have them in their addresses. */
  readonly portsFile: string
  readonly clock: Clock
  readonly log: SipLog
}

export interface TlsEdge {
  /** Begins to listen. Throws when the port is taken. */
  start(): Promise<void>
  /** What has changed with the trunks: connections of one that is gone, or another, are closed. */
  sync(): Promise<void>
  /** Kamailio has begun anew and knows nothing. */
  retell(): Promise<void>
  /** Reads the files of our certificate again; it does so by itself each minute. */
  renew(): void
  /** Where on loopback Kamailio finds the SBC of this trunk: `127.0.0.1:port`. */
  hopOf(trunk: SwitchTrunk): Promise<string>
  /** `host:port` where SBCs come. */
  readonly address: string
  readonly identity: TlsIdentity
  stop(): Promise<void>
}

/** An SBC at an address: Kamailio connects to `port` and is connected to it. */
interface Hop {
  readonly trunk: SwitchTrunk
  readonly port: number
  readonly server: Server
}

const LOOPBACK = '127.0.0.1'
const HANDSHAKE_MS = 5_000
/** A connection that has failed says so to whoever comes, and then makes room for the next try. */
const FAILED_FOR_MS = 1_500
const CONNECTIONS_MAX = 2_000
const CONNECTIONS_OF_ADDRESS_MAX = 50
const KEEP_ALIVE_MS = 30_000
const RENEW_EVERY_MS = 60_000
/** In Kamailio: whose connection a port of ours is. Nobody's are those that come without being a trunk: an SBC that registers. */
const NOBODY = 'nobody'

export function makeTlsEdge(options: TlsEdgeOptions, found: TlsIdentity): TlsEdge {
  const { config, host, rpc, clock, log } = options
  let identity = found
  let server: TlsServer | null = null
  let timer: NodeJS.Timeout | undefined
  const hops = new Map<Uuid, Promise<Hop>>()
  const relays = makeRelays(log)
  const ports = rememberedPorts(options.portsFile)
  const address = `${host}:${config.port}`
  const from = { host: LOOPBACK, port: config.innerPort }

  const contextOf = ({ certificate, key, authorities }: TlsIdentity): SecureContextOptions => ({
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    // Each connection shows its certificate anew.
    secureOptions: constants.SSL_OP_NO_TICKET,
    ...(authorities === null ? {} : { ca: authorities }),
  })

  const translation = (inner: string, trunk: SwitchTrunk | null): Translation => ({
    outer: address,
    inner,
    sbc: trunk === null ? null : `${trunk.host}:${trunk.port}`,
  })

  // -- an SBC comes ----------------------------------------------------------------------------------------------------

  const hopAt = async (place: string): Promise<Hop | null> =>
    (await Promise.all(hops.values())).find((hop) => hop.trunk.host === place) ?? null

  async function came(socket: TLSSocket): Promise<void> {
    const place = socket.remoteAddress ?? ''
    const hop = await hopAt(place)
    const trunk = hop?.trunk ?? null
    const fault = trunk && peerFault(socket, trunk, clock.now())
    if (trunk && fault) {
      const { trunkId } = trunk
      log.warn({ trunkId, address: place, ...fault }, 'an SBC came over TLS and is not the one that it should be')
      socket.destroy()
      return
    }
    if (socket.destroyed || relays.countAt(place) >= CONNECTIONS_OF_ADDRESS_MAX) return void socket.destroy()
    const inside = connect(from)
    keepAlive(socket, inside)
    inside.once('error', () => socket.destroy())
    inside.once('connect', () => {
      const port = inside.localPort ?? 0
      // Kamailio knows whose it is before it hears anything; and it is still that one's.
      rpc
        .setEntry('edge', String(port), trunk?.trunkId ?? NOBODY)
        .then(() => hopAt(place))
        .then((now) => {
          if (now !== hop) throw new Error('the trunk has changed in the meantime')
          relays.join({
            inside,
            outside: socket,
            how: translation(`${LOOPBACK}:${hop?.port ?? port}`, trunk),
            trunkId: trunk?.trunkId ?? null,
            address: place,
            onEnd: () => void rpc.deleteEntry('edge', String(port)).catch(() => undefined),
          })
        })
        .catch((error: unknown) => {
          log.warn({ error: String(error) }, 'a connection over TLS could not be taken')
          socket.destroy()
          inside.destroy()
        })
    })
  }

  // -- Kamailio calls an SBC -------------------------------------------------------------------------------------------

  function called(inside: Socket, trunk: SwitchTrunk, port: number): void {
    const reader = new SipReader()
    const waiting: SipMessage[] = []
    let said: string | null = null
    let isJoined = false
    let hasConnected = false
    const hear = (piece: Buffer): void => {
      try {
        for (const message of reader.read(piece)) {
          if (said === null) waiting.push(message)
          else refuse(message)
        }
      } catch {
        inside.destroy()
      }
    }
    const refuse = (message: SipMessage): void => {
      const answer = answerInstead(message, 503, said ?? '')
      if (answer) inside.write(writeMessage(answer))
    }
    const fail = (fault: TlsFault, shown?: string): void => {
      if (said !== null || isJoined) return
      said = tlsReason(fault, shown)
      log.warn({ trunkId: trunk.trunkId, fault, shown }, 'nothing is sent to an SBC over TLS')
      outside.destroy()
      for (const message of waiting.splice(0)) refuse(message)
      setTimeout(() => inside.destroy(), FAILED_FOR_MS).unref()
    }
    inside.on('data', hear)
    inside.on('error', () => undefined)
    const outside = tlsConnect({
      ...contextOf(identity),
      host: trunk.host ?? '',
      port: trunk.port ?? 0,
      ...(trunk.certificateName === null ? {} : { servername: trunk.certificateName }),
      // It is looked at when it is here, and nothing is written before.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    })
    keepAlive(outside, inside)
    const failed = (): void => fail(hasConnected ? 'no-handshake' : 'no-connection')
    outside.setTimeout(HANDSHAKE_MS, failed)
    outside.once('error', failed)
    outside.once('close', failed)
    inside.once('close', () => outside.destroy())
    outside.once('connect', () => {
      hasConnected = true
    })
    outside.once('secureConnect', () => {
      outside.setTimeout(0)
      const found = peerFault(outside, trunk, clock.now())
      if (found) return fail(found.fault, found.shown)
      inside.off('data', hear)
      isJoined = true
      const how = translation(`${LOOPBACK}:${port}`, trunk)
      relays.join({
        inside,
        outside,
        how,
        trunkId: trunk.trunkId,
        address: trunk.host ?? '',
        begun: { reader, waiting },
      })
    })
  }

  // -- trunks ----------------------------------------------------------------------------------------------------------

  async function openHop(trunk: SwitchTrunk): Promise<Hop> {
    const server = createServer((inside) => called(inside, trunk, port))
    const former = ports.get(trunk.trunkId)
    const port = await (former ? listen(server, former).catch(() => listen(server, 0)) : listen(server, 0))
    ports.set(trunk.trunkId, port)
    rememberPorts(options.portsFile, ports)
    server.unref()
    relays.end(({ address }) => address === trunk.host)
    await rpc.setEntry('edge', String(port), trunk.trunkId).catch(() => undefined)
    return { trunk, port, server }
  }

  async function closeHop(trunkId: Uuid): Promise<void> {
    const hop = hops.get(trunkId)
    hops.delete(trunkId)
    relays.end((relay) => relay.trunkId === trunkId)
    const { server, port } = (await hop?.catch(() => null)) ?? {}
    server?.close()
    if (port !== undefined) await rpc.deleteEntry('edge', String(port)).catch(() => undefined)
  }

  async function hopOf(trunk: SwitchTrunk): Promise<string> {
    const known = await hops.get(trunk.trunkId)?.catch(() => null)
    if (known && !isSame(known.trunk, trunk)) await closeHop(trunk.trunkId)
    let hop = hops.get(trunk.trunkId)
    if (hop === undefined) {
      hop = openHop(trunk)
      hops.set(trunk.trunkId, hop)
      hop.catch(() => hops.delete(trunk.trunkId))
    }
    return `${LOOPBACK}:${(await hop).port}`
  }

  async function sync(): Promise<void> {
    const wanted = (await options.trunks()).filter(({ transport }) => transport === 'tls')
    const ids = new Set(wanted.map(({ trunkId }) => trunkId))
    for (const trunkId of [...hops.keys()]) if (!ids.has(trunkId)) await closeHop(trunkId)
    for (const trunkId of [...ports.keys()]) if (!ids.has(trunkId)) ports.delete(trunkId)
    for (const trunk of wanted) await hopOf(trunk)
  }

  /** A certificate that was renewed is shown from the next connection on. */
  function renew(): void {
    const problems: string[] = []
    const now = readIdentity(config, problems, clock.now())
    if (now === null)
      log.error({ problems }, 'the certificate of TLS is not good any more; the one that was read before is shown')
    else if (JSON.stringify(now) !== JSON.stringify(identity)) {
      identity = now
      server?.setSecureContext(contextOf(identity))
      log.info({ validTo: now.validTo }, 'another certificate of TLS was read')
    }
  }

  return {
    address,
    get identity() {
      return identity
    },
    async start() {
      await rpc.forgetTable('edge').catch(() => undefined)
      const listening = createTlsServer(
        { ...contextOf(identity), requestCert: true, rejectUnauthorized: false, handshakeTimeout: HANDSHAKE_MS },
        (socket) => {
          socket.on('error', () => undefined)
          socket.pause()
          came(socket).catch((error: unknown) => {
            log.warn({ error: String(error) }, 'a connection over TLS could not be taken')
            socket.destroy()
          })
        },
      )
      listening.maxConnections = CONNECTIONS_MAX
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject)
        listening.listen(config.port, host, resolve)
      })
      listening.on('error', (error) => log.error({ error: String(error) }, 'TLS does not listen'))
      server = listening
      timer = setInterval(renew, RENEW_EVERY_MS)
      timer.unref()
      await sync()
    },
    sync,
    async retell() {
      for (const hop of hops.values()) {
        const { port, trunk } = await hop
        await rpc.setEntry('edge', String(port), trunk.trunkId)
      }
    },
    renew,
    hopOf,
    async stop() {
      clearInterval(timer)
      server?.close()
      relays.end(() => true)
      for (const trunkId of [...hops.keys()]) await closeHop(trunkId)
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    })
  })
}

function rememberedPorts(file: string): Map<Uuid, number> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<Uuid, number>)) as Map<Uuid, number>
  } catch {
    return new Map()
  }
}

const rememberPorts = (file: string, ports: ReadonlyMap<Uuid, number>): void =>
  writeFileSync(file, JSON.stringify(Object.fromEntries(ports)), { mode: 0o600 })

function isSame(a: SwitchTrunk, b: SwitchTrunk): boolean {
  const facts = ({ host, port, transport, certificateName, certificateFingerprint }: SwitchTrunk & Known): string =>
    [host, port, transport, certificateName, certificateFingerprint].join(' ')
  return facts(a) === facts(b)
}

function keepAlive(...sockets: readonly Socket[]): void {
  for (const socket of sockets) {
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
  }
}
