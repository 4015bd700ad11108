/**
 * The names and passwords that browsers register with: made for one signed-in person, good for minutes, worked out from the switch's
 * secret and so kept nowhere. A name is good for as long as the session that it was made for, at one domain, and Kamailio takes it
 * over the server's own WebSocket only. The user's SIP password stays out of the page.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Uuid } from '../core/ids.ts'
import { type Instant, instant } from '../core/time.ts'

export interface BrowserCredential {
  readonly username: string
  readonly password: string
  readonly expiresAt: Instant
}

const LIFE_SECONDS = 600

const passwordOf = (secret: string, domain: string, username: string): string =>
  createHmac('sha256', secret).update(`browser ${username}@${domain}`).digest('base64url')

/** A name of its own each time: two windows of one person are two telephones. */
export function issueBrowserCredential(
  secret: string,
  sessionId: Uuid,
  domain: string,
  now: Instant,
): BrowserCredential {
  const expiresAt = instant(now + LIFE_SECONDS * 1000)
  const username = `~${sessionId.replaceAll('-', '')}.${expiresAt.toString(36)}.${randomBytes(4).toString('hex')}`
  return { username, password: passwordOf(secret, domain, username), expiresAt }
}

const NAME = /^~([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.([0-9a-z]{1,9})\.[0-9a-f]{8}$/

/** Is this a name as browsers have them, of whatever worth? */
export const isBrowserName = (username: string): boolean => username.startsWith('~')

/** The session behind a browser's name; null when it has expired or never was one. */
export function sessionOfBrowser(username: string, now: Instant): Uuid | null {
  const match = NAME.exec(username)
  if (match === null) return null
  const expiresAt = Number.parseInt(match[6] ?? '', 36)
  return expiresAt > now ? (match.slice(1, 6).join('-') as Uuid) : null
}

/** md5(username:domain:password), RFC 7616 A1, of a browser's name. */
export const browserHa1 = (secret: string, domain: string, username: string): string =>
  createHash('md5')
    .update(`${username}:${domain}:${passwordOf(secret, domain, username)}`)
    .digest('hex')
