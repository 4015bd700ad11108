/** The little of SDP (RFC 8866) that an anchored G.711 call needs. */

export interface Voice {
  readonly host: string
  readonly port: number
  /** 0 is PCMU, 8 is PCMA. */
  readonly payload: number
  /** Of telephone events (RFC 4733); null: the other side sends none. */
  readonly keys: number | null
}

const NAMES: Readonly<Record<number, string>> = { 0: 'PCMU/8000', 8: 'PCMA/8000' }

/** What the other side's description says of its voice; null: no G.711 in it, or no description. */
export function readSdp(sdp: string): Voice | null {
  const [, port, payloads = ''] = /^m=audio (\d+) \S+ (.*)$/m.exec(sdp) ?? []
  const [, host] = /^c=IN IP4 (\S+)/m.exec(sdp) ?? []
  const payload = payloads
    .trim()
    .split(' ')
    .map(Number)
    .find((one) => one in NAMES)
  if (port === undefined || host === undefined || payload === undefined) return null
  const [, keys] = /^a=rtpmap:(\d+) telephone-event\/8000/im.exec(sdp) ?? []
  return { host, port: Number(port), payload, keys: keys === undefined ? null : Number(keys) }
}

/** A description of one voice. */
export function writeSdp({ host, port, payload, keys }: Voice): string {
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${payload}${keys === null ? '' : ` ${keys}`}`,
    `a=rtpmap:${payload} ${NAMES[payload]}`,
    ...(keys === null ? [] : [`a=rtpmap:${keys} telephone-event/8000`, `a=fmtp:${keys} 0-16`]),
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n')
}
