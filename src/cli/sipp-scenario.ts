/**
 * Scenarios for SIPp, the SIP test tool: a caller, a phone that registers, and a party that answers (carrier or colleague).
 * Written out from a few parts, because SIPp's XML has no functions and every message repeats the same eight headers.
 */

/** The line of a description of speech that is never sent. */
export const NO_SPEECH = 'm=audio 21000 RTP/AVP 0\n'

/** The same for speech, and keys, at this UDP port. */
export const speechAt = (port: number): string => `m=audio ${port} RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n`

const SDP = `v=0
o=ringfence 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
${NO_SPEECH}a=rtpmap:0 PCMU/8000
`

const CRLF_END = '\n\n'

/** SIP statuses that a call may be refused with; each ends the caller's scenario in the same way. */
const FINAL_STATUSES = [400, 402, 403, 404, 407, 408, 480, 481, 482, 483, 484, 486, 487, 488, 500, 503, 603] as const

const document = (name: string, body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${body}\n</scenario>\n`

const send = (message: string, attributes = 'retrans="500"'): string =>
  `<send ${attributes}><![CDATA[\n${message.trimEnd()}${CRLF_END}]]></send>`

const log = (message: string): string => `<log message="${message} at=[clock_tick]"/>`

const actions = (...lines: string[]): string => `<action>${lines.join('')}</action>`

interface Party {
  readonly domain: string
  readonly username: string
}

interface RequestParts {
  readonly uri: string
  readonly cseq: number
  readonly to?: string
  readonly via?: string
  readonly headers?: readonly string[]
  readonly body?: boolean
  /** Another body than a description of speech. */
  readonly text?: { readonly type: string; readonly body: string }
}

const NEW_BRANCH = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]'
/** An ACK of a refusal and a CANCEL belong to the transaction of their INVITE. */
const SAME_BRANCH = '[last_Via:]'

function request(method: string, from: Party, parts: RequestParts): string {
  return [
    `${method} ${parts.uri} SIP/2.0`,
    parts.via ?? NEW_BRANCH,
    'Max-Forwards: 70',
    `From: <sip:${from.username}@${from.domain}>;tag=[pid]U[call_number]`,
    parts.to ?? '[last_To:]',
    'Call-ID: [call_id]',
    `CSeq: ${parts.cseq} ${method}`,
    ...(parts.headers ?? []),
    ...(parts.text ? [`Content-Type: ${parts.text.type}`, 'Content-Length: [len]', '', parts.text.body] : []),
    ...(parts.text
      ? []
      : parts.body
        ? ['Content-Type: application/sdp', 'Content-Length: [len]', '', SDP]
        : ['Content-Length: 0']),
  ].join('\n')
}

const response = (status: string, headers: readonly string[] = [], body = false): string =>
  [
    `SIP/2.0 ${status}`,
    '[last_Via:]',
    '[last_Record-Route:]',
    '[last_From:]',
    '[last_To:]',
    '[last_Call-ID:]',
    '[last_CSeq:]',
    ...headers,
    ...(body ? ['Content-Type: application/sdp', 'Content-Length: [len]', '', SDP] : ['Content-Length: 0']),
  ].join('\n')

export interface CallerOptions {
  readonly domain: string
  readonly username: string
  /** Null: from a trunk, or an emergency call, which nobody is asked to authenticate. */
  readonly password: string | null
  /** The name of the password, where it is not that of who calls: an SBC calls with the numbers of others. */
  readonly passwordOf?: string
  /** What the user dials. */
  readonly to: string
  /** Hang up this long after the answer; until then the other side or the switch may. */
  readonly holdMs: number
  /** Give up this long after the switch has taken the call (100 Trying), or the phone rings, or a second one does. */
  readonly cancel?: { readonly after: 'trying' | 'ringing' | 'ringing-elsewhere'; readonly waitMs: number }
  /** Press these keys (SIP INFO), the first this long after the answer, the others as long after each other. */
  readonly press?: { readonly keys: string; readonly afterMs: number }
  /** Send a re-INVITE this long after the answer. */
  readonly reinviteAfterMs?: number
}

/**
 * One call. Its log has `answered`, then `ended by=caller` or `ended by=other`, or else `refused status=… code=…`; each with
 * `at=` milliseconds of SIPp's clock.
 */
export function callerScenario(options: CallerOptions): string {
  if (options.password === null)
    return document('caller', [...invite(options, 1, []), ...call(options, 1), END].join('\n'))
  const credentials = `[authentication username=${options.passwordOf ?? options.username} password=${options.password}]`
  return document(
    'caller',
    [
      ...invite(options, 1, []),
      '<recv response="100" optional="true"/>',
      // An emergency call is put through without a question, whatever the telephone is prepared for.
      '<recv response="180" optional="true" next="unchallenged"/>',
      '<recv response="503" optional="true" next="unavailable"/>',
      '<recv response="407" auth="true"/>',
      send(request('ACK', options, { uri: uriOf(options), cseq: 1, via: SAME_BRANCH }), ''),
      ...invite(options, 2, [credentials]),
      ...call(options, 2),
      '<label id="unchallenged"/>',
      ...call(options, 1),
      '<label id="unavailable"/>',
      send(request('ACK', options, { uri: uriOf(options), cseq: 1, via: SAME_BRANCH }), ''),
      `<nop>${actions(log('refused status=503 code= before=authentication'))}</nop>`,
      END,
    ].join('\n'),
  )
}

const END = '<label id="end"/>'

const uriOf = (options: CallerOptions): string => `sip:${options.to}@${options.domain}`

const contactOf = (options: CallerOptions): string => `Contact: <sip:${options.username}@[local_ip]:[local_port]>`

function invite(options: CallerOptions, cseq: number, headers: readonly string[]): string[] {
  const to = `To: <${uriOf(options)}>`
  return [
    send(
      request('INVITE', options, {
        uri: uriOf(options),
        to,
        cseq,
        headers: [contactOf(options), ...headers],
        body: true,
      }),
    ),
  ]
}

const RINGING = '<recv response="180"/>'
const RINGS = {
  trying: ['<recv response="180" optional="true"/>'],
  ringing: [RINGING],
  'ringing-elsewhere': [RINGING, RINGING],
} as const

/** Everything after the INVITE that counts, which had this CSeq; jumps to the end. */
function call(options: CallerOptions, cseq: number): string[] {
  const [hangup, refused] = [`hangup${cseq}`, `refused${cseq}`]
  const uri = uriOf(options)
  const presses = [...(options.press?.keys ?? '')]
  const inDialog = (method: string, number: number, headers: readonly string[] = []): string =>
    request(method, options, { uri: '[next_url]', cseq: number, headers: ['[routes]', ...headers] })
  return [
    ...(options.cancel?.after === 'trying' ? ['<recv response="100"/>', ...cancelPart(options, cseq)] : []),
    '<recv response="100" optional="true"/>',
    '<recv response="183" optional="true"/>',
    ...RINGS[options.cancel?.after ?? 'trying'],
    ...(options.cancel && options.cancel.after !== 'trying' ? cancelPart(options, cseq) : []),
    // The 200 that answers a CANCEL has another CSeq; SIPp tells them apart.
    ...FINAL_STATUSES.map(
      (status) => `<recv response="${status}" optional="true" next="${refused}">${refusalLog(status)}</recv>`,
    ),
    '<recv response="200" rrs="true"/>',
    send(inDialog('ACK', cseq), ''),
    `<nop>${actions(log('answered'))}</nop>`,
    ...(options.reinviteAfterMs === undefined
      ? []
      : [
          `<pause milliseconds="${options.reinviteAfterMs}"/>`,
          send(inDialog('INVITE', cseq + 1, [contactOf(options)])),
          '<recv response="100" optional="true"/>',
          '<recv response="200"/>',
          send(inDialog('ACK', cseq + 1), ''),
        ]),
    ...presses.flatMap((key, index) => [
      `<pause milliseconds="${options.press?.afterMs ?? 0}"/>`,
      send(
        request('INFO', options, {
          uri: '[next_url]',
          cseq: cseq + 2 + index,
          headers: ['[routes]'],
          text: { type: 'application/dtmf-relay', body: `Signal=${key}\nDuration=160` },
        }),
      ),
      '<recv response="200"/>',
      `<nop>${actions(log(`pressed key=${key}`))}</nop>`,
    ]),
    `<recv request="BYE" timeout="${options.holdMs}" ontimeout="${hangup}"/>`,
    send(response('200 OK'), ''),
    `<nop next="end">${actions(log('ended by=other'))}</nop>`,
    `<label id="${hangup}"/>`,
    `<nop>${actions(log('ended by=caller'))}</nop>`,
    send(inDialog('BYE', cseq + 2 + presses.length)),
    // Who hangs up while the switch does the same gets 481 for the second BYE.
    '<recv response="481" optional="true" next="end"/>',
    '<recv response="200" next="end"/>',
    `<label id="${refused}"/>`,
    send(request('ACK', options, { uri, cseq, via: SAME_BRANCH }), 'next="end"'),
  ]
}

const refusalLog = (status: number): string =>
  actions(
    '<ereg regexp="[a-z-]+" search_in="hdr" header="X-Ringfence-Refusal:" assign_to="code"/>',
    log(`refused status=${status} code=[$code]`),
  )

/** Gives up; what comes after is for `call`. CANCEL and INVITE may be answered in any order (RFC 3261 9.2), and ring meanwhile. */
function cancelPart(options: CallerOptions, cseq: number): string[] {
  const { waitMs = 0 } = options.cancel ?? {}
  const uri = uriOf(options)
  const cancel = request('CANCEL', options, { uri, to: `To: <${uri}>`, cseq, via: SAME_BRANCH })
  return [
    ...(waitMs === 0 ? [] : [`<pause milliseconds="${waitMs}"/>`]),
    send(cancel),
    '<recv response="180" optional="true"/>',
    `<recv response="487" optional="true" next="given-up${cseq}">${refusalLog(487)}</recv>`,
    `<recv response="200" next="cancelled${cseq}"/>`,
    `<label id="given-up${cseq}"/>`,
    send(request('ACK', options, { uri, cseq, via: SAME_BRANCH }), ''),
    '<recv response="200" next="end"/>',
    `<label id="cancelled${cseq}"/>`,
  ]
}

export interface RegisterOptions {
  readonly domain: string
  readonly username: string
  readonly password: string
  /** Where calls to this user shall ring. */
  readonly contact: string
}

/** Registers a phone. Its log has `registered` or `refused status=401`. */
export function registerScenario(options: RegisterOptions): string {
  const from: Party = options
  const register = (cseq: number, headers: string[]): string =>
    send(
      request('REGISTER', from, {
        uri: `sip:${options.domain}`,
        to: `To: <sip:${options.username}@${options.domain}>`,
        cseq,
        headers: [`Contact: <sip:${options.username}@${options.contact}>`, 'Expires: 300', ...headers],
      }),
    )
  return document(
    'register',
    [
      register(1, []),
      '<recv response="100" optional="true"/>',
      '<recv response="401" auth="true"/>',
      register(2, [`[authentication username=${options.username} password=${options.password}]`]),
      '<recv response="100" optional="true"/>',
      `<recv response="401" optional="true" next="end">${actions(log('refused status=401'))}</recv>`,
      `<recv response="503" optional="true" next="end">${actions(log('refused status=503'))}</recv>`,
      `<recv response="200">${actions(log('registered'))}</recv>`,
      '<label id="end"/>',
    ].join('\n'),
  )
}

export interface AnswererOptions {
  /** How long it rings before it answers. */
  readonly answerAfterMs?: number
  /** How long after the answer a number ending in 777 hangs up. */
  readonly hangUpAfterMs?: number
  /** Rings for ever and says so every second, or is busy, whatever number is called. */
  readonly takesNoCall?: 'rings' | 'busy'
}

/**
 * A carrier or a phone, for any number of calls. Called numbers ending in 486 are busy, 999 ring for ever, 777 hang up by
 * themselves, all others answer. Its log has `invite …`, `answered`, `bye`, `message …` with the Call-ID.
 */
export function answererScenario(options: AnswererOptions = {}): string {
  const { answerAfterMs = 60, hangUpAfterMs = 2_000, takesNoCall } = options
  const contact = 'Contact: <sip:answerer@[local_ip]:[local_port]>'
  // The tag must be the same in all answers to one INVITE, and later requests carry it themselves.
  const first = (status: string, body = false): string =>
    response(status, [contact], body).replace('[last_To:]', '[last_To:];tag=[pid]A[call_number]')
  const ereg = (regexp: string, name: string): string =>
    `<ereg regexp="${regexp}" search_in="msg" assign_to="${name}"/>`
  return document(
    'answerer',
    [
      `<recv request="MESSAGE" optional="true" next="message">${actions(
        '<ereg regexp="[^\\n]*$" search_in="body" assign_to="text"/>',
        log('message call=[call_id] text=[$text]'),
      )}</recv>`,
      `<recv request="INVITE" rrs="true">${actions(
        ereg('INVITE sip:[0-9+]*486@', 'busy'),
        ereg('INVITE sip:[0-9+]*999@', 'ring'),
        ereg('INVITE sip:[0-9+]*777@', 'hang'),
        '<ereg regexp="INVITE sip:([^@ ;]*)" search_in="msg" assign_to="line,dialled"/>',
        '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>',
        '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>',
        '<ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="cseq"/>',
        '<ereg regexp=".*" search_in="hdr" header="P-Asserted-Identity:" assign_to="identity"/>',
        '<ereg regexp=".*" search_in="hdr" header="Privacy:" assign_to="privacy"/>',
        '<ereg regexp=".*" search_in="hdr" header="X-Ringfence-Location:" assign_to="place"/>',
        '<ereg regexp=".*" search_in="hdr" header="Diversion:" assign_to="diverted"/>',
        log(
          'invite call=[call_id] dialled=[$dialled] diverted=[$diverted] identity=[$identity] privacy=[$privacy] place=[$place]',
        ),
      )}</recv>`,
      '<Reference variables="busy,ring,hang,from,to,cseq,line,dialled,diverted,identity,privacy,place,text"/>',
      takesNoCall === 'busy' ? '<nop next="busy"/>' : '<nop next="busy" test="busy"/>',
      send(first('180 Ringing'), ''),
      takesNoCall === 'rings' ? '<nop next="ring"/>' : '<nop next="ring" test="ring"/>',
      // Sent back to back, two answers may overtake each other among the workers of the switch, and SIPp wants them in order.
      `<pause milliseconds="${answerAfterMs}"/>`,
      send(first('200 OK', true)),
      `<recv request="ACK">${actions(log('answered call=[call_id]'))}</recv>`,
      '<nop next="hang" test="hang"/>',
      '<label id="talk"/>',
      '<recv request="INVITE" optional="true" next="reinvite"/>',
      `<recv request="BYE">${actions(log('bye call=[call_id]'))}</recv>`,
      send(response('200 OK'), 'next="end"'),
      '<label id="reinvite"/>',
      send(response('200 OK', [contact], true)),
      '<recv request="ACK" next="talk"/>',
      '<label id="hang"/>',
      `<pause milliseconds="${hangUpAfterMs}"/>`,
      send(
        [
          'BYE [next_url] SIP/2.0',
          NEW_BRANCH,
          '[routes]',
          'From: [$to];tag=[pid]A[call_number]',
          'To: [$from]',
          'Call-ID: [call_id]',
          'CSeq: 1 BYE',
          'Max-Forwards: 70',
          'Content-Length: 0',
        ].join('\n'),
      ),
      '<recv response="200" next="end"/>',
      '<label id="ring"/>',
      ...(takesNoCall === 'rings'
        ? [
            `<recv request="CANCEL" next="cancel" timeout="1000" ontimeout="again">${actions(log('cancel call=[call_id]'))}</recv>`,
            '<label id="again"/>',
            send(first('180 Ringing'), 'next="ring"'),
          ]
        : [`<recv request="CANCEL">${actions(log('cancel call=[call_id]'))}</recv>`]),
      '<label id="cancel"/>',
      send(response('200 OK'), ''),
      send(first('487 Request Terminated').replace('[last_CSeq:]', 'CSeq: [$cseq]')),
      '<recv request="ACK" next="end"/>',
      '<label id="busy"/>',
      send(first('486 Busy Here')),
      '<recv request="ACK" next="end"/>',
      '<label id="message"/>',
      send(response('200 OK'), ''),
      '<label id="end"/>',
    ].join('\n'),
  )
}
