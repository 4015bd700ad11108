/** An SBC that speaks SIP over TLS: what SIPp of Debian cannot. It answers every call, and says what it has heard. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server, type TLSSocket } from 'node:tls'
import { type SipMessage, SipReader, writeMessage } from '../../src/switch/tls/sip-stream.ts'
import type { Certificate } from './certificates.ts'

const SDP = ['v=0', 'o=sbc 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 21002 RTP/AVP 0', '']
const WITHIN_MS = 30_000

export const headerOf = ({ head }: SipMessage, name: string): string[] =>
  head
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((line) => line.slice(name.length + 1).trim())

const methodOf = ({ head }: SipMessage): string => head.split(' ')[0] ?? ''
const statusOf = ({ head }: SipMessage): number => Number(head.split(' ')[1])
const uriIn = (header: string): string => /<([^>]+)>/.exec(header)?.[1] ?? header

/** A call that the SBC has made, and that was answered. */
export interface SbcCall {
  readonly status: number
  readonly answer: SipMessage
  hangUp(): Promise<number>
}

export class TlsSbc {
  /** Requests that were heard, in order. */
  readonly heard: SipMessage[] = []
  /** Connections that were taken, and what came of the handshake. */
  readonly connections: TLSSocket[] = []
  readonly #server: Server | null
  readonly #contact: string
  readonly #answers: SipMessage[] = []
  #line: TLSSocket | null = null

  private constructor(server: Server | null, contact: string) {
    this.#server = server
    this.#contact = contact
  }

  /** Listens at an address, with this certificate. */
  static async listen(address: string, certificate: Certificate, port = 0): Promise<TlsSbc> {
    const options = { cert: certificate.cert, key: certificate.key, requestCert: true, rejectUnauthorized: false }
    const server = createServer(options)
    await new Promise<void>((resolve) => server.listen(port, address, resolve))
    const bound = server.address()
    const at = typeof bound === 'object' && bound !== null ? bound.port : 0
    const sbc = new TlsSbc(server, `<sip:sbc@${address}:${at};transport=tls;x-line=1>`)
    server.on('secureConnection', (socket) => sbc.#take(socket))
    server.on('tlsClientError', () => undefined)
    return sbc
  }

  /** One that only connects. */
  static caller(address: string): TlsSbc {
    return new TlsSbc(null, `<sip:sbc@${address}:5061;transport=tls>`)
  }

  get port(): number {
    return Number(/:(\d+);transport/.exec(this.#contact)?.[1])
  }

  get methods(): string[] {
    return this.heard.map(methodOf)
  }

  heardOf(method: string): SipMessage[] {
    return this.heard.filter((message) => methodOf(message) === method)
  }

  /** Connects to the switch from `address`; resolves when the handshake is done. Throws when it is refused. */
  async connect(
    to: { readonly port: number; readonly ca: string; readonly name: string },
    address: string,
    certificate: Certificate | null,
  ): Promise<TLSSocket> {
    const own = certificate ? { cert: certificate.cert, key: certificate.key } : {}
    // The other way round is checked too: we are who our certificate says.
    const options = { host: '127.0.0.1', port: to.port, localAddress: address, ca: to.ca, servername: to.name, ...own }
    const socket = connect(options)
    await once(socket, 'secureConnect')
    this.#line = socket
    this.#take(socket)
    return socket
  }

  /** Whether the switch has closed the connection, asked for until it has. */
  async isClosed(): Promise<boolean> {
    const line = this.#line
    if (line && !line.closed) await once(line, 'close')
    return true
  }

  /** Calls a number of the tenant over the connection. */
  async call(number: string, from: string, host: string, credentials?: Credentials): Promise<SbcCall> {
    const [callId, tag] = [randomBytes(8).toString('hex'), randomBytes(6).toString('hex')]
    const domain = credentials?.domain ?? host
    const uri = `sip:${number}@${domain}`
    const base = [`From: <sip:${from}@${domain}>;tag=${tag}`, `Call-ID: ${callId}`, 'Max-Forwards: 70']
    const sdp = SDP.join('\r\n')
    const invite = (cseq: number, more: string[] = []): void => {
      const headers = [...base, `To: <${uri}>`, `CSeq: ${cseq} INVITE`, `Contact: ${this.#contact}`, ...more]
      this.#send(`INVITE ${uri} SIP/2.0`, [...headers, 'Content-Type: application/sdp'], sdp)
    }
    const isFinal = (cseq: number) => (answer: SipMessage) =>
      headerOf(answer, 'CSeq')[0] === `${cseq} INVITE` &&
      headerOf(answer, 'Call-ID')[0] === callId &&
      statusOf(answer) >= 200
    invite(1)
    let cseq = 1
    let answer = await this.#answer(isFinal(1))
    if (statusOf(answer) === 407 && credentials) {
      this.#send(`ACK ${uri} SIP/2.0`, [...base, ...headerOf(answer, 'To').map((to) => `To: ${to}`), 'CSeq: 1 ACK'], '')
      cseq = 2
      invite(2, [
        `Proxy-Authorization: ${digest(headerOf(answer, 'Proxy-Authenticate')[0] ?? '', 'INVITE', uri, credentials)}`,
      ])
      answer = await this.#answer(isFinal(2))
    }
    const within = (method: string, number: number): void => {
      const isUp = statusOf(answer) < 300
      const routes = isUp
        ? headerOf(answer, 'Record-Route')
            .flatMap((line) => line.split(','))
            .toReversed()
        : []
      const target = isUp ? uriIn(headerOf(answer, 'Contact')[0] ?? '') : uri
      const headers = [...routes.map((route) => `Route: ${route.trim()}`), ...base, `To: ${headerOf(answer, 'To')[0]}`]
      this.#send(`${method} ${target} SIP/2.0`, [...headers, `CSeq: ${number} ${method}`], '')
    }
    within('ACK', cseq)
    return {
      status: statusOf(answer),
      answer,
      hangUp: async () => {
        within('BYE', cseq + 1)
        return statusOf(await this.#answer((one) => headerOf(one, 'CSeq')[0] === `${cseq + 1} BYE`))
      },
    }
  }

  /** Registers; gives the last answer’s status. */
  async register(credentials: Credentials): Promise<number> {
    const { username, domain } = credentials
    const uri = `sip:${domain}`
    const callId = randomBytes(8).toString('hex')
    const send = (cseq: number, more: string[] = []): void => {
      const who = `<sip:${username}@${domain}>`
      const headers = [`From: ${who};tag=1`, `To: ${who}`, `Call-ID: ${callId}`, `CSeq: ${cseq} REGISTER`]
      this.#send(`REGISTER ${uri} SIP/2.0`, [...headers, `Contact: ${this.#contact}`, 'Expires: 300', ...more], '')
    }
    const isOf = (cseq: number) => (answer: SipMessage) =>
      headerOf(answer, 'CSeq')[0] === `${cseq} REGISTER` &&
      headerOf(answer, 'Call-ID')[0] === callId &&
      statusOf(answer) >= 200
    send(1)
    const asked = await this.#answer(isOf(1))
    send(2, [`Authorization: ${digest(headerOf(asked, 'WWW-Authenticate')[0] ?? '', 'REGISTER', uri, credentials)}`])
    return statusOf(await this.#answer(isOf(2)))
  }

  async stop(): Promise<void> {
    for (const socket of this.connections) socket.destroy()
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()))
  }

  #take(socket: TLSSocket): void {
    const reader = new SipReader()
    this.connections.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', (piece: Buffer) => {
      for (const message of reader.read(piece)) this.#hear(message, socket)
    })
  }

