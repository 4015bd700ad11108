/**
 * A telephone that really speaks: SIP and RTP over UDP on loopback, a tone for a voice, keys as RFC 4733, and ears that tell tones
 * apart. As small as the tests of attendants need it.
 */
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'

const HERTZ = 8_000
const FRAME = 160

export interface VoiceOptions {
  /** As a telephone that is called: how it answers. 180 first, then this. Never: it rings until somebody gives up. */
  readonly answers?: 200 | 486 | 'never'
  /** What it says, in Hz, once it is connected. */
  readonly tone?: number
  readonly port?: number
}

interface Dialog {
  readonly callId: string
  readonly local: string
  readonly remote: string
  readonly target: string
  readonly routes: readonly string[]
  readonly peer: { readonly host: string; readonly port: number }
  cseq: number
}

export class Voice {
  readonly #sip: Socket
  readonly #rtp: Socket
  readonly #options: VoiceOptions
  readonly port: number
  readonly #rtpPort: number
  #dialog: Dialog | null = null
  #media: { host: string; port: number } | null = null
  #timer: NodeJS.Timeout | undefined
  #sequence = 1
  #stamp = 0
  #phase = 0
  #keys: Buffer[] = []
  /** What was heard, as linear samples. */
  #heard: number[] = []
  #ssrcs = new Set<number>()
  /** Events of RFC 4733 by the time at which each began: a key comes in many packets. */
  readonly #keysHeard = new Map<number, number>()
  readonly #log: string[] = []
  #onMessage: (() => void)[] = []

