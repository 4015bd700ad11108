import { describe, expect, test } from 'vitest'
import { instant } from './time.ts'
import {
  CERTIFICATE_NAME,
  isSbcAddress,
  parseFingerprint,
  parseTlsReason,
  TLS_FAULTS,
  TRUNK_TOLD_AFTER_SECONDS,
  type TrunkState,
  tlsReason,
  trunkForCalls,
  trunkNews,
  trunkSince,
  trunkSourceKey,
  trunkStateOf,
} from './trunk.ts'

describe('L4: trunks', () => {
  test.each([
    ['register', false, 200, 'not-registered'],
    ['register', true, 200, 'up'],
    ['register', true, null, 'unreachable'],
    ['address', false, 200, 'up'],
    ['address', false, 405, 'up'],
    ['address', false, 403, 'unreachable'],
    ['address', false, 503, 'unreachable'],
    ['address', false, null, 'unreachable'],
  ] as const)('%s, registered %s, answer %s: %s', (mode, isRegistered, sipStatus, state) => {
    expect(trunkStateOf(mode, { isRegistered, sipStatus })).toBe(state)
  })

  test.each([
    ['203.0.113.7', true],
    ['10.1.2.3', true],
    ['127.0.0.2', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['169.254.1.1', false],
    ['256.1.1.1', false],
    ['sbc.example.com', false],
    ['203.0.113.7:5060', false],
    ['2001:db8::1', false],
  ])('an SBC at %s: %s', (host, may) => {
    expect(isSbcAddress(host, { loopback: false })).toBe(may)
  })

  test('loopback only where the switch is there too', () => {
    expect(isSbcAddress('127.0.0.2', { loopback: true })).toBe(true)
  })

  test('over UDP two SBCs may stand behind one address, over TCP one', () => {
    expect(trunkSourceKey('203.0.113.7', 5060, 'udp')).not.toBe(trunkSourceKey('203.0.113.7', 5061, 'udp'))
    expect(trunkSourceKey('203.0.113.7', 5060, 'tcp')).toBe(trunkSourceKey('203.0.113.7', 5061, 'tcp'))
  })

  test('calls go where somebody answers', () => {
    const [down, fresh, up] = [{ state: 'unreachable' }, { state: 'unknown' }, { state: 'up' }] as const
    expect(trunkForCalls([down, fresh, up])).toBe(up)
    expect(trunkForCalls([down, fresh])).toBe(fresh)
    expect(trunkForCalls([down, { state: 'not-registered' }])).toBeNull()
  })
})

describe('L4: who is told that an SBC is silent', () => {
  const silent = {
    state: 'unreachable',
    hasWorked: true,
    isToldDown: false,
    downSeconds: TRUNK_TOLD_AFTER_SECONDS,
  } as const
  test('down once it was silent twice, up once it is back, each once', () => {
    expect(trunkNews(silent)).toBe('trunk.down')
    expect(trunkNews({ ...silent, state: 'not-registered' })).toBe('trunk.down')
    expect(trunkNews({ ...silent, downSeconds: TRUNK_TOLD_AFTER_SECONDS - 1 })).toBeNull()
    expect(trunkNews({ ...silent, isToldDown: true })).toBeNull()
    expect(trunkNews({ ...silent, state: 'up', isToldDown: true })).toBe('trunk.up')
    expect(trunkNews({ ...silent, state: 'up' })).toBeNull()
  })
  test('one that is silent and then has lost its registration has been away all the time', () => {
    const [begun, now] = [instant(1_000), instant(60_000)]
    const since = (before: TrunkState, state: TrunkState) => trunkSince({ state: before, stateAt: begun }, state, now)
    expect(since('unreachable', 'not-registered')).toBe(begun)
    expect(since('not-registered', 'unreachable')).toBe(begun)
    expect(since('up', 'up')).toBe(begun)
    expect(since('up', 'unreachable')).toBe(now)
    expect(since('not-registered', 'up')).toBe(now)
    expect(since('unknown', 'unreachable')).toBe(now)
  })
  test('nobody is told of one that is being set up', () => {
    expect(trunkNews({ ...silent, hasWorked: false })).toBeNull()
    expect(trunkNews({ ...silent, state: 'unknown' })).toBeNull()
  })
})

describe('L4: what an SBC is known by over TLS', () => {
  const digits = '3f'.repeat(32)
  const fingerprint = Array.from({ length: 32 }, () => '3F').join(':')
  test('a fingerprint, however it was copied', () => {
    for (const text of [
      fingerprint,
      digits,
      digits.toUpperCase(),
      `sha256 Fingerprint=${fingerprint}\n`,
      fingerprint.replaceAll(':', ' '),
    ]) {
      expect(parseFingerprint(text)).toBe(fingerprint)
    }
    for (const text of ['', digits.slice(2), `${digits}3f`, digits.replace('3f', '3g'), 'SHA1 Fingerprint=3F:3F']) {
      expect(parseFingerprint(text)).toBeNull()
    }
  })
  test('a host name, and no wildcard', () => {
    for (const name of ['sbc.example.com', 'a-1.b.example', 'xn--sbc-9oa.example'])
      expect(name).toMatch(CERTIFICATE_NAME)
    for (const name of ['*.example.com', 'sbc', '203.0.113.7', '-a.example', 'a..example', 'a b.example', '']) {
      expect(name).not.toMatch(CERTIFICATE_NAME)
    }
  })
  test('why nothing was sent is read as it was written; an answer of the SBC is none of it', () => {
    for (const fault of TLS_FAULTS) {
      expect(parseTlsReason(tlsReason(fault))).toEqual({ fault, shown: null })
      expect(parseTlsReason(tlsReason(fault, fingerprint))).toEqual({ fault, shown: fingerprint })
      // As much of an answer as is kept.
      expect(tlsReason(fault, fingerprint).length).toBeLessThan(100)
    }
    for (const reason of ['OK', 'TLS', 'TLS required', '']) expect(parseTlsReason(reason)).toBeNull()
  })
})
