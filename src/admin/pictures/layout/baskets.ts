/** Cost by basket: bars from zero, stacked, with the proved lower bound across them. */
import type { Measure } from './scale.ts'

export type BasketPart = 'pool' | 'addon' | 'credits'

export interface Basket {
  readonly id: string
  /** The number of add-ons, or the name of the basket. */
  readonly label: string
  /** In micro-units, in the order in which they are stacked: licences, add-ons, credits. */
  readonly parts: readonly { readonly fund: BasketPart; readonly amount: bigint }[]
  /** `CA$156.72`. */
  readonly total: string
  readonly isBest?: boolean
}

export interface BasketLayout {
  readonly height: number
  readonly barLeft: number
  readonly barRight: number
  readonly rows: readonly {
    readonly basket: Basket
    readonly y: number
    readonly parts: readonly { readonly fund: BasketPart; readonly x: number; readonly width: number }[]
  }[]
  readonly bound: { readonly x: number; readonly textX: number; readonly anchor: 'start' | 'end' } | null
}

export const BASKET_ROW = 26
export const BASKET_BAR = 20
const BOUND_ROOM = 22

/** Coordinates for a width; names and totals get the columns that they need. */
export function layoutBaskets(
  baskets: readonly Basket[],
  bound: { readonly amount: bigint; readonly label: string } | undefined,
  width: number,
  measure: Measure,
): BasketLayout {
  const names = Math.max(0, ...baskets.map(({ label }) => measure(label, 'strong')))
  const totals = Math.max(0, ...baskets.map(({ total }) => measure(total, 'strong')))
  const barLeft = Math.min(width * 0.4, names + 14)
  const barRight = Math.max(barLeft + 20, width - totals - 14)
  const sums = baskets.map(({ parts }) => parts.reduce((sum, { amount }) => sum + Number(amount), 0))
  const most = Math.max(1, Number(bound?.amount ?? 0n), ...sums)
  const scale = (barRight - barLeft) / most
  const top = bound ? BOUND_ROOM : 0
  const rows = baskets.map((basket, index) => {
    let x = barLeft
    return {
      basket,
      y: top + index * BASKET_ROW,
      parts: basket.parts.map(({ fund, amount }) => {
        const part = { fund, x, width: Number(amount) * scale }
        x += part.width
        return part
      }),
    }
  })
  const at = bound ? barLeft + Number(bound.amount) * scale : 0
  return {
    height: top + baskets.length * BASKET_ROW,
    barLeft,
    barRight,
    rows,
    bound: bound ? { x: at, ...placeBound(at, measure(bound.label, 'strong'), width) } : null,
  }
}

/** Left of its line, else right of it, else as far right as the picture goes. */
function placeBound(at: number, length: number, width: number): { textX: number; anchor: 'start' | 'end' } {
  if (length + 8 <= at) return { textX: at - 7, anchor: 'end' }
  if (at + 7 + length <= width) return { textX: at + 7, anchor: 'start' }
  return { textX: width, anchor: 'end' }
}
