/**
 * One read and one write for a whole batch. `loadBook` locks what the requests may change; `saveBook` writes each changed row
 * once, pipelined with COMMIT: three round trips, whatever the batch holds.
 */
import { authorise } from '../core/authorise.ts'
import { answerKey, Book, type Session, sessionKey, type Tenant } from '../core/book.ts'
import type { Call } from '../core/call.ts'
import { eventInstant } from '../core/call-step.ts'
import { capsOfEvent } from '../core/event.ts'
import type { CallId, SwitchId, TenantId, UserId } from '../core/ids.ts'
import {
  missingPools,
  type Needs,
  needsOfCall,
  needsOfLimits,
  needsOfReport,
  noNeeds,
  type PoolNeed,
  walletsBehindShortPools,
} from '../core/needs.ts'
import type { RateDeck } from '../core/rate-deck.ts'
import type { CreditControlRequest } from '../core/request.ts'
import { type Instant, instant } from '../core/time.ts'
import { plainColumn, textColumn } from './bulk.ts'
import { addNumber, addTenant, readAccount, readSession, readUser } from './charging-rows.ts'
import type { StatementName } from './charging-sql.ts'

/** A connection of the charging path: runs a named statement of charging-sql.ts, rows as arrays. */
export interface Lane {
  run(statement: StatementName, values: readonly unknown[]): Promise<unknown[][]>
}

/** Sessions that a job wants in the book, beside those that requests name. */
export interface SessionName {
  readonly switchId: SwitchId
  readonly sessionId: string
}

export interface BatchInput {
  readonly requests: readonly CreditControlRequest[]
  /** Sessions to load besides: the silent ones that a job closes. */
  readonly sessions: readonly SessionName[]
  /** Tenants to load besides: those of sessions that the engine knows. */
  readonly tenantIds: readonly TenantId[]
  readonly now: Instant
  readonly deck: RateDeck | null
}

/** What the book lacks: pools that the first call of a month has to open. The batch is run again when they exist. */
export interface MissingPools {
  readonly missing: readonly PoolNeed[]
}

/** Reads and locks everything that the batch may need, inside the transaction that `saveBook` will commit. */
export async function loadBook(lane: Lane, input: BatchInput): Promise<Book | MissingPools> {
  const book = new Book(input.now, input.deck)
  await loadWho(lane, book, input)
  const needs = whatIsNeeded(book, input)
  await Promise.all([loadAnswers(lane, book, input), loadAccounts(lane, book, needs)])
  await loadClosedLots(lane, book, needs)
  const missing = missingPools(book, needs)
  return missing.length > 0 ? { missing } : book
}

