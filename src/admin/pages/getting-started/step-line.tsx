/** Where one is on the way, and how each step stands: ●──●──◉──○──☎. Each is a link. */
import {
  CallRegular,
  CheckmarkRegular,
  CircleSmallFilled,
  ClockRegular,
  ErrorCircleRegular,
  type FluentIcon,
} from '@fluentui/react-icons'
import type { SetUpStep } from '../../../core/getting-started.ts'
import { Go } from '../../kit/go.tsx'
import { useWords } from '../../words/use.tsx'
import type { SetUp } from './data.ts'
import { stepWords } from './words.ts'

const ICONS: Readonly<Record<SetUp['steps'][number]['state'], FluentIcon | null>> = {
  done: CheckmarkRegular,
  working: CircleSmallFilled,
  failed: ErrorCircleRegular,
  chosen: CircleSmallFilled,
  later: ClockRegular,
  open: null,
}

export function StepLine({ setUp, now }: { readonly setUp: SetUp; readonly now: SetUpStep }) {
  const t = useWords(stepWords)
  return (
    <nav className="gs-line" aria-label={t('steps')}>
      <ol>
        {setUp.steps.map(({ step, state }) => {
          const Icon = step === 'test-call' && state !== 'done' ? CallRegular : ICONS[state]
          return (
            <li key={step} data-state={state}>
              <Go to={`getting-started/${step}`} aria-current={step === now ? 'step' : undefined}>
                <i aria-hidden="true">{Icon && <Icon fontSize={16} />}</i>
                <span>
                  {t(`short.${step}`)}
                  <span className="unseen"> – {t(`state.${state}`)}</span>
                </span>
              </Go>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
