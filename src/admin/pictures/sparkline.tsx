import type { ReactNode } from 'react'
import type { FundToken } from '../theme/funds.ts'
import { Drawing } from './drawing.tsx'

export interface DayBarsProps {
  /** One per day, from the first. */
  readonly values: readonly number[]
  /** Days that there is room for; those to come are left empty. */
  readonly slots?: number
  /** What a full bar stands for: one for all rows of a list. Else the greatest value. */
  readonly most?: number
  readonly fund: FundToken
  /** The last value is of a day that is not over: drawn paler. */
  readonly isLastOpen?: boolean
  readonly height?: number
  /** For screen readers; without it the figures beside it say it. */
  readonly label?: string
}

/** A bar a day: spending of a month, minutes of a person. */
export function DayBars(props: DayBarsProps): ReactNode {
  const { values, slots = values.length, most, fund, isLastOpen = false, height = 38, label } = props
  const top = Math.max(1e-9, most ?? Math.max(...values, 0))
  const slot = 100 / Math.max(1, slots)
  return (
    <Drawing className="pic pic-days" width="100%" height={height} label={label}>
      {values.map((value, day) => {
        const tall = value > 0 ? Math.max(1.5, (Math.min(value, top) / top) * (height - 4)) : 1
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place
            key={day}
            x={`${day * slot + slot * 0.12}%`}
            y={height - 2 - tall}
            width={`${slot * 0.76}%`}
            height={tall}
            rx={Math.min(2, tall / 2)}
            fill={`var(--fund-${fund})`}
            opacity={value <= 0 ? 0.45 : isLastOpen && day === values.length - 1 ? 0.55 : 0.92}
          />
        )
      })}
      <path d={`M0 ${height - 0.5}H4000`} stroke="var(--pic-grid)" />
    </Drawing>
  )
}

export interface SparklineProps {
  readonly values: readonly number[]
  readonly fund: FundToken
  readonly width?: number
  readonly height?: number
  readonly label?: string
}

/** A line without an axis: the way a figure went. */
export function Sparkline({ values, fund, width = 96, height = 24, label }: SparklineProps): ReactNode {
  const [low, high] = [Math.min(0, ...values), Math.max(1e-9, ...values)]
  const x = (index: number): number => 2 + (index * (width - 6)) / Math.max(1, values.length - 1)
  const y = (value: number): number => height - 3 - ((value - low) / (high - low)) * (height - 6)
  const line = values
    .map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('')
  const last = values.length - 1
  return (
    <Drawing className="pic pic-spark" width={width} height={height} label={label}>
      <path
        d={line}
        fill="none"
        stroke={`var(--fund-${fund})`}
        strokeWidth="1.8"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {last >= 0 && <circle cx={x(last)} cy={y(values[last] ?? 0)} r="2.4" fill={`var(--fund-${fund})`} />}
    </Drawing>
  )
}
