/** One month's moments of exhaustion in buckets, with the hull of each caller in each bucket. */
import type { Abroad } from './abroad.ts'
import { slackBetween } from './bound-prices.ts'
import type { Cell } from './cell.ts'
import { HullBuilder, type Hulls } from './hull.ts'

export const BUCKETS = 20

export interface MonthBuckets {
  /** Bucket j: the pool runs out at a position within [edges[j], edges[j + 1]). */
  readonly edges: Uint32Array
  readonly count: number
  /** Of caller c in bucket j at c × count + j: the points before each position of the bucket and after the last. */
  readonly hulls: Hulls
  readonly slack: Float64Array
}

/** Remembers the buckets of a few cells per month: children mostly share those of their parent. */
export class BucketCache {
  private readonly abroad: Abroad
  private readonly known: Map<number, MonthBuckets>[]
  private readonly builder = new HullBuilder()

  constructor(abroad: Abroad) {
    this.abroad = abroad
    this.known = Array.from({ length: abroad.months }, () => new Map())
  }

  of(cell: Cell, month: number): MonthBuckets {
    const from = cell.from[month] ?? 0
    const to = cell.to[month] ?? 0
    const known = this.known[month] ?? new Map<number, MonthBuckets>()
    const key = from * 2 ** 26 + to
    let buckets = known.get(key)
    if (!buckets) {
      buckets = makeBuckets(this.abroad, this.builder, { month, from, to })
      if (known.size >= REMEMBERED) known.delete(known.keys().next().value ?? 0)
      known.set(key, buckets)
    }
    return buckets
  }
}

const REMEMBERED = 8

function makeBuckets(
  abroad: Abroad,
  builder: HullBuilder,
  { month, from, to }: { readonly month: number; readonly from: number; readonly to: number },
): MonthBuckets {
  const count = Math.max(0, Math.min(BUCKETS, to - from))
  const edges = new Uint32Array(count + 1)
  for (let j = 0; j <= count; j++) edges[j] = from + Math.floor(((to - from) * j) / Math.max(1, count))
  const slack = new Float64Array(count)
  const first = abroad.pieces.monthStart[month] ?? 0
  const { split } = abroad.pieces
  if (split)
    for (let j = 0; j < count; j++)
      slack[j] = slackBetween(split.slack, first + (edges[j] ?? 0), first + (edges[j + 1] ?? 0))
  return { edges, count, slack, hulls: hullsOf(abroad, builder, month, edges) }
}

function hullsOf(abroad: Abroad, builder: HullBuilder, month: number, edges: Uint32Array): Hulls {
  const count = edges.length - 1
  const { callers, months, start, position, needUpTo, worthUpTo } = abroad
  let points = callers * count
  for (let c = 0; c < callers; c++) points += (start[c * months + month + 1] ?? 0) - (start[c * months + month] ?? 0)
  builder.begin(callers * count, points)
  for (let c = 0; c < callers; c++) {
    let i = start[c * months + month] ?? 0
    const first = i
    const end = start[c * months + month + 1] ?? 0
    while (i < end && (position[i] ?? 0) < (edges[0] ?? 0)) i++
    for (let j = 0; j < count; j++) {
      builder.add(i > first ? (needUpTo[i - 1] ?? 0) : 0, i > first ? (worthUpTo[i - 1] ?? 0) : 0)
      const edge = edges[j + 1] ?? 0
      for (; i < end && (position[i] ?? 0) < edge; i++) builder.add(needUpTo[i] ?? 0, worthUpTo[i] ?? 0)
      builder.end()
    }
  }
  return builder.finish()
}
