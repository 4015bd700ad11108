/** Business days in the United States: Monday to Friday without federal holidays. Carriers work on transfers then (facts §11.1). */
import { addDays, type LocalDay, weekdayOf } from './local-day.ts'

const SATURDAY = 6
const SUNDAY = 0
const MONDAY = 1
const THURSDAY = 4

const dayIn = (year: number, month: number, day: number): LocalDay =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` as LocalDay

/** The nth weekday of a month. */
function nth(year: number, month: number, weekday: number, n: number): LocalDay {
  const first = dayIn(year, month, 1)
  return addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1))
}

/** What falls on a Saturday is kept on Friday, what falls on a Sunday on Monday (5 U.S.C. 6103). */
function kept(day: LocalDay): LocalDay {
  if (weekdayOf(day) === SATURDAY) return addDays(day, -1)
  return weekdayOf(day) === SUNDAY ? addDays(day, 1) : day
}

/** Federal holidays as they are kept for a year; 1 January may be kept on the last day of the year before. */
export function usHolidays(year: number): readonly LocalDay[] {
  const memorialDay = addDays(nth(year, 6, MONDAY, 1), -7)
  return [
    kept(dayIn(year, 1, 1)),
    nth(year, 1, MONDAY, 3),
    nth(year, 2, MONDAY, 3),
    memorialDay,
    kept(dayIn(year, 6, 19)),
    kept(dayIn(year, 7, 4)),
    nth(year, 9, MONDAY, 1),
    nth(year, 10, MONDAY, 2),
    kept(dayIn(year, 11, 11)),
    nth(year, 11, THURSDAY, 4),
    kept(dayIn(year, 12, 25)),
  ]
}

export function isUsBusinessDay(day: LocalDay): boolean {
  const weekday = weekdayOf(day)
  if (weekday === SATURDAY || weekday === SUNDAY) return false
  const year = Number(day.slice(0, 4))
  return ![...usHolidays(year), ...usHolidays(year + 1)].includes(day)
}

/** The business day that is `count` of them after `day`, which itself does not count. */
export function addUsBusinessDays(day: LocalDay, count: number): LocalDay {
  let at = day
  for (let left = count; left > 0; ) {
    at = addDays(at, 1)
    if (isUsBusinessDay(at)) left--
  }
  return at
}
