/** Who can call outside now, for a few people at once: one reading, then the engine's own answer for each (core/reach.ts). */
import { Book } from '../core/book.ts'
import type { Country } from '../core/country.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import { priceQuote, priceRequest } from '../core/price.ts'
import type { RateDeck } from '../core/rate-deck.ts'
import { domesticNumbers, type Reach, reachOf } from '../core/reach.ts'
import type { Instant } from '../core/time.ts'
import { loadBook } from './charging.ts'
import { type Db, inTransaction, type Queryable } from './db.ts'
import { openPools } from './pool.ts'
import { addWallet, readingLane } from './price.ts'

export interface ReachQuestion {
  readonly tenantId: TenantId
  readonly users: readonly { readonly userId: UserId; readonly usageLocation: Country }[]
  /** Real time; a sandbox tenant's own clock goes first. */
  readonly now: Instant
  readonly deck: RateDeck | null
}

/** By user. Where nobody has called yet in this month, the pools that the calls would draw are opened first, as calls would do. */
export async function readReach(
  db: Db,
  { tenantId, users, now, deck }: ReachQuestion,
  newId: () => Uuid,
): Promise<ReadonlyMap<UserId, Reach>> {
  const answers = new Map<UserId, Reach>()
  const numbers = await freeNumbers(db, new Set(users.map((user) => user.usageLocation)))
  const asked = users.flatMap(({ userId, usageLocation }) => {
    const calledNumber = numbers.get(usageLocation)
    if (calledNumber === undefined) {
      answers.set(userId, { canCall: false, refusal: 'invalid-number' })
      return []
    }
    const wish = { userId, sipUsername: null, direction: 'out', calledNumber, callingNumber: null } as const
    return [{ userId, request: priceRequest(tenantId, wish) }]
  })
  if (asked.length === 0) return answers
  const requests = asked.map(({ request }) => request)
  for (;;) {
    const book = await inTransaction(
      db,
      async (tx) => {
        const loaded = await loadBook(readingLane(tx), { requests, sessions: [], tenantIds: [], now, deck })
        if (!('missing' in loaded)) await addWallet(tx, loaded, tenantId)
        return loaded
      },
      { isolation: 'repeatable read' },
    )
    if ('missing' in book) {
      await openPools(db, book.missing, now, newId)
      continue
    }
    for (const { userId, request } of asked) answers.set(userId, reachOf(priceQuote(copyOf(book), request)))
    return answers
  }
}

/** Nobody's call in this answer takes what the next one asks for. */
function copyOf(book: Book): Book {
  const copy = new Book(book.now, book.deck)
  for (const [id, tenant] of book.tenants) copy.tenants.set(id, tenant)
  for (const [key, user] of book.users) copy.users.set(key, user)
  for (const [number, row] of book.numbers) copy.numbers.set(number, row)
  for (const account of book.accounts.values()) copy.addAccount({ ...account })
  for (const tenantId of book.walletsLoaded) copy.walletsLoaded.add(tenantId)
  for (const use of book.limitUses.values()) copy.addLimitUse({ ...use })
  return copy
}

/** For each place a number that is in service with nobody here: a colleague's would be another kind of call. */
async function freeNumbers(db: Queryable, locations: ReadonlySet<Country>): Promise<ReadonlyMap<Country, E164>> {
  const candidates = new Map([...locations].map((location) => [location, domesticNumbers(location)]))
  const rows = await db.query<{ number: E164 }>('SELECT number FROM phone_number WHERE number = ANY($1)', [
    [...candidates.values()].flat(),
  ])
  const taken = new Set(rows.map(({ number }) => number))
  return new Map(
    [...candidates].flatMap(([location, numbers]) => {
      const free = numbers.find((number) => !taken.has(number))
      return free === undefined ? [] : [[location, free] as const]
    }),
  )
}
