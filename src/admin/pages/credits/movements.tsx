/** Every movement of the wallet, newest first, with the balance after each; the filter is in the address, and its sum under the rows. */
import {
  Button,
  Combobox,
  Menu,
  MenuItemLink,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Option,
} from '@fluentui/react-components'
import { ArrowDownloadRegular, DismissRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { addDays, startOfDay } from '../../../core/local-day.ts'
import { parseMonth } from '../../../core/time.ts'
import { api, urlOf } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money, When } from '../../kit/figures.tsx'
import { FilterChoice, Filters } from '../../kit/filters.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { localDay, useTenantNow } from '../../kit/tenant-now.ts'
import { type PageOf, usePages } from '../../kit/use-pages.ts'
import { kitWords } from '../../kit/words.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { type Movement, type MovementTotal, useFundings } from './data.ts'
import { MOVEMENT_KINDS } from './kinds.ts'
import { creditsWords } from './words.ts'

const MONTHS_SHOWN = 12

export function Movements() {
  const t = useWords(creditsWords)
  const { id } = useTenant()
  const [{ type, user, date }, setState] = useUrlState({ type: '', user: '', date: '' })
  const span = useSpan(date)
  const filters = { type, userId: user, ...span }
  const isFiltered = type !== '' || user !== '' || date !== ''
  const path = `/v1/tenants/${id}/wallet/movements`
  const { table } = usePages<Movement>(['movements', id, filters], path, { ...filters, limit: 50 })
  const clear = (): void => setState({ type: '', user: '', date: '' })
  return (
    <Card title={t('movements')} aside={<Export path={path} filters={filters} />} flush className="c-movements">
      <div className="c-filters">
        <Filters>
          <FilterChoice
            label={t('type')}
            value={type}
            options={MOVEMENT_KINDS.map((kind) => ({ value: kind, text: t(`type.${kind}`) }))}
            onChange={(value) => setState({ type: value })}
          />
          <PersonFilter user={user} onChange={(value) => setState({ user: value })} />
          <FilterChoice
            label={t('when')}
            value={date}
            options={useDates()}
            onChange={(value) => setState({ date: value })}
          />
          {isFiltered && (
            <Button appearance="subtle" size="small" onClick={clear}>
              {t('clearFilters')}
            </Button>
          )}
        </Filters>
        {isFiltered && <p className="k-quiet">{t('balanceHidden')}</p>}
      </div>
      <DataTable
        {...table}
        label={t('movements')}
        columns={useColumns(!isFiltered)}
        rowKey={(row) => row.id}
        empty={
          <EmptyState drawing="lots" sentence={t(isFiltered ? 'noMatch' : 'none')}>
            {isFiltered && <Button onClick={clear}>{t('clearFilters')}</Button>}
          </EmptyState>
        }
        foot={<Total filters={filters} />}
      />
    </Card>
  )
}

function useColumns(withBalance: boolean): Column<Movement>[] {
  const t = useWords(creditsWords)
  const fundings = useFundings().data?.data
  return useMemo(() => {
    const begun = new Map(fundings?.map((funding) => [funding.id, funding.settledAt ?? funding.createdAt]))
    const lot = (row: Movement) => {
      const at = begun.get(row.lot)
      return row.lot === 'overdraft' ? t('lotOverdraft') : at ? <When at={at} style="day" /> : '–'
    }
    const columns: Column<Movement>[] = [
      { id: 'time', title: t('time'), cell: (row) => <When at={row.at} />, phone: 'fact', width: '150px' },
      { id: 'what', title: t('what'), cell: (row) => <What movement={row} />, phone: 'title' },
      { id: 'lot', title: t('lot'), cell: lot, from: 1024 },
      {
        id: 'amount',
        title: t('amount'),
        cell: (row) => <Signed money={row.amount} />,
        align: 'right',
        phone: 'figure',
      },
    ]
    if (!withBalance) return columns
    const after: Column<Movement> = {
      id: 'after',
      title: t('after'),
      cell: ({ balanceAfter }) => (balanceAfter ? <Money money={balanceAfter} style="exact" /> : '–'),
      align: 'right',
      phone: 'note',
    }
    return [...columns, after]
  }, [t, fundings, withBalance])
}

/** With all decimals that it has: a column that is added up must not be rounded. */
const Signed = ({ money }: { readonly money: Movement['amount'] }) => (
  <span className={money.amount.startsWith('-') ? undefined : 'c-in'}>
    <Money money={money} style="exact" />
  </span>
)

function What({ movement: { type, call, callId } }: { readonly movement: Movement }) {
  const t = useWords(creditsWords)
  if (!call || callId === null) return t(`type.${type}`)
  const { user, callingNumber, calledNumber, direction, live } = call
  const isIn = direction === 'in'
  return (
    <span className="c-what">
      <Go to={live ? 'live' : `calls/${callId}`} translate="no" className="num">
        {t('callTo', { who: (isIn ? null : user?.name) ?? callingNumber ?? '–', number: calledNumber })}
      </Go>
      <em>
        {isIn ? t('callTollFree') : t(`type.${type}`)}
        {live && ` · ${t('inProgress')}`}
      </em>
    </span>
  )
}

