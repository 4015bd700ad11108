/** Imports and exports: what runs and when it will be done, what is over and its file. */
import { Button } from '@fluentui/react-components'
import { useMemo } from 'react'
import { api } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { Job } from '../users/data.ts'
import { isOver, JobProgress, useJobTitle } from './job.tsx'
import { Download, useJob } from './tray.tsx'
import { jobsWords } from './words.ts'

export default function JobsPage() {
  const t = useWords(jobsWords)
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/jobs`
  const { table } = usePages<Job>(['jobs', id, 'list'], path, { limit: 50 })
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path }} />
      </PageHead>
      <Card flush>
        <DataTable
          {...table}
          label={t('title')}
          columns={useColumns()}
          rowKey={(job) => job.id}
          empty={<EmptyState drawing="lots" sentence={t('none')} />}
        />
      </Card>
    </>
  )
}

function useColumns(): Column<Job>[] {
  const t = useWords(jobsWords)
  const titleOf = useJobTitle()
  return useMemo(
    () => [
      { id: 'what', title: t('what'), cell: (job) => <b>{titleOf(job)}</b>, phone: 'title' },
      { id: 'when', title: t('when'), cell: (job) => <When at={job.createdAt} />, phone: 'note' },
      { id: 'by', title: t('by'), cell: (job) => <span translate="no">{job.requestedBy}</span>, from: 1024 },
      { id: 'progress', title: t('progress'), cell: (job) => <Live job={job} title={titleOf(job)} />, phone: 'fact' },
      { id: 'result', title: t('result'), cell: (job) => <Result job={job} /> },
    ],
    [t, titleOf],
  )
}

/** A job that goes on is followed; one that is over stays as it was read. */
function Live({ job, title }: { readonly job: Job; readonly title: string }) {
  return isOver(job) ? <JobProgress job={job} title={title} /> : <Followed job={job} title={title} />
}

function Followed({ job, title }: { readonly job: Job; readonly title: string }) {
  const { id } = useTenant()
  const { data = job } = useJob(id, job.id)
  return <JobProgress job={data} title={title} />
}

function Result({ job }: { readonly job: Job }) {
  const t = useWords(jobsWords)
  const formats = useFormats()
  const say = useSay()
  const { id } = useTenant()
  if (job.result) {
    return (
      <>
        <Download job={job} />
        {job.expiresAt !== null && <em>{t('expires', { date: formats.day(job.expiresAt) })}</em>}
      </>
    )
  }
  if (!job.mayStop) return '–'
  return (
    <Button
      size="small"
      onClick={() =>
        void api
          .delete(`/v1/tenants/${id}/jobs/${job.id}`)
          .then(() => queryClient.invalidateQueries({ queryKey: ['jobs', id] }), say.failed)
      }
    >
      {t('stop')}
    </Button>
  )
}
