/**
 * The speech of one caller, anchored in rtpengine: a call there with two tags, the customer's side and the media side. The media
 * side is nobody, or a telephone; it is pointed elsewhere by another offer and answer, and with `port-latching` the customer's port
 * stays the same, so the customer is never re-invited.
 */
import { randomUUID } from 'node:crypto'
import type { Ng } from './ng.ts'
import { readSdp, type Voice, writeSdp } from './sdp.ts'

/** Tags of the two sides. */
export const CUSTOMER = 'customer'
const MEDIA = 'media'

/** Ours among the calls of this rtpengine, which carries those of browsers too. */
export const LEG_PREFIX = 'attendant-'

const COMMON = {
  ICE: 'remove',
  'transport-protocol': 'RTP/AVP',
  flags: ['port-latching'],
  replace: ['origin', 'session-connection'],
}

/** Nobody listens on this port. */
const nobody = (voice: Voice): string => writeSdp({ ...voice, host: '127.0.0.1', port: 9 })

/** The other side's description has nothing that we speak. */
export class NoCommonCodec extends Error {
  override name = 'NoCommonCodec'
}

export class Leg {
  readonly id = `${LEG_PREFIX}${randomUUID()}`
  readonly #ng: Ng
  #voice: Voice | null = null
  /** The media side's last description. */
  #media: string | null = null
  /** Our description for the customer. */
  #answer: string | null = null

  constructor(ng: Ng) {
    this.#ng = ng
  }

  /** The customer's offer; gives our answer. Another one (hold, a new address) keeps what the customer is connected to. */
  async offered(sdp: string): Promise<void> {
    const voice = readSdp(sdp)
    if (voice === null) throw new NoCommonCodec('no G.711 in the offer')
    this.#voice = voice
    await this.#command('offer', { ...COMMON, 'from-tag': CUSTOMER, ...(this.#media ? { 'to-tag': MEDIA } : {}), sdp })
    this.#media ??= nobody(voice)
    const { sdp: answer } = await this.#command('answer', {
      ...COMMON,
      'from-tag': CUSTOMER,
      'to-tag': MEDIA,
      sdp: this.#media,
    })
    this.#answer = String(answer)
  }

  /** Our description for the customer. */
  get answer(): string {
    if (this.#answer === null) throw new Error('nothing was offered')
    return this.#answer
  }

  /** The description that a telephone is invited with. Transcoded, so that either kind of G.711 will do. */
  async offerToTelephone(): Promise<string> {
    return this.#offer({ codec: { transcode: ['PCMA', 'PCMU'] } })
  }

  /** The telephone's answer: from now on the two speak with each other. */
  async connect(sdp: string): Promise<void> {
    if (readSdp(sdp) === null) throw new NoCommonCodec('no G.711 in the answer')
    this.#media = sdp
    await this.#command('answer', { ...COMMON, 'from-tag': CUSTOMER, 'to-tag': MEDIA, sdp })
  }

  /** The telephone changes its description (hold, a new address); gives our answer to it. */
  async reofferedByTelephone(sdp: string): Promise<string> {
    this.#media = sdp
    await this.#command('offer', { ...COMMON, 'from-tag': MEDIA, 'to-tag': CUSTOMER, sdp })
    const { sdp: answer } = await this.#command('answer', {
      ...COMMON,
      'from-tag': MEDIA,
      'to-tag': CUSTOMER,
      sdp: writeSdp(this.#customer),
    })
    return String(answer)
  }

  /** Points the media side at nobody again, after a telephone that did not answer. */
  async park(): Promise<void> {
    await this.#offer({})
    this.#media = nobody(this.#customer)
    await this.#command('answer', { ...COMMON, 'from-tag': CUSTOMER, 'to-tag': MEDIA, sdp: this.#media })
  }

  /**
   * Plays a file to the customer, over and over if told; gives how long it takes. Only while the media side is nobody: what is
   * played is not mixed with what somebody says.
   */
  async play(file: string, { times = 1 }: { readonly times?: number } = {}): Promise<number | null> {
    const { duration } = await this.#command('play media', {
      'from-tag': CUSTOMER,
      file,
      ...(times === 1 ? {} : { 'repeat-times': times }),
    })
    return typeof duration === 'number' && duration > 0 ? duration : null
  }

  /** Stops what is played. There may be nothing. */
  async silence(): Promise<void> {
    await this.#command('stop media', { 'from-tag': CUSTOMER }).catch(() => undefined)
  }

  /** Does rtpengine know the call? One that has only begun counts as known. */
  async isKnown(): Promise<boolean> {
    if (this.#answer === null) return true
    return this.#command('query', {}).then(
      () => true,
      () => false,
    )
  }

  /** Takes the call out of rtpengine. Never throws: one that is gone is gone. */
  async end(): Promise<void> {
    if (this.#media !== null) await this.#command('delete', {}).catch(() => undefined)
  }

  get #customer(): Voice {
    if (this.#voice === null) throw new Error('nothing was offered')
    return this.#voice
  }

  async #offer(more: object): Promise<string> {
    const { sdp } = await this.#command('offer', {
      ...COMMON,
      'from-tag': CUSTOMER,
      'to-tag': MEDIA,
      sdp: writeSdp(this.#customer),
      ...more,
    })
    return String(sdp)
  }

  #command(command: string, details: object) {
    return this.#ng.command(command, { 'call-id': this.id, ...details })
  }
}
