/** The price look-up (R3) reads what a call would read, by the same statements, and locks nothing. */
import type { CallWish } from '../core/authorise.ts'
import type { Book } from '../core/book.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import { type PriceQuote, type PriceRefused, priceQuote, priceRequest } from '../core/price.ts'
import type { RateDeck } from '../core/rate-deck.ts'
import type { Instant } from '../core/time.ts'
import { type Lane, loadBook, type MissingPools } from './charging.ts'
import { SQL } from './charging-sql.ts'
import { type Db, inTransaction, type Queryable, type Tx } from './db.ts'
import { readLots } from './ledger.ts'
import { openPools } from './pool.ts'

export interface PriceQuestion {
  readonly tenantId: TenantId
  readonly wish: CallWish
  /** Real time; a sandbox tenant's own clock goes first. */
  readonly now: Instant
  readonly deck: RateDeck | null
}

/**
 * Answers in one snapshot. The tenant must exist. Where nobody has called yet in this month, the pool that the call would draw
 * is opened first, as the call itself would do.
 */
export async function findPrice(
  db: Db,
  question: PriceQuestion,
  newId: () => Uuid,
): Promise<PriceQuote | PriceRefused> {
  const { tenantId, wish, now, deck } = question
  const request = priceRequest(tenantId, wish)
  const input = { requests: [request], sessions: [], tenantIds: [], now, deck }
  const look = async (tx: Tx): Promise<Book | MissingPools> => {
    const book = await loadBook(readingLane(tx), input)
    if (!('missing' in book)) await addWallet(tx, book, tenantId)
    return book
  }
  for (;;) {
    const book = await inTransaction(db, look, { isolation: 'repeatable read' })
    if (!('missing' in book)) return priceQuote(book, request)
    await openPools(db, book.missing, now, newId)
  }
}

/** A call leaves the wallet alone while its pool lasts; the answer says what comes after the pool. */
export async function addWallet(tx: Tx, book: Book, tenantId: TenantId): Promise<void> {
  if (book.walletsLoaded.has(tenantId)) return
  for (const lot of await readLots(tx, tenantId)) book.addAccount(lot)
  book.walletsLoaded.add(tenantId)
}

/** The statements of the charging path without their row locks, one after the other on the connection of `tx`. */
export function readingLane(tx: Tx): Lane {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(statement, values) {
      // Nothing is counted by a look.
      if (statement === 'lockLimits') return Promise.resolve([])
      const text = SQL[statement].replace(ROW_LOCK, '')
      const next = last.then(() => tx.client.query<unknown[]>({ text, values: [...values], rowMode: 'array' }))
      last = next.catch(() => undefined)
      return next.then(({ rows }) => rows)
    },
  }
}

const ROW_LOCK = /\n\s*FOR NO KEY UPDATE OF \w+$/

/** Whose telephone it is that has this mail address; null: nobody’s. */
export async function userByEmail(db: Queryable, tenantId: TenantId, email: string): Promise<UserId | null> {
  const [row] = await db.query<{ user_id: UserId }>(
    'SELECT user_id FROM tenant_user WHERE tenant_id = $1 AND email = $2 AND deleted_at IS NULL',
    [tenantId, email],
  )
  return row?.user_id ?? null
}
