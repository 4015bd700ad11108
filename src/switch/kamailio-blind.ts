/**
 * Calls that Kamailio let through while we could not be reached (C10). It keeps what it knows of each in the dialog, in every event of it
 * and in its journal, so the same call is told several times, perhaps late; it is written down and billed once: its session is the key.
 */
import { parseE164 } from '../core/numbering.ts'
import { instant } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import { tenantOfSipDomain } from '../store/sip.ts'
import { OutOfSequence, type Requests } from './kamailio-requests.ts'
import { parseSwitchTime } from './kamailio-rpc.ts'
import type { SipLog } from './sip-log.ts'

export interface BlindFacts {
  readonly direction: 'out' | 'in'
  readonly domain: string
  /** The caller: a user's name for a call out, what the carrier says for a call in. */
  readonly user: string
  readonly called: string
  /** What was shown as the caller's number; empty where nothing was. */
  readonly identity: string
  readonly begunAt: number
  readonly boundSeconds: number
}

/** Reads `out:domain:user:called:identity:begun:seconds`, each percent-encoded; null for what is none of ours. */
export function parseBlindFacts(text: string): BlindFacts | null {
  const parts = text.split(':')
  if (parts.length !== 7) return null
  const [direction, domain = '', user = '', called = '', identity = '', begun, seconds] = parts
  const begunAt = parseSwitchTime(begun)
  if ((direction !== 'out' && direction !== 'in') || begunAt === null || !/^[1-9][0-9]{0,4}$/.test(seconds ?? '')) {
    return null
  }
  try {
    return {
      direction,
      domain: decodeURIComponent(domain),
      user: decodeURIComponent(user),
      called,
      identity,
      begunAt,
      boundSeconds: Number(seconds),
    }
  } catch {
    return null
  }
}

export interface BlindCallsOptions {
  readonly requests: Requests
  readonly db: Queryable
  readonly log: SipLog
}

/** Opens the session of such a call unless it was opened before. Throws when it could not be recorded: then it is told again. */
export async function noteBlindCall(options: BlindCallsOptions, sessionId: string, facts: BlindFacts): Promise<void> {
  const { requests, db, log } = options
  const tenantId = await tenantOfSipDomain(db, facts.domain)
  if (tenantId === null) {
    log.error({ sessionId, facts }, 'a call was let through for a tenant that does not exist')
    return
  }
  const isOut = facts.direction === 'out'
  const shown = isOut ? facts.identity : withPlus(facts.user)
  try {
    await requests.submit(
      requests.initial({
        sessionId,
        requestNumber: 0,
        tenantId,
        userId: null,
        sipUsername: isOut ? facts.user : null,
        direction: facts.direction,
        calledNumber: facts.called,
        callingNumber: parseE164(shown),
        requestedSeconds: facts.boundSeconds,
        blind: true,
        eventTime: instant(facts.begunAt),
      }),
    )
  } catch (error) {
    if (!(error instanceof OutOfSequence)) throw error
    log.warn({ sessionId, error: error.message }, 'a call that was let through is known in another way')
  }
}

const withPlus = (number: string): string => (/^[0-9]+$/.test(number) ? `+${number}` : number)
