/** Step 4: when, what it means, and the number of the deck to type. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, isProblem, newIntent } from '../../data/client.ts'
import { serverNow } from '../../data/live.ts'
import { useMay } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { Sums } from './compare-step.tsx'
import { type Comparison, type Draft, draftPath, stepAt, useComparison, useDecks } from './data.ts'
import { useAtTime, WhenChoice } from './when-choice.tsx'
import { importDeckWords } from './words.ts'

export function PublishStep({ draft }: { readonly draft: Draft }) {
  const t = useWords(importDeckWords)
  const [at] = useAtTime()
  const query = useComparison(draft, at)
  return (
    <Card title={<span translate="no">{draft.fileName}</span>}>
      <div className="k-stack">
        <WhenChoice />
        {draft.errorCount > 0 && <p className="dk-bad">{t('hasErrors')}</p>}
        <Block query={query}>
          {(data) => <Publish draft={draft} data={data} at={at} onAgain={() => void query.refetch()} />}
        </Block>
      </div>
    </Card>
  )
}

interface PublishProps {
  readonly draft: Draft
  readonly data: Comparison
  readonly at: string
  readonly onAgain: () => void
}

function Publish({ draft, data, at, onAgain }: PublishProps) {
  const t = useWords(importDeckWords)
  const formats = useFormats()
  const go = useGo()
  const say = useSay()
  const queries = useQueryClient()
  const mayEdit = useMay('rate-deck:edit')
  const intent = useRef(newIntent())
  const [isAsking, setAsking] = useState(false)
  const [isOld, setOld] = useState(false)
  // Decks are numbered without gaps: what is published next is one more than the newest.
  const newest = useDecks().data?.data[0]?.version ?? 0
  const version = newest + 1
  const isPast = at !== '' && Date.parse(at) <= serverNow()
  const isReady = draft.errorCount === 0 && draft.publishedAs === null && !isPast
  async function publish(): Promise<void> {
    const body = { comparedWith: data.comparedWith, ...(at === '' ? {} : { activateAt: at }) }
    const from = location.pathname
    let made: { readonly version: number }
    try {
      made = await api.post<{ version: number }>(`${draftPath(draft.id)}/publish`, body, { intent: intent.current })
    } catch (error) {
      if (isProblem(error) && error.status !== 0) intent.current = newIntent()
      setOld(isProblem(error, 'rate-deck-changed'))
      throw error
    }
    for (const queryKey of [['rate-decks'], ['rate-deck-drafts'], ['rate-deck-draft', draft.id]]) {
      void queries.invalidateQueries({ queryKey })
    }
    go('/operator/decks', { from })
    say.done(
      at === ''
        ? t('publishedNow', { version: made.version })
        : t('publishedAt', { version: made.version, time: formats.moment(at) }),
    )
  }
  const again = (): void => {
    setOld(false)
    onAgain()
    void queries.invalidateQueries({ queryKey: ['rate-decks'] })
  }
  return (
    <>
      <Sums data={data} />
      <p>
        {t('becomes', { version })} {t('keeps')}
      </p>
      {isOld && (
        <>
          <Refusal title={t('against', { version: data.comparedWith })} />
          <Button className="dk-start" onClick={again}>
            {t('compareAgain')}
          </Button>
        </>
      )}
      <div className="k-row">
        <Button onClick={() => go(`${stepAt(draft.id, 'compare')}${at === '' ? '' : `?at=${encodeURIComponent(at)}`}`)}>
          {t('back')}
        </Button>
        {mayEdit && (
          <Button appearance="primary" disabled={!isReady} onClick={() => setAsking(true)}>
            {t('publish')}
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={isAsking}
        title={t(at === '' ? 'confirmNow' : 'confirmAt', { version })}
        action={t('publish')}
        word={String(version)}
        onConfirm={publish}
        onClose={() => setAsking(false)}
      >
        <p>{at === '' ? t('pricesNow') : t('pricesFrom', { time: formats.moment(at) })}</p>
        <p>{t('keeps')}</p>
      </ConfirmDialog>
    </>
  )
}
