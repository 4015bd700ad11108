/** How far setting up has got, from what is there; gone once all of it is done. */
import { CheckmarkCircleFilled, CircleRegular } from '@fluentui/react-icons'
import { Card } from '../../kit/card.tsx'
import { Go } from '../../kit/go.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
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

export const isSetUp = ({ steps }: Home): boolean => steps.every(({ done }) => done)

export function SetUpCard({ home }: { readonly home: Home }) {
  const t = useWords(homeWords)
  const formats = useFormats()
  const done = home.steps.filter((step) => step.done).length
  return (
    <Card
      className="h-set-up"
      title={t('setUp')}
      aside={
        <span className="k-quiet num">
          {t('doneOf', { done: formats.number(done), all: formats.number(home.steps.length) })}
        </span>
      }
    >
      <ul>
        {home.steps.map((step) => (
          <li key={step.key} className={step.done ? 'h-done' : 'h-open'}>
            {step.done ? (
              <CheckmarkCircleFilled fontSize={18} aria-label={t('stepDone')} />
            ) : (
              <CircleRegular fontSize={18} aria-label={t('stepOpen')} />
            )}
            {step.done ? <span>{t(`step.${step.key}`)}</span> : <Go to={PLACES[step.key]}>{t(`step.${step.key}`)}</Go>}
          </li>
        ))}
      </ul>
    </Card>
  )
}
