/** Where each part of the picture of a call lies: who paid which second, and the post where it ended. */
import type { Fund } from '../../theme/funds.ts'
import { type Placed, placeLabels } from './labels.ts'
import { clockSeconds, linear, type Measure, secondStep } from './scale.ts'

/** A stretch of the call that one source paid; seconds since the answer. */
export interface TimelineSegment {
  /** What `active` and `onActive` speak of, such as the source on the receipt. */
  readonly id: string
  readonly fund: Fund
  readonly from: number
  readonly to: number
  /** `Credits`. */
  readonly label: string
  /** `6:00 · CA$0.291000`. */
  readonly sub: string
}

/** Seconds that were promised to the switch before they were spoken. */
export interface TimelineGrant {
  /** When it was asked for: a grant is asked for before the last one ends. */
  readonly askedAt: number
  readonly from: number
  readonly to: number
  readonly fund: Fund
}

export interface TimelineEvent {
  readonly id: string
  readonly at: number
  /** The wall clock, `09:14:15`. */
  readonly clock: string
  /** `credits take over`. */
  readonly label: string
}

/** A call as a picture needs it. Every word is in the reader's language already. */
export interface TimelineData {
  readonly segments: readonly TimelineSegment[]
  /** Seconds since the answer: the length of the call, of a live one until now. 0: nobody answered, or refused. */
  readonly duration: number
  readonly ringing?: { readonly label: string }
  readonly grants?: { readonly label: string; readonly lastLabel?: string; readonly grants: readonly TimelineGrant[] }
  /** The tone before the cut. */
  readonly warning?: { readonly at: number }
  /** A red post where we cut or refused, a grey one where a party hung up; absent while the call is live. */
  readonly end?: { readonly kind: 'cut' | 'hangup' | 'refused'; readonly label: string; readonly sub: string }
  /** While live: nobody can take the seconds up to `until`. */
  readonly secured?: { readonly until: number; readonly fund: Fund; readonly label: string; readonly sub: string }
  /** Seconds that the switch let pass after the end (late goodbye): drawn, never charged. */
  readonly tail?: { readonly seconds: number; readonly label: string }
  /** Local midnights that begin a month, inside the call. */
  readonly months?: readonly { readonly at: number; readonly label: string }[]
  readonly events?: readonly TimelineEvent[]
}

export interface TimelineLayout {
  readonly narrow: boolean
  readonly width: number
  readonly height: number
  readonly x: (second: number) => number
  readonly second: (x: number) => number
  /** The last second of the axis. */
  readonly scaleEnd: number
  readonly bar: { readonly left: number; readonly right: number; readonly top: number; readonly height: number }
  readonly segments: readonly { readonly segment: TimelineSegment; readonly x: number; readonly width: number }[]
  /** Above the bar where each has room, else all in a list below. */
  readonly labels: 'above' | 'list'
  readonly ringing: { readonly from: number; readonly to: number; readonly y: number } | null
  readonly ticks: readonly { readonly x: number; readonly text: string }[]
  readonly tickY: number
  readonly lane: {
    readonly y: number
    readonly pills: readonly { x: number; width: number; head: number; y: number; fund: Fund }[]
    /** Where the word for the last grant stands: behind its pill, or under the lane. */
    readonly last: { x: number; y: number; anchor: 'start' | 'end' } | null
    readonly label: { x: number; y: number; anchor: 'start' | 'end' }
  } | null
  readonly events: readonly {
    readonly event: TimelineEvent
    readonly x: number
    readonly text: Placed
    readonly y: number
  }[]
  readonly eventTop: number
}

const NARROW = 560
const SHORTEST_LABELLED = 90
const POST_ROOM = 16

/** Coordinates of everything, for a width. */
export function layoutTimeline(data: TimelineData, width: number, measure: Measure): TimelineLayout {
  const narrow = width < NARROW
  const isAnswered = data.segments.length > 0 && data.duration > 0
  const scaleEnd = endOfScale(data)
  const left = leftOfBar(data, narrow, measure)
  const right = Math.max(left + 40, width - rightOfBar(data, narrow, measure))
  const x = linear(0, scaleEnd, left, isAnswered ? right : left)

  const segments = data.segments.map((segment, index) => {
    const from = x(segment.from) + (index === 0 ? 0 : 1.5)
    const to = x(segment.to) - (index === data.segments.length - 1 ? 0 : 1.5)
    return { segment, x: from, width: Math.max(2, to - from) }
  })
  const hasRoom = segments.every(
    ({ segment, width: room }) =>
      room >= SHORTEST_LABELLED && Math.max(measure(segment.label, 'label'), measure(segment.sub, 'sub')) <= room,
  )
  const labels = !narrow && hasRoom ? 'above' : 'list'

  const top = labels === 'above' ? 58 : 22
  const height = narrow ? 44 : 54
  const tickY = top + height + 30
  const step = secondStep(
    scaleEnd,
    right - left,
    Math.max(44, measure(clockSeconds(scaleEnd), 'axis') + 14),
    narrow ? 6 : 12,
  )
  const ticks = isAnswered
    ? Array.from({ length: Math.floor(scaleEnd / step) + 1 }, (_, index) => ({
        x: x(index * step),
        text: clockSeconds(index * step),
      }))
    : []

  const laneTop = isAnswered ? tickY + 14 : top + height
  const lane = layoutLane(data, x, { narrow, laneTop, left, width }, measure)
  const laneEnd = lane ? laneTop + (narrow ? 40 : 22) : isAnswered ? tickY : top + height + 14

  const shown = isAnswered && !narrow ? [...(data.events ?? [])].sort((a, b) => a.at - b.at) : []
  const placed = placeLabels(
    shown.map((event) => ({
      x: x(event.at),
      width: Math.max(measure(event.clock, 'strong'), measure(event.label, 'axis')),
    })),
    { min: 0, max: width, gap: 12 },
  )
  const rows = Math.max(0, ...placed.map(({ row }) => row + 1))
  const events = shown.flatMap((event, index) => {
    const text = placed[index]
    return text ? [{ event, x: x(event.at), text, y: laneEnd + 30 + text.row * 34 }] : []
  })

  return {
    narrow,
    width,
    height: Math.ceil(laneEnd + (rows > 0 ? 20 + rows * 34 : 10)),
    x,
    second: (at) => Math.min(scaleEnd, Math.max(0, right === left ? 0 : ((at - left) / (right - left)) * scaleEnd)),
    scaleEnd,
    bar: { left, right: isAnswered ? right : left, top, height },
    segments,
    labels,
    ringing: data.ringing ? { from: isAnswered ? left - lead(narrow) : 14, to: left - 6, y: top + height / 2 } : null,
    ticks,
    tickY,
    lane,
    events,
    eventTop: laneEnd,
  }
}

