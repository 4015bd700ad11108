/** The first thing that callers hear: a text that is spoken, or a recording. */
import { useTenant } from '../../data/session.ts'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useLanguage, useWords } from '../../words/use.tsx'
import { usePrompt } from '../greeting/data.ts'
import { Player, PromptField } from '../greeting/prompt-field.tsx'
import { stateOf, useSaving } from './data.ts'
import { Settled, StepFrame, type StepProps } from './frame.tsx'
import { useDraft } from './use-draft.ts'
import { voiceStepWords } from './words.ts'

export function GreetingStep({ setUp }: StepProps) {
  const t = useWords(voiceStepWords)
  const language = useLanguage()
  const { name } = useTenant()
  const saving = useSaving(setUp)
  const draft = useDraft(setUp, saving)
  const { data: live } = usePrompt(draft.live?.greeting ?? null)
  const isDone = stateOf(setUp, 'greeting') === 'done'
  return (
    <StepFrame
      step="greeting"
      saving={saving}
      onNext={async () => true}
      mayNext={isDone || (draft.settings?.greeting ?? null) !== null}
      isDone={isDone}
    >
      {isDone ? (
        <Settled to="attendant" text={t('toAttendant')}>
          {live && <Player prompt={live} />}
        </Settled>
      ) : draft.settings === undefined ? (
        <Skeleton lines={4} />
      ) : (
        <PromptField
          label={t('greeting')}
          hint={t('example', { name })}
          value={draft.settings.greeting}
          language={draft.settings.language ?? language}
          onChange={(greeting) => void draft.save('greeting', { greeting })}
        />
      )}
    </StepFrame>
  )
}
