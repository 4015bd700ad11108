/**
 * A test call (G3): the server is the telephone of a user for a few seconds. It speaks SIP to Kamailio with that user's digest secret, so
 * the call passes everything that a call of that user passes, and counts the packets of sound that come back.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'

export interface TestCallOptions {
  /** Where Kamailio takes calls. */
  readonly host: string
  readonly port: number
  readonly username: string
  readonly domain: string
  readonly ha1: string
  readonly number: string
  /** How long it may ring, and how long it is held. */
  readonly ringMs: number
  readonly holdMs: number
  readonly onRinging?: () => void
  readonly onAnswered?: () => void
}

export interface TestCallResult {
  readonly isAnswered: boolean
  /** The last answer to the call; null: none came. */
  readonly sipStatus: number | null
  readonly sipReason: string
  /** Our own refusal code, where the switch refused. */
  readonly refusal: string | null
  /** Packets of sound that came while it was up. */
  readonly packets: number
}

interface Answer {
  readonly status: number
  readonly reason: string
  readonly cseq: string
  readonly headers: ReadonlyMap<string, readonly string[]>
}

const RETRANSMIT_MS = 500
const END_MS = 2_000

/** Places the call and hangs up. Never throws for what the other side does; the sockets are closed in any case. */
export async function placeTestCall(options: TestCallOptions): Promise<TestCallResult> {
  const sip = createSocket('udp4')
  const media = createSocket('udp4')
  try {
    await Promise.all([bound(sip), bound(media)])
    return await new TestCall(options, sip, media).run()
  } finally {
    sip.close()
    media.close()
  }
}

const bound = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => socket.once('error', reject).bind(0, resolve))

class TestCall {
  readonly #options: TestCallOptions
  readonly #sip: Socket
  readonly #uri: string
  readonly #from: string
  readonly #callId = randomBytes(12).toString('hex')
  readonly #local: string
  readonly #sdp: string
  #packets = 0
  #answers: Answer[] = []
  #wake: () => void = () => undefined
  #isHungUp = false
  #rang = false

  constructor(options: TestCallOptions, sip: Socket, media: Socket) {
    this.#options = options
    this.#sip = sip
    const { host, number, domain, username } = options
    this.#local = `${host}:${sip.address().port}`
    this.#uri = `sip:${number}@${domain}`
    this.#from = `<sip:${username}@${domain}>;tag=${randomBytes(6).toString('hex')}`
    this.#sdp = [
      'v=0',
      `o=ringfence 1 1 IN IP4 ${host}`,
      's=test',
      `c=IN IP4 ${host}`,
      't=0 0',
      `m=audio ${media.address().port} RTP/AVP 0 8`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:8 PCMA/8000',
      '',
    ].join('\r\n')
    media.on('message', () => this.#packets++)
    media.on('error', () => undefined)
    sip.on('error', () => undefined)
    sip.on('message', (message) => this.#heard(message.toString('utf8')))
  }

  async run(): Promise<TestCallResult> {
    const first = await this.#invite(1, null)
    const challenge = first?.status === 407 ? first.headers.get('proxy-authenticate')?.[0] : undefined
    const final = challenge === undefined ? first : await this.#invite(2, challenge)
    if (final === null) return this.#result(null)
    if (final.status >= 300) return this.#result(final)
    const to = final.headers.get('to')?.[0] ?? `<${this.#uri}>`
    const route = (final.headers.get('record-route') ?? []).toReversed()
    const target = /<([^>]+)>/.exec(final.headers.get('contact')?.[0] ?? '')?.[1] ?? this.#uri
    const cseq = challenge === undefined ? 1 : 2
    const within = { uri: target, to, route }
    this.#send('ACK', cseq, within)
    this.#options.onAnswered?.()
    await this.#until(() => this.#isHungUp, this.#options.holdMs)
    if (!this.#isHungUp) {
      this.#send('BYE', cseq + 1, within)
      await this.#until(() => this.#answers.some((one) => one.cseq === `${cseq + 1} BYE`), END_MS)
    }
    return this.#result(final)
  }

  #result(final: Answer | null): TestCallResult {
    return {
      isAnswered: final !== null && final.status >= 200 && final.status < 300,
      sipStatus: final?.status ?? null,
      sipReason: final?.reason.slice(0, 100) ?? '',
      refusal: final?.headers.get('x-ringfence-refusal')?.[0] ?? null,
      packets: this.#packets,
    }
  }

