/**
 * What happens at a tenant, kept for a while so that whoever was cut off can be told what was missed. One feed for each tenant that
 * somebody watches. Calls come from the batches themselves, without a look at the store; pools, wallet and the rest are read again
 * when something may have changed them, at most four times a second.
 */
import { randomBytes } from 'node:crypto'
import type { Book } from '../core/book.ts'
import { sessionKey } from '../core/book.ts'
import type { CallRecord } from '../core/call-record.ts'
import { type CallId, formatId, type SwitchId, type TenantId, type UserId } from '../core/ids.ts'
import { type LiveCall, liveCallOf } from '../core/live-call.ts'
import type { LiveTopic } from '../core/live-feed.ts'
import { type Micros, micros } from '../core/money.ts'
import type { Permission } from '../core/permission.ts'
import { poolFigures, poolName } from '../core/pool.ts'
import { type Instant, type Month, periodOf } from '../core/time.ts'
import { readAutoRecharge } from '../store/auto-recharge.ts'
import { asTenant, type Db } from '../store/db.ts'
import { listSubscriptions } from '../store/licence.ts'
import { holderNames, listOpenCalls, type OpenCall, userNames } from '../store/live-call.ts'
import { listPools, openCurrentPools } from '../store/pool.ts'
import { findTenant, type TenantRow } from '../store/tenant.ts'
import { readWallet } from '../store/wallet.ts'
import { type LiveEntry, LiveLog } from './live-log.ts'
import { endToWire, liveAlerts, liveJobs, tenantToWire, walletToWire } from './live-topics.ts'
import type { Deps } from './server.ts'
import { nowFor } from './tenant.ts'

export interface LiveFeed {
  /** Of this feed alone: a feed that is made anew numbers anew. */
  readonly run: string
  readonly last: () => number
  /** Facts of the topic are kept from now on, and how it stands is known. Rejects when the store is away. */
  want(topics: readonly LiveTopic[]): Promise<void>
  /** What came after `seq`; null when that is not all there any more. */
  since(seq: number): readonly LiveEntry[] | null
  /** How all things of a topic stand, as JSON of a list; things that need a permission that is not there are left out. */
  items(topic: LiveTopic, permissions: ReadonlySet<Permission>): string
  /** What time it is at the tenant, where its clock stands. */
  frozenNow(): Instant | null
  /** Tells of new facts. Returns how to stop listening. */
  listen(listener: () => void): () => void
}

export interface LiveFeeds {
  of(tenantId: TenantId): LiveFeed
  /** Something of the tenant was changed through the API: `what` is what its path is about, such as `users`. */
  changed(tenantId: TenantId, what: string): void
  stop(): void
}

const CYCLE_MS = 250
/** Everything is compared with the store this often: another process may have changed it. */
const RELOAD_MS = 30_000
const JOBS_MS = 500
const RETRY_MS = 1_000
/** Nobody watches: a while later the feed is forgotten. Longer than anybody takes to come back by themselves. */
const LINGER_MS = 120_000

export function makeLiveFeeds(deps: Deps): LiveFeeds {
  const feeds = new Map<TenantId, Feed>()
  /** When calls were answered, of switches that say so at once. */
  const answered = new Map<string, Instant>()

  const committed = (book: Book): void => {
    if (answered.size > 0) {
      for (const session of book.changedSessions) {
        if (session.state !== 'open') answered.delete(sessionKey(session.switchId, session.sessionId))
      }
    }
    if (feeds.size === 0) return
    const tenantIds = new Set<TenantId | null>()
    for (const { tenantId } of book.newSessions) tenantIds.add(tenantId)
    for (const { tenantId } of book.changedSessions) tenantIds.add(tenantId)
    for (const { tenantId } of book.records) tenantIds.add(tenantId)
    for (const { tenantId } of book.supplements) tenantIds.add(tenantId)
    for (const tenantId of tenantIds) if (tenantId !== null) feeds.get(tenantId)?.take(book)
  }
  const changed = (tenantIds: readonly TenantId[]): void => {
    for (const tenantId of tenantIds) feeds.get(tenantId)?.look()
  }
  const wasAnswered = (call: { switchId: SwitchId; sessionId: string; at: Instant }): void => {
    answered.set(sessionKey(call.switchId, call.sessionId), call.at)
    for (const feed of feeds.values()) feed.answered(call.switchId, call.sessionId)
  }
  const { events } = deps.engine
  events.on('committed', committed)
  events.on('changed', changed)
  events.on('answered', wasAnswered)

  return {
    of(tenantId) {
      const known = feeds.get(tenantId)
      if (known) return known
      const feed = new Feed(deps, tenantId, answered, () => feeds.delete(tenantId))
      feeds.set(tenantId, feed)
      return feed
    },
    changed(tenantId, what) {
      feeds.get(tenantId)?.changed(what)
    },
    stop() {
      events.off('committed', committed)
      events.off('changed', changed)
      events.off('answered', wasAnswered)
      for (const feed of feeds.values()) feed.stop()
    },
  }
}

