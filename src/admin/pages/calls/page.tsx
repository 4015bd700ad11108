/** Call history: every call, with what it cost and why. All filters are in the address. */
import { Button, Input, Switch } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { CallItem } from '../../../api/schema/call.ts'
import { CLASSIFICATIONS, DIRECTIONS, FUND_FILTERS } from '../../../core/call-kinds.ts'
import { parseDay } from '../../../core/local-day.ts'
import type { TimeZone } from '../../../core/time.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Duration, Money, When } from '../../kit/figures.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { MiniBar } from '../../pictures/index.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { callWords } from './call-words.ts'
import { ExportMenu, listPath } from './export-menu.tsx'
import { type CallFilters, daysOfPeriod, NO_FILTERS, PERIODS, queryOf } from './filters.ts'
import { NewCalls } from './new-calls.tsx'
import { PersonFilter } from './person-filter.tsx'
import { fundOf, nameOf, useEndNames, useKindNames, wasCut } from './source.ts'
import { TotalsRow, useTotals } from './totals.tsx'
import { callsWords } from './words.ts'
import './calls.css'

const OUTCOMES = [
  'caller-hung-up',
  'callee-hung-up',
  'funds-exhausted',
  'cut-by-admin',
  'charging-unreachable',
  'limit-reached',
  'no-answer',
  'busy',
  'cancelled',
  'switch-silent',
  'credit-limit-reached',
  'credits-not-permitted',
  'licence-required',
  'policy-barred',
  'rate-missing',
  'destination-barred',
  'invalid-number',
] as const
const LENGTHS = ['1', '5', '10', '30', '60'] as const
const PAGE = 50

export default function CallsPage() {
  const t = useWords(callsWords)
  const { id, timeZone } = useTenant()
  const [filters, setFilters] = useUrlState(NO_FILTERS)
  const zone = timeZone as TimeZone
  const query = queryOf(filters, zone)
  const question = JSON.stringify(query)
  const list = usePages<CallItem>(['calls', id, question], `/v1/tenants/${id}/calls`, { ...query, limit: PAGE })
  const [fresh, setFresh] = useState(0)
  const { totals } = useTotals(query, fresh)
  const isFiltered = Object.values(filters).some((value) => value !== '')
  const { hasMore, isLoadingMore, onMore } = list.table
  const isSearching = hasMore && list.items?.length === 0
  // Rare calls lie far back: the next look is asked for until something is found or there is no more.
  useEffect(() => {
    if (isSearching && !isLoadingMore) onMore()
  }, [isSearching, isLoadingMore, onMore])
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path: listPath(id, query) }} />
        <ExportMenu query={query} calls={totals?.isWhole ? totals.calls : null} />
      </PageHead>
      <FilterRow filters={filters} setFilters={setFilters} />
      <NewCalls
        key={question}
        query={query}
        shown={list.isOfBefore ? undefined : list.items}
        hasMore={hasMore}
        onShow={() => setFresh((before) => before + 1)}
      />
      <Card flush className="calls-card">
        {isSearching ? (
          <EmptyState drawing="ring" sentence={t('searchingSoon')} />
        ) : (
          <Table
            list={list}
            isFiltered={isFiltered}
            onClear={() => setFilters(NO_FILTERS)}
            foot={<TotalsRow totals={totals} />}
          />
        )}
      </Card>
    </>
  )
}

interface FilterRowProps {
  readonly filters: CallFilters
  readonly setFilters: (changes: Partial<CallFilters>) => void
}

function FilterRow({ filters, setFilters }: FilterRowProps) {
  const t = useWords(callsWords)
  const names = useWords(callWords)
  const kindName = useKindNames()
  const endName = useEndNames()
  const { timeZone } = useTenant()
  const { period, from, to, kind, direction, fund, outcome, min, charged, result } = filters
  const isCustom = period === 'custom' || (period === '' && (from !== '' || to !== ''))
  const choosePeriod = (value: string): void => {
    const [first, last] = daysOfPeriod(filters, timeZone as TimeZone)
    setFilters(
      value === 'custom' ? { period: value, from: first ?? '', to: last ?? '' } : { period: value, from: '', to: '' },
    )
  }
  return (
    <Filters>
      <FilterText label={t('number')} value={filters.number} onChange={(number) => setFilters({ number })} />
      <FilterChoice
        label={t('period')}
        value={isCustom ? 'custom' : period}
        options={PERIODS.map((value) => ({ value, text: t(`period.${value}`) }))}
        onChange={choosePeriod}
      />
      {isCustom && (
        <span className="calls-days">
          <Input
            type="date"
            aria-label={t('from')}
            value={parseDay(from) ?? ''}
            onChange={(_, { value }) => setFilters({ from: value })}
          />
          <Input
            type="date"
            aria-label={t('to')}
            value={parseDay(to) ?? ''}
            onChange={(_, { value }) => setFilters({ to: value })}
          />
        </span>
      )}
      <PersonFilter value={filters.user} onChange={(user) => setFilters({ user })} />
      <FilterChoice
        label={t('kind')}
        value={kind}
        options={CLASSIFICATIONS.map((value) => ({ value, text: kindName(value) }))}
        onChange={(value) => setFilters({ kind: value })}
      />
      <FilterChoice
        label={t('fund')}
        value={fund}
        options={FUND_FILTERS.map((value) => ({ value, text: names(`fund.${value}`) }))}
        onChange={(value) => setFilters({ fund: value })}
      />
      <FilterChoice
        label={t('direction')}
        value={direction}
        options={DIRECTIONS.map((value) => ({ value, text: names(`direction.${value}`) }))}
        onChange={(value) => setFilters({ direction: value })}
      />
      <FilterChoice
        label={t('outcome')}
        value={outcome}
        options={OUTCOMES.map((value) => ({ value, text: endName(value) }))}
        onChange={(value) => setFilters({ outcome: value })}
      />
      <FilterChoice
        label={t('length')}
        value={min}
        options={LENGTHS.map((value) => ({ value, text: t('minutes', { n: Number(value) }) }))}
        onChange={(value) => setFilters({ min: value })}
      />
      {result === 'refused' ? (
        <span className="k-filter k-filter-on calls-pill">
          <b>{t('refusedOnly')}</b>
          <Button
            size="small"
            appearance="transparent"
            icon={<DismissRegular />}
            aria-label={t('removeFilter', { what: t('refusedOnly') })}
            onClick={() => setFilters({ result: '' })}
          />
        </span>
      ) : (
        <Switch
          label={t('refusedToo')}
          checked={result !== 'ended'}
          onChange={(_, { checked }) => setFilters({ result: checked ? '' : 'ended' })}
        />
      )}
      <Switch
        label={t('charged')}
        checked={charged === 'true'}
        onChange={(_, { checked }) => setFilters({ charged: checked ? 'true' : '' })}
      />
    </Filters>
  )
}

