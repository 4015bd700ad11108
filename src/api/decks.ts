/** The active rate deck in memory, and its replacement: a deck replaces the one before it for the whole installation (R1). */
import { newUuid } from '../charging/engine.ts'
import type { Clock } from '../core/clock.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import type { RateDeck } from '../core/rate-deck.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import { type Db, inTransaction, type Tx } from '../store/db.ts'
import {
  activateDeck,
  activeDeck,
  type DeckVersion,
  listDecks,
  loadDeck,
  publishDeck,
  takeDueDecks,
} from '../store/rate-deck.ts'

/** Decks kept in memory, so that a roll-back is instant; one of a million rows takes some 35 MB. */
const KEPT = 3

export interface Decks {
  current(): RateDeck | null
  /** Stores the rows of `deck` under the next version and makes it the active one, unless that is left for later. */
  publish(tx: Tx, id: Uuid, deck: RateDeck, isForLater?: boolean): Promise<DeckVersion>
  /** Null: there is no such deck. */
  activate(tx: Tx, id: Uuid): Promise<DeckVersion | null>
  /** Looks whether another process has changed the active deck; loads it if so. */
  refresh(): Promise<void>
  /** Activates what was published for a time that has come. */
  activateDue(): Promise<void>
  /** Any published deck, from memory if it is there; null: there is no such deck. */
  load(id: Uuid): Promise<RateDeck | null>
}

export async function makeDecks(db: Db, clock: Clock, newId = () => newUuid(Date.now())): Promise<Decks> {
  const loaded = new Map<number, RateDeck>()
  let current: RateDeck | null = null

  function keep(deck: RateDeck): RateDeck {
    loaded.set(deck.version, deck)
    for (const version of loaded.keys()) {
      if (loaded.size <= KEPT) break
      if (version !== deck.version && version !== current?.version) loaded.delete(version)
    }
    return deck
  }

  const decks: Decks = {
    current: () => current,
    async publish(tx, id, deck, isForLater = false) {
      const version = await publishDeck(tx, { id, publishedAt: clock.now(), rows: deck.rows })
      if (isForLater) return version
      await activateDeck(tx, id, clock.now())
      keep({ ...deck, version: version.version })
      return version
    },
    activate: (tx, id) => activateDeck(tx, id, clock.now()),
    async refresh() {
      const active = await activeDeck(db)
      if (active === null || active.version === current?.version) return
      current = loaded.get(active.version) ?? keep(await loadDeck(db, active.id))
    },
    async activateDue() {
      await inTransaction(db, async (tx) => {
        const at = clock.now()
        for (const deck of await takeDueDecks(tx, at)) {
          await activateDeck(tx, deck.id, at)
          await record(tx, {
            id: newId(),
            tenantId: null,
            at,
            actor: deck.by,
            action: 'rate-deck.activated',
            subject: formatId('rateDeck', deck.id),
            after: { version: deck.version, scheduledFor: formatInstant(deck.activateAt) },
          })
        }
      })
      await decks.refresh()
    },
    async load(id) {
      const known = (await listDecks(db)).find((deck) => deck.id === id)
      return known ? (loaded.get(known.version) ?? loadDeck(db, id)) : null
    },
  }
  await decks.refresh()
  return decks
}
