/** SIP on a stream of bytes, as far as a relay needs it: where messages begin and end, and an answer in place of one that cannot be sent on. */

/** One message: its lines up to the empty one, and its body. */
export interface SipMessage {
  readonly head: string
  readonly body: Buffer
}

const HEAD_MAX = 64 * 1024
const BODY_MAX = 64 * 1024

/** What arrived is no SIP, or more than anybody needs. */
export class NotSip extends Error {
  override name = 'NotSip'
}

/** Puts messages together from pieces. Line breaks between messages, which keep connections alive, are left out. */
export class SipReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The messages that are whole now. Throws `NotSip`. */
  read(piece: Buffer): SipMessage[] {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const messages: SipMessage[] = []
    for (;;) {
      const start = this.#rest.findIndex((byte) => byte !== 13 && byte !== 10)
      this.#rest = start === -1 ? Buffer.alloc(0) : this.#rest.subarray(start)
      const end = this.#rest.indexOf('\r\n\r\n')
      if (end === -1) {
        if (this.#rest.length > HEAD_MAX || !looksLikeSip(this.#rest)) throw new NotSip('no SIP message')
        return messages
      }
      const head = this.#rest.subarray(0, end).toString('utf8')
      if (end > HEAD_MAX || !START_LINE.test(head)) throw new NotSip('no SIP message')
      const length = Number(/^(?:Content-Length|l)[ \t]*:[ \t]*(\d{1,6})[ \t]*$/im.exec(head)?.[1] ?? 0)
      if (length > BODY_MAX) throw new NotSip('a body that is too long')
      if (this.#rest.length < end + 4 + length) return messages
      messages.push({ head, body: this.#rest.subarray(end + 4, end + 4 + length) })
      this.#rest = this.#rest.subarray(end + 4 + length)
    }
  }
}

const START_LINE = /^(?:SIP\/2\.0 [1-6]\d\d |[A-Z]{1,32} \S{1,4096} SIP\/2\.0(?:\r\n|$))/

/** Another protocol is noticed before it has said all that it wants to. */
function looksLikeSip(bytes: Buffer): boolean {
  return /^[A-Z]/.test(bytes.subarray(0, 1).toString('latin1')) || bytes.length === 0
}

export const writeMessage = ({ head, body }: SipMessage): Buffer =>
  Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body])

const isRequest = ({ head }: SipMessage): boolean => !head.startsWith('SIP/2.0 ')

/** What the sender of a request is told in place of the SBC; null for an ACK and for answers, which nobody answers. */
export function answerInstead(message: SipMessage, status: number, reason: string): SipMessage | null {
  if (!isRequest(message) || message.head.startsWith('ACK ')) return null
  const kept = message.head.split('\r\n').filter((line) => /^(?:Via|v|From|f|To|t|Call-ID|i|CSeq)[ \t]*:/i.test(line))
  const tagged = kept.map((line) =>
    /^(?:To|t)[ \t]*:/i.test(line) && !/;tag=/i.test(line) ? `${line};tag=rf-tls` : line,
  )
  return { head: [`SIP/2.0 ${status} ${reason}`, ...tagged, 'Content-Length: 0'].join('\r\n'), body: Buffer.alloc(0) }
}

/** Both ways of a TLS connection: Kamailio sees a neighbour on loopback over TCP, the SBC sees us over TLS. */
export interface Translation {
  /** `host:port` where SBCs come over TLS. Kamailio names its inner side so, with TCP. */
  readonly outer: string
  /** `127.0.0.1:port` where Kamailio finds the SBC. */
  readonly inner: string
  /** `host:port` of the SBC, where it is at a fixed address: requests to `inner` are for it. */
  readonly sbc: string | null
}

const OWN_CONTACT = /sip:([^\s<>;,@]*@)?127\.0\.0\.1:\d+;transport=tcp;rfc=([A-Za-z0-9_-]+)/g

/**
 * The SBC’s own address in place of ours, for whom it may have become in the meantime: a call to one that registers names the number. Anybody
 * may send what looks like ours, so nothing but an address comes of it.
 */
function addressKept(whole: string, user: string, kept: string): string {
  const [, scheme, rest] = /^(sips?):([^\s<>"@]+)$/i.exec(Buffer.from(kept, 'base64url').toString('utf8')) ?? []
  return scheme === undefined ? whole : `${scheme}:${user}${rest}`
}

/** From Kamailio to the SBC. */
export function outward(message: SipMessage, { outer, inner, sbc }: Translation): SipMessage {
  const head = message.head
    .replaceAll(OWN_CONTACT, (whole, user: string | undefined, kept: string) => addressKept(whole, user ?? '', kept))
    .replaceAll(`SIP/2.0/TCP ${outer}`, `SIP/2.0/TLS ${outer}`)
    .replaceAll(`${outer};transport=tcp`, `${outer};transport=tls`)
  return { ...message, head: sbc === null ? head : head.replaceAll(`${inner};transport=tcp`, `${sbc};transport=tls`) }
}

/**
 * From the SBC to Kamailio. Its own address in Contact would have Kamailio, and telephones, look for it there: it is `inner` for them, and
 * what it really said comes back with each request that is for it.
 */
export function inward(message: SipMessage, { outer, inner }: Translation): SipMessage {
  const head = message.head
    .split('\r\n')
    .map((line) => (/^(?:Contact|m)[ \t]*:/i.test(line) ? contactInward(line, inner) : line))
    .join('\r\n')
    .replaceAll(`SIP/2.0/TLS ${outer}`, `SIP/2.0/TCP ${outer}`)
    .replaceAll(`${outer};transport=tls`, `${outer};transport=tcp`)
  return { ...message, head }
}

function contactInward(line: string, inner: string): string {
  return line.replaceAll(
    /(<)?(sips?:[^\s<>,;]+(?:;[^\s<>,]*)?)(>)?/gi,
    (whole, open: string | undefined, uri: string) => {
      // Without brackets what follows the semicolon is of the header, not of the address.
      const address = open === undefined ? (uri.split(';')[0] ?? uri) : uri
      const after = open === undefined ? uri.slice(address.length) : ''
      const [, scheme = 'sip', user = '', rest = ''] = /^(sips?):([^@]*@)?(.*)$/i.exec(address) ?? []
      const own = `sip:${user}${inner};transport=tcp;rfc=${Buffer.from(`${scheme}:${rest}`).toString('base64url')}`
      return whole.startsWith('<') ? `<${own}>` : `<${own}>${after}`
    },
  )
}
