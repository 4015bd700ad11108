import { describe, expect, test } from 'vitest'
import { instant } from '../core/time.ts'
import { isPublicAddress } from './address.ts'
import { ATTEMPTS_MAX, nextAttemptAt } from './schedule.ts'
import { parseTarget } from './target.ts'

const strict = { allowLoopback: false }

describe('family 141: addresses that are not on the public Internet', () => {
  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'not an address',
    '',
  ])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each(['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001::200e'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )
})

describe('families 141 and 142: URLs', () => {
  test.each([
    ['http://example.com/', 'not-https'],
    ['ftp://example.com/', 'not-https'],
    ['file:///etc/passwd', 'not-https'],
    ['nonsense', 'not-a-url'],
    ['https://', 'not-a-url'],
    [`https://example.com/${'a'.repeat(2_000)}`, 'not-a-url'],
    ['https://user@example.com/', 'has-credentials'],
    ['https://user:secret@example.com/', 'has-credentials'],
    ['https://example.com/#top', 'has-fragment'],
    ['https://example.com:22/', 'odd-port'],
    ['https://example.com:5432/', 'odd-port'],
    ['https://127.0.0.1/', 'not-public'],
    ['https://2130706433/', 'not-public'],
    ['https://0x7f000001/', 'not-public'],
    ['https://0177.0.0.1/', 'not-public'],
    ['https://127.1/', 'not-public'],
    ['https://[::1]/', 'not-public'],
    ['https://[::ffff:169.254.169.254]/', 'not-public'],
    ['https://169.254.169.254/latest/meta-data', 'not-public'],
    ['https://localhost/', 'not-public'],
    ['https://LOCALHOST./', 'not-public'],
    ['https://a.localhost/', 'not-public'],
    ['https://metadata.google.internal/', 'not-public'],
    ['https://intranet/', 'not-public'],
    ['https://printer.local/', 'not-public'],
  ])('%s is refused: %s', (url, reason) => {
    expect(parseTarget(url, strict)).toBe(reason)
  })

  test.each(['https://hooks.example.com/a?b=c', 'https://hooks.example.com:8443/', 'https://1.1.1.1/'])('%s', (url) => {
    expect(parseTarget(url, strict)).toBeInstanceOf(URL)
  })

  test('plain HTTP is for receivers of tests on this machine', () => {
    expect(parseTarget('http://127.0.0.1:1234/', { allowLoopback: true })).toBeInstanceOf(URL)
    expect(parseTarget('http://10.0.0.1:1234/', { allowLoopback: true })).toBe('not-https')
    expect(parseTarget('http://127.0.0.1:1234/', strict)).toBe('not-https')
  })
})

describe('P51: retries', () => {
  test('over three days, ever more rarely, then no more', () => {
    const start = instant(0)
    const total = (random: number): number => {
      let at = start
      for (let attempts = 1; attempts < ATTEMPTS_MAX; attempts++) at = nextAttemptAt(attempts, at, random) ?? at
      return at / 3_600_000
    }
    expect(total(0.5)).toBeCloseTo(72, 2)
    expect(total(0)).toBeGreaterThan(64)
    expect(total(0.999)).toBeLessThan(80)
    expect(nextAttemptAt(ATTEMPTS_MAX, start, 0.5)).toBeNull()
  })
})
