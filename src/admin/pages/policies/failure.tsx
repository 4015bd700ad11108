/** C10: what the switch does by itself while charging is out of reach, per class of call, and what the worst hour of it can cost. */
import { Button, Input, Select } from '@fluentui/react-components'
import { LockClosedRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type FailureOnWire, failureBody, type WorstLossOnWire } from '../../../api/schema/failure-policy.ts'
import {
  FAILURE_ACTIONS,
  FAILURE_CLASSES,
  type FailureAction,
  type FailureClass,
  mayBeginBlind,
} from '../../../core/failure-policy.ts'
import type { Language } from '../../../core/problems.ts'
import { api } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { DraftNote } from '../../kit/draft.tsx'
import { Money } from '../../kit/figures.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { typedNumber } from '../../words/typed-number.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { policiesWords } from './words.ts'

interface Draft {
  readonly action: FailureAction
  /** As typed. */
  readonly minutes: string
  readonly calls: string
}

type Values = Record<FailureClass, Draft>

const draftOf = ({ classes }: FailureOnWire): Values => {
  const of = (name: FailureClass): Draft => {
    const { action, boundSeconds, calls } = classes[name]
    return { action, minutes: String(boundSeconds / 60), calls: String(calls) }
  }
  return {
    domestic: of('domestic'),
    international: of('international'),
    'toll-free-in': of('toll-free-in'),
    inbound: of('inbound'),
  }
}

const bodyOf = (values: Values, language: Language): unknown => ({
  classes: Object.fromEntries(
    FAILURE_CLASSES.map((of) => {
      const { action, minutes, calls } = values[of]
      return [
        of,
        { action, boundSeconds: Math.round(typedNumber(minutes, language) * 60), calls: typedNumber(calls, language) },
      ]
    }),
  ),
})

export function FailureCard() {
  const t = useWords(policiesWords)
  const { id } = useTenant()
  const failure = useQuery({
    queryKey: ['failure-policy', id],
    queryFn: ({ signal }) => api.get<FailureOnWire>(`/v1/tenants/${id}/failure-policy`, { signal }),
  })
  return (
    <Card title={t('failure')}>
      <Block query={failure} lines={6}>
        {(data) => <FailureForm key={JSON.stringify(data.classes)} given={data} />}
      </Block>
    </Card>
  )
}

