/** Step 4: the letter of authorisation, made of what was entered, signed on paper and uploaded. */
import { Button } from '@fluentui/react-components'
import { useRef, useState } from 'react'
import { type ApiProblem, api, isProblem, urlOf } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { When } from '../../kit/figures.tsx'
import { useAt, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useLanguage, useWords } from '../../words/use.tsx'
import { type PortDetail, portChanged, portPath } from './data.ts'
import { nextStep, StepButtons } from './step-buttons.tsx'
import { portWords } from './words.ts'

const LETTER_BYTES_MAX = 5 * 1_048_576

export function LetterStep({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const { id } = useTenant()
  const language = useLanguage()
  const mayEdit = useMay('port:edit')
  const at = useAt()
  const go = useGo()
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<ApiProblem | 'too-large' | null>(null)
  const [isBusy, setBusy] = useState(false)
  const path = portPath(id, order.id)
  async function upload(file: File | undefined): Promise<void> {
    if (!file) return
    setProblem(null)
    if (file.size > LETTER_BYTES_MAX) return setProblem('too-large')
    setBusy(true)
    try {
      const bytes = new Blob([await file.arrayBuffer()])
      const url = urlOf(`${path}/letter`, { fileName: file.name.slice(0, 200) })
      const answer = await api.put<PortDetail>(url, bytes, { headers: { 'content-type': 'application/pdf' } })
      await portChanged(id, answer, language)
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Card>
      <div className="k-stack">
        {problem && <Refusal title={problem === 'too-large' ? t('letter.tooLarge') : problem.title} />}
        <p>{t('letter.rules')}</p>
        <p>
          <a href={`${path}/letter-to-sign?lang=${language}`} download>
            {t('letter.sign')}
          </a>
        </p>
        {order.letter && (
          <p>
            <span translate="no">{order.letter.fileName}</span> <When at={order.letter.uploadedAt} />{' '}
            {mayEdit && (
              <a href={`${path}/letter`} download>
                {t('letter.download')}
              </a>
            )}
          </p>
        )}
        {mayEdit && (
          <div className="k-row">
            <Button disabled={isBusy} onClick={() => input.current?.click()}>
              {t('letter.choose')}
            </Button>
            <input
              ref={input}
              type="file"
              accept=".pdf,application/pdf"
              className="unseen"
              tabIndex={-1}
              aria-label={t('letter.choose')}
              onChange={(event) => {
                void upload(event.currentTarget.files?.[0])
                event.currentTarget.value = ''
              }}
            />
          </div>
        )}
        <StepButtons order={order} step="letter">
          <Button appearance="primary" onClick={() => go(at(nextStep(order, 'letter')))}>
            {t('next')}
          </Button>
        </StepButtons>
      </div>
    </Card>
  )
}
