/** Calls to a user that go on to somebody else (A21). */
import { classifyOutbound } from './classification.ts'
import type { Country } from './country.ts'
import type { UserId } from './ids.ts'
import { type E164, isEmergency } from './numbering.ts'

/** Where the calls of a user go: to a colleague, or to a number outside, at the cost of who forwards. */
export type ForwardingTarget =
  | { readonly to: 'user'; readonly userId: UserId }
  | { readonly to: 'number'; readonly number: E164 }

export type Forwarding = ForwardingTarget & {
  /** Null: all calls, at once. Otherwise those that the own telephone did not take: it rang for so long, was busy, or was not there. */
  readonly ringSeconds: number | null
}

/**
 * From one to the next and on: a call that has gone so far rings where it is. As many times may it have been forwarded before it came to
 * us, where carriers say so; where they do not, a call that comes back from outside ends here too, because a user has no more than so many
 * forwarded calls at once.
 */
export const FORWARDS_MAX = 5

/** Why a number is no target; null: it is one. */
export type ForwardingFault = 'emergency' | 'not-a-number' | 'abroad' | 'dear'

/**
 * Only numbers at home of who forwards: somebody else decides when such calls are made, and how many, so what could be dear is kept out
 * from the beginning. A call centre is called by people.
 */
export function forwardingFault(number: E164, location: Country): ForwardingFault | null {
  if (isEmergency(number, location)) return 'emergency'
  switch (classifyOutbound(number, location).classification) {
    case 'domestic':
    case 'toll-free-out':
      return null
    case 'international':
      return 'abroad'
    case 'unknown':
      return 'not-a-number'
    default:
      return 'dear'
  }
}

/** Whether calls would come back to who forwards them, given where the colleagues forward theirs. */
export function forwardsInCircle(from: UserId, to: UserId, forwards: ReadonlyMap<UserId, UserId>): boolean {
  const passed = new Set<UserId>([from])
  let at: UserId | undefined = to
  while (at !== undefined && !passed.has(at)) {
    passed.add(at)
    at = forwards.get(at)
  }
  return at === from
}