function FailureForm({ given }: { readonly given: FailureOnWire }) {
  const t = useWords(policiesWords)
  const formats = useFormats()
  const say = useSay()
  const { id } = useTenant()
  const mayEdit = useMay('policy:edit')
  const path = `/v1/tenants/${id}/failure-policy`
  const form = useForm<Values, FailureOnWire>({
    initial: draftOf(given),
    schema: failureBody,
    draft: `failure-${id}`,
    toBody: (values) => bodyOf(values, formats.language),
    // `classes.domestic.boundSeconds` is the row of domestic calls.
    fieldOf: (param) => param.split('.')[1] ?? param,
    submit: (body) => api.patch<FailureOnWire>(path, body),
    onDone: (answer) => {
      queryClient.setQueryData(['failure-policy', id], answer)
      say.done(t('failure.saved'), async () => {
        await api.patch(path, { classes: given.classes })
        await queryClient.invalidateQueries({ queryKey: ['failure-policy', id] })
      })
    },
  })
  const loss = useWorstLoss(given, form.values)
  const setRow = (of: FailureClass, change: Partial<Draft>): void => form.set(of, { ...form.values[of], ...change })
  return (
    <form className="k-stack" onSubmit={form.onSubmit} noValidate>
      <DraftNote form={form} />
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <p className="k-quiet">{t('failureHow')}</p>
      <table className="m-failure" aria-label={t('failure')}>
        <thead>
          <tr>
            <th scope="col">{t('failure.class')}</th>
            <th scope="col">{t('failure.action')}</th>
            <th scope="col">{t('failure.minutes')}</th>
            <th scope="col">{t('failure.calls')}</th>
            <th scope="col" className="num">
              {t('failure.loss')}
            </th>
          </tr>
        </thead>
        <tbody>
          {FAILURE_CLASSES.map((of) => (
            <Row
              key={of}
              of={of}
              draft={form.values[of]}
              loss={loss.byClass[of]}
              error={form.errors[of]}
              mayEdit={mayEdit}
              onChange={(change) => setRow(of, change)}
            />
          ))}
          {(['internal', 'emergency'] as const).map((of) => (
            <tr key={of}>
              <th scope="row">{t(`failure.${of}`)}</th>
              <td colSpan={4}>
                <span>
                  <LockClosedRegular fontSize={16} aria-hidden="true" /> {t('failure.goOn')}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div>
        <p className="m-worst" data-worst={loss.perHour.amount} role="status">
          <b>{t('worst', { amount: formats.money(loss.perHour) })}</b>
          <span className="k-quiet">{t('worstHow')}</span>
        </p>
        <p className="k-quiet">
          {t('failure.refusedMeans')}{' '}
          {given.ifLetThrough
            ? t('atStake', {
                hour: formats.moment(given.ifLetThrough.hour),
                amount: formats.money(given.ifLetThrough.amount),
              })
            : t('nothingAtStake')}
        </p>
      </div>
      {mayEdit && (
        <div className="k-row">
          <Button type="submit" appearance="primary" disabled={form.isBusy || !form.isDirty}>
            {t('save')}
          </Button>
          {form.isDirty && <Button onClick={() => form.reset()}>{t('failure.undo')}</Button>}
        </div>
      )}
    </form>
  )
}

interface RowProps {
  readonly of: FailureClass
  readonly draft: Draft
  readonly loss: WorstLossOnWire['perHour']
  readonly error: string | undefined
  readonly mayEdit: boolean
  readonly onChange: (change: Partial<Draft>) => void
}

function Row({ of, draft, loss, error, mayEdit, onChange }: RowProps) {
  const t = useWords(policiesWords)
  const name = t(`failure.of.${of}`)
  const isBounded = draft.action === 'continue'
  const errorId = `failure-error-${of}`
  const bound = (field: 'minutes' | 'calls') => (
    <Input
      className="m-narrow num"
      inputMode="decimal"
      aria-label={`${name}, ${t(`failure.${field}`)}`}
      {...(error === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': errorId })}
      value={draft[field]}
      disabled={!mayEdit}
      onChange={(_, { value }) => onChange({ [field]: value })}
    />
  )
  return (
    <tr data-failure={of}>
      <th scope="row">
        {name}
        {isBounded && !mayBeginBlind(of) && <small>{t('failure.note.international')}</small>}
        {error !== undefined && (
          <small id={errorId} role="alert" className="m-error">
            {error}
          </small>
        )}
      </th>
      <td data-label={t('failure.action')}>
        <Select
          aria-label={`${name}, ${t('failure.action')}`}
          value={draft.action}
          disabled={!mayEdit}
          onChange={(_, { value }) => onChange({ action: value as FailureAction })}
        >
          {FAILURE_ACTIONS.map((action) => (
            <option key={action} value={action}>
              {t(`failure.do.${action}`)}
            </option>
          ))}
        </Select>
      </td>
      <td data-label={t('failure.minutes')}>{isBounded ? bound('minutes') : '–'}</td>
      <td data-label={t('failure.calls')}>{isBounded ? bound('calls') : '–'}</td>
      <td data-label={t('failure.loss')} className="num">
        <Money money={loss} />
      </td>
    </tr>
  )
}

const TYPED_MS = 250

/** P47: what the draft could cost, before it is saved; while it cannot be read, what the last one could. */
function useWorstLoss(given: FailureOnWire, values: Values): WorstLossOnWire {
  const { id } = useTenant()
  const language = useLanguage()
  const [asked, setAsked] = useState<unknown>(null)
  useEffect(() => {
    const body = bodyOf(values, language)
    const timer = setTimeout(() => setAsked(failureBody.safeParse(body).success ? body : null), TYPED_MS)
    return () => clearTimeout(timer)
  }, [values, language])
  const { data } = useQuery({
    queryKey: ['failure-policy', id, 'worst-loss', JSON.stringify(asked)],
    queryFn: ({ signal }) =>
      api.post<WorstLossOnWire>(`/v1/tenants/${id}/failure-policy/worst-loss`, asked, { signal }),
    enabled: asked !== null,
    placeholderData: (before) => before,
  })
  return data ?? given.worstLoss
}
