/**
 * What buying or giving up seats means, worked out before it is done: the quote that people read and the order that is carried out
 * are this one answer (L2–L8, P2, W8). Pure.
 */
import { allowanceSeconds, type Plan, type Sku, VOICE_LICENCES_MAX } from './catalogue.ts'
import { type Country, type LicenceType, planLocation } from './country.ts'
import { isVoice, mayPurchase, type PurchaseRefusal } from './licence.ts'
import { type Currency, type Micros, micros } from './money.ts'
import { type DaySpan, restOfMonth, type SeatPrice, seatAmount, seatPriceAt } from './seat-price.ts'
import type { Instant, TimeZone } from './time.ts'

/** W8: on the month's statement, or from the wallet on the 1st. */
export const BILLINGS = ['statement', 'credits'] as const
export type Billing = (typeof BILLINGS)[number]

export interface Buyer {
  readonly country: Country
  readonly licenceType: LicenceType
  readonly currency: Currency
  readonly timeZone: TimeZone
}

/** The seats of one SKU as they stand. */
export interface Seats {
  readonly sku: Sku
  readonly purchased: number
  readonly assigned: number
  readonly billing: Billing
}

export interface OrderItem {
  readonly sku: Sku
  readonly quantity: number
  /** Null: as the seats of this SKU are paid already, else on the statement. */
  readonly billing: Billing | null
}

export interface OrderLine {
  readonly sku: Sku
  readonly quantity: number
  readonly seatsBefore: number
  readonly seatsAfter: number
  readonly span: DaySpan
  readonly perMonth: Micros | null
  /** For the rest of this month. */
  readonly amount: Micros
  readonly monthlyMore: Micros
  readonly billing: Billing
}

export interface PoolEffect {
  readonly country: string
  readonly plan: Plan
  readonly seconds: number
}

export interface OrderQuote {
  readonly lines: readonly OrderLine[]
  /** For the rest of this month: on the month's statement, and from the wallet at once. */
  readonly onStatement: Micros
  readonly fromCredits: Micros
  /** How much more every later month costs. */
  readonly monthlyMore: Micros
  /** At once, for seats that count when they are bought (L7). */
  readonly poolsNow: readonly PoolEffect[]
  /** Per seat, when it is assigned to a user of the tenant's own country (P2). */
  readonly poolsWhenAssigned: readonly PoolEffect[]
}

export interface OrderRefusal {
  readonly refusal: PurchaseRefusal | 'billing-not-offered'
  readonly param: string
}

export interface OrderContext {
  readonly buyer: Buyer
  readonly seats: readonly Seats[]
  readonly prices: readonly SeatPrice[]
  readonly by: 'operator' | 'tenant'
  readonly at: Instant
}

const sum = (amounts: readonly Micros[]): Micros => micros(amounts.reduce((total, amount) => total + amount, 0n))

export const voicePurchased = (seats: readonly Seats[]): number =>
  seats.reduce((total, row) => (isVoice(row.sku) ? total + row.purchased : total), 0)

/** What an order of these items would do and cost; the first item that may not be bought refuses it all. */
export function quoteOrder(context: OrderContext, items: readonly OrderItem[]): OrderQuote | OrderRefusal {
  const { buyer, seats, prices, by, at } = context
  const span = restOfMonth(at, buyer.timeZone)
  const lines: OrderLine[] = []
  let voice = voicePurchased(seats)
  for (const [index, { sku, quantity, billing }] of items.entries()) {
    const no = mayPurchase({ licenceType: buyer.licenceType, sku, quantity, voicePurchased: voice, by })
    if (no) return { refusal: no, param: `items.${index}.${no === 'licence-limit-reached' ? 'quantity' : 'sku'}` }
    if (billing === 'credits' && sku !== 'international-calling-plan') {
      return { refusal: 'billing-not-offered', param: `items.${index}.billing` }
    }
    if (isVoice(sku)) voice += quantity
    const held = seats.find((row) => row.sku === sku)
    const earlier = lines.reduce((bought, line) => (line.sku === sku ? bought + line.quantity : bought), 0)
    const seatsBefore = (held?.purchased ?? 0) + earlier
    const perMonth = seatPriceAt(prices, sku, at)
    lines.push({
      sku,
      quantity,
      seatsBefore,
      seatsAfter: seatsBefore + quantity,
      span,
      perMonth,
      amount: perMonth === null ? micros(0n) : seatAmount(perMonth, quantity, span, buyer.currency),
      monthlyMore: micros((perMonth ?? 0n) * BigInt(quantity)),
      billing: billing ?? held?.billing ?? 'statement',
    })
  }
  const paidBy = (billing: Billing): Micros =>
    sum(lines.filter((line) => line.billing === billing).map((line) => line.amount))
  const conference = lines.reduce((more, line) => (isVoice(line.sku) ? more + line.quantity : more), 0)
  return {
    lines,
    onStatement: paidBy('statement'),
    fromCredits: paidBy('credits'),
    monthlyMore: sum(lines.map((line) => line.monthlyMore)),
    poolsNow:
      conference === 0
        ? []
        : [
            {
              country: buyer.country,
              plan: 'conference',
              seconds: conference * allowanceSeconds(buyer.country, 'conference'),
            },
          ],
    poolsWhenAssigned: lines.flatMap((line) => poolOfSeat(line.sku, buyer.country)),
  }
}

