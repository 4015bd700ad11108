/**
 * Who may call where, and which funds may pay: everything that can be said before the ledger is opened. Reads users, numbers and
 * the deck; never a balance.
 */
import type { Book, PhoneNumber, Tenant, User } from './book.ts'
import { sipUserKey, userKey } from './book.ts'
import type { Reason } from './call.ts'
import {
  DEFAULT_CALLING_POLICY,
  parseCallingPolicy,
  policyAllows,
  policyAllowsConferenceDialOut,
} from './calling-policy.ts'
import { type Classification, classifyOutbound } from './classification.ts'
import { type Country, internationalPlanCovers, isZoneA, planLocation } from './country.ts'
import type { UserId } from './ids.ts'
import { type E164, factsOf, isEmergency, type NumberKind, parseE164 } from './numbering.ts'
import type { PoolKey } from './pool.ts'
import type { RefusalCode } from './problems.ts'
import type { LineKind, Rate, RateDirection } from './rate.ts'
import { findRate } from './rate-deck.ts'
import type { InitialRequest } from './request.ts'
import { type Cap, capsOf, countryCap } from './spend-limit.ts'
import type { Instant } from './time.ts'

/** The call may be made, and this is how it would be paid. */
export interface Authorised {
  readonly refused: null
  readonly userId: UserId | null
  readonly classification: Classification
  readonly reason: Reason
  readonly country: string | null
  readonly charged: boolean
  readonly pool: PoolKey | null
  readonly walletAllowed: boolean
  readonly rate: Rate | null
  /** What limits the call; empty where nothing does. */
  readonly caps: readonly Cap[]
}

/** The expected "no", before any fund was looked at. */
export interface NotAuthorised {
  readonly refused: RefusalCode
  readonly userId: UserId | null
  readonly classification: Classification
  readonly reason: Reason
  readonly country: string | null
  /** The limit that was in the way, where one was. */
  readonly limit?: Cap
}

export type Authorisation = Authorised | NotAuthorised

/** What `authorise` needs of a request: the price look-up asks the same question without a session (R3). */
export type CallWish = Pick<
  InitialRequest,
  'userId' | 'sipUsername' | 'direction' | 'calledNumber' | 'calledSipUsername' | 'callingNumber'
>

/** Decides whether the call may be made and who may pay for it (C1, C4–C6, L1, L4, P4, P5, W6). */
export function authorise(book: Book, tenant: Tenant, wish: CallWish, at: Instant): Authorisation {
  if (wish.direction === 'in') return authoriseIn(book, tenant, wish, at)
  const user = findUser(book, tenant, wish)
  if (isEmergency(wish.calledNumber, user?.usageLocation ?? null)) {
    return uncharged(user, 'emergency', { code: 'emergency-number' }, user?.usageLocation ?? tenant.country)
  }
  const no = (refused: RefusalCode): NotAuthorised => ({
    refused,
    userId: user?.userId ?? null,
    classification: 'unknown',
    reason: { code: 'not-classified' },
    country: null,
  })
  if (!user) {
    const service = serviceOf(book, tenant, wish)
    return service ? authoriseService(book, tenant, service, wish, at) : no('user-unknown')
  }
  if (user.disabled) return no('user-disabled')
  if (wish.calledSipUsername !== undefined) {
    const callee = book.sipUsers.get(sipUserKey(tenant.tenantId, wish.calledSipUsername))
    return callee ? uncharged(user, 'internal', { code: 'own-number' }, user.usageLocation) : no('number-unknown')
  }
  const called = parseE164(wish.calledNumber)
  if (!called) return no('invalid-number')
  if (wish.callingNumber !== null && !parseE164(wish.callingNumber)) return no('invalid-number')

  const colleague = book.numbers.get(called)
  if (colleague?.tenantId === tenant.tenantId && (colleague.userId !== null || colleague.type !== 'user')) {
    return uncharged(user, 'internal', { code: 'own-number' }, user.usageLocation)
  }
  if (wish.direction === 'conference-out') return authoriseConference(book, tenant, user, called, at)
  return authoriseOut(book, tenant, user, called, at)
}

