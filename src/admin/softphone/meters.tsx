/** Two bars that show how loud it is, drawn as often as the screen, past React. */
import { useEffect, useRef } from 'react'
import type { Levels } from './state.ts'

interface MetersProps {
  readonly read: () => Levels
  readonly mine: string
  readonly theirs: string
}

export function Meters({ read, mine, theirs }: MetersProps) {
  const [first, second] = [useRef<HTMLSpanElement>(null), useRef<HTMLSpanElement>(null)]
  useEffect(() => {
    let frame = 0
    const draw = (): void => {
      const levels = read()
      if (first.current) first.current.style.transform = `scaleX(${levels.mine})`
      if (second.current) second.current.style.transform = `scaleX(${levels.theirs})`
      frame = requestAnimationFrame(draw)
    }
    frame = requestAnimationFrame(draw)
    return () => cancelAnimationFrame(frame)
  }, [read, first, second])
  return (
    <div className="ph-meters" aria-hidden="true">
      <span>{mine}</span>
      <span className="ph-meter">
        <span ref={first} />
      </span>
      <span>{theirs}</span>
      <span className="ph-meter">
        <span ref={second} />
      </span>
    </div>
  )
}