/** What one assigned seat of a SKU gives to whose pool; nothing where it gives none. */
export function poolOfSeat(sku: Sku, location: Country): PoolEffect[] {
  const country = planLocation(location)
  if (country === null || sku === 'voice-without-calling-plan') return []
  const plan = sku === 'international-calling-plan' ? 'international' : 'domestic'
  return [{ country, plan, seconds: allowanceSeconds(country, plan) }]
}

export type NotOfferedReason = 'with-plan-is-sold-here' | 'without-plan-is-sold-here' | 'country-not-available'

export interface SkuOffer {
  readonly sku: Sku
  /** Null: it is offered. Otherwise why it is not. */
  readonly notOffered: NotOfferedReason | null
  /** Only the operator or a partner can order it (L4). */
  readonly throughPartner: boolean
}

/** L2–L4: every SKU, and of those that are not offered why. */
export function offersFor(licenceType: LicenceType): SkuOffer[] {
  const offer = (sku: Sku, notOffered: NotOfferedReason | null): SkuOffer => ({
    sku,
    notOffered,
    throughPartner: notOffered === null && sku === 'voice-without-calling-plan',
  })
  const withPlan: NotOfferedReason | null =
    licenceType === 'with-calling-plan'
      ? null
      : licenceType === 'without-calling-plan'
        ? 'without-plan-is-sold-here'
        : 'country-not-available'
  const withoutPlan: NotOfferedReason | null =
    licenceType === 'without-calling-plan'
      ? null
      : licenceType === 'with-calling-plan'
        ? 'with-plan-is-sold-here'
        : 'country-not-available'
  return [
    offer('voice-with-calling-plan', withPlan),
    offer('international-calling-plan', withPlan),
    offer('voice-without-calling-plan', withoutPlan),
  ]
}

/** L8: how many more voice seats may be bought, both kinds together. */
export const voiceSeatsLeft = (seats: readonly Seats[]): number =>
  Math.max(0, VOICE_LICENCES_MAX - voicePurchased(seats))

/** Who would give up a seat. */
export interface SeatHolder {
  readonly usageLocation: Country
  readonly internationalPlan: boolean
}

export interface ReductionQuote {
  readonly sku: Sku
  readonly seatsBefore: number
  readonly seatsAfter: number
  /** More people must be named before it can be ordered: nobody loses a licence by chance. */
  readonly missingLosers: number
  readonly monthlyLess: Micros
  /** Minutes a month that go, by pool. */
  readonly poolsLost: readonly PoolEffect[]
  /** L9: add-ons that go with the voice licences. */
  readonly internationalLost: number
}

export type ReductionRefusal = 'seats-not-fewer' | 'seats-not-bought'

/** What going down to `target` seats from the next 1st on means. `losers` hold the SKU; a seat that nobody gives up is not taken. */
export function quoteReduction(
  context: Pick<OrderContext, 'buyer' | 'seats' | 'prices'> & { readonly from: Instant },
  sku: Sku,
  target: number,
  losers: readonly SeatHolder[],
): ReductionQuote | { readonly refusal: ReductionRefusal; readonly param: string } {
  const held = context.seats.find((row) => row.sku === sku)
  if (!held || held.purchased === 0) return { refusal: 'seats-not-bought', param: 'sku' }
  if (target >= held.purchased) return { refusal: 'seats-not-fewer', param: 'seats' }
  const { country } = context.buyer
  const fewer = held.purchased - target
  const perMonth = seatPriceAt(context.prices, sku, context.from) ?? micros(0n)
  const withAddOn = sku === 'voice-with-calling-plan' ? losers.filter((user) => user.internationalPlan) : []
  const lost = [
    ...losers.flatMap((user) => poolOfSeat(sku, user.usageLocation)),
    ...withAddOn.flatMap((user) => poolOfSeat('international-calling-plan', user.usageLocation)),
    ...(isVoice(sku)
      ? [{ country, plan: 'conference' as const, seconds: fewer * allowanceSeconds(country, 'conference') }]
      : []),
  ]
  return {
    sku,
    seatsBefore: held.purchased,
    seatsAfter: target,
    missingLosers: Math.max(0, held.assigned - losers.length - target),
    monthlyLess: micros(perMonth * BigInt(fewer)),
    poolsLost: addUp(lost),
    internationalLost: withAddOn.length,
  }
}

function addUp(effects: readonly PoolEffect[]): PoolEffect[] {
  const byPool = new Map<string, PoolEffect>()
  for (const effect of effects) {
    const key = `${effect.country} ${effect.plan}`
    const known = byPool.get(key)
    byPool.set(key, { ...effect, seconds: effect.seconds + (known?.seconds ?? 0) })
  }
  return [...byPool.values()]
}
