/** A file of users, in four steps with an address each: the file, its columns, what each row would do, and doing it. */

import { isProblem } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Go, useParam } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { ApplyStep } from './import-apply.tsx'
import { CheckStep } from './import-check.tsx'
import { ColumnsStep } from './import-columns.tsx'
import { type UserImport, useImport } from './import-data.ts'
import { FileStep } from './import-file.tsx'
import { importWords } from './import-words.ts'
import './import.css'

const STEPS = ['file', 'columns', 'check', 'apply'] as const
type Step = (typeof STEPS)[number]

export default function ImportPage() {
  const importId = useParam('uim')
  const given = useParam('step')
  if (importId === '') return <Frame step="file" importId={null} content={<FileStep />} />
  const step = STEPS.find((one) => one === given) ?? 'columns'
  return <Steps importId={importId} step={step} />
}

function Steps({ importId, step }: { readonly importId: string; readonly step: Step }) {
  const { data, error, refetch } = useImport(importId)
  if (isProblem(error, 'not-found')) return <NotFound />
  if (error && !data) {
    return (
      <Frame
        step={step}
        importId={importId}
        content={
          <Card>
            <BlockError error={error} onRetry={refetch} />
          </Card>
        }
      />
    )
  }
  if (!data) return <PageSkeleton />
  // A file that was applied has one step left.
  const shown = data.jobId === null ? (step === 'apply' ? 'check' : step) : 'apply'
  return <Frame step={shown} importId={importId} content={<Content step={shown} given={data} />} />
}

function Content({ step, given }: { readonly step: Step; readonly given: UserImport }) {
  if (step === 'check') return <CheckStep given={given} />
  if (step === 'apply') return <ApplyStep given={given} />
  return <ColumnsStep given={given} />
}

interface FrameProps {
  readonly step: Step
  readonly importId: string | null
  readonly content: React.ReactNode
}

function Frame({ step, importId, content }: FrameProps) {
  const t = useWords(importWords)
  useTenant()
  const at = STEPS.indexOf(step)
  return (
    <>
      <PageHead title={t('title')} above={{ title: t('users'), to: 'users' }} />
      <nav aria-label={t('steps')}>
        <ol className="i-steps">
          {STEPS.map((one, index) => (
            <li
              key={one}
              className={index < at ? 'i-past' : undefined}
              aria-current={one === step ? 'step' : undefined}
            >
              <span className="num" aria-hidden="true">
                {index + 1}
              </span>
              {index < at && index > 0 && step !== 'apply' && importId !== null ? (
                <Go to={`users/import/${importId}/${one}`}>{t(`step.${one}`)}</Go>
              ) : (
                t(`step.${one}`)
              )}
            </li>
          ))}
        </ol>
      </nav>
      {content}
    </>
  )
}
