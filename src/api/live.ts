/**
 * `/overview` and `/live`: a tenant at a glance, once or as server-sent events (D1). The stream sends whole snapshots, so a
 * client that was away for a while misses nothing that still matters. Changes are those of this process.
 */
import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { TenantId } from '../core/ids.ts'
import { findTenant } from '../store/tenant.ts'
import { mayStill } from './auth.ts'
import { overviewOut, readOverview } from './overview.ts'
import type { Deps, Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

/** At most two snapshots a second and client. */
const SNAPSHOT_EVERY_MS = 500
/** Proxies close what is silent; and a key that was revoked is noticed. */
const HEARTBEAT_MS = 15_000

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
}

export const liveRoutes: Routes = (app, deps) => {
  const streams = new Map<TenantId, Set<Stream>>()
  const wake = (tenantIds: readonly TenantId[]): void => {
    for (const tenantId of tenantIds) for (const stream of streams.get(tenantId) ?? []) stream.changed()
  }
  deps.engine.events.on('changed', wake)
  app.addHook('onClose', async () => {
    deps.engine.events.off('changed', wake)
    for (const ofTenant of streams.values()) for (const stream of ofTenant) stream.end()
  })
  // Licences, users and fundings change through this API without a call: their tenant's pages look again too.
  app.addHook('onResponse', async (request, reply) => {
    if (request.method === 'GET' || reply.statusCode >= 300) return
    const { tenantId } = (request.params ?? {}) as { tenantId?: TenantId | null }
    if (tenantId) wake([tenantId])
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
    async (request) => readOverview(deps, await tenantOf(deps.db, request.params.tenantId)),
  )

  app.get(
    '/v1/tenants/:tenantId/live',
    {
      config: { permission: 'overview:read' },
      schema: {
        summary: 'The overview as server-sent events: a snapshot at once, and after every change',
        tags: ['live'],
        params: tenantParams,
        response: {
          200: {
            description: 'Events `overview`, each with the answer of `/overview` as its data',
            content: { 'text/event-stream': { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const { tenantId } = await tenantOf(deps.db, request.params.tenantId)
      reply.hijack()
      const ofTenant = streams.get(tenantId) ?? new Set()
      streams.set(tenantId, ofTenant)
      const stream = makeStream({
        deps,
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
  response.writeHead(200, HEADERS)
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
