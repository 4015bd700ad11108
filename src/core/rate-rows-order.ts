/**
 * The canonical order of rate rows: by direction and currency, then prefix, then the order in which a look-up prefers
 * them. One order serves the look-up (the first row that matches wins), the diff (a merge of two sorted lists), the search
 * for double keys (they are neighbours) and the store (the same rows are stored, and hashed, in the same order).
 */
import { ANY_LINE_KIND, ANY_ORIGIN, type RateRows } from './rate-rows.ts'

/** R1 "the more specific row": one that names the origin before one that names only the line kind before one for any. */
const specificity = (rows: RateRows, i: number): number =>
  (rows.origin[i] === ANY_ORIGIN ? 0 : 2) + (rows.lineKind[i] === ANY_LINE_KIND ? 0 : 1)

/** Negative, zero or positive as row `i` of `a` comes before, has the key of, or comes after row `j` of `b`. */
export function compareRateKeys(a: RateRows, i: number, b: RateRows, j: number): number {
  return (
    at(a.scope, i) - at(b.scope, j) ||
    at(a.prefix, i) - at(b.prefix, j) ||
    specificity(b, j) - specificity(a, i) ||
    at(b.validFrom, j) - at(a.validFrom, i) ||
    at(a.origin, i) - at(b.origin, j) ||
    at(a.lineKind, i) - at(b.lineKind, j)
  )
}

const at = (column: Uint8Array | Uint16Array | Float64Array, index: number): number => column[index] ?? 0

/** Row numbers in canonical order; rows with the same key keep the order they came in. */
export function canonicalOrder(rows: RateRows): Uint32Array {
  const order = new Uint32Array(rows.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  return isInOrder(rows) ? order : order.sort((i, j) => compareRateKeys(rows, i, rows, j))
}

function isInOrder(rows: RateRows): boolean {
  for (let i = 1; i < rows.length; i++) if (compareRateKeys(rows, i - 1, rows, i) > 0) return false
  return true
}

/** The rows at `order`, with the prices numbered as they are met: equal sets of rows become equal columns. */
export function permuteRateRows(rows: RateRows, order: Uint32Array): RateRows {
  const pick = <T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(target: T, source: T): T => {
    for (let i = 0; i < order.length; i++) target[i] = source[order[i] ?? 0] ?? 0
    return target
  }
  const length = order.length
  const price = pick(new Uint32Array(length), rows.price)
  const pricesUsed: number[] = []
  const renumbered = new Int32Array(rows.prices.initialIncrementSeconds.length).fill(-1)
  for (let i = 0; i < length; i++) {
    const old = price[i] ?? 0
    if (renumbered[old] === -1) renumbered[old] = pricesUsed.push(old) - 1
    price[i] = renumbered[old] ?? 0
  }
  const { prices } = rows
  return {
    length,
    scope: pick(new Uint16Array(length), rows.scope),
    prefix: pick(new Float64Array(length), rows.prefix),
    origin: pick(new Uint16Array(length), rows.origin),
    lineKind: pick(new Uint8Array(length), rows.lineKind),
    price,
    validFrom: pick(new Float64Array(length), rows.validFrom),
    prices: {
      connectionFeeMicros: BigInt64Array.from(pricesUsed, (i) => prices.connectionFeeMicros[i] ?? 0n),
      rateMicrosPerMinute: BigInt64Array.from(pricesUsed, (i) => prices.rateMicrosPerMinute[i] ?? 0n),
      initialIncrementSeconds: Uint32Array.from(pricesUsed, (i) => prices.initialIncrementSeconds[i] ?? 1),
      nextIncrementSeconds: Uint32Array.from(pricesUsed, (i) => prices.nextIncrementSeconds[i] ?? 1),
      minimumSeconds: Uint32Array.from(pricesUsed, (i) => prices.minimumSeconds[i] ?? 0),
    },
  }
}