class Feed implements LiveFeed {
  readonly run = Date.now().toString(36) + randomBytes(3).toString('hex')
  readonly #deps: Deps
  readonly #db: Db
  readonly #tenantId: TenantId
  readonly #answered: ReadonlyMap<string, Instant>
  readonly #onForgotten: () => void

  readonly #log = new LiveLog()
  readonly #wanted = new Set<LiveTopic>()
  readonly #loaded = new Set<LiveTopic>()
  readonly #listeners = new Set<() => void>()

  readonly #calls = new Map<CallId, OpenCall>()
  #books: Book[] = []
  #touched = new Set<CallId>()
  #hints = new Set<string>()
  readonly #userNames = new Map<UserId, string | null>()
  readonly #holders = new Map<string, string | null>()
  #tenant: TenantRow | null = null
  #poolsOpenFor: Month | null = null

  #isDue = false
  #isReloadDue = true
  #isStopped = false
  #running: Promise<void> | null = null
  #ranAt = 0
  #timer: NodeJS.Timeout | undefined
  #reloadTimer: NodeJS.Timeout | undefined
  #lingerTimer: NodeJS.Timeout | undefined

  constructor(deps: Deps, tenantId: TenantId, answered: ReadonlyMap<string, Instant>, onForgotten: () => void) {
    this.#deps = deps
    this.#db = asTenant(deps.db, tenantId)
    this.#tenantId = tenantId
    this.#answered = answered
    this.#onForgotten = onForgotten
    this.#linger()
    this.#reloadLater()
  }

  // -- for those who watch ---------------------------------------------------------------------------------------------

  last = (): number => this.#log.last

