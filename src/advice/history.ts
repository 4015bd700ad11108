/** An imported history as the question that the calculation answers: which months count, and at which prices. */
import { DEFAULT_ADVICE_OPTIONS } from '../core/advice/rules.ts'
import type { AdviceInput, AdviceOptions, AdvicePrices, PoolRules } from '../core/advice/types.ts'
import type { Country } from '../core/country.ts'
import type { Currency } from '../core/money.ts'
import { type Instant, instant, nextPeriod, type Period, periodOf, type TimeZone } from '../core/time.ts'
import type { Import } from './import/importer.ts'

export interface HistoryContext {
  readonly tenantCountry: Country
  readonly currency: Currency
  readonly zone: TimeZone
  readonly prices: AdvicePrices
  readonly rules: PoolRules
  readonly options?: Partial<AdviceOptions>
}

/** More than five years ago people and prices were others. */
const MONTHS_MAX = 60
const DAY_MS = 86_400_000
/** A history that begins or ends within these days of a month's ends has the whole of it. */
const EDGE_DAYS = 4

/** Null: there are no calls. */
export function adviceInputOf(imported: Import, context: HistoryContext): AdviceInput | null {
  const { users, targets, calls } = imported
  const first = calls.answeredAt[0]
  const last = calls.answeredAt[calls.length - 1]
  if (first === undefined || last === undefined) return null
  const { options, ...rest } = context
  return {
    ...rest,
    months: monthsBetween(instant(first * 1000), instant(last * 1000), context.zone),
    users,
    targets,
    calls,
    options: { ...DEFAULT_ADVICE_OPTIONS, ...options },
  }
}

/**
 * The calendar months of a history (P6). A month that the history only touches would look like a quiet one and make plans look dear, so
 * it is left out where a whole one is there; calls in it are counted as left out.
 */
export function monthsBetween(first: Instant, last: Instant, zone: TimeZone): Period[] {
  const months: Period[] = []
  for (let period = periodOf(first, zone); period.start <= last && months.length < MONTHS_MAX; ) {
    months.push(period)
    period = nextPeriod(period, zone)
  }
  const isWhole = ({ start, end }: Period): boolean =>
    first <= start + EDGE_DAYS * DAY_MS && last >= end - EDGE_DAYS * DAY_MS
  const whole = months.filter(isWhole)
  return whole.length > 0 ? whole : months
}
