/** Thirteen weeks of Atelier Boréal's calls, as a switch would have sent them: the same every time, up to the day on which it starts. */
import { makeChance } from '../core/forecast.ts'
import {
  addDays,
  dayOf,
  daysFrom,
  type LocalDay,
  lastDayOf,
  monthOfDay,
  startOfDay,
  weekdayOf,
} from '../core/local-day.ts'
import { type Instant, instant, type TimeZone } from '../core/time.ts'
import { callRequests, type TenantIds } from './history.ts'

export const HISTORY_WEEKS = 13

/** Some people's way of calling: on an average working day, so many calls of so many minutes. */
interface Habit {
  readonly from: string
  readonly to: readonly string[]
  readonly perDay: number
  readonly minutes: number
  /** A toll-free call comes in: `from` is outside. */
  readonly direction?: 'in'
}

const MONTREAL = ['+15145550103', '+15145550148', '+15145550160', '+14505550122', '+14185550131', '+16135550120']
const TORONTO = ['+14165550142', '+14165550166', '+16045550133', '+19055550117']
const NEW_YORK = ['+12125550111', '+12125550187', '+13125550134', '+16175550109']
const LONDON = ['+442079460921', '+442079460955', '+442079460933', '+441632960161']
const PARIS = ['+33199004321', '+33199001212', '+33199004410']
const BERLIN = ['+493023125014', '+493023125077']

/**
 * Canada's three licences do not suffice for how its people have called of late; everybody else's do. Lionel calls abroad without the
 * International plan, and the shop's toll-free number rings: credits pay for both.
 */
const HABITS: readonly Habit[] = [
  { from: 'zelie', to: MONTREAL, perDay: 14, minutes: 14 },
  { from: 'lionel', to: TORONTO, perDay: 11, minutes: 13.3 },
  { from: 'maeva', to: TORONTO, perDay: 7, minutes: 12.9 },
  { from: 'maeva', to: PARIS, perDay: 2.4, minutes: 8 },
  { from: 'isla', to: PARIS, perDay: 1.6, minutes: 7 },
  { from: 'isla', to: LONDON, perDay: 3.5, minutes: 10.7 },
  { from: 'rhys', to: LONDON, perDay: 3, minutes: 8 },
  { from: 'marcus', to: NEW_YORK, perDay: 8, minutes: 13.5 },
  { from: 'paola', to: NEW_YORK, perDay: 5, minutes: 12 },
  { from: 'lionel', to: BERLIN, perDay: 1.4, minutes: 6 },
  { from: '+16045550133', to: ['+18335550142'], perDay: 3, minutes: 5, direction: 'in' },
  // To a colleague: free of charge, whoever calls (L1).
  { from: 'agathe', to: ['+15145550171', '+14165550172'], perDay: 3, minutes: 3 },
]

/** Without a licence nobody calls outside (L1): now and then somebody tries. */
const REFUSED: Habit = { from: 'felix', to: TORONTO, perDay: 0.5, minutes: 0 }

const BY_WEEKDAY = [0, 1.06, 1.05, 1.01, 1, 0.86, 0] as const
/** Working hours by the clock of the shop, and how busy they are. */
const BY_HOUR: readonly (readonly [hour: number, weight: number])[] = [
  [8, 5],
  [9, 12],
  [10, 14],
  [11, 12],
  [12, 5],
  [13, 11],
  [14, 14],
  [15, 13],
  [16, 10],
  [17, 4],
]

/** Busier at the end of a month, and for four weeks now busier than before. */
function busynessOf(day: LocalDay, today: LocalDay, chance: () => number): number {
  const isMonthEnd = daysFrom(day, lastDayOf(monthOfDay(day))) < 4
  const isOfLate = daysFrom(day, today) < 28
  const noise = 1 + 0.22 * (chance() + chance() + chance() - 1.5)
  return (BY_WEEKDAY[weekdayOf(day)] ?? 0) * (isMonthEnd ? 1.15 : 1) * (isOfLate ? 1 : 0.74) * noise
}

export interface DayOfCalls {
  /** Where the clock stands when they are sent: after the last of them. */
  readonly at: Instant
  readonly requests: object[]
}

/** The working days of the history, oldest first; of today what has been until `now`. */
export function borealDays(ids: TenantIds, now: Instant, zone: TimeZone): DayOfCalls[] {
  const today = dayOf(now, zone)
  return Array.from({ length: HISTORY_WEEKS * 7 + 1 }, (_, index) => addDays(today, index - HISTORY_WEEKS * 7)).flatMap(
    (day) => {
      const calls = callsOf(day, today, now, zone)
      if (calls.length === 0) return []
      const requests = calls.flatMap((call, index) =>
        callRequests(ids, { ...call, sessionId: `boreal-${day}-${index}` }),
      )
      const last = Math.max(...calls.map(({ at, seconds }) => at + seconds * 1000))
      return [{ at: instant(Math.min(now, last + 60_000)), requests }]
    },
  )
}

interface Call {
  readonly from: string
  readonly to: string
  readonly at: Instant
  readonly seconds: number
  readonly direction?: 'in'
}

function callsOf(day: LocalDay, today: LocalDay, now: Instant, zone: TimeZone): Call[] {
  const chance = makeChance(`boreal ${daysFrom(day, today)}`)
  const busy = busynessOf(day, today, chance)
  if (busy === 0) return []
  const start = startOfDay(day, zone)
  const calls = [...HABITS, REFUSED].flatMap((habit) =>
    Array.from({ length: countOf(habit.perDay * busy, chance) }, () => callBy(habit, start, chance)),
  )
  // Today's calls are over; what is going on now is another matter.
  return calls.filter(({ at, seconds }) => at + seconds * 1000 <= now).toSorted((a, b) => a.at - b.at)
}

/** A whole number with this mean. */
const countOf = (mean: number, chance: () => number): number => Math.floor(mean) + (chance() < mean % 1 ? 1 : 0)

function callBy({ from, to, minutes, direction }: Habit, start: Instant, chance: () => number): Call {
  // Many short calls and a few long ones: an exponential with a floor, an hour at most.
  const seconds = minutes === 0 ? 0 : Math.min(3_600, Math.round(20 + (minutes * 60 - 20) * -Math.log(1 - chance())))
  return {
    from,
    to: to[Math.floor(chance() * to.length)] ?? '',
    at: instant(start + Math.round((hourBy(chance) + chance()) * 3_600_000)),
    seconds,
    ...(direction === undefined ? {} : { direction }),
  }
}

function hourBy(chance: () => number): number {
  let left = chance() * BY_HOUR.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [hour, weight] of BY_HOUR) {
    left -= weight
    if (left < 0) return hour
  }
  return 9
}
