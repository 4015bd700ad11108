/** How far a job got, in words and as a bar; what came of it. */
import { ProgressBar } from '@fluentui/react-components'
import { kitWords } from '../../kit/words.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { Job } from '../users/data.ts'
import { jobsWords } from './words.ts'
import './jobs.css'

const KINDS = ['import-users', 'change-users'] as const

export function useJobTitle(): (job: Pick<Job, 'kind'>) => string {
  const t = useWords(jobsWords)
  return ({ kind }) => {
    const known = KINDS.find((one) => one === kind)
    return known ? t(`kind.${known}`) : t('kind.other')
  }
}

export const isOver = ({ finishedAt }: Job): boolean => finishedAt !== null

export function JobProgress({ job, title }: { readonly job: Job; readonly title: string }) {
  const t = useWords(jobsWords)
  const formats = useFormats()
  const { done, total, secondsLeft, stopping, state } = job
  if (isOver(job)) return <Outcome job={job} />
  const counted = total === null ? t(`state.${state}`) : t('of', { done, total })
  const left =
    secondsLeft === null ? null : secondsLeft < 2 ? t('soon') : t('left', { time: formats.spoken(secondsLeft) })
  return (
    <div className="j-progress">
      <ProgressBar
        aria-label={title}
        {...(total === null || total === 0 ? {} : { value: done, max: total })}
        thickness="large"
      />
      <p className="num k-quiet">
        {stopping ? t('stopping') : counted}
        {left !== null && !stopping && ` · ${left}`}
      </p>
    </div>
  )
}

interface Counts {
  readonly create?: number
  readonly change?: number
  readonly same?: number
  readonly error?: number
}

/** What the job said about itself; every kind that changes users counts the same things. */
export function useOutcome(): (job: Job) => string {
  const t = useWords(jobsWords)
  const k = useWords(kitWords)
  return (job) => {
    const { create = 0, change = 0, same = 0, error = 0 } = (job.summary ?? {}) as Counts
    const parts = [
      ...(create > 0 ? [t('added', { count: create })] : []),
      ...(change > 0 ? [t('changed', { count: change })] : []),
      ...(same > 0 ? [t('same', { count: same })] : []),
      ...(error > 0 ? [t('wrong', { count: error })] : []),
    ]
    const counted = parts.join(', ')
    if (job.failure !== null) return job.failure.title
    return counted === '' ? t(`state.${job.state}`) : k('pair', { what: t(`state.${job.state}`), value: counted })
  }
}

function Outcome({ job }: { readonly job: Job }) {
  const outcome = useOutcome()
  return (
    <p className={job.state === 'failed' ? 'j-failed' : undefined} data-state={job.state}>
      {outcome(job)}
    </p>
  )
}
