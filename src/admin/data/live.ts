/**
 * What happens at the tenant, as it happens: one stream of server-sent events for the whole tab, whoever listens. The server sends
 * facts (`GET /v1/tenants/{t}/live?topics=…`); whoever draws seconds counts them itself from `serverNow()`.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { LiveTopic } from '../../core/live-feed.ts'
import { clientEvents } from './client.ts'
import { queryClient } from './query.ts'
import { readMe, useMay, useTenantId } from './session.ts'

export type LiveState = 'off' | 'live' | 'reconnecting' | 'stale'

export interface Live {
  readonly state: LiveState
  /** When something was last heard, by this browser's clock. */
  readonly heardAt: number
}

export interface LiveEvent {
  readonly topic: LiveTopic
  /** The event's id: what a reconnect goes on from. */
  readonly id: string
  readonly data: Readonly<Record<string, unknown>>
}

type Handler = (event: LiveEvent) => void

/** After this long without a stream the figures on the page are old, and say so. */
const STALE_AFTER_MS = 60_000
/** Browsers allow six connections to one server: a tab that nobody looks at gives its stream back. */
const HIDDEN_FOR_MS = 30_000
const RETRY_MAX_MS = 15_000

const handlers = new Map<LiveTopic, Set<Handler>>()
const watchers = new Set<() => void>()
let tenantId: string | null = null
let source: EventSource | null = null
let openFor = ''
let failures = 0
let timer: ReturnType<typeof setTimeout> | undefined
let hidingTimer: ReturnType<typeof setTimeout> | undefined
let snapshot: Live = { state: 'off', heardAt: 0 }
let offsetMs = 0
/** Where the clock of a sandbox stands. */
let frozenAt: number | null = null

/** Now, by the clock that counts at the tenant on screen: the server's, or that of a sandbox, which may stand. */
export const serverNow = (): number => frozenAt ?? Date.now() + offsetMs

function show(state: LiveState): void {
  if (snapshot.state === state) return
  snapshot = { ...snapshot, state }
  for (const watcher of watchers) watcher()
}

const wanted = (): string => {
  const topics = [...handlers.keys()].sort()
  return tenantId === null || topics.length === 0 ? '' : `/v1/tenants/${tenantId}/live?topics=${topics.join(',')}`
}

/** Opens, reopens or closes the stream: whatever is wanted now. Topics that come in one render share one opening. */
function arrange(): void {
  clearTimeout(timer)
  timer = setTimeout(connect, 0)
}

function connect(): void {
  const url = wanted()
  if (url === openFor && source && source.readyState !== EventSource.CLOSED) return
  source?.close()
  source = null
  openFor = url
  if (url === '') {
    show('off')
    return
  }
  const opened = new EventSource(url)
  source = opened
  opened.addEventListener('open', () => {
    failures = 0
    heard()
    show('live')
  })
  opened.addEventListener('hello', heard)
  for (const topic of handlers.keys()) {
    opened.addEventListener(topic, (message) => receive(topic, message as MessageEvent<string>))
  }
  opened.addEventListener('error', () => {
    if (opened !== source) return
    show(Date.now() - snapshot.heardAt > STALE_AFTER_MS ? 'stale' : 'reconnecting')
    // The browser comes back by itself unless the answer was a refusal; then we do.
    failures += 1
    clearTimeout(timer)
    timer = setTimeout(retry, Math.min(RETRY_MAX_MS, 500 * 2 ** failures))
  })
}

function retry(): void {
  if (source && source.readyState === EventSource.OPEN) return
  if (Date.now() - snapshot.heardAt > STALE_AFTER_MS) show('stale')
  if (source?.readyState === EventSource.CLOSED) {
    // Refused: the session may be over, which is said elsewhere. Nothing is opened for nobody.
    readMe().then((me) => me && connect(), again)
    return
  }
  again()
}

function again(): void {
  clearTimeout(timer)
  timer = setTimeout(retry, RETRY_MAX_MS)
}

function heard(): void {
  snapshot = { ...snapshot, heardAt: Date.now() }
}

function receive(topic: LiveTopic, message: MessageEvent<string>): void {
  heard()
  const data = JSON.parse(message.data) as Record<string, unknown>
  const { serverNow: at, now } = data
  if (typeof at === 'string') offsetMs = Date.parse(at) - Date.now()
  frozenAt = typeof now === 'string' ? Date.parse(now) : null
  for (const handler of handlers.get(topic) ?? []) handler({ topic, id: message.lastEventId, data })
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(hidingTimer)
  if (document.hidden) {
    hidingTimer = setTimeout(() => {
      source?.close()
      source = null
      openFor = ''
    }, HIDDEN_FOR_MS)
  } else if (source === null) arrange()
})

clientEvents.reached.add((isReached) => {
  if (isReached && snapshot.state !== 'live' && source?.readyState === EventSource.CLOSED) arrange()
})

/** The shell names the tenant whose stream is followed (null: none), and where its clock stands. */
export function followTenant(id: string | null, clock: string | null): void {
  frozenAt = clock === null ? null : Date.parse(clock)
  if (id === tenantId) return
  tenantId = id
  snapshot = { state: 'off', heardAt: Date.now() }
  arrange()
}

function listen(topic: LiveTopic, handler: Handler): () => void {
  const ofTopic = handlers.get(topic) ?? new Set()
  // Whoever comes to a topic that is open already must be told how things stand, and that is what the stream begins with.
  if (ofTopic.size > 0) openFor = ''
  handlers.set(topic, ofTopic.add(handler))
  arrange()
  return () => {
    ofTopic.delete(handler)
    if (ofTopic.size === 0) handlers.delete(topic)
    arrange()
  }
}

/** Hears a topic of the tenant on screen while the component is there. */
export function useLive(topic: LiveTopic, handler: Handler): void {
  const latest = useRef(handler)
  latest.current = handler
  const ten = useTenantId()
  const mayListen = useMay('overview:read')
  useEffect(() => {
    return ten === null || !mayListen ? undefined : listen(topic, (event) => latest.current(event))
  }, [topic, ten, mayListen])
}

/** Asks again what a topic concerns: `useLiveQueries('wallet', [['wallet', ten]])`. At most twice a second. */
export function useLiveQueries(topic: LiveTopic, queryKeys: readonly (readonly unknown[])[]): void {
  const due = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useLive(topic, () => {
    due.current ??= setTimeout(() => {
      due.current = undefined
      for (const queryKey of queryKeys) void queryClient.invalidateQueries({ queryKey })
    }, 500)
  })
}

/** For the dot in the top bar, and for figures that say how old they are. */
export const useLiveState = (): Live =>
  useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => snapshot,
  )
