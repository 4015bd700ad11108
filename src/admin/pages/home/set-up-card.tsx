/** How far setting up has got, from what is there; gone once all of it is done. With plan it is the wizard that says so (G2). */
import { CheckmarkCircleFilled, CircleRegular, ClockRegular } from '@fluentui/react-icons'
import { COUNTED_STEPS } from '../../../core/getting-started.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Go } from '../../kit/go.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { stateOf, useSetUp } from '../getting-started/data.ts'
import { stepWords } from '../getting-started/words.ts'
import type { Home } from './data.ts'
import { homeWords } from './words.ts'

type Step = Home['steps'][number]['key']

/** Where each step is taken. */
const PLACES: Readonly<Record<Step, string>> = {
  people: 'users',
  licences: 'billing/purchase',
  assigned: 'users',
  numbers: 'numbers',
  credits: 'billing/credits',
  'first-call': 'calls',
}

interface Item {
  readonly key: string
  readonly text: string
  readonly state: 'done' | 'later' | 'open'
  /** Where it is done; null: not by this person. */
  readonly to: string | null
}

export interface SetUpList {
  readonly items: readonly Item[]
  /** The one thing to do next; null: it is one of the links. */
  readonly next: { readonly to: string; readonly text: string } | null
}

/** What is to be set up; null: nothing, or it is not known yet. */
export function useSetUpList(home: Home): SetUpList | null {
  const t = useWords(homeWords)
  const words = useWords(stepWords)
  const { id, licenceType } = useTenant()
  const mayEdit = useMay('getting-started:edit')
  const isByWizard = licenceType === 'with-calling-plan'
  const { data: setUp } = useSetUp(id, isByWizard)
  if (!isByWizard) {
    if (home.steps.every(({ done }) => done)) return null
    const items = home.steps.map(({ key, done }): Item => {
      return { key, text: t(`step.${key}`), state: done ? 'done' : 'open', to: PLACES[key] }
    })
    return { items, next: null }
  }
  if (setUp === undefined || setUp.next === null) return null
  const items = COUNTED_STEPS.map((key): Item => {
    const state = stateOf(setUp, key)
    const shown = state === 'done' || state === 'later' ? state : 'open'
    return { key, text: words(`title.${key}`), state: shown, to: mayEdit ? `getting-started/${key}` : null }
  })
  const next = { to: `getting-started/${setUp.next}`, text: setUp.next === 'test-call' ? t('callMe') : t('goOn') }
  return { items, next: mayEdit ? next : null }
}

export function SetUpCard({ list }: { readonly list: SetUpList | null }) {
  const t = useWords(homeWords)
  const formats = useFormats()
  if (list === null) return null
  const done = list.items.filter(({ state }) => state === 'done').length
  return (
    <Card
      className="h-set-up"
      title={t('setUp')}
      aside={
        <span className="k-quiet num">
          {t('doneOf', { done: formats.number(done), all: formats.number(list.items.length) })}
        </span>
      }
    >
      <ul>
        {list.items.map(({ key, text, state, to }) => (
          <li key={key} className={state === 'done' ? 'h-done' : 'h-open'}>
            {state === 'done' ? (
              <CheckmarkCircleFilled fontSize={18} aria-label={t('stepDone')} />
            ) : state === 'later' ? (
              <ClockRegular fontSize={18} aria-label={t('stepLater')} />
            ) : (
              <CircleRegular fontSize={18} aria-label={t('stepOpen')} />
            )}
            {state === 'done' || to === null ? <span>{text}</span> : <Go to={to}>{text}</Go>}
          </li>
        ))}
      </ul>
      {list.next && (
        <Go className="h-go-on" to={list.next.to}>
          {list.next.text}
        </Go>
      )}
    </Card>
  )
}
