/**
 * Events that are charged once, without a session (RFC 8506 §6.3): the wallet pays or the service is refused.
 */
import { type Book, type Tenant, userKey } from './book.ts'
import { formatId } from './ids.ts'
import { type Account, COUNTER, type Source } from './ledger.ts'
import { type Micros, maxBigint, micros, minBigint, toMoney } from './money.ts'
import type { Outcome } from './outcome.ts'
import { type RefusalCode, refusal } from './problems.ts'
import type { CreditControlAnswer, EventRequest } from './request.ts'
import { type Cap, capsOf, LimitMeter, windowOf } from './spend-limit.ts'
import type { Instant } from './time.ts'
import { spendable } from './wallet.ts'

/** Price of one unit, in millionths of the tenant's currency. */
const SERVICE_PRICES = { sms: 50_000n, directory: 1_000_000n } as const

export type Service = keyof typeof SERVICE_PRICES
export const SERVICES = Object.keys(SERVICE_PRICES) as [Service, ...Service[]]

export function chargeEvent(book: Book, request: EventRequest): Outcome {
  const tenant = book.tenants.get(request.tenantId)
  if (!tenant) return { problem: 'tenant-unknown' }
  const now = book.tenantNow(tenant)
  const user = request.userId === null ? undefined : book.users.get(userKey(request.tenantId, request.userId))
  const price = micros((SERVICE_PRICES[request.service] ?? 0n) * BigInt(request.units))
  const limits = { caps: capsOfEvent(book, tenant, request), held: [], counted: [] }
  const meter = new LimitMeter(limits, tenant.timeZone, (window) => book.limitUse(tenant.tenantId, window))
  const limit = meter.tightest('micro', now)
  const lots = book.lots(request.tenantId)
  const isOverLimit = limit !== null && limit.left < price
  const no = refusalOf(request, user, lots, price, now) ?? (isOverLimit ? 'limit-reached' : null)
  if (limit && no === 'limit-reached') {
    const window = windowOf(limit.cap, now, tenant.timeZone)
    book.limitStrikes.push({ tenantId: tenant.tenantId, cap: limit.cap, window, callId: request.freshId, at: now })
  }
  if (no)
    return answer(book, request, now, {
      result: 'refused',
      callId: formatId('call', request.freshId),
      refusal: refusal(no),
    })
  const source: Source = { id: request.freshId, tenantId: request.tenantId, nextLine: 0 }
  meter.hold('micro', price, now)
  meter.spend('micro', price)
  let due: bigint = price
  for (const lot of lots) {
    const part = minBigint(due, maxBigint(0n, spendable(lot, now)))
    book.ledger.reserve(lot, part)
    book.ledger.settle(lot, source, now, 'event', COUNTER.moneyRevenue, part)
    due -= part
  }
  const charge = toMoney(price, tenant.currency)
  return answer(book, request, now, {
    result: 'charged',
    charge,
    funding: [{ source: 'wallet', seconds: 0, amount: charge }],
  })
}

/** What limits the money of a service: those of its user, and of the tenant. */
export function capsOfEvent(book: Book, tenant: Tenant, { tenantId, userId }: EventRequest): readonly Cap[] {
  const user = userId === null ? undefined : book.users.get(userKey(tenantId, userId))
  return capsOf(tenant.limits, user ?? null)
}

function refusalOf(
  request: EventRequest,
  user: { creditsEnabled: boolean } | undefined,
  lots: readonly Account[],
  price: Micros,
  now: Instant,
): RefusalCode | null {
  if (request.userId !== null && !user) return 'user-unknown'
  if (user && !user.creditsEnabled) return 'credits-not-permitted'
  const available = lots.reduce((sum, lot) => sum + maxBigint(0n, spendable(lot, now)), 0n)
  return available < price ? 'credit-limit-reached' : null
}

/** An ended session keeps the answer, so that a repetition charges nothing. */
function answer(book: Book, request: EventRequest, now: Instant, given: CreditControlAnswer): Outcome {
  const body = JSON.stringify(given)
  book.openSession({
    switchId: request.switchId,
    sessionId: request.sessionId,
    tenantId: request.tenantId,
    callId: request.freshId,
    state: 'ended',
    lastNumber: request.requestNumber,
    finalAnswer: { hash: request.hash, status: 200, answer: body },
    deadlineAt: null,
    endedAt: now,
    call: null,
  })
  return { body }
}
