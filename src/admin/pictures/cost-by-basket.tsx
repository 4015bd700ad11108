import { type ReactNode, useMemo } from 'react'
import { BASKET_BAR, BASKET_ROW, type Basket, layoutBaskets } from './layout/baskets.ts'
import { useMeasure, useWidth } from './measure.ts'
import { fillOf, Paint, usePaintId } from './paint.tsx'
import type { Twin } from './twin.tsx'

export interface CostByBasketProps {
  readonly baskets: readonly Basket[]
  /** Proved: no basket costs less. In micro-units. */
  readonly bound?: { readonly amount: bigint; readonly label: string }
  /** What the bars say, for screen readers. */
  readonly label: string
  readonly width?: number
}

/** What each basket costs, made of licences, add-ons and credits, and the line under which none can come. */
export function CostByBasket({ baskets, bound, label, width: fixed }: CostByBasketProps): ReactNode {
  const [ref, width] = useWidth<HTMLDivElement>(fixed)
  const measure = useMeasure()
  const id = usePaintId()
  const layout = useMemo(() => layoutBaskets(baskets, bound, width, measure), [baskets, bound, width, measure])
  return (
    <div className="pic pic-baskets" ref={ref}>
      {width > 0 && (
        <svg width={width} height={layout.height} role="img" aria-label={label}>
          <defs>
            <Paint id={id} />
          </defs>
          {layout.rows.map(({ basket, y, parts }) => (
            <g key={basket.id}>
              <text className={basket.isBest ? 'pic-axis pic-strong pic-ink' : 'pic-axis pic-ink'} x="0" y={y + 15}>
                {basket.label}
              </text>
              <g opacity={basket.isBest ? undefined : 0.62}>
                {parts.map((part, index) => (
                  <rect
                    key={part.fund}
                    x={part.x}
                    y={y}
                    width={Math.max(0, part.width - (index === parts.length - 1 ? 0 : 1))}
                    height={BASKET_BAR}
                    rx={Math.min(3, part.width / 2)}
                    fill={fillOf(part.fund, id)}
                    stroke="var(--pic-edge, transparent)"
                  />
                ))}
              </g>
              <text
                className={basket.isBest ? 'pic-axis pic-strong pic-ink' : 'pic-axis pic-ink'}
                x={width}
                y={y + 15}
                textAnchor="end"
              >
                {basket.total}
              </text>
            </g>
          ))}
          {bound && layout.bound && (
            <>
              <path
                d={`M${layout.bound.x} 2V${layout.height - BASKET_ROW + BASKET_BAR + 4}`}
                stroke="var(--pic-brand)"
                strokeWidth="2"
                strokeDasharray="5 4"
              />
              <text
                className="pic-axis pic-strong"
                style={{ fill: 'var(--pic-brand)' }}
                x={layout.bound.textX}
                y="13"
                textAnchor={layout.bound.anchor}
              >
                {bound.label}
              </text>
            </>
          )}
        </svg>
      )}
    </div>
  )
}

/** The table twin: a column per part, in the order of `columns`: basket, licences, add-ons, credits, total. */
export function basketsTwin(
  caption: string,
  columns: readonly [string, string, string, string, string],
  baskets: readonly Basket[],
  money: (amount: bigint) => string,
): Twin {
  return {
    caption,
    columns: columns.map((label, index) => ({ label, isNumber: index > 0 })),
    rows: baskets.map(({ label, parts, total }) => [
      label,
      ...(['pool', 'addon', 'credits'] as const).map((fund) =>
        money(parts.filter((part) => part.fund === fund).reduce((sum, { amount }) => sum + amount, 0n)),
      ),
      total,
    ]),
  }
}
