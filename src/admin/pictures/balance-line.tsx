import { type ReactNode, useMemo } from 'react'
import { Cursor } from './cursor.tsx'
import { type BalanceData, type BalanceLayout, layoutBalance, type MoneyIn } from './layout/balance.ts'
import { useMeasure, useWidth } from './measure.ts'
import { usePaintId } from './paint.tsx'
import type { Twin } from './twin.tsx'

export interface BalanceLineProps {
  readonly balance: BalanceData
  /** What the picture says, for screen readers. */
  readonly label: string
  /** The name of day `n`, from 0; days of the forecast go on counting. */
  readonly dayLabel: (day: number) => string
  readonly valueLabel: (value: number) => string
  /** The days can be walked along: what the hairline is called, and what is true of day `n`. */
  readonly cursor: { readonly label: string; readonly describe: (day: number) => string }
  readonly height?: number
  readonly width?: number
}

/** What was in the wallet at the end of each day, where money came in, and the cone of what is likely. */
export function BalanceLine(props: BalanceLineProps): ReactNode {
  const { balance, label, dayLabel, valueLabel, cursor, height = 240, width: fixed } = props
  const [ref, width] = useWidth<HTMLDivElement>(fixed)
  const measure = useMeasure()
  const id = usePaintId()
  const layout = useMemo(
    () => layoutBalance(balance, { width, height, dayLabel, valueLabel }, measure),
    [balance, width, height, dayLabel, valueLabel, measure],
  )
  const { plot, dayX } = layout
  const count = balance.days.length + balance.forecast.length
  const slot = (plot.right - plot.left) / Math.max(1, count)
  return (
    <div className="pic pic-balance" ref={ref}>
      {width > 0 && (
        <div className="pic-stage" style={{ height }}>
          <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
            <defs>
              <linearGradient id={`${id}-area`} x1="0" x2="0" y1="0" y2="1">
                <stop offset="0" stopColor="var(--fund-credits)" stopOpacity=".24" />
                <stop offset="1" stopColor="var(--fund-credits)" stopOpacity=".03" />
              </linearGradient>
            </defs>
            <Ground balance={balance} layout={layout} valueLabel={valueLabel} />
            <path d={layout.area} fill={`url(#${id}-area)`} />
            <Forecast layout={layout} />
            <path
              d={layout.actual}
              fill="none"
              stroke="var(--fund-credits)"
              strokeWidth="2.6"
              strokeLinejoin="round"
              strokeLinecap="round"
            />
            {layout.marks.map(({ day, x, y, kind }) => (
              <MoneyMark key={day} x={x} y={y} kind={kind} />
            ))}
            <circle
              cx={layout.current.x}
              cy={layout.current.y}
              r="5.5"
              fill="var(--pic-card)"
              stroke="var(--fund-credits)"
              strokeWidth="3"
            />
            <text
              className="pic-label pic-halo"
              x={layout.nowText.x}
              y={layout.nowText.y}
              textAnchor={layout.nowText.anchor}
            >
              {balance.nowLabel}
            </text>
            {layout.names.map(({ x, day }) => (
              <text key={day} className="pic-axis" x={x} y={plot.bottom + 24} textAnchor="middle">
                {dayLabel(day)}
              </text>
            ))}
          </svg>
          <Cursor
            label={cursor.label}
            stops={Array.from({ length: count }, (_, day) => day)}
            place={dayX}
            valueAt={(x) => (x - plot.left) / slot - 0.5}
            left={plot.left}
            right={plot.right}
            top={plot.top}
            height={plot.bottom - plot.top}
            describe={cursor.describe}
            snaps
          />
        </div>
      )}
    </div>
  )
}

interface GroundProps {
  readonly balance: BalanceData
  readonly layout: BalanceLayout
  readonly valueLabel: (value: number) => string
}

function Ground({ balance, layout: { plot, grid, zeroY, thresholdY, current }, valueLabel }: GroundProps): ReactNode {
  return (
    <>
      {grid.map(({ y, value }) => (
        <g key={value}>
          <path className="pic-grid" d={`M${plot.left} ${y}H${plot.right}`} />
          <text className="pic-axis" x={plot.left - 8} y={y + 4} textAnchor="end">
            {valueLabel(value)}
          </text>
        </g>
      ))}
      <path className="pic-base" d={`M${plot.left} ${zeroY}H${plot.right}`} />
      {balance.forecast.length > 0 && <path className="pic-now" d={`M${current.x} ${plot.top}V${plot.bottom}`} />}
      {thresholdY !== null && (
        <>
          <path className="pic-eighty" d={`M${plot.left} ${thresholdY}H${plot.right}`} />
          <text
            className="pic-axis pic-halo"
            style={{ fill: 'var(--fund-credits-text)' }}
            x={plot.left + 6}
            y={thresholdY - 6}
          >
            {balance.thresholdLabel}
          </text>
        </>
      )}
    </>
  )
}

function Forecast({ layout: { band80, band50, middle } }: { readonly layout: BalanceLayout }): ReactNode {
  if (middle === '') return null
  return (
    <>
      <path className="pic-cone80" d={band80} fill="var(--fund-credits)" />
      <path className="pic-cone50" d={band50} fill="var(--fund-credits)" />
      <path
        className="pic-middle"
        d={middle}
        fill="none"
        stroke="var(--fund-credits)"
        strokeWidth="2"
        strokeDasharray="6 4"
      />
    </>
  )
}

/** Where money came in: a plus by hand, a triangle by itself. */
function MoneyMark({ x, y, kind }: { readonly x: number; readonly y: number; readonly kind: MoneyIn }): ReactNode {
  const shape = kind === 'recharge' ? `M${x} ${y - 8}l7 13h-14Z` : `M${x - 2} ${y - 7}h4v5h5v4h-5v5h-4v-5h-5v-4h5Z`
  return <path d={shape} fill="var(--fund-credits)" stroke="var(--pic-card)" strokeWidth="1.6" />
}

/** The signs of the marks, for a legend. */
export function MoneySign({ kind }: { readonly kind: MoneyIn }): ReactNode {
  return (
    <svg className="pic" width="18" height="18" aria-hidden="true">
      <MoneyMark x={9} y={9} kind={kind} />
    </svg>
  )
}

/** A day of the table, in the reader's words. */
export interface BalanceRow {
  readonly day: string
  readonly cameIn: string
  readonly wentOut: string
  readonly balance: string
}

/** The table twin: Day · In · Out · Balance. */
export function balanceTwin(
  caption: string,
  columns: readonly [day: string, cameIn: string, wentOut: string, balance: string],
  rows: readonly BalanceRow[],
): Twin {
  const [day, ...amounts] = columns
  return {
    caption,
    columns: [{ label: day }, ...amounts.map((label) => ({ label, isNumber: true }))],
    rows: rows.map((row) => [row.day, row.cameIn, row.wentOut, row.balance]),
  }
}
