/** An hour of decisions, a bar a minute, and under it how long the slowest one in a hundred took. */
import { Drawing } from '../../pictures/drawing.tsx'
import { useWidth } from '../../pictures/measure.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { Minute } from './data.ts'
import { overviewWords } from './words.ts'

const HEIGHT = 130
const LINE_HEIGHT = 46
const BOTTOM = 20

const refusedOf = ({ refused }: Minute): number => Object.values(refused).reduce((sum, count) => sum + count, 0)

/** From the bottom up; each has a look of its own that does not need its colour. */
const PARTS = [
  ['granted', ({ granted }: Minute) => granted],
  ['refused', refusedOf],
  ['other', ({ other }: Minute) => other],
  ['unanswered', ({ faults }: Minute) => faults],
] as const

export function Minutes({ minutes }: { readonly minutes: readonly Minute[] }) {
  const t = useWords(overviewWords)
  const formats = useFormats()
  const [ref, width] = useWidth<HTMLDivElement>()
  const totals = minutes.map((minute) => PARTS.reduce((sum, [, of]) => sum + of(minute), 0))
  const most = Math.max(1, ...totals)
  const total = totals.reduce((sum, count) => sum + count, 0)
  const slot = width / Math.max(1, minutes.length)
  const label = t('chart', {
    total: formats.number(total),
    refused: formats.number(minutes.reduce((sum, minute) => sum + refusedOf(minute), 0)),
    most: formats.number(most),
  })
  return (
    <div ref={ref} className="op-minutes">
      <Drawing className="pic" width="100%" height={HEIGHT} label={label} data-decisions={total}>
        <defs>
          <pattern id="op-refused" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" fill="var(--fund-credits)" />
            <rect width="2" height="6" fill="var(--fund-credits-stripe)" />
          </pattern>
        </defs>
        <path d={`M0 ${HEIGHT - BOTTOM + 0.5}H${width}`} stroke="var(--pic-grid)" />
        {minutes.map((minute, index) => {
          let base = HEIGHT - BOTTOM
          return (
            <g key={minute.at}>
              <rect x={slot * index} y={0} width={slot} height={HEIGHT - BOTTOM} fill="transparent">
                <title>
                  {t('bar', {
                    time: formats.time(minute.at),
                    granted: formats.number(minute.granted),
                    refused: formats.number(refusedOf(minute)),
                    other: formats.number(minute.other),
                  })}
                </title>
              </rect>
              {PARTS.map(([name, of]) => {
                const height = (of(minute) / most) * (HEIGHT - BOTTOM - 4)
                base -= height
                return (
                  height > 0 && (
                    <rect
                      key={name}
                      className={`op-part-${name}`}
                      x={slot * index + slot * 0.15}
                      y={base}
                      width={slot * 0.7}
                      height={height}
                      pointerEvents="none"
                    />
                  )
                )
              })}
              {index % 15 === 0 && (
                <text className="pic-axis" x={slot * index + 2} y={HEIGHT - 5}>
                  {formats.time(minute.at)}
                </text>
              )}
            </g>
          )
        })}
      </Drawing>
      <Legend />
      <Slowest minutes={minutes} width={width} />
    </div>
  )
}

function Legend() {
  const t = useWords(overviewWords)
  return (
    <ul className="op-legend">
      {PARTS.map(([name]) => (
        <li key={name}>
          <svg width="12" height="12" aria-hidden="true">
            <rect className={`op-part-${name}`} width="12" height="12" rx="2" />
          </svg>
          {t(name)}
        </li>
      ))}
    </ul>
  )
}

interface SlowestProps {
  readonly minutes: readonly Minute[]
  readonly width: number
}

/** A line that stops where nothing was asked: no figure is made up in between. */
function Slowest({ minutes, width }: SlowestProps) {
  const t = useWords(overviewWords)
  const formats = useFormats()
  const known = minutes.map(({ p99 }) => p99).filter((ms) => ms !== null)
  if (known.length === 0) return null
  const most = Math.max(...known)
  const x = (index: number): number => (width / Math.max(1, minutes.length)) * (index + 0.5)
  const y = (ms: number): number => LINE_HEIGHT - 4 - (ms / most) * (LINE_HEIGHT - 10)
  const label = t('slowest', { ms: formats.number(most) })
  let path = ''
  minutes.forEach(({ p99 }, index) => {
    if (p99 === null) return
    const isJoined = index > 0 && minutes[index - 1]?.p99 !== null
    path += `${isJoined ? 'L' : 'M'}${x(index).toFixed(1)} ${y(p99).toFixed(1)}`
  })
  return (
    <figure>
      <figcaption className="k-quiet">{label}</figcaption>
      <Drawing className="pic" width="100%" height={LINE_HEIGHT} label={label}>
        <path d={path} fill="none" stroke="var(--colorBrandForeground1)" strokeWidth="2" />
        {minutes.map(
          ({ at, p99 }, index) =>
            p99 !== null && (
              <circle key={at} cx={x(index)} cy={y(p99)} r="2" fill="var(--colorBrandForeground1)">
                <title>{`${formats.time(at)} · ${t('ms', { ms: formats.number(p99) })}`}</title>
              </circle>
            ),
        )}
      </Drawing>
    </figure>
  )
}
