/** Jobs that were started here, in the corner: how far they got and when they are done, through reloads, on every page. */
import { Button } from '@fluentui/react-components'
import { ArrowDownloadRegular, DismissRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { api, isProblem } from '../../data/client.ts'
import { useTenantId } from '../../data/session.ts'
import { useSay } from '../../kit/toast.tsx'
import { useWords } from '../../words/use.tsx'
import { type Job, usersChanged } from '../users/data.ts'
import { isOver, JobProgress, useJobTitle } from './job.tsx'
import { forgetJob, useTracked } from './tracked.ts'
import { jobsWords } from './words.ts'
import './jobs.css'

const LOOK_EVERY_MS = 1_000

export function JobTray() {
  const ten = useTenantId()
  const jobs = useTracked().filter(({ tenant }) => tenant === ten)
  if (jobs.length === 0) return null
  return (
    <div className="j-tray no-print">
      {jobs.slice(-3).map(({ tenant, job }) => (
        <TrayItem key={job} tenant={tenant} job={job} />
      ))}
    </div>
  )
}

export function useJob(tenant: string, job: string) {
  return useQuery({
    queryKey: ['jobs', tenant, job],
    queryFn: ({ signal }) => api.get<Job>(`/v1/tenants/${tenant}/jobs/${job}`, { signal }),
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : LOOK_EVERY_MS),
    refetchIntervalInBackground: true,
  })
}

function TrayItem({ tenant, job: id }: { readonly tenant: string; readonly job: string }) {
  const t = useWords(jobsWords)
  const titleOf = useJobTitle()
  const say = useSay()
  const { data: job, error, refetch } = useJob(tenant, id)
  const isDone = job !== undefined && isOver(job)
  const told = useRef(false)
  useEffect(() => {
    if (isProblem(error, 'not-found')) forgetJob(id)
  }, [error, id])
  useEffect(() => {
    if (!isDone || told.current) return
    told.current = true
    void usersChanged(tenant)
  }, [isDone, tenant])
  if (!job) return null
  const title = titleOf(job)
  return (
    <section className="j-item" aria-label={title} data-job={job.state}>
      <header>
        <b>{title}</b>
        {isDone ? (
          <Button
            size="small"
            appearance="transparent"
            icon={<DismissRegular />}
            aria-label={t('dismiss')}
            onClick={() => forgetJob(id)}
          />
        ) : (
          job.mayStop && (
            <Button
              size="small"
              onClick={() => void api.delete(`/v1/tenants/${tenant}/jobs/${id}`).then(() => refetch(), say.failed)}
            >
              {t('stop')}
            </Button>
          )
        )}
      </header>
      <JobProgress job={job} title={title} />
      {job.result && <Download job={job} />}
    </section>
  )
}

export function Download({ job }: { readonly job: Job }) {
  const t = useWords(jobsWords)
  if (!job.result) return null
  return (
    <a className="j-download" href={job.result.path} download={job.result.name}>
      <ArrowDownloadRegular aria-hidden="true" fontSize={18} />
      <span>{t('download')}</span> <span translate="no">{job.result.name}</span>
    </a>
  )
}
