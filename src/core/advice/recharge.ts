/**
 * When to recharge, and with how much (W4, W9): from how much this tenant spent within the time that a recharge may take. The largest
 * spend ever seen is not safe (more than half of later half-years beat it), so the weekly largest are taken as log-normal and the
 * threshold is the one that the largest of 26 weeks exceeds with the chosen risk. That is "about", and never "guaranteed".
 */
import { CARD_FUNDING_MIN_MICROS } from '../limits.ts'
import { type Micros, micros } from '../money.ts'
import type { RechargeAdvice } from './types.ts'

export interface Spends {
  /** Seconds since 1970, ascending. */
  readonly at: Float64Array
  readonly micros: Float64Array
}

const WEEK_SECONDS = 7 * 86_400
/** Fewer weeks say little about the next ones. */
const WEEKS_MIN = 8
const HALF_YEAR_WEEKS = 26
const YEAR_SECONDS = 365 * 86_400
const UNIT = 1_000_000

export function rechargeOf(
  spends: Spends,
  bounds: readonly number[],
  options: { dryRisk: number; rechargeLeadSeconds: number; dailyCap: Micros | null },
): RechargeAdvice {
  const [first = 0] = bounds
  const horizon = (bounds.at(-1) ?? 0) - first
  const perMonth = monthly(spends, bounds)
  const total = perMonth.reduce((sum, value) => sum + value, 0)
  const base = {
    perMonth: perMonth.map((value) => micros(BigInt(value))),
    risk: options.dryRisk,
    leadSeconds: options.rechargeLeadSeconds,
    weeks: Math.floor(horizon / WEEK_SECONDS),
  }
  if (total === 0)
    return { ...base, threshold: null, amount: null, basis: 'unused', wouldExpire: false, aboveDailyCap: false }
  const largest = weeklyLargest(spends, first, base.weeks, options.rechargeLeadSeconds)
  const isEnough = largest.filter((value) => value > 0).length >= WEEKS_MIN
  const least = isEnough
    ? logNormalThreshold(largest, options.dryRisk)
    : 2 * largest.reduce((a, b) => Math.max(a, b), 0)
  const threshold = roundedUp(least)
  const fortnight = (total / Math.max(1, horizon)) * 2 * WEEK_SECONDS
  const minimum = Number(CARD_FUNDING_MIN_MICROS)
  const amount = Math.max(minimum, roundedUp(fortnight))
  const yearly = (total / Math.max(1, horizon)) * YEAR_SECONDS
  return {
    ...base,
    threshold: micros(BigInt(threshold)),
    amount: micros(BigInt(amount)),
    basis: isEnough ? 'log-normal' : 'largest-seen',
    wouldExpire: yearly < amount + threshold,
    aboveDailyCap: options.dailyCap !== null && BigInt(amount) > options.dailyCap,
  }
}

function monthly({ at, micros: amounts }: Spends, bounds: readonly number[]): number[] {
  const sums = bounds.slice(1).map(() => 0)
  for (let i = 0, month = 0; i < at.length; i++) {
    while (month < sums.length - 1 && (at[i] ?? 0) >= (bounds[month + 1] ?? 0)) month++
    sums[month] = (sums[month] ?? 0) + (amounts[i] ?? 0)
  }
  return sums
}

/** Per week from `first`, the most that was spent within `lead` seconds from one of its calls on. */
function weeklyLargest({ at, micros: amounts }: Spends, first: number, weeks: number, lead: number): Float64Array {
  const largest = new Float64Array(Math.max(1, weeks))
  let sum = 0
  for (let i = 0, end = 0; i < at.length; i++) {
    while (end < at.length && (at[end] ?? 0) < (at[i] ?? 0) + lead) sum += amounts[end++] ?? 0
    const week = Math.min(largest.length - 1, Math.floor(((at[i] ?? 0) - first) / WEEK_SECONDS))
    largest[week] = Math.max(largest[week] ?? 0, sum)
    sum -= amounts[i] ?? 0
  }
  return largest
}

function logNormalThreshold(largest: Float64Array, risk: number): number {
  // Weeks in which nothing was spent count as a cent: they are quiet, not missing.
  const logs = Array.from(largest, (value) => Math.log(Math.max(value, UNIT / 100)))
  const count = logs.length
  const mean = logs.reduce((a, b) => a + b, 0) / count
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1))
  const z = normalQuantile((1 - risk) ** (1 / HALF_YEAR_WEEKS))
  return Math.exp(mean + z * deviation * Math.sqrt(1 + 1 / count))
}

/** To the next 5 units of the currency, and 50 above 500: a threshold is a rule of thumb and should look like one. */
function roundedUp(value: number): number {
  const step = (value > 500 * UNIT ? 50 : 5) * UNIT
  return Math.max(step, Math.ceil(value / step - 1e-9) * step)
}

/** Φ⁻¹ by Acklam's rational approximation (error below 1.2e-9). */
export function normalQuantile(p: number): number {
  const tail = (q: number): number =>
    (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q +
      4.374664141464968) *
      q +
      2.938163982698783) /
    ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)))
  if (p > 0.97575) return -tail(Math.sqrt(-2 * Math.log(1 - p)))
  const q = p - 0.5
  const r = q * q
  return (
    ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
      q) /
    (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r -
      1.328068155288572e1) *
      r +
      1)
  )
}
