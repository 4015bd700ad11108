import type { Instant } from './time.ts'

/** The only two clocks: the real one in main.ts, a simulated one in tests. The core is handed instants, never a clock. */
export interface Clock {
  now(): Instant
}
