/** Step 5: what stops the order, what it is likely to be rejected for, and sending it. */
import { Button } from '@fluentui/react-components'
import { useState } from 'react'
import { api, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Go, useAt, useGo } from '../../kit/go.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useLanguage, useWords } from '../../words/use.tsx'
import { type PortDetail, portChanged, portPath } from './data.ts'
import { StepButtons } from './step-buttons.tsx'
import { portWords } from './words.ts'

export function ReviewStep({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const { id } = useTenant()
  const language = useLanguage()
  const mayEdit = useMay('port:edit')
  const say = useSay()
  const at = useAt()
  const go = useGo()
  const [intent] = useState(newIntent)
  const [isBusy, setBusy] = useState(false)
  const blocking = order.issues.filter(({ blocks }) => blocks)
  const likely = order.issues.filter(({ blocks }) => !blocks)
  async function send(): Promise<void> {
    setBusy(true)
    const from = location.pathname
    try {
      await portChanged(
        id,
        await api.post<PortDetail>(`${portPath(id, order.id)}/submit`, undefined, { intent }),
        language,
      )
      say.done(t('sent'))
      go(at(`ports/${order.id}`), { from })
    } catch (error) {
      say.failed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Card>
      <div className="k-stack">
        {blocking.length > 0 && <Issues title={t('blocking')} issues={blocking} order={order} />}
        {likely.length > 0 ? (
          <Issues title={t('likely', { count: likely.length })} issues={likely} order={order} />
        ) : (
          <p>{t('noneLikely')}</p>
        )}
        <StepButtons order={order} step="review">
          {mayEdit && (
            <Button appearance="primary" disabled={isBusy || blocking.length > 0} onClick={() => void send()}>
              {t('send')}
            </Button>
          )}
        </StepButtons>
      </div>
    </Card>
  )
}

interface IssuesProps {
  readonly title: string
  readonly issues: PortDetail['issues']
  readonly order: PortDetail
}

function Issues({ title, issues, order }: IssuesProps) {
  const t = useWords(portWords)
  return (
    <section aria-label={title} className="k-stack ports-part">
      <h2>{title}</h2>
      <ul className="ports-issues">
        {issues.map(({ issue, text, step }) => (
          <li key={issue}>
            <span>{text}</span>
            <Go to={`ports/${order.id}/edit/${step}`}>{t('mend')}</Go>
          </li>
        ))}
      </ul>
    </section>
  )
}
