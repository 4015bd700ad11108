/** Minutes of plans and money of credits, by day, as the ledger has them; where calls are a choice, what they spoke and cost. */
import { Button } from '@fluentui/react-components'
import { ChartMultipleRegular, TableRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { chartOut } from '../../../api/schema/report.ts'
import { api, type Query } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { Legend, Pictured, type Twin } from '../../pictures/index.ts'
import type { Fund } from '../../theme/funds.ts'
import { isolated } from '../../words/i18n.ts'
import { useFormats, useShown, useWords } from '../../words/use.tsx'
import { type Bar, StackedBars } from './stacked-bars.tsx'
import { reportWords } from './words.ts'

type Chart = z.output<typeof chartOut>
type Part = Chart['parts'][number]
type FundName = 'domestic' | 'international' | 'conference'

const SIGN: Readonly<Record<FundName, Fund>> = { domestic: 'pool', international: 'addon', conference: 'blind' }
const PLANS: readonly FundName[] = ['domestic', 'international', 'conference']

export function UsageChart({ report, query }: { readonly report: string; readonly query: Query }) {
  const t = useWords(reportWords)
  const { id } = useTenant()
  const [{ view }, setState] = useUrlState({ view: '' })
  const found = useQuery({
    queryKey: ['reports', id, report, 'chart', query],
    queryFn: ({ signal }) => api.get<Chart>(`/v1/tenants/${id}/reports/${report}/chart`, { query, signal }),
    placeholderData: (before) => before,
  })
  const isTable = view === 'table'
  const title =
    found.data?.step === 'month' ? 'chartMonth' : found.data?.parts[0]?.funds === null ? 'chartSome' : 'chart'
  return (
    <Card
      title={t(title)}
      aside={
        <Button
          size="small"
          appearance="subtle"
          icon={isTable ? <ChartMultipleRegular /> : <TableRegular />}
          onClick={() => setState({ view: isTable ? '' : 'table' })}
        >
          {t(isTable ? 'showChart' : 'showTable')}
        </Button>
      }
    >
      <Block query={found} lines={6}>
        {(chart) => <Drawn chart={chart} isTable={isTable} />}
      </Block>
    </Card>
  )
}

const NOON = 'T12:00:00Z'

function Drawn({ chart, isTable }: { readonly chart: Chart; readonly isTable: boolean }) {
  const t = useWords(reportWords)
  const shown = useShown()
  const data = (text: string): string => isolated(text, shown)
  const formats = useFormats()
  const { currency } = useTenant()
  const hasFunds = chart.parts.some(({ funds }) => funds !== null)
  const name = (part: Part): string =>
    data(chart.step === 'month' ? formats.month(part.from.slice(0, 7)) : dayName(formats.language, part.from))
  const exact = (part: Part): string => data(formats.money({ amount: spent(part), currency }, 'exact'))
  const seconds = (part: Part, plan: FundName): number => part.funds?.find(({ fund }) => fund === plan)?.seconds ?? 0
  const spent = (part: Part): string =>
    (hasFunds ? part.funds?.find(({ fund }) => fund === 'wallet')?.amount?.amount : part.charge.amount) ?? '0'
  const shownPlans = PLANS.filter((plan) => plan === 'domestic' || chart.parts.some((part) => seconds(part, plan) > 0))
  const minuteBars: Bar[] = chart.parts.map((part) => {
    const parts = hasFunds
      ? shownPlans.map((plan) => ({ fund: SIGN[plan], value: seconds(part, plan) / 60 }))
      : [{ fund: 'free' as const, value: part.seconds / 60 }]
    const told = hasFunds
      ? shownPlans.map((plan) => `${t(plan)} ${data(formats.spoken(seconds(part, plan)))}`)
      : [`${t('spoken')} ${data(formats.spoken(part.seconds))}`]
    return {
      key: part.from,
      axis: data(axisName(formats.language, part.from, chart.step)),
      title: [name(part), ...told].join('\n'),
      parts,
    }
  })
  const moneyBars: Bar[] = chart.parts.map((part) => ({
    key: part.from,
    axis: data(axisName(formats.language, part.from, chart.step)),
    title: `${name(part)}\n${exact(part)}`,
    parts: [{ fund: 'credits' as const, value: Number(spent(part)) }],
  }))
  const money = (value: number): string =>
    data(formats.money({ amount: value.toFixed(value < 10 && value !== Math.round(value) ? 2 : 0), currency }))
  const table: Twin = {
    caption: t('usage'),
    columns: [
      { label: t('day') },
      { label: t('calls'), isNumber: true },
      ...(hasFunds ? shownPlans.map((plan) => ({ label: t(plan), isNumber: true })) : []),
      { label: t('spoken'), isNumber: true },
      { label: hasFunds ? t('credits') : t('column.charge'), isNumber: true },
    ],
    rows: chart.parts.map((part) => [
      name(part),
      formats.number(part.calls),
      ...(hasFunds ? shownPlans.map((plan) => formats.duration(seconds(part, plan))) : []),
      formats.duration(part.seconds),
      exact(part),
    ]),
  }
  const entries = [
    ...(hasFunds
      ? shownPlans.map((plan) => ({ sign: SIGN[plan], label: t(plan) }))
      : [{ sign: 'free' as const, label: t('spoken') }]),
    { sign: 'credits' as const, label: hasFunds ? t('credits') : t('column.charge') },
  ]
  return (
    <div className="rp-chart">
      <Legend entries={entries} />
      <Pictured view={isTable ? 'table' : 'picture'} table={table}>
        <div className="rp-charts">
          <figure>
            <figcaption>{t(hasFunds ? 'poolMinutes' : 'minutes')}</figcaption>
            <StackedBars bars={minuteBars} format={(value) => formats.number(value)} label={t('minutes')} />
          </figure>
          <figure>
            <figcaption>{hasFunds ? t('moneyOf') : t('column.charge')}</figcaption>
            <StackedBars bars={moneyBars} format={money} label={t('moneyOf')} height={140} />
          </figure>
        </div>
      </Pictured>
    </div>
  )
}

/** A calendar day is a day of no zone. */
const dayName = (language: string, day: string): string =>
  new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  }).format(new Date(day + NOON))

const axisName = (language: string, day: string, step: Chart['step']): string =>
  new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    timeZone: 'UTC',
    ...(step === 'month' ? { month: 'short' } : { day: 'numeric', month: 'short' }),
  }).format(new Date(day + NOON))
