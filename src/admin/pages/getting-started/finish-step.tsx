/** All of it on one page; “Done”, and then what becomes of each thing, with a retry where something was refused. */
import { Button, Spinner } from '@fluentui/react-components'
import { CheckmarkCircleFilled, CircleRegular, ErrorCircleFilled } from '@fluentui/react-icons'
import { type ReactNode, useEffect, useRef } from 'react'
import type { ChoiceStep } from '../../../core/getting-started.ts'
import { useTenant } from '../../data/session.ts'
import { Face } from '../../kit/face.tsx'
import { Go, useAt, useGo } from '../../kit/go.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { kitWords } from '../../kit/words.ts'
import { useWords } from '../../words/use.tsx'
import { useAttendants, usePrompt } from '../greeting/data.ts'
import { Player } from '../greeting/prompt-field.tsx'
import { KeyTree } from '../greeting/tree.tsx'
import { useLocations } from '../numbers/data.ts'
import { usersChanged } from '../users/data.ts'
import { postFinish, type SetUpTask, setUpChanged, stateOf, useSaving } from './data.ts'
import { StepFrame, type StepProps } from './frame.tsx'
import { HeldFor } from './places.tsx'
import { finishStepWords, stepWords } from './words.ts'

export function FinishStep({ setUp }: StepProps) {
  const t = useWords(finishStepWords)
  const { id } = useTenant()
  const go = useGo()
  const at = useAt()
  const saving = useSaving(setUp)
  const { isRunning, tasks } = setUp.finish
  const waits = setUp.steps.some(
    ({ step, state }) =>
      (step === 'finish' && state !== 'done' && state !== 'working') || state === 'chosen' || state === 'failed',
  )
  const isChosen = setUp.steps.some(({ state }) => state === 'chosen' || state === 'failed')
  const isConnecting = setUp.company !== null && setUp.company.attendantId === null && setUp.attendantId !== null
  const mayFinish = waits && (isChosen || isConnecting)
  useRefresh(isRunning)
  const done = async (): Promise<boolean> => {
    if (!mayFinish) {
      go(at('getting-started/test-call'))
      return false
    }
    await saving.run(() => postFinish(id))
    return false
  }
  return (
    <StepFrame
      step="finish"
      saving={saving}
      onNext={done}
      nextText={mayFinish ? t('done') : t('toTest')}
      mayNext={!isRunning}
    >
      {tasks.length > 0 && (
        <Progress
          setUp={setUp}
          isBusy={saving.isBusy || isRunning}
          onRetry={(key) => void saving.run(() => postFinish(id, key))}
        />
      )}
      <Overview setUp={setUp} />
    </StepFrame>
  )
}

/** What pages show of users and numbers is another thing once the background is through. */
function useRefresh(isRunning: boolean): void {
  const { id } = useTenant()
  const was = useRef(isRunning)
  useEffect(() => {
    if (was.current && !isRunning) {
      void usersChanged(id)
      void setUpChanged(id)
    }
    was.current = isRunning
  }, [isRunning, id])
}

interface ProgressProps extends StepProps {
  readonly isBusy: boolean
  readonly onRetry: (key: string) => void
}

function Progress({ setUp, isBusy, onRetry }: ProgressProps) {
  const t = useWords(finishStepWords)
  const { tasks, isRunning } = setUp.finish
  const done = tasks.filter(({ state }) => state === 'done').length
  const failed = tasks.filter(({ state }) => state === 'failed').length
  return (
    <section className="gs-progress" aria-label={t('progress')}>
      <p role="status" className="num">
        {isRunning
          ? t('working', { done, all: tasks.length })
          : failed > 0
            ? t('failed', { count: failed })
            : t('allDone')}
      </p>
      <ul>
        {tasks.map((task) => (
          <Task key={task.key} task={task} isRunning={isRunning} isBusy={isBusy} onRetry={onRetry} />
        ))}
      </ul>
    </section>
  )
}

/** Where somebody goes to change what was refused. */
const STEP_OF: Readonly<Record<SetUpTask['kind'], ChoiceStep>> = {
  number: 'number',
  user: 'licences',
  attendant: 'menu',
  connect: 'number',
}

interface TaskProps extends Omit<ProgressProps, 'setUp'> {
  readonly task: SetUpTask
  readonly isRunning: boolean
}