function authoriseOut(book: Book, tenant: Tenant, user: User, called: E164, at: Instant): Authorisation {
  const seen = classifyOutbound(called, user.usageLocation)
  const { classification, country } = seen
  const base = { userId: user.userId, classification, reason: seen.reason, country }
  if (classification === 'unknown') return { refused: 'invalid-number', ...base }
  if (user.voiceSku === null) return { refused: 'licence-required', ...base }
  const policy = parseCallingPolicy(user.callingPolicy ?? tenant.callingPolicy) ?? DEFAULT_CALLING_POLICY
  if (!policyAllows(policy, classification)) return { refused: 'policy-barred', ...base }
  const limit = classification === 'toll-free-out' ? null : countryCap(tenant.limits, country)
  if (limit) return { refused: 'limit-reached', limit, ...base }
  // L4: over the tenant's own trunk; the carrier bills it, we authorise and record.
  if (user.voiceSku === 'voice-without-calling-plan' || classification === 'toll-free-out') {
    return { refused: null, ...base, charged: false, pool: null, walletAllowed: false, rate: null, caps: [] }
  }
  const rate = priceOf(book, tenant, 'out', called, user.usageLocation, seen.kind, at)
  if (rate === null && SOLD_BY_OWN_ROW.has(classification)) return { refused: 'destination-barred', ...base }
  const pool = planFor(user, classification, country)
  const caps = capsOf(tenant.limits, user)
  return { refused: null, ...base, charged: true, pool, walletAllowed: user.creditsEnabled, rate, caps }
}

/** The service number of the tenant that a call without a user is made from; null: there is none. */
function serviceOf(book: Book, tenant: Tenant, { userId, sipUsername, callingNumber }: CallWish): PhoneNumber | null {
  const number = userId === null && sipUsername === null && callingNumber !== null ? parseE164(callingNumber) : null
  const line = number === null ? undefined : book.numbers.get(number)
  return line?.tenantId === tenant.tenantId && line.type !== 'user' ? line : null
}

/**
 * An attendant calls on behalf of somebody outside (A21): a colleague for nothing, any other number at the cost of the wallet, as from
 * the tenant's own country and by the tenant's policy. No plan covers it, because no user makes it. Where the number stays with the
 * tenant's own carrier, and in a tenant without a plan, that carrier has the call: recorded, not charged (L4, decision 0011).
 */
function authoriseService(
  book: Book,
  tenant: Tenant,
  service: PhoneNumber,
  wish: CallWish,
  at: Instant,
): Authorisation {
  if (wish.calledSipUsername !== undefined) {
    const callee = book.sipUsers.get(sipUserKey(tenant.tenantId, wish.calledSipUsername))
    if (callee) return uncharged(undefined, 'internal', { code: 'own-number' }, tenant.country)
  }
  const called = parseE164(wish.calledNumber)
  const base = { userId: null, classification: 'unknown', reason: { code: 'not-classified' }, country: null } as const
  if (!called) return { refused: 'invalid-number', ...base }
  const line = book.numbers.get(called)
  if (line?.tenantId === tenant.tenantId && (line.userId !== null || line.type !== 'user')) {
    return uncharged(undefined, 'internal', { code: 'own-number' }, tenant.country)
  }
  const { classification, country, reason, kind } = classifyOutbound(called, tenant.country)
  const seen = { userId: null, classification, reason, country }
  if (classification === 'unknown') return { refused: 'invalid-number', ...seen }
  const policy = parseCallingPolicy(tenant.callingPolicy) ?? DEFAULT_CALLING_POLICY
  if (!policyAllows(policy, classification)) return { refused: 'policy-barred', ...seen }
  const limit = classification === 'toll-free-out' ? null : countryCap(tenant.limits, country)
  if (limit) return { refused: 'limit-reached', limit, ...seen }
  if (service.ownCarrier || classification === 'toll-free-out') {
    return { refused: null, ...seen, charged: false, pool: null, walletAllowed: false, rate: null, caps: [] }
  }
  const rate = priceOf(book, tenant, 'out', called, tenant.country, kind, at)
  if (rate === null && SOLD_BY_OWN_ROW.has(classification)) return { refused: 'destination-barred', ...seen }
  const caps = capsOf(tenant.limits, null)
  return { refused: null, ...seen, charged: true, pool: null, walletAllowed: true, rate, caps }
}

/** C4: never paid by a plan, never priced by a row for ordinary lines. */
const SOLD_BY_OWN_ROW: ReadonlySet<Classification> = new Set(['premium', 'shared-cost', 'satellite'])

/** The plan that covers the call: the user's location decides, not the tenant's address (L6, P4, P5). */
function planFor(user: User, classification: Classification, country: Country | null): PoolKey | null {
  const location = planLocation(user.usageLocation)
  if (location === null) return null
  if (classification === 'domestic') return { country: location, plan: 'domestic' }
  const covered = classification === 'international' && country !== null && internationalPlanCovers(country)
  return covered && user.internationalPlan ? { country: location, plan: 'international' } : null
}

