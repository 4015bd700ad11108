/** PSTN minute pools (A2, facts §13.1): the documented columns of a month, and the documented chart. */
import { Button, Dropdown, Option } from '@fluentui/react-components'
import { ChartMultipleRegular, TableRegular } from '@fluentui/react-icons'
import type { z } from 'zod'
import type { poolRowOut } from '../../../api/schema/report.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { instant, parseMonth, periodOf, type TimeZone } from '../../../core/time.ts'
import { urlOf } from '../../data/client.ts'
import { useLiveQueries } from '../../data/live.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Filters } from '../../kit/filters.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useTenantNow } from '../../kit/tenant-now.ts'
import { usePages } from '../../kit/use-pages.ts'
import { Legend, Pictured } from '../../pictures/index.ts'
import type { Fund } from '../../theme/funds.ts'
import { isolated } from '../../words/i18n.ts'
import { useFormats, useLanguage, useShown, useWords } from '../../words/use.tsx'
import { ExportMenu } from './export-menu.tsx'
import { type Bar, StackedBars } from './stacked-bars.tsx'
import { ReportTabs } from './tabs.tsx'
import { reportWords } from './words.ts'
import './reports.css'

type PoolRow = z.output<typeof poolRowOut>

const MONTHS_SHOWN = 12
const SIGN: Readonly<Record<PoolRow['plan'], Fund>> = { domestic: 'pool', international: 'addon', conference: 'blind' }
const USED = { domestic: 'domesticUsed', international: 'internationalUsed', conference: 'conferenceUsed' } as const

/** The tenant's current month and those before it. */
function useMonths(): string[] {
  const { timeZone } = useTenant()
  const now = instant(useTenantNow())
  const [year = 0, month = 0] = periodOf(now, timeZone as TimeZone)
    .month.split('-')
    .map(Number)
  return Array.from({ length: MONTHS_SHOWN }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7),
  )
}

export default function PoolsReportPage() {
  const t = useWords(reportWords)
  const formats = useFormats()
  const { id, licenceType } = useTenant()
  const months = useMonths()
  const [state, setState] = useUrlState({ month: '', view: '' })
  const month = parseMonth(state.month) ?? months[0] ?? ''
  const path = `/v1/tenants/${id}/reports/pstn-minute-pools`
  const { table, items } = usePages<PoolRow>(['reports', id, 'pools', month], path, { month, limit: 200 })
  useLiveQueries('pools', [['reports', id, 'pools']])
  const isTable = state.view === 'table'
  const isEmpty = items?.every(({ totalSeconds, usedSeconds }) => totalSeconds === 0 && usedSeconds === 0) ?? false
  return (
    <>
      <PageHead title={t('pools')} sentence={t('poolsSentence')} above={{ title: t('reports'), to: 'reports/usage' }}>
        <ExportMenu path={`${path}/export`} query={{ month }} formats={['csv', 'xlsx']} />
        <MoreMenu curl={{ path: urlOf(path, { month }) }} />
      </PageHead>
      <ReportTabs shown="pools" />
      <Filters>
        <Dropdown
          clearButton={null}
          aria-label={t('month')}
          translate="no"
          value={formats.month(month)}
          selectedOptions={[month]}
          onOptionSelect={(_, { optionValue }) =>
            setState({ month: optionValue === months[0] ? '' : (optionValue ?? '') })
          }
        >
          {months.map((name) => (
            <Option key={name} value={name} text={formats.month(name)}>
              <span translate="no">{formats.month(name)}</span>
            </Option>
          ))}
        </Dropdown>
      </Filters>
      {items && !isEmpty && (
        <Card
          title={t('poolChart')}
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
          <Chart rows={items} isTable={isTable} />
        </Card>
      )}
      <Card flush>
        <DataTable
          {...table}
          rows={isEmpty ? [] : table.rows}
          label={t('pools')}
          columns={useColumns()}
          rowKey={(row) => `${row.country} ${row.plan}`}
          empty={
            <EmptyState
              drawing="lots"
              sentence={t(licenceType === 'without-calling-plan' ? 'emptyPoolsDirect' : 'emptyPools')}
            />
          }
        />
      </Card>
    </>
  )
}

