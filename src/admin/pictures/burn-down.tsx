import { type ReactNode, useMemo } from 'react'
import type { FundToken } from '../theme/funds.ts'
import { Cursor } from './cursor.tsx'
import { type BurnDownData, type BurnDownLayout, layoutBurnDown } from './layout/burn-down.ts'
import { useMeasure, useWidth } from './measure.ts'
import { Paint, usePaintId } from './paint.tsx'
import type { Twin } from './twin.tsx'

export interface BurnDownProps {
  readonly month: BurnDownData
  /** Domestic pools are `pool`, the International plan is `addon`. */
  readonly fund: Extract<FundToken, 'pool' | 'addon'>
  /** What the picture says, for screen readers: its title and, if there is one, the date when it ends. */
  readonly label: string
  /** The name of day `n` of the month, from 0: `1 Nov`, `4`, `30 Nov`. */
  readonly dayLabel: (day: number) => string
  readonly valueLabel: (left: number) => string
  /** Where there is no forecast, why: `A forecast needs 7 days of calls. 3 so far.` */
  readonly noForecast?: string
  /** Home: no words but now and the dates. */
  readonly isCompact?: boolean
  /** With these the days can be walked along: what the hairline is called, and what is true of day `n`. */
  readonly cursor?: { readonly label: string; readonly describe: (day: number) => string }
  readonly height?: number
  readonly width?: number
}

/** Minutes left day by day, the cone of what is likely, the days on which they may run out, and what happens then. */
export function BurnDown(props: BurnDownProps): ReactNode {
  const { month, fund, label, dayLabel, valueLabel, noForecast, isCompact = false, cursor, width: fixed } = props
  const height = props.height ?? (isCompact ? 180 : 330)
  const [ref, width] = useWidth<HTMLDivElement>(fixed)
  const measure = useMeasure()
  const id = usePaintId()
  const layout = useMemo(
    () => layoutBurnDown(month, { width, height, compact: isCompact, dayLabel, valueLabel }, measure),
    [month, width, height, isCompact, dayLabel, valueLabel, measure],
  )
  const { plot } = layout
  const days = month.midnights.length - 1
  const slot = (plot.right - plot.left) / Math.max(1, days)
  return (
    <div className="pic pic-burn-down" ref={ref}>
      {width > 0 && (
        <div className="pic-stage" style={{ height }}>
          <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
            <defs>
              <Paint id={id} />
              <linearGradient id={`${id}-area`} x1="0" x2="0" y1="0" y2="1">
                <stop offset="0" stopColor={`var(--fund-${fund})`} stopOpacity=".2" />
                <stop offset="1" stopColor={`var(--fund-${fund})`} stopOpacity=".02" />
              </linearGradient>
            </defs>
            <Grid month={month} layout={layout} valueLabel={valueLabel} isCompact={isCompact} />
            <Lines layout={layout} fund={fund} id={id} isCompact={isCompact} />
            <Now month={month} layout={layout} fund={fund} isCompact={isCompact} />
            <Dry month={month} layout={layout} id={id} isCompact={isCompact} />
            {layout.days.map(({ x, day }) => (
              <text key={day} className="pic-axis" x={x} y={plot.bottom + (isCompact ? 25 : 28)} textAnchor="middle">
                {dayLabel(day)}
              </text>
            ))}
          </svg>
          {cursor && (
            <Cursor
              label={cursor.label}
              stops={Array.from({ length: days }, (_, day) => day)}
              place={(day) => plot.left + (day + 0.5) * slot}
              valueAt={(x) => (x - plot.left) / slot - 0.5}
              left={plot.left}
              right={plot.right}
              top={plot.top}
              height={plot.bottom - plot.top}
              describe={cursor.describe}
              snaps
            />
          )}
        </div>
      )}
      {noForecast !== undefined && <p className="pic-note">{noForecast}</p>}
      {layout.narrow && !isCompact && month.dry && (
        <p className="pic-caption">
          <b>{month.dry.label}</b>
          {month.dry.sub}
          {month.afterwards && <em className={`pic-then-${month.afterwards.kind}`}>{month.afterwards.label}</em>}
        </p>
      )}
    </div>
  )
}

interface PartProps {
  readonly month: BurnDownData
  readonly layout: BurnDownLayout
  readonly isCompact: boolean
}

function Grid({
  month,
  layout,
  valueLabel,
  isCompact,
}: PartProps & { readonly valueLabel: (left: number) => string }): ReactNode {
  const { plot, grid, y } = layout
  return (
    <>
      {grid.map((line) => (
        <g key={line.value}>
          <path className="pic-grid" d={`M${plot.left} ${line.y}H${plot.right}`} />
          <text className="pic-axis" x={plot.left - 8} y={line.y + 4} textAnchor="end">
            {valueLabel(line.value)}
          </text>
        </g>
      ))}
      {!isCompact && month.eightyLabel !== undefined && (
        <>
          <path className="pic-eighty" d={`M${plot.left} ${y(month.total * 0.2)}H${plot.right}`} />
          <text
            className="pic-axis"
            style={{ fill: 'var(--fund-credits-text)' }}
            x={plot.left + 6}
            y={y(month.total * 0.2) - 6}
          >
            {month.eightyLabel}
          </text>
        </>
      )}
      <path className="pic-even" d={`M${plot.left} ${plot.top}L${plot.right} ${plot.bottom}`} />
    </>
  )
}