interface TableProps {
  readonly list: ReturnType<typeof usePages<CallItem>>
  readonly isFiltered: boolean
  readonly onClear: () => void
  readonly foot: React.ReactNode
}

function Table({ list, isFiltered, onClear, foot }: TableProps) {
  const t = useWords(callsWords)
  const language = useLanguage()
  const kindName = useKindNames()
  const endName = useEndNames()
  const names = useWords(callWords)
  const rows = list.items
  const longest = useMemo(
    () => Math.max(60, ...(rows ?? []).map(({ chargedSeconds }) => Math.min(3_600, chargedSeconds))),
    [rows],
  )
  const who = (call: CallItem): string =>
    call.direction === 'in'
      ? (call.callingNumber ?? names('outside'))
      : (call.userName ?? call.callingNumber ?? names('outside'))
  const toWhom = (call: CallItem): string =>
    call.direction === 'in' ? (call.userName ?? call.calledNumber) : call.calledNumber
  const columns: readonly Column<CallItem>[] = [
    {
      id: 'time',
      title: t('time'),
      width: '128px',
      phone: 'note',
      cell: ({ id, startedAt }) => (
        <Go to={`calls/${id}`} className="calls-time">
          <When at={startedAt} />
        </Go>
      ),
    },
    {
      id: 'who',
      title: t('who'),
      phone: 'title',
      cell: (call) => <span translate="no">{who(call)}</span>,
    },
    {
      id: 'to',
      title: t('toWhom'),
      phone: 'fact',
      cell: (call) => (
        <>
          <span className="num" translate="no">
            {toWhom(call)}
          </span>
          {call.country !== null && (
            <em className="calls-place" translate="no">
              {nameOf(call.country, language)}
            </em>
          )}
        </>
      ),
    },
    { id: 'kind', title: t('kind'), from: 1024, cell: ({ classification }) => kindName(classification) },
    {
      id: 'duration',
      title: t('duration'),
      align: 'right',
      cell: (call) => (call.result === 'refused' ? '–' : <Duration seconds={call.chargedSeconds} />),
    },
    { id: 'funds', title: t('funds'), width: '16%', from: 1024, cell: (call) => <Funds call={call} scale={longest} /> },
    {
      id: 'charge',
      title: t('charge'),
      align: 'right',
      phone: 'figure',
      cell: ({ charge }) => <Money money={charge} />,
    },
    {
      id: 'end',
      title: t('end'),
      cell: ({ endCause, refusal }) => (
        <span className={refusal || wasCut(endCause) ? 'calls-bad' : undefined}>{endName(endCause)}</span>
      ),
    },
  ]
  return (
    <DataTable
      label={t('title')}
      columns={columns}
      rowKey={({ id }) => id}
      to={({ id }) => `calls/${id}`}
      {...list.table}
      foot={
        <>
          {foot}
          <More list={list} />
        </>
      }
      empty={
        isFiltered ? (
          <EmptyState drawing="ring" sentence={t('none')}>
            <Button onClick={onClear}>{t('clear')}</Button>
          </EmptyState>
        ) : (
          <EmptyState drawing="handset" sentence={t('empty')} />
        )
      }
    />
  )
}

function Funds({ call, scale }: { readonly call: CallItem; readonly scale: number }) {
  if (call.result === 'refused' || call.chargedSeconds === 0) return null
  const parts = call.segments.length > 0 ? call.segments : [{ source: '', seconds: call.chargedSeconds }]
  return (
    <MiniBar
      spoken={parts.map(({ source, seconds }) => ({ fund: fundOf(source), seconds }))}
      end={wasCut(call.endCause) ? 'cut' : 'hangup'}
      scale={Math.max(scale, call.chargedSeconds)}
    />
  )
}

/** Near the end of the list the next page comes by itself. */
function More({ list }: { readonly list: TableProps['list'] }) {
  const end = useRef<HTMLDivElement>(null)
  const { hasMore, isLoadingMore, onMore } = list.table
  const latest = useRef(onMore)
  latest.current = onMore
  useEffect(() => {
    if (!hasMore || isLoadingMore || !end.current) return
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '600px',
    })
    seen.observe(end.current)
    return () => seen.disconnect()
  }, [hasMore, isLoadingMore])
  return <div ref={end} />
}
