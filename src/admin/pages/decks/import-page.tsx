/** A file becomes a rate deck in four steps with an address each. Nothing changes before the last one. */
import type { ReactNode } from 'react'
import { isProblem } from '../../data/client.ts'
import { Go, useParam, useUrlState } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { CheckStep } from './check-step.tsx'
import { CompareStep } from './compare-step.tsx'
import { type DraftStep, STEPS, stepAt, useDraft } from './data.ts'
import { FileStep } from './file-step.tsx'
import { PublishStep } from './publish-step.tsx'
import { importDeckWords } from './words.ts'
import './decks.css'

export default function DeckImportPage() {
  const id = useParam('draft')
  const given = useParam('step')
  if (id === '') {
    return (
      <Frame step="file" draft="">
        <FileStep />
      </Frame>
    )
  }
  const step = STEPS.find((one) => one === given)
  return step === undefined && given !== '' ? <NotFound /> : <OfDraft id={id} step={step ?? 'check'} />
}

function OfDraft({ id, step }: { readonly id: string; readonly step: DraftStep }) {
  const t = useWords(importDeckWords)
  const { data, error, refetch } = useDraft(id)
  if (isProblem(error, 'not-found')) return <NotFound />
  return (
    <Frame step={step} draft={id}>
      {error && <BlockError error={error} onRetry={refetch} />}
      {!data && !error && <PageSkeleton />}
      {data?.publishedAs && (
        <p className="dk-note" role="status">
          {t('alreadyOut')} <Go to="/operator/decks">{t('decks')}</Go>
        </p>
      )}
      {data && step === 'check' && <CheckStep draft={data} />}
      {data && step === 'compare' && <CompareStep draft={data} />}
      {data && step === 'publish' && <PublishStep draft={data} />}
    </Frame>
  )
}

interface FrameProps {
  readonly step: 'file' | DraftStep
  readonly draft: string
  readonly children: ReactNode
}

const ALL = ['file', ...STEPS] as const

function Frame({ step, draft, children }: FrameProps) {
  const t = useWords(importDeckWords)
  const [{ at }] = useUrlState({ at: '' })
  const here = ALL.indexOf(step)
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')} above={{ title: t('decks'), to: '/operator/decks' }} />
      <nav aria-label={t('steps')}>
        <ol className="dk-steps">
          {ALL.map((one, index) => (
            <li
              key={one}
              className={index < here ? 'dk-past' : undefined}
              aria-current={one === step ? 'step' : undefined}
            >
              <span className="num" aria-hidden="true">
                {index + 1}
              </span>
              {index < here && one !== 'file' ? (
                <Go to={`${stepAt(draft, one)}${at === '' ? '' : `?at=${encodeURIComponent(at)}`}`}>
                  {t(`step.${one}`)}
                </Go>
              ) : (
                t(`step.${one}`)
              )}
            </li>
          ))}
        </ol>
      </nav>
      {children}
    </>
  )
}
