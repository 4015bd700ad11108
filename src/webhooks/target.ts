/** What the URL of an endpoint may look like. Where its name leads is looked up at every delivery (deliver.ts), for names change. */
import { isIP } from 'node:net'
import type { Language } from '../core/problems.ts'
import { isLoopbackAddress, isPublicAddress } from './address.ts'

/** Each refusal in words, for the admin who typed the URL. */
export const URL_REFUSALS = {
  'not-a-url': { en: 'This is not a complete URL.', fr: 'Ce n’est pas une URL complète.' },
  'not-https': { en: 'Only https:// URLs are delivered to.', fr: 'Seules les URL https:// sont acceptées.' },
  'has-credentials': {
    en: 'No user name or password in the URL: deliveries are signed.',
    fr: 'Pas de nom d’utilisateur ni de mot de passe dans l’URL : les envois sont signés.',
  },
  'has-fragment': { en: 'No # in the URL.', fr: 'Pas de # dans l’URL.' },
  'odd-port': { en: 'The port is 443 or 8443.', fr: 'Le port est 443 ou 8443.' },
  'not-public': {
    en: 'This address is not on the public Internet.',
    fr: 'Cette adresse n’est pas sur l’Internet public.',
  },
} as const satisfies Record<string, Record<Language, string>>

export type UrlRefusal = keyof typeof URL_REFUSALS

export const URL_LENGTH_MAX = 2_000
const PORTS = new Set(['', '443', '8443'])
/** Names that no public resolver knows; `localhost` and names without a dot besides. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|home\.arpa|lan|corp|test|invalid)\.?$/

/** For tests only: receivers on this machine, over plain HTTP and on any port. */
export interface TargetOptions {
  readonly allowLoopback: boolean
}

/**
 * The URL, or why nothing is sent there. Decimal, octal and hexadecimal spellings of an IPv4 address are one address to the parser
 * (WHATWG), so they are checked like any other.
 */
export function parseTarget(text: string, options: TargetOptions): URL | UrlRefusal {
  if (text.length > URL_LENGTH_MAX || !URL.canParse(text)) return 'not-a-url'
  const url = new URL(text)
  const host = hostOf(url)
  if (url.username !== '' || url.password !== '') return 'has-credentials'
  if (url.hash !== '') return 'has-fragment'
  if (options.allowLoopback && /^https?:$/.test(url.protocol) && isLoopbackAddress(host)) return url
  if (url.protocol !== 'https:') return 'not-https'
  if (!PORTS.has(url.port)) return 'odd-port'
  if (isIP(host) !== 0) return isPublicAddress(host) ? url : 'not-public'
  return host.includes('.') && !LOCAL_NAME.test(host) ? url : 'not-public'
}

/** The host as DNS and sockets know it: an IPv6 address without brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')