  async want(topics: readonly LiveTopic[]): Promise<void> {
    for (const topic of topics) this.#wanted.add(topic)
    while (!topics.every((topic) => this.#loaded.has(topic))) {
      this.#isDue = true
      if (this.#isStopped) throw new Error('the feed has stopped')
      await this.#cycle(true)
    }
  }

  since = (seq: number): readonly LiveEntry[] | null => this.#log.since(seq)

  items = (topic: LiveTopic, permissions: ReadonlySet<Permission>): string => this.#log.items(topic, permissions)

  frozenNow(): Instant | null {
    return this.#tenant?.clockAt ?? null
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    clearTimeout(this.#lingerTimer)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#linger()
    }
  }

  // -- for those who know ----------------------------------------------------------------------------------------------

  take(book: Book): void {
    this.#books.push(book)
    this.look()
  }

  look(): void {
    this.#isDue = true
    this.#schedule(0)
  }

  changed(what: string): void {
    this.#hints.add(what)
    // Names may have changed, or the tenant itself.
    this.#isReloadDue = true
    this.look()
  }

  answered(switchId: SwitchId, sessionId: string): void {
    for (const { switchId: of, sessionId: id, call } of this.#calls.values()) {
      if (of !== switchId || id !== sessionId) continue
      this.#touched.add(call.callId)
      this.look()
      return
    }
    // Its batch has not been looked at yet: then the answer is known when it is.
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#reloadTimer)
    clearTimeout(this.#lingerTimer)
  }

  #linger(): void {
    clearTimeout(this.#lingerTimer)
    this.#lingerTimer = setTimeout(() => {
      this.stop()
      this.#onForgotten()
    }, LINGER_MS)
    this.#lingerTimer.unref()
  }

  #reloadLater(): void {
    this.#reloadTimer = setTimeout(() => {
      this.#isReloadDue = true
      this.look()
      this.#reloadLater()
    }, RELOAD_MS)
    this.#reloadTimer.unref()
  }

  // -- the cycle -------------------------------------------------------------------------------------------------------

  #schedule(delayMs: number): void {
    if (this.#isStopped || this.#timer || this.#running) return
    const wait = Math.max(delayMs, this.#ranAt + CYCLE_MS - Date.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#cycle(false)
    }, wait)
  }

  /** Reads what is not known and tells what is new. `mustWork`: whoever waits is told of a failure. */
  async #cycle(mustWork: boolean): Promise<void> {
    if (this.#running) return this.#running
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isDue = false
    let nextMs: number | null = null
    const run = this.#work()
      .then((next) => {
        nextMs = next
      })
      .finally(() => {
        this.#ranAt = Date.now()
        this.#running = null
      })
    this.#running = run
    try {
      await run
    } catch (error) {
      // The store is away, or a tenant is: what was missed is found by reading everything again.
      this.#isReloadDue = true
      nextMs = RETRY_MS
      if (mustWork) throw error
    } finally {
      if (this.#isDue) this.#schedule(0)
      else if (nextMs !== null) this.#schedule(nextMs)
    }
  }

  /** In how many ms to look again by itself; null: when something happens. */
  async #work(): Promise<number | null> {
    const db = this.#db
    const isReload = this.#isReloadDue || !this.#loaded.has('calls')
    this.#isReloadDue = false
    if (isReload || this.#tenant === null || this.#tenant.sandbox) this.#tenant = await findTenant(db, this.#tenantId)
    const tenant = this.#tenant
    if (!tenant) throw new Error('the tenant is gone')
    const now = nowFor(this.#deps, tenant)
    const { month } = periodOf(now, tenant.timeZone)
    if (isReload && this.#poolsOpenFor !== month) {
      await openCurrentPools(db, tenant, now, this.#deps.newId)
      this.#poolsOpenFor = month
    }
    const [open, pools, wallet, recharge, seats, alerts, jobs] = await Promise.all([
      isReload ? listOpenCalls(db, this.#tenantId) : null,
      listPools(db, this.#tenantId, month),
      readWallet(db, this.#tenantId, now),
      readAutoRecharge(db, this.#tenantId),
      isReload ? listSubscriptions(db, this.#tenantId) : null,
      this.#wanted.has('alerts') ? liveAlerts(db, this.#tenantId) : null,
      this.#wanted.has('jobs') ? liveJobs(db, this.#tenantId, this.#deps.clock.now()) : null,
    ])
    // After the reading: what was committed since is newer than what was read.
    const books = this.#books
    this.#books = []
    const records = this.#follow(open, books)
    if (isReload) this.#forgetNames()
    await this.#learnNames(db)

    const poolFree = new Map(
      pools.map(({ key, account }) => [poolName(key, month), Number(account.posted - account.reserved)]),
    )
    this.#tellCalls(tenant, { poolFree, walletFree: wallet.available, records })
    const figures = pools.map(({ key, account }) => ({ ...key, month, ...poolFigures(account, now) }))
    const log = this.#log
    log.tellAll(
      'pools',
      figures.map((pool) => ({ id: poolName(pool, month), item: pool })),
    )
    log.tellAll('wallet', [{ id: 'wallet', item: walletToWire(tenant, wallet, recharge) }])
    if (alerts) log.tellAll('alerts', alerts)
    if (jobs) log.tellAll('jobs', jobs)
    log.tell('tenant', { id: 'tenant', item: tenantToWire(tenant), fact: 'changed' })
    if (seats) {
      const item = seats.map(({ sku, purchased, assigned }) => ({ sku, purchased, assigned }))
      log.tell('tenant', { id: 'seats', item, fact: 'changed' })
    }
    for (const what of this.#hints) log.push('tenant', `what ${what}`, { fact: 'touched', what })
    this.#hints.clear()
    for (const topic of ['calls', 'pools', 'wallet', 'tenant'] as const) this.#loaded.add(topic)
    if (alerts) this.#loaded.add('alerts')
    if (jobs) this.#loaded.add('jobs')
    log.trim()
    for (const listener of [...this.#listeners]) listener()
    return jobs?.some(({ item }) => item.finishedAt === null) ? JOBS_MS : null
  }

  /** Which calls are in progress now; what ended. */
  #follow(open: readonly OpenCall[] | null, books: readonly Book[]): CallRecord[] {
    if (open) {
      const known = new Set(open.map(({ call }) => call.callId))
      for (const callId of this.#calls.keys()) {
        if (known.has(callId)) continue
        this.#calls.delete(callId)
        this.#touched.add(callId)
      }
      for (const session of open) this.#calls.set(session.call.callId, session)
      for (const callId of known) this.#touched.add(callId)
    }
    const records: CallRecord[] = []
    for (const book of books) {
      for (const session of [...book.newSessions, ...book.changedSessions]) {
        if (session.tenantId !== this.#tenantId) continue
        const { call, callId, switchId, sessionId } = session
        if (session.state === 'open' && call) this.#calls.set(callId, { switchId, sessionId, call })
        else this.#calls.delete(callId)
        this.#touched.add(callId)
      }
      for (const record of book.records) if (record.tenantId === this.#tenantId) records.push(record)
    }
    return records
  }

  #forgetNames(): void {
    this.#userNames.clear()
    this.#holders.clear()
    for (const callId of this.#calls.keys()) this.#touched.add(callId)
  }

  async #learnNames(db: Db): Promise<void> {
    const users = new Set<UserId>()
    const called = new Set<string>()
    for (const callId of this.#touched) {
      const call = this.#calls.get(callId)?.call
      if (!call) continue
      if (call.userId !== null && !this.#userNames.has(call.userId)) users.add(call.userId)
      if (call.classification === 'internal' && !this.#holders.has(call.calledNumber)) called.add(call.calledNumber)
    }
    const [names, holders] = await Promise.all([
      userNames(db, this.#tenantId, [...users]),
      holderNames(db, this.#tenantId, [...called]),
    ])
    for (const userId of users) this.#userNames.set(userId, names.get(userId) ?? null)
    for (const number of called) this.#holders.set(number, holders.get(number) ?? null)
  }

  #tellCalls(
    tenant: TenantRow,
    known: { poolFree: ReadonlyMap<string, number>; walletFree: Micros; records: readonly CallRecord[] },
  ): void {
    const log = this.#log
    const ended = new Map(known.records.map((record) => [record.callId, record]))
    for (const callId of this.#touched) {
      const session = this.#calls.get(callId)
      const id = formatId('call', callId)
      if (!session) {
        const record = ended.get(callId)
        if (record?.result === 'refused') continue
        const end = record ? { record: endToWire(record) } : {}
        if (log.has('calls', id)) log.tell('calls', { id, item: null, fact: 'ended', more: end })
        // It was over before anybody was told that it began; the history has it all the same.
        else if (record) log.push('calls', id, { fact: 'ended', id, item: null, ...end })
        continue
      }
      const item = this.#callToWire(tenant, session, known)
      const fact = !log.has('calls', id) ? 'started' : item.stopping ? 'stopping' : 'changed'
      // How long its funds last is worked out by whoever shows it: that alone is no news.
      log.tell('calls', { id, item, fact, base: JSON.stringify({ ...item, fundsForSeconds: null }) })
    }
    this.#touched.clear()
    for (const record of known.records) {
      if (record.result === 'refused') log.push('calls', null, { fact: 'refused', record: endToWire(record) })
    }
  }

  #callToWire(
    tenant: TenantRow,
    { call, switchId, sessionId }: OpenCall,
    known: { poolFree: ReadonlyMap<string, number>; walletFree: Micros },
  ): LiveCall {
    return liveCallOf(call, {
      currency: tenant.currency,
      userName: call.userId === null ? null : (this.#userNames.get(call.userId) ?? null),
      calledName: this.#holders.get(call.calledNumber) ?? null,
      answeredAt: this.#answered.get(sessionKey(switchId, sessionId)) ?? null,
      tellsOfAnswer: this.#deps.switchControl?.switchId === switchId,
      poolFree: (name) => Math.max(0, known.poolFree.get(name) ?? 0),
      walletFree: known.walletFree > 0n ? known.walletFree : micros(0n),
    })
  }
}
