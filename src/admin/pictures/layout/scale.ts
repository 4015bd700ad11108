/** Scales and ticks: numbers to places, in plain arithmetic. */

/** How wide a text is, in px; handed in, so that layout stays pure and French gets the room it needs. */
export type Measure = (text: string, style: TextStyle) => number
export type TextStyle = 'label' | 'sub' | 'axis' | 'strong'

/** A line through two points: `from` → `x0`, `to` → `x1`. A domain of nothing is put at `x0`. */
export function linear(from: number, to: number, x0: number, x1: number): (value: number) => number {
  const slope = to === from ? 0 : (x1 - x0) / (to - from)
  return (value) => x0 + (value - from) * slope
}

/** Steps of an axis of seconds that people can count in. */
export const SECOND_STEPS = [10, 30, 60, 120, 300, 900, 1800, 3600, 7200, 14_400] as const

/** The smallest step that needs no more than `most` ticks and leaves `room` px for each. */
export function secondStep(seconds: number, width: number, room: number, most = 12): number {
  const fits = (step: number): boolean => seconds / step <= most && (width * step) / Math.max(1, seconds) >= room
  return SECOND_STEPS.find(fits) ?? Math.max(14_400, Math.ceil(seconds / most / 3600) * 3600)
}

/** `8:00`, `1:02:09`: figures only, so it needs no language. */
export function clockSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (part: number): string => String(part).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/**
 * A month as slots of equal width, one per local day: `midnights` are the local midnights as epoch milliseconds, the one after the
 * last day too. So a day of 23 or 25 hours is as wide as the others, and noon of it still lies in its slot.
 */
export function monthScale(midnights: readonly number[], x0: number, x1: number): (at: number) => number {
  const days = Math.max(1, midnights.length - 1)
  const slot = (x1 - x0) / days
  return (at) => {
    const next = midnights.findIndex((midnight) => midnight > at)
    if (next === 0) return x0
    if (next < 0) return x1
    const [start, end] = [midnights[next - 1] ?? at, midnights[next] ?? at]
    return x0 + (next - 1 + (at - start) / Math.max(1, end - start)) * slot
  }
}

/** A path through points; one decimal is enough for a screen. */
export const pathThrough = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round1(x)} ${round1(y)}`).join('')

export const round1 = (value: number): number => Math.round(value * 10) / 10
