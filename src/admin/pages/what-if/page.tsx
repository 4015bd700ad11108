/** `billing/what-if`: the tenant's months again with something changed, beside the bill (G1). The address names the answer. */
import { Button, ProgressBar } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { WhatIfResult } from '../../../api/schema/what-if.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money, When } from '../../kit/figures.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useWords } from '../../words/use.tsx'
import { WhatIfAnswer } from './answer.tsx'
import { Question } from './question.tsx'
import { whatIfWords } from './words.ts'
import './what-if.css'

export interface WhatIfJob {
  readonly id: string
  readonly createdAt: string
  readonly finishedAt: string | null
  readonly done: number
  readonly mayStop: boolean
  readonly summary: { readonly before: string; readonly total: string; readonly currency: string } | null
  readonly failure: { readonly title: string } | null
  readonly result: { readonly path: string } | null
}

interface Jobs {
  readonly data: readonly WhatIfJob[]
}

const POLL_MS = 700

export default function WhatIfPage() {
  const t = useWords(whatIfWords)
  const { id } = useTenant()
  const [{ job }, setUrl] = useUrlState({ job: '' })
  const client = useQueryClient()
  const jobs = useQuery({
    queryKey: ['what-if-jobs', id],
    queryFn: ({ signal }) =>
      api.get<Jobs>(`/v1/tenants/${id}/jobs`, {
        query: { kind: 'what-if', limit: 10 },
        signal,
      }),
    refetchInterval: (query) =>
      query.state.data?.data.some(({ finishedAt }) => finishedAt === null) ? POLL_MS : false,
  })
  const list = jobs.data?.data ?? []
  const shown = list.find((one) => one.id === job) ?? list[0]
  const started = (made: WhatIfJob): void => {
    const key = ['what-if-jobs', id]
    client.setQueryData<Jobs>(key, (known) => ({ data: [made, ...(known?.data ?? [])] }))
    setUrl({ job: made.id })
    void client.invalidateQueries({ queryKey: key })
  }
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')} above={{ title: t('whatToBuy'), to: 'billing/advice' }} />
      <div className="what-if-columns">
        <div className="k-stack">
          <Question onStarted={started} />
          {list.length > 0 && (
            <Card title={t('earlier')}>
              <ul className="what-if-earlier">
                {list.map((one) => (
                  <li key={one.id}>
                    <button type="button" aria-pressed={one.id === shown?.id} onClick={() => setUrl({ job: one.id })}>
                      <Outcome job={one} />
                      <When at={one.createdAt} />
                    </button>
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
        <div>
          {shown ? (
            <Shown key={shown.id} job={shown} />
          ) : (
            <Card>
              <EmptyState drawing="signpost" sentence={t('nothingYet')} />
            </Card>
          )}
        </div>
      </div>
    </>
  )
}

function Outcome({ job: { summary, failure } }: { readonly job: WhatIfJob }) {
  const t = useWords(whatIfWords)
  if (summary) return <Money money={{ amount: summary.total, currency: summary.currency }} />
  return <span>{failure ? t('failed') : t('waiting')}</span>
}

function Shown({ job }: { readonly job: WhatIfJob }) {
  const t = useWords(whatIfWords)
  const say = useSay()
  const { id } = useTenant()
  const path = job.result?.path
  const result = useQuery({
    queryKey: ['what-if', id, job.id],
    queryFn: ({ signal }) => api.get<WhatIfResult>(path ?? '', { signal }),
    enabled: path !== undefined && job.failure === null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (job.failure) return <Refusal title={t('failed')} detail={job.failure.title} />
  if (job.finishedAt === null) {
    const stop = () => api.delete(`/v1/tenants/${id}/jobs/${job.id}`).catch(say.failed)
    return (
      <Card>
        <div className="k-stack">
          <p role="status">{job.done > 0 ? t('running', { count: job.done }) : t('waiting')}</p>
          <ProgressBar aria-label={t('title')} />
          {job.mayStop && (
            <span>
              <Button onClick={() => void stop()}>{t('stopIt')}</Button>
            </span>
          )}
        </div>
      </Card>
    )
  }
  return <Block query={result}>{(found) => <WhatIfAnswer found={found} />}</Block>
}
