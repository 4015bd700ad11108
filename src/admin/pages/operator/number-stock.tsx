/** The operator's numbers: what there is to sell, who has what, new ranges by CSV, how long released ones rest. */
import { Button, Field, Input } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { stockOut, summaryOut } from '../../../api/number-stock.ts'
import { stockSettingBody } from '../../../api/schema/number-order.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { NUMBER_TYPES, STOCK_STATUSES } from '../../../core/number.ts'
import { api, newIntent } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { usePages } from '../../kit/use-pages.ts'
import { typedNumber } from '../../words/typed-number.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { numberWords } from '../numbers/words.ts'
import { StockImport } from './number-stock-import.tsx'
import { stockWords } from './number-stock-words.ts'
import './operator.css'

type StockRow = z.output<typeof stockOut>
type Summary = z.output<typeof summaryOut>

const FILTERS = { q: '', country: '', type: '', status: '' } as const
const PATH = '/v1/number-stock'

const PILL: Readonly<Record<StockRow['status'], string>> = {
  available: 'k-pill k-pill-good',
  reserved: 'k-pill k-pill-warn',
  'in-service': 'k-pill',
  quarantine: 'k-pill k-pill-warn',
  withdrawn: 'k-pill k-pill-bad',
}

const stockChanged = (): Promise<unknown> => queryClient.invalidateQueries({ queryKey: ['number-stock'] })

export default function NumberStockPage() {
  const t = useWords(stockWords)
  const n = useWords(numberWords)
  const say = useSay()
  const language = useLanguage()
  const [filters, setFilters] = useUrlState(FILTERS)
  const [{ panel }, setPanel] = useUrlState({ panel: '' })
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const { table } = usePages<StockRow>(['number-stock', 'list', filters], PATH, { ...filters, limit: 50 })
  const summary = useQuery({
    queryKey: ['number-stock', 'summary'],
    queryFn: ({ signal }) => api.get<Summary>(`${PATH}/summary`, { signal }),
  })
  const counts = summary.data?.counts ?? []
  const available = counts.filter(({ status }) => status === 'available').reduce((sum, { count }) => sum + count, 0)
  const isFiltered = Object.values(filters).some((value) => value !== '')
  const clear = (): void => setFilters(FILTERS)
  const openImport = (): void => setPanel({ panel: 'import' }, { push: true })
  const withdraw = async (): Promise<void> => {
    try {
      const body = { numbers: [...selected] }
      const { withdrawn } = await api.post<{ withdrawn: string[] }>(`${PATH}/withdraw`, body, { intent: newIntent() })
      say.done(t('withdrawn', { count: withdrawn.length }))
      setSelected(new Set())
      void stockChanged()
    } catch (error) {
      say.failed(error)
    }
  }
  const columns: readonly Column<StockRow>[] = [
    { id: 'number', title: t('number'), phone: 'title', cell: ({ number }) => <PhoneNumber number={number} /> },
    { id: 'type', title: t('type'), phone: 'note', cell: ({ type }) => n(`type.${type}`) },
    {
      id: 'place',
      title: t('place'),
      phone: 'fact',
      cell: ({ city, areaCode, country }) => (
        <span translate="no">
          {[city, areaCode, countryName(country as Country, language)].filter(Boolean).join(' · ')}
        </span>
      ),
    },
    {
      id: 'carrier',
      title: t('carrier'),
      from: 1024,
      cell: ({ carrier }) => <span translate="no">{carrier ?? '–'}</span>,
    },
    {
      id: 'holder',
      title: t('holder'),
      from: 1024,
      cell: ({ tenantName }) => <span translate="no">{tenantName ?? '–'}</span>,
    },
    {
      id: 'status',
      title: t('status'),
      phone: 'figure',
      cell: ({ status }) => <span className={PILL[status]}>{t(`status.${status}`)}</span>,
    },
  ]
  const countries = [...new Set(counts.map(({ country }) => country))]
  return (
    <>
      <PageHead
        title={t('title')}
        sentence={summary.data && <span className="num">{t('sentence', { count: available })}</span>}
      >
        <Button appearance="primary" icon={<AddRegular />} onClick={openImport}>
          {t('import')}
        </Button>
        <MoreMenu curl={{ path: PATH }} />
      </PageHead>
      <div className="k-stack">
        <Card flush>
          <div className="op-filters">
            <Filters>
              <FilterText label={t('search')} value={filters.q} onChange={(q) => setFilters({ q })} />
              <FilterChoice
                label={t('country')}
                value={filters.country}
                options={countries.map((value) => ({ value, text: countryName(value as Country, language) }))}
                onChange={(country) => setFilters({ country })}
              />
              <FilterChoice
                label={t('type')}
                value={filters.type}
                options={NUMBER_TYPES.map((value) => ({ value, text: n(`type.${value}`) }))}
                onChange={(type) => setFilters({ type })}
              />
              <FilterChoice
                label={t('status')}
                value={filters.status}
                options={STOCK_STATUSES.map((value) => ({ value, text: t(`status.${value}`) }))}
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
            rowKey={(row) => row.number}
            rowName={(row) => row.number}
            selected={selected}
            onSelect={setSelected}
            bulk={<Button onClick={() => void withdraw()}>{t('withdraw')}</Button>}
            empty={
              isFiltered ? (
                <EmptyState sentence={t('noMatch')}>
                  <Button onClick={clear}>{t('clear')}</Button>
                </EmptyState>
              ) : (
                <EmptyState drawing="handset" sentence={t('none')}>
                  <Button appearance="primary" onClick={openImport}>
                    {t('import')}
                  </Button>
                </EmptyState>
              )
            }
          />
        </Card>
        <Card title={t('rest')}>
          <Block query={summary}>{({ quarantineDays }) => <Rest key={quarantineDays} days={quarantineDays} />}</Block>
        </Card>
      </div>
      {panel === 'import' && (
        <StockImport
          onDone={(added) => {
            say.done(t('added', { count: added }))
            setPanel({ panel: '' })
            void stockChanged()
          }}
          onClose={() => setPanel({ panel: '' })}
        />
      )}
    </>
  )
}

function Rest({ days }: { readonly days: number }) {
  const t = useWords(stockWords)
  const say = useSay()
  const formats = useFormats()
  const form = useForm({
    initial: { quarantineDays: String(days) },
    schema: stockSettingBody,
    // What is no number of days is refused: digits picked out of it would be another number.
    toBody: ({ quarantineDays }) => ({ quarantineDays: typedNumber(quarantineDays, formats.language) }),
    submit: (body) => api.put(`${PATH}/settings`, body),
    onDone: () => {
      say.done(t('saved'))
      void stockChanged()
    },
  })
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form">
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <p className="k-quiet">{t('restSentence')}</p>
      <Field {...form.field('quarantineDays', t('days'))}>
        <Input {...form.input('quarantineDays')} inputMode="numeric" className="op-days num" autoComplete="off" />
      </Field>
      <div className="k-row">
        <Button type="submit" disabled={form.isBusy || !form.isDirty}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
