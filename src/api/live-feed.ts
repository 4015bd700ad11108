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
import { secondsLeft } from '../core/job.ts'
import { type LiveCall, liveCallOf } from '../core/live-call.ts'
import type { LiveTopic } from '../core/live-feed.ts'
import { formatMicros, type Micros, micros, toMoney } from '../core/money.ts'
import { ALL_PERMISSIONS, type Permission } from '../core/permission.ts'
import { poolFigures, poolName } from '../core/pool.ts'
import { withSupplement } from '../core/settled-record.ts'
import { isCallEvent, MAIL_EVENT_TYPES } from '../core/tenant-event.ts'
import { formatInstant, type Instant, type Month, periodOf } from '../core/time.ts'
import { readAutoRecharge } from '../store/auto-recharge.ts'
import { recordToWire } from '../store/call-record.ts'
import { asTenant, type Db } from '../store/db.ts'
import { listEvents } from '../store/event.ts'
import { listJobs } from '../store/job.ts'
import { listSubscriptions } from '../store/licence.ts'
import { holderNames, listOpenCalls, type OpenCall, userNames } from '../store/live-call.ts'
import { listPools, openCurrentPools } from '../store/pool.ts'
import { findTenant, type TenantRow } from '../store/tenant.ts'
import { readWallet, type Wallet } from '../store/wallet.ts'
import type { Deps } from './server.ts'
import { nowFor } from './tenant.ts'

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
/** Facts that are kept for those who come back: some minutes of a busy tenant. */
const KEPT = 4_096
/** Nobody watches: a while later the feed is forgotten. Longer than anybody takes to come back by themselves. */
const LINGER_MS = 120_000
const ALERTS_SHOWN = 20
const JOBS_SHOWN = 20

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

interface Item {
  readonly json: string
  readonly needs: Permission | null
  /** What must differ for a call to be told again: how long its funds last is worked out by whoever shows it. */
  readonly base: string
}

class Feed implements LiveFeed {
  readonly run = Date.now().toString(36) + randomBytes(3).toString('hex')
  readonly #deps: Deps
  readonly #db: Db
  readonly #tenantId: TenantId
  readonly #answered: ReadonlyMap<string, Instant>
  readonly #onForgotten: () => void

  readonly #items = new Map<LiveTopic, Map<string, Item>>()
  readonly #wanted = new Set<LiveTopic>()
  readonly #loaded = new Set<LiveTopic>()
  #log: LiveEntry[] = []
  #seq = 0
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

  last = (): number => this.#seq

