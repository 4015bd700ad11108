/**
 * What a tenant is likely to use in the days to come (A4), from its own past alone: the rhythm of its week and of its months, its level
 * of late, and how wrong that has been before. Paths are made by replaying whole weeks of the tenant's own forecast errors, so runs,
 * drift and quiet weekends stay what they are. Estimates, not money: plain numbers. The same input gives the same answer.
 */
import { addDays, type LocalDay, lastDayOf, monthOfDay, weekdayOf } from './local-day.ts'

/** Use on days that follow each other and are over; the day after the last one is the first to be forecast. */
export interface DailyHistory {
  readonly first: LocalDay
  readonly amounts: readonly number[]
}

/**
 * On what a forecast stands. `none`: fewer than seven days. `little`: a range may be shown, odds may not. `own-errors`: at least eight
 * weeks of errors to replay.
 */
export type Basis = 'none' | 'little' | 'own-errors'

export interface Paths {
  readonly basis: Basis
  /** Days since the first use. */
  readonly historyDays: number
  /** Each path is the use of `days[0]`, `days[1]` …; empty where the basis is `none`. */
  readonly days: readonly LocalDay[]
  readonly paths: readonly Float64Array[]
}

export const FORECAST_DAYS_MIN = 7
/** Weeks of errors from which odds are worth saying. */
const WEEKS_FOR_ODDS = 8
/** Half a year: longer, and the rhythm is that of another organisation. */
const HISTORY_DAYS_MAX = 182
export const PATHS = 400

const LEVEL_DAYS = 28
const LEVEL_DECAY = 0.96
/** Days on which something was used, from which odds are worth saying. */
const USED_DAYS_FOR_ODDS = 40

