/** The wallet as a strip: lots in the order in which they are spent, as wide as their money. */
import { minBigint } from '../../../core/money.ts'

/** One funding that still has money. */
export interface Lot {
  readonly id: string
  /** What is left of it, in micro-units. */
  readonly amount: bigint
  /** `CA$34.27`. */
  readonly label: string
  /** When it expires, `12 Jan 2027`. */
  readonly expiry: string
  /** It expires within 30 days: a bell and a red date. */
  readonly isSoon?: boolean
}

export interface LotLayout {
  readonly lot: Lot
  readonly x: number
  readonly width: number
  /** Held by calls, from the left. */
  readonly held: number
  readonly hasLabel: boolean
}

export const LOT_GAP = 3
export const SHORTEST_LOT = 28

/**
 * Places and widths. Widths go with the money, but none is under 28 px (or the even share, where even that is too much): the small
 * ones are raised, the others share the rest. Holds lie on the oldest money, as it will be spent.
 */
export function layoutLots(
  lots: readonly Lot[],
  held: bigint,
  width: number,
  labelWidth: (lot: Lot) => number,
): LotLayout[] {
  if (lots.length === 0) return []
  const room = Math.max(0, width - LOT_GAP * (lots.length - 1))
  const least = Math.min(SHORTEST_LOT, room / lots.length)
  const widths = raised(
    lots.map(({ amount }) => Number(amount)),
    room,
    least,
  )
  let x = 0
  let holding = held
  return lots.map((lot, index) => {
    const own = widths[index] ?? 0
    const taken = minBigint(holding, lot.amount)
    holding -= taken
    const place = {
      lot,
      x,
      width: own,
      held: taken === 0n ? 0 : Math.min(own, Math.max(4, (own * Number(taken)) / Number(lot.amount))),
      // The last label may use the room that nothing else wants.
      hasLabel: labelWidth(lot) <= (index === lots.length - 1 ? width - x : own + LOT_GAP - 6),
    }
    x += own + LOT_GAP
    return place
  })
}

/** Shares of `room` in proportion to `amounts`, none under `least`. */
function raised(amounts: readonly number[], room: number, least: number): number[] {
  const isSmall = amounts.map(() => false)
  for (;;) {
    const small = isSmall.filter(Boolean).length
    const sum = amounts.reduce((total, amount, index) => total + (isSmall[index] ? 0 : amount), 0)
    const rest = room - small * least
    const share = (amount: number): number => (sum > 0 ? (rest * amount) / sum : least)
    const next = amounts.findIndex((amount, index) => !isSmall[index] && share(amount) < least)
    if (next < 0) return amounts.map((amount, index) => (isSmall[index] ? least : share(amount)))
    isSmall[next] = true
  }
}
