/** From nothing to a ringing telephone in one sitting (G2, G4): a step on each address; whoever leaves finds all of it again. */
import { type ComponentType, useEffect } from 'react'
import { SET_UP_STEPS, type SetUpStep } from '../../../core/getting-started.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useAt, useGo, useParam } from '../../kit/go.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useWords } from '../../words/use.tsx'
import { type SetUp, useSetUp } from './data.ts'
import { FinishStep } from './finish-step.tsx'
import type { StepProps } from './frame.tsx'
import { GreetingStep } from './greeting-step.tsx'
import { LicencesStep } from './licences-step.tsx'
import { LocationStep } from './location-step.tsx'
import { MenuStep } from './menu-step.tsx'
import { NumberStep } from './number-step.tsx'
import { StepLine } from './step-line.tsx'
import { TestCallStep } from './test-call-step.tsx'
import { pageWords } from './words.ts'
import './getting-started.css'

const STEPS: Readonly<Record<SetUpStep, ComponentType<StepProps>>> = {
  location: LocationStep,
  number: NumberStep,
  licences: LicencesStep,
  greeting: GreetingStep,
  menu: MenuStep,
  finish: FinishStep,
  'test-call': TestCallStep,
}

const isStep = (text: string): text is SetUpStep => (SET_UP_STEPS as readonly string[]).includes(text)

export default function GettingStartedPage() {
  const t = useWords(pageWords)
  const { id, licenceType } = useTenant()
  const step = useParam('step')
  const isOffered = licenceType === 'with-calling-plan'
  const setUp = useSetUp(id, isOffered)
  return (
    <>
      <PageHead title={t('title')} sentence={isOffered ? t('sentence') : undefined} />
      {isOffered ? (
        <Block query={setUp} lines={8}>
          {(data) => (isStep(step) ? <Step setUp={data} step={step} /> : <Onward setUp={data} />)}
        </Block>
      ) : (
        <Elsewhere />
      )}
    </>
  )
}

function Step({ setUp, step }: StepProps & { readonly step: SetUpStep }) {
  const Shown = STEPS[step]
  return (
    <>
      <StepLine setUp={setUp} now={step} />
      <Shown key={step} setUp={setUp} />
    </>
  )
}

/** The address without a step leads to the first one that waits. */
function Onward({ setUp }: { readonly setUp: SetUp }) {
  const go = useGo()
  const at = useAt()
  const step = setUp.next ?? 'finish'
  useEffect(() => go(at(`getting-started/${step}`), { replace: true }), [go, at, step])
  return null
}

/** L4: without plan the way is another one; and where nothing is sold, that is said. */
function Elsewhere() {
  const t = useWords(pageWords)
  const { licenceType, country } = useTenant()
  const isByPartner = licenceType === 'without-calling-plan'
  return (
    <Card title={isByPartner ? t('byPartner', { country }) : t('notSold', { country })}>
      <EmptyState drawing="signpost" sentence={isByPartner ? t('byPartnerWhy') : t('notSoldWhy')}>
        {isByPartner && <Go to="partner">{t('askPartner')}</Go>}
      </EmptyState>
    </Card>
  )
}
