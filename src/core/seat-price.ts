/** What a seat costs: a price per month from an instant on, and the share of a month that was begun. Pure. */
import { Temporal } from 'temporal-polyfill'
import type { Sku } from './catalogue.ts'
import { type Currency, divFloor, MICROS_PER_UNIT, type Micros, micros } from './money.ts'
import { type Instant, type Month, type Period, periodOf, type TimeZone } from './time.ts'

/** One line of the operator's price list, in the currency that was asked about. */
export interface SeatPrice {
  readonly sku: Sku
  readonly perMonth: Micros
  readonly validFrom: Instant
}

/** The price that counts at `at`; null where the operator has set none. Of two for the same instant the later in the list counts. */
export function seatPriceAt(prices: readonly SeatPrice[], sku: Sku, at: Instant): Micros | null {
  let best: SeatPrice | null = null
  for (const price of prices) {
    if (price.sku !== sku || price.validFrom > at) continue
    if (best === null || price.validFrom >= best.validFrom) best = price
  }
  return best?.perMonth ?? null
}

/** Decimals of a currency by ISO 4217, as the runtime knows them: USD 2, JPY 0, KWD 3. */
function decimalsOf(currency: Currency): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return maximumFractionDigits
}

/** The smallest coin of a currency, in micros: USD 10,000. */
export const coinMicros = (currency: Currency): bigint => MICROS_PER_UNIT / 10n ** BigInt(decimalsOf(currency))

/** Whole local days of one month, both ends included: `2026-11-13` … `2026-11-30`, 18 of 30. */
export interface DaySpan {
  readonly month: Month
  readonly from: string
  readonly to: string
  readonly days: number
  readonly monthDays: number
}

/** From the day of `at` to the end of its month, that day included. */
export function restOfMonth(at: Instant, zone: TimeZone): DaySpan {
  const period = periodOf(at, zone)
  const whole = wholeMonth(period)
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  // Where a zone repeats the last hour of a month the date may be of the month before, though this one has begun.
  const first = Temporal.PlainDate.from(whole.from)
  const from = Temporal.PlainDate.compare(local, first) < 0 ? first : local
  return { ...whole, from: from.toString(), days: whole.monthDays - from.day + 1 }
}

export function wholeMonth({ month }: Pick<Period, 'month'>): DaySpan {
  const named = Temporal.PlainYearMonth.from(month)
  const days = named.daysInMonth
  const date = (day: number): string => named.toPlainDate({ day }).toString()
  return { month, from: date(1), to: date(days), days, monthDays: days }
}

/**
 * What `seats` cost for a span: price × seats × days ÷ days of the month, once for the line, rounded down to the currency's smallest
 * coin. A whole month is the price itself.
 */
export function seatAmount(perMonth: Micros, seats: number, span: DaySpan, currency: Currency): Micros {
  const coin = coinMicros(currency)
  const exact = perMonth * BigInt(seats) * BigInt(span.days)
  return micros(divFloor(exact, BigInt(span.monthDays) * coin) * coin)
}
