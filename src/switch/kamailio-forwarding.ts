/**
 * Calls to a user who forwards them (A21). To a colleague the call goes as it is. To a number outside it goes on as one call in SIP, so
 * that the caller hears what rings there, and is two for the ledger: the one that came, and one of the user, who pays for it.
 */
import type { ForwardingCause, ForwardingObstacle, Onward } from '../core/call.ts'
import { FORWARDS_MAX, forwardingFault } from '../core/forwarding.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Granted } from '../core/request.ts'
import { type CalledUser, calledUser, forwardedInProgress, noteOnward } from '../store/forwarding.ts'
import { sipDestination } from '../store/sip.ts'
import { trunksOfUser } from '../store/trunk.ts'
import { outsideTarget, type RoutingOptions, submit, trunkDown } from './kamailio-answer.ts'
import type { AuthoriseQuestion } from './kamailio-events.ts'

/** Kamailio knows one call; the ledger knows the one that goes on by this name. */
const GOES_ON = '-forwarded'
export const forwardedSession = (sessionId: string): string => `${sessionId}${GOES_ON}`
export const isForwardedSession = (sessionId: string): boolean => sessionId.endsWith(GOES_ON)
/** The name of the call at Kamailio. */
export const dialogSession = (sessionId: string): string =>
  isForwardedSession(sessionId) ? sessionId.slice(0, -GOES_ON.length) : sessionId

/** Where a call goes. */
export type Way =
  | {
      readonly at: 'telephone'
      readonly userId: UserId | null
      /** `user@domain`; null: there is none. */
      readonly address: string | null
      /** What to do when this telephone does not take it; null: nothing. */
      readonly otherwise: Otherwise | null
    }
  | {
      readonly at: 'outside'
      readonly granted: Granted
      readonly target: string
      readonly called: string
      /** Who forwards: whose number is shown, and told to the carrier as the one that was called (RFC 5806). */
      readonly by: CalledUser
    }

/** The call goes on from the telephone of this user, after so long, as one that has been forwarded so often. */
export interface Otherwise {
  readonly userId: UserId
  readonly ringSeconds: number
  readonly hops: number
}

/** A user to whom a call comes. */
export interface Called {
  readonly tenantId: TenantId
  readonly userId: UserId
  /** The telephone has been tried already, and this is what it did. */
  readonly tried?: { readonly hops: number; readonly did: ForwardingCause }
}

/** What following a call needs to know of it. */
export type Followed = Pick<AuthoriseQuestion, 'sid' | 'begunAt' | 'diversions'>

/**
 * Follows the forwarding of who is called, as far as the next telephone or out of the house. What cannot go on (nobody pays for it, it has
 * been forwarded too often, the colleague is gone) rings at the telephone of who would forward it: better there than nowhere. Throws like
 * the engine.
 */
export async function followForwarding(
  options: RoutingOptions,
  question: Followed,
  { tenantId, userId, tried }: Called,
  caller: string | null,
): Promise<Way> {
  const now = options.now()
  const note = (onward: Onward): Promise<void> => noteOnward(options.db, options.switchId, question.sid, onward)
  const after = tried ? { after: tried.did } : {}
  let user = await calledUser(options.db, tenantId, userId, now)
  let obstacle: ForwardingObstacle | null = null
  let otherwise: Otherwise | null = null
  for (let hops = tried?.hops ?? question.diversions; user?.forwarding && obstacle === null; hops += 1) {
    const { forwarding, userId: from } = user
    if (hops >= FORWARDS_MAX) {
      obstacle = 'too-many-times'
    } else if (forwarding.ringSeconds !== null && user.address !== null && !(tried && from === userId)) {
      otherwise = { userId: from, ringSeconds: forwarding.ringSeconds, hops }
      break
    } else if (forwarding.to === 'number') {
      const { number } = forwarding
      const outside = await goOutside(options, question, user, number, caller)
      if (typeof outside === 'object') {
        await note({ to: 'number', number, ...after })
        return outside
      }
      obstacle = outside
    } else {
      const next = await calledUser(options.db, tenantId, forwarding.userId, now)
      if (next === null) obstacle = 'colleague-gone'
      else user = next
    }
  }
  const why = obstacle === null ? {} : { obstacle }
  if (user && user.userId !== userId) await note({ to: 'user', userId: user.userId, name: user.name, ...after, ...why })
  else if (obstacle !== null) await note({ to: 'own-telephone', obstacle })
  return { at: 'telephone', userId: user?.userId ?? null, address: user?.address ?? null, otherwise }
}

async function goOutside(
  options: RoutingOptions,
  question: Followed,
  user: CalledUser,
  number: E164,
  caller: string | null,
): Promise<Extract<Way, { at: 'outside' }> | ForwardingObstacle> {
  // When it was chosen it was a number of the user's country, and somebody else's.
  if (user.location === null || forwardingFault(number, user.location) !== null) return 'not-allowed'
  const destination = await sipDestination(options.db, number)
  if (destination?.tenantId === user.tenantId) return 'not-allowed'
  const sid = forwardedSession(question.sid)
  if ((await forwardedInProgress(options.db, user, sid)) >= FORWARDS_MAX) return 'too-many-calls'
  const answer = await submit(
    options,
    { ...question, sid },
    {
      tenantId: user.tenantId,
      userId: user.userId,
      sipUsername: null,
      direction: 'out',
      calledNumber: number,
      callingNumber: user.number,
      forwards: { caller },
    },
  )
  if (answer.result !== 'granted') return 'not-paid'
  const target = await outsideTarget(options, answer, await trunksOfUser(options.db, user.userId), number)
  options.calls.begin(sid, answer, user)
  if (target === null) {
    await trunkDown(options, sid)
    return 'trunk-down'
  }
  return { at: 'outside', granted: answer, target, called: number, by: user }
}
