/** The largest of some numbers, without sorting all of them. */

/** The `count`-th largest of values[0 .. length); afterwards the `count` largest stand first, in any order. 1 <= count <= length. */
export function selectLargest(values: Float64Array, length: number, count: number): number {
  let left = 0
  let right = length - 1
  const k = count - 1
  while (left < right) {
    const pivot = values[(left + right) >> 1] ?? 0
    let i = left
    let j = right
    while (i <= j) {
      while ((values[i] ?? 0) > pivot) i++
      while ((values[j] ?? 0) < pivot) j--
      if (i > j) break
      const value = values[i] ?? 0
      values[i] = values[j] ?? 0
      values[j] = value
      i++
      j--
    }
    if (k <= j) right = j
    else if (k >= i) left = i
    else break
  }
  let least = values[0] ?? 0
  for (let i = 1; i < count; i++) least = Math.min(least, values[i] ?? 0)
  return least
}

/** What is taken of the callers who are free to hold the plan or not, for one number of holders. */
export interface Taken {
  /** How many of them, the others being idle holders. */
  count: number
  sum: number
  /** The least that was taken; infinity for none. */
  least: number
}

/**
 * The best sum of `slots` plans over `length` callers with `values` (reordered) and up to `idleMax` idle holders worth 0: as many
 * callers as idle ones cannot fill, and whoever is worth more than nothing. Null if there are not enough of both.
 */
export function takeBest(
  values: Float64Array,
  length: number,
  { slots, idleMax }: { slots: number; idleMax: number },
  out: Taken,
): boolean {
  out.count = 0
  out.sum = 0
  out.least = Number.POSITIVE_INFINITY
  if (slots < 0 || slots > length + idleMax) return false
  let positive = 0
  for (let i = 0; i < length; i++) if ((values[i] ?? 0) > 0) positive++
  const count = Math.max(slots - idleMax, Math.min(slots, positive))
  if (count <= 0) return true
  out.count = count
  out.least = selectLargest(values, length, count)
  for (let i = 0; i < count; i++) out.sum += values[i] ?? 0
  return true
}
