/** What is kept of a call in progress at Kamailio, and the words for its end. */
import { type Call, FORWARDING_CAUSES, type ForwardingCause, grantedSeconds } from '../core/call.ts'
import type { TenantId } from '../core/ids.ts'
import type { Granted, TerminationRequest, UpdateRequest } from '../core/request.ts'
import type { Lease } from './kamailio-lease.ts'
import type { DialogId } from './kamailio-rpc.ts'

export interface LiveCallFacts {
  readonly sessionId: string
  readonly tenantId: TenantId
  readonly classification: string
  /** C10: it began while nobody could be asked, and what it has spoken so far was granted by nobody. */
  isBlind: boolean
  readonly isCharged: boolean
  /** The user's telephone, which a warning goes to. */
  readonly address: string | null
  lease: Lease
  nextNumber: number
}

export interface LiveCall extends LiveCallFacts {
  /** Since when we know it: Kamailio may list it a moment later. */
  readonly knownSince: number
  dialog: DialogId | null
  /** A request whose answer did not come: it is repeated as it was before any other is made. */
  unanswered: UpdateRequest | null
  termination: TerminationRequest | null
  /** C3: when the telephone was told that the end is near. */
  warnedAt: number | null
  /** Why we hung up, once we have. */
  cutCause: 'funds-exhausted' | 'cut-by-admin' | null
  seenAt: number | null
  /** C10: how long it may go on beyond its lease while we are out of reach. */
  graceSeconds: number
  misses: number
  timer: NodeJS.Timeout | undefined
  /** What is under way for this call: its requests are numbered, so they go one after the other. */
  queue: Promise<unknown>
}

export const liveCall = (facts: LiveCallFacts, now: number): LiveCall => ({
  ...facts,
  knownSince: now,
  dialog: null,
  unanswered: null,
  termination: null,
  warnedAt: null,
  cutCause: null,
  seenAt: null,
  graceSeconds: 0,
  misses: 0,
  timer: undefined,
  queue: Promise.resolve(),
})

/** C10: of the seconds now reported, those that nobody had granted, where the call was let go on without us. */
export function blindPart(
  { isBlind, graceSeconds, lease }: Pick<LiveCall, 'isBlind' | 'graceSeconds' | 'lease'>,
  usedSeconds: number,
): { readonly blindSeconds?: number } {
  const beyond = usedSeconds - lease.grantedSeconds
  return (isBlind || graceSeconds > 0) && beyond > 0 ? { blindSeconds: beyond } : {}
}

/** The lease that an answer grants. */
export const leaseOf = (granted: Granted, so: Pick<Lease, 'reportedSeconds' | 'answeredAt' | 'askedAt'>): Lease => ({
  ...so,
  grantedSeconds: granted.grantedSeconds ?? 0,
  validitySeconds: granted.validitySeconds ?? 0,
  isFinal: granted.finalUnit ?? false,
  wasLast: granted.finalUnit ?? false,
  isWarned: false,
  isAskedAgain: false,
})

/** The lease of a call that was in progress when the server stopped: the ledger knows all but when it was answered. */
export const restoredLease = (call: Call, now: number): Lease => ({
  answeredAt: null,
  askedAt: now,
  reportedSeconds: call.spokenSeconds,
  // A call that was closed as silent meanwhile had its grant taken back, and Kamailio let it have it all the same (C9).
  grantedSeconds: grantedSeconds(call) + call.lapsedSeconds,
  validitySeconds: call.validitySeconds,
  isFinal: false,
  wasLast: call.grants?.at(-1)?.isLast ?? false,
  isWarned: false,
  isAskedAgain: false,
})

const CAUSES: Readonly<Record<string, string>> = {
  '408': 'no-answer',
  '480': 'not-reachable',
  '486': 'busy',
  '487': 'cancelled',
  '600': 'busy',
  '603': 'declined',
}

/** Why a call never began, from the SIP status that refused it. */
export const causeOfFailure = (status: string): string => CAUSES[status] ?? 'not-connected'

/** The same of a telephone from which a call may go on. */
export function forwardingCauseOf(status: string): ForwardingCause {
  const cause = causeOfFailure(status)
  return FORWARDING_CAUSES.find((one) => one === cause) ?? 'not-reachable'
}

/** The status itself, if it is one that refuses. */
export function finalStatus(status: string): number | null {
  return /^[3-6][0-9]{2}$/.test(status) ? Number(status) : null
}

/** Sent as a text to the telephone. Its user's language is not known here, so it says it in both. */
export const warningText = (seconds: number): string =>
  `Your credits end in ${seconds} seconds; the call will then be cut. / ` +
  `Vos crédits s’épuisent dans ${seconds} secondes ; l’appel sera alors coupé.`