  #hear(message: SipMessage, socket: TLSSocket): void {
    if (message.head.startsWith('SIP/2.0 ')) {
      this.#answers.push(message)
      return
    }
    this.heard.push(message)
    const reply = (status: string, body = ''): void => {
      const kept = ['Via', 'Record-Route', 'From', 'Call-ID', 'CSeq'].flatMap((name) =>
        headerOf(message, name).map((value) => `${name}: ${value}`),
      )
      const to = headerOf(message, 'To')[0] ?? ''
      const tagged = to.includes(';tag=') ? to : `${to};tag=sbc`
      const sdp = body === '' ? [] : ['Content-Type: application/sdp']
      const head = [`SIP/2.0 ${status}`, ...kept, `To: ${tagged}`, `Contact: ${this.#contact}`, ...sdp]
      const bytes = Buffer.from(body)
      socket.write(writeMessage({ head: [...head, `Content-Length: ${bytes.length}`].join('\r\n'), body: bytes }))
    }
    if (methodOf(message) === 'ACK') return
    if (methodOf(message) === 'INVITE') {
      reply('180 Ringing')
      reply('200 OK', SDP.join('\r\n'))
    } else reply('200 OK')
  }

  #send(start: string, headers: readonly string[], body: string): void {
    const address = /@([^;>]+)/.exec(this.#contact)?.[1]
    const via = `Via: SIP/2.0/TLS ${address};branch=z9hG4bK${randomBytes(8).toString('hex')};rport`
    const bytes = Buffer.from(body)
    const head = [start, via, ...headers, `Content-Length: ${bytes.length}`].join('\r\n')
    this.#line?.write(writeMessage({ head, body: bytes }))
  }

  async #answer(isIt: (answer: SipMessage) => boolean): Promise<SipMessage> {
    for (
      const giveUpAt = Date.now() + WITHIN_MS;
      Date.now() < giveUpAt;
      await new Promise((go) => setTimeout(go, 20))
    ) {
      const found = this.#answers.find(isIt)
      if (found) return found
      if (this.#line?.destroyed) break
    }
    throw new Error(`no answer; heard: ${this.#answers.map(({ head }) => head.split('\r\n')[0]).join(', ')}`)
  }
}

export interface Credentials {
  readonly username: string
  readonly password: string
  readonly domain: string
}

/** RFC 7616 with MD5 and `qop=auth`, as SBCs do it. */
function digest(challenge: string, method: string, uri: string, { username, password }: Credentials): string {
  const of = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? ''
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const [realm, nonce, cnonce] = [of('realm'), of('nonce'), randomBytes(6).toString('hex')]
  const secret = md5(`${username}:${realm}:${password}`)
  const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${uri}`)}`)
  const parts = { username, realm, nonce, uri, response, cnonce }
  const quoted = Object.entries(parts).map(([name, value]) => `${name}="${value}"`)
  return `Digest ${quoted.join(', ')}, algorithm=MD5, qop=auth, nc=00000001`
}
