/** What the picture of a month needs, from the answers of the API and the reader's words. */
import type { BurnDownData, BurnDownDay } from '../../pictures/index.ts'
import type { Formats } from '../../words/format.ts'
import type { PoolForecast, PoolInFull } from './data.ts'
import { aboutMoney, type useDays } from './names.ts'
import type { Say } from './say.ts'

interface Reader {
  readonly t: Say
  readonly formats: Formats
  readonly days: ReturnType<typeof useDays>
}

/** Where on a day a pool is said to end: in the middle of it. */
const noonOf = (until: string): number => Date.parse(until) - 12 * 3_600_000

export function burnDownOf(
  pool: PoolInFull,
  forecast: PoolForecast | null,
  { t, formats, days }: Reader,
  isCompact = false,
): BurnDownData {
  const midnights = pool.midnights.map((at) => Date.parse(at))
  const end = midnights.at(-1) ?? 0
  const now = Date.parse(pool.now)
  const added = (forecast?.addedLicences ?? 0) * pool.allowanceSeconds
  const points = pool.points.map(({ at, leftSeconds }) => ({ at: Date.parse(at), left: leftSeconds }))
  // A what-if is a step up, now.
  if (added > 0) points.push({ at: now, left: Math.max(0, points.at(-1)?.left ?? 0) + added })
  const total = Math.max(pool.totalSeconds + added, ...points.map(({ left }) => left))
  const dry = pool.isOver ? null : dryOf(forecast, end, t, days)
  return {
    midnights,
    total,
    points,
    steps: pool.changes
      .filter(({ cause, licences }) => cause === 'licence' && licences !== 0)
      .map(({ at, licences }) => ({
        at: Date.parse(at),
        change: licences,
        label: licences > 0 ? t('licencesMore') : t('licencesFewer'),
      })),
    ...(pool.isOver
      ? {}
      : { now: { at: now, label: isCompact ? t('nowShort') : t('now', { time: formats.time(pool.now) }) } }),
    ...(forecast && forecast.days.length > 0 && !pool.isOver
      ? { forecast: coneOf(forecast, now, (points.at(-1)?.left ?? 0) - pool.reservedSeconds) }
      : {}),
    ...(dry ? { dry } : usedUpWindow(pool, t, formats)),
    ...afterwardsOf(pool, forecast, dry !== null, { t, formats, days }),
    leftLabel: pool.isOver
      ? t('minutesExpired', { minutes: formats.minutes(pool.expiredSeconds) })
      : t('minutesLeft', { minutes: formats.minutes(pool.availableSeconds + added) }),
    eightyLabel: t('eighty'),
  }
}

function coneOf(forecast: PoolForecast, now: number, left: number) {
  const here = Math.max(0, left)
  return [
    { at: now, low80: here, low50: here, middle: here, high50: here, high80: here },
    ...forecast.days.map(({ until, p10, p25, p50, p75, p90 }) => ({
      at: Date.parse(until),
      low80: p10,
      low50: p25,
      middle: p50,
      high50: p75,
      high80: p90,
    })),
  ]
}

function dryOf(forecast: PoolForecast | null, end: number, t: Say, days: Reader['days']): BurnDownData['dry'] | null {
  const { earliest = null, likely = null, latest = null } = forecast?.runsOut ?? {}
  if (!forecast || likely === null) return null
  const at = (day: string | null): number => {
    const found = forecast.days.find((one) => one.day === day)
    return found ? noonOf(found.until) : end
  }
  return {
    from: at(earliest ?? likely),
    at: at(likely),
    to: at(latest),
    label: t('runsOut', { date: days.weekday(likely) }),
    sub:
      latest === null
        ? t('fromOrNot', { from: days.day(earliest ?? likely) })
        : t('fourInFive', { from: days.day(earliest ?? likely), to: days.day(latest) }),
  }
}

/** It has run out already: the post stands where it was. */
function usedUpWindow(pool: PoolInFull, t: Say, formats: Formats): Pick<BurnDownData, 'dry'> {
  if (pool.usedUpAt === null) return {}
  const at = Date.parse(pool.usedUpAt)
  return { dry: { from: at, at, to: at, label: t('usedUpSince', { date: formats.day(pool.usedUpAt) }) } }
}

const isNothing = (amount: string): boolean => /^[0.]+$/.test(amount)

function afterwardsOf(
  pool: PoolInFull,
  forecast: PoolForecast | null,
  isEnding: boolean,
  { t, formats, days }: Reader,
): Pick<BurnDownData, 'afterwards'> {
  if (pool.usedUpAt !== null) {
    return isNothing(pool.beyond.amount.amount)
      ? {}
      : { afterwards: { kind: 'credits', label: t('creditsPaid', { amount: formats.money(pool.beyond.amount) }) } }
  }
  const then = forecast?.afterwards
  const last = forecast?.days.at(-1)
  if (!isEnding || pool.isOver || !then || !last) return {}
  return {
    afterwards:
      then.by === 'nobody'
        ? { kind: 'refused', label: t('thenRefused') }
        : {
            kind: 'credits',
            label: t('thenCredits', { amount: aboutMoney(then.amount, formats.language), date: days.day(last.day) }),
          },
  }
}

/** The same month as rows: what was, and what is likely. */
export function burnDownRows(
  pool: PoolInFull,
  forecast: PoolForecast | null,
  { formats, days }: Reader,
): BurnDownDay[] {
  const minutes = (seconds: number): string => formats.minutes(seconds)
  const none = '–'
  const past = pool.days.map(({ day, usedSeconds, leftSeconds }) => ({
    day: days.weekday(day),
    used: minutes(usedSeconds),
    left: minutes(leftSeconds),
    low: none,
    middle: none,
    high: none,
  }))
  const coming = (pool.isOver ? [] : (forecast?.days ?? [])).slice(1).map(({ day, p10, p50, p90 }) => ({
    day: days.weekday(day),
    used: none,
    left: none,
    low: minutes(p10),
    middle: minutes(p50),
    high: minutes(p90),
  }))
  return [...past, ...coming]
}

/** A CSV of the same days, in minutes, as a spreadsheet reads it. */
export function csvOf(pool: PoolInFull, head: readonly string[]): string {
  const rows = pool.days.map(({ day, usedSeconds, changedSeconds, leftSeconds }) =>
    [day, usedSeconds / 60, changedSeconds / 60, leftSeconds / 60].join(','),
  )
  return `${[head.join(','), ...rows].join('\r\n')}\r\n`
}
