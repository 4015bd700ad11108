import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Authority, type Certificate, makeAuthority } from '../../../test/sip/certificates.ts'
import { ConfigError, readConfig } from '../../config.ts'
import { readIdentity } from './tls-config.ts'

let folder: string
let authority: Authority
let good: Certificate
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringfence-certificates-'))
  authority = makeAuthority(folder, 'authority')
  good = authority.issue(['sip.example.test', 'sip2.example.test'])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the start says; the same settings are checked before anything is begun. */
function problemsOf(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env, [])
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}
const withFiles = (certificate: string, key: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  RINGFENCE_SIP_TLS_CERT: certificate,
  RINGFENCE_SIP_TLS_KEY: key,
  ...more,
})

test('without a certificate there is no TLS; with one it has a port', () => {
  expect(readConfig({}, []).sipSettings.tls).toBeNull()
  expect(readConfig(withFiles(good.certificateFile, good.keyFile), []).sipSettings.tls).toMatchObject({
    port: 5061,
    innerPort: 5081,
    authorityFile: null,
  })
})

test('its own certificate is known by fingerprint, names and end', () => {
  const { tls } = readConfig(withFiles(good.certificateFile, good.keyFile), []).sipSettings
  expect(tls && readIdentity(tls, [], Date.now())).toMatchObject({
    fingerprint: good.fingerprint,
    names: ['sip.example.test', 'sip2.example.test'],
  })
})

test('whatever is wrong stops the start, with the name of the setting', () => {
  const empty = join(folder, 'empty.pem')
  writeFileSync(empty, 'nothing\n')
  const expired = authority.issue(['sip.example.test'], { days: -1 })
  const other = authority.issue(['sip.example.test'])
  const { certificateFile, keyFile } = good
  expect(problemsOf({ RINGFENCE_SIP_TLS_CERT: certificateFile })).toContain(
    'both RINGFENCE_SIP_TLS_CERT and RINGFENCE_SIP_TLS_KEY',
  )
  expect(problemsOf({ RINGFENCE_SIP_TLS_CA: authority.file })).toContain('RINGFENCE_SIP_TLS_CA is for nothing')
  expect(problemsOf(withFiles(join(folder, 'gone.pem'), keyFile))).toMatch(
    /^RINGFENCE_SIP_TLS_CERT cannot be read: ENOENT.*gone\.pem/,
  )
  expect(problemsOf(withFiles(certificateFile, join(folder, 'gone.key')))).toMatch(
    /^RINGFENCE_SIP_TLS_KEY cannot be read: ENOENT/,
  )
  expect(problemsOf(withFiles(empty, keyFile))).toContain('RINGFENCE_SIP_TLS_CERT is no certificate (PEM)')
  expect(problemsOf(withFiles(certificateFile, empty))).toContain('RINGFENCE_SIP_TLS_KEY is no private key')
  expect(problemsOf(withFiles(certificateFile, other.keyFile))).toBe(
    'RINGFENCE_SIP_TLS_KEY is not the key of the certificate in RINGFENCE_SIP_TLS_CERT',
  )
  expect(problemsOf(withFiles(expired.certificateFile, expired.keyFile))).toMatch(/^RINGFENCE_SIP_TLS_CERT expired on /)
  expect(problemsOf(withFiles(certificateFile, keyFile, { RINGFENCE_SIP_TLS_CA: empty }))).toContain(
    'RINGFENCE_SIP_TLS_CA has no certificates',
  )
  expect(problemsOf(withFiles(certificateFile, keyFile, { RINGFENCE_SIP_TLS_PORT: 'no' }))).toContain(
    'RINGFENCE_SIP_TLS_PORT',
  )
  const { tls } = readConfig(withFiles(certificateFile, keyFile), []).sipSettings
  const problems: string[] = []
  if (tls) readIdentity(tls, problems, 0)
  expect(problems).toEqual([expect.stringMatching(/^RINGFENCE_SIP_TLS_CERT is not valid before /)])
})
