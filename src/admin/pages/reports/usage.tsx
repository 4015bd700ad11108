/** PSTN usage (A2, facts §13.2): the documented columns, live, with their sums and a chart by day and fund. */
import { Button, Tab, TabList } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { totalsOut } from '../../../api/schema/report.ts'
import { CALL_TYPES } from '../../../core/report.ts'
import { api, type Query, urlOf } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money } from '../../kit/figures.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import {
  type DirectRow,
  USUAL_DIRECT,
  USUAL_USAGE,
  type UsageRow,
  useChosen,
  useDirectColumns,
  useUsageColumns,
} from './columns.tsx'
import { ExportMenu } from './export-menu.tsx'
import { RangeFilter, useRange } from './range.tsx'
import { ReportTabs } from './tabs.tsx'
import { UsageChart } from './usage-chart.tsx'
import { reportWords } from './words.ts'
import './reports.css'

type Totals = z.output<typeof totalsOut>
type Way = 'pstn-usage' | 'direct-routing'

export default function UsagePage() {
  const t = useWords(reportWords)
  const { id, licenceType } = useTenant()
  const isOwnCarrier = licenceType === 'without-calling-plan'
  const [state, setState] = useUrlState({ way: '', name: '', callType: '' })
  const { range } = useRange()
  const report: Way = state.way === 'direct' || (state.way === '' && isOwnCarrier) ? 'direct-routing' : 'pstn-usage'
  const query: Query = { ...range, name: state.name, ...(report === 'pstn-usage' ? { callType: state.callType } : {}) }
  const path = `/v1/tenants/${id}/reports/${report}`
  const clear = (): void => setState({ name: '', callType: '' })
  return (
    <>
      <PageHead title={t('usage')} sentence={t('usageSentence')} above={{ title: t('reports'), to: 'reports/usage' }}>
        <ExportMenu path={`${path}/export`} query={query} formats={['csv', 'xlsx', 'zip']} />
        <MoreMenu curl={{ path: urlOf(path, query) }} />
      </PageHead>
      <ReportTabs shown="usage" />
      <Filters>
        <RangeFilter />
        <FilterText label={t('person')} value={state.name} onChange={(name) => setState({ name })} />
        {report === 'pstn-usage' && (
          <FilterChoice
            label={t('callType')}
            value={state.callType}
            options={CALL_TYPES.map((value) => ({ value, text: t(`type.${value}`) }))}
            onChange={(callType) => setState({ callType })}
          />
        )}
      </Filters>
      <UsageChart report={report} query={query} />
      <Card flush>
        <div className="rp-tools">
          <TabList
            selectedValue={report}
            onTabSelect={(_, { value }) =>
              setState({ way: value === 'direct-routing' ? 'direct' : 'plans', callType: '' })
            }
          >
            <Tab value="pstn-usage">{t('plans')}</Tab>
            <Tab value="direct-routing">{t('direct')}</Tab>
          </TabList>
        </div>
        {report === 'pstn-usage' ? (
          <Usage query={query} isOwnCarrier={isOwnCarrier} onClear={clear} />
        ) : (
          <Direct query={query} onClear={clear} />
        )}
      </Card>
    </>
  )
}

const isNarrowed = ({ name, callType }: Query): boolean =>
  [name, callType].some((one) => one !== undefined && one !== '')

function Usage({
  query,
  isOwnCarrier,
  onClear,
}: {
  readonly query: Query
  readonly isOwnCarrier: boolean
  readonly onClear: () => void
}) {
  const t = useWords(reportWords)
  const { id } = useTenant()
  const all = useUsageColumns()
  const { columns, menu, isWide } = useChosen('usage', all, USUAL_USAGE)
  const path = `/v1/tenants/${id}/reports/pstn-usage`
  const { table } = usePages<UsageRow>(['reports', id, 'usage', query], path, { ...query, limit: 50 })
  return (
    <>
      <div className="rp-menu">{menu}</div>
      <div className={isWide ? 'rp-wide' : ''}>
        <DataTable
          {...table}
          label={t('usage')}
          columns={columns}
          rowKey={(row) => row.id}
          to={(row) => `calls/${row.callId}`}
          empty={<Nothing sentence={t(isOwnCarrier ? 'emptyPlans' : 'empty')} query={query} onClear={onClear} />}
          foot={<Sums report="pstn-usage" query={query} />}
        />
      </div>
    </>
  )
}

function Direct({ query, onClear }: { readonly query: Query; readonly onClear: () => void }) {
  const t = useWords(reportWords)
  const { id } = useTenant()
  const all = useDirectColumns()
  const { columns, menu, isWide } = useChosen('direct', all, USUAL_DIRECT)
  const path = `/v1/tenants/${id}/reports/direct-routing`
  const { table } = usePages<DirectRow>(['reports', id, 'direct', query], path, { ...query, limit: 50 })
  return (
    <>
      <div className="rp-menu">{menu}</div>
      <div className={isWide ? 'rp-wide' : ''}>
        <DataTable
          {...table}
          label={t('direct')}
          columns={columns}
          rowKey={(row) => row.id}
          to={(row) => `calls/${row.correlationId}`}
          empty={<Nothing sentence={t('emptyDirect')} query={query} onClear={onClear} />}
          foot={<Sums report="direct-routing" query={query} />}
        />
      </div>
    </>
  )
}

function Nothing({
  sentence,
  query,
  onClear,
}: {
  readonly sentence: string
  readonly query: Query
  readonly onClear: () => void
}) {
  const t = useWords(reportWords)
  return (
    <EmptyState drawing="handset" sentence={sentence}>
      {isNarrowed(query) && <Button onClick={onClear}>{t('clear')}</Button>}
    </EmptyState>
  )
}

/** Of all rows of the filter, those that are not on the page too. */
function Sums({ report, query }: { readonly report: Way; readonly query: Query }) {
  const t = useWords(reportWords)
  const formats = useFormats()
  const { id } = useTenant()
  const { data } = useQuery({
    queryKey: ['reports', id, report, 'totals', query],
    queryFn: ({ signal }) => api.get<Totals>(`/v1/tenants/${id}/reports/${report}/totals`, { query, signal }),
  })
  if (!data) return null
  return (
    <dl className="rp-sums">
      <div>
        <dt className="unseen">{t('calls')}</dt>
        <dd data-sum="calls">{t('sum', { count: data.calls })}</dd>
      </div>
      <div>
        <dt>{t('sumSpoken')}</dt>
        <dd data-sum="seconds" data-seconds={data.seconds}>
          {formats.duration(data.seconds)}
        </dd>
      </div>
      <div>
        <dt>{t('sumCharge')}</dt>
        <dd data-sum="charge">
          <Money money={data.charge} style="exact" />
        </dd>
      </div>
    </dl>
  )
}
