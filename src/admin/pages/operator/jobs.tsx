/** What happens by itself, and when it last did. */
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { When } from '../../kit/figures.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { type Job, OVERVIEW, useOverview } from './data.ts'
import { hasFailedLast } from './overview.tsx'
import { jobWords } from './words.ts'
import './operator.css'

export default function JobsPage() {
  const t = useWords(jobWords)
  const formats = useFormats()
  const { data, error, refetch } = useOverview()
  const columns: readonly Column<Job>[] = [
    { id: 'name', title: t('name'), phone: 'title', cell: ({ name }) => <code translate="no">{name}</code> },
    { id: 'state', title: t('state'), phone: 'figure', cell: (job) => <State job={job} /> },
    {
      id: 'every',
      title: t('every'),
      align: 'right',
      phone: 'fact',
      cell: ({ everySeconds }) => t('seconds', { s: formats.number(everySeconds) }),
    },
    {
      id: 'took',
      title: t('took'),
      align: 'right',
      phone: 'note',
      cell: ({ lastTookMs }) => lastTookMs !== null && t('ms', { ms: formats.number(lastTookMs) }),
    },
    {
      id: 'last',
      title: t('last'),
      from: 1024,
      cell: ({ lastStartedAt }) => (lastStartedAt === null ? t('never') : <When at={lastStartedAt} style="relative" />),
    },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path: OVERVIEW }} />
      </PageHead>
      <Card flush>
        <DataTable
          label={t('title')}
          columns={columns}
          rows={data?.jobs}
          rowKey={({ name }) => name}
          error={data ? null : error}
          onRetry={refetch}
          empty={null}
        />
      </Card>
    </>
  )
}

function State({ job }: { readonly job: Job }) {
  const t = useWords(jobWords)
  const formats = useFormats()
  const { running, elsewhere, lastStartedAt, lastFailedAt, lastError } = job
  if (running) return <span className="k-pill">{t('running')}</span>
  if (hasFailedLast(job)) {
    return (
      <span className="op-flags">
        <span className="k-pill k-pill-bad">{t('failed')}</span>
        <span className="k-quiet" translate="no">
          {lastError}
        </span>
      </span>
    )
  }
  if (lastStartedAt === null) return null
  return (
    <span className="op-flags">
      <span className={elsewhere ? 'k-pill' : 'k-pill k-pill-good'}>{t(elsewhere ? 'elsewhere' : 'fine')}</span>
      {lastFailedAt !== null && (
        <span className="k-quiet">{t('failedAt', { when: formats.moment(lastFailedAt) })}</span>
      )}
    </span>
  )
}