/** First round trip: sessions (locked), tenants, users, numbers. */
async function loadWho(lane: Lane, book: Book, input: BatchInput): Promise<void> {
  const sessions = new Map<string, SessionName>()
  const tenants = new Set<TenantId>(input.tenantIds)
  const users = new Map<string, [TenantId, UserId]>()
  const sipUsers = new Map<string, [TenantId, string]>()
  const numbers = new Set<string>()
  for (const name of input.sessions) sessions.set(sessionKey(name.switchId, name.sessionId), name)
  for (const request of input.requests) {
    sessions.set(sessionKey(request.switchId, request.sessionId), request)
    if (request.type !== 'initial' && request.type !== 'event') continue
    const { tenantId, userId } = request
    tenants.add(tenantId)
    if (userId !== null) users.set(`${tenantId} ${userId}`, [tenantId, userId])
    if (request.type === 'event') continue
    if (userId === null && request.sipUsername !== null) {
      sipUsers.set(`${tenantId} ${request.sipUsername}`, [tenantId, request.sipUsername])
    }
    const { calledSipUsername } = request
    if (calledSipUsername !== undefined) sipUsers.set(`${tenantId} ${calledSipUsername}`, [tenantId, calledSipUsername])
    if (isNumber(request.calledNumber)) numbers.add(request.calledNumber)
    // Who calls in may be a colleague; who calls out without a user may be a service of the tenant (A21).
    const isNobody = userId === null && request.sipUsername === null
    if ((request.direction === 'in' || isNobody) && isNumber(request.callingNumber)) numbers.add(request.callingNumber)
  }
  const names = [...sessions.values()]
  const userRows = [...users.values()]
  const sipRows = [...sipUsers.values()]
  const tenantRows = [...tenants]
  const numberRows = [...numbers]
  const [sessionResult, tenantResult, userResult, sipResult, numberResult] = await Promise.all([
    names.length
      ? lane.run('sessions', [plainColumn(names, (n) => n.switchId), textColumn(names, (n) => n.sessionId)])
      : [],
    tenantRows.length ? lane.run('tenants', [plainColumn(tenantRows, (id) => id)]) : [],
    userRows.length ? lane.run('users', [plainColumn(userRows, ([t]) => t), plainColumn(userRows, ([, u]) => u)]) : [],
    sipRows.length ? lane.run('sipUsers', [plainColumn(sipRows, ([t]) => t), textColumn(sipRows, ([, s]) => s)]) : [],
    numberRows.length ? lane.run('numbers', [textColumn(numberRows, (n) => n)]) : [],
  ])
  for (const row of sessionResult) book.addSession(readSession(row))
  for (const row of tenantResult) addTenant(book, row)
  for (const row of userResult) book.addUser(readUser(row), null)
  for (const row of sipResult) book.addUser(readUser(row), row[9] as string)
  for (const row of numberResult) addNumber(book, row)
  // After a restart, or when another process began the call, the engine does not know a session's tenant beforehand.
  const unknown = new Set<TenantId>()
  for (const session of book.sessions.values()) {
    if (session.tenantId !== null && !book.tenants.has(session.tenantId)) unknown.add(session.tenantId)
  }
  if (unknown.size > 0) {
    for (const row of await lane.run('tenants', [plainColumn([...unknown], (id) => id)])) addTenant(book, row)
  }
}

const isNumber = (text: string | null): text is string => text !== null && /^\+[0-9]{3,15}$/.test(text)

function whatIsNeeded(book: Book, input: BatchInput): Needs {
  const needs = noNeeds()
  for (const request of input.requests) {
    const session = book.sessions.get(sessionKey(request.switchId, request.sessionId))
    if (session) {
      const tenant = session.tenantId === null ? undefined : book.tenants.get(session.tenantId)
      if (tenant && session.call) needReport(needs, book, tenant, session.call, request)
      continue
    }
    if (request.type !== 'initial' && request.type !== 'event') continue
    const tenant = book.tenants.get(request.tenantId)
    if (!tenant) continue
    const now = book.tenantNow(tenant)
    if (request.type === 'event') {
      needs.wallets.add(request.tenantId)
      needsOfLimits(needs, request.tenantId, { caps: capsOfEvent(book, tenant, request) }, [now], tenant.timeZone)
      continue
    }
    const at = eventInstant(request.eventTime, now)
    const auth = authorise(book, tenant, request, at)
    if (auth.refused === null) {
      const moments = [at, instant(Math.max(at, now))]
      needsOfLimits(needs, request.tenantId, { caps: auth.caps }, moments, tenant.timeZone)
    }
    // C10: a call that was let through is written down, and reserves nothing.
    if (auth.refused === null && !request.blind) {
      needsOfCall(needs, { ...auth, tenantId: tenant.tenantId }, request.requestedSeconds, at, now, tenant.timeZone)
    }
  }
  for (const name of input.sessions) {
    const session = book.sessions.get(sessionKey(name.switchId, name.sessionId))
    const tenant = session?.tenantId ? book.tenants.get(session.tenantId) : undefined
    if (session?.call && tenant) {
      const now = book.tenantNow(tenant)
      const silent = { usedSeconds: 0, requestedSeconds: 0, at: session.call.lastEventAt, now, zone: tenant.timeZone }
      needsOfReport(needs, session.call, silent)
    }
  }
  return needs
}

