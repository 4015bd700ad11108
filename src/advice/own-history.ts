/** What a tenant's own calls of some months would need: the records as the calculation reads them. */
import { conferenceTargetOf, freeTarget, targetKey, targetOf } from '../core/advice/target.ts'
import { type AdviceUser, type CallTarget, NO_USER } from '../core/advice/types.ts'
import type { Country } from '../core/country.ts'
import { formatId, type TenantId, type UserId } from '../core/ids.ts'
import type { Currency } from '../core/money.ts'
import { parseE164 } from '../core/numbering.ts'
import { findRate, type RateDeck } from '../core/rate-deck.ts'
import type { Instant } from '../core/time.ts'
import { type PastCall, pastCalls } from '../store/call-history.ts'
import type { Queryable } from '../store/db.ts'
import { allUsers } from '../store/user.ts'
import { CallColumnsBuilder } from './import/call-columns.ts'
import type { Import } from './import/importer.ts'

export interface OwnHistoryOptions {
  readonly tenantId: TenantId
  /** The tenant's country, for calls of users who are gone. */
  readonly country: Country
  readonly from: Instant
  readonly to: Instant
  /** Today's rates price all calls: the question is what to buy now. */
  readonly deck: RateDeck
  readonly currency: Currency
  readonly at: Instant
  /** What if these were the rates? `otherTargets` then says how it would be paid, place by place. */
  readonly otherDeck?: RateDeck | null
  readonly onProgress?: (calls: number) => Promise<void>
}

export interface OwnHistory extends Import {
  /** With another deck: what `targets` would be, place by place. */
  readonly otherTargets: readonly CallTarget[] | null
}

/** Everybody of today is a user, also those who never called; users who have left count while their calls do. */
export async function ownHistory(db: Queryable, options: OwnHistoryOptions): Promise<OwnHistory> {
  const { tenantId, country, from, to, deck, otherDeck = null, currency, at } = options
  const users: AdviceUser[] = []
  const names = new Map<number, string>()
  const indexOf = new Map<UserId, number>()
  for (const { userId, usageLocation, name } of await allUsers(db, tenantId)) {
    const index = users.push({ key: formatId('user', userId), location: usageLocation }) - 1
    indexOf.set(userId, index)
    names.set(index, name)
  }
  const targets: CallTarget[] = []
  const otherTargets: CallTarget[] = []
  const targetIndex = new Map<string, number>()
  // Calls of one place are paid alike under both decks.
  const intern = (target: CallTarget, other: CallTarget | null): number => {
    const key = other ? `${targetKey(target)} | ${targetKey(other)}` : targetKey(target)
    const known = targetIndex.get(key)
    if (known !== undefined) return known
    targetIndex.set(key, targets.length)
    if (other) otherTargets.push(other)
    return targets.push(target) - 1
  }
  const userOf = (userId: UserId | null): number => {
    if (userId === null) return NO_USER
    const known = indexOf.get(userId)
    if (known !== undefined) return known
    const index = users.push({ key: formatId('user', userId), location: country }) - 1
    indexOf.set(userId, index)
    return index
  }
  const targetFor = (call: PastCall, user: number, rates: Rates): CallTarget => {
    const { classification, direction, calledNumber } = call
    if (classification === 'internal' || classification === 'emergency' || classification === 'inbound')
      return freeTarget(classification)
    const number = parseE164(calledNumber)
    if (number === null) return { kind: 'barred', country: null, prefix: '', price: null }
    const location = users[user]?.location ?? country
    const digits = number.slice(1)
    if (classification === 'toll-free-in') {
      const query = { ...rates, direction: 'toll-free-in', digits, origin: location, lineKind: 'any' } as const
      const price = findRate(rates.deck, query)
      return { kind: 'toll-free-in', country: location, prefix: price?.prefix ?? '', price }
    }
    if (direction === 'conference-out') return conferenceTargetOf(number, location, rates)
    return targetOf(number, location, rates)
  }
  const now: Rates = { deck, currency, at }
  const other: Rates | null = otherDeck && { deck: otherDeck, currency, at }
  const placeOf = (call: PastCall, user: number): number =>
    intern(targetFor(call, user, now), other && targetFor(call, user, other))

  const calls = new CallColumnsBuilder()
  let count = 0
  for await (const page of pastCalls(db, tenantId, from, to)) {
    for (const call of page) {
      const user = userOf(call.userId)
      if (user === NO_USER && call.classification !== 'toll-free-in') continue
      const second = Math.floor((call.answeredAt ?? call.startedAt) / 1000)
      calls.add(user, second, call.seconds, placeOf(call, user))
    }
    count += page.length
    await options.onProgress?.(count)
  }
  return {
    users,
    names,
    targets,
    calls: calls.finish(),
    files: [],
    verdicts: { call: count },
    unreadable: 0,
    outsideHint: null,
    localTimes: 0,
    movedUsers: 0,
    otherTargets: other && otherTargets,
  }
}

interface Rates {
  readonly deck: RateDeck
  readonly currency: Currency
  readonly at: Instant
}
