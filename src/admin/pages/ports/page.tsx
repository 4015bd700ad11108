/** Port orders of the organisation, and the PIN for numbers that leave. */
import { Button } from '@fluentui/react-components'
import { PORT_STATUSES } from '../../../core/port-order.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { FilterChoice, Filters } from '../../kit/filters.tsx'
import { useAt, useGo, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { PortOrder } from './data.ts'
import { PortOut } from './port-out.tsx'
import { portWords } from './words.ts'
import './ports.css'

export default function PortsPage() {
  const t = useWords(portWords)
  const { id } = useTenant()
  const mayEdit = useMay('port:edit')
  const at = useAt()
  const go = useGo()
  const formats = useFormats()
  const [{ status }, set] = useUrlState({ status: '' })
  const path = `/v1/tenants/${id}/port-orders`
  const list = usePages<PortOrder>(['port-orders', id, 'list', status], path, { status, limit: 50 })
  const bring = mayEdit && (
    <Button appearance="primary" onClick={() => go(at('ports/new'))}>
      {t('bring')}
    </Button>
  )
  const columns: readonly Column<PortOrder>[] = [
    {
      id: 'order',
      title: t('column.order'),
      phone: 'title',
      cell: ({ reference, name }) => (
        <span translate="no">
          <b className="num">{reference}</b> {name}
        </span>
      ),
    },
    {
      id: 'carrier',
      title: t('column.carrier'),
      phone: 'fact',
      cell: ({ carrier }) => <span translate="no">{carrier}</span>,
    },
    { id: 'numbers', title: t('column.numbers'), align: 'right', cell: (row) => formats.number(row.numberCount) },
    {
      id: 'date',
      title: t('column.date'),
      from: 1024,
      cell: ({ transferAt, transferDate }) => <Day at={transferAt ?? (transferDate && `${transferDate}T12:00:00Z`)} />,
    },
    { id: 'status', title: t('column.status'), phone: 'figure', cell: (row) => <StatusPill order={row} /> },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        {bring}
        <MoreMenu curl={{ path }} />
      </PageHead>
      <ReadOnlyNote unless="port:edit" />
      <Filters>
        <FilterChoice
          label={t('status')}
          value={status}
          options={[
            { value: '', text: t('all') },
            ...PORT_STATUSES.map((value) => ({ value, text: t(`status.${value}`) })),
          ]}
          onChange={(value) => set({ status: value })}
        />
      </Filters>
      <div className="k-stack">
        <Card flush>
          <DataTable
            label={t('list')}
            columns={columns}
            rowKey={(row) => row.id}
            to={(row) => `ports/${row.id}`}
            {...list.table}
            empty={
              <EmptyState drawing="signpost" sentence={t('empty')}>
                {status === '' && bring}
              </EmptyState>
            }
          />
        </Card>
        <PortOut />
      </div>
    </>
  )
}

function Day({ at }: { readonly at: string | null }) {
  const formats = useFormats()
  return at === null ? null : <span translate="no">{formats.date(at)}</span>
}

export function StatusPill({ order }: { readonly order: Pick<PortOrder, 'status'> }) {
  const t = useWords(portWords)
  const { status } = order
  const tone = status === 'error' ? ' k-pill-bad' : status === 'completed' ? ' k-pill-good' : ''
  return <span className={`k-pill${tone}`}>{t(`status.${status}`)}</span>
}