function needReport(needs: Needs, book: Book, tenant: Tenant, call: Call, request: CreditControlRequest): void {
  const now = book.tenantNow(tenant)
  const at = instant(Math.max(eventInstant(request.eventTime, now), call.lastEventAt))
  const usedSeconds = request.type === 'update' || request.type === 'termination' ? request.usedSeconds : 0
  const requestedSeconds = request.type === 'update' ? request.requestedSeconds : 0
  needsOfReport(needs, call, { usedSeconds, requestedSeconds, at, now, zone: tenant.timeZone })
}

/** Answers that a repeated request asks for again; that of a session which has ended lies in it. */
async function loadAnswers(lane: Lane, book: Book, input: BatchInput): Promise<void> {
  const wanted = new Map<string, [CallId, number]>()
  for (const { switchId, sessionId, requestNumber } of input.requests) {
    const session = book.sessions.get(sessionKey(switchId, sessionId))
    if (session && requestNumber <= session.lastNumber && !isFinal(session, requestNumber)) {
      wanted.set(answerKey(session.callId, requestNumber), [session.callId, requestNumber])
    }
  }
  if (wanted.size === 0) return
  const rows = [...wanted.values()]
  const found = await lane.run('answers', [plainColumn(rows, ([id]) => id), plainColumn(rows, ([, n]) => n)])
  for (const [callId, requestNumber, hash, status, answer] of found as [CallId, number, string, number, string][]) {
    book.answers.set(answerKey(callId, requestNumber), { callId, requestNumber, hash, status, answer })
  }
}

const isFinal = ({ finalAnswer, lastNumber }: Session, requestNumber: number): boolean =>
  finalAnswer !== null && requestNumber === lastNumber

/** Second round trip: pools, then wallets, each locked in sorted order. */
async function loadAccounts(lane: Lane, book: Book, needs: Needs): Promise<void> {
  const pools = [...needs.pools].map(([name, need]) => ({ tenantId: need.tenantId, name: name.slice(37) }))
  const wallets = [...needs.wallets]
  const [, poolRows, walletRows] = await Promise.all([
    loadLimits(lane, book, needs),
    pools.length ? lane.run('accounts', [plainColumn(pools, (p) => p.tenantId), textColumn(pools, (p) => p.name)]) : [],
    wallets.length ? lane.run('wallets', [plainColumn(wallets, (id) => id)]) : [],
  ])
  for (const row of poolRows) book.addAccount(readAccount(row))
  for (const row of walletRows) book.addAccount(readAccount(row))
  for (const tenantId of wallets) book.walletsLoaded.add(tenantId)
  // Rarely a third time: a pool that may not last for this batch, and the wallet behind it.
  const late = walletsBehindShortPools(book, needs)
  if (late.length === 0) return
  for (const row of await lane.run('wallets', [plainColumn(late, (id) => id)])) book.addAccount(readAccount(row))
  for (const tenantId of late) book.walletsLoaded.add(tenantId)
}

/** Windows of limits, behind one lock per tenant: a window that has no row yet could not be locked itself. */
async function loadLimits(lane: Lane, book: Book, needs: Needs): Promise<void> {
  const windows = [...needs.limits.values()]
  if (windows.length === 0) return
  const tenants = [...new Set(windows.map(({ tenantId }) => tenantId))]
  const [, rows] = await Promise.all([
    lane.run('lockLimits', [plainColumn(tenants, (id) => id)]),
    lane.run('limitUses', [plainColumn(windows, (w) => w.tenantId), textColumn(windows, (w) => w.window)]),
  ])
  for (const { tenantId, window } of windows) book.addLimitUse({ tenantId, window, spent: 0n, held: 0n })
  for (const [tenantId, window, spent, held] of rows as [TenantId, string, bigint, bigint][]) {
    book.addLimitUse({ tenantId, window, spent, held })
  }
}

/** A lot that expired while a call held some of it is closed, so the wallet does not show it: read by name (W3). */
async function loadClosedLots(lane: Lane, book: Book, needs: Needs): Promise<void> {
  const absent = [...needs.lots.values()].filter((lot) => !book.account(lot.tenantId, lot.name))
  if (absent.length === 0) return
  const values = [plainColumn(absent, (lot) => lot.tenantId), textColumn(absent, (lot) => lot.name)]
  for (const row of await lane.run('accounts', values)) book.addAccount(readAccount(row))
}