  private constructor(sip: Socket, rtp: Socket, options: VoiceOptions) {
    this.#sip = sip
    this.#rtp = rtp
    this.#options = options
    this.port = sip.address().port
    this.#rtpPort = rtp.address().port
    sip.on('message', (message, { address, port }) => this.#message(message.toString(), { host: address, port }))
    rtp.on('message', (packet) => this.#packet(packet))
  }

  static async start(options: VoiceOptions = {}): Promise<Voice> {
    const [sip, rtp] = [createSocket('udp4'), createSocket('udp4')]
    await Promise.all([bound(sip, options.port ?? 0), bound(rtp, 0)])
    return new Voice(sip, rtp, options)
  }

  /** What happened: `180`, `200`, `INVITE`, `CANCEL`, `BYE` … */
  get log(): readonly string[] {
    return this.#log
  }

  /** Waits until `line` is in the log. Throws after `ms`. */
  async until(line: string, ms = 15_000): Promise<void> {
    const giveUpAt = Date.now() + ms
    while (!this.#log.includes(line)) {
      const left = giveUpAt - Date.now()
      if (left <= 0) throw new Error(`no ${line}; ${this.#log.join(' ')}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 500))
        this.#onMessage.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  /** Calls; resolves with the final status. An answer is acknowledged unless told. */
  async call(
    proxy: string,
    to: string,
    { acknowledge = true, headers = [] }: { readonly acknowledge?: boolean; readonly headers?: readonly string[] } = {},
  ): Promise<number> {
    const [host = '', port = ''] = proxy.split(':')
    const uri = `sip:${to}@carrier.test`
    const callId = `${randomBytes(8).toString('hex')}@voice`
    const local = `<sip:+12125550123@carrier.test>;tag=${randomBytes(4).toString('hex')}`
    this.#dialog = {
      callId,
      local,
      remote: `<${uri}>`,
      target: uri,
      routes: [],
      peer: { host, port: Number(port) },
      cseq: 1,
    }
    this.#isAcknowledging = acknowledge
    this.#headers = headers
    this.#send('INVITE', this.#sdp)
    for (const giveUpAt = Date.now() + 15_000; Date.now() < giveUpAt; ) {
      const final = this.#log.find((line) => /^[2-6]\d\d$/.test(line))
      if (final) return Number(final)
      await this.#soon()
    }
    throw new Error('no answer to the call')
  }

  #isAcknowledging = true
  #headers: readonly string[] = []

  /** Presses a key: RFC 4733, three packets of the beginning and three of the end. */
  press(key: string): void {
    const event = '0123456789*#'.indexOf(key)
    for (const [isEnd, duration] of [
      [0, 160],
      [0, 320],
      [0, 480],
      [1, 640],
      [1, 640],
      [1, 640],
    ] as const) {
      this.#keys.push(Buffer.from([event, isEnd ? 0x8a : 0x0a, duration >> 8, duration & 255]))
    }
  }

  /** Presses a key by SIP INFO. */
  inform(key: string): void {
    this.#send('INFO', `Signal=${key}\r\nDuration=160\r\n`, 'application/dtmf-relay')
  }

  hangUp(): void {
    clearInterval(this.#timer)
    this.#send('BYE')
  }

  /** Forgets what was heard until now. */
  listenAnew(): void {
    this.#heard = []
    this.#ssrcs = new Set()
  }

  /** The strongest of `tones` in the last half second, or null: silence, or less than that was heard. */
  hears(tones: readonly number[]): number | null {
    const last = this.#heard.slice(-HERTZ / 2)
    if (last.length < HERTZ / 2) return null
    const strengths = tones.map((tone) => strengthOf(last, tone))
    const best = Math.max(...strengths)
    return best < 500 ? null : (tones[strengths.indexOf(best)] ?? null)
  }

  /** Waits until it hears `tone` and not one of `others`. */
  async untilItHears(tone: number, others: readonly number[], ms = 15_000): Promise<void> {
    const tones = [tone, ...others.filter((other) => other !== tone)]
    for (const giveUpAt = Date.now() + ms; Date.now() < giveUpAt; await this.#soon()) {
      if (this.hears(tones) === tone) return
    }
    throw new Error(`never heard ${tone} Hz; hears ${this.hears(tones)}; ${this.#log.join(' ')}`)
  }

  /** The keys that the other side has pressed. */
  get keysHeard(): string {
    return [...this.#keysHeard.values()].map((event) => '0123456789*#'[event] ?? '?').join('')
  }

  /** Senders that were heard since `listenAnew`: two at once are a garble. */
  get senders(): number {
    return this.#ssrcs.size
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#sip.close()
    this.#rtp.close()
  }

  // -- SIP -------------------------------------------------------------------------------------------------------------

  get #sdp(): string {
    return [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${this.#rtpPort} RTP/AVP 0 101`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      '',
    ].join('\r\n')
  }

  #send(method: string, body = '', type = 'application/sdp'): void {
    const dialog = this.#dialog
    if (!dialog) throw new Error('no call')
    if (method !== 'ACK' && method !== 'INVITE') dialog.cseq += 1
    const lines = [
      `${method} ${dialog.target} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${randomBytes(6).toString('hex')}`,
      'Max-Forwards: 70',
      `From: ${dialog.local}`,
      `To: ${dialog.remote}`,
      `Call-ID: ${dialog.callId}`,
      `CSeq: ${dialog.cseq} ${method}`,
      `Contact: <sip:voice@127.0.0.1:${this.port}>`,
      ...dialog.routes.map((route) => `Route: ${route}`),
      ...(method === 'INVITE' ? this.#headers : []),
      ...(body === '' ? [] : [`Content-Type: ${type}`]),
      `Content-Length: ${body.length}`,
      '',
      body,
    ]
    this.#sip.send(lines.join('\r\n'), dialog.peer.port, dialog.peer.host)
  }

  #message(text: string, peer: Dialog['peer']): void {
    const [first = ''] = text.split('\r\n')
    const response = /^SIP\/2.0 (\d+)/.exec(first)?.[1]
    if (response) this.#response(response, text)
    else this.#request(first.split(' ')[0] ?? '', text, peer)
    for (const listener of this.#onMessage.splice(0)) listener()
  }

  #response(status: string, text: string): void {
    const dialog = this.#dialog
    if (!dialog || !/^CSeq: *\d+ INVITE/im.test(text) || status === '100') return
    const isNew = !this.#log.includes(status)
    this.#log.push(status)
    if (Number(status) < 200) return
    const next = { ...dialog, remote: header(text, 'To')[0] ?? '' }
    this.#dialog = next
    if (status === '200') {
      const routes = header(text, 'Record-Route').toReversed()
      this.#dialog = { ...next, target: contactOf(text), routes }
      if (isNew) this.#connect(text)
    }
    // The ACK of a refusal belongs to the INVITE, which Kamailio finds without its branch as well.
    if (this.#isAcknowledging) this.#send('ACK')
  }

  #request(method: string, text: string, peer: Dialog['peer']): void {
    this.#log.push(method)
    if (method === 'ACK') return
    if (method === 'INVITE' && !this.#dialog) {
      this.#dialog = {
        callId: header(text, 'Call-ID')[0] ?? '',
        local: `${header(text, 'To')[0]};tag=${randomBytes(4).toString('hex')}`,
        remote: header(text, 'From')[0] ?? '',
        target: contactOf(text),
        routes: header(text, 'Record-Route'),
        peer,
        cseq: 100,
      }
      this.#invited = text
      this.#reply(text, '180 Ringing', peer)
      const { answers = 200 } = this.#options
      if (answers === 486) this.#reply(text, '486 Busy Here', peer)
      if (answers === 200) {
        this.#connect(text)
        this.#reply(text, '200 OK', peer, this.#sdp)
      }
      return
    }
    this.#reply(text, '200 OK', peer)
    if (method === 'CANCEL' && this.#invited) this.#reply(this.#invited, '487 Request Terminated', peer)
    if (method === 'BYE') clearInterval(this.#timer)
    if (method === 'BYE' || method === 'CANCEL') this.#dialog = null
  }

  #invited: string | null = null

  /** The INVITE that it got. */
  get invited(): string {
    return this.#invited ?? ''
  }

  #reply(request: string, status: string, peer: Dialog['peer'], body = ''): void {
    const to = this.#dialog && /^INVITE|^CANCEL/.test(request) ? this.#dialog.local : header(request, 'To')[0]
    const lines = [
      `SIP/2.0 ${status}`,
      ...header(request, 'Via').map((via) => `Via: ${via}`),
      ...header(request, 'Record-Route').map((route) => `Record-Route: ${route}`),
      `From: ${header(request, 'From')[0]}`,
      `To: ${to}`,
      `Call-ID: ${header(request, 'Call-ID')[0]}`,
      `CSeq: ${header(request, 'CSeq')[0]}`,
      `Contact: <sip:voice@127.0.0.1:${this.port}>`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ]
    this.#sip.send(lines.join('\r\n'), peer.port, peer.host)
  }

  #soon(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 20))
  }

  // -- speech ----------------------------------------------------------------------------------------------------------

  #connect(sdp: string): void {
    const [, host = ''] = /^c=IN IP4 (\S+)/m.exec(sdp) ?? []
    const [, port = ''] = /^m=audio (\d+)/m.exec(sdp) ?? []
    this.#media = { host, port: Number(port) }
    this.#timer ??= setInterval(() => this.#frame(), 20)
  }

  #frame(): void {
    if (!this.#media) return
    const key = this.#keys.shift()
    const head = Buffer.alloc(12)
    head[0] = 0x80
    head[1] = key ? 101 : 0
    head.writeUInt16BE(this.#sequence++ & 0xffff, 2)
    // A key has the time at which it was pressed, in all of its packets.
    if (!key) this.#stamp += FRAME
    head.writeUInt32BE(this.#stamp >>> 0, 4)
    head.writeUInt32BE(this.port, 8)
    if (key && this.#keys.length % 6 === 0) this.#stamp += FRAME * 10
    this.#rtp.send(Buffer.concat([head, key ?? this.#speech()]), this.#media.port, this.#media.host)
  }

  #speech(): Buffer {
    const { tone } = this.#options
    return Buffer.from(
      Array.from({ length: FRAME }, () => {
        const sample = tone === undefined ? 0 : 8_000 * Math.sin((2 * Math.PI * tone * this.#phase++) / HERTZ)
        return toMuLaw(Math.round(sample))
      }),
    )
  }

  #packet(packet: Buffer): void {
    const type = (packet[1] ?? 0) & 0x7f
    if (packet.length >= 16 && type === 101) this.#keysHeard.set(packet.readUInt32BE(4), packet[12] ?? 0)
    if (packet.length < 12 || type !== 0) return
    this.#ssrcs.add(packet.readUInt32BE(8))
    for (const byte of packet.subarray(12)) this.#heard.push(fromMuLaw(byte))
  }
}

function bound(socket: Socket, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, '127.0.0.1', resolve)
  })
}

const header = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(`^${name}: *(.*)\\r$`, 'gim'))].flatMap(([, value = '']) =>
    name === 'Record-Route' ? value.split(/, */) : [value],
  )

const contactOf = (text: string): string => /<([^>]+)>/.exec(header(text, 'Contact')[0] ?? '')?.[1] ?? ''

/** Amplitude of one tone in a stretch of samples (Goertzel). */
function strengthOf(samples: readonly number[], tone: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * tone) / HERTZ)
  let [a, b] = [0, 0]
  for (const sample of samples) [a, b] = [sample + factor * a - b, a]
  return (2 * Math.sqrt(a * a + b * b - factor * a * b)) / samples.length
}

/** G.711 µ-law. */
function toMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0
  const value = Math.min(Math.abs(sample), 32_635) + 132
  const exponent = Math.max(0, Math.floor(Math.log2(value)) - 7)
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 15)) & 255
}

function fromMuLaw(byte: number): number {
  const value = ~byte & 255
  const magnitude = ((((value & 15) << 3) + 132) << ((value >> 4) & 7)) - 132
  return value & 128 ? -magnitude : magnitude
}

/** A WAV file that is a tone: a prompt that a test can recognise. */
export function toneWav(tone: number, seconds: number): Buffer {
  const wav = Buffer.alloc(44 + HERTZ * seconds * 2)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(wav.length - 8, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(HERTZ, 24)
  wav.writeUInt32LE(HERTZ * 2, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(wav.length - 44, 40)
  for (let at = 0; at < HERTZ * seconds; at++) {
    wav.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * tone * at) / HERTZ)), 44 + 2 * at)
  }
  return wav
}
