/** What somebody should look at, and closing it once it was seen to. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../data/client.ts'
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { FilterChoice, Filters } from '../../kit/filters.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { Subject } from './alarm-list.tsx'
import { ALARMS, type Alarm } from './data.ts'
import { alarmWords } from './words.ts'
import './operator.css'

export default function AlarmsPage() {
  const t = useWords(alarmWords)
  const formats = useFormats()
  const say = useSay()
  const queries = useQueryClient()
  const mayEdit = useMay('operator:edit')
  const [{ state }, set] = useUrlState({ state: '' })
  const list = usePages<Alarm>(['alarms', state], ALARMS, { state: state === 'all' ? 'all' : 'open', limit: 50 })
  async function close({ id }: Alarm): Promise<void> {
    try {
      await api.post(`${ALARMS}/${id}/close`)
      say.done(t('closed'))
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: ['alarms'] })
    await queries.invalidateQueries({ queryKey: ['operator-overview'] })
  }
  const columns: readonly Column<Alarm>[] = [
    { id: 'what', title: t('what'), phone: 'title', cell: ({ kind }) => <b>{t(`kind.${kind}`)}</b> },
    { id: 'subject', title: t('subject'), phone: 'fact', cell: (alarm) => <Subject alarm={alarm} /> },
    {
      id: 'tenant',
      title: t('tenant'),
      from: 1024,
      cell: ({ tenant }) =>
        tenant && (
          <Go to={`/t/${tenant.id}/home`}>
            <span translate="no">{tenant.name}</span>
          </Go>
        ),
    },
    { id: 'times', title: t('times'), align: 'right', cell: ({ times }) => formats.number(times) },
    { id: 'first', title: t('first'), from: 1320, cell: ({ firstAt }) => <When at={firstAt} /> },
    { id: 'last', title: t('last'), phone: 'note', cell: ({ lastAt }) => <When at={lastAt} /> },
    {
      id: 'close',
      title: '',
      align: 'right',
      phone: 'figure',
      cell: (alarm) =>
        alarm.closedAt === null
          ? mayEdit && (
              <Button size="small" onClick={() => void close(alarm)}>
                {t('close')}
              </Button>
            )
          : alarm.closedBy !== null && <span className="k-quiet">{t('closedBy', { name: alarm.closedBy })}</span>,
    },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path: ALARMS }} />
      </PageHead>
      <Filters>
        <FilterChoice
          label={t('state')}
          value={state}
          options={[{ value: 'all', text: t('all') }]}
          onChange={(next) => set({ state: next })}
        />
      </Filters>
      <Card flush>
        <DataTable
          label={t('title')}
          columns={columns}
          rowKey={({ id }) => id}
          {...list.table}
          empty={<EmptyState drawing="signpost" sentence={t('empty')} />}
        />
      </Card>
    </>
  )
}
