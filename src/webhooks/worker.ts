/**
 * Delivers what the outbox holds (P51): at least once, in no promised order, each endpoint at its own pace. Several processes may
 * run it; a claim ends by itself, so a crash between commit and delivery, or between delivery and its note, only delays.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { formatId, type Uuid } from '../core/ids.ts'
import { formatInstant, type Instant, instant } from '../core/time.ts'
import { type Db, inTransaction } from '../store/db.ts'
import { claimDeliveries, type DueDelivery, disableGone, recordDelivery } from '../store/webhook-queue.ts'
import { type AttemptResult, type DeliverOptions, deliver } from './deliver.ts'
import { nextAttemptAt } from './schedule.ts'
import { signedHeaders } from './signature.ts'

export interface WebhookOptions extends DeliverOptions {
  readonly db: Db
  /** Real time. */
  readonly now: () => Instant
  readonly log: { error(details: object, message: string): void }
  /** How often the outbox is looked at; 500 ms unless told. */
  readonly pollMs?: number
}

export interface Webhooks {
  /** Waits for the attempts under way. */
  stop(): Promise<void>
}

const POLL_MS = 500
/** Longer than the deadline of an attempt: only a crash lets a claim run out. */
const CLAIM_MS = 60_000
const PER_ENDPOINT = 16
const AT_ONCE_MAX = 500

/** What is signed and sent: one text from the first attempt to the last. */
export const bodyOf = (event: Pick<DueDelivery, 'type' | 'at' | 'tenantId' | 'payload'>): string =>
  `{"type":"${event.type}","timestamp":"${formatInstant(event.at)}","tenantId":"${formatId('tenant', event.tenantId)}","data":${event.payload}}`

export function startWebhooks(options: WebhookOptions): Webhooks {
  const { db, now, log, pollMs = POLL_MS } = options
  const underWay = new Map<Uuid, Set<Promise<void>>>()
  /** Endpoints whose last attempt failed: one attempt at a time, so that the dead do not fill the room of the living. */
  const failing = new Set<Uuid>()
  const stopping = new AbortController()

  function room(): Map<Uuid, number> {
    const left = new Map<Uuid, number>()
    for (const endpointId of failing) left.set(endpointId, 1)
    for (const [endpointId, attempts] of underWay) {
      left.set(endpointId, Math.max(0, (left.get(endpointId) ?? PER_ENDPOINT) - attempts.size))
    }
    return left
  }

  /** Returns whether there may be more right now. */
  async function poll(): Promise<boolean> {
    const busy = [...underWay.values()].reduce((sum, attempts) => sum + attempts.size, 0)
    const at = now()
    const claim = { now: at, until: instant(at + CLAIM_MS), perEndpoint: PER_ENDPOINT, room: room() }
    const due = await claimDeliveries(db, { ...claim, limit: Math.max(0, AT_ONCE_MAX - busy) })
    for (const delivery of due) start(delivery)
    return due.length > 0
  }

  function start(delivery: DueDelivery): void {
    const { endpointId, eventId } = delivery
    const attempts = underWay.get(endpointId) ?? new Set()
    underWay.set(endpointId, attempts)
    const run = attempt(delivery)
      .catch((error: unknown) => log.error({ err: error, endpointId, eventId }, 'a webhook delivery was not noted'))
      .finally(() => {
        attempts.delete(run)
        if (attempts.size === 0) underWay.delete(endpointId)
      })
    attempts.add(run)
  }

  async function attempt(delivery: DueDelivery): Promise<void> {
    const { url, endpointId, tenantId, attempts } = delivery
    const body = bodyOf(delivery)
    const headers = signedHeaders(delivery, formatId('event', delivery.eventId), now(), body)
    const result = await deliver({ url, headers, body }, options)
    const isDelivered = result.status !== null && result.status >= 200 && result.status < 300
    if (isDelivered) failing.delete(endpointId)
    else failing.add(endpointId)
    const next = isDelivered ? null : nextAttemptAt(attempts, now(), Math.random())
    const isGone = result.status === 410
    await recordDelivery(db, delivery, {
      state: stateAfter(isDelivered, isGone ? null : next),
      nextAttemptAt: isGone ? null : next,
      responseStatus: result.status,
      responseBody: result.body,
      failure: failureOf(result, isDelivered),
    })
    if (isGone) await inTransaction(db, (tx) => disableGone(tx, tenantId, endpointId))
  }

  async function work(): Promise<void> {
    const { signal } = stopping
    while (!signal.aborted) {
      const isMore = await poll().catch((error: unknown) => {
        log.error({ err: error }, 'the outbox of webhooks could not be read')
        return false
      })
      // Rooms come free within milliseconds where receivers are quick; a look costs an index probe per endpoint.
      await sleep(isMore ? Math.min(20, pollMs) : pollMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  const working = work()
  return {
    async stop() {
      stopping.abort()
      await working
      await Promise.all([...underWay.values()].flatMap((attempts) => [...attempts]))
    },
  }
}

const stateAfter = (isDelivered: boolean, next: Instant | null): 'pending' | 'delivered' | 'parked' => {
  if (isDelivered) return 'delivered'
  return next === null ? 'parked' : 'pending'
}

/** One word for the list of deliveries: an answer that is no success is named by its status. */
const failureOf = (result: AttemptResult, isDelivered: boolean): string | null =>
  isDelivered ? null : (result.failure ?? `status-${result.status}`)
