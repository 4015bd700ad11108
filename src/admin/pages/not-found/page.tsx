/** The same page for what does not exist and for what belongs to others. */
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useWords } from '../../words/use.tsx'
import { notFoundWords } from './words.ts'

export function NotFound() {
  const t = useWords(notFoundWords)
  return (
    <>
      <PageHead title={t('title')} />
      <EmptyState drawing="signpost" sentence={t('why')}>
        <Go to="/">{t('home')}</Go>
      </EmptyState>
    </>
  )
}
