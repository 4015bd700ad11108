/**
 * A telephone without a person: SIP.js behind Kamailio, for calls that the attendant answers and calls that it makes. Descriptions
 * of media are somebody else's; here are only the beginnings and ends of calls. Loses its connection and finds it again.
 */
import type { Server } from 'node:net'
import {
  type Invitation,
  Inviter,
  type Session,
  type SessionDescriptionHandler,
  SessionState,
  URI,
  UserAgent,
} from 'sip.js'
import { listenForSip, TcpTransport } from './sip-transport.ts'

export interface UserAgentLog {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** The descriptions of one call's media. */
export interface Descriptions {
  /** What we offer or answer. */
  local(): string | Promise<string>
  /** What the other side offers or answers; may come again within a call (hold). Throws: the call ends. */
  remote(sdp: string): Promise<void>
}

/** A call that came to us. */
export interface IncomingCall {
  /** A header that Kamailio added. */
  header(name: string): string | null
  /** The caller's number or name. */
  readonly caller: string
  readonly displayName: string
  /** How many more switches the call may pass (RFC 3261 §8.1.1.6). */
  readonly maxForwards: number
  ring(): void
  answer(descriptions: Descriptions): Promise<void>
  refuse(status: number): void
  /** Keys that come as SIP INFO. */
  onKey(listener: (key: string) => void): void
  hangUp(): void
  readonly ended: Promise<void>
}

export interface OutgoingWish {
  readonly target: string
  readonly from: string
  readonly displayName: string
  readonly headers: readonly string[]
  readonly maxForwards: number
  readonly descriptions: Descriptions
}

/** A call that we make. */
export interface OutgoingCall {
  /** The status that refused it, or null when it was answered. */
  readonly outcome: Promise<number | null>
  readonly ended: Promise<void>
  /** Cancels or hangs up, whichever is due. */
  hangUp(): void
}

export interface SipUserAgent {
  /** `127.0.0.1:port`, where Kamailio reaches us. */
  readonly address: string
  readonly isConnected: boolean
  call(wish: OutgoingWish): OutgoingCall
  stop(): Promise<void>
}

export interface UserAgentOptions {
  /** Kamailio. */
  readonly host: string
  readonly port: number
  readonly onCall: (call: IncomingCall) => void
  readonly log: UserAgentLog
}

const NAME = 'attendant'
/** Responses are found by this name: SIP.js takes none that name a port. */
const VIA = 'attendant.invalid'
const RECONNECT_MS = 300
const FORWARDS_MAX = 70

/** Starts the user agent; connected as soon as Kamailio is there. */
export async function startUserAgent(options: UserAgentOptions): Promise<SipUserAgent> {
  const { host, port, log } = options
  const server = await listenForSip()
  const listening = server.address()
  const ownPort = typeof listening === 'object' && listening !== null ? listening.port : 0
  const descriptions = new WeakMap<Session, Descriptions>()
  const agent = new UserAgent({
    uri: new URI('sip', NAME, '127.0.0.1'),
    contactName: NAME,
    contactParams: { transport: 'tcp' },
    viaHost: VIA,
    userAgentString: 'Ringfence',
    logBuiltinEnabled: false,
    // Calls that nobody answers are ended by whoever makes them.
    noAnswerTimeout: 120,
    transportConstructor: class extends TcpTransport {
      constructor() {
        super({ host, port, server })
      }
    },
    sessionDescriptionHandlerFactory: (session) => handlerOf(() => descriptions.get(session)),
    delegate: {
      onInvite: (invitation) => {
        survive(invitation)
        options.onCall(incoming(invitation, descriptions))
      },
    },
  })
  // In-dialog requests come to our port, whatever the Via says.
  agent.contact.uri.host = '127.0.0.1'
  agent.contact.uri.port = ownPort
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const reconnect = (isFirst: boolean): void => {
    if (isStopped) return
    const connecting = isFirst ? agent.start() : agent.transport.connect()
    connecting.then(
      () => log.info({}, 'the attendant is connected to Kamailio'),
      () => {
        timer = setTimeout(reconnect, RECONNECT_MS, false)
      },
    )
  }
  agent.delegate = {
    ...agent.delegate,
    onDisconnect: (error) => {
      if (error === undefined || isStopped) return
      log.warn({ error: error.message }, 'the attendant lost Kamailio')
      timer = setTimeout(reconnect, RECONNECT_MS, false)
    },
  }
  reconnect(true)
  return {
    address: `127.0.0.1:${ownPort}`,
    get isConnected() {
      return agent.transport.isConnected()
    },
    call: (wish) => outgoing(agent, wish, descriptions),
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await agent.stop().catch(() => undefined)
      await closed(server)
    },
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.unref()
    // Connections of a Kamailio that lives on.
    setTimeout(resolve, 200).unref()
  })
}

