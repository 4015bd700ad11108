import { type ReactNode, useMemo } from 'react'
import { tokenOf } from '../theme/funds.ts'
import { Cursor } from './cursor.tsx'
import { clockSeconds } from './layout/scale.ts'
import {
  layoutTimeline,
  segmentAt,
  type TimelineData,
  type TimelineLayout,
  type TimelineSegment,
  timelineStops,
} from './layout/timeline.ts'
import { useMeasure, useWidth } from './measure.ts'
import { Bell, edgeOf, FencePost, FundSwatch, fillOf, Paint, usePaintId } from './paint.tsx'
import type { Twin } from './twin.tsx'

export interface CallTimelineProps {
  readonly call: TimelineData
  /** The summary sentence: what a screen reader says of the picture. */
  readonly label: string
  /** The segment to light up, while its sentence or its row of the receipt is under the pointer. */
  readonly active?: string | null
  /** The segment under the pointer or the arrow keys, to light up its sentence and its row. */
  readonly onActive?: (id: string | null) => void
  /** With these the picture can be walked along: what the hairline is called, and what is true at a second. */
  readonly cursor?: { readonly label: string; readonly describe: (second: number) => string }
  /** In px; else as wide as there is room. */
  readonly width?: number
}

/** The signature: who paid for which second, and the fence post where it ended. Words are the caller's, time is an argument. */
export function CallTimeline({ call, label, active, onActive, cursor, width: fixed }: CallTimelineProps): ReactNode {
  const [ref, width] = useWidth<HTMLDivElement>(fixed)
  const measure = useMeasure()
  const id = usePaintId()
  const layout = useMemo(() => layoutTimeline(call, width, measure), [call, width, measure])
  return (
    <div className="pic pic-timeline" ref={ref}>
      {width > 0 && (
        <div className="pic-stage" style={{ height: layout.height }}>
          <svg width={width} height={layout.height} role="img" aria-label={label}>
            <defs>
              <Paint id={id} />
            </defs>
            <Ringing call={call} layout={layout} />
            <Bars call={call} layout={layout} id={id} active={active ?? null} />
            <Axis layout={layout} />
            <Events layout={layout} />
            <Lane call={call} layout={layout} />
            <Ending call={call} layout={layout} />
          </svg>
          {cursor && layout.segments.length > 0 && (
            <Cursor
              label={cursor.label}
              stops={timelineStops(call)}
              place={layout.x}
              valueAt={(x) => Math.min(call.duration, layout.second(x))}
              left={layout.bar.left}
              right={layout.x(call.duration)}
              top={layout.bar.top - 6}
              height={layout.bar.height + 12}
              describe={cursor.describe}
              onMove={(second) => onActive?.(second === null ? null : (segmentAt(call.segments, second)?.id ?? null))}
            />
          )}
        </div>
      )}
      <Below call={call} layout={layout} />
    </div>
  )
}

interface PartProps {
  readonly call: TimelineData
  readonly layout: TimelineLayout
}

/** Not to scale: dotted, left of the answer. */
function Ringing({ call, layout }: PartProps): ReactNode {
  const { ringing, bar, narrow, segments } = layout
  if (!ringing || !call.ringing) return null
  const isAnswered = segments.length > 0
  return (
    <>
      <path className="pic-dots" d={`M${ringing.from} ${ringing.y}H${ringing.to}`} />
      {(!narrow || !isAnswered) && (
        <text
          className="pic-axis"
          x={isAnswered ? bar.left - 10 : ringing.from}
          y={ringing.y - 11}
          textAnchor={isAnswered ? 'end' : 'start'}
        >
          {call.ringing.label}
        </text>
      )}
    </>
  )
}