  async want(topics: readonly LiveTopic[]): Promise<void> {
    for (const topic of topics) this.#wanted.add(topic)
    while (!topics.every((topic) => this.#loaded.has(topic))) {
      this.#isDue = true
      if (this.#isStopped) throw new Error('the feed has stopped')
      await this.#cycle(true)
    }
  }

  since(seq: number): readonly LiveEntry[] | null {
    if (seq > this.#seq) return null
    const first = this.#seq - this.#log.length + 1
    return seq < first - 1 ? null : this.#log.slice(seq - first + 1)
  }

  items(topic: LiveTopic, permissions: ReadonlySet<Permission>): string {
    const shown: string[] = []
    for (const [id, { json, needs }] of this.#items.get(topic) ?? []) {
      if (needs === null || permissions.has(needs)) shown.push(`{"id":${JSON.stringify(id)},"item":${json}}`)
    }
    return `[${shown.join(',')}]`
  }

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
      this.#wanted.has('alerts') ? this.#readAlerts(db) : null,
      this.#wanted.has('jobs') ? this.#readJobs(db) : null,
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
    this.#tellAll(
      'pools',
      figures.map((pool) => ({ id: poolName(pool, month), item: pool })),
    )
    this.#tellAll('wallet', [{ id: 'wallet', item: walletToWire(tenant, wallet, recharge) }])
    if (alerts) this.#tellAll('alerts', alerts)
    if (jobs) this.#tellAll('jobs', jobs)
    this.#tell('tenant', 'tenant', tenantToWire(tenant), 'changed')
    if (seats) {
      const item = seats.map(({ sku, purchased, assigned }) => ({ sku, purchased, assigned }))
      this.#tell('tenant', 'seats', item, 'changed')
    }
    for (const what of this.#hints) this.#push('tenant', `what ${what}`, { fact: 'touched', what }, null)
    this.#hints.clear()
    for (const topic of ['calls', 'pools', 'wallet', 'tenant'] as const) this.#loaded.add(topic)
    if (alerts) this.#loaded.add('alerts')
    if (jobs) this.#loaded.add('jobs')
    this.#flush()
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
    const ended = new Map(known.records.map((record) => [record.callId, record]))
    for (const callId of this.#touched) {
      const session = this.#calls.get(callId)
      const id = formatId('call', callId)
      if (!session) {
        const record = ended.get(callId)
        if (record?.result === 'refused') continue
        const end = record ? { record: endToWire(record) } : {}
        if (this.#itemsOf('calls').has(id)) this.#tell('calls', id, null, 'ended', end)
        // It was over before anybody was told that it began; the history has it all the same.
        else if (record) this.#push('calls', id, { fact: 'ended', id, item: null, ...end }, null)
        continue
      }
      const isNew = !this.#itemsOf('calls').has(id)
      const item = this.#callToWire(tenant, session, known)
      const base = JSON.stringify({ ...item, fundsForSeconds: null })
      this.#tell('calls', id, item, isNew ? 'started' : item.stopping ? 'stopping' : 'changed', {}, null, base)
    }
    this.#touched.clear()
    for (const record of known.records) {
      if (record.result === 'refused') this.#push('calls', null, { fact: 'refused', record: endToWire(record) }, null)
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

  async #readAlerts(db: Db) {
    // Calls tell of themselves only where a webhook wants them; then they are many, and none of them is an alert.
    const rows = await listEvents(db, this.#tenantId, { limit: 10 * ALERTS_SHOWN, before: null })
    const types: readonly string[] = MAIL_EVENT_TYPES
    return rows
      .filter(({ type }) => !isCallEvent(type) && types.includes(type))
      .slice(0, ALERTS_SHOWN)
      .map(({ eventId, type, at, data }) => ({
        id: formatId('event', eventId),
        item: { type, at: formatInstant(at), data },
        needs: /^(wallet|recharge)\./.test(type) ? ('wallet:read' as const) : null,
      }))
  }

  async #readJobs(db: Db) {
    const filter = { permissions: new Set(ALL_PERMISSIONS), unfinished: false, kind: null }
    const rows = await listJobs(db, this.#tenantId, filter, { limit: JOBS_SHOWN, before: null })
    const now = this.#deps.clock.now()
    const optional = (at: Instant | null): string | null => (at === null ? null : formatInstant(at))
    return rows.map((job) => ({
      id: formatId('job', job.jobId),
      item: {
        kind: job.kind,
        state: job.state,
        requestedBy: job.requestedBy,
        createdAt: formatInstant(job.createdAt),
        startedAt: optional(job.startedAt),
        finishedAt: optional(job.finishedAt),
        done: job.done,
        total: job.total,
        secondsLeft: job.finishedAt === null ? secondsLeft(job, now) : null,
        failure: job.failure,
        resultName: job.finishedAt === null ? null : job.resultName,
      },
      needs: job.sees,
    }))
  }

  // -- facts -----------------------------------------------------------------------------------------------------------

  #itemsOf(topic: LiveTopic): Map<string, Item> {
    const known = this.#items.get(topic) ?? new Map<string, Item>()
    this.#items.set(topic, known)
    return known
  }

  /** All things of a topic as they stand: tells what is new, different or gone. */
  #tellAll(topic: LiveTopic, now: readonly { id: string; item: object; needs?: Permission | null }[]): void {
    const ids = new Set(now.map(({ id }) => id))
    for (const id of [...this.#itemsOf(topic).keys()]) if (!ids.has(id)) this.#tell(topic, id, null, 'gone')
    for (const { id, item, needs = null } of now) this.#tell(topic, id, item, 'changed', {}, needs)
  }

  #tell(
    topic: LiveTopic,
    id: string,
    item: object | null,
    fact: string,
    more: object = {},
    needs: Permission | null = null,
    base?: string,
  ): void {
    const items = this.#itemsOf(topic)
    const known = items.get(id)
    if (item === null) {
      if (!known) return
      items.delete(id)
      this.#push(topic, id, { fact, id, item: null, ...more }, known.needs)
      return
    }
    const json = JSON.stringify(item)
    if (known && known.base === (base ?? json) && known.needs === needs) return
    items.set(id, { json, needs, base: base ?? json })
    this.#push(topic, id, { fact, id, item, ...more }, needs)
  }

  #push(topic: LiveTopic, key: string | null, data: object, needs: Permission | null): void {
    this.#seq += 1
    this.#log.push({ seq: this.#seq, topic, key, data: JSON.stringify(data), needs })
  }

  #flush(): void {
    if (this.#log.length > 2 * KEPT) this.#log = this.#log.slice(-KEPT)
    for (const listener of [...this.#listeners]) listener()
  }
}

const endToWire = (record: CallRecord) => {
  const {
    id,
    userId,
    calledNumber,
    callingNumber,
    direction,
    classification,
    endedAt,
    endCause,
    chargedSeconds,
    charge,
    funding,
    refusal,
  } = recordToWire(withSupplement(record, null))
  const who = { id, userId, direction, callingNumber, calledNumber, classification }
  return { ...who, endedAt, endCause, chargedSeconds, charge, funding, refusal }
}

function walletToWire(tenant: TenantRow, wallet: Wallet, recharge: Awaited<ReturnType<typeof readAutoRecharge>>) {
  const money = (value: Micros) => toMoney(value, tenant.currency)
  return {
    balance: money(wallet.balance),
    reserved: money(wallet.reserved),
    available: money(wallet.available),
    lots: wallet.lots.map((lot) => ({
      amount: formatMicros(lot.amount),
      held: formatMicros(lot.held),
      expiresAt: lot.expiresAt === null ? null : formatInstant(lot.expiresAt),
    })),
    autoRecharge: recharge && {
      enabled: recharge.enabled,
      threshold: money(recharge.thresholdMicros),
      amount: money(recharge.amountMicros),
      state: recharge.paused ? 'paused' : recharge.pending ? 'pending' : 'idle',
      declines: recharge.declines,
    },
  }
}

const tenantToWire = (tenant: TenantRow) => ({
  id: formatId('tenant', tenant.tenantId),
  name: tenant.name,
  country: tenant.country,
  timeZone: tenant.timeZone,
  currency: tenant.currency,
  licenceType: tenant.licenceType,
  sandbox: tenant.sandbox,
  clock: tenant.clockAt === null ? null : formatInstant(tenant.clockAt),
  callingPolicy: tenant.callingPolicy,
})
