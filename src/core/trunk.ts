/** Trunks (L4): lines to the carrier of a tenant without a plan, and what the answers of its session border controller (SBC) mean. */
import type { Instant } from './time.ts'

export const TRUNK_MODES = ['register', 'address'] as const
/** The SBC registers with us, or is found at an address. */
export type TrunkMode = (typeof TRUNK_MODES)[number]

export const TRUNK_TRANSPORTS = ['udp', 'tcp', 'tls'] as const
export type TrunkTransport = (typeof TRUNK_TRANSPORTS)[number]

/** Where an SBC listens unless told (RFC 3261). */
export const usualSipPort = (transport: TrunkTransport): number => (transport === 'tls' ? 5061 : 5060)

/**
 * The SHA-256 fingerprint of a certificate as `openssl x509 -fingerprint -sha256` prints it, from what people paste: small letters, no
 * colons, the words before it. Null: it is none.
 */
export function parseFingerprint(text: string): string | null {
  const digits = text.replace(/^.*=/, '').replaceAll(/[\s:]/g, '').toUpperCase()
  if (!/^[0-9A-F]{64}$/.test(digits)) return null
  return (digits.match(/../g) ?? []).join(':')
}

/** A host name that a certificate can be for. No wildcard: a name is one SBC’s (RFC 5922, 7.2). */
export const CERTIFICATE_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/

/** Why nothing is sent to an SBC over TLS, and nothing taken from it. */
export const TLS_FAULTS = [
  'certificate-missing',
  'certificate-expired',
  'certificate-other',
  'certificate-untrusted',
  'certificate-name',
  'no-handshake',
  'no-connection',
  'not-offered',
] as const
export type TlsFault = (typeof TLS_FAULTS)[number]

const TLS_REASON = 'TLS '

/** How a fault stands in place of an SBC’s answer, with the fingerprint that was shown where that helps. */
export const tlsReason = (fault: TlsFault, shown?: string): string =>
  `${TLS_REASON}${fault}${shown === undefined ? '' : ` ${shown.replaceAll(':', '')}`}`

/** The fault that `tlsReason` has written; null: it is the SBC’s own answer. */
export function parseTlsReason(reason: string): { readonly fault: TlsFault; readonly shown: string | null } | null {
  if (!reason.startsWith(TLS_REASON)) return null
  const [word, shown] = reason.slice(TLS_REASON.length).split(' ')
  const fault = TLS_FAULTS.find((one) => one === word)
  return fault === undefined ? null : { fault, shown: parseFingerprint(shown ?? '') }
}

export const TRUNK_STATES = ['unknown', 'not-registered', 'up', 'unreachable'] as const
export type TrunkState = (typeof TRUNK_STATES)[number]

/** What came back when the SBC was asked (OPTIONS). */
export interface TrunkAnswer {
  /** Of those that register: is one there? */
  readonly isRegistered: boolean
  /** Null: nothing came in time. */
  readonly sipStatus: number | null
}

/** Answers that say “I am here”, though not all of them know OPTIONS. */
const HERE: ReadonlySet<number> = new Set([404, 405, 481, 486, 488, 501])

export function trunkStateOf(mode: TrunkMode, answer: TrunkAnswer): TrunkState {
  if (mode === 'register' && !answer.isRegistered) return 'not-registered'
  if (answer.sipStatus === null) return 'unreachable'
  const isHere = (answer.sipStatus >= 200 && answer.sipStatus < 300) || HERE.has(answer.sipStatus)
  return isHere ? 'up' : 'unreachable'
}

/** User names of SBCs; the sign between is one that no user’s name has. */
export const TRUNK_USERNAME = /^sbc\+[0-9a-z]{10}$/

const ADDRESS = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/

/**
 * May an SBC be here? An IPv4 address that one machine can have. Loopback only where the switch itself is on loopback: otherwise a
 * tenant could have us speak to our own machine.
 */
export function isSbcAddress(host: string, options: { readonly loopback: boolean }): boolean {
  if (!ADDRESS.test(host)) return false
  const [first = 0, second = 0] = host.split('.').map(Number)
  if (first === 0 || first >= 224) return false
  if (first === 169 && second === 254) return false
  return first !== 127 || options.loopback
}

export interface TrunkRoute {
  readonly mode: TrunkMode
  readonly username: string | null
  readonly host: string | null
  readonly port: number | null
  readonly transport: TrunkTransport
}

/** Under which key Kamailio knows who calls in from an address. What comes over TLS is known by its certificate, and not by Kamailio. */
export const trunkSourceKey = (host: string, port: number, transport: Exclude<TrunkTransport, 'tls'>): string =>
  transport === 'udp' ? `udp:${host}:${port}` : `tcp:${host}`

/** Those that work first, then those of which nothing is known yet; never one that does not answer. Ties: the older one. */
export function trunkForCalls<Trunk extends { readonly state: TrunkState }>(trunks: readonly Trunk[]): Trunk | null {
  return trunks.find(({ state }) => state === 'up') ?? trunks.find(({ state }) => state === 'unknown') ?? null
}

/** Since when it has been there, or away: one that cannot be reached and then is not registered either is away all the time. */
export function trunkSince(
  before: { readonly state: TrunkState; readonly stateAt: Instant },
  state: TrunkState,
  at: Instant,
): Instant {
  const isSame = before.state === state || (isAway(before.state) && isAway(state))
  return isSame ? before.stateAt : at
}

const isAway = (state: TrunkState): boolean => state === 'unreachable' || state === 'not-registered'

export type TrunkNews = 'trunk.down' | 'trunk.up'

/**
 * Whether the tenant is to be told. One that has worked and is silent for `TRUNK_TOLD_AFTER_SECONDS` (the second question in a row, not one
 * lost packet) is down; one that was told to be down and answers is up again. One that is being set up is nobody's news.
 */
export function trunkNews(trunk: {
  readonly state: TrunkState
  readonly downSeconds: number
  readonly hasWorked: boolean
  readonly isToldDown: boolean
}): TrunkNews | null {
  if (trunk.state === 'up') return trunk.isToldDown ? 'trunk.up' : null
  if (trunk.state === 'unknown' || trunk.isToldDown || !trunk.hasWorked) return null
  return trunk.downSeconds >= TRUNK_TOLD_AFTER_SECONDS ? 'trunk.down' : null
}

export const TRUNK_TOLD_AFTER_SECONDS = 15

/** How often an SBC is asked, and how long it has to answer. */
export const TRUNK_ASKED_EVERY_SECONDS = 20
export const TRUNK_ANSWER_MS = 4_000

export const TRUNKS_MAX = 10
export const TRUNK_NUMBERS_MAX = 10_000
