/** The frame of a step: what it is, its own fields, and the way on: later, back, next. */
import { Button } from '@fluentui/react-components'
import type { ReactNode } from 'react'
import { LATER_STEPS, type LaterStep, SET_UP_STEPS, type SetUpStep } from '../../../core/getting-started.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConflictDialog } from '../../kit/draft.tsx'
import { Go, useAt, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useWords } from '../../words/use.tsx'
import { putLater, type Saving, type SetUp } from './data.ts'
import { frameWords, stepWords } from './words.ts'

export interface StepProps {
  readonly setUp: SetUp
}

/** The steps with a number; the test call comes after them. */
const NUMBERED = SET_UP_STEPS.length - 1

const isLaterStep = (step: SetUpStep): step is LaterStep => (LATER_STEPS as readonly SetUpStep[]).includes(step)

/** Where a step leads, and where it comes from. */
const beside = (step: SetUpStep, by: 1 | -1): SetUpStep | null => SET_UP_STEPS[SET_UP_STEPS.indexOf(step) + by] ?? null

export interface StepFrameProps {
  readonly step: SetUpStep
  readonly saving: Saving
  readonly children: ReactNode
  /** The one filled button; false: it stays here. Absent: this step has none. */
  readonly onNext?: () => Promise<boolean>
  readonly nextText?: string
  readonly mayNext?: boolean
  /** What is done needs no “later”. */
  readonly isDone?: boolean
  /** A refusal's one way out. */
  readonly wayOut?: ReactNode
}

export function StepFrame({
  step,
  saving,
  children,
  onNext,
  nextText,
  mayNext = true,
  isDone = false,
  wayOut,
}: StepFrameProps) {
  const t = useWords(frameWords)
  const words = useWords(stepWords)
  const { id } = useTenant()
  const go = useGo()
  const at = useAt()
  const [after, before] = [beside(step, 1), beside(step, -1)]
  const place = SET_UP_STEPS.indexOf(step) + 1
  const leave = (from: string): void => go(at(after === null ? 'home' : `getting-started/${after}`), { from })
  const next = async (): Promise<void> => {
    const from = location.pathname
    if (await onNext?.()) leave(from)
  }
  const later = async (): Promise<void> => {
    const from = location.pathname
    if (isLaterStep(step) && (await saving.run(() => putLater(id, step, true)))) leave(from)
  }
  const { problem } = saving
  return (
    <Card className="gs-step" title={words(`title.${step}`)} aside={<Place step={step} place={place} />}>
      <form
        className="gs-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          // A dialog's own form tells its events to this one, too.
          if (event.target !== event.currentTarget) return
          if (mayNext && !saving.isBusy) void next()
        }}
      >
        <div className="gs-body">
          <p className="gs-sentence">{words(`sentence.${step}`)}</p>
          {problem && (
            <div className="gs-refusal">
              <Refusal title={problem.detail ?? problem.title} />
              {wayOut}
            </div>
          )}
          {children}
        </div>
        <div className="gs-foot">
          {isLaterStep(step) && !isDone && (
            <Button appearance="subtle" disabled={saving.isBusy} onClick={() => void later()}>
              {t('later')}
            </Button>
          )}
          <span />
          {before !== null && <BackButton to={before} />}
          {onNext && (
            <Button type="submit" appearance="primary" disabled={saving.isBusy || !mayNext}>
              {nextText ?? t('next')}
            </Button>
          )}
        </div>
      </form>
      <ConflictDialog open={saving.isConflict} onMine={() => void saving.mine()} onTheirs={() => void saving.theirs()}>
        {t('changed')}
      </ConflictDialog>
    </Card>
  )
}

function BackButton({ to }: { readonly to: SetUpStep }) {
  const t = useWords(frameWords)
  const go = useGo()
  const at = useAt()
  return <Button onClick={() => go(at(`getting-started/${to}`))}>{t('back')}</Button>
}

function Place({ step, place }: { readonly step: SetUpStep; readonly place: number }) {
  const t = useWords(frameWords)
  return (
    <span className="k-quiet num gs-place">
      {step === 'test-call' ? t('last') : t('place', { place, all: NUMBERED })}
    </span>
  )
}

/** What is there already, with the page where it is changed. */
export function Settled({
  children,
  to,
  text,
}: {
  readonly children: ReactNode
  readonly to: string
  readonly text: string
}) {
  return (
    <div className="gs-settled">
      <div>{children}</div>
      <Go to={to}>{text}</Go>
    </div>
  )
}