/** L7: a conference dials out; Zone A draws the tenant-wide pool, the rest is paid by credits (facts §7). */
function authoriseConference(book: Book, tenant: Tenant, user: User, called: E164, at: Instant): Authorisation {
  const seen = classifyOutbound(called, user.usageLocation)
  const classification: Classification = seen.classification === 'unknown' ? 'unknown' : 'conference-out'
  const base = { userId: user.userId, classification, reason: { code: 'conference' } as const, country: seen.country }
  if (classification === 'unknown') return { refused: 'invalid-number', ...base }
  if (user.voiceSku === null) return { refused: 'licence-required', ...base }
  const policy = parseCallingPolicy(user.callingPolicy ?? tenant.callingPolicy) ?? DEFAULT_CALLING_POLICY
  const zoneA = seen.country !== null && isZoneA(seen.country)
  if (!policyAllowsConferenceDialOut(policy, seen)) return { refused: 'policy-barred', ...base }
  const limit = countryCap(tenant.limits, seen.country)
  if (limit) return { refused: 'limit-reached', limit, ...base }
  const rate = priceOf(book, tenant, 'conference-out', called, user.usageLocation, seen.kind, at)
  const ordinary = !SOLD_BY_OWN_ROW.has(seen.classification)
  if (rate === null && !ordinary) return { refused: 'destination-barred', ...base }
  const pool: PoolKey | null = zoneA && ordinary ? { country: tenant.country, plan: 'conference' } : null
  const caps = capsOf(tenant.limits, user)
  return { refused: null, ...base, charged: true, pool, walletAllowed: user.creditsEnabled, rate, caps }
}

/** A call to a number of the tenant: free to a user, paid by the wallet to a toll-free number (W2). */
function authoriseIn(book: Book, tenant: Tenant, wish: CallWish, at: Instant): Authorisation {
  const called = parseE164(wish.calledNumber)
  const base = { userId: null, classification: 'unknown', reason: { code: 'not-classified' }, country: null } as const
  if (!called) return { refused: 'invalid-number', ...base }
  const caller = wish.callingNumber === null ? null : parseE164(wish.callingNumber)
  if (wish.callingNumber !== null && !caller) return { refused: 'invalid-number', ...base }
  const number = book.numbers.get(called)
  if (number?.tenantId !== tenant.tenantId) return { refused: 'number-unknown', ...base }
  const colleague = caller ? book.numbers.get(caller)?.tenantId === tenant.tenantId : false
  if (number.type === 'user') {
    const user = number.userId === null ? undefined : book.users.get(userKey(tenant.tenantId, number.userId))
    if (!user) return { ...base, refused: 'number-unknown', classification: 'inbound' }
    // N6: a call centre calls back. Nothing that an admin or a bill may say keeps it away.
    const mayBeCallback = number.callbackUntil !== undefined && at < number.callbackUntil
    if (user.disabled && !mayBeCallback) {
      return { ...base, refused: 'user-disabled', userId: user.userId, classification: 'inbound' }
    }
    if (colleague) return uncharged(user, 'internal', { code: 'own-number' }, user.usageLocation)
    if (user.voiceSku === null && !mayBeCallback) {
      return { ...base, refused: 'licence-required', userId: user.userId, classification: 'inbound' }
    }
    return uncharged(user, 'inbound', { code: 'user-number' }, user.usageLocation)
  }
  if (colleague) return uncharged(undefined, 'internal', { code: 'own-number' }, tenant.country)
  if (number.type === 'service-toll') return uncharged(undefined, 'inbound', { code: 'service-number' }, tenant.country)
  const origin = caller ? factsOf(caller).country : null
  const rate = priceOf(book, tenant, 'toll-free-in', called, origin, 'other', at)
  return {
    refused: null,
    userId: null,
    classification: 'toll-free-in',
    reason: { code: 'own-toll-free-number' },
    country: origin,
    charged: true,
    pool: null,
    walletAllowed: true,
    rate,
    caps: capsOf(tenant.limits, null),
  }
}

function priceOf(
  book: Book,
  tenant: Tenant,
  direction: RateDirection,
  number: E164,
  origin: Country | null,
  kind: NumberKind,
  at: Instant,
): Rate | null {
  if (!book.deck) return null
  const lineKind = lineKindOf(kind)
  const { currency } = tenant
  return findRate(book.deck, { direction, digits: number.slice(1), origin: origin ?? '', lineKind, currency, at })
}

/** Which rows may price a number of this kind; `any` stands for rows of no particular kind. */
export function lineKindOf(kind: NumberKind): LineKind {
  switch (kind) {
    case 'fixed':
    case 'mobile':
    case 'premium':
    case 'shared-cost':
    case 'satellite':
      return kind
    default:
      return 'any'
  }
}

function findUser(book: Book, tenant: Tenant, wish: CallWish): User | undefined {
  if (wish.userId !== null) return book.users.get(userKey(tenant.tenantId, wish.userId))
  if (wish.sipUsername !== null) return book.sipUsers.get(sipUserKey(tenant.tenantId, wish.sipUsername))
  return undefined
}

function uncharged(
  user: User | undefined,
  classification: Classification,
  reason: Reason,
  country: string,
): Authorised {
  return {
    refused: null,
    userId: user?.userId ?? null,
    classification,
    reason,
    country,
    charged: false,
    pool: null,
    walletAllowed: false,
    rate: null,
    caps: [],
  }
}