  /** Sends an INVITE until somebody says something, and gives its final answer; null: it rang too long, or nobody was there. */
  async #invite(cseq: number, challenge: string | null): Promise<Answer | null> {
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`
    const credentials = challenge === null ? [] : [`Proxy-Authorization: ${this.#digest(challenge)}`]
    const send = (): void => this.#send('INVITE', cseq, { branch, headers: credentials, body: this.#sdp })
    const answers = (): Answer[] => this.#answers.filter((one) => one.cseq === `${cseq} INVITE`)
    const isFinal = (): boolean => answers().some(({ status }) => status >= 200)
    send()
    for (let again = 0; again < 6 && answers().length === 0; again++) {
      await this.#until(() => answers().length > 0, RETRANSMIT_MS)
      if (answers().length === 0) send()
    }
    await this.#until(isFinal, this.#options.ringMs)
    if (!isFinal()) {
      this.#send('CANCEL', cseq, { branch })
      await this.#until(isFinal, END_MS)
    }
    const final = answers().find(({ status }) => status >= 200) ?? null
    const to = final?.headers.get('to')?.[0]
    if (final && final.status >= 300) this.#send('ACK', cseq, { branch, ...(to === undefined ? {} : { to }) })
    return final
  }

  #send(
    method: string,
    cseq: number,
    parts: {
      readonly uri?: string
      readonly to?: string
      readonly branch?: string
      readonly route?: readonly string[]
      readonly headers?: readonly string[]
      readonly body?: string
    } = {},
  ): void {
    const { uri = this.#uri, to = `<${this.#uri}>`, route = [], headers = [], body = '' } = parts
    const branch = parts.branch ?? `z9hG4bK${randomBytes(8).toString('hex')}`
    const message = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.#local};branch=${branch}`,
      'Max-Forwards: 70',
      `From: ${this.#from}`,
      `To: ${to}`,
      `Call-ID: ${this.#callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:${this.#options.username}@${this.#local}>`,
      ...route.map((one) => `Route: ${one}`),
      ...headers,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n')
    this.#sip.send(message, this.#options.port, this.#options.host)
  }

  #heard(message: string): void {
    const [head = ''] = message.split('\r\n\r\n')
    const [first = '', ...lines] = head.split('\r\n')
    const headers = new Map<string, string[]>()
    for (const line of lines) {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).trim().toLowerCase()
      headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
    }
    const status = /^SIP\/2\.0 (\d{3}) (.*)$/.exec(first)
    if (status) {
      const cseq = headers.get('cseq')?.[0] ?? ''
      const answer = { status: Number(status[1]), reason: status[2] ?? '', cseq, headers }
      this.#answers.push(answer)
      if (answer.status > 100 && answer.status < 200 && !this.#rang) {
        this.#rang = true
        this.#options.onRinging?.()
      }
    } else if (/^(BYE|OPTIONS|NOTIFY|MESSAGE) /.test(first)) {
      if (first.startsWith('BYE')) this.#isHungUp = true
      const copied = ['via', 'from', 'to', 'call-id', 'cseq'].flatMap((name) =>
        (headers.get(name) ?? []).map((value) => `${name}: ${value}`),
      )
      const reply = ['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n')
      this.#sip.send(reply, this.#options.port, this.#options.host)
    }
    this.#wake()
  }

  /** Until something is so that a message can make so, or the time is over. */
  async #until(isSo: () => boolean, ms: number): Promise<void> {
    const end = Date.now() + ms
    while (!isSo() && Date.now() < end) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, end - Date.now()))
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  #digest(challenge: string): string {
    const field = (name: string): string => new RegExp(`${name}="?([^",]+)"?`).exec(challenge)?.[1] ?? ''
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
    const { username, ha1 } = this.#options
    const [realm, nonce] = [field('realm'), field('nonce')]
    const [nc, cnonce] = ['00000001', randomBytes(8).toString('hex')]
    const response = md5(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${md5(`INVITE:${this.#uri}`)}`)
    return `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${this.#uri}", qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}", algorithm=MD5`
  }
}
