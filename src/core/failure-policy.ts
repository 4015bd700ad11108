/**
 * What happens to calls while charging cannot be reached (C10), per tenant and class of call, in the words of RFC 8506 (failure
 * handling). What it can cost is in worst-loss.ts; forms take only this.
 */

/** The calls that a policy is about. Emergency and internal calls always go on, and need none (C5, L1). */
export const FAILURE_CLASSES = ['domestic', 'international', 'toll-free-in', 'inbound'] as const
export type FailureClass = (typeof FAILURE_CLASSES)[number]

/**
 * `terminate`: a new call is refused, one in progress ends with its lease. `continue`: both go on, up to the bounds.
 * `retry-and-terminate`: the switch asks once more after a moment, then as `terminate`.
 */
export const FAILURE_ACTIONS = ['terminate', 'continue', 'retry-and-terminate'] as const
export type FailureAction = (typeof FAILURE_ACTIONS)[number]

export interface FailurePolicy {
  readonly action: FailureAction
  /** With `continue`: how long a call may go on that nobody can charge, in seconds. */
  readonly boundSeconds: number
  /** With `continue`: calls of this class that may begin in an hour without charging, and as many of those in progress may go on. */
  readonly calls: number
}

export type FailurePolicies = Readonly<Record<FailureClass, FailurePolicy>>

export const BLIND_SECONDS_MAX = 3_600
export const BLIND_CALLS_MAX = 1_000

const TERMINATE: FailurePolicy = { action: 'terminate', boundSeconds: 300, calls: 5 }

/** What a tenant has until somebody chooses: nothing is spoken that is not paid. */
export const DEFAULT_FAILURE_POLICIES: FailurePolicies = {
  domestic: TERMINATE,
  international: TERMINATE,
  'toll-free-in': TERMINATE,
  inbound: TERMINATE,
}

/**
 * New calls that may begin while nobody can be asked: none abroad, where fraud calls; their price cannot be known from memory. Calls
 * in progress were classed and priced when they began.
 */
export const mayBeginBlind = (of: FailureClass): boolean => of !== 'international'

/** The class of a call that goes on, or null for one that no policy is about: it ends with its lease. */
export function failureClassOf(classification: string): FailureClass | null {
  return (FAILURE_CLASSES as readonly string[]).includes(classification) ? (classification as FailureClass) : null
}
