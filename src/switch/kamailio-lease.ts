/**
 * When to do what about a live call: pure arithmetic on the last answer of the engine. All times are epoch milliseconds of the
 * one clock that Kamailio and the server share; seconds are whole.
 */

export interface LeaseSettings {
  /** Seconds asked for at a time. */
  readonly chunkSeconds: number
  /** The next seconds are asked for so long before a lease ends (a third of the grant, if that is less). */
  readonly marginMs: number
  /** C3: the user is warned so long before the cut, or as soon as it is known. */
  readonly warningMs: number
}

/** What the engine last answered, and what has happened to it since. */
export interface Lease {
  /** Null while it rings. */
  readonly answeredAt: number | null
  readonly askedAt: number
  /** Seconds of talk that the engine has been told. */
  readonly reportedSeconds: number
  /** Seconds of talk that it has granted beyond those. */
  readonly grantedSeconds: number
  readonly validitySeconds: number
  /** Nothing more is there now. */
  readonly isFinal: boolean
  /** Nothing more was there when it was granted. Of a lease from before this server started, that is all that is known. */
  readonly wasLast: boolean
  readonly isWarned: boolean
  /** The engine was asked once more, just before the end. */
  readonly isAskedAgain: boolean
}

export interface Step {
  readonly kind: 'refresh' | 'ask' | 'warn' | 'cut'
  readonly at: number
}

/** The last chance for a top-up: long enough for an answer and for Kamailio to be told, short enough to be last. */
const LAST_ASK_MS = 600

/** The moment at which a call that is not extended is cut (C3: at zero). */
export const leaseEnd = (lease: Lease, answeredAt: number): number =>
  answeredAt + (lease.reportedSeconds + lease.grantedSeconds) * 1000

/** What is due next in a charged call, and when. */
export function nextStep(lease: Lease, settings: LeaseSettings): Step {
  const validUntil = lease.askedAt + lease.validitySeconds * 1000
  // C9: a session is closed at twice its validity, and telephones ring longer than a short lease lasts.
  if (lease.answeredAt === null) return { kind: 'refresh', at: validUntil }
  const end = leaseEnd(lease, lease.answeredAt)
  if (!lease.isFinal) {
    const margin = Math.min(settings.marginMs, Math.floor((lease.grantedSeconds * 1000) / 3))
    // A short validity means that money is on its way (W4): ask when it is over, though the seconds may last longer.
    return { kind: 'ask', at: Math.min(end - margin, Math.max(validUntil, lease.askedAt + 1000)) }
  }
  if (!lease.isWarned) return { kind: 'warn', at: end - settings.warningMs }
  if (!lease.isAskedAgain) return { kind: 'ask', at: end - LAST_ASK_MS }
  return { kind: 'cut', at: end }
}

/**
 * Whole seconds spoken by now that were not reported yet. Rounded down: the rest of a second is reported by a later request. Of a
 * lease that is the last (C3), no more than it has: what is asked after its end, because the server or Kamailio stood still for a
 * moment, comes as late as the cut, and those instants are ours. They are reported after all if there is money again.
 */
export function unreportedSeconds(lease: Lease, answeredAt: number, now: number): number {
  const seconds = Math.max(0, Math.floor((now - answeredAt) / 1000) - lease.reportedSeconds)
  return lease.isFinal ? Math.min(seconds, lease.grantedSeconds) : seconds
}

/**
 * Kamailio's timer for a lease that ends at `end`: it has whole seconds and may fire most of one early, and is only there for
 * the case that nobody cuts at the exact moment, so it is set a second later.
 */
export const timerSeconds = (end: number, now: number): number => Math.max(1, Math.ceil((end - now) / 1000)) + 1

/**
 * C9: seconds from the answer to the first BYE, rounded up once. A call that was cut when its grant was spent has spoken the
 * grant: the instants by which a cut comes late are ours.
 */
export function spokenSeconds(call: { answeredAt: number; endedAt: number; cutAfterSeconds: number | null }): number {
  const seconds = Math.max(0, Math.ceil((call.endedAt - call.answeredAt) / 1000))
  return call.cutAfterSeconds === null ? seconds : Math.min(seconds, call.cutAfterSeconds)
}
