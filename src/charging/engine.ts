/**
 * The charging engine: requests gather in the lane of their tenant while the batch before them is committing, and go together.
 * Answers are given after the commit, so what a switch was told survives us.
 */
import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Book, type Session, sessionKey } from '../core/book.ts'
import type { StopOutcome } from '../core/call-extend.ts'
import type { Clock } from '../core/clock.ts'
import { type SwitchId, type TenantId, type Uuid, uuidV7 } from '../core/ids.ts'
import { BATCH_REQUESTS_MAX, LANE_INBOX_MAX, RECHARGE_WAIT_MS } from '../core/limits.ts'
import type { Outcome } from '../core/outcome.ts'
import { SEQUENCE_PROBLEMS } from '../core/problems.ts'
import type { RateDeck } from '../core/rate-deck.ts'
import type { CreditControlRequest, Reply } from '../core/request.ts'
import type { Instant } from '../core/time.ts'
import type { SessionName } from '../store/charging.ts'
import { type Db, isConnectionLost, isRetryable, isUniqueViolation } from '../store/db.ts'
import { openPools } from '../store/pool.ts'
import { openSessionTenants } from '../store/session.ts'
import { runBatch, type Work } from './batch.ts'
import { connectLane, type LaneConnection } from './lane.ts'

/** The world failed, not the caller and not a fund: 503 with Retry-After at every edge, never a refusal. */
export class ServiceUnavailable extends Error {
  override name = 'ServiceUnavailable'
}

export interface EngineEvents {
  /** Committed changes of these tenants: live pages look again. */
  changed: [tenantIds: readonly TenantId[]]
  /** A batch that is committed, as it was decided: for whoever shows calls while they go on. Nobody changes it any more. */
  committed: [book: Book]
  /** A switch says that a call was answered; the ledger learns of it with the first report. */
  answered: [{ switchId: SwitchId; sessionId: string; at: Instant }]
  /** Recharges that a batch has asked for are in the store: collect them. */
  recharge: [tenantId: TenantId]
  /** Seconds that no fund could pay: ours, and somebody should know why (C9). */
  overrun: [{ tenantId: TenantId; callId: Uuid; seconds: number }]
  /** A destination that nothing in the deck prices (R1): the operator should know. */
  unrated: [{ tenantId: TenantId; number: string }]
}

export interface Engine {
  /**
   * Decides a request: durable before it resolves, the same bytes for the same request. Rejects with ServiceUnavailable when the
   * store is away or the lane is full.
   */
  submit(request: CreditControlRequest): Promise<Reply>
  /** Closes a call whose switch fell silent, if it still is (C9). */
  closeSilent(session: SessionName, tenantId: TenantId): Promise<void>
  /** An administrator hangs up: the next answer to the switch of this call says stop. */
  stopCall(session: SessionName, tenantId: TenantId): Promise<StopOutcome>
  /** Requests that waited for this tenant's recharge are decided now (W4). */
  rechargeDecided(tenantId: TenantId): void
  readonly events: EventEmitter<EngineEvents>
  /** Waits for what is under way, then closes the connections. */
  stop(): Promise<void>
}

export interface EngineOptions {
  readonly url: string
  readonly db: Db
  readonly clock: Clock
  /** The active rate deck at the moment of asking. */
  readonly deck: () => RateDeck | null
  readonly log: { error(details: object, message: string): void }
  /** Two lanes are the optimum on two cores; more split the batches (bench/README.md). */
  readonly lanes?: number
}

interface Place {
  readonly work: Work
  readonly key: string
  readonly resolve: (outcome: Outcome | null) => void
  readonly reject: (error: unknown) => void
}

const LANES = 2
const ATTEMPTS_MAX = 6
/** A busy process waits a moment for company (−20 to −30 % CPU at 3–6 k requests/s); an idle one does not. */
const LINGER_MS = 2
const LINGER_UTILISATION = 0.5
const LINGER_ENOUGH = 32

const RANDOM_BYTES = 10
let randomness = Buffer.alloc(0)
let latest = -1
let counter = 0

/**
 * A fresh UUIDv7. Lists are in the order of ids, so those that one process makes in one millisecond follow each other as they were made:
 * twelve of their bits count on from a random start (RFC 9562 §6.2). Random bytes are drawn a page at a time: ten by ten they were 3 % of
 * the engine's time.
 */
export function newUuid(now: number): Uuid {
  if (randomness.length < RANDOM_BYTES) randomness = randomBytes(409 * RANDOM_BYTES)
  const drawn = randomness.subarray(0, RANDOM_BYTES)
  randomness = randomness.subarray(RANDOM_BYTES)
  counter = now === latest ? counter + 1 : drawn.readUInt16BE(0) & 0x7ff
  latest = now
  // More than two thousand of a millisecond: in any order, and still no two alike.
  if (counter <= 0xfff) drawn.writeUInt16BE(counter, 0)
  return uuidV7(now, drawn)
}

