/** Buying seats: what was quoted is what is done, in one transaction (L5, L7, L8, W8). */
import type { TenantId, Uuid } from '../core/ids.ts'
import type { Micros } from '../core/money.ts'
import { type Buyer, type OrderItem, type OrderQuote, type OrderRefusal, quoteOrder } from '../core/order.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from '../store/db.ts'
import { recordWalletAlerts } from '../store/event.ts'
import { addSeats, changeEntitlement } from '../store/licence.ts'
import { insertSeatCharge } from '../store/seat-charge.ts'
import { readSeatPrices } from '../store/seat-price.ts'
import {
  listReductions,
  listSeats,
  lockSeats,
  type Reduction,
  type SeatsRow,
  setBilling,
} from '../store/subscription.ts'
import { readWalletOwner } from '../store/wallet.ts'
import { payFromWallet } from './plan-payment.ts'

export interface OrderWish {
  readonly buyer: Buyer & { readonly tenantId: TenantId }
  readonly items: readonly OrderItem[]
  readonly by: 'operator' | 'tenant'
  /** The tenant's now. */
  readonly at: Instant
}

/** What people agreed to: an order that would do something else is refused. */
export interface OrderExpectation {
  readonly onStatement: Micros
  readonly fromCredits: Micros
  readonly monthlyMore: Micros
}

export interface OrderFailure {
  readonly refusal: OrderRefusal['refusal'] | 'quote-changed' | 'credits-too-low'
  readonly param: string
  readonly quote?: OrderQuote
}

/** What the order would do and cost; nothing is changed. */
export async function askQuote(db: Queryable, wish: OrderWish): Promise<OrderQuote | OrderRefusal> {
  const seats = await listSeats(db, wish.buyer.tenantId)
  return quoteOrder({ ...wish, seats, prices: await readSeatPrices(db, wish.buyer.currency) }, wish.items)
}

export interface Order {
  readonly quote: OrderQuote
  readonly seatsBefore: readonly SeatsRow[]
  readonly seats: readonly SeatsRow[]
  readonly reductions: readonly Reduction[]
}

/** Carries the order out. A refusal has changed nothing if the transaction is rolled back; the tenant must be locked. */
export async function placeOrder(
  tx: Tx,
  wish: OrderWish,
  expected: OrderExpectation | null,
  newId: () => Uuid,
  realNow: Instant,
): Promise<Order | OrderFailure> {
  const { buyer, at } = wish
  const { tenantId } = buyer
  const seatsBefore = await lockSeats(tx, tenantId)
  const quote = quoteOrder(
    { ...wish, seats: seatsBefore, prices: await readSeatPrices(tx, buyer.currency) },
    wish.items,
  )
  if ('refusal' in quote) return quote
  if (expected !== null && !isAsExpected(quote, expected)) return { refusal: 'quote-changed', param: 'expect', quote }
  for (const line of quote.lines) {
    await addSeats(tx, { subscriptionId: newId(), tenantId, sku: line.sku, quantity: line.quantity, at })
    await setBilling(tx, tenantId, line.sku, line.billing, line.span.month)
  }
  for (const { country, plan, seconds } of quote.poolsNow) {
    // L7: the conference pool is one for the tenant and counts what is purchased, not what is assigned.
    const change = quote.lines.reduce(
      (sum, line) => (line.sku === 'international-calling-plan' ? sum : sum + line.quantity),
      0,
    )
    if (seconds > 0) await changeEntitlement(tx, { tenantId, country, plan, change, at, sourceId: newId() })
  }
  for (const line of quote.lines) {
    const chargeId = newId()
    await insertSeatCharge(tx, {
      chargeId,
      tenantId,
      sku: line.sku,
      kind: 'part',
      seats: line.quantity,
      span: line.span,
      perMonth: line.perMonth,
      amount: line.amount,
      currency: buyer.currency,
      paidFrom: line.billing,
      at,
    })
    if (line.billing === 'credits') {
      const isPaid = await payFromWallet(tx, { tenantId, sourceId: chargeId, amount: line.amount, at, now: at })
      if (!isPaid) return { refusal: 'credits-too-low', param: 'items', quote }
    }
  }
  if (quote.fromCredits > 0n) {
    const owner = await readWalletOwner(tx, tenantId)
    if (owner) await recordWalletAlerts(tx, owner, realNow)
  }
  return {
    quote,
    seatsBefore,
    seats: await listSeats(tx, tenantId),
    reductions: await listReductions(tx, tenantId),
  }
}

const isAsExpected = (quote: OrderQuote, expected: OrderExpectation): boolean =>
  quote.onStatement === expected.onStatement &&
  quote.fromCredits === expected.fromCredits &&
  quote.monthlyMore === expected.monthlyMore