function Task({ task, isRunning, isBusy, onRetry }: TaskProps) {
  const t = useWords(finishStepWords)
  const { kind, state, userName, number, failure } = task
  return (
    <li data-state={state} data-task={kind}>
      <i>
        {state === 'done' ? (
          <CheckmarkCircleFilled fontSize={18} aria-label={t('state.done')} />
        ) : state === 'failed' ? (
          <ErrorCircleFilled fontSize={18} aria-label={t('state.failed')} />
        ) : isRunning ? (
          <Spinner size="extra-tiny" aria-label={t('state.waiting')} />
        ) : (
          <CircleRegular fontSize={18} aria-label={t('state.stopped')} />
        )}
      </i>
      <span>
        {t(`task.${kind}`)}
        {userName !== null && (
          <>
            {' · '}
            <b translate="no">{userName}</b>
          </>
        )}
        {failure && <em>{failure.title}</em>}
      </span>
      {number !== null && <PhoneNumber number={number} />}
      {failure && (
        <span className="k-row">
          {failure.code === 'no-seat-left' ? (
            <Go to="billing/purchase">{t('buy')}</Go>
          ) : (
            <Go to={`getting-started/${STEP_OF[kind]}`}>{t('change')}</Go>
          )}
          <Button size="small" disabled={isBusy} onClick={() => onRetry(task.key)}>
            {t('retry')}
          </Button>
        </span>
      )}
    </li>
  )
}

function Overview({ setUp }: StepProps) {
  const t = useWords(finishStepWords)
  const { country } = useTenant()
  const locations = useLocations(country)
  const location = locations.data?.data.find(({ id }) => id === setUp.locationId)
  const number = setUp.company ?? setUp.number
  return (
    <div className="gs-overview">
      <Part setUp={setUp} step="location">
        {location && (
          <p translate="no">
            <b>{[location.name, location.place].filter(Boolean).join(', ')}</b>
            <br />
            {location.lines.slice(location.place === null ? 0 : 1).join(', ')}
          </p>
        )}
      </Part>
      <Part setUp={setUp} step="number">
        {number && (
          <p>
            <b className="gs-big">
              <PhoneNumber number={number.number} />
            </b>{' '}
            {number.temporary && <span className="k-pill">{t('temporary')}</span>}
            {!setUp.company && setUp.number && (
              <span className="k-quiet">
                {' '}
                <HeldFor until={setUp.number.heldUntil} />
              </span>
            )}
          </p>
        )}
      </Part>
      <Part setUp={setUp} step="licences">
        {setUp.licences && (
          <ul className="gs-who">
            {setUp.licences.people.map(({ userId, name, number: own }) => (
              <li key={userId}>
                <Face name={name} size={24} />
                <span translate="no">{name}</span>
                {own !== null && <PhoneNumber number={own} />}
              </li>
            ))}
          </ul>
        )}
        {setUp.licences?.order && (
          <p className="k-quiet">
            {setUp.licences.temporary && `${t('temporary')} · `}
            <HeldFor until={setUp.licences.order.heldUntil} />
          </p>
        )}
        {!setUp.licences && stateOf(setUp, 'licences') === 'done' && <Go to="users">{t('toUsers')}</Go>}
      </Part>
      <Voice setUp={setUp} />
    </div>
  )
}

/** Greeting and menu are one thing to callers: heard, then chosen from. */
function Voice({ setUp }: StepProps) {
  const attendants = useAttendants()
  const draft = attendants.data?.data.find(({ id }) => id === setUp.attendantId)?.draft
  const { data: prompt } = usePrompt(draft?.greeting ?? null)
  return (
    <>
      <Part setUp={setUp} step="greeting">
        {prompt && <Player prompt={prompt} />}
      </Part>
      <Part setUp={setUp} step="menu">
        {draft && (draft.forward || draft.menu) && <KeyTree settings={draft} />}
      </Part>
    </>
  )
}

interface PartProps extends StepProps {
  readonly step: ChoiceStep
  readonly children: ReactNode
}

function Part({ setUp, step, children }: PartProps) {
  const words = useWords(stepWords)
  const t = useWords(finishStepWords)
  const k = useWords(kitWords)
  const state = stateOf(setUp, step)
  return (
    <section className="gs-part" data-state={state} aria-label={words(`title.${step}`)}>
      <header>
        <h3>{words(`title.${step}`)}</h3>
        <span className="k-quiet">{words(`state.${state}`)}</span>
        <Go to={`getting-started/${step}`} aria-label={k('pair', { what: t('change'), value: words(`title.${step}`) })}>
          {t('change')}
        </Go>
      </header>
      {children}
    </section>
  )
}
