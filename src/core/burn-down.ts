/** A pool's month as a line: what was left, instant by instant, in a number of points that does not grow with the calls. */
import type { Instant } from './time.ts'

/** Seconds that came into the pool or left it other than by calls, at one instant: licences, the month's beginning and its end. */
export interface PoolStep {
  readonly at: Instant
  readonly seconds: number
}

/** Seconds that calls took in a part of a day. */
export interface PoolPart {
  readonly from: Instant
  readonly until: Instant
  readonly usedSeconds: number
}

export interface LeftPoint {
  readonly at: Instant
  readonly leftSeconds: number
}

/** A month has at most 31 × 6 parts; with steps of their own the line stays near two hundred points. */
export const STEPS_DRAWN_MAX = 12

const PART_MS = 4 * 3_600_000

/** As they are if they are few, else what came together in four hours as one. */
function drawnSteps(steps: readonly PoolStep[]): PoolStep[] {
  if (steps.length <= STEPS_DRAWN_MAX) return [...steps]
  const together = new Map<number, PoolStep>()
  for (const step of steps) {
    const part = Math.floor(step.at / PART_MS)
    const known = together.get(part)
    together.set(part, known ? { at: known.at, seconds: known.seconds + step.seconds } : step)
  }
  return [...together.values()]
}

/**
 * The line from the first step on: level where nothing happened, slanted over a part in which calls took something, upright at a step.
 * The last point, at `end`, is what is left in the end.
 */
export function burnDown(steps: readonly PoolStep[], parts: readonly PoolPart[], end: Instant): LeftPoint[] {
  const moves = [
    ...drawnSteps(steps).map(({ at, seconds }) => ({ from: at, at, change: seconds })),
    ...parts.map(({ from, until, usedSeconds }) => ({ from, at: earlier(until, end), change: -usedSeconds })),
  ].toSorted((a, b) => a.at - b.at || b.change - a.change)
  const points: LeftPoint[] = []
  let left = 0
  const say = (at: Instant): void => {
    const last = points.at(-1)
    if (last === undefined || last.at !== at || last.leftSeconds !== left) points.push({ at, leftSeconds: left })
  }
  for (const { from, at, change } of moves) {
    const last = points.at(-1)
    // Up to where the change begins, what was left is held.
    if (last !== undefined && from > last.at) say(from)
    left += change
    say(at)
  }
  if (points.length > 0) say(end)
  return points
}

const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b)
