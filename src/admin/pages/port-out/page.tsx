/** `/port-out`: the carrier that takes a number over asks for it, with the PIN of its holder (N5). Nobody signs in here. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useState } from 'react'
import { portOutBody } from '../../../api/schema/port-order.ts'
import { api } from '../../data/client.ts'
import { Refusal } from '../../kit/notes.tsx'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { useForm } from '../../kit/use-form.ts'
import { PublicFrame } from '../../shell/public-frame.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { portOutWords } from './words.ts'
import '../sign-in/sign-in.css'

interface Leaving {
  readonly number: string
  readonly carrier: string
  readonly leavesAt: string
}

export default function PortOutPage() {
  const t = useWords(portOutWords)
  const formats = useFormats()
  const phone = usePhoneFormat()
  const [leaving, setLeaving] = useState<Leaving | null>(null)
  const form = useForm({
    initial: { number: '', pin: '', carrier: '', date: '' },
    schema: portOutBody,
    toBody: ({ number, pin, carrier, date }) => ({
      number: number.replaceAll(/[\s().-]/g, ''),
      pin: pin.replaceAll(/\s/g, ''),
      carrier: carrier.trim(),
      ...(date === '' ? {} : { date }),
    }),
    submit: (body, intent) => api.post<Leaving>('/v1/port-out-requests', body, { intent }),
    onDone: setLeaving,
  })
  if (leaving) {
    const { number, carrier, leavesAt } = leaving
    return (
      <PublicFrame title={t('title')}>
        <div className="k-stack">
          <p role="status">
            <b>{t('done', { number: phone(number), carrier, when: formats.moment(leavesAt) })}</b>
          </p>
          <p>{t('doneMore')}</p>
          <Button
            onClick={() => {
              form.set('number', '')
              form.set('pin', '')
              setLeaving(null)
            }}
          >
            {t('another')}
          </Button>
        </div>
      </PublicFrame>
    )
  }
  return (
    <PublicFrame title={t('title')} lead={t('lead')}>
      <form onSubmit={form.onSubmit} className="sign-in-form" noValidate>
        {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
        <Field {...form.field('number', t('number'))} hint={t('numberHint')}>
          <Input size="large" inputMode="tel" autoComplete="off" {...form.input('number')} />
        </Field>
        <Field {...form.field('pin', t('pin'))} hint={t('pinHint')}>
          <Input size="large" inputMode="numeric" autoComplete="off" {...form.input('pin')} />
        </Field>
        <Field {...form.field('carrier', t('carrier'))}>
          <Input size="large" autoComplete="organization" {...form.input('carrier')} />
        </Field>
        <Field {...form.field('date', t('date'))} hint={t('dateHint')}>
          <Input size="large" type="date" {...form.input('date')} />
        </Field>
        <Button type="submit" appearance="primary" size="large" disabled={form.isBusy}>
          {t('send')}
        </Button>
      </form>
    </PublicFrame>
  )
}