export async function makeEngine(options: EngineOptions): Promise<Engine> {
  const { url, db, clock, deck, log } = options
  const events = new EventEmitter<EngineEvents>()
  const newId = (): Uuid => newUuid(Date.now())
  // Lanes by tenant: a tenant is never in two batches of this process at once, so its rows are not fought over. Affinity is
  // performance only; the row locks are what makes it right.
  const tenantOfSession = await openSessionTenants(db)
  const waiting = new Map<TenantId, Set<() => void>>()
  const lanes = await Promise.all(Array.from({ length: options.lanes ?? LANES }, () => makeLane()))
  let stopping = false

  async function makeLane() {
    let connection: LaneConnection | null = await connectLane(url)
    let inbox: Place[] = []
    let isBusy = false
    let lingering: NodeJS.Timeout | undefined
    let idle: (() => void) | undefined

    function enqueue(place: Place): void {
      if (inbox.length >= LANE_INBOX_MAX) {
        place.reject(new ServiceUnavailable('too many requests are waiting'))
        return
      }
      inbox.push(place)
      if (!isBusy) schedule()
    }

    function schedule(): void {
      if (lingering) {
        if (inbox.length < LINGER_ENOUGH) return
        clearTimeout(lingering)
        lingering = undefined
      }
      const linger = utilisation() > LINGER_UTILISATION && inbox.length < LINGER_ENOUGH
      if (linger) {
        lingering = setTimeout(() => {
          lingering = undefined
          void run()
        }, LINGER_MS)
      } else {
        isBusy = true
        // What arrives in the same turn of the event loop belongs to the same batch.
        setImmediate(() => void run())
      }
    }

    /** At most one request per session and batch: the second needs what the first one wrote. */
    function take(): Place[] {
      if (inbox.length <= BATCH_REQUESTS_MAX && allDistinct(inbox)) {
        const all = inbox
        inbox = []
        return all
      }
      const taken: Place[] = []
      const left: Place[] = []
      const sessions = new Set<string>()
      for (const place of inbox) {
        if (taken.length < BATCH_REQUESTS_MAX && !sessions.has(place.key)) taken.push(place)
        else left.push(place)
        sessions.add(place.key)
      }
      inbox = left
      return taken
    }

    async function run(): Promise<void> {
      isBusy = true
      while (inbox.length > 0) await serve(take())
      isBusy = false
      idle?.()
    }

    /** Never throws: whatever goes wrong is told to those who wait in the batch. */
    async function serve(places: readonly Place[]): Promise<void> {
      for (let attempt = 1; ; attempt++) {
        try {
          const works = places.map((place) => place.work)
          connection = connection && !connection.isBroken ? connection : await connectLane(url)
          const context = {
            now: clock.now(),
            deck: deck(),
            newId,
            openPools: (needs: Parameters<typeof openPools>[1]) => openPools(db, needs, clock.now(), newId),
          }
          const { outcomes, book } = await runBatch(connection, works, context)
          const changed = new Set<TenantId>()
          for (const account of book.ledger.touched) changed.add(account.tenantId)
          for (const record of book.records) changed.add(record.tenantId)
          for (const session of book.newSessions) if (session.tenantId !== null) changed.add(session.tenantId)
          for (const [index, place] of places.entries()) {
            // A request that waits has no session yet: its retry names the tenant again.
            remember(book.sessions.get(place.key), place.key)
            place.resolve(outcomes[index] ?? null)
          }
          events.emit('committed', book)
          if (changed.size > 0) events.emit('changed', [...changed])
          for (const tenantId of book.recharges.keys()) events.emit('recharge', tenantId)
          for (const unrated of book.unrated) events.emit('unrated', unrated)
          for (const { cause, tenantId, sourceId, amount } of book.ledger.postings) {
            if (cause === 'overrun') events.emit('overrun', { tenantId, callId: sourceId, seconds: Number(amount) })
          }
          return
        } catch (error) {
          if (await mayRetry(error, attempt)) continue
          if (isConnectionLost(error))
            return rejectAll(places, new ServiceUnavailable('the store cannot be reached', { cause: error }))
          if (places.length > 1) {
            // One bad request must fail alone: the batch rolled back, so each can be tried by itself.
            for (const place of places) await serve([place])
            return
          }
          log.error({ err: error, work: places[0]?.work }, 'a request of the charging path failed')
          return rejectAll(places, new ServiceUnavailable('the request could not be decided', { cause: error }))
        }
      }
    }

    return {
      enqueue,
      async stop() {
        if (isBusy || inbox.length > 0) await new Promise<void>((resolve) => (idle = resolve))
        await connection?.close().catch(() => undefined)
      },
    }
  }

  /** The live sessions and their tenants, so that a later request finds its lane; refused and ended ones are forgotten. */
  function remember(session: Session | undefined, key: string): void {
    if (session?.state === 'open' && session.tenantId !== null) tenantOfSession.set(key, session.tenantId)
    else tenantOfSession.delete(key)
  }

  function place(work: Work, key: string): Promise<Outcome | null> {
    if (stopping) return Promise.reject(new ServiceUnavailable('the server is stopping'))
    const lane = lanes[hash(work.tenantId ?? key) % lanes.length]
    return new Promise((resolve, reject) => {
      if (lane) lane.enqueue({ work, key, resolve, reject })
      else reject(new ServiceUnavailable('no lane'))
    })
  }

  async function submit(request: CreditControlRequest): Promise<Reply> {
    const key = sessionKey(request.switchId, request.sessionId)
    const named = request.type === 'initial' || request.type === 'event' ? request.tenantId : null
    const tenantId = named ?? tenantOfSession.get(key) ?? null
    if (named !== null && request.type === 'initial') tenantOfSession.set(key, named)
    const outcome = await place({ kind: 'request', request, tenantId, mayWait: true }, key)
    if (outcome !== 'wait') return toReply(outcome)
    await rechargeOf(tenantId)
    return toReply(await place({ kind: 'request', request, tenantId, mayWait: false }, key))
  }

  /** Resolves when the tenant's recharge is decided, or after the bounded wait (W4). */
  function rechargeOf(tenantId: TenantId | null): Promise<void> {
    if (tenantId === null) return Promise.resolve()
    return new Promise((resolve) => {
      const waiters = waiting.get(tenantId) ?? new Set()
      waiting.set(tenantId, waiters)
      const done = (): void => {
        clearTimeout(timer)
        waiters.delete(done)
        if (waiters.size === 0) waiting.delete(tenantId)
        resolve()
      }
      const timer = setTimeout(done, RECHARGE_WAIT_MS)
      waiters.add(done)
    })
  }

  return {
    submit,
    events,
    async closeSilent(session, tenantId) {
      const key = sessionKey(session.switchId, session.sessionId)
      await place({ kind: 'close-silent', session, tenantId }, key)
    },
    async stopCall(session, tenantId) {
      const key = sessionKey(session.switchId, session.sessionId)
      const outcome = await place({ kind: 'stop', session, tenantId }, key)
      return outcome !== null && outcome !== 'wait' && 'body' in outcome ? (outcome.body as StopOutcome) : 'over'
    },
    rechargeDecided(tenantId) {
      for (const done of [...(waiting.get(tenantId) ?? [])]) done()
    },
    async stop() {
      stopping = true
      for (const waiters of waiting.values()) for (const done of [...waiters]) done()
      await Promise.all(lanes.map((lane) => lane.stop()))
    },
  }
}