function Bars({
  call,
  layout,
  id,
  active,
}: PartProps & { readonly id: string; readonly active: string | null }): ReactNode {
  const { segments, bar, labels, x } = layout
  const secured = call.secured
  const spoken = x(call.duration)
  return (
    <>
      {secured && (
        <rect
          x={spoken}
          y={bar.top}
          width={Math.max(0, x(secured.until) - spoken)}
          height={bar.height}
          fill={`var(--fund-${tokenOf(secured.fund)})`}
          opacity=".3"
        />
      )}
      {segments.map(({ segment, x: from, width }, index) => (
        <g
          key={`${segment.id} ${segment.from}`}
          className={active === null || active === segment.id ? 'pic-segment' : 'pic-segment pic-dim'}
        >
          <path
            d={barPath(from, bar.top, width, bar.height, index === 0 ? 7 : 2, 2)}
            fill={fillOf(segment.fund, id)}
            stroke={edgeOf(segment.fund)}
            strokeWidth="2"
          />
          {labels === 'above' && (
            <>
              <text
                className="pic-label"
                x={from}
                y={bar.top - 30}
                style={{ fill: `var(--fund-${tokenOf(segment.fund)}-text)` }}
              >
                {segment.label}
              </text>
              <text className="pic-sub" x={from} y={bar.top - 11}>
                {segment.sub}
              </text>
            </>
          )}
        </g>
      ))}
      {(call.months ?? []).map(({ at }) => (
        <path key={at} className="pic-month" d={`M${x(at)} ${bar.top - 5}V${bar.top + bar.height + 5}`} />
      ))}
      {call.warning && (
        <>
          <path className="pic-warning" d={`M${x(call.warning.at)} ${bar.top}V${bar.top + bar.height}`} />
          <circle cx={x(call.warning.at)} cy={bar.top + bar.height / 2} r="10" fill="var(--pic-card)" />
          <Bell x={x(call.warning.at) - 6.5} y={bar.top + bar.height / 2 - 6.5} colour="var(--fund-credits-text)" />
        </>
      )}
    </>
  )
}

/** A bar whose left corners may be rounder than its right ones: the call begins round and stops square. */
function barPath(x: number, y: number, width: number, height: number, left: number, right: number): string {
  const [l, r] = [Math.min(left, width / 2), Math.min(right, width / 2)]
  return `M${x + l} ${y}H${x + width - r}q${r} 0 ${r} ${r}V${y + height - r}q0 ${r} ${-r} ${r}H${x + l}q${-l} 0 ${-l} ${-l}V${y + l}q0 ${-l} ${l} ${-l}Z`
}

function Axis({ layout: { ticks, tickY, bar } }: { readonly layout: TimelineLayout }): ReactNode {
  return ticks.map(({ x, text }) => (
    <g key={text}>
      <path className="pic-tick" d={`M${x} ${bar.top + bar.height + 5}v6`} />
      <text className="pic-axis" x={x} y={tickY} textAnchor="middle">
        {text}
      </text>
    </g>
  ))
}

function Events({ layout: { events, bar, tickY, lane } }: { readonly layout: TimelineLayout }): ReactNode {
  return events.map(({ event, x, text, y }) => (
    <g key={event.id}>
      <path className="pic-thread" d={`M${x} ${lane ? tickY + 8 : bar.top + bar.height + 14}V${y - 14}`} />
      <text className="pic-axis pic-strong" x={text.x} y={y} textAnchor={text.anchor}>
        {event.clock}
      </text>
      <text className="pic-axis" x={text.x} y={y + 14} textAnchor={text.anchor}>
        {event.label}
      </text>
    </g>
  ))
}

