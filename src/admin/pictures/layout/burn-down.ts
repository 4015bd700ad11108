/** Where each part of the picture of a month of minutes lies: what is left, what is likely, and when it ends. */
import { linear, type Measure, monthScale, pathThrough } from './scale.ts'

/** What was left at a moment; straight lines between, two points at one moment make a step. */
export interface LeftPoint {
  /** Epoch milliseconds. */
  readonly at: number
  readonly left: number
}

/** What is likely to be left at a moment, from few to many. */
export interface ForecastPoint {
  readonly at: number
  readonly low80: number
  readonly low50: number
  readonly middle: number
  readonly high50: number
  readonly high80: number
}

/** When it runs out: the middle and, of four in five, the first and the last moment. */
export interface DryWindow {
  readonly from: number
  readonly at: number
  readonly to: number
  /** `Runs out Mon 23 Nov`. */
  readonly label: string
  /** `4 times in 5 between 19 and 26 Nov`. */
  readonly sub?: string
}

/** A month as a picture needs it. Amounts are in one unit throughout (the console gives seconds); words are the reader's. */
export interface BurnDownData {
  /** Local midnights of the month as epoch milliseconds, and the one after its last day: 29 to 32 of them. */
  readonly midnights: readonly number[]
  /** What the month began with, with what licences added since: the top of the axis. */
  readonly total: number
  readonly points: readonly LeftPoint[]
  /** Licences assigned or removed: a flag at the step, which `points` have too. */
  readonly steps?: readonly { readonly at: number; readonly change: number; readonly label: string }[]
  /** Absent for a month that is over. */
  readonly now?: { readonly at: number; readonly label: string }
  readonly forecast?: readonly ForecastPoint[]
  /** The end, as forecast or as it was. */
  readonly dry?: DryWindow
  /** What happens from `dry.at` to the end of the month. */
  readonly afterwards?: { readonly kind: 'credits' | 'refused'; readonly label: string }
  /** At the last point: `4,285 left`, or of a month that is over `1,204 minutes expired`. */
  readonly leftLabel: string
  /** `80% used`. */
  readonly eightyLabel?: string
}

export interface BurnDownLayout {
  readonly narrow: boolean
  readonly width: number
  readonly height: number
  readonly x: (at: number) => number
  readonly y: (left: number) => number
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
  readonly grid: readonly { readonly y: number; readonly value: number }[]
  readonly actual: string
  readonly area: string
  readonly middle: string
  readonly band80: string
  readonly band50: string
  readonly current: { readonly x: number; readonly y: number } | null
  readonly currentText: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' } | null
  readonly nowX: number | null
  readonly nowText: { readonly x: number; readonly anchor: 'start' | 'end' } | null
  readonly dry: { readonly from: number; readonly at: number; readonly to: number } | null
  readonly dryText: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' } | null
  readonly flags: readonly { readonly x: number; readonly y: number; readonly change: number; readonly label: string }[]
  /** Days whose names fit under the axis; the index of the day, from 0. */
  readonly days: readonly { readonly x: number; readonly day: number }[]
}

export interface BurnDownFrame {
  readonly width: number
  readonly height: number
  /** On Home: no words but now and the dates. */
  readonly compact: boolean
  readonly dayLabel: (day: number) => string
  readonly valueLabel: (left: number) => string
}

const NARROW = 560

/** Coordinates of everything, for a frame. */
export function layoutBurnDown(data: BurnDownData, frame: BurnDownFrame, measure: Measure): BurnDownLayout {
  const { width, height, compact } = frame
  const narrow = width < NARROW
  const gridValues = [0, 0.25, 0.5, 0.75, 1].map((part) => data.total * part)
  const axisRoom = Math.max(...gridValues.map((value) => measure(frame.valueLabel(value), 'axis')))
  const plot = {
    left: compact ? 10 : axisRoom + 14,
    right: width - (compact ? 12 : 20),
    top: compact ? 18 : 24,
    bottom: height - (compact ? 36 : narrow ? 40 : data.afterwards ? 62 : 42),
  }
  const x = monthScale(data.midnights, plot.left, plot.right)
  const y = linear(0, Math.max(1, data.total), plot.bottom, plot.top)
  const at = (point: LeftPoint): [number, number] => [x(point.at), y(Math.max(0, point.left))]

  const last = data.points.at(-1)
  const first = data.points[0]
  const actual = data.points.map(at)
  const forecast = data.forecast ?? []
  const band = (low: 'low80' | 'low50', high: 'high80' | 'high50'): string =>
    forecast.length < 2
      ? ''
      : `${pathThrough([
          ...forecast.map((point): [number, number] => [x(point.at), y(Math.max(0, point[high]))]),
          ...forecast.toReversed().map((point): [number, number] => [x(point.at), y(Math.max(0, point[low]))]),
        ])}Z`
  const dryAt = data.dry?.at ?? Infinity
  const middle = [
    ...(last && forecast.length > 0 ? [at(last)] : []),
    ...forecast
      .filter((point) => point.at <= dryAt)
      .map((point): [number, number] => [x(point.at), y(Math.max(0, point.middle))]),
    ...(data.dry && forecast.length > 0 && data.dry.at <= (forecast.at(-1)?.at ?? 0)
      ? [[x(data.dry.at), y(0)] as [number, number]]
      : []),
  ]

  const current = last ? { x: x(last.at), y: y(Math.max(0, last.left)) } : null
  const leftWidth = measure(data.leftLabel, 'label')
  const nowX = data.now ? x(data.now.at) : null
  const nowWidth = data.now ? measure(data.now.label, 'axis') : 0

  return {
    narrow,
    width,
    height,
    x,
    y,
    plot,
    grid: compact ? [] : gridValues.map((value) => ({ y: y(value), value })),
    actual: pathThrough(actual),
    area: first && last ? `${pathThrough([[x(first.at), y(0)], ...actual, [x(last.at), y(0)]])}Z` : '',
    middle: middle.length > 1 ? pathThrough(middle) : '',
    band80: band('low80', 'high80'),
    band50: band('low50', 'high50'),
    current,
    currentText: compact || !current ? null : textOfCurrent(actual, current, leftWidth, plot),
    nowX,
    nowText:
      nowX === null
        ? null
        : nowX - 8 - nowWidth >= plot.left
          ? { x: nowX - 8, anchor: 'end' }
          : { x: nowX + 8, anchor: 'start' },
    dry: data.dry ? { from: x(data.dry.from), at: x(data.dry.at), to: x(data.dry.to) } : null,
    dryText: compact || narrow || !data.dry ? null : textOfDry(data.dry, x(data.dry.at), plot, measure),
    flags: compact
      ? []
      : (data.steps ?? []).map(({ at: moment, change, label }) => ({
          x: x(moment),
          y: y(Math.max(0, levelAfter(data.points, moment))),
          change,
          label,
        })),
    days: namedDays(data.midnights.length - 1, plot, frame, measure),
  }
}