type FilterQuery = Readonly<Record<string, string | undefined>>

function Total({ filters }: { readonly filters: FilterQuery }) {
  const t = useWords(creditsWords)
  const { id } = useTenant()
  const { data } = useQuery({
    queryKey: ['movement-total', id, filters],
    queryFn: ({ signal }) =>
      api.get<MovementTotal>(`/v1/tenants/${id}/wallet/movements/total`, { query: filters, signal }),
  })
  if (!data || data.count === 0) return null
  return (
    <dl className="c-total">
      <div>
        <dt>{t('total', { count: data.count })}</dt>
      </div>
      {(
        [
          ['totalIn', data.in],
          ['totalOut', data.out],
          ['totalNet', data.net],
        ] as const
      ).map(([name, money]) => (
        <div key={name}>
          <dt>{t(name)}</dt>
          <dd data-total={name}>
            <Money money={money} style="exact" />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Export({ path, filters }: { readonly path: string; readonly filters: FilterQuery }) {
  const t = useWords(creditsWords)
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" icon={<ArrowDownloadRegular />}>
          {t('export')}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItemLink href={urlOf(`${path}/export`, { ...filters, format: 'csv' })}>{t('exportCsv')}</MenuItemLink>
          <MenuItemLink href={urlOf(`${path}/export`, { ...filters, format: 'xlsx' })}>{t('exportXlsx')}</MenuItemLink>
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

interface Person {
  readonly id: string
  readonly name: string
}

/** Somebody by a part of their name. */
function PersonFilter({ user, onChange }: { readonly user: string; readonly onChange: (user: string) => void }) {
  const t = useWords(creditsWords)
  const k = useWords(kitWords)
  const { id } = useTenant()
  const maySee = useMay('user:read')
  const [text, setText] = useState('')
  const found = useQuery({
    queryKey: ['people-by-name', id, text],
    enabled: maySee && text.length > 0,
    queryFn: ({ signal }) =>
      api.get<PageOf<Person>>(`/v1/tenants/${id}/users`, { query: { q: text, limit: 8 }, signal }),
  }).data?.data
  const chosen = useQuery({
    queryKey: ['person', id, user],
    enabled: maySee && user !== '',
    queryFn: ({ signal }) => api.get<Person>(`/v1/tenants/${id}/users/${user}`, { signal }),
  }).data
  if (!maySee) return null
  if (user !== '') {
    return (
      <span className="k-filter k-filter-on c-person">
        <span translate="no">{chosen?.name ?? user}</span>
        <Button
          size="small"
          appearance="transparent"
          icon={<DismissRegular />}
          aria-label={k('removeFilter', { what: t('person') })}
          onClick={() => onChange('')}
        />
      </span>
    )
  }
  return (
    <Combobox
      className="c-find"
      aria-label={t('person')}
      placeholder={t('person')}
      value={text}
      selectedOptions={[]}
      onInput={(event) => setText(event.currentTarget.value)}
      onOptionSelect={(_, { optionValue }) => {
        setText('')
        if (optionValue) onChange(optionValue)
      }}
      freeform
      expandIcon={{ 'aria-label': t('person') }}
      clearIcon={null}
    >
      {(found ?? []).map((person) => (
        <Option key={person.id} value={person.id} text={person.name}>
          {person.name}
        </Option>
      ))}
    </Combobox>
  )
}

/** `2026-11`, and as many months before it. */
function useDates(): { value: string; text: string }[] {
  const t = useWords(creditsWords)
  const formats = useFormats()
  const { timeZone } = useTenant()
  const today = localDay(useTenantNow(), timeZone)
  const [year = 0, month = 0] = today.split('-').map(Number)
  const months = Array.from({ length: MONTHS_SHOWN }, (_, back) => {
    const first = new Date(Date.UTC(year, month - 1 - back, 1))
    return first.toISOString().slice(0, 7)
  })
  return [
    { value: '7', text: t('when.7') },
    { value: '30', text: t('when.30') },
    ...months.map((value) => ({ value, text: formats.month(value) })),
  ]
}

type Day = Parameters<typeof startOfDay>[0]
type Zone = Parameters<typeof startOfDay>[1]

/** What an address may ask for at most: the calendar ends somewhere. */
const MOST_DAYS = 36_500

/** A choice of dates as instants of the tenant's own calendar. */
function useSpan(date: string): { from?: string; to?: string } {
  const { timeZone } = useTenant()
  const now = useTenantNow()
  const today = localDay(now, timeZone)
  return useMemo(() => {
    const at = (day: string): string => new Date(startOfDay(day as Day, timeZone as Zone)).toISOString()
    if (parseMonth(date) !== null) {
      const next = new Date(`${date}-01T00:00:00Z`)
      next.setUTCMonth(next.getUTCMonth() + 1)
      return { from: at(`${date}-01`), to: at(next.toISOString().slice(0, 10)) }
    }
    const days = Number(date)
    return days > 0 && days <= MOST_DAYS ? { from: at(addDays(today as Day, 1 - days)) } : {}
  }, [date, today, timeZone])
}