/** Numbers in [0, 1) from a seed: mulberry32. */
export function makeChance(seed: string): () => number {
  // FNV-1a.
  let state = 0x811c9dc5
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `count` days from the first one after the history. */
export function forecastPaths(history: DailyHistory, count: number, seed: string, paths = PATHS): Paths {
  const { first, amounts } = sinceFirstUse(history)
  const next = addDays(history.first, history.amounts.length)
  const days = Array.from({ length: count }, (_, index) => addDays(next, index))
  return { ...pathsFrom(amounts, kindsOf(first, amounts.length + count), count, seed, paths), days }
}

/** The same without names of days. `kinds` goes on for `count` days after the amounts. */
function pathsFrom(
  amounts: readonly number[],
  kinds: Kinds,
  count: number,
  seed: string,
  paths: number,
): Omit<Paths, 'days'> {
  const historyDays = amounts.length
  if (historyDays < FORECAST_DAYS_MIN || amounts.every((amount) => amount === 0)) {
    return { basis: 'none', historyDays, paths: [] }
  }
  const rhythm = rhythmOf(amounts, kinds)
  const weeks = weeksOf(amounts, rhythm)
  const usedDays = amounts.reduce((sum, amount) => (amount > 0 ? sum + 1 : sum), 0)
  const basis = weeks.length >= WEEKS_FOR_ODDS && usedDays >= USED_DAYS_FOR_ODDS ? 'own-errors' : 'little'
  const spread = spreadOf(weeks)
  const expected = Array.from({ length: count }, (_, index) => rhythm.level * rhythm.factorAt(historyDays + index))
  const chance = makeChance(seed)
  return { basis, historyDays, paths: Array.from({ length: paths }, () => replay(expected, weeks, spread, chance)) }
}

/** The history from the first day with use on, at most half a year. */
function sinceFirstUse({ first, amounts }: DailyHistory): DailyHistory {
  const begin = amounts.findIndex((amount) => amount > 0)
  const from = Math.max(begin === -1 ? amounts.length : begin, amounts.length - HISTORY_DAYS_MAX)
  return { first: addDays(first, from), amounts: amounts.slice(from) }
}

/** What kind of day each one is. */
interface Kinds {
  /** 0 is Sunday. */
  readonly weekday: Uint8Array
  readonly place: Uint8Array
}

const PLACES = 3
const MIDDLE = 0
const FIRST_DAYS = 1
const LAST_DAYS = 2

/** The first two days of a month, its last four, and the rest. */
function kindsOf(first: LocalDay, count: number): Kinds {
  const weekday = new Uint8Array(count)
  const place = new Uint8Array(count)
  let day = first
  let daysInMonth = Number(lastDayOf(monthOfDay(day)).slice(8))
  for (let index = 0; index < count; index++) {
    const number = Number(day.slice(8))
    if (number === 1) daysInMonth = Number(lastDayOf(monthOfDay(day)).slice(8))
    weekday[index] = weekdayOf(day)
    place[index] = number <= 2 ? FIRST_DAYS : number > daysInMonth - 4 ? LAST_DAYS : MIDDLE
    day = addDays(day, 1)
  }
  return { weekday, place }
}

interface Rhythm {
  /** How a day compares with an average one; the first day of the history is 0. */
  factorAt(index: number): number
  readonly factors: readonly number[]
  readonly level: number
}

/** Quiet weekdays say nothing about months. */
const QUIET = 0.3

/** Factors of weekday and of the place in the month, both shrunk towards 1, and the level of the last four weeks. */
function rhythmOf(amounts: readonly number[], { weekday, place }: Kinds): Rhythm {
  const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length || 1e-9
  const byWeekday = shrunk(
    amounts,
    7,
    (index) => weekday[index] ?? 0,
    () => mean,
    0.5,
  )
  const weekdayAt = (index: number): number => Math.max(0.005, byWeekday[weekday[index] ?? 0] ?? 1)
  const byPlace = shrunk(
    amounts,
    PLACES,
    (index) => (weekdayAt(index) < QUIET ? -1 : (place[index] ?? MIDDLE)),
    (index) => mean * weekdayAt(index),
    3,
  )
  const middle = byPlace[MIDDLE] ?? 1
  const factorAt = (index: number): number => (weekdayAt(index) * (byPlace[place[index] ?? MIDDLE] ?? 1)) / middle
  const factors = amounts.map((_, index) => factorAt(index))
  return { factorAt, factors, level: levelAt(amounts, factors, amounts.length) }
}

/** Amount over what was expected, by kind of day, as if `prior` days of each kind had been as expected. Kind -1 is left out. */
function shrunk(
  amounts: readonly number[],
  count: number,
  kindAt: (index: number) => number,
  expectedAt: (index: number) => number,
  prior: number,
): number[] {
  const seen = Array.from({ length: count }, () => 0)
  const expected = Array.from({ length: count }, () => 0)
  let typical = 0
  for (const [index, amount] of amounts.entries()) {
    const kind = kindAt(index)
    if (kind < 0) continue
    seen[kind] = (seen[kind] ?? 0) + amount
    expected[kind] = (expected[kind] ?? 0) + expectedAt(index)
    typical += expectedAt(index)
  }
  const each = (prior * typical) / Math.max(1, amounts.length) || 1e-9
  return seen.map((amount, kind) => (amount + each) / ((expected[kind] ?? 0) + each))
}

/** Exponentially weighted use of the four weeks before `at`, with the rhythm taken out. */
function levelAt(amounts: readonly number[], factors: readonly number[], at: number): number {
  let used = 0
  let expected = 0
  for (let index = Math.max(0, at - LEVEL_DAYS); index < at; index++) {
    const weight = LEVEL_DECAY ** (at - 1 - index)
    used += weight * (amounts[index] ?? 0)
    expected += weight * (factors[index] ?? 0)
  }
  return expected > 0 ? used / expected : 0
}

/** A past week seen from its own beginning. */
interface Week {
  /** Use over what was then expected, day by day; the weekdays are those of the days to come. */
  readonly ratios: readonly number[]
  /** The same of the week as a whole. */
  readonly sum: number
  /** How much the level had moved when the week was over. */
  readonly drift: number
}

/** Weeks that end where the history ends, a week before that, and so on: their weekdays are those of the forecast. */
function weeksOf(amounts: readonly number[], rhythm: Rhythm): Week[] {
  const { factors, level } = rhythm
  const levelBefore = (at: number): number => (at >= 7 ? levelAt(amounts, factors, at) : level) || 1e-9
  const weeks: Week[] = []
  for (let at = amounts.length - 7; at >= 0; at -= 7) {
    // The first fortnight has no past to be wrong about, unless there is nothing else.
    if (at < 14 && weeks.length >= 2) break
    const before = levelBefore(at)
    const ratios = Array.from({ length: 7 }, (_, day) => (amounts[at + day] ?? 0) / ((factors[at + day] ?? 1) * before))
    const expected = factors.slice(at, at + 7).reduce((sum, factor) => sum + factor * before, 0)
    const sum = amounts.slice(at, at + 7).reduce((total, amount) => total + amount, 0) / expected
    weeks.push({ ratios, sum, drift: Math.sqrt(levelBefore(at + 7) / before) })
  }
  return weeks
}

/**
 * One path. The level of the last four weeks is itself a guess, wrong for all weeks to come in the same way; and few weeks have seen
 * little of what can happen: the fewer, the wider. Both constants were found by back-testing on histories of 30 to 182 days.
 */
function replay(
  expected: readonly number[],
  weeks: readonly Week[],
  spread: number,
  chance: () => number,
): Float64Array {
  const path = new Float64Array(expected.length)
  let drift = Math.exp((UNSURE + UNSURE_FEW / weeks.length) * spread * bell(chance))
  for (let from = 0; from < path.length; from += 7) {
    const week = weeks[Math.floor(chance() * weeks.length)]
    if (!week) break
    for (let day = 0; day < 7 && from + day < path.length; day++) {
      path[from + day] = (expected[from + day] ?? 0) * drift * (week.ratios[day] ?? 1)
    }
    drift *= week.drift
  }
  return path
}

const UNSURE = 0.4
const UNSURE_FEW = 3.5

/** About normal, with variance 1: twelve uniform numbers. */
function bell(chance: () => number): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += chance()
  return sum
}

