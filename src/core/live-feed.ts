/**
 * What a live stream tells, and how whoever listens keeps it: facts with rising ids. Each fact says how one thing stands now, so a
 * repeated one changes nothing, and a later one makes an earlier one superfluous. A snapshot says how all things of a topic stand.
 */

export const LIVE_TOPICS = ['calls', 'pools', 'wallet', 'alerts', 'jobs', 'tenant'] as const
export type LiveTopic = (typeof LIVE_TOPICS)[number]

/** How things stand, by their ids. */
export type LiveItems<Item> = ReadonlyMap<string, Item>

export type LiveFact<Item> =
  /** All of a topic: what is not in it is gone. */
  | { readonly fact: 'snapshot'; readonly items: readonly { readonly id: string; readonly item: Item }[] }
  /** One thing as it stands now (`item`), or that it is gone (`item: null`). `fact` says what happened to it. */
  | { readonly fact: string; readonly id: string; readonly item: Item | null }
  /** Something happened that no item shows. */
  | { readonly fact: string; readonly id?: undefined }

/** The items after a fact; the same map where it changes nothing. */
export function applyFact<Item>(items: LiveItems<Item>, fact: LiveFact<Item>): LiveItems<Item> {
  if ('items' in fact) return new Map(fact.items.map(({ id, item }) => [id, item]))
  if (fact.id === undefined) return items
  const next = new Map(items)
  if (fact.item !== null) return next.set(fact.id, fact.item)
  return next.delete(fact.id) ? next : items
}
