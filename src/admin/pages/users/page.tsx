/** Find a person, see who can call and who pays, change many at once. */
import { Button } from '@fluentui/react-components'
import { ArrowUploadRegular, PersonAddRegular } from '@fluentui/react-icons'
import { useEffect, useMemo, useRef, useState } from 'react'
import { CALLING_POLICY_NAMES } from '../../../core/calling-policy.ts'
import { SKUS } from '../../../core/catalogue.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { useLiveQueries } from '../../data/live.ts'
import { queryClient } from '../../data/query.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Face } from '../../kit/face.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { Go, useAt, useGo, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { skuWords } from '../purchase/sku-words.ts'
import { AddUser } from './add-user.tsx'
import { BulkBar } from './bulk.tsx'
import { type ShownUser, usersKey, useSummary } from './data.ts'
import { policyText, shortPolicy } from './policy-text.ts'
import { policyWords } from './policy-words.ts'
import { ReachPill } from './reach.tsx'
import { usersWords } from './words.ts'
import './users.css'

const FILTERS = {
  q: '',
  location: '',
  licence: '',
  policy: '',
  credits: '',
  phone: '',
  canCall: '',
  deleted: '',
} as const
const PAGE = 50

export default function UsersPage() {
  const t = useWords(usersWords)
  const { id } = useTenant()
  const [{ panel }, setPanel] = useUrlState({ panel: '' })
  const [{ sort }, setSort] = useUrlState({ sort: 'name' })
  const [filters, setFilters] = useUrlState(FILTERS)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const go = useGo()
  const at = useAt()
  const mayEdit = useMay('user:edit')
  const mayChange = [useMay('licence:assign'), useMay('policy:edit'), mayEdit].some(Boolean)
  const isFiltered = Object.values(filters).some((value) => value !== '')
  const query = { ...filters, sort, limit: PAGE }
  const { table, items } = usePages<ShownUser>([...usersKey(id), 'list', query], `/v1/tenants/${id}/users`, query)
  const rows = useMemo(() => new Map(items?.map((user) => [user.id, user])), [items])
  useFreshReach()
  useEffect(() => {
    if (panel === 'import') go(at('users/import'), { replace: true })
  }, [panel, go, at])
  const clear = (): void => setFilters(FILTERS)
  const chosen = [...selected].flatMap((userId) => rows.get(userId) ?? [])
  const isDeleted = filters.deleted === 'true'
  return (
    <>
      <PageHead title={t('title')} sentence={<Sentence filters={filters} />}>
        {mayEdit && (
          <>
            <Button icon={<ArrowUploadRegular />} onClick={() => go(at('users/import'))}>
              {t('import')}
            </Button>
            <Button
              appearance="primary"
              icon={<PersonAddRegular />}
              onClick={() => setPanel({ panel: 'add' }, { push: true })}
            >
              {t('add')}
            </Button>
          </>
        )}
        <MoreMenu curl={{ path: `/v1/tenants/${id}/users?sort=name` }} />
      </PageHead>
      {!mayChange && <ReadOnlyNote unless="user:edit" />}
      <Card flush className="u-card">
        <UserFilters filters={filters} onChange={setFilters} onClear={isFiltered ? clear : null} />
        <DataTable
          {...table}
          label={t('title')}
          columns={useColumns(isDeleted)}
          rowKey={(user) => user.id}
          rowName={(user) => user.name}
          to={(user) => `users/${user.id}`}
          sort={{ by: 'name', down: sort === '-name' }}
          onSort={({ down }) => setSort({ sort: down ? '-name' : 'name' })}
          {...(mayChange && !isDeleted
            ? {
                selected,
                onSelect: setSelected,
                bulk: <BulkBar users={chosen} onDone={() => setSelected(new Set())} />,
              }
            : {})}
          empty={
            isFiltered ? (
              <EmptyState sentence={t('noMatch')}>
                <Button onClick={clear}>{t('clearFilters')}</Button>
              </EmptyState>
            ) : (
              <EmptyState sentence={t('none')}>
                {mayEdit && (
                  <Button appearance="primary" onClick={() => setPanel({ panel: 'add' }, { push: true })}>
                    {t('add')}
                  </Button>
                )}
              </EmptyState>
            )
          }
        />
      </Card>
      {panel === 'add' && mayEdit && <AddUser onClose={() => setPanel({ panel: '' })} />}
    </>
  )
}

/**
 * Whoever can call changes while others speak. The sums are asked for with every change of minutes or money; the rows only when the
 * sums say that somebody's answer is another one, and never in the way of a page that is being fetched.
 */
function useFreshReach(): void {
  const { id } = useTenant()
  const { data } = useSummary()
  useLiveQueries('pools', [['user-summary', id]])
  useLiveQueries('wallet', [['user-summary', id]])
  const answers = data && JSON.stringify([data.payers, data.refusals])
  const before = useRef(answers)
  useEffect(() => {
    if (before.current !== undefined && before.current !== answers) {
      void queryClient.invalidateQueries({ queryKey: [...usersKey(id), 'list'] }, { cancelRefetch: false })
    }
    before.current = answers
  }, [answers, id])
}

type FilterState = { readonly [K in keyof typeof FILTERS]: string }

function Sentence({ filters }: { readonly filters: FilterState }) {
  const t = useWords(usersWords)
  const { data } = useSummary(filters)
  if (!data) return null
  return (
    <span className="num" data-people={data.people} data-can-call={data.canCall}>
      {t('people', { count: data.people })} · {t('canCall', { n: data.canCall })}
    </span>
  )
}

interface UserFiltersProps {
  readonly filters: FilterState
  readonly onChange: (changes: Partial<FilterState>) => void
  readonly onClear: (() => void) | null
}

function UserFilters({ filters, onChange, onClear }: UserFiltersProps) {
  const t = useWords(usersWords)
  const p = useWords(policyWords)
  const names = useWords(skuWords)
  const language = useLanguage()
  const { data: all } = useSummary()
  const choice = (name: keyof FilterState, label: string, options: readonly (readonly [string, string])[]) => (
    <FilterChoice
      label={label}
      value={filters[name]}
      options={options.map(([value, text]) => ({ value, text }))}
      onChange={(value) => onChange({ [name]: value })}
    />
  )
  const locations = (all?.locations ?? []).map(
    ({ country }) => [country, countryName(country as Country, language)] as const,
  )
  return (
    <div className="u-filters">
      <Filters>
        <FilterText label={t('search')} value={filters.q} onChange={(q) => onChange({ q })} />
        {choice('canCall', t('reach'), [
          ['yes', t('yes')],
          ['no', t('no')],
          ['pool', t('byPool')],
          ['credits', t('byCredits')],
          ['carrier', t('byCarrier')],
        ])}
        {(locations.length > 1 || filters.location !== '') && choice('location', t('location'), locations)}
        {choice('licence', t('licence'), [['none', t('noLicence')], ...SKUS.map((sku) => [sku, names(sku)] as const)])}
        {choice('policy', t('policy'), [
          ['default', p('default')],
          ...CALLING_POLICY_NAMES.map((name) => [name, policyText(p, name)] as const),
        ])}
        {choice('credits', t('credits'), [
          ['on', t('on')],
          ['off', t('off')],
        ])}
        <FilterChoice
          label={t('phone')}
          value={filters.deleted === 'true' ? 'deleted' : filters.phone}
          options={[
            { value: 'on', text: t('phoneOn') },
            { value: 'off', text: t('phoneOff') },
            { value: 'deleted', text: t('deleted') },
          ]}
          onChange={(value) =>
            onChange(value === 'deleted' ? { phone: '', deleted: 'true' } : { phone: value, deleted: '' })
          }
        />
        {onClear && (
          <Button appearance="subtle" size="small" onClick={onClear}>
            {t('clearFilters')}
          </Button>
        )}
      </Filters>
    </div>
  )
}

function useColumns(isDeleted: boolean): Column<ShownUser>[] {
  const t = useWords(usersWords)
  const p = useWords(policyWords)
  const language = useLanguage()
  const formats = useFormats()
  return useMemo(() => {
    const columns: Column<ShownUser>[] = [
      { id: 'name', title: t('name'), cell: (user) => <Who user={user} />, sort: 'name', phone: 'title' },
      {
        id: 'location',
        title: t('location'),
        cell: (user) => <span translate="no">{countryName(user.usageLocation as Country, language)}</span>,
        from: 1024,
      },
      { id: 'licence', title: t('licence'), cell: (user) => <Licence user={user} /> },
      {
        id: 'number',
        title: t('number'),
        cell: ({ numbers: [first, ...others] }) => (
          <span className="num" translate="no">
            {first ?? '–'}
            {others.length > 0 && ` +${others.length}`}
          </span>
        ),
        phone: 'fact',
      },
      {
        id: 'policy',
        title: t('policy'),
        cell: (user) => <span title={policyText(p, user.callingPolicy)}>{shortPolicy(p, user.callingPolicy)}</span>,
        from: 1320,
      },
      {
        id: 'month',
        title: t('month'),
        cell: ({ secondsThisMonth: seconds }) =>
          seconds === 0 ? '–' : t('minutes', { n: formats.number(Math.ceil(seconds / 60)) }),
        align: 'right',
        phone: 'figure',
      },
      {
        id: 'reach',
        title: isDeleted ? t('deleted') : t('reach'),
        cell: (user) =>
          user.deletedAt === null ? (
            <ReachPill reach={user.reach} />
          ) : (
            t('deletedOn', { date: formats.day(user.deletedAt) })
          ),
        phone: 'note',
      },
    ]
    return columns
  }, [t, p, language, formats, isDeleted])
}

function Who({ user }: { readonly user: ShownUser }) {
  return (
    <span className="u-who" translate="no">
      <Face name={user.name} size={28} />
      <span>
        <Go to={`users/${user.id}`}>{user.name}</Go>
        {user.email !== null && <em>{user.email}</em>}
      </span>
    </span>
  )
}

export function Licence({ user }: { readonly user: Pick<ShownUser, 'licences'> }) {
  const t = useWords(usersWords)
  const { licences } = user
  if (licences.includes('voice-without-calling-plan')) return t('licence.carrier')
  if (licences.includes('international-calling-plan')) return t('licence.voiceIntl')
  return licences.length > 0 ? t('licence.voice') : <span className="k-quiet">{t('noLicence')}</span>
}
