/** The draft of the attendant that the steps about greeting and menu work on; made when something is first said in it. */
import { useState } from 'react'
import { api, newIntent } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useTenant } from '../../data/session.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { type Attendant, attendantsKey, type Settings, useAttendants } from '../greeting/data.ts'
import { greetingWords } from '../greeting/words.ts'
import { type Saving, type SetUp, setUpChanged } from './data.ts'

export interface Draft {
  /** Undefined: it is being read. */
  readonly settings: Settings | undefined
  /** What callers get already. */
  readonly live: Settings | null
  /** Changes parts of the draft, and takes the step up again that was left for later. Null: refused. */
  readonly save: (step: 'greeting' | 'menu', changes: Partial<Settings>) => Promise<Attendant | null>
}

export function useDraft(setUp: SetUp, saving: Saving): Draft {
  const t = useWords(greetingWords)
  const { id } = useTenant()
  const language = useLanguage()
  const attendants = useAttendants()
  // Made here a moment ago: the wizard's answer does not name it yet.
  const [made, setMade] = useState<string | null>(null)
  const attendantId = made ?? setUp.attendantId
  const one = attendants.data?.data.find((attendant) => attendant.id === attendantId)
  const isRead = attendants.data !== undefined && (attendantId === null || one !== undefined)
  const settings: Settings | undefined = isRead
    ? (one?.draft ?? { language, greeting: null, forward: null, menu: null, afterHours: null })
    : undefined
  const root = `/v1/tenants/${id}/attendants`
  return {
    settings,
    live: one?.live ?? null,
    save: (step, changes) =>
      saving.run(async () => {
        const draft = { ...settings, ...changes }
        const saved =
          attendantId === null
            ? await api.post<Attendant>(root, { name: t('firstName'), draft }, { intent: newIntent() })
            : await api.patch<Attendant>(`${root}/${attendantId}`, { draft })
        setMade(saved.id)
        await queryClient.invalidateQueries({ queryKey: attendantsKey(id) })
        if (setUp.steps.some((one) => one.step === step && one.state === 'later')) {
          await api.put(`/v1/tenants/${id}/getting-started/later`, { step, later: false })
        }
        await setUpChanged(id)
        return saved
      }),
  }
}