function toReply(outcome: Outcome | null): Reply {
  if (outcome === null || outcome === 'wait') throw new ServiceUnavailable('the request was not decided')
  if ('body' in outcome) return { status: 200, body: outcome.body, problem: null }
  const { status, title } = SEQUENCE_PROBLEMS[outcome.problem]
  const body = JSON.stringify({
    type: `urn:ringfence:problem:${outcome.problem}`,
    title: title.en,
    status,
    code: outcome.problem,
  })
  return { status, body, problem: outcome.problem }
}

/** Deadlocks, serialization failures and a key that another process took first: the same batch may succeed when run again. */
async function mayRetry(error: unknown, attempt: number): Promise<boolean> {
  if (attempt >= ATTEMPTS_MAX) return false
  const collided = isRetryable(error) || isUniqueViolation(error)
  // Whether a lost commit took effect is unknown; the natural keys decide when the same requests come again.
  const lost = isConnectionLost(error) && attempt < 3
  if (!collided && !lost) return false
  await sleep((lost ? 100 : 5) * attempt * (0.5 + Math.random()))
  return true
}

function rejectAll(places: readonly Place[], error: Error): void {
  for (const { reject } of places) reject(error)
}

function allDistinct(places: readonly Place[]): boolean {
  if (places.length === 1) return true
  const keys = new Set<string>()
  for (const { key } of places) keys.add(key)
  return keys.size === places.length
}

/** FNV-1a: spreads tenants over lanes, the same way in every process. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0
  return value
}

const SAMPLE_MS = 100
let sampled = performance.eventLoopUtilization()
let sampledAt = 0
let lastUtilisation = 0

/** How busy the event loop was in the last tenth of a second, 0 to 1. */
function utilisation(): number {
  const now = performance.now()
  if (now - sampledAt < SAMPLE_MS) return lastUtilisation
  const current = performance.eventLoopUtilization()
  lastUtilisation = performance.eventLoopUtilization(current, sampled).utilization
  sampled = current
  sampledAt = now
  return lastUtilisation
}
