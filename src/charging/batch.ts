/**
 * A batch: load the book, decide every request in order, save the book, commit. Nothing is answered before the commit.
 */
import type { Book } from '../core/book.ts'
import { sessionKey } from '../core/book.ts'
import { closeSilent } from '../core/call-end.ts'
import { requestStop } from '../core/call-extend.ts'
import { charge } from '../core/credit-control.ts'
import type { TenantId, Uuid } from '../core/ids.ts'
import type { PoolNeed } from '../core/needs.ts'
import type { Outcome } from '../core/outcome.ts'
import type { RateDeck } from '../core/rate-deck.ts'
import type { CreditControlRequest } from '../core/request.ts'
import type { Instant } from '../core/time.ts'
import { loadBook, type SessionName } from '../store/charging.ts'
import { saveBook } from '../store/charging-save.ts'
import type { LaneConnection } from './lane.ts'

/** What one place in a batch asks for: a request of a switch, the closing of a call that fell silent, or its end by an admin. */
export type Work =
  | {
      readonly kind: 'request'
      readonly request: CreditControlRequest
      readonly tenantId: TenantId | null
      readonly mayWait: boolean
    }
  | { readonly kind: 'close-silent' | 'stop'; readonly session: SessionName; readonly tenantId: TenantId }

export interface BatchContext {
  readonly now: Instant
  readonly deck: RateDeck | null
  readonly newId: () => Uuid
  /** Makes the accounts of pools that the first call of a month needs, in a transaction of its own. */
  readonly openPools: (needs: readonly PoolNeed[]) => Promise<void>
}

export interface BatchResult {
  /** One per place, in order; null for work that has no answer. */
  readonly outcomes: readonly (Outcome | null)[]
  /** The book as it was committed: who was touched, which recharges fire, what nothing prices. */
  readonly book: Book
}

/** Runs one batch in one transaction. Throws when it could not be committed; then nothing has happened. */
export async function runBatch(
  lane: LaneConnection,
  works: readonly Work[],
  context: BatchContext,
): Promise<BatchResult> {
  for (let attempt = 0; ; attempt++) {
    const loaded = await load(lane, works, context)
    if ('missing' in loaded) {
      if (attempt > 0) throw new Error('pools are still missing after they were opened')
      await context.openPools(loaded.missing)
      continue
    }
    try {
      const outcomes = works.map((work) => decide(loaded, work))
      const writes = saveBook(lane, loaded, context.newId)
      await Promise.all([...writes, lane.commit()])
      return { outcomes, book: loaded }
    } catch (error) {
      await rollBack(lane)
      throw error
    }
  }
}

async function load(lane: LaneConnection, works: readonly Work[], context: BatchContext) {
  const requests = works.flatMap((work) => (work.kind === 'request' ? [work.request] : []))
  const sessions = works.flatMap((work) => (work.kind === 'request' ? [] : [work.session]))
  const tenantIds = works.flatMap((work) => (work.tenantId === null ? [] : [work.tenantId]))
  try {
    const [, loaded] = await Promise.all([
      lane.begin(),
      loadBook(lane, { requests, sessions, tenantIds, now: context.now, deck: context.deck }),
    ])
    if ('missing' in loaded) await lane.rollback()
    return loaded
  } catch (error) {
    await rollBack(lane)
    throw error
  }
}

function decide(book: Book, work: Work): Outcome | null {
  if (work.kind === 'request') return charge(book, work.request, { mayWait: work.mayWait })
  const session = book.sessions.get(sessionKey(work.session.switchId, work.session.sessionId))
  if (work.kind === 'stop') return { body: requestStop(book, session) }
  if (session) closeSilent(book, session)
  return null
}

/** A broken connection cannot roll back; its end does. */
const rollBack = (lane: LaneConnection): Promise<void> => lane.rollback().catch(() => undefined)
