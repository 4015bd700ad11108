import { expect, test } from 'vitest'
import type { Uuid } from '../core/ids.ts'
import { instant } from '../core/time.ts'
import { browserHa1, isBrowserName, issueBrowserCredential, sessionOfBrowser } from './browser-phone.ts'

const SESSION = '019aa000-1111-7222-8333-444455556666' as Uuid
const NOW = instant(Date.UTC(2026, 10, 23))
const issue = () => issueBrowserCredential('secret', SESSION, 'acme.test', NOW)

test('a name tells its session until it expires', () => {
  const { username, expiresAt } = issue()
  expect(isBrowserName(username)).toBe(true)
  expect(sessionOfBrowser(username, NOW)).toBe(SESSION)
  expect(sessionOfBrowser(username, instant(expiresAt - 1))).toBe(SESSION)
  expect(sessionOfBrowser(username, expiresAt)).toBeNull()
})

test('each window has a name of its own', () => {
  expect(issue().username).not.toBe(issue().username)
})

test('names that we never made open nothing', () => {
  for (const name of ['~', '~x', 'alice', `~${'0'.repeat(32)}`, `~${'0'.repeat(32)}.zzzzzzzzzz.00000000`]) {
    expect(sessionOfBrowser(name, NOW)).toBeNull()
  }
})

test('the digest secret hangs on the secret, the domain and the name', () => {
  const { username } = issue()
  const here = browserHa1('secret', 'acme.test', username)
  expect(here).toMatch(/^[0-9a-f]{32}$/)
  expect(browserHa1('secret', 'acme.test', username)).toBe(here)
  expect(browserHa1('secret', 'other.test', username)).not.toBe(here)
  expect(browserHa1('other', 'acme.test', username)).not.toBe(here)
})
