/**
 * The signature pictures: pure SVG from props. All words come in the reader's language, time and width are arguments, nothing is
 * fetched. Colours are the CSS variables of `pictures.css` (light, dark, high contrast, paper); `theme/funds.ts` says which.
 */
import './pictures.css'

export { BalanceLine, type BalanceLineProps, type BalanceRow, balanceTwin, MoneySign } from './balance-line.tsx'
export { BurnDown, type BurnDownDay, type BurnDownProps, burnDownTwin } from './burn-down.tsx'
export { CallTimeline, type CallTimelineProps, type SegmentFigures, timelineTwin } from './call-timeline.tsx'
export { basketsTwin, CostByBasket, type CostByBasketProps } from './cost-by-basket.tsx'
export { Drawing } from './drawing.tsx'
export type { BalanceData, BalanceDay, BalanceForecast } from './layout/balance.ts'
export type { Basket, BasketPart } from './layout/baskets.ts'
export {
  type BurnDownData,
  type DryWindow,
  type ForecastPoint,
  isWorthDrawing,
  type LeftPoint,
} from './layout/burn-down.ts'
export type { Lot } from './layout/lots.ts'
export { clockSeconds } from './layout/scale.ts'
export type { TimelineData, TimelineEvent, TimelineGrant, TimelineSegment } from './layout/timeline.ts'
export { useMeasure, useWidth } from './measure.ts'
export { MiniBar, type MiniBarProps } from './mini-bar.tsx'
export { edgeOf, FundSwatch, fillOf, Legend, type LegendKey, Paint, usePaintId } from './paint.tsx'
export { PoolBar, type PoolBarProps } from './pool-bar.tsx'
export { DayBars, type DayBarsProps, Sparkline, type SparklineProps } from './sparkline.tsx'
export { Pictured, type Twin, TwinTable } from './twin.tsx'
export { lotsTwin, WalletLots, type WalletLotsProps } from './wallet-lots.tsx'
