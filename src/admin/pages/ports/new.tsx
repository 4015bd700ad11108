/** An order in five steps with an address each; the draft is kept on the server, and may be gone on with from anywhere. */

import { PORT_STEPS } from '../../../core/port-check.ts'
import { isProblem } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Go, useParam } from '../../kit/go.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { CarrierStep } from './carrier-step.tsx'
import { type PortDetail, type PortStep, usePort } from './data.ts'
import { KindStep } from './kind-step.tsx'
import { LetterStep } from './letter-step.tsx'
import { NumbersStep } from './numbers-step.tsx'
import { ReviewStep } from './review-step.tsx'
import { portWords } from './words.ts'
import './ports.css'

export default function NewPortPage() {
  const prt = useParam('prt')
  const given = useParam('step')
  useTenant()
  const { data, error, refetch } = usePort(prt)
  if (prt === '') return <Frame step="kind" order={null} />
  if (isProblem(error, 'not-found')) return <NotFound />
  if (error && !data) {
    return (
      <Card>
        <BlockError error={error} onRetry={refetch} />
      </Card>
    )
  }
  if (!data) return <PageSkeleton />
  // What was sent is not edited any more: its page says what can be done.
  if (!data.actions.includes('edit')) return <Gone order={data} />
  return <Frame step={PORT_STEPS.find((one) => one === given) ?? 'kind'} order={data} />
}

function Gone({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  return (
    <>
      <PageHead title={order.reference} isData above={{ title: t('title'), to: 'ports' }} />
      <Card>
        <p>{t(`now.${order.status}`)}</p>
        <Go to={`ports/${order.id}`}>{order.reference}</Go>
      </Card>
    </>
  )
}

function Frame({ step, order }: { readonly step: PortStep; readonly order: PortDetail | null }) {
  const t = useWords(portWords)
  const at = PORT_STEPS.indexOf(step)
  return (
    <>
      <PageHead
        title={t('newTitle')}
        sentence={order === null ? t('type.hint') : `${order.reference} · ${t(`status.${order.status}`)}`}
        above={{ title: t('title'), to: 'ports' }}
      />
      <ReadOnlyNote unless="port:edit" />
      <nav aria-label={t('steps')}>
        <ol className="ports-steps">
          {PORT_STEPS.map((one, index) => (
            <li
              key={one}
              className={index < at ? 'ports-past' : undefined}
              aria-current={one === step ? 'step' : undefined}
            >
              {order === null || one === step ? (
                t(`step.${one}`)
              ) : (
                <Go to={`ports/${order.id}/edit/${one}`}>{t(`step.${one}`)}</Go>
              )}
            </li>
          ))}
        </ol>
      </nav>
      {step === 'kind' && <KindStep key={order?.id ?? ''} order={order} />}
      {step === 'carrier' && order && <CarrierStep key={order.id} order={order} />}
      {step === 'numbers' && order && <NumbersStep order={order} />}
      {step === 'letter' && order && <LetterStep order={order} />}
      {step === 'review' && order && <ReviewStep order={order} />}
    </>
  )
}
