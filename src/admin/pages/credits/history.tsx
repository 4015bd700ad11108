/** The balance at the end of each day, as the ledger has it, where money came in, and what is likely to be left in the days to come. */
import { Button } from '@fluentui/react-components'
import { useMemo } from 'react'
import { Card } from '../../kit/card.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { type BalanceData, BalanceLine, balanceTwin, Legend, MoneySign, Pictured } from '../../pictures/index.ts'
import { formatsFor, type MoneyText } from '../../words/format.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import {
  isZero,
  microsOf,
  useForecast,
  useRecharge,
  useWallet,
  useWalletDays,
  type WalletDays,
  type WalletForecast,
} from './data.ts'
import { creditsWords } from './words.ts'

/** As many days ahead as make a line that can still be read. */
const DAYS_AHEAD = 14

export function History() {
  const t = useWords(creditsWords)
  const [{ balance: view }, setState] = useUrlState({ balance: 'chart' })
  const days = useWalletDays()
  const isTable = view === 'table'
  const isUsed = days.data?.days.some((day) => !isZero(day.balance) || !isZero(day.in) || !isZero(day.out)) ?? true
  return (
    <Card
      title={t('history')}
      className="c-history"
      aside={
        isUsed && (
          <Button
            size="small"
            appearance="subtle"
            className="no-print"
            onClick={() => setState({ balance: isTable ? 'chart' : 'table' })}
          >
            {t(isTable ? 'showChart' : 'showTable')}
          </Button>
        )
      }
    >
      {days.error && !days.data ? (
        <BlockError error={days.error} onRetry={days.refetch} />
      ) : days.data === undefined ? (
        <Skeleton lines={6} height={22} />
      ) : isUsed ? (
        <Drawn days={days.data.days} isTable={isTable} />
      ) : (
        <p className="k-quiet">{t('historyEmpty')}</p>
      )}
    </Card>
  )
}

/** For places in a picture alone: what is written comes from the decimal text. */
const drawn = (money: MoneyText): number => Number(microsOf(money)) / 1e6

interface DrawnProps {
  readonly days: WalletDays['days']
  readonly isTable: boolean
}

function Drawn({ days, isTable }: DrawnProps) {
  const t = useWords(creditsWords)
  const formats = useFormats()
  const recharge = useRecharge().data?.autoRecharge
  const forecast = useForecast().data?.wallet ?? null
  const today = days.at(-1)
  const currency = today?.balance.currency ?? ''
  const ahead = useMemo(() => daysAhead(forecast, today?.day ?? ''), [forecast, today])
  const threshold = recharge?.enabled ? recharge.threshold : null
  const overdraft = useWallet().data?.overdraft
  const floor = overdraft ? -drawn(overdraft.limit) : 0
  const nowLabel = today ? t('historyNow', { amount: formats.money(today.balance) }) : ''
  const thresholdLabel = threshold ? t('historyThreshold', { amount: formats.money(threshold) }) : ''
  const balance = useMemo(
    (): BalanceData => ({
      days: days.map((day) => ({
        balance: drawn(day.balance),
        ...(isZero(day.in) ? {} : { cameIn: day.recharges > 0 ? ('recharge' as const) : ('funding' as const) }),
      })),
      forecast: ahead.map(({ p10, p25, p50, p75, p90 }) => ({
        low80: notBelow(p10, floor),
        low50: notBelow(p25, floor),
        middle: notBelow(p50, floor),
        high50: notBelow(p75, floor),
        high80: notBelow(p90, floor),
      })),
      threshold: threshold ? drawn(threshold) : null,
      nowLabel,
      thresholdLabel,
    }),
    [days, ahead, floor, threshold, nowLabel, thresholdLabel],
  )
  // A local day is the same day whoever reads it.
  const names = formatsFor(formats.language, 'UTC')
  const dayName = (day: string): string => names.day(`${day}T12:00:00Z`)
  const nameOf = (index: number): string => dayName(days[index]?.day ?? ahead[index - days.length]?.day ?? '')
  const money = (amount: string): string => formats.money({ amount, currency })
  const describe = (index: number): string => {
    const day = days[index]
    if (day === undefined) {
      const likely = ahead[index - days.length]
      return likely
        ? t('historyLikely', {
            day: dayName(likely.day),
            low: money(String(notBelow(likely.p10, floor))),
            high: money(String(notBelow(likely.p90, floor))),
          })
        : ''
    }
    const said = { day: dayName(day.day), amount: formats.money(day.balance) }
    return [
      t(day === today ? 'historyToday' : 'historyDay', said),
      ...(isZero(day.in) ? [] : [t('historyCameIn', { amount: formats.money(day.in) })]),
      ...(isZero(day.out) ? [] : [t('historyWentOut', { amount: formats.money(day.out) })]),
    ].join(' · ')
  }
  const columns = [t('columnDay'), t('columnIn'), t('columnOut'), t('columnBalance')] as const
  const exact = (value: MoneyText): string => (isZero(value) ? '–' : formats.money(value, 'exact'))
  const rows = days.map((day) => ({
    day: dayName(day.day),
    cameIn: exact(day.in),
    wentOut: exact(day.out),
    balance: formats.money(day.balance, 'exact'),
  }))
  const cameIn = new Set(balance.days.map((day) => day.cameIn))
  return (
    <div translate="no">
      <Pictured view={isTable ? 'table' : 'picture'} table={balanceTwin(t('historyTable'), columns, rows)}>
        <BalanceLine
          balance={balance}
          label={t('historyLabel', {
            from: nameOf(0),
            to: nameOf(days.length - 1),
            amount: today ? formats.money(today.balance) : '',
          })}
          dayLabel={nameOf}
          valueLabel={(value) => money(String(value))}
          cursor={{ label: t('historyWalk'), describe }}
        />
        <div className="c-history-keys">
          <Legend
            fund="credits"
            entries={[
              { sign: 'line', label: t('keyBalance') },
              ...(ahead.length > 0 ? [{ sign: 'cone' as const, label: t('keyForecast') }] : []),
            ]}
          />
          {(['funding', 'recharge'] as const)
            .filter((kind) => cameIn.has(kind))
            .map((kind) => (
              <span key={kind}>
                <MoneySign kind={kind} />
                {t(kind === 'funding' ? 'keyFunding' : 'keyRecharge')}
              </span>
            ))}
        </div>
      </Pictured>
      <ul hidden>
        {days.map((day) => (
          <li key={day.day} data-day={day.day} data-balance={day.balance.amount} />
        ))}
      </ul>
    </div>
  )
}

/** The forecast begins today; today is drawn as it stands. */
const daysAhead = (forecast: WalletForecast | null, today: string): WalletForecast['days'] =>
  (forecast?.days ?? []).filter(({ day }) => day > today).slice(0, DAYS_AHEAD)

/** A wallet that would be spent is empty, or as far below zero as its overdraft: calls end there. */
const notBelow = (amount: string, floor: number): number => Math.max(floor, Number(amount))
