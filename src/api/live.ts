/**
 * `/overview` and `/live`: a tenant at a glance, and what happens at it (D1). `/live?topics=…` tells facts, each once, and after a gap
 * what was missed; without `topics` it sends whole overviews.
 */
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { TenantId } from '../core/ids.ts'
import { LIVE_TOPICS, type LiveTopic } from '../core/live-feed.ts'
import { findTenant } from '../store/tenant.ts'
import { mayStill, permissionsNow, principalOf } from './auth.ts'
import { hint } from './invalid.ts'
import { makeLiveFeeds } from './live-feed.ts'
import { EVENT_STREAM, type LiveStream, startLiveStream, TOPIC_PERMISSIONS } from './live-stream.ts'
import { overviewOut, readOverview } from './overview.ts'
import { Problem } from './problem.ts'
import type { Deps, Routes } from './server.ts'
import { tenantOf, tenantParams, walled } from './tenant.ts'

/** At most two overviews a second and client. */
const SNAPSHOT_EVERY_MS = 500
/** Proxies close what is silent; and a key that was revoked is noticed. */
const HEARTBEAT_MS = 15_000

const unknownTopic = hint(`topics are ${LIVE_TOPICS.join(', ')}`, `les sujets sont ${LIVE_TOPICS.join(', ')}`)
const isTopic = (text: string): text is LiveTopic => (LIVE_TOPICS as readonly string[]).includes(text)

const liveQuery = z.strictObject({
  topics: z
    .string()
    .max(100)
    .refine((text) => text.split(',').every(isTopic), { error: unknownTopic })
    .transform((text) => LIVE_TOPICS.filter((topic) => text.split(',').includes(topic)))
    .optional()
    .meta({
      description: `Of ${LIVE_TOPICS.join(', ')}, with commas between. Absent: whole overviews`,
      examples: ['calls,pools'],
    }),
})

export const liveRoutes: Routes = (app, deps) => {
  const feeds = makeLiveFeeds(deps)
  const liveStreams = new Set<LiveStream>()
  const streams = new Map<TenantId, Set<Stream>>()
  const wake = (tenantIds: readonly TenantId[]): void => {
    for (const tenantId of tenantIds) for (const stream of streams.get(tenantId) ?? []) stream.changed()
  }
  deps.engine.events.on('changed', wake)
  app.addHook('onClose', async () => {
    deps.engine.events.off('changed', wake)
    for (const stream of liveStreams) stream.end()
    feeds.stop()
    for (const ofTenant of streams.values()) for (const stream of ofTenant) stream.end()
  })
  // Licences, users and fundings change through this API without a call: their tenant's pages look again too.
  app.addHook('onResponse', async (request, reply) => {
    if (request.method === 'GET' || reply.statusCode >= 300) return
    const { tenantId } = (request.params ?? {}) as { tenantId?: TenantId | null }
    if (!tenantId) return
    wake([tenantId])
    feeds.changed(tenantId, request.routeOptions.url?.split('/')[4] ?? 'tenant')
  })

  app.get(
    '/v1/tenants/:tenantId/overview',
    {
      config: { permission: 'overview:read' },
      schema: {
        summary: 'Pools, wallet, calls in progress and the last calls, at once',
        tags: ['live'],
        params: tenantParams,
        response: { 200: overviewOut },
      },
    },
    async (request) => readOverview(walled(deps, request), await tenantOf(request.db, request.params.tenantId)),
  )

  app.get(
    '/v1/tenants/:tenantId/live',
    {
      config: { permission: 'overview:read' },
      schema: {
        summary: 'What happens at the tenant, as server-sent events',
        description: [
          'With `topics`: events named by topic, each with an id that rises. The data is `{serverNow, fact, id, item}`: how one thing',
          'stands now, or with `item: null` that it is gone. `fact: "snapshot"` comes with `items`, all things of the topic: at first, and',
          'when what was missed since `Last-Event-ID` is not known any more. `fact: "touched"` says what else was changed (`what`), without',
          'an item. Topics that the caller may not see are left out; `hello` says which are served. Where the clock of a sandbox stands,',
          '`now` says where. Without `topics`: events `overview`, each with the answer of `/overview`.',
        ].join('\n'),
        tags: ['live'],
        params: tenantParams,
        querystring: liveQuery,
        response: {
          200: { description: 'Server-sent events', content: { 'text/event-stream': { schema: z.string() } } },
        },
      },
    },
    async (request, reply) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { topics } = request.query
      if (topics !== undefined) {
        const { permissions } = principalOf(request)
        const served = topics.filter((topic) => permissions.has(TOPIC_PERMISSIONS[topic]))
        if (served.length === 0) throw new Problem('forbidden', { param: 'topics' })
        const feed = feeds.of(tenantId)
        await feed.want(served)
        reply.hijack()
        const lastEventId = request.headers['last-event-id']
        const stream = startLiveStream({
          feed,
          response: reply.raw,
          topics: served,
          permissions,
          lastEventId: Array.isArray(lastEventId) ? undefined : lastEventId,
          now: () => deps.clock.now(),
          permissionsNow: () => permissionsNow(deps, request),
          onEnd: () => liveStreams.delete(stream),
        })
        liveStreams.add(stream)
        return
      }
      reply.hijack()
      const ofTenant = streams.get(tenantId) ?? new Set()
      streams.set(tenantId, ofTenant)
      const stream = makeStream({
        deps: walled(deps, request),
        tenantId,
        response: reply.raw,
        isAllowed: () => mayStill(deps, request),
        onEnd: () => {
          ofTenant.delete(stream)
          if (ofTenant.size === 0 && streams.get(tenantId) === ofTenant) streams.delete(tenantId)
        },
      })
      ofTenant.add(stream)
    },
  )
}
interface Stream {
  /** Something of the tenant has changed: sends a snapshot, now or as soon as the last one is old enough. */
  changed(): void
  end(): void
}

