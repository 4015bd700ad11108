import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerInstead, inward, NotSip, outward, type SipMessage, SipReader, writeMessage } from './sip-stream.ts'

const how = { outer: '192.0.2.1:5061', inner: '127.0.0.1:40001', sbc: '203.0.113.7:5061' }

const message = (lines: readonly string[], body = ''): SipMessage => ({
  head: [...lines, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n'),
  body: Buffer.from(body),
})
const textOf = ({ head, body }: SipMessage): string => `${head}\r\n\r\n${body.toString()}`

const messages = [
  message(
    ['INVITE sip:+33199001299@192.0.2.1 SIP/2.0', 'Via: SIP/2.0/TLS 203.0.113.7:5061;branch=z9hG4bK1'],
    'v=0\r\n\r\né',
  ),
  message(['SIP/2.0 200 OK', 'l: 0']),
  message(['OPTIONS sip:192.0.2.1 SIP/2.0']),
]

describe('messages on a stream', () => {
  test('come out whole, whatever pieces they arrive in', () => {
    const bytes = Buffer.concat([Buffer.from('\r\n\r\n'), ...messages.map(writeMessage)])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sizes) => {
        const reader = new SipReader()
        const read: string[] = []
        for (let at = 0, piece = 0; at < bytes.length; piece++) {
          const size = sizes[piece % sizes.length] ?? 1
          read.push(...reader.read(bytes.subarray(at, at + size)).map(textOf))
          at += size
        }
        expect(read).toEqual(messages.map(textOf))
      }),
    )
  })

  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001'],
    ['a body without end', 'OPTIONS sip:x SIP/2.0\r\nContent-Length: 999999\r\n\r\n'],
    ['a head without end', `OPTIONS sip:x SIP/2.0\r\nX: ${'x'.repeat(70_000)}`],
  ])('%s is not taken', (_, text) => {
    expect(() => new SipReader().read(Buffer.from(text))).toThrow(NotSip)
  })
})

describe('addresses on both sides', () => {
  const contacts = [
    '<sip:sbc@203.0.113.7:5061;transport=tls;x-line=1>;expires=60',
    '"Lille" <sips:203.0.113.7:5061>',
    'sip:sbc@203.0.113.7:5061;expires=60',
  ]
  test.each(contacts)('%s is ours for Kamailio, and comes back as it was', (contact) => {
    const inside = inward(message(['SIP/2.0 200 OK', `Contact: ${contact}`]), how)
    expect(inside.head).toContain(`${how.inner};transport=tcp;rfc=`)
    expect(inside.head).not.toContain('203.0.113.7')
    const uri = /sip:[^>]+/.exec(inside.head)?.[0] ?? ''
    const request = outward(message([`BYE ${uri} SIP/2.0`]), how)
    expect(request.head).toContain(`BYE ${/sips?:[^>;]+(;transport=tls;x-line=1)?/.exec(contact)?.[0]} SIP/2.0`)
  })

  test('one that registers is called for the number that is meant', () => {
    const inside = inward(message(['REGISTER sip:x SIP/2.0', 'm: <sip:sbc@203.0.113.7:5061;transport=tls>']), how)
    const called = (/sip:[^>\s]+rfc=[^>]+/.exec(inside.head)?.[0] ?? '').replace('sbc@', '+33199001299@')
    expect(outward(message([`INVITE ${called} SIP/2.0`]), how).head).toContain(
      'INVITE sip:+33199001299@203.0.113.7:5061;transport=tls SIP/2.0',
    )
  })

  test('our way is TLS for the SBC and TCP for Kamailio', () => {
    const via = 'Via: SIP/2.0/TCP 192.0.2.1:5061;branch=z9hG4bK2'
    const route = 'Record-Route: <sip:192.0.2.1:5061;transport=tcp;r2=on;lr>'
    const sent = outward(message(['INVITE sip:+33@127.0.0.1:40001;transport=tcp SIP/2.0', via, route]), how)
    expect(sent.head.split('\r\n')).toEqual([
      'INVITE sip:+33@203.0.113.7:5061;transport=tls SIP/2.0',
      'Via: SIP/2.0/TLS 192.0.2.1:5061;branch=z9hG4bK2',
      'Record-Route: <sip:192.0.2.1:5061;transport=tls;r2=on;lr>',
      'Content-Length: 0',
    ])
    const back = inward(
      message(['SIP/2.0 200 OK', sent.head.split('\r\n')[1] ?? '', sent.head.split('\r\n')[2] ?? '']),
      how,
    )
    expect(back.head.split('\r\n').slice(1, 3)).toEqual([via, route])
  })

  test('what only looks like ours brings no line of its own', () => {
    const forged = Buffer.from('sip:x\r\nX-Forged: 1').toString('base64url')
    const uri = `sip:a@127.0.0.1:40001;transport=tcp;rfc=${forged}`
    expect(outward(message([`BYE ${uri} SIP/2.0`]), { ...how, sbc: null }).head).toContain(uri)
  })
})

test('an answer in place of the SBC’s is for the request, and an ACK has none', () => {
  const lines = [
    'Via: SIP/2.0/TCP 192.0.2.1:5061;branch=z9hG4bK3',
    'f: <sip:a@x>;tag=1',
    'To: <sip:b@x>',
    'Call-ID: c',
    'CSeq: 7 INVITE',
  ]
  const answer = answerInstead(
    message(['INVITE sip:b@x SIP/2.0', ...lines, 'Contact: <sip:a@x>']),
    503,
    'TLS no-connection',
  )
  expect(answer?.head.split('\r\n')).toEqual([
    'SIP/2.0 503 TLS no-connection',
    ...lines.map((line) => (line.startsWith('To') ? `${line};tag=rf-tls` : line)),
    'Content-Length: 0',
  ])
  expect(answerInstead(message(['ACK sip:b@x SIP/2.0']), 503, '')).toBeNull()
  expect(answerInstead(message(['SIP/2.0 200 OK']), 503, '')).toBeNull()
})
