/** One client of a live feed: facts as server-sent events, in order, as fast as the client reads and at most four times a second. */
import type { ServerResponse } from 'node:http'
import { LIVE_TOPICS, type LiveTopic } from '../core/live-feed.ts'
import type { Permission } from '../core/permission.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import type { LiveFeed } from './live-feed.ts'
import type { LiveEntry } from './live-log.ts'

/** What it takes to follow a topic. */
export const TOPIC_PERMISSIONS = {
  calls: 'call:read',
  pools: 'pool:read',
  wallet: 'wallet:read',
  alerts: 'overview:read',
  jobs: 'job:read',
  tenant: 'tenant:read',
} as const satisfies Record<LiveTopic, Permission>

const FLUSH_MS = 250
/** Proxies close what is silent; and a key that was revoked, or a role that was taken away, is noticed. */
const HEARTBEAT_MS = 15_000

export const EVENT_STREAM = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}

export interface LiveStreamOptions {
  readonly feed: LiveFeed
  readonly response: ServerResponse
  readonly topics: readonly LiveTopic[]
  readonly permissions: ReadonlySet<Permission>
  /** What the client heard last, as it says; undefined: nothing. */
  readonly lastEventId: string | undefined
  readonly now: () => Instant
  /** What they may do now; null: nothing any more. */
  readonly permissionsNow: () => Promise<ReadonlySet<Permission> | null>
  readonly onEnd: () => void
}

export interface LiveStream {
  end(): void
}

/** The topics in one letter: an id is good only for the same topics. */
const maskOf = (topics: readonly LiveTopic[]): string =>
  LIVE_TOPICS.reduce((mask, topic, index) => mask + (topics.includes(topic) ? 2 ** index : 0), 0).toString(36)

/** Writes until the client goes, may no longer see it, or we stop. Never throws. The feed has what the topics need. */
export function startLiveStream(options: LiveStreamOptions): LiveStream {
  const { feed, response, topics, permissions, now } = options
  const mask = maskOf(topics)
  const idOf = (seq: number): string => `${feed.run}-${mask}-${seq}`
  let position = positionOf(options.lastEventId, `${feed.run}-${mask}-`)
  let isWaiting = false
  let hasEnded = false
  let flushedAt = 0
  let timer: NodeJS.Timeout | undefined

  const stopListening = feed.listen(flushSoon)
  const heartbeat = setInterval(() => {
    options.permissionsNow().then(
      (allowed) => {
        if (allowed === null || !isSame(allowed, permissions, topics)) end()
        else if (!hasEnded) response.write(': still here\n\n')
      },
      // The store is away: nobody can say who may what, and there is nothing to tell either.
      () => undefined,
    )
  }, HEARTBEAT_MS)

  function end(): void {
    if (hasEnded) return
    hasEnded = true
    clearInterval(heartbeat)
    clearTimeout(timer)
    stopListening()
    options.onEnd()
    response.end()
  }

  function flushSoon(): void {
    if (timer || isWaiting || hasEnded) return
    const wait = flushedAt + FLUSH_MS - Date.now()
    if (wait <= 0) {
      flush()
      return
    }
    timer = setTimeout(() => {
      timer = undefined
      flush()
    }, wait)
  }

  function flush(): void {
    const missed = position === null ? null : feed.since(position)
    const text = missed === null ? snapshots() : facts(missed)
    position = feed.last()
    if (text === '') return
    flushedAt = Date.now()
    if (response.write(text)) return
    // A client that reads slowly is told less often; what it missed by then is told in one go, or as it stands.
    isWaiting = true
    response.once('drain', () => {
      isWaiting = false
      flushSoon()
    })
  }

  /** `serverNow` is that of the telling, also for what is told again. */
  function stamped(data: string): string {
    const frozen = feed.frozenNow()
    const clock = frozen === null ? '' : `"now":"${formatInstant(frozen)}",`
    return `{"serverNow":"${formatInstant(now())}",${clock}${data.slice(1)}`
  }

  /** Only the last one has an id: whoever is cut off between two of them begins again. */
  function snapshots(): string {
    return topics
      .map((topic, index) => {
        const id = index === topics.length - 1 ? `id: ${idOf(feed.last())}\n` : ''
        return `${id}event: ${topic}\ndata: ${stamped(`{"fact":"snapshot","items":${feed.items(topic, permissions)}}`)}\n\n`
      })
      .join('')
  }

  function facts(entries: readonly LiveEntry[]): string {
    const shown = entries.filter(
      ({ topic, needs }) => topics.includes(topic) && (needs === null || permissions.has(needs)),
    )
    return latest(shown)
      .map(({ seq, topic, data }) => `id: ${idOf(seq)}\nevent: ${topic}\ndata: ${stamped(data)}\n\n`)
      .join('')
  }

  response.once('close', end)
  response.once('error', end)
  response.writeHead(200, EVENT_STREAM)
  const hello = JSON.stringify({ topics })
  response.write(`retry: 1000\n\nevent: hello\ndata: ${stamped(hello)}\n\n`)
  flush()
  return { end }
}

/** Facts without those that a later one about the same makes superfluous. */
function latest(entries: readonly LiveEntry[]): LiveEntry[] {
  const told = new Set<string>()
  const kept: LiveEntry[] = []
  for (const entry of entries.toReversed()) {
    const name = entry.key === null ? null : `${entry.topic} ${entry.key}`
    if (name !== null && told.has(name)) continue
    if (name !== null) told.add(name)
    kept.push(entry)
  }
  return kept.reverse()
}

function positionOf(lastEventId: string | undefined, prefix: string): number | null {
  if (!lastEventId?.startsWith(prefix)) return null
  const number = lastEventId.slice(prefix.length)
  return /^\d{1,15}$/.test(number) ? Number(number) : null
}

/** Would the same stream be opened again? Otherwise the client comes back and is told what it may see. */
function isSame(now: ReadonlySet<Permission>, before: ReadonlySet<Permission>, topics: readonly LiveTopic[]): boolean {
  return now.size === before.size && [...before].every((permission) => now.has(permission)) && topics.length > 0
}
