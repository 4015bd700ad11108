/** Where each part of the picture of a balance lies: a line through the ends of days, and what is likely after the last of them. */
import { linear, type Measure, pathThrough } from './scale.ts'

/** How money came in on a day. */
export type MoneyIn = 'funding' | 'recharge'

export interface BalanceDay {
  /** When the day was over; of the last day: now. Below zero it is an overdraft. */
  readonly balance: number
  readonly cameIn?: MoneyIn
}

/** What is likely when a day is over, from little to much. */
export interface BalanceForecast {
  readonly low80: number
  readonly low50: number
  readonly middle: number
  readonly high50: number
  readonly high80: number
}

/** Amounts are in one unit throughout; words are the reader's. */
export interface BalanceData {
  /** One after the other, the last is today. */
  readonly days: readonly BalanceDay[]
  /** The days after today; empty where nothing can be said. */
  readonly forecast: readonly BalanceForecast[]
  /** Below it automatic recharge pays in; null where it is off. */
  readonly threshold: number | null
  /** At the last point: `CA$34.27 now`. */
  readonly nowLabel: string
  readonly thresholdLabel: string
}

export interface BalanceLayout {
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
  /** The middle of day `n`, from 0; days of the forecast go on counting. */
  readonly dayX: (day: number) => number
  readonly y: (balance: number) => number
  readonly grid: readonly { readonly y: number; readonly value: number }[]
  readonly zeroY: number
  readonly actual: string
  readonly area: string
  readonly middle: string
  readonly band80: string
  readonly band50: string
  readonly current: { readonly x: number; readonly y: number }
  readonly nowText: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' }
  readonly thresholdY: number | null
  readonly marks: readonly { readonly day: number; readonly x: number; readonly y: number; readonly kind: MoneyIn }[]
  /** Days whose names fit under the axis. */
  readonly names: readonly { readonly x: number; readonly day: number }[]
}

export interface BalanceFrame {
  readonly width: number
  readonly height: number
  readonly dayLabel: (day: number) => string
  readonly valueLabel: (value: number) => string
}

const GRID_LINES = 4
const NAME_GAP = 14

/** Coordinates of everything, for a frame. `data.days` has one day at least. */
export function layoutBalance(data: BalanceData, frame: BalanceFrame, measure: Measure): BalanceLayout {
  const { days, forecast, threshold } = data
  const last = days.length - 1
  const today = days[last]?.balance ?? 0
  const values = [
    0,
    threshold ?? 0,
    ...days.map(({ balance }) => balance),
    ...forecast.flatMap(({ low80, high80 }) => [low80, high80]),
  ]
  const ticks = moneyTicks(Math.min(...values), Math.max(...values))
  const axisRoom = Math.max(...ticks.map((value) => measure(frame.valueLabel(value), 'axis')))
  const plot = { left: axisRoom + 14, right: frame.width - 12, top: 26, bottom: frame.height - 34 }
  const count = days.length + forecast.length
  const slot = (plot.right - plot.left) / Math.max(1, count)
  const dayX = (day: number): number => plot.left + (day + 0.5) * slot
  const y = linear(ticks[0] ?? 0, ticks.at(-1) ?? 1, plot.bottom, plot.top)
  const line = days.map(({ balance }, day): [number, number] => [dayX(day), y(balance)])
  const after = (of: (point: BalanceForecast) => number): [number, number][] => [
    [dayX(last), y(today)],
    ...forecast.map((point, index): [number, number] => [dayX(days.length + index), y(of(point))]),
  ]
  const band = (low: (point: BalanceForecast) => number, high: (point: BalanceForecast) => number): string =>
    forecast.length === 0 ? '' : `${pathThrough([...after(high), ...after(low).reverse()])}Z`
  const current = { x: dayX(last), y: y(today) }
  const zeroY = y(0)
  const nowWidth = measure(data.nowLabel, 'label')
  const fitsLeft = current.x - 12 - nowWidth >= plot.left
  return {
    plot,
    dayX,
    y,
    grid: ticks.map((value) => ({ y: y(value), value })),
    zeroY,
    actual: pathThrough(line),
    area: `${pathThrough([[dayX(0), zeroY], ...line, [current.x, zeroY]])}Z`,
    middle: forecast.length === 0 ? '' : pathThrough(after(({ middle }) => middle)),
    band80: band(
      ({ low80 }) => low80,
      ({ high80 }) => high80,
    ),
    band50: band(
      ({ low50 }) => low50,
      ({ high50 }) => high50,
    ),
    current,
    nowText: {
      x: fitsLeft ? current.x - 12 : current.x + 12,
      // Over the line on its left, so that it never lies on it.
      y: Math.max(plot.top - 8, highestNear(line, current.x - 12 - nowWidth) - 14),
      anchor: fitsLeft ? 'end' : 'start',
    },
    thresholdY: threshold === null ? null : y(threshold),
    marks: days.flatMap(({ balance, cameIn }, day) =>
      cameIn === undefined
        ? []
        : [{ day, x: dayX(day), y: day === last ? besideRing(y(balance), plot.bottom) : y(balance), kind: cameIn }],
    ),
    names: namesThatFit(count, last, dayX, frame, measure),
  }
}

const RING = 20

/** The ring around what is there now would cover a mark: it stands below it, or above it on the ground. */
const besideRing = (y: number, bottom: number): number => (y + RING <= bottom ? y + RING : y - RING)

/** The top of the line from `x` on. */
const highestNear = (line: readonly (readonly [number, number])[], x: number): number =>
  Math.min(...line.filter(([at], index) => at >= x || (line[index + 1]?.[0] ?? at) >= x).map(([, height]) => height))

/** Round amounts from one at or below `low` to one at or above `high`, about five of them. */
export function moneyTicks(low: number, high: number): number[] {
  const rough = Math.max(high - low, 1) / GRID_LINES
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 2.5, 5].find((part) => part * power >= rough) ?? 10) * power
  const [first, last] = [Math.floor(low / step), Math.max(Math.ceil(high / step), Math.floor(low / step) + 1)]
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step)
}

/** Today always; before and after it as many, evenly, as do not touch each other. */
function namesThatFit(
  count: number,
  today: number,
  dayX: (day: number) => number,
  { width, dayLabel }: BalanceFrame,
  measure: Measure,
): BalanceLayout['names'] {
  const half = (day: number): number => measure(dayLabel(day), 'axis') / 2
  const fits = (days: readonly number[]): boolean =>
    days.every((day, index) => {
      const before = days[index - 1]
      return before === undefined || dayX(day) - half(day) - (dayX(before) + half(before)) >= NAME_GAP
    })
  const all = Array.from({ length: count }, (_, day) => day)
  const inside = (day: number): boolean => dayX(day) - half(day) >= 0 && dayX(day) + half(day) <= width
  const every = (step: number): number[] => all.filter((day) => (day - today) % step === 0 && inside(day))
  const step = [1, 2, 5, 7, 10, 14, 30].find((candidate) => fits(every(candidate))) ?? count
  return every(step).map((day) => ({ x: dayX(day), day }))
}
