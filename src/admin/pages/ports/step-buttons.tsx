/** Below each step: later, back, next. Whatever was entered is kept. */
import { Button } from '@fluentui/react-components'
import type { ReactNode } from 'react'
import { PORT_STEPS } from '../../../core/port-check.ts'
import { useAt, useGo } from '../../kit/go.tsx'
import { useWords } from '../../words/use.tsx'
import type { PortDetail, PortStep } from './data.ts'
import { portWords } from './words.ts'

/** The address of the step after this one. */
export const nextStep = (order: PortDetail, step: PortStep): string =>
  `ports/${order.id}/edit/${PORT_STEPS[PORT_STEPS.indexOf(step) + 1] ?? 'review'}`

export interface StepButtonsProps {
  readonly order: PortDetail | null
  readonly step: PortStep
  /** Absent: the form's own button goes on. */
  readonly children: ReactNode
}

export function StepButtons({ order, step, children }: StepButtonsProps) {
  const t = useWords(portWords)
  const at = useAt()
  const go = useGo()
  const before = PORT_STEPS[PORT_STEPS.indexOf(step) - 1]
  return (
    <div className="k-row">
      {children}
      {order && before && <Button onClick={() => go(at(`ports/${order.id}/edit/${before}`))}>{t('back')}</Button>}
      <Button appearance="subtle" onClick={() => go(at(order ? `ports/${order.id}` : 'ports'))}>
        {t('later')}
      </Button>
    </div>
  )
}
