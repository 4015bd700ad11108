/** One month of a tenant as a statement: what seats cost, what credits paid, and why it is more or less than the month before. Pure. */
import type { Sku } from './catalogue.ts'
import { type Micros, micros } from './money.ts'
import type { Billing } from './order.ts'

/** What was asked for seats: see store/seat-charge.ts. */
export interface ChargedSeats {
  readonly sku: Sku
  readonly kind: 'month' | 'part'
  readonly seats: number
  readonly perMonth: Micros | null
  readonly amount: Micros
  readonly paidFrom: Billing
}

export interface MonthOfMoney {
  readonly seats: readonly ChargedSeats[]
  /** What calls and other events took from the wallet. */
  readonly usage: Micros
}

export interface StatementSums {
  /** To be paid by the statement. */
  readonly onStatement: Micros
  /** Paid already: plans and calls from the wallet. */
  readonly fromCredits: Micros
  /** What the month cost, however it is paid. */
  readonly cost: Micros
}

const sum = (amounts: readonly bigint[]): Micros => micros(amounts.reduce((total, amount) => total + amount, 0n))

export function sumsOf({ seats, usage }: MonthOfMoney): StatementSums {
  const paidBy = (billing: Billing): bigint =>
    sum(seats.filter((line) => line.paidFrom === billing).map((line) => line.amount))
  const onStatement = micros(paidBy('statement'))
  const fromCredits = micros(paidBy('credits') + usage)
  return { onStatement, fromCredits, cost: micros(onStatement + fromCredits) }
}

/** One reason for a difference; together they are the difference. */
export type ChangeReason =
  | {
      readonly reason: 'seats'
      readonly sku: Sku
      readonly seatsBefore: number
      readonly seatsNow: number
      readonly amount: Micros
    }
  | {
      readonly reason: 'price'
      readonly sku: Sku
      readonly before: Micros
      readonly now: Micros
      readonly amount: Micros
    }
  | { readonly reason: 'part-of-month'; readonly sku: Sku; readonly amount: Micros }
  | { readonly reason: 'usage'; readonly amount: Micros }

export interface StatementChange {
  readonly difference: Micros
  readonly reasons: readonly ChangeReason[]
}

/** Why a month cost more or less than the one before; the largest reason first. */
export function changeBetween(before: MonthOfMoney, now: MonthOfMoney): StatementChange {
  const skus = [...new Set([...before.seats, ...now.seats].map((line) => line.sku))]
  const reasons: ChangeReason[] = skus.flatMap((sku) => reasonsOf(sku, before.seats, now.seats))
  const usage = micros(now.usage - before.usage)
  if (usage !== 0n) reasons.push({ reason: 'usage', amount: usage })
  const size = ({ amount }: ChangeReason): bigint => (amount < 0n ? -amount : amount)
  return {
    difference: micros(sumsOf(now).cost - sumsOf(before).cost),
    reasons: reasons.toSorted((a, b) => (size(a) < size(b) ? 1 : size(a) > size(b) ? -1 : 0)),
  }
}

function reasonsOf(sku: Sku, before: readonly ChargedSeats[], now: readonly ChargedSeats[]): ChangeReason[] {
  const ofKind = (lines: readonly ChargedSeats[], kind: ChargedSeats['kind']): ChargedSeats[] =>
    lines.filter((line) => line.sku === sku && line.kind === kind)
  const cost = (lines: readonly ChargedSeats[]): bigint => sum(lines.map((line) => line.amount))
  const [whole, wholeNow] = [ofKind(before, 'month'), ofKind(now, 'month')]
  const seats = (lines: readonly ChargedSeats[]): number => lines.reduce((total, line) => total + line.seats, 0)
  const [seatsBefore, seatsNow] = [seats(whole), seats(wholeNow)]
  const priceBefore = whole[0]?.perMonth ?? wholeNow[0]?.perMonth ?? micros(0n)
  const priceNow = wholeNow[0]?.perMonth ?? priceBefore
  // More seats at the old price, then the new price on all that there are now.
  const bySeats = micros(priceBefore * BigInt(seatsNow - seatsBefore))
  const byPrice = micros(cost(wholeNow) - cost(whole) - bySeats)
  const byParts = micros(cost(ofKind(now, 'part')) - cost(ofKind(before, 'part')))
  return [
    ...(bySeats === 0n ? [] : [{ reason: 'seats' as const, sku, seatsBefore, seatsNow, amount: bySeats }]),
    ...(byPrice === 0n ? [] : [{ reason: 'price' as const, sku, before: priceBefore, now: priceNow, amount: byPrice }]),
    ...(byParts === 0n ? [] : [{ reason: 'part-of-month' as const, sku, amount: byParts }]),
  ]
}