type Plot = BurnDownLayout['plot']

/** Under the line on its left, where the area is plain; near the axis above the line; at the beginning of a month on the right. */
function textOfCurrent(
  line: readonly (readonly [number, number])[],
  current: { x: number; y: number },
  width: number,
  plot: Plot,
): NonNullable<BurnDownLayout['currentText']> {
  const left = current.x - 14 - width
  if (left < plot.left) return { x: current.x + 14, y: Math.min(plot.bottom - 8, current.y + 22), anchor: 'start' }
  if (current.y + 28 <= plot.bottom) return { x: current.x - 14, y: current.y + 22, anchor: 'end' }
  const over = line.filter(([x], index) => x >= left || (line[index + 1]?.[0] ?? x) >= left).map(([, y]) => y)
  return { x: current.x - 14, y: Math.max(plot.top + 14, Math.min(current.y, ...over) - 12), anchor: 'end' }
}

/** Above the even pace, where neither line nor cone of a pool that runs dry can be. */
function textOfDry(dry: DryWindow, post: number, plot: Plot, measure: Measure): NonNullable<BurnDownLayout['dryText']> {
  const width = Math.max(measure(dry.label, 'label'), dry.sub ? measure(dry.sub, 'sub') : 0)
  const fitsRight = post + 12 + width <= plot.right
  const x = fitsRight ? post + 12 : plot.right
  const left = fitsRight ? x : x - width
  const evenPace = plot.top + ((left - plot.left) / (plot.right - plot.left)) * (plot.bottom - plot.top)
  const lowest = plot.top + 0.34 * (plot.bottom - plot.top)
  return { x, y: Math.max(plot.top + 14, Math.min(lowest, evenPace - 36)), anchor: fitsRight ? 'start' : 'end' }
}

function levelAfter(points: readonly LeftPoint[], moment: number): number {
  return points.findLast(({ at }) => at <= moment)?.left ?? points[0]?.left ?? 0
}

/** First and last day always; between them every second, third … so that no name touches the next. */
function namedDays(
  days: number,
  plot: Plot,
  { dayLabel, compact }: BurnDownFrame,
  measure: Measure,
): BurnDownLayout['days'] {
  const slot = (plot.right - plot.left) / Math.max(1, days)
  const half = (day: number): number => measure(dayLabel(day), 'axis') / 2
  const middle = (day: number): number => plot.left + (day + 0.5) * slot
  // The first and the last name may reach over their slot, but not over the picture.
  const place = (day: number): number =>
    Math.min(plot.right + 6 - half(day), Math.max(plot.left - 6 + half(day), middle(day)))
  const last = days - 1
  const fits = (a: number, b: number): boolean => place(b) - half(b) - (place(a) + half(a)) >= 10
  const every = (step: number): number[] => Array.from({ length: Math.ceil(days / step) }, (_, index) => index * step)
  const steps = compact || slot < 12 ? [7, 10, 14] : [1, 2, 3, 5, 7, 10, 14]
  const step =
    steps.find((candidate) =>
      every(candidate).every((day, index, all) => index === 0 || fits(all[index - 1] ?? 0, day)),
    ) ?? days
  const named = every(step).filter((day) => day !== last)
  while (named.length > 1 && !fits(named.at(-1) ?? 0, last)) named.pop()
  return [...named, last].map((day) => ({ x: place(day), day }))
}

/** A cone over the last tenth of a pool is a smear: then the post and the date tell more (Home draws no picture). */
export const isWorthDrawing = (left: number, total: number): boolean => left > total / 10
