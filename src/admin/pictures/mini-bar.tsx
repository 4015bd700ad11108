import type { ReactNode } from 'react'
import { type Fund, tokenOf } from '../theme/funds.ts'
import { Drawing } from './drawing.tsx'
import { edgeOf, fillOf, Paint, usePaintId } from './paint.tsx'

export interface MiniBarProps {
  /** What was spoken so far, source by source, in seconds. */
  readonly spoken: readonly { readonly fund: Fund; readonly seconds: number }[]
  /** What is secured beyond, and by whom; absent for calls that need no grant (internal, emergency) and for calls that ended. */
  readonly secured?: { readonly fund: Fund; readonly seconds: number }
  /** Where a call ended: the post. */
  readonly end?: 'cut' | 'hangup'
  /** Seconds that the whole width stands for: one for all rows of a list. */
  readonly scale: number
  /** For screen readers; without it the bar is decoration beside figures. */
  readonly label?: string
}

/** The timeline of a call in a row of a list: spoken, secured, and the post. */
export function MiniBar({ spoken, secured, end, scale, label }: MiniBarProps): ReactNode {
  const id = usePaintId()
  const total = spoken.reduce((sum, { seconds }) => sum + seconds, 0)
  const whole = Math.max(1, scale, total + (secured?.seconds ?? 0))
  // A little is left for the post.
  const share = (seconds: number): number => (97 * seconds) / whole
  const stop = share(total + (secured?.seconds ?? 0))
  return (
    <Drawing className="pic pic-mini" width="100%" height="18" label={label}>
      <defs>
        <Paint id={id} />
      </defs>
      <rect x="0" y="5" width="100%" height="8" rx="4" fill="var(--pic-track)" />
      {secured && secured.seconds > 0 && (
        <rect
          x={`${share(total)}%`}
          y="5"
          width={`${share(secured.seconds)}%`}
          height="8"
          fill={`var(--fund-${tokenOf(secured.fund)})`}
          opacity=".3"
        />
      )}
      {spoken.map(({ fund, seconds }, index) => {
        const before = spoken.slice(0, index).reduce((sum, part) => sum + part.seconds, 0)
        return (
          <rect
            key={before}
            x={`${share(before)}%`}
            y="5"
            width={`${share(seconds)}%`}
            height="8"
            rx="2.5"
            fill={fillOf(fund, id)}
            stroke={edgeOf(fund)}
            strokeWidth="1.5"
          />
        )
      })}
      {(end || (secured && secured.seconds > 0)) && (
        <rect
          x={`${stop}%`}
          y="1"
          width="3"
          height="16"
          rx="1.5"
          fill={end === 'cut' ? 'var(--fund-cut)' : 'var(--pic-post)'}
        />
      )}
    </Drawing>
  )
}
