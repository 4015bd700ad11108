/** What is shown where a page has failed: the sentence, the number to send us, and a way on. */
import { Button } from '@fluentui/react-components'
import { isProblem } from '../data/client.ts'
import { PageHead } from '../kit/page-head.tsx'
import { NotFound } from '../pages/not-found/page.tsx'
import { useWords } from '../words/use.tsx'
import { shellWords } from './words.ts'

/** A file of the version before: it is no longer there. */
const isOldVersion = (error: unknown): boolean =>
  error instanceof Error && /dynamically imported module|module script|preload CSS/i.test(error.message)

export function PageError({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const t = useWords(shellWords)
  if (isProblem(error) && error.status === 404) return <NotFound />
  if (isOldVersion(error)) {
    return (
      <PageHead title={t('newVersion')} sentence={t('newVersionWhy')}>
        <Button appearance="primary" onClick={() => location.reload()}>
          {t('reload')}
        </Button>
      </PageHead>
    )
  }
  const sentence = isProblem(error) && error.title !== '' ? error.title : t('crashedWhy')
  return (
    <div role="alert">
      <PageHead title={t('crashed')} sentence={sentence}>
        <Button appearance="primary" onClick={reset}>
          {t('retry')}
        </Button>
      </PageHead>
      {isProblem(error) && error.requestId !== null && (
        <p className="mono">{t('requestId', { id: error.requestId })}</p>
      )}
    </div>
  )
}
