/** What was told at a tenant, kept for a while so that whoever was cut off can be told what was missed; and how each thing stands. */
import type { LiveTopic } from '../core/live-feed.ts'
import type { Permission } from '../core/permission.ts'

/** One fact, as it was numbered. */
export interface LiveEntry {
  readonly seq: number
  readonly topic: LiveTopic
  /** What it is about: a later fact about the same makes this one superfluous. Null: it stands alone. */
  readonly key: string | null
  /** JSON of an object. */
  readonly data: string
  /** What it takes to see it, beyond the topic. */
  readonly needs: Permission | null
}

/** How a thing stands: pools, the wallet, a call, a job. */
export interface LiveThing {
  readonly id: string
  readonly item: object
  /** What it takes to see it, beyond the topic. */
  readonly needs?: Permission | null
}

/** Facts that are kept for those who come back: some minutes of a busy tenant. */
const KEPT = 4_096

interface Known {
  readonly json: string
  readonly needs: Permission | null
  /** What must differ for the thing to be told again. */
  readonly base: string
}

interface Telling {
  readonly id: string
  /** Null: it is gone. */
  readonly item: object | null
  readonly fact: string
  /** What else the fact says. */
  readonly more?: object
  readonly needs?: Permission | null
  /** What must differ for it to be told again; the item itself, unless given. */
  readonly base?: string
}

export class LiveLog {
  readonly #items = new Map<LiveTopic, Map<string, Known>>()
  #entries: LiveEntry[] = []
  #seq = 0

  get last(): number {
    return this.#seq
  }

  /** What came after `seq`; null when that is not all there any more. */
  since(seq: number): readonly LiveEntry[] | null {
    if (seq > this.#seq) return null
    const first = this.#seq - this.#entries.length + 1
    return seq < first - 1 ? null : this.#entries.slice(seq - first + 1)
  }

  /** How all things of a topic stand, as JSON of a list; things that need a permission that is not there are left out. */
  items(topic: LiveTopic, permissions: ReadonlySet<Permission>): string {
    const shown: string[] = []
    for (const [id, { json, needs }] of this.#items.get(topic) ?? []) {
      if (needs === null || permissions.has(needs)) shown.push(`{"id":${JSON.stringify(id)},"item":${json}}`)
    }
    return `[${shown.join(',')}]`
  }

  has(topic: LiveTopic, id: string): boolean {
    return this.#items.get(topic)?.has(id) ?? false
  }

  /** All things of a topic as they stand: tells what is new, different or gone. */
  tellAll(topic: LiveTopic, now: readonly LiveThing[]): void {
    const ids = new Set(now.map(({ id }) => id))
    for (const id of [...this.#itemsOf(topic).keys()])
      if (!ids.has(id)) this.tell(topic, { id, item: null, fact: 'gone' })
    for (const thing of now) this.tell(topic, { ...thing, fact: 'changed' })
  }

  /** How one thing stands; nothing is told when that is known. */
  tell(topic: LiveTopic, { id, item, fact, more = {}, needs = null, base }: Telling): void {
    const items = this.#itemsOf(topic)
    const known = items.get(id)
    if (item === null) {
      if (!known) return
      items.delete(id)
      this.push(topic, id, { fact, id, item: null, ...more }, known.needs)
      return
    }
    const json = JSON.stringify(item)
    if (known && known.base === (base ?? json) && known.needs === needs) return
    items.set(id, { json, needs, base: base ?? json })
    this.push(topic, id, { fact, id, item, ...more }, needs)
  }

  /** A fact that leaves nothing behind. */
  push(topic: LiveTopic, key: string | null, data: object, needs: Permission | null = null): void {
    this.#seq += 1
    this.#entries.push({ seq: this.#seq, topic, key, data: JSON.stringify(data), needs })
  }

  /** Forgets the oldest facts where there are too many. */
  trim(): void {
    if (this.#entries.length > 2 * KEPT) this.#entries = this.#entries.slice(-KEPT)
  }

  #itemsOf(topic: LiveTopic): Map<string, Known> {
    const known = this.#items.get(topic) ?? new Map<string, Known>()
    this.#items.set(topic, known)
    return known
  }
}