const lead = (narrow: boolean): number => (narrow ? 22 : 46)

/** A live call's axis ends at a round second, so that it does not creep while the call is spoken. */
function endOfScale({ duration, secured, tail }: TimelineData): number {
  if (!secured) return Math.max(1, duration + (tail?.seconds ?? 0))
  const until = Math.max(secured.until, duration, 60)
  const step = until <= 300 ? 60 : until <= 3600 ? 300 : 1800
  return Math.ceil(until / step) * step
}

function leftOfBar(data: TimelineData, narrow: boolean, measure: Measure): number {
  const isAnswered = data.segments.length > 0 && data.duration > 0
  const ringing = data.ringing ? lead(narrow) : 0
  if (!isAnswered) return 14 + Math.max(narrow ? 70 : 150, data.ringing ? measure(data.ringing.label, 'axis') : 0)
  if (narrow) return 14 + ringing
  return Math.max(
    18 + ringing,
    data.ringing ? measure(data.ringing.label, 'axis') + 14 : 0,
    data.grants ? measure(data.grants.label, 'axis') + 18 : 0,
  )
}

function rightOfBar({ end, secured, grants }: TimelineData, narrow: boolean, measure: Measure): number {
  if (narrow) return 26
  const words = end ?? secured
  const last = grants?.lastLabel ? measure(grants.lastLabel, 'axis') + 14 : 0
  return Math.max(
    26,
    last,
    words ? POST_ROOM + Math.max(measure(words.label, 'label'), measure(words.sub, 'sub')) + 10 : 0,
  )
}

/** Below this many px a pill is no pill: neighbours of one fund are drawn as one. */
const SHORTEST_PILL = 7

function layoutLane(
  { grants, segments }: TimelineData,
  x: (second: number) => number,
  { narrow, laneTop, left, width }: { narrow: boolean; laneTop: number; left: number; width: number },
  measure: Measure,
): TimelineLayout['lane'] {
  if (!grants || grants.grants.length === 0 || segments.length === 0) return null
  const merged: TimelineGrant[] = []
  for (const grant of grants.grants) {
    const last = merged.at(-1)
    if (last && last.fund === grant.fund && x(last.to) - x(last.from) < SHORTEST_PILL)
      merged[merged.length - 1] = { ...last, to: Math.max(last.to, grant.to) }
    else merged.push(grant)
  }
  const pills = merged.map(({ askedAt, from, to, fund }, index) => ({
    x: x(from),
    width: Math.max(2, x(to) - x(from) - 2),
    head: Math.max(0, x(from) - x(Math.min(askedAt, from))),
    y: laneTop + (index % 2) * 11,
    fund,
  }))
  const final = pills.at(-1)
  const behind = final ? final.x + final.width + 8 : 0
  const fitsBehind = final && !narrow && behind + measure(grants.lastLabel ?? '', 'axis') <= width
  return {
    y: laneTop,
    pills,
    last:
      !grants.lastLabel || !final
        ? null
        : fitsBehind
          ? { x: behind, y: final.y + 8, anchor: 'start' }
          : { x: final.x + final.width, y: laneTop + 36, anchor: 'end' },
    label: narrow ? { x: left, y: laneTop + 36, anchor: 'start' } : { x: left - 14, y: laneTop + 14, anchor: 'end' },
  }
}

/** Where arrow keys stop: the edges of segments and every event, in order, each once. */
export function timelineStops({ segments, events, duration, warning, months }: TimelineData): number[] {
  const all = [
    ...segments.flatMap(({ from, to }) => [from, to]),
    ...(events ?? []).map(({ at }) => at),
    ...(months ?? []).map(({ at }) => at),
    ...(warning ? [warning.at] : []),
    duration,
  ]
  return [...new Set(all)].filter((at) => at >= 0 && at <= duration).sort((a, b) => a - b)
}

/** The segment that paid the second that begins at `second`; at the very end the last one. */
export function segmentAt(segments: readonly TimelineSegment[], second: number): TimelineSegment | undefined {
  return segments.find(({ from, to }) => second >= from && second < to) ?? segments.findLast(({ to }) => second >= to)
}