/** How far whole weeks lay from what was expected of them: the standard deviation of the logarithm. */
function spreadOf(weeks: readonly Week[]): number {
  const logs = weeks.map(({ sum }) => Math.log(Math.max(0.02, sum)))
  const mean = logs.reduce((total, log) => total + log, 0) / logs.length
  const squares = logs.reduce((total, log) => total + (log - mean) ** 2, 0)
  // As if two more weeks had been off by a tenth: a few alike weeks prove little.
  return Math.sqrt((squares + 2 * 0.01) / (logs.length + 1))
}

/** How well forecasts like this one did on the tenant's own past. */
export interface Coverage {
  /** Sums of one to fourteen days, as forecast on earlier days. */
  readonly checked: number
  /** Of those, how many lay between the tenth and the ninetieth percentile. */
  readonly inside: number
}

const COVERAGE_ORIGINS = 26
const COVERAGE_DAYS = 14
const COVERAGE_PATHS = 120
const COVERAGE_HISTORY_MIN = 28

/** Forecasts each of the last 26 weeks as it would have been forecast then. Null where there are not yet two such weeks. */
export function coverageOf(history: DailyHistory, seed: string): Coverage | null {
  const { first, amounts } = sinceFirstUse(history)
  const kinds = kindsOf(first, amounts.length)
  let checked = 0
  let inside = 0
  for (let back = 1; back <= COVERAGE_ORIGINS; back++) {
    const at = amounts.length - back * 7
    if (at < COVERAGE_HISTORY_MIN) break
    const count = Math.min(COVERAGE_DAYS, amounts.length - at)
    const { paths } = pathsFrom(amounts.slice(0, at), kinds, count, `${seed} ${back}`, COVERAGE_PATHS)
    const sums = paths.map(() => 0)
    let actual = 0
    for (let day = 0; day < count; day++) {
      for (const [index, path] of paths.entries()) sums[index] = (sums[index] ?? 0) + (path[day] ?? 0)
      actual += amounts[at + day] ?? 0
      const [low = 0, high = 0] = quantiles(sums, [0.1, 0.9])
      checked++
      if (actual >= low && actual <= high) inside++
    }
  }
  return checked >= 2 * 7 ? { checked, inside } : null
}

/** The value below which so large a share lies, for each share. */
export function quantiles(values: readonly number[] | Float64Array, shares: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort()
  return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
}
