/** Bars that stand on each other: what each fund gave, one bar a day or a country. With a grid that has round figures. */
import type { ReactNode } from 'react'
import { Drawing } from '../../pictures/drawing.tsx'
import { useWidth } from '../../pictures/measure.ts'
import { edgeOf, fillOf, Paint, usePaintId } from '../../pictures/paint.tsx'
import type { Fund } from '../../theme/funds.ts'

export interface BarPart {
  readonly fund: Fund
  readonly value: number
}

export interface Bar {
  readonly key: string
  /** Under it, where there is room. */
  readonly axis: string
  /** On it, when somebody points there. */
  readonly title: string
  /** From the bottom up. */
  readonly parts: readonly BarPart[]
}

export interface StackedBarsProps {
  readonly bars: readonly Bar[]
  readonly height?: number
  /** A figure of the grid, with its unit. */
  readonly format: (value: number) => string
  /** The whole picture in a sentence. */
  readonly label: string
}

const LINES = 4
const LEFT = 64
const BOTTOM = 22
const TOP = 8
const BAR_MAX = 64
/** Room that the text under a bar needs. */
const TEXT = 54

export function StackedBars({ bars, height = 190, format, label }: StackedBarsProps): ReactNode {
  const [ref, width] = useWidth<HTMLDivElement>()
  const id = usePaintId()
  const total = ({ parts }: Bar): number => parts.reduce((sum, { value }) => sum + value, 0)
  const top = niceTop(Math.max(...bars.map(total), 0))
  const inner = Math.max(0, width - LEFT - 4)
  const slot = inner / Math.max(1, bars.length)
  const bar = Math.min(BAR_MAX, slot * 0.72)
  const y = (value: number): number => TOP + (height - TOP - BOTTOM) * (1 - value / top)
  const every = Math.max(1, Math.ceil(TEXT / Math.max(1, slot)))
  return (
    <div ref={ref}>
      <Drawing className="pic" width="100%" height={height} label={label}>
        <defs>
          <Paint id={id} />
        </defs>
        {Array.from({ length: LINES + 1 }, (_, line) => {
          const value = (top * line) / LINES
          return (
            <g key={value}>
              <path d={`M${LEFT} ${y(value)}H${LEFT + inner}`} stroke="var(--pic-grid)" />
              <text className="pic-axis" x={LEFT - 8} y={y(value) + 4} textAnchor="end">
                {format(value)}
              </text>
            </g>
          )
        })}
        {bars.map((one, index) => {
          const x = LEFT + slot * index + (slot - bar) / 2
          const isAtEdge = x + bar / 2 + TEXT / 2 > width
          let base = 0
          return (
            <g key={one.key} data-bar={one.key}>
              <rect x={LEFT + slot * index} y={TOP} width={slot} height={height - TOP - BOTTOM} fill="transparent">
                <title>{one.title}</title>
              </rect>
              {one.parts.map(({ fund, value }) => {
                if (value <= 0) return null
                const [from, to] = [y(base), y(base + value)]
                base += value
                return (
                  <rect
                    key={fund}
                    x={x}
                    y={to}
                    width={bar}
                    height={Math.max(1, from - to)}
                    rx={Math.min(2, bar / 4)}
                    fill={fillOf(fund, id)}
                    stroke={edgeOf(fund)}
                    pointerEvents="none"
                  />
                )
              })}
              {index % every === 0 && (
                <text
                  className="pic-axis"
                  x={isAtEdge ? width : x + bar / 2}
                  y={height - 6}
                  textAnchor={isAtEdge ? 'end' : 'middle'}
                >
                  {one.axis}
                </text>
              )}
            </g>
          )
        })}
      </Drawing>
    </div>
  )
}

/** The next of these times a power of ten: divided by four it is still a round figure. */
function niceTop(most: number): number {
  if (most <= 0) return LINES
  const power = 10 ** Math.floor(Math.log10(most))
  const step = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10].find((factor) => factor * power >= most) ?? 10
  return step * power
}
