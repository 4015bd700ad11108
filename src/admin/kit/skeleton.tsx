/** The shape of what is coming, shown after a moment; and what is shown where it did not come. */
import { Button, Skeleton as FluentSkeleton, SkeletonItem } from '@fluentui/react-components'
import { ErrorCircleRegular } from '@fluentui/react-icons'
import { isProblem } from '../data/client.ts'
import { useWords } from '../words/use.tsx'
import { useGo, usePath } from './go.tsx'
import { kitWords } from './words.ts'
import './kit.css'

/** Lines of a block that is loading. It appears after 150 ms, so that what is fast does not flicker. */
export function Skeleton({ lines = 3, height = 16 }: { readonly lines?: number; readonly height?: number }) {
  const t = useWords(kitWords)
  return (
    <FluentSkeleton className="k-skeleton" aria-label={t('loading')}>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that are all the same
        <SkeletonItem key={index} style={{ height, width: `${[92, 78, 86, 64][index % 4]}%` }} />
      ))}
    </FluentSkeleton>
  )
}

export function PageSkeleton() {
  return (
    <div className="k-page-skeleton">
      <Skeleton lines={2} height={22} />
      <div className="k-card">
        <div className="k-body">
          <Skeleton lines={6} />
        </div>
      </div>
    </div>
  )
}

export interface BlockErrorProps {
  readonly error: unknown
  /** `refetch` of the query. */
  readonly onRetry?: () => unknown
}

/** One block has failed; the rest of the page lives. */
export function BlockError({ error, onRetry }: BlockErrorProps) {
  const t = useWords(kitWords)
  const problem = isProblem(error) ? error : null
  const path = usePath()
  const go = useGo()
  // Asked again it is refused again: what the address asks for is not there, or was never a filter.
  const isOfAddress = (problem?.status === 400 || problem?.status === 404) && location.search !== ''
  const sentence = problem === null ? t('failed') : problem.title || t('notReached')
  return (
    <div className="k-error" role="alert">
      <ErrorCircleRegular fontSize={20} aria-hidden="true" />
      <div>
        <p>{isOfAddress && problem?.code === 'invalid-request' ? t('badAddress') : (problem?.detail ?? sentence)}</p>
        {problem?.requestId && <p className="mono k-quiet">{t('requestId', { id: problem.requestId })}</p>}
      </div>
      {isOfAddress && (
        <Button size="small" onClick={() => go(path)}>
          {t('clear')}
        </Button>
      )}
      {onRetry && !isOfAddress && (
        <Button size="small" onClick={() => void onRetry()}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}
