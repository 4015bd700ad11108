/** Money, durations and moments as components: one look everywhere, the whole truth in the title. */
import type { Moment, MoneyText } from '../words/format.ts'
import { useFormats } from '../words/use.tsx'
import { useTicking } from './ticking.ts'
import './kit.css'

export interface MoneyProps {
  readonly money: MoneyText
  /** `list` (default): the currency's decimals. `exact`: six. `rate`: as many as it has. */
  readonly style?: 'list' | 'exact' | 'rate'
}

/** `data-amount` is the amount as the server said it: tests add these up. */
export function Money({ money, style = 'list' }: MoneyProps) {
  const formats = useFormats()
  const shown = formats.money(money, style)
  const exact = formats.money(money, 'exact')
  return (
    <span className="num k-money" data-amount={money.amount} title={exact === shown ? undefined : exact} translate="no">
      {shown}
    </span>
  )
}

/** Whole seconds as `m:ss`. Not for screen readers to follow while it ticks. */
export function Duration({ seconds }: { readonly seconds: number }) {
  const formats = useFormats()
  return (
    <time className="num" dateTime={`PT${Math.max(0, Math.floor(seconds))}S`} title={formats.spoken(seconds)}>
      {formats.duration(seconds)}
    </time>
  )
}

/** Seconds that go on by themselves from a server's fact: `since` up, or `until` down. At most four writes a second. */
export function TickingDuration({
  since,
  until,
}: {
  readonly since?: string | number
  readonly until?: string | number
}) {
  const now = useTicking()
  const from = new Date(since ?? until ?? now).getTime()
  return <Duration seconds={Math.max(0, (since === undefined ? from - now : now - from) / 1000)} />
}

export interface WhenProps {
  readonly at: Moment
  /** `moment` (default) `12 Nov, 10:42`; `relative` `12 s ago`. The title says it to the second with its zone. */
  readonly style?: 'moment' | 'day' | 'time' | 'timeExact' | 'relative' | 'weekday' | 'dayLong'
}

export function When({ at, style = 'moment' }: WhenProps) {
  const formats = useFormats()
  const now = useTicking(style === 'relative' ? 5_000 : null)
  const shown = style === 'relative' ? formats.relative(at, now) : formats[style](at)
  return (
    <time className="num" dateTime={new Date(at).toISOString()} title={formats.momentExact(at)}>
      {shown}
    </time>
  )
}
