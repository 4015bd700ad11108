/** When a delivery is tried again: soon, then ever more rarely, for three days (P51). */
import { type Instant, instant } from '../core/time.ts'

/** Seconds between one attempt and the next; together 72 hours. */
const DELAYS_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 64_800, 80_695]

export const ATTEMPTS_MAX = DELAYS_SECONDS.length + 1

/**
 * When the attempt after `attempts` of them is due; null: no more, the delivery is parked. `random` in [0, 1) spreads it by a tenth
 * either way, so that what failed together does not come back together.
 */
export function nextAttemptAt(attempts: number, now: Instant, random: number): Instant | null {
  const delay = DELAYS_SECONDS[attempts - 1]
  return delay === undefined ? null : instant(Math.round(now + delay * 1000 * (0.9 + 0.2 * random)))
}