/**
 * SIP.js 0.21.2 throws from a timer, and so ends the process, where a caller never acknowledges our answer and hangs up: anybody
 * could do that to us.
 */
function survive(invitation: Invitation): void {
  const guarded = invitation as unknown as { onAckTimeout(): void }
  const original = guarded.onAckTimeout.bind(invitation)
  guarded.onAckTimeout = () => {
    if (invitation.state === SessionState.Terminated || invitation.state === SessionState.Terminating) return
    original()
  }
}

const handlerOf = (find: () => Descriptions | undefined): SessionDescriptionHandler => {
  const own = (): Descriptions => {
    const descriptions = find()
    if (!descriptions) throw new Error('a call without media')
    return descriptions
  }
  return {
    close: () => undefined,
    hasDescription: (contentType) => contentType === 'application/sdp',
    getDescription: async () => ({ body: await own().local(), contentType: 'application/sdp' }),
    setDescription: (sdp) => own().remote(sdp),
    rollbackDescription: async () => undefined,
    sendDtmf: () => false,
  }
}

const whenEnded = (session: Session): Promise<void> =>
  new Promise((resolve) => {
    if (session.state === SessionState.Terminated) resolve()
    session.stateChange.addListener((state) => {
      if (state === SessionState.Terminated) resolve()
    })
  })

function incoming(invitation: Invitation, descriptions: WeakMap<Session, Descriptions>): IncomingCall {
  const { request } = invitation
  const ended = whenEnded(invitation)
  const forwards = Number(request.getHeader('max-forwards') ?? FORWARDS_MAX)
  const quietly = (work: Promise<unknown>): void => void work.catch(() => undefined)
  let isUnwanted = false
  invitation.stateChange.addListener((state) => {
    if (isUnwanted && state === SessionState.Established) quietly(invitation.bye())
  })
  return {
    header: (name) => request.getHeader(name) ?? null,
    caller: request.from.uri.user ?? '',
    displayName: request.from.displayName,
    maxForwards: Number.isInteger(forwards) ? forwards : FORWARDS_MAX,
    ended,
    ring: () => {
      if (invitation.state === SessionState.Initial) quietly(invitation.progress({ statusCode: 180 }))
    },
    answer: (own) => {
      descriptions.set(invitation, own)
      return invitation.accept()
    },
    refuse: (statusCode) => {
      if (invitation.state === SessionState.Initial) quietly(invitation.reject({ statusCode }))
    },
    onKey: (listener) => {
      invitation.delegate = {
        ...invitation.delegate,
        onInfo: (info) => {
          const [, key] = /^\s*Signal\s*=\s*([0-9*#A-D])/im.exec(info.request.body) ?? []
          quietly(info.accept())
          if (key !== undefined) listener(key)
        },
      }
    },
    hangUp: () => {
      if (invitation.state === SessionState.Established) quietly(invitation.bye())
      else if (invitation.state === SessionState.Initial) quietly(invitation.reject({ statusCode: 480 }))
      // Our answer is on its way.
      else isUnwanted = true
    },
  }
}

function outgoing(agent: UserAgent, wish: OutgoingWish, descriptions: WeakMap<Session, Descriptions>): OutgoingCall {
  const target = UserAgent.makeURI(wish.target)
  const from = UserAgent.makeURI(wish.from)
  if (!target || !from) throw new Error('a call to or from what is no SIP address')
  const inviter = new Inviter(agent, target, {
    extraHeaders: [...wish.headers],
    params: { fromUri: from, fromDisplayName: wish.displayName },
  })
  inviter.request.setHeader('Max-Forwards', String(wish.maxForwards))
  descriptions.set(inviter, wish.descriptions)
  const ended = whenEnded(inviter)
  let refusedWith: number | null = null
  const outcome = new Promise<number | null>((resolve) => {
    inviter.stateChange.addListener((state) => {
      if (state === SessionState.Established) resolve(null)
    })
    void ended.then(() => resolve(refusedWith ?? 480))
    inviter
      .invite({
        requestDelegate: {
          onReject: ({ message }) => {
            refusedWith = message.statusCode ?? 500
          },
        },
      })
      .catch(() => {
        refusedWith = 503
        resolve(503)
      })
  })
  return {
    outcome,
    ended,
    hangUp: () => {
      const { state } = inviter
      if (state === SessionState.Established) void inviter.bye().catch(() => undefined)
      else if (state === SessionState.Initial || state === SessionState.Establishing)
        void inviter.cancel().catch(() => undefined)
    },
  }
}
