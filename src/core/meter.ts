/** How many requests were decided in each of the last sixty minutes, how, and how quickly. Time is an argument, as everywhere here. */
import type { Instant } from './time.ts'

export const METER_MINUTES = 60

/** Upper ends of the bars of the histogram, in milliseconds; slower ones fall into a last bar. */
const BOUNDS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000]

export interface MeteredMinute {
  /** Minutes since 1970. */
  readonly minute: number
  readonly decisions: number
  readonly granted: number
  /** By refusal code. */
  readonly refused: Readonly<Record<string, number>>
  /** Neither: ended and charged calls, and requests out of order. */
  readonly other: number
  /** Faults of ours: nobody was answered. */
  readonly faults: number
  /** No decision of this share of all took longer, in milliseconds: the upper end of a bar; null without decisions. */
  readonly p50: number | null
  readonly p99: number | null
}

interface Bucket {
  minute: number
  decisions: number
  granted: number
  refused: Map<string, number>
  faults: number
  other: number
  times: Uint32Array
}

/** `granted`, `other`, `fault`, or the code of a refusal. */
export type Outcome = 'granted' | 'other' | 'fault' | { readonly refused: string }

export class Meter {
  private readonly buckets: Bucket[] = Array.from({ length: METER_MINUTES }, () => emptyBucket(-1))

  record(at: Instant, outcome: Outcome, tookMs: number): void {
    const bucket = this.bucketOf(at)
    if (outcome === 'fault') {
      bucket.faults++
      return
    }
    bucket.decisions++
    const bar = BOUNDS.findIndex((bound) => tookMs <= bound)
    const place = bar === -1 ? BOUNDS.length : bar
    bucket.times[place] = (bucket.times[place] ?? 0) + 1
    if (outcome === 'granted') bucket.granted++
    else if (outcome === 'other') bucket.other++
    else bucket.refused.set(outcome.refused, (bucket.refused.get(outcome.refused) ?? 0) + 1)
  }

  /** The last minutes, oldest first, that of `now` last and not over yet. */
  read(now: Instant): MeteredMinute[] {
    const last = minuteOf(now)
    return Array.from({ length: METER_MINUTES }, (_, index) => {
      const minute = last - METER_MINUTES + 1 + index
      const bucket = this.buckets[minute % METER_MINUTES]
      return shown(bucket?.minute === minute ? bucket : emptyBucket(minute))
    })
  }

  private bucketOf(at: Instant): Bucket {
    const minute = minuteOf(at)
    const place = minute % METER_MINUTES
    const known = this.buckets[place]
    if (known?.minute === minute) return known
    const fresh = emptyBucket(minute)
    this.buckets[place] = fresh
    return fresh
  }
}

const minuteOf = (at: Instant): number => Math.floor(at / 60_000)

const emptyBucket = (minute: number): Bucket => ({
  minute,
  decisions: 0,
  granted: 0,
  refused: new Map(),
  faults: 0,
  other: 0,
  times: new Uint32Array(BOUNDS.length + 1),
})

const shown = ({ refused, times, ...bucket }: Bucket): MeteredMinute => ({
  ...bucket,
  refused: Object.fromEntries(refused),
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
})

/** The upper end of the bar that the share reaches into; above the last bound that bound. */
function percentile(times: Uint32Array, share: number): number | null {
  const total = times.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let seen = 0
  const bar = times.findIndex((count) => {
    seen += count
    return seen >= share * total
  })
  return BOUNDS[Math.min(bar, BOUNDS.length - 1)] ?? null
}
