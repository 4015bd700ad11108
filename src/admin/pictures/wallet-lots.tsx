import { type ReactNode, useMemo } from 'react'
import { type Lot, type LotLayout, layoutLots } from './layout/lots.ts'
import { useMeasure, useWidth } from './measure.ts'
import { Bell, Paint, usePaintId } from './paint.tsx'
import type { Twin } from './twin.tsx'

export interface WalletLotsProps {
  /** In the order in which they are spent. */
  readonly lots: readonly Lot[]
  /** Held by calls, in micro-units. */
  readonly held: bigint
  /** What the strip says, for screen readers. */
  readonly label: string
  readonly width?: number
}

/** How strong the credits colour is: the money that goes first is the strongest. */
const STRENGTH = [1, 0.74, 0.48] as const
const strengthOf = (index: number): number => STRENGTH[Math.min(index, STRENGTH.length - 1)] ?? 1

const HEIGHT = 22
const BELL_ROOM = 17

/** The wallet: lots left to right as they will be spent, what calls hold of them, and when each expires. */
export function WalletLots({ lots, held, label, width: fixed }: WalletLotsProps): ReactNode {
  const [ref, width] = useWidth<HTMLDivElement>(fixed)
  const measure = useMeasure()
  const id = usePaintId()
  const places = useMemo(
    () =>
      layoutLots(lots, held, width, (lot) =>
        Math.max(measure(lot.label, 'strong'), measure(lot.expiry, 'axis') + (lot.isSoon ? BELL_ROOM : 0)),
      ),
    [lots, held, width, measure],
  )
  const isLabelled = places.some(({ hasLabel }) => hasLabel)
  const unlabelled = places.filter(({ hasLabel }) => !hasLabel)
  const height = HEIGHT + (isLabelled ? 36 : 4)
  return (
    <div className="pic pic-lots" ref={ref}>
      {width > 0 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
          <defs>
            <Paint id={id} />
          </defs>
          {places.map((place, index) => (
            <LotBar key={place.lot.id} place={place} strength={strengthOf(index)} id={id} />
          ))}
        </svg>
      )}
      {width > 0 && unlabelled.length > 0 && (
        <ul className="pic-list">
          {unlabelled.map(({ lot }) => (
            <li key={lot.id}>
              <svg className="pic-swatch" width="10" height="10" aria-hidden="true">
                <rect
                  width="10"
                  height="10"
                  rx="2.4"
                  fill="var(--fund-credits)"
                  opacity={strengthOf(lots.indexOf(lot))}
                />
              </svg>
              <span className={lot.isSoon ? 'pic-soon' : undefined}>{lot.expiry}</span>
              <b>{lot.label}</b>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function LotBar({
  place,
  strength,
  id,
}: {
  readonly place: LotLayout
  readonly strength: number
  readonly id: string
}): ReactNode {
  const { lot, x, width, held, hasLabel } = place
  return (
    <g>
      <rect x={x} width={width} height={HEIGHT} rx="4" fill="var(--pic-card)" />
      <rect x={x} width={width} height={HEIGHT} rx="4" fill="var(--fund-credits)" opacity={strength} />
      <rect
        x={x + 0.5}
        y="0.5"
        width={Math.max(0, width - 1)}
        height={HEIGHT - 1}
        rx="3.5"
        fill="none"
        stroke="var(--pic-edge, transparent)"
      />
      {held > 0 && <rect x={x} width={held} height={HEIGHT} rx={Math.min(4, held / 2)} fill={`url(#${id}-held)`} />}
      {hasLabel && (
        <>
          <text className="pic-axis pic-strong pic-ink" x={x} y={HEIGHT + 16}>
            {lot.label}
          </text>
          {lot.isSoon && <Bell x={x - 1} y={HEIGHT + 21} colour="var(--fund-cut-text)" />}
          <text
            className="pic-axis"
            x={x + (lot.isSoon ? BELL_ROOM : 0)}
            y={HEIGHT + 32}
            {...(lot.isSoon ? { style: { fill: 'var(--fund-cut-text)' } } : {})}
          >
            {lot.expiry}
          </text>
        </>
      )}
    </g>
  )
}

/** The table twin: Order · Amount · Expires. */
export function lotsTwin(caption: string, columns: readonly [string, string, string], lots: readonly Lot[]): Twin {
  return {
    caption,
    columns: columns.map((label, index) => ({ label, isNumber: index < 2 })),
    rows: lots.map(({ label, expiry }, index) => [String(index + 1), label, expiry]),
  }
}
