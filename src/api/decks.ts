/** The active rate deck in memory, and its replacement: a deck replaces the one before it for the whole installation (R1). */
import type { Clock } from '../core/clock.ts'
import type { Uuid } from '../core/ids.ts'
import type { RateDeck } from '../core/rate-deck.ts'
import type { Db, Tx } from '../store/db.ts'
import { activateDeck, activeDeck, type DeckVersion, loadDeck, publishDeck } from '../store/rate-deck.ts'

/** Decks kept in memory, so that a roll-back is instant; one of a million rows takes some 35 MB. */
const KEPT = 3

export interface Decks {
  current(): RateDeck | null
  /** Stores the rows of `deck` under the next version and makes it the active one. */
  publish(tx: Tx, id: Uuid, deck: RateDeck): Promise<DeckVersion>
  /** Null: there is no such deck. */
  activate(tx: Tx, id: Uuid): Promise<DeckVersion | null>
  /** Looks whether another process has changed the active deck; loads it if so. */
  refresh(): Promise<void>
}

export async function makeDecks(db: Db, clock: Clock): Promise<Decks> {
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
    async publish(tx, id, deck) {
      const version = await publishDeck(tx, { id, publishedAt: clock.now(), rows: deck.rows })
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
  }
  await decks.refresh()
  return decks
}
