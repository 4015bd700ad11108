/** What a partner’s people do next, for which customer (G3). Nobody else has this page. */
import { Tab, TabList } from '@fluentui/react-components'
import { LockClosedRegular } from '@fluentui/react-icons'
import { countryName } from '../../../core/country.ts'
import type { Item, Stage } from '../../../core/partner-case.ts'
import { useSession } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { CASES, type Case } from './data.ts'
import { pathWords } from './path-words.ts'
import { worklistWords } from './words.ts'
import './partner.css'

export default function WorklistPage() {
  return useSession().partners.length > 0 ? <Worklist /> : <NotFound />
}

const FILTERS = ['mine', 'unassigned', 'waiting'] as const

function Worklist() {
  const t = useWords(worklistWords)
  const path = useWords(pathWords)
  const language = useLanguage()
  const [{ filter }, set] = useUrlState({ filter: '' })
  const wanted = FILTERS.find((one) => one === filter) ?? 'all'
  const list = usePages<Case>(['cases', wanted], CASES, { filter: wanted, limit: 50 })
  const columns: readonly Column<Case>[] = [
    {
      id: 'customer',
      title: t('customer'),
      phone: 'title',
      cell: (row) => (
        <b translate="no">
          {row.organisation} {row.lockedSince !== null && <LockClosedRegular fontSize={14} aria-hidden="true" />}
        </b>
      ),
    },
    {
      id: 'country',
      title: t('country'),
      from: 1024,
      cell: ({ country }) => <span translate="no">{countryName(country as never, language)}</span>,
    },
    { id: 'stage', title: t('stage'), phone: 'fact', cell: ({ stage }) => path(`stage.${stage as Stage}`) },
    {
      id: 'waiting',
      title: t('waitingOn'),
      cell: (row) =>
        row.next === null ? '' : t(row.waitingOn === 'customer' || row.lockedSince !== null ? 'theCustomer' : 'you'),
    },
    {
      id: 'who',
      title: t('assignee'),
      from: 1024,
      cell: ({ assignee }) => (assignee ? <span translate="no">{assignee.name}</span> : t('nobody')),
    },
    { id: 'due', title: t('due'), phone: 'figure', cell: (row) => <Due row={row} /> },
    { id: 'next', title: t('next'), phone: 'note', cell: (row) => <Next row={row} /> },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path: CASES }} />
      </PageHead>
      <TabList
        className="pt-tabs"
        aria-label={t('show')}
        selectedValue={wanted}
        onTabSelect={(_, { value }) => set({ filter: value === 'all' ? '' : String(value) })}
      >
        {[...FILTERS, 'all' as const].map((value) => (
          <Tab key={value} value={value}>
            {t(value)}
          </Tab>
        ))}
      </TabList>
      <Card flush>
        <DataTable
          label={t('title')}
          columns={columns}
          rowKey={({ id }) => id}
          rowName={({ organisation }) => organisation}
          to={({ id }) => `/partner/worklist/${id}`}
          {...list.table}
          empty={<EmptyState drawing="ring" sentence={t('empty')} />}
        />
      </Card>
    </>
  )
}

function Due({ row }: { readonly row: Case }) {
  const t = useWords(worklistWords)
  const formats = useFormats()
  if (row.next === null) return null
  const now = new Date().toISOString().slice(0, 10)
  const isLate = row.dueOn <= now && row.waitingOn === 'partner'
  return (
    <time dateTime={row.dueOn} className={isLate ? 'pt-overdue' : ''}>
      {row.dueOn === now ? t('dueToday') : formats.day(`${row.dueOn}T12:00:00Z`)}
    </time>
  )
}

function Next({ row }: { readonly row: Case }) {
  const t = useWords(worklistWords)
  if (row.lockedSince !== null) return <span className="k-pill k-pill-bad">{t('lockedShort')}</span>
  if (row.next === null) return null
  return <Go to={`/partner/worklist/${row.id}`}>{t(`do.${row.next as Item | 'advance'}`)}</Go>
}
