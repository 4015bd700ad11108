/** Get, assign and bring numbers: what is in service, who has it, where help is sent to. */
import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons'
import { type Country, countryName } from '../../../core/country.ts'
import { NUMBER_TYPES } from '../../../core/number.ts'
import { useLiveQueries } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Duration } from '../../kit/figures.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { useAt, useGo, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { type PhoneNumberRow, useQuota } from './data.ts'
import { NumberPanel } from './panel.tsx'
import { numbersWords, numberWords } from './words.ts'
import './numbers.css'

const FILTERS = { q: '', type: '', country: '', status: '' } as const

export default function NumbersPage() {
  const t = useWords(numbersWords)
  const n = useWords(numberWords)
  const language = useLanguage()
  const { id } = useTenant()
  const go = useGo()
  const at = useAt()
  const mayOrder = useMay('number:order')
  const mayBring = useMay('port:edit')
  const [filters, setFilters] = useUrlState(FILTERS)
  const [{ panel }, setPanel] = useUrlState({ panel: '' })
  const path = `/v1/tenants/${id}/phone-numbers`
  const { table, items } = usePages<PhoneNumberRow>(['phone-numbers', id, 'list', filters], path, {
    ...filters,
    limit: 50,
  })
  useLiveQueries('tenant', [
    ['phone-numbers', id],
    ['number-quota', id],
  ])
  const isFiltered = Object.values(filters).some((value) => value !== '')
  const clear = (): void => setFilters(FILTERS)
  const columns = useColumns()
  const countries = [...new Set(['CA', 'GB', 'US', ...(filters.country === '' ? [] : [filters.country])])]
  return (
    <>
      <PageHead title={t('title')} sentence={<Sentence />}>
        {mayBring && <Button onClick={() => go(at('ports/new'))}>{t('bring')}</Button>}
        {mayOrder && (
          <Button appearance="primary" icon={<AddRegular />} onClick={() => go(at('numbers/get'))}>
            {t('get')}
          </Button>
        )}
        <MoreMenu curl={{ path }} />
      </PageHead>
      <ReadOnlyNote unless="number:assign" />
      <Card flush>
        <div className="n-filters">
          <Filters>
            <FilterText label={t('search')} value={filters.q} onChange={(q) => setFilters({ q })} />
            <FilterChoice
              label={t('type')}
              value={filters.type}
              options={NUMBER_TYPES.map((value) => ({ value, text: n(`type.${value}`) }))}
              onChange={(type) => setFilters({ type })}
            />
            <FilterChoice
              label={t('country')}
              value={filters.country}
              options={countries.map((value) => ({ value, text: countryName(value as Country, language) }))}
              onChange={(country) => setFilters({ country })}
            />
            <FilterChoice
              label={t('status')}
              value={filters.status}
              options={(['assigned', 'unassigned'] as const).map((value) => ({ value, text: n(`status.${value}`) }))}
              onChange={(status) => setFilters({ status })}
            />
            {isFiltered && (
              <Button appearance="subtle" size="small" onClick={clear}>
                {t('clear')}
              </Button>
            )}
          </Filters>
        </div>
        <DataTable
          {...table}
          label={t('title')}
          columns={columns}
          rowKey={(row) => row.id}
          rowName={(row) => row.number}
          onOpen={(row) => setPanel({ panel: row.id }, { push: true })}
          empty={
            isFiltered ? (
              <EmptyState sentence={t('noMatch')}>
                <Button onClick={clear}>{t('clear')}</Button>
              </EmptyState>
            ) : (
              <EmptyState drawing="handset" sentence={t('none')}>
                {mayOrder && (
                  <Button appearance="primary" onClick={() => go(at('numbers/get'))}>
                    {t('get')}
                  </Button>
                )}
              </EmptyState>
            )
          }
        />
      </Card>
      {panel !== '' && (
        <NumberPanel
          key={panel}
          numberId={panel}
          known={items?.find((row) => row.id === panel)}
          onClose={() => setPanel({ panel: '' })}
        />
      )}
    </>
  )
}

function Sentence() {
  const t = useWords(numbersWords)
  const { data } = useQuota()
  if (!data) return null
  const inService = data.types.reduce((sum, type) => sum + type.inService, 0)
  const user = data.types.find(({ type }) => type === 'user')
  return (
    <span className="num" data-in-service={inService}>
      {t('inService', { count: inService })}
      {user && ` · ${t('quota', { used: user.used, quota: user.quota, licences: user.licences })}`}
    </span>
  )
}

function useColumns(): readonly Column<PhoneNumberRow>[] {
  const t = useWords(numbersWords)
  const n = useWords(numberWords)
  const language = useLanguage()
  return [
    { id: 'number', title: t('number'), phone: 'title', cell: ({ number }) => <PhoneNumber number={number} /> },
    { id: 'type', title: t('type'), from: 1024, cell: ({ type }) => n(`type.${type}`) },
    {
      id: 'place',
      title: t('place'),
      phone: 'note',
      cell: ({ city, country }) => (
        <span translate="no">
          {[city, country === null ? null : countryName(country as Country, language)].filter(Boolean).join(', ') ||
            n('anyCountry')}
        </span>
      ),
    },
    {
      id: 'holder',
      title: t('holder'),
      phone: 'fact',
      cell: ({ userName, type }) =>
        userName === null ? (
          <span className="k-quiet">{type === 'user' ? n('nobody') : '–'}</span>
        ) : (
          <span translate="no">{userName}</span>
        ),
    },
    {
      id: 'emergency',
      title: t('emergency'),
      from: 1024,
      cell: ({ locationName }) =>
        locationName === null ? <span className="k-quiet">–</span> : <span translate="no">{locationName}</span>,
    },
    { id: 'status', title: t('status'), phone: 'figure', cell: (row) => <StatusPill row={row} /> },
    {
      id: 'month',
      title: t('month'),
      align: 'right',
      from: 1320,
      cell: ({ monthSeconds }) => (monthSeconds === null ? '–' : <Duration seconds={monthSeconds} />),
    },
  ]
}

export function StatusPill({ row }: { readonly row: PhoneNumberRow }) {
  const n = useWords(numberWords)
  if (row.temporary) return <span className="k-pill k-pill-warn">{n('temporary')}</span>
  if (row.type !== 'user') return <span className="k-pill k-pill-good">{n(`type.${row.type}`)}</span>
  return (
    <span className={row.status === 'assigned' ? 'k-pill k-pill-good' : 'k-pill'}>{n(`status.${row.status}`)}</span>
  )
}
