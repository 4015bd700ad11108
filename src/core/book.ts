/**
 * The book of one batch: everything that its requests may need, read before, and everything that they changed, written after.
 * A mutable object inside the core is deliberate: deterministic and without IO gives us testing and replay.
 */
import { assert } from './assert.ts'
import type { Call } from './call.ts'
import type { CallRecord, CallSupplement } from './call-record.ts'
import type { VoiceSku } from './catalogue.ts'
import type { Country } from './country.ts'
import type { CallId, SwitchId, TenantId, UserId, Uuid } from './ids.ts'
import { type Account, Ledger } from './ledger.ts'
import type { Currency, Micros } from './money.ts'
import type { E164 } from './numbering.ts'
import type { RateDeck } from './rate-deck.ts'
import type { Cap, Limits, LimitUse, TenantLimits } from './spend-limit.ts'
import type { Instant, TimeZone } from './time.ts'
import { type AutoRecharge, isLot } from './wallet.ts'

export interface Tenant {
  readonly tenantId: TenantId
  readonly country: Country
  readonly timeZone: TimeZone
  readonly currency: Currency
  /** D4: the frozen clock of a sandbox; null follows real time. */
  readonly clockAt: Instant | null
  readonly callingPolicy: string
  readonly autoRecharge: AutoRecharge | null
  /** An endpoint of the tenant wants `call.*` events. */
  readonly callEvents: boolean
  /** Null: none. */
  readonly limits: TenantLimits | null
}

export interface User {
  readonly userId: UserId
  readonly tenantId: TenantId
  readonly usageLocation: Country
  readonly voiceSku: VoiceSku | null
  readonly internationalPlan: boolean
  readonly creditsEnabled: boolean
  readonly callingPolicy: string | null
  /** The telephone is switched off: nothing but emergency calls. */
  readonly disabled: boolean
  /** The user's own; null: those of each user of the tenant. */
  readonly limits: Limits | null
}

export interface PhoneNumber {
  readonly number: E164
  readonly tenantId: TenantId
  readonly type: 'user' | 'service-toll' | 'service-toll-free'
  readonly userId: UserId | null
  /** N6: an emergency call was made with it; until then no call to it is refused. */
  readonly callbackUntil?: Instant
  /** L4: the tenant’s own carrier bills what an attendant calls from it. */
  readonly ownCarrier?: true
}

/** What a request was answered, kept for its repetitions: the same bytes. */
export interface GivenAnswer {
  readonly hash: string
  readonly status: number
  readonly answer: string
}

/** A session as it is stored. */
export interface Session {
  readonly switchId: SwitchId
  readonly sessionId: string
  /** Null for a tombstone: a termination came for a session that never began. */
  readonly tenantId: TenantId | null
  readonly callId: CallId
  state: 'open' | 'silent' | 'ended'
  lastNumber: number
  /** The last answer of a session that has ended: none follows it. While it goes on, each answer is a row of its own, written once. */
  finalAnswer: GivenAnswer | null
  deadlineAt: Instant | null
  endedAt: Instant | null
  call: Call | null
}

/** An answer of a session that goes on, or went on when it was given. */
export interface SessionAnswer extends GivenAnswer {
  readonly callId: CallId
  readonly requestNumber: number
}

/** A limit that stood in the way of a call: the tenant is told, once in its window. */
export interface LimitStrike {
  readonly tenantId: TenantId
  readonly cap: Cap
  readonly window: string
  readonly callId: CallId
  readonly at: Instant
}

/** Money that the core wants from a card: a row in `funding`, in the same transaction as the call that needed it (W4). */
export interface RechargeIntent {
  readonly tenantId: TenantId
  readonly amount: Micros
  readonly paymentMethodId: Uuid
  readonly at: Instant
}

export const sessionKey = (switchId: SwitchId, sessionId: string): string => `${switchId} ${sessionId}`
export const accountKey = (tenantId: TenantId, name: string): string => `${tenantId} ${name}`
export const userKey = (tenantId: TenantId, userId: UserId): string => `${tenantId} ${userId}`
export const sipUserKey = (tenantId: TenantId, sipUsername: string): string => `${tenantId} ${sipUsername}`
export const answerKey = (callId: CallId, requestNumber: number): string => `${callId} ${requestNumber}`