/** Granted ahead: a pill per grant, its head pale from when it was asked for. */
function Lane({ call, layout: { lane } }: PartProps): ReactNode {
  if (!lane || !call.grants) return null
  return (
    <>
      {lane.pills.map(({ x, width, head, y, fund }) => {
        const colour = `var(--fund-${tokenOf(fund)})`
        return (
          <g key={x}>
            {head > 0 && <rect x={x - head} y={y} width={head + width} height="8" rx="4" fill={colour} opacity=".32" />}
            <rect x={x} y={y} width={width} height="8" rx={Math.min(4, width / 2)} fill={colour} opacity=".9" />
          </g>
        )
      })}
      <text className="pic-axis" x={lane.label.x} y={lane.label.y} textAnchor={lane.label.anchor}>
        {call.grants.label}
      </text>
      {lane.last && (
        <text className="pic-axis" x={lane.last.x} y={lane.last.y} textAnchor={lane.last.anchor}>
          {call.grants.lastLabel}
        </text>
      )}
    </>
  )
}

/** The post, or while live what is secured; behind it what ran on and was not charged. */
function Ending({ call, layout }: PartProps): ReactNode {
  const { bar, x, narrow, segments } = layout
  const at = segments.length === 0 ? bar.left : x(call.secured ? call.secured.until : call.duration)
  const words = call.end ?? call.secured
  const isCut = call.end !== undefined && call.end.kind !== 'hangup'
  const colour = isCut ? 'var(--fund-cut)' : 'var(--pic-post)'
  const post = at + (call.secured ? 0 : 2)
  return (
    <>
      {call.tail && (
        <rect
          x={post + 3}
          y={bar.top + bar.height / 2 - 2.5}
          width={Math.max(6, x(call.duration + call.tail.seconds) - x(call.duration))}
          height="5"
          rx="2"
          fill="var(--fund-free)"
          opacity=".7"
        />
      )}
      {words && <FencePost x={post} top={bar.top} height={bar.height} colour={colour} />}
      {words && !narrow && (
        <>
          <text
            className="pic-label"
            x={post + 14}
            y={bar.top + bar.height / 2 - 2}
            {...(isCut ? { style: { fill: 'var(--fund-cut-text)' } } : {})}
          >
            {words.label}
          </text>
          <text className="pic-sub" x={post + 14} y={bar.top + bar.height / 2 + 16}>
            {words.sub}
          </text>
        </>
      )}
    </>
  )
}

/** What the picture had no room for, as a list under it. */
function Below({ call, layout }: PartProps): ReactNode {
  const segments = layout.labels === 'list' ? call.segments : []
  const words = layout.narrow ? (call.end ?? call.secured) : undefined
  if (segments.length === 0 && !words && !call.tail) return null
  return (
    <ul className="pic-list">
      {segments.map((segment) => (
        <li key={`${segment.id} ${segment.from}`}>
          <FundSwatch fund={segment.fund} />
          <span>{segment.label}</span>
          <b>{segment.sub}</b>
        </li>
      ))}
      {words && (
        <li>
          <FundSwatch fund={call.end && call.end.kind !== 'hangup' ? 'cut' : 'hangup'} />
          <span>{words.label}</span>
          <b>{words.sub}</b>
        </li>
      )}
      {call.tail && (
        <li>
          <FundSwatch fund="hangup" />
          <span>{call.tail.label}</span>
        </li>
      )}
    </ul>
  )
}

/** What a row of the table says beside its seconds; in the reader's format. */
export interface SegmentFigures {
  readonly rate: string
  readonly amount: string
  readonly balanceAfter: string
}

/** The table twin: From · To · Fund · Seconds · Rate · Amount · Balance after, in this order of `columns`. */
export function timelineTwin(
  caption: string,
  columns: readonly [string, string, string, string, string, string, string],
  segments: readonly TimelineSegment[],
  figures: (segment: TimelineSegment) => SegmentFigures,
): Twin {
  return {
    caption,
    columns: columns.map((label, index) => ({ label, isNumber: index !== 2 })),
    rows: segments.map((segment) => {
      const { rate, amount, balanceAfter } = figures(segment)
      const seconds = String(segment.to - segment.from)
      return [clockSeconds(segment.from), clockSeconds(segment.to), segment.label, seconds, rate, amount, balanceAfter]
    }),
  }
}
