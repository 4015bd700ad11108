import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react'

interface CursorProps {
  /** What moves: `Move along the call`. */
  readonly label: string
  /** Places where arrow keys stop, in order; pointers may stand between them. */
  readonly stops: readonly number[]
  readonly place: (stop: number) => number
  readonly valueAt: (x: number) => number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly height: number
  /** What is true at a place: read aloud and shown beside the hairline. */
  readonly describe: (value: number) => string
  readonly onMove?: (value: number | null) => void
  /** Pointers jump to the nearest stop too: days of a month, and not moments. */
  readonly snaps?: boolean
}

const BEFORE = ['ArrowLeft', 'ArrowDown']
const AFTER = ['ArrowRight', 'ArrowUp']

/** The hairline over a picture: by pointer, finger or arrow keys (a slider to screen readers), with the words for that place. */
export function Cursor(props: CursorProps): ReactNode {
  const { label, stops, place, valueAt, left, right, top, height, describe, onMove, snaps } = props
  const [value, setValue] = useState<number | null>(null)
  const [last, setLast] = useState(stops[0] ?? 0)
  const move = (next: number | null): void => {
    setValue(next)
    if (next !== null) setLast(next)
    onMove?.(next)
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = value ?? last
    const next = BEFORE.includes(event.key)
      ? (stops.findLast((stop) => stop < at) ?? stops[0])
      : AFTER.includes(event.key)
        ? (stops.find((stop) => stop > at) ?? stops.at(-1))
        : event.key === 'Home'
          ? stops[0]
          : event.key === 'End'
            ? stops.at(-1)
            : undefined
    if (event.key === 'Escape') move(null)
    else if (next !== undefined) move(next)
    else return
    event.preventDefault()
  }
  const onPointer = (event: PointerEvent<HTMLDivElement>): void => {
    const at = valueAt(event.clientX - event.currentTarget.getBoundingClientRect().left + left)
    move(snaps ? nearest(stops, at) : at)
  }

  const shown = value === null ? null : place(value)
  const words = describe(value ?? last)
  return (
    <>
      <div
        className="pic-cursor"
        style={{ left, width: Math.max(1, right - left), top, height }}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={Math.round(stops[0] ?? 0)}
        aria-valuemax={Math.round(stops.at(-1) ?? 0)}
        aria-valuenow={Math.round(value ?? last)}
        aria-valuetext={words}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onPointerLeave={() => move(null)}
        onFocus={(event) => {
          if (event.currentTarget.matches(':focus-visible')) move(last)
        }}
        onBlur={() => move(null)}
        onKeyDown={onKeyDown}
      />
      {shown !== null && (
        <>
          <i className="pic-hairline" style={{ left: shown, top, height }} />
          <div
            className={`pic-tip${shown > (left + right) / 2 ? ' pic-tip-left' : ''}`}
            style={{ left: shown, top }}
            aria-hidden="true"
          >
            {words}
          </div>
        </>
      )}
    </>
  )
}

const nearest = (stops: readonly number[], at: number): number =>
  stops.reduce((best, stop) => (Math.abs(stop - at) < Math.abs(best - at) ? stop : best), stops[0] ?? at)
