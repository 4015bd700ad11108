/**
 * For one caller and month the points (seconds taken, credits spared) before each of its pieces. What bounds ask is the largest
 * worth − price × seconds over them, for many prices: only the upper hull can give it, a few points of hundreds.
 */
import type { Abroad } from './abroad.ts'

export interface Hulls {
  /** Points of hull h: [start[h], start[h + 1]), seconds and worth ascending, slopes descending. */
  readonly start: Uint32Array
  readonly need: Float64Array
  readonly worth: Float64Array
}

/** Collects hulls one after the other. `add` takes points with ascending seconds. Its own room is used again for the next ones. */
export class HullBuilder {
  private start = new Uint32Array()
  private need = new Float64Array()
  private worth = new Float64Array()
  private hulls = 0
  private length = 0

  /** For at most so many hulls of at most so many points in all. */
  begin(hulls: number, points: number): void {
    this.hulls = 0
    this.length = 0
    if (this.start.length <= hulls) this.start = new Uint32Array(hulls + 1)
    if (this.need.length < points) {
      this.need = new Float64Array(points)
      this.worth = new Float64Array(points)
    }
  }

  add(need: number, worth: number): void {
    const first = this.start[this.hulls] ?? 0
    let { length } = this
    while (length > first) {
      const lastNeed = this.need[length - 1] ?? 0
      const lastWorth = this.worth[length - 1] ?? 0
      // Below or on the line from the point before it to the new one: nothing asks for it.
      if (length - 1 === first) {
        if (need > lastNeed || worth < lastWorth) break
      } else {
        const beforeNeed = this.need[length - 2] ?? 0
        const beforeWorth = this.worth[length - 2] ?? 0
        if (isMore(lastWorth - beforeWorth, need - lastNeed, worth - lastWorth, lastNeed - beforeNeed)) break
      }
      length--
    }
    this.need[length] = need
    this.worth[length] = worth
    this.length = length + 1
  }

  /** The next points are of the next hull. */
  end(): void {
    this.start[++this.hulls] = this.length
  }

  /** A copy: few of the points that were added are on a hull. */
  finish(): Hulls {
    const { start, need, worth, hulls, length } = this
    return { start: start.slice(0, hulls + 1), need: need.slice(0, length), worth: worth.slice(0, length) }
  }
}

/** a × b > c × d, of whole numbers: a rounded product could lose a point, and the bound would be too low. */
function isMore(a: number, b: number, c: number, d: number): boolean {
  const left = a * b
  const right = c * d
  if (Math.abs(left) <= Number.MAX_SAFE_INTEGER && Math.abs(right) <= Number.MAX_SAFE_INTEGER) return left > right
  return BigInt(a) * BigInt(b) > BigInt(c) * BigInt(d)
}

/** The point of hull `h` with the largest worth − price × seconds; of equal ones the one with the fewest seconds. */
export function bestPoint({ start, need, worth }: Hulls, h: number, price: number): number {
  let low = start[h] ?? 0
  let high = (start[h + 1] ?? 0) - 1
  while (low < high) {
    const middle = (low + high) >> 1
    const gain = (worth[middle + 1] ?? 0) - (worth[middle] ?? 0)
    if (gain > price * ((need[middle + 1] ?? 0) - (need[middle] ?? 0))) low = middle + 1
    else high = middle
  }
  return low
}

/** One hull per (caller, month), from nothing paid to everything. */
export function fullHulls({ callers, months, start, needUpTo, worthUpTo }: Abroad): Hulls {
  const cells = callers * months
  const builder = new HullBuilder()
  builder.begin(cells, needUpTo.length + cells)
  for (let cell = 0; cell < cells; cell++) {
    builder.add(0, 0)
    const end = start[cell + 1] ?? 0
    for (let i = start[cell] ?? 0; i < end; i++) builder.add(needUpTo[i] ?? 0, worthUpTo[i] ?? 0)
    builder.end()
  }
  return builder.finish()
}
