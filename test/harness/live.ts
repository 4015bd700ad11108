/** A client of the live stream that can be cut off at any byte: what a browser's EventSource does, with every step in the test's hands. */
import { applyFact, type LiveFact, type LiveItems, type LiveTopic } from '../../src/core/live-feed.ts'

export interface Heard {
  readonly id: string | null
  readonly event: string
  readonly data: Record<string, unknown>
}

export class Watcher {
  readonly heard: Heard[] = []
  lastEventId: string | null = null
  readonly #url: () => string
  readonly #key: string
  readonly #topics: readonly LiveTopic[]
  #state = new Map<LiveTopic, LiveItems<unknown>>()
  #abort: AbortController | null = null
  #reading: Promise<void> = Promise.resolve()

  constructor(url: () => string, key: string, topics: readonly LiveTopic[]) {
    this.#url = url
    this.#key = key
    this.#topics = topics
  }

  /** Connects; resolves when the first events were asked for. `dieAfter`: the line breaks after so many bytes. */
  async connect(dieAfter = Number.POSITIVE_INFINITY): Promise<void> {
    const abort = new AbortController()
    this.#abort = abort
    const response = await fetch(`${this.#url()}/live?topics=${this.#topics.join(',')}`, {
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(this.lastEventId === null ? {} : { 'last-event-id': this.lastEventId }),
      },
      signal: abort.signal,
    })
    if (response.status !== 200 || !response.body) throw new Error(`${response.status} ${await response.text()}`)
    this.#reading = this.#read(response.body, dieAfter).catch(() => undefined)
  }

  async cut(): Promise<void> {
    this.#abort?.abort()
    await this.#reading
  }

  /** Until the server or the line ends it. */
  ended(): Promise<void> {
    return this.#reading
  }

  items<Item = unknown>(topic: LiveTopic): LiveItems<Item> {
    return (this.#state.get(topic) ?? new Map()) as LiveItems<Item>
  }

  /** Everything that it knows, in an order that does not depend on how it came to know it. */
  state(): Record<string, unknown> {
    return Object.fromEntries(
      this.#topics.map((topic) => [
        topic,
        Object.fromEntries([...this.items(topic)].sort(([a], [b]) => (a < b ? -1 : 1))),
      ]),
    )
  }

  async #read(body: ReadableStream<Uint8Array>, dieAfter: number): Promise<void> {
    let left = dieAfter
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      const bytes = chunk.subarray(0, left)
      left -= bytes.length
      text += decoder.decode(bytes, { stream: true })
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.#dispatch(text.slice(0, end))
        text = text.slice(end + 2)
      }
      if (left <= 0) {
        this.#abort?.abort()
        return
      }
    }
  }

  /** An event that was cut in two is none; one without an id leaves the last one as it was. */
  #dispatch(block: string): void {
    const fields = new Map(
      block.split('\n').flatMap((line) => {
        const colon = line.indexOf(': ')
        return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 2)] as const] : []
      }),
    )
    const data = fields.get('data')
    if (data === undefined) return
    const id = fields.get('id') ?? null
    if (id !== null) this.lastEventId = id
    const event = fields.get('event') ?? 'message'
    const parsed = JSON.parse(data) as Record<string, unknown>
    this.heard.push({ id, event, data: parsed })
    if (event === 'hello') return
    const topic = event as LiveTopic
    this.#state.set(topic, applyFact(this.items(topic), parsed as unknown as LiveFact<unknown>))
  }
}
