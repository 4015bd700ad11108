/** The last step (G4): the browser rings, and both directions are heard. */
import { useTenant } from '../../data/session.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go } from '../../kit/go.tsx'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { TestCall } from '../../softphone/test-call.tsx'
import { useWords } from '../../words/use.tsx'
import { setUpChanged, stateOf, useSaving } from './data.ts'
import { StepFrame, type StepProps } from './frame.tsx'
import { testCallStepWords } from './words.ts'

export function TestCallStep({ setUp }: StepProps) {
  const t = useWords(testCallStepWords)
  const { id } = useTenant()
  const saving = useSaving(setUp)
  const format = usePhoneFormat()
  const isDone = stateOf(setUp, 'test-call') === 'done'
  const { company } = setUp
  return (
    <StepFrame step="test-call" saving={saving} isDone={isDone}>
      <div className="gs-test">
        <TestCall tenant={id} onDone={() => void setUpChanged(id)} />
      </div>
      {isDone && (
        <EmptyState
          drawing="handset"
          title={t('done')}
          sentence={company ? t('callNow', { number: format(company.number) }) : t('doneWhy')}
        >
          <Go to="home">{t('home')}</Go>
        </EmptyState>
      )}
    </StepFrame>
  )
}
