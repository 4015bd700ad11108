/** What a partner must know (facts §10): the same questions for a visitor and for an organisation that is here. The draft is kept. */
import { Button, Checkbox, Dropdown, Field, Input, Option, Textarea } from '@fluentui/react-components'
import type { ReactNode } from 'react'
import type { z } from 'zod'
import { CARRIER_LINKS, INTERNET_LINKS, SITE_LINKS, SPECIAL_NEEDS } from '../../../api/schema/partner-case.ts'
import { DraftNote } from '../../kit/draft.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { type Form, useForm } from '../../kit/use-form.ts'
import { useWords } from '../../words/use.tsx'
import { pathWords } from './path-words.ts'
import './partner.css'

export interface IntakeValues extends Record<string, unknown> {
  readonly organisation: string
  readonly people: string
  readonly phones: string
  readonly devices: string
  readonly phoneSystem: string
  readonly carrier: string
  readonly carrierLink: string
  readonly internet: string
  readonly sites: string
  readonly siteLink: string
  readonly special: readonly string[]
  readonly notes: string
  readonly contactName: string
  readonly email: string
  readonly phone: string
  readonly partnerId: string
  readonly mayAct: boolean
}

export const NOTHING_YET: IntakeValues = {
  organisation: '',
  people: '',
  phones: '0',
  devices: '0',
  phoneSystem: '',
  carrier: '',
  carrierLink: 'unknown',
  internet: 'unknown',
  sites: '1',
  siteLink: 'one-site',
  special: [],
  notes: '',
  contactName: '',
  email: '',
  phone: '',
  partnerId: '',
  mayAct: true,
}

/** What is no number stays text: the schema says so beside the field. */
const countOf = (text: string): unknown =>
  /^\d+$/.test(text.trim()) ? Number(text.trim()) : text.trim() === '' ? undefined : text

/** Intake and contact as the API takes them. */
export const intakeOf = (values: IntakeValues) => ({
  intake: {
    people: countOf(values.people),
    phones: countOf(values.phones) ?? 0,
    devices: countOf(values.devices) ?? 0,
    phoneSystem: values.phoneSystem,
    carrier: values.carrier,
    carrierLink: values.carrierLink,
    internet: values.internet,
    sites: countOf(values.sites),
    siteLink: values.siteLink,
    special: values.special,
    notes: values.notes,
  },
  contact: { name: values.contactName, email: values.email, phone: values.phone },
  mayAct: values.mayAct,
})

/** `intake.people` is the field `people`, `contact.name` the field `contactName`. */
const fieldOf = (param: string): string => {
  const [first = '', second = ''] = param.split('.')
  if (first === 'intake') return second
  return first === 'contact' ? (second === 'name' ? 'contactName' : second) : first
}

export interface IntakeFormProps<Answer> {
  readonly initial: IntakeValues
  readonly schema: z.ZodType
  readonly toBody: (values: IntakeValues) => unknown
  readonly submit: (body: unknown, intent: string) => Promise<Answer>
  readonly onDone: (answer: Answer) => void
  readonly draft: string
  /** Fields before the others. */
  readonly before?: (form: Form<IntakeValues>) => ReactNode
}

export function IntakeForm<Answer>({ before, ...options }: IntakeFormProps<Answer>) {
  const t = useWords(pathWords)
  const form = useForm<IntakeValues, Answer>({ ...options, fieldOf })
  const choice = (name: 'carrierLink' | 'internet' | 'siteLink', values: readonly string[]) => {
    const textOf = (value: string): string => t(`${name}.${value}` as 'internet.fibre')
    return (
      <Field label={t(name)}>
        <Dropdown
          clearButton={null}
          value={textOf(form.values[name])}
          selectedOptions={[form.values[name]]}
          onOptionSelect={(_, { optionValue }) => optionValue !== undefined && form.set(name, optionValue)}
        >
          {values.map((value) => (
            <Option key={value} value={value} text={textOf(value)}>
              {textOf(value)}
            </Option>
          ))}
        </Dropdown>
      </Field>
    )
  }
  const number = (name: 'people' | 'phones' | 'devices' | 'sites', hint?: string) => (
    <Field {...form.field(name, t(name))} {...(hint === undefined ? {} : { hint })} required={name === 'people'}>
      <Input inputMode="numeric" {...form.input(name)} />
    </Field>
  )
  return (
    <form onSubmit={(event) => void form.onSubmit(event)} className="pt-form" noValidate>
      <DraftNote form={form} />
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      {before?.(form)}
      <fieldset>
        <legend>{t('needs')}</legend>
        <div className="pt-fields">
          {number('people', t('peopleHint'))}
          {number('phones')}
          {number('devices', t('devicesHint'))}
          {number('sites')}
          {choice('siteLink', SITE_LINKS)}
        </div>
        <Field label={t('special')}>
          <div className="pt-checks">
            {SPECIAL_NEEDS.map((need) => (
              <Checkbox
                key={need}
                label={t(`special.${need}`)}
                checked={form.values.special.includes(need)}
                onChange={(_, { checked }) =>
                  form.set(
                    'special',
                    checked === true
                      ? [...form.values.special, need]
                      : form.values.special.filter((one) => one !== need),
                  )
                }
              />
            ))}
          </div>
        </Field>
      </fieldset>
      <fieldset>
        <legend>{t('today')}</legend>
        <div className="pt-fields">
          <Field {...form.field('carrier', t('carrier'))}>
            <Input {...form.input('carrier')} />
          </Field>
          {choice('carrierLink', CARRIER_LINKS)}
          <Field {...form.field('phoneSystem', t('phoneSystem'))} hint={t('phoneSystemHint')}>
            <Input {...form.input('phoneSystem')} />
          </Field>
          {choice('internet', INTERNET_LINKS)}
        </div>
        <Field {...form.field('notes', t('notes'))}>
          <Textarea
            name="notes"
            rows={2}
            value={form.values.notes}
            onChange={(_, { value }) => form.set('notes', value)}
          />
        </Field>
      </fieldset>
      <fieldset>
        <legend>{t('contact')}</legend>
        <div className="pt-fields">
          <Field {...form.field('contactName', t('contactName'))} required>
            <Input autoComplete="name" {...form.input('contactName')} />
          </Field>
          <Field {...form.field('email', t('email'))} required>
            <Input type="email" autoComplete="email" {...form.input('email')} />
          </Field>
          <Field {...form.field('phone', t('phone'))}>
            <Input type="tel" autoComplete="tel" {...form.input('phone')} />
          </Field>
        </div>
        <Checkbox
          className="pt-consent"
          label={t('mayAct')}
          checked={form.values.mayAct}
          onChange={(_, { checked }) => form.set('mayAct', checked === true)}
        />
      </fieldset>
      <div>
        <Button type="submit" appearance="primary" disabled={form.isBusy}>
          {t('send')}
        </Button>
      </div>
    </form>
  )
}