interface StreamOptions {
  readonly deps: Deps
  readonly tenantId: TenantId
  readonly response: ServerResponse
  readonly isAllowed: () => Promise<boolean>
  readonly onEnd: () => void
}

/** Writes to one client until it goes, is no longer allowed, or we stop. Never throws: what fails ends the stream. */
function makeStream({ deps, tenantId, response, isAllowed, onEnd }: StreamOptions): Stream {
  let eventId = 0
  let isDue = true
  let isBusy = false
  let hasEnded = false
  let timer: NodeJS.Timeout | undefined
  const heartbeat = setInterval(() => {
    isAllowed().then(
      (allowed) => {
        if (!allowed) end()
        else if (!hasEnded) response.write(': still here\n\n')
      },
      // The store is away: snapshots will say so.
      () => undefined,
    )
  }, HEARTBEAT_MS)

  function end(): void {
    if (hasEnded) return
    hasEnded = true
    clearInterval(heartbeat)
    clearTimeout(timer)
    onEnd()
    response.end()
  }

  async function send(): Promise<void> {
    if (!isDue || isBusy || hasEnded || timer) return
    isDue = false
    isBusy = true
    try {
      const tenant = await findTenant(deps.db, tenantId)
      if (!tenant) return end()
      const data = JSON.stringify(await readOverview(deps, tenant))
      if (hasEnded) return
      eventId += 1
      const hasRoom = response.write(`id: ${eventId}\nevent: overview\ndata: ${data}\n\n`)
      // A client that reads slowly gets fewer snapshots, not a longer queue of them.
      if (!hasRoom) await new Promise<void>((resolve) => response.once('drain', resolve).once('close', resolve))
    } catch {
      // The client comes again by itself and finds us when the store is back.
      return end()
    } finally {
      isBusy = false
    }
    timer = setTimeout(() => {
      timer = undefined
      void send()
    }, SNAPSHOT_EVERY_MS)
  }

  response.once('close', end)
  response.once('error', end)
  response.writeHead(200, EVENT_STREAM)
  response.write('retry: 1000\n\n')
  void send()
  return {
    changed() {
      isDue = true
      void send()
    },
    end,
  }
}
