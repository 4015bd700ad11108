/** The filters of the call history: as they stand in the address, and as the API is asked. */
import {
  addDays,
  dayOf,
  firstDayOf,
  type LocalDay,
  lastDayOf,
  monthOfDay,
  parseDay,
  startOfDay,
} from '../../../core/local-day.ts'
import { instant, type TimeZone } from '../../../core/time.ts'
import type { Query } from '../../data/client.ts'
import { serverNow } from '../../data/live.ts'

/** Everything that the address may say. */
export const NO_FILTERS = {
  period: '',
  from: '',
  to: '',
  user: '',
  number: '',
  kind: '',
  direction: '',
  fund: '',
  outcome: '',
  min: '',
  charged: '',
  result: '',
} as const

export type CallFilters = { readonly [K in keyof typeof NO_FILTERS]: string }

export const PERIODS = ['today', '7', '28', 'month', 'last', 'custom'] as const
export type Period = (typeof PERIODS)[number]

/** First and last day, both with all of it; null: no bound. */
export function daysOfPeriod({ period, from, to }: CallFilters, zone: TimeZone): [LocalDay | null, LocalDay | null] {
  const today = dayOf(instant(serverNow()), zone)
  const month = monthOfDay(today)
  switch (period) {
    case 'today':
      return [today, today]
    case '7':
      return [addDays(today, -6), today]
    case '28':
      return [addDays(today, -27), today]
    case 'month':
      return [firstDayOf(month), lastDayOf(month)]
    case 'last': {
      const last = addDays(firstDayOf(month), -1)
      return [firstDayOf(monthOfDay(last)), last]
    }
    default:
      return [parseDay(from), parseDay(to)]
  }
}

/** What the API understands; days begin where the tenant is. */
export function queryOf(filters: CallFilters, zone: TimeZone): Query {
  const [first, last] = daysOfPeriod(filters, zone)
  const number = filters.number.replaceAll(/[^\d+]/g, '')
  return {
    from: first && new Date(startOfDay(first, zone)).toISOString(),
    to: last && new Date(startOfDay(addDays(last, 1), zone)).toISOString(),
    userId: filters.user,
    number: /^\+?\d{1,15}$/.test(number) ? number : '',
    classification: filters.kind,
    direction: filters.direction,
    fund: filters.fund,
    outcome: filters.outcome,
    minSeconds: /^\d{1,4}$/.test(filters.min) ? Number(filters.min) * 60 : '',
    charged: filters.charged === 'true' ? 'true' : '',
    result: filters.result === 'ended' || filters.result === 'refused' ? filters.result : '',
  }
}