export class Book {
  /** Real time, read once per batch. A sandbox tenant has its own (`tenantNow`). */
  readonly now: Instant
  readonly deck: RateDeck | null
  readonly ledger = new Ledger()

  readonly tenants = new Map<TenantId, Tenant>()
  readonly users = new Map<string, User>()
  readonly sipUsers = new Map<string, User>()
  readonly numbers = new Map<string, PhoneNumber>()
  readonly sessions = new Map<string, Session>()
  /** Those that repeated requests ask for, and those of this batch. */
  readonly answers = new Map<string, SessionAnswer>()
  readonly accounts = new Map<string, Account>()
  /** Tenants whose lots were loaded: of the others nothing is known, least of all that their wallets are empty. */
  readonly walletsLoaded = new Set<TenantId>()
  private readonly lotsByTenant = new Map<TenantId, Account[]>()
  /** How accounts stood when they were loaded: alerts are about what this batch has passed. */
  readonly loaded = new Map<Account, Pick<Account, 'posted' | 'reserved' | 'spent'>>()

  /** What is used of limits: only of tenants and users who have some, and only the windows that this batch may touch. */
  readonly limitUses = new Map<string, LimitUse>()
  readonly changedLimits = new Set<LimitUse>()
  readonly limitStrikes: LimitStrike[] = []

  readonly newSessions = new Set<Session>()
  readonly changedSessions = new Set<Session>()
  readonly newAnswers: SessionAnswer[] = []
  readonly records: CallRecord[] = []
  readonly supplements: CallSupplement[] = []
  readonly recharges = new Map<TenantId, RechargeIntent>()
  /** Destinations that nothing in the deck prices: the operator is told. */
  readonly unrated: { tenantId: TenantId; number: string }[] = []

  constructor(now: Instant, deck: RateDeck | null) {
    this.now = now
    this.deck = deck
  }

  tenantNow(tenant: Tenant): Instant {
    return tenant.clockAt ?? this.now
  }

  addUser(user: User, sipUsername: string | null): void {
    this.users.set(userKey(user.tenantId, user.userId), user)
    if (sipUsername !== null) this.sipUsers.set(sipUserKey(user.tenantId, sipUsername), user)
  }

  addAccount(account: Account): void {
    this.accounts.set(accountKey(account.tenantId, account.name), account)
    const { posted, reserved, spent } = account
    this.loaded.set(account, { posted, reserved, spent })
    if (!isLot(account.name)) return
    const lots = this.lotsByTenant.get(account.tenantId) ?? []
    lots.push(account)
    // Names lead with a time-ordered id: the oldest funding is spent first (W3).
    lots.sort((a, b) => (a.name < b.name ? -1 : 1))
    this.lotsByTenant.set(account.tenantId, lots)
  }

  account(tenantId: TenantId, name: string): Account | undefined {
    return this.accounts.get(accountKey(tenantId, name))
  }

  /** The tenant's lots that were loaded, oldest first. */
  lots(tenantId: TenantId): readonly Account[] {
    return this.lotsByTenant.get(tenantId) ?? []
  }

  addLimitUse(use: LimitUse): void {
    this.limitUses.set(`${use.tenantId} ${use.window}`, use)
  }

  /** A window to count in; it was loaded, or the batch did not know what it needs. */
  limitUse(tenantId: TenantId, window: string): LimitUse {
    const use = this.limitUses.get(`${tenantId} ${window}`)
    assert(use, `the limit window ${window} is in the book`)
    this.changedLimits.add(use)
    return use
  }

  addSession(session: Session): void {
    this.sessions.set(sessionKey(session.switchId, session.sessionId), session)
  }

  /** A session that this batch made. */
  openSession(session: Session): void {
    this.addSession(session)
    this.newSessions.add(session)
  }

  /** Marks a loaded session as changed; one made in this batch is written whole anyway. */
  touchSession(session: Session): void {
    if (!this.newSessions.has(session)) this.changedSessions.add(session)
  }

  recordAnswer(answer: SessionAnswer): void {
    this.newAnswers.push(answer)
    this.answers.set(answerKey(answer.callId, answer.requestNumber), answer)
  }
}
