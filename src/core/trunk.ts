/** Trunks (L4): lines to the carrier of a tenant without a plan, and what the answers of its session border controller (SBC) mean. */

export const TRUNK_MODES = ['register', 'address'] as const
/** The SBC registers with us, or is found at an address. */
export type TrunkMode = (typeof TRUNK_MODES)[number]

export const TRUNK_TRANSPORTS = ['udp', 'tcp'] as const
export type TrunkTransport = (typeof TRUNK_TRANSPORTS)[number]

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

/** Under which key the switch knows who calls in from an address. */
export const trunkSourceKey = (host: string, port: number, transport: TrunkTransport): string =>
  transport === 'udp' ? `udp:${host}:${port}` : `tcp:${host}`

/** Those that work first, then those of which nothing is known yet; never one that does not answer. Ties: the older one. */
export function trunkForCalls<Trunk extends { readonly state: TrunkState }>(trunks: readonly Trunk[]): Trunk | null {
  return trunks.find(({ state }) => state === 'up') ?? trunks.find(({ state }) => state === 'unknown') ?? null
}

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
