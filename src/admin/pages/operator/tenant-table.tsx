/** Tenants as the operator and a partner see them: one line each. */
import { type Country, countryName } from '../../../core/country.ts'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Face } from '../../kit/face.tsx'
import { Money, When } from '../../kit/figures.tsx'
import type { Pages } from '../../kit/use-pages.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import type { TenantLine } from './data.ts'
import { tenantWords } from './words.ts'
import './operator.css'

const FLAG_LOOK = {
  'recharge-paused': 'k-pill-warn',
  'wallet-dry': 'k-pill-bad',
  'books-differ': 'k-pill-bad',
  sandbox: '',
} as const

export interface TenantTableProps {
  readonly label: string
  readonly list: Pages<TenantLine>
  /** Partners see whom they look after, and not who else does. */
  readonly isOperator: boolean
  readonly empty: string
}

export function TenantTable({ label, list, isOperator, empty }: TenantTableProps) {
  const t = useWords(tenantWords)
  const formats = useFormats()
  const language = useLanguage()
  const columns: Column<TenantLine>[] = [
    {
      id: 'name',
      title: t('name'),
      phone: 'title',
      cell: ({ name }) => (
        <span className="op-name">
          <Face name={name} size={28} />
          <b translate="no">{name}</b>
        </span>
      ),
    },
    {
      id: 'country',
      title: t('country'),
      phone: 'fact',
      cell: ({ country }) => <span translate="no">{countryName(country as Country, language)}</span>,
    },
    { id: 'type', title: t('type'), from: 1024, cell: ({ licenceType }) => t(licenceType) },
    { id: 'users', title: t('users'), align: 'right', cell: ({ users }) => formats.number(users) },
    {
      id: 'seats',
      title: t('seats'),
      align: 'right',
      from: 1024,
      cell: ({ assigned, seats }) => t('seatsOf', { assigned: formats.number(assigned), seats: formats.number(seats) }),
    },
    { id: 'live', title: t('live'), align: 'right', cell: ({ liveCalls }) => formats.number(liveCalls) },
    { id: 'flags', title: t('flags'), phone: 'note', cell: ({ flags }) => <Flags flags={flags} /> },
  ]
  if (isOperator) {
    columns.push(
      {
        id: 'wallet',
        title: t('wallet'),
        align: 'right',
        phone: 'figure',
        cell: ({ available }) => available && <Money money={available} />,
      },
      {
        id: 'partners',
        title: t('partners'),
        from: 1320,
        cell: ({ partners }) => <span translate="no">{formats.list(partners)}</span>,
      },
      { id: 'since', title: t('since'), from: 1320, cell: ({ createdAt }) => <When at={createdAt} style="day" /> },
    )
  }
  return (
    <DataTable
      label={label}
      columns={columns}
      rowKey={({ id }) => id}
      to={({ id }) => `/t/${id}/home`}
      {...list.table}
      empty={<EmptyState drawing="lots" sentence={empty} />}
    />
  )
}

export function Flags({ flags }: Pick<TenantLine, 'flags'>) {
  const t = useWords(tenantWords)
  return (
    <span className="op-flags">
      {flags.map((flag) => (
        <span key={flag} className={`k-pill ${FLAG_LOOK[flag]}`} data-flag={flag}>
          {t(`flag.${flag}`)}
        </span>
      ))}
    </span>
  )
}
