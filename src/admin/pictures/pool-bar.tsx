import type { ReactNode } from 'react'
import type { FundToken } from '../theme/funds.ts'
import { Drawing } from './drawing.tsx'
import { usePaintId } from './paint.tsx'

export interface PoolBarProps {
  /** All in one unit. */
  readonly total: number
  readonly used: number
  /** Held by calls that are spoken now. */
  readonly held: number
  /** How far the month is, 0 to 1: the tick of the even pace; absent for a month that is over. */
  readonly pace?: number
  readonly fund: Extract<FundToken, 'pool' | 'addon'>
  /** What the bar says, for screen readers; without it the figures beside it say it. */
  readonly label?: string
  readonly isTall?: boolean
}

/** What of a pool is used, held and there, and where an even pace would be today. */
export function PoolBar({ total, used, held, pace, fund, label, isTall = false }: PoolBarProps): ReactNode {
  const height = isTall ? 14 : 12
  const id = usePaintId()
  const part = (amount: number): number => (total > 0 ? Math.min(100, Math.max(0, (100 * amount) / total)) : 0)
  const [usedPart, heldPart] = [part(used), Math.min(100 - part(used), held > 0 ? Math.max(0.6, part(held)) : 0)]
  return (
    <Drawing className="pic pic-pool-bar" width="100%" height={height + 8} label={label}>
      <defs>
        <clipPath id={id}>
          <rect y="4" width="100%" height={height} rx={height / 2} />
        </clipPath>
      </defs>
      <g clipPath={`url(#${id})`}>
        <rect y="4" width="100%" height={height} fill={`var(--fund-${fund}-tint)`} />
        <rect y="4" width={`${usedPart}%`} height={height} fill={`var(--fund-${fund})`} />
        {heldPart > 0 && (
          <rect
            className="pic-pulse"
            x={`${usedPart}%`}
            y="4"
            width={`${heldPart}%`}
            height={height}
            fill={`var(--fund-${fund})`}
          />
        )}
      </g>
      <rect y="4" width="100%" height={height} rx={height / 2} fill="none" stroke="var(--pic-edge, transparent)" />
      {pace !== undefined && (
        <rect
          x={`${part(pace * total)}%`}
          y="0"
          width="2.5"
          height={height + 8}
          rx="1"
          transform="translate(-1.25 0)"
          fill="var(--pic-ink)"
        />
      )}
    </Drawing>
  )
}