function Lines({
  layout,
  fund,
  id,
  isCompact,
}: {
  readonly layout: BurnDownLayout
  readonly fund: FundToken
  readonly id: string
  readonly isCompact: boolean
}): ReactNode {
  const colour = `var(--fund-${fund})`
  return (
    <>
      {layout.area !== '' && <path d={layout.area} fill={`url(#${id}-area)`} />}
      {layout.band80 !== '' && <path className="pic-cone80" d={layout.band80} fill={colour} />}
      {layout.band50 !== '' && <path className="pic-cone50" d={layout.band50} fill={colour} />}
      {layout.middle !== '' && (
        <path
          className="pic-middle"
          d={layout.middle}
          fill="none"
          stroke={colour}
          strokeWidth="2"
          strokeDasharray="6 4"
        />
      )}
      <path
        d={layout.actual}
        fill="none"
        stroke={colour}
        strokeWidth={isCompact ? 2.2 : 2.8}
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {layout.flags.map(({ x, y, change, label }) => (
        <g key={x}>
          <title>{label}</title>
          <path d={`M${x} ${y}V${y - 20}`} stroke="var(--pic-post)" strokeWidth="1.5" />
          <path d={`M${x} ${y - 24}h17l-4 6 4 6h-17Z`} fill="var(--pic-post)" />
          <path
            d={`M${x + 4} ${y - 18}h6${change > 0 ? `M${x + 7} ${y - 21}v6` : ''}`}
            stroke="var(--pic-card)"
            strokeWidth="1.6"
          />
        </g>
      ))}
    </>
  )
}

/** On the axis: when it runs out, and what happens from then on. */
function Dry({ month, layout, id, isCompact }: PartProps & { readonly id: string }): ReactNode {
  const { plot, dry, dryText, narrow } = layout
  const base = plot.bottom
  const label = month.afterwards && !isCompact && !narrow ? month.afterwards.label : null
  return (
    <>
      <path className="pic-base" d={`M${plot.left} ${base}H${plot.right}`} />
      {dry && month.dry && (
        <>
          {month.afterwards && (
            <rect
              x={dry.at + 4}
              y={base + (isCompact ? 5 : 6)}
              width={Math.max(0, plot.right - dry.at - 4)}
              height={isCompact ? 5 : 7}
              rx="2.5"
              fill={`url(#${id}-${month.afterwards.kind === 'credits' ? 'credits' : 'cut'})`}
            />
          )}
          {dryText && (
            <>
              <path
                className="pic-dry-thread"
                d={`M${dry.at} ${dryText.y + (dryText.anchor === 'start' ? -12 : 26)}V${base - 17}`}
              />
              <text
                className="pic-label pic-halo"
                style={{ fill: 'var(--fund-cut-text)' }}
                x={dryText.x}
                y={dryText.y}
                textAnchor={dryText.anchor}
              >
                {month.dry.label}
              </text>
              {month.dry.sub !== undefined && (
                <text className="pic-sub pic-halo" x={dryText.x} y={dryText.y + 18} textAnchor={dryText.anchor}>
                  {month.dry.sub}
                </text>
              )}
            </>
          )}
          {dry.to > dry.from && (
            <rect x={dry.from} y={base - 3} width={dry.to - dry.from} height="6" rx="3" fill="var(--fund-cut)" />
          )}
          <rect x={dry.at - 2.5} y={base - 15} width="5" height="24" rx="2.5" fill="var(--fund-cut)" />
        </>
      )}
      {label !== null && month.afterwards && (
        <text
          className="pic-axis"
          style={{ fill: `var(--fund-${month.afterwards.kind === 'credits' ? 'credits' : 'cut'}-text)` }}
          x={plot.right}
          y={base + 50}
          textAnchor="end"
        >
          {label}
        </text>
      )}
    </>
  )
}

function Now({ month, layout, fund, isCompact }: PartProps & { readonly fund: FundToken }): ReactNode {
  const { nowX, nowText, plot, current, currentText } = layout
  return (
    <>
      {nowX !== null && nowText && month.now && (
        <>
          <path className="pic-now" d={`M${nowX} ${plot.top - 8}V${plot.bottom}`} />
          <text className="pic-axis" x={nowText.x} y={plot.top + (isCompact ? -2 : 2)} textAnchor={nowText.anchor}>
            {month.now.label}
          </text>
        </>
      )}
      {current && (
        <circle
          cx={current.x}
          cy={current.y}
          r={isCompact ? 4.5 : 6}
          fill="var(--pic-card)"
          stroke={`var(--fund-${fund})`}
          strokeWidth="3"
        />
      )}
      {currentText && (
        <text className="pic-label pic-halo" x={currentText.x} y={currentText.y} textAnchor={currentText.anchor}>
          {month.leftLabel}
        </text>
      )}
    </>
  )
}

/** A day of the table twin, as known or as forecast; empty where it does not apply. */
export interface BurnDownDay {
  readonly day: string
  readonly used: string
  readonly left: string
  readonly low: string
  readonly middle: string
  readonly high: string
}

/** The table twin: Day · Used · Left · Low · Middle · High. */
export function burnDownTwin(
  caption: string,
  columns: readonly [string, string, string, string, string, string],
  days: readonly BurnDownDay[],
): Twin {
  return {
    caption,
    columns: columns.map((label, index) => ({ label, isNumber: index > 0 })),
    rows: days.map(({ day, used, left, low, middle, high }) => [day, used, left, low, middle, high]),
  }
}
