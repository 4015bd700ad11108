/** Where calls go after the greeting: all to one place, or by key; drawn as it is chosen. */
import { useState } from 'react'
import type { AttendantFault } from '../../../core/attendant-check.ts'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useLanguage, useWords } from '../../words/use.tsx'
import type { Attendant, Faults, Settings } from '../greeting/data.ts'
import { MenuEditor } from '../greeting/menu-editor.tsx'
import { KeyTree } from '../greeting/tree.tsx'
import { type SetUp, stateOf, useSaving } from './data.ts'
import { Settled, StepFrame, type StepProps } from './frame.tsx'
import { useDraft } from './use-draft.ts'
import { voiceStepWords } from './words.ts'

type Choice = Pick<Settings, 'forward' | 'menu'>

/** “Done” gives these to whoever was chosen in the step before, so they keep nobody from going on. */
const COMES_WITH_DONE: readonly AttendantFault[] = ['user-without-licence', 'user-without-telephone']

export function MenuStep({ setUp }: StepProps) {
  const t = useWords(voiceStepWords)
  const language = useLanguage()
  const saving = useSaving(setUp)
  const { settings, live, save } = useDraft(setUp, saving)
  const [typed, setTyped] = useState<Choice | null>(null)
  const [faults, setFaults] = useState<Faults>({})
  const isDone = stateOf(setUp, 'menu') === 'done'
  const choice: Choice = typed ?? { forward: settings?.forward ?? null, menu: settings?.menu ?? null }
  const next = async (): Promise<boolean> => {
    if (isDone) return true
    const saved = await save('menu', choice)
    if (!saved) return false
    const wrong = faultsOf(saved, setUp)
    setFaults(wrong)
    return Object.keys(wrong).length === 0
  }
  return (
    <StepFrame
      step="menu"
      saving={saving}
      onNext={next}
      mayNext={isDone || choice.forward !== null || choice.menu !== null}
      isDone={isDone}
    >
      {isDone ? (
        <Settled to="attendant" text={t('toAttendant')}>
          {live && <KeyTree settings={live} />}
        </Settled>
      ) : settings === undefined ? (
        <Skeleton lines={6} />
      ) : (
        <div className="gs-menu">
          <MenuEditor
            value={choice}
            language={settings.language ?? language}
            faults={faults}
            onChange={(changed) => {
              setTyped(changed)
              setFaults({})
            }}
          />
          <KeyTree settings={{ ...settings, ...choice }} />
        </div>
      )}
    </StepFrame>
  )
}

/** What is wrong with the draft and does not come right by “Done”, by its place in the form. */
function faultsOf({ faults, draft }: Attendant, setUp: SetUp): Faults {
  const chosen = new Set(setUp.licences?.people.map(({ userId }) => userId))
  const isToCome = (at: string): boolean => {
    const key = at.replace('menu.keys.', '')
    const target =
      at === 'forward' ? draft.forward : at === 'menu.otherwise' ? draft.menu?.otherwise : keyOf(draft, key)
    return target?.to === 'user' && chosen.has(target.userId)
  }
  return Object.fromEntries(
    faults
      .filter(({ code, at }) => at !== 'greeting' && !(COMES_WITH_DONE.includes(code) && isToCome(at)))
      .map(({ at, title }) => [at, title]),
  )
}

const keyOf = (draft: Attendant['draft'], key: string) =>
  (draft.menu?.keys as Readonly<Record<string, Settings['forward'] | undefined>> | undefined)?.[key]
