/** Which months of a tenant's own calls a calculation reads. */
import { type Instant, instant, nextPeriod, type Period, periodOf, type TimeZone } from '../time.ts'

export interface MonthsOwner {
  readonly timeZone: TimeZone
  /** When its calls begin. */
  readonly since: Instant
}

/**
 * The `count` whole months before the one of `at`, which is by the tenant's clock; the current one alone while there is no other. Never
 * empty, in their order.
 */
export function lastMonths({ timeZone, since }: MonthsOwner, count: number, at: Instant): Period[] {
  const current = periodOf(at, timeZone)
  if (since >= current.start) return [current]
  let first = current
  for (let i = 0; i < count; i++) first = periodOf(instant(first.start - 1), timeZone)
  const months: Period[] = []
  for (let month = first; month.start < current.start; month = nextPeriod(month, timeZone)) months.push(month)
  return months
}

/** From the first of them to the last. */
export const spanOf = (months: readonly Period[], at: Instant): { readonly from: Instant; readonly to: Instant } => ({
  from: months[0]?.start ?? at,
  to: months.at(-1)?.end ?? at,
})
