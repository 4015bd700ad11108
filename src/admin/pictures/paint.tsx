/** How funds are painted: each has a colour and a pattern, and every part that means something is drawn the same everywhere. */
import { type ReactNode, useId } from 'react'
import type { Fund, FundToken } from '../theme/funds.ts'

const PATTERNS = {
  addon: { gap: 5, stroke: 1.2 },
  credits: { gap: 9, stroke: 1.8 },
} as const

interface PaintProps {
  /** Different for each picture: ids are of the page. */
  readonly id: string
}

/** An id for `Paint` that may stand in `url(#…)`. */
export const usePaintId = (): string => `p${useId().replaceAll(/[^\w-]/g, '')}`

/** The patterns of a picture, for its `<defs>`: fine hatch, wide hatch, cross-hatch, and those of what is held or refused. */
export function Paint({ id }: PaintProps): ReactNode {
  return (
    <>
      {(['addon', 'credits'] as const).map((fund) => {
        const { gap, stroke } = PATTERNS[fund]
        return (
          <pattern
            key={fund}
            id={`${id}-${fund}`}
            width={gap}
            height={gap}
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width={gap} height={gap} fill={`var(--fund-${fund}-ground, var(--fund-${fund}))`} />
            <rect width={stroke} height={gap} fill={`var(--fund-${fund}-stripe)`} />
          </pattern>
        )
      })}
      <pattern id={`${id}-blind`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" fill="var(--fund-free-tint)" />
        <path d="M0 0H6M0 0V6" stroke="var(--fund-free)" strokeWidth="2.4" />
      </pattern>
      <pattern id={`${id}-cut`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="7" height="7" fill="var(--fund-cut-tint)" />
        <rect width="3" height="7" fill="var(--fund-cut)" />
      </pattern>
      <pattern id={`${id}-held`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="3" height="6" fill="var(--pic-held)" />
      </pattern>
    </>
  )
}

/** The `fill` of a fund in a picture with `Paint`. */
export function fillOf(fund: Fund, id: string): string {
  if (fund === 'free') return 'var(--pic-card)'
  if (fund === 'pool') return 'var(--fund-pool)'
  return `url(#${id}-${fund})`
}

/** The `stroke` that holds a hollow or hatched fund together; in high contrast every fund has one. */
export const edgeOf = (fund: Fund): string =>
  fund === 'free' || fund === 'blind' ? 'var(--fund-free)' : `var(--pic-edge, transparent)`

interface SwatchProps {
  /** `hangup`: the grey post where a party ended it. */
  readonly fund: Fund | 'cut' | 'hangup'
  readonly size?: number
}

/** The little square that stands for a fund in lists, sentences and receipts. It says nothing by itself: the words do. */
export function FundSwatch({ fund, size = 10 }: SwatchProps): ReactNode {
  const id = usePaintId()
  return (
    <svg className="pic pic-swatch" width={size} height={size} viewBox="0 0 10 10" aria-hidden="true">
      {fund === 'cut' || fund === 'hangup' ? (
        <rect
          x="3"
          y="0"
          width="4"
          height="10"
          rx="1.6"
          fill={fund === 'cut' ? 'var(--fund-cut)' : 'var(--pic-post)'}
        />
      ) : (
        <>
          <defs>
            <Paint id={id} />
          </defs>
          <rect
            x={fund === 'free' ? 1 : 0.5}
            y={fund === 'free' ? 1 : 0.5}
            width={fund === 'free' ? 8 : 9}
            height={fund === 'free' ? 8 : 9}
            rx="2.4"
            fill={fund === 'free' ? 'none' : fillOf(fund, id)}
            stroke={fund === 'free' ? 'var(--fund-free)' : edgeOf(fund)}
            strokeWidth={fund === 'free' ? 2 : 1}
          />
        </>
      )}
    </svg>
  )
}

interface PostProps {
  readonly x: number
  readonly top: number
  readonly height: number
  readonly colour: string
}

/** The fence post: where it ended. Red only where we cut. */
export function FencePost({ x, top, height, colour }: PostProps): ReactNode {
  return (
    <g fill={colour}>
      <rect x={x - 3.5} y={top - 14} width="7" height={height + 28} rx="3.5" />
      <rect x={x - 9} y={top + 8} width="18" height="4" rx="2" />
      <rect x={x - 9} y={top + height - 12} width="18" height="4" rx="2" />
    </g>
  )
}

const BELL =
  'M6.5 1.2a3.6 3.6 0 0 0-3.6 3.6v2.4L1.8 9.4h9.4l-1.1-2.2V4.8A3.6 3.6 0 0 0 6.5 1.2ZM5 10.4a1.5 1.5 0 0 0 3 0Z'

/** A bell of 13 px whose top left corner is at (x, y). */
export function Bell({ x, y, colour }: { readonly x: number; readonly y: number; readonly colour: string }): ReactNode {
  return <path transform={`translate(${x} ${y})`} d={BELL} fill={colour} />
}

/** What a legend can explain. */
export type LegendKey = Fund | 'cut' | 'hangup' | 'held' | 'pace' | 'line' | 'cone' | 'even' | 'bound'

/** A legend: each entry a drawn sign and the reader's word for it. `fund` colours the signs that are of a fund (`held`, `line`, `cone`). */
export function Legend({
  entries,
  fund = 'pool',
}: {
  readonly entries: readonly { readonly sign: LegendKey; readonly label: string }[]
  readonly fund?: FundToken
}): ReactNode {
  return (
    <ul className="pic pic-legend">
      {entries.map(({ sign, label }) => (
        <li key={sign}>
          <LegendSign sign={sign} fund={fund} />
          {label}
        </li>
      ))}
    </ul>
  )
}

function LegendSign({ sign, fund }: { readonly sign: LegendKey; readonly fund: FundToken }): ReactNode {
  const colour = `var(--fund-${fund})`
  switch (sign) {
    case 'held':
      return (
        <svg width="10" height="10" aria-hidden="true">
          <rect width="10" height="10" rx="2.4" fill={colour} opacity=".5" />
        </svg>
      )
    case 'pace':
      return (
        <svg width="4" height="14" aria-hidden="true">
          <rect width="2.5" height="14" rx="1" fill="var(--pic-ink)" />
        </svg>
      )
    case 'line':
      return (
        <svg width="18" height="10" aria-hidden="true">
          <path d="M1 5H17" stroke={colour} strokeWidth="3" strokeLinecap="round" />
        </svg>
      )
    case 'cone':
      return (
        <svg width="18" height="12" aria-hidden="true">
          <path d="M0 6L18 0V12Z" fill={colour} className="pic-cone80" />
          <path d="M0 6L18 3V9Z" fill={colour} className="pic-cone50" />
          <path d="M0 6H18" stroke={colour} strokeWidth="1.6" strokeDasharray="4 3" />
        </svg>
      )
    case 'even':
      return (
        <svg width="18" height="10" aria-hidden="true">
          <path d="M0 5H18" stroke="var(--fund-free)" strokeWidth="1.5" strokeDasharray="5 4" />
        </svg>
      )
    case 'bound':
      return (
        <svg width="4" height="14" aria-hidden="true">
          <path d="M2 0V14" stroke="var(--pic-brand)" strokeWidth="2" strokeDasharray="4 3" />
        </svg>
      )
    default:
      return <FundSwatch fund={sign} />
  }
}