function useColumns(): Column<PoolRow>[] {
  const t = useWords(reportWords)
  const language = useLanguage()
  const minutes = (seconds: number) => <Minutes seconds={seconds} />
  return [
    {
      id: 'country',
      title: t('pool.country'),
      phone: 'title',
      cell: (row) => <span translate="no">{countryName(row.country as Country, language)}</span>,
    },
    {
      id: 'description',
      title: t('pool.description'),
      phone: 'fact',
      cell: (row) => <span translate="no">{row.capabilityDescription}</span>,
    },
    { id: 'total', title: t('pool.total'), align: 'right', cell: (row) => minutes(row.totalSeconds) },
    { id: 'used', title: t('pool.used'), align: 'right', phone: 'note', cell: (row) => minutes(row.usedSeconds) },
    {
      id: 'available',
      title: t('pool.available'),
      align: 'right',
      phone: 'figure',
      cell: (row) => <Available row={row} />,
    },
    { id: 'capability', title: t('pool.capability'), cell: (row) => <code>{row.capability}</code> },
  ]
}

/** Whole minutes, or to a hundredth where a part of one is used. */
function Minutes({ seconds }: { readonly seconds: number }) {
  const formats = useFormats()
  return (
    <span className="num" data-seconds={seconds} title={formats.duration(seconds)}>
      {formats.number(seconds / 60, { maximumFractionDigits: 2 })}
    </span>
  )
}

function Available({ row }: { readonly row: PoolRow }) {
  const t = useWords(reportWords)
  const formats = useFormats()
  const { totalSeconds, usedSeconds, reservedSeconds, availableSeconds } = row
  const over = usedSeconds - totalSeconds
  const minutes = (seconds: number): string => formats.number(seconds / 60, { maximumFractionDigits: 2 })
  return (
    <>
      <Minutes seconds={availableSeconds} />
      {reservedSeconds > 0 && <em>{t('pool.held', { minutes: minutes(reservedSeconds) })}</em>}
      {over > 0 && <em>{t('pool.over', { minutes: minutes(over) })}</em>}
    </>
  )
}

function Chart({ rows, isTable }: { readonly rows: readonly PoolRow[]; readonly isTable: boolean }) {
  const t = useWords(reportWords)
  const formats = useFormats()
  const language = useLanguage()
  const countries = [...new Set(rows.map(({ country }) => country))]
  const plans = (['domestic', 'international', 'conference'] as const).filter((plan) =>
    rows.some((row) => row.plan === plan && row.usedSeconds > 0),
  )
  const of = (country: string) => rows.filter((row) => row.country === country)
  const used = (country: string, plan: PoolRow['plan']): number =>
    of(country).find((row) => row.plan === plan)?.usedSeconds ?? 0
  const unused = (country: string): number =>
    of(country).reduce((sum, row) => sum + row.availableSeconds + row.reservedSeconds, 0)
  const shown = useShown()
  const name = (country: string): string => isolated(countryName(country as Country, language), shown)
  const minutes = (seconds: number): string => formats.number(seconds / 60, { maximumFractionDigits: 2 })
  const bars: Bar[] = countries.map((country) => ({
    key: country,
    axis: name(country),
    title: [
      name(country),
      ...plans.map((plan) => `${t(USED[plan])} ${minutes(used(country, plan))}`),
      `${t('unused')} ${minutes(unused(country))}`,
    ].join('\n'),
    parts: [
      ...plans.map((plan) => ({ fund: SIGN[plan], value: used(country, plan) / 60 })),
      { fund: 'free' as const, value: unused(country) / 60 },
    ],
  }))
  return (
    <div className="rp-chart rp-pools">
      <Legend
        entries={[
          ...plans.map((plan) => ({ sign: SIGN[plan], label: t(USED[plan]) })),
          { sign: 'free' as const, label: t('unused') },
        ]}
      />
      <Pictured
        view={isTable ? 'table' : 'picture'}
        table={{
          caption: t('pools'),
          columns: [
            { label: t('pool.country') },
            ...plans.map((plan) => ({ label: t(USED[plan]), isNumber: true })),
            { label: t('unused'), isNumber: true },
          ],
          rows: countries.map((country) => [
            name(country),
            ...plans.map((plan) => minutes(used(country, plan))),
            minutes(unused(country)),
          ]),
        }}
      >
        <StackedBars bars={bars} format={(value) => formats.number(value)} label={t('poolChart')} height={220} />
      </Pictured>
    </div>
  )
}
