/** Step 3: the numbers, with a verdict each, and whose place they take. */
import { Button, Field, Select, Textarea } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ApiProblem } from '../../data/client.ts'
import { api, isProblem } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { useAt, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PhoneNumber, usePhoneFormat } from '../../kit/phone-number.tsx'
import { useLanguage, useWords } from '../../words/use.tsx'
import type { PhoneNumberRow } from '../numbers/data.ts'
import { LocationChoice } from '../numbers/location-choice.tsx'
import { type PortDetail, portChanged, portPath } from './data.ts'
import { nextStep, StepButtons } from './step-buttons.tsx'
import { portWords } from './words.ts'

interface Wanted {
  readonly number: string
  readonly replaces?: string | null
}

export function NumbersStep({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const { id } = useTenant()
  const language = useLanguage()
  const mayEdit = useMay('port:edit')
  const at = useAt()
  const go = useGo()
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const path = portPath(id, order.id)
  const own = useQuery({
    queryKey: ['phone-numbers', id, 'for-ports', order.country],
    queryFn: ({ signal }) =>
      api.get<{ data: readonly PhoneNumberRow[] }>(`/v1/tenants/${id}/phone-numbers`, {
        query: { limit: 200, country: order.country },
        signal,
      }),
  })
  const temporary = (own.data?.data ?? []).filter(
    (row) => row.temporary || order.numbers.some(({ replaces }) => replaces === row.number),
  )

  async function keep(work: () => Promise<PortDetail>): Promise<void> {
    setBusy(true)
    setProblem(null)
    try {
      await portChanged(id, await work(), language)
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const put = (numbers: readonly Wanted[]): Promise<void> =>
    keep(() => api.put<PortDetail>(`${path}/numbers`, { numbers, version: order.version }))
  const upload = (file: File | undefined): void => {
    if (!file) return
    void keep(async () => {
      const bytes = new Blob([await file.arrayBuffer()])
      return api.post<PortDetail>(`${path}/numbers-file`, bytes, { headers: { 'content-type': 'text/csv' } })
    })
  }
  const known: readonly Wanted[] = order.numbers.map(({ number, replaces }) => ({ number, replaces }))
  return (
    <Card>
      <div className="k-stack">
        {problem && <Refusal title={problem.title} detail={problem.detail} />}
        {mayEdit && (
          <>
            <div className="k-row">
              <Button disabled={isBusy} onClick={() => input.current?.click()}>
                {t('file.choose')}
              </Button>
              <input
                ref={input}
                type="file"
                accept=".csv,.txt,text/csv"
                className="unseen"
                tabIndex={-1}
                aria-label={t('file.choose')}
                onChange={(event) => {
                  upload(event.currentTarget.files?.[0])
                  event.currentTarget.value = ''
                }}
              />
              <span className="k-quiet">{t('file.rules')}</span>
            </div>
            <Field label={t('typed')}>
              <Textarea value={typed} rows={3} onChange={(_, { value }) => setTyped(value)} />
            </Field>
            <div className="k-row">
              <Button
                disabled={isBusy || typed.trim() === ''}
                onClick={() => {
                  const lines = typed.split('\n').filter((line) => line.trim() !== '')
                  void put([...known, ...lines.map((number) => ({ number }))]).then(() => setTyped(''))
                }}
              >
                {t('typed.use')}
              </Button>
            </div>
          </>
        )}
        {order.leftOut.length > 0 && (
          <section className="k-stack ports-part" aria-label={t('leftOut')}>
            <h2>{t('leftOut')}</h2>
            <ul className="ports-left">
              {order.leftOut.map(({ line, given, text }) => (
                <li key={line}>
                  <span className="k-quiet">{t('line', { line })}</span>
                  <span translate="no">{given}</span>
                  <span className="k-pill k-pill-bad">{text}</span>
                </li>
              ))}
            </ul>
            {mayEdit && (
              <div className="k-row">
                <Button disabled={isBusy} onClick={() => void put(known)}>
                  {t('leaveOut')}
                </Button>
              </div>
            )}
          </section>
        )}
        {order.numbers.length > 0 && (
          <section className="k-stack ports-part" aria-label={t('column.numbers')}>
            <h2>{t('numbers', { count: order.numbers.length })}</h2>
            <ul className="ports-numbers">
              {order.numbers.map(({ number, text, replaces }) => (
                <li key={number}>
                  <PhoneNumber number={number} />
                  <span className={text === null ? 'k-pill k-pill-good' : 'k-pill k-pill-bad'}>
                    {text ?? t('number.ok')}
                  </span>
                  {temporary.length > 0 && mayEdit && (
                    <Replaces
                      temporary={temporary}
                      value={replaces}
                      onChange={(value) =>
                        void put(known.map((row) => (row.number === number ? { number, replaces: value } : row)))
                      }
                    />
                  )}
                </li>
              ))}
            </ul>
          </section>
        )}
        {order.needsLocation && mayEdit && (
          <LocationChoice
            country={order.country}
            value={order.locationId ?? ''}
            mayBeNone={false}
            onChange={(locationId) =>
              void keep(() => api.patch<PortDetail>(path, { locationId, version: order.version }))
            }
          />
        )}
        <StepButtons order={order} step="numbers">
          <Button appearance="primary" onClick={() => go(at(nextStep(order, 'numbers')))}>
            {t('next')}
          </Button>
        </StepButtons>
      </div>
    </Card>
  )
}

interface ReplacesProps {
  readonly temporary: readonly PhoneNumberRow[]
  readonly value: string | null
  readonly onChange: (number: string | null) => void
}

/** A temporary number of ours that this one takes over, with its user. */
function Replaces({ temporary, value, onChange }: ReplacesProps) {
  const t = useWords(portWords)
  const phone = usePhoneFormat()
  return (
    <Field label={t('replaces')} size="small" orientation="horizontal">
      <Select size="small" value={value ?? ''} onChange={(_, data) => onChange(data.value === '' ? null : data.value)}>
        <option value="">{t('nothing')}</option>
        {temporary.map(({ number }) => (
          <option key={number} value={number} translate="no">
            {phone(number)}
          </option>
        ))}
      </Select>
    </Field>
  )
}
