/**
 * Calls to a user who forwards them (A21). To a colleague the call goes as it is. To a number outside it goes on as one call in SIP, so
 * that the caller hears what rings there, and is two for the ledger: the one that came, and one of the user, who pays for it.
 */
import { FORWARDS_MAX, forwardingFault } from '../core/forwarding.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Granted } from '../core/request.ts'
import { type CalledUser, calledUser, forwardedInProgress } from '../store/forwarding.ts'
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

/** Where a call ends up. */
export type Onward =
  /** At this telephone, `user@domain`; null: at none. */
  | { readonly at: 'telephone'; readonly address: string | null }
  | {
      readonly at: 'outside'
      readonly granted: Granted
      readonly target: string
      readonly called: string
      /** Who forwards: whose number is shown, and told to the carrier as the one that was called (RFC 5806). */
      readonly by: CalledUser
    }

/**
 * Follows the forwarding of `userId`. What cannot go on (nobody pays for it, it has been forwarded too often, the colleague is gone) rings
 * at the telephone of who would forward it: better there than nowhere. Throws like the engine.
 */
export async function followForwarding(
  options: RoutingOptions,
  question: AuthoriseQuestion,
  { tenantId, userId }: { readonly tenantId: TenantId; readonly userId: UserId },
  caller: string | null,
): Promise<Onward> {
  const now = options.now()
  let user = await calledUser(options.db, tenantId, userId, now)
  for (let hops = question.diversions; user?.forwarding; hops += 1) {
    const { forwarding } = user
    if (hops >= FORWARDS_MAX) break
    if (forwarding.to === 'number') {
      const outside = await goOutside(options, question, user, forwarding.number, caller)
      if (outside) return outside
      break
    }
    const next = await calledUser(options.db, tenantId, forwarding.userId, now)
    if (next === null) break
    user = next
  }
  return { at: 'telephone', address: user?.address ?? null }
}

async function goOutside(
  options: RoutingOptions,
  question: AuthoriseQuestion,
  user: CalledUser,
  number: E164,
  caller: string | null,
): Promise<Onward | null> {
  // When it was chosen it was a number of the user's country, and somebody else's.
  if (user.location === null || forwardingFault(number, user.location) !== null) return null
  const destination = await sipDestination(options.db, number)
  if (destination?.tenantId === user.tenantId) return null
  const sid = forwardedSession(question.sid)
  if ((await forwardedInProgress(options.db, user, sid)) >= FORWARDS_MAX) return null
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
  if (answer.result !== 'granted') return null
  const target = outsideTarget(answer, await trunksOfUser(options.db, user.userId), number)
  options.calls.begin(sid, answer, user)
  if (target === null) {
    await trunkDown(options, sid)
    return null
  }
  return { at: 'outside', granted: answer, target, called: number, by: user }
}
