/** Step 2: what the losing carrier compares with its own books. */
import { Button, Checkbox, Field, Input } from '@fluentui/react-components'
import { CONTACT_USED, ORGANISATION_USED, usedAccount, usedText } from '../../../core/port-order.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { useAt, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { type PortDetail, portChanged, portPath } from './data.ts'
import { nextStep, StepButtons } from './step-buttons.tsx'
import { portWords } from './words.ts'

const ADDRESS = ['houseNumber', 'street', 'city', 'region', 'postalCode'] as const

export function CarrierStep({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const { id } = useTenant()
  const language = useLanguage()
  const mayEdit = useMay('port:edit')
  const at = useAt()
  const go = useGo()
  const address = order.serviceAddress
  const form = useForm({
    initial: {
      carrier: order.carrier,
      accountNumber: order.accountNumber,
      pin: '',
      organisation: order.organisation,
      contact: order.contact,
      billingNumber: order.billingNumber ?? '',
      unfrozen: order.unfrozen,
      houseNumber: address?.houseNumber ?? '',
      street: address?.street ?? '',
      city: address?.city ?? '',
      region: address?.region ?? '',
      postalCode: address?.postalCode ?? '',
    },
    toBody: ({ pin, billingNumber, houseNumber, street, city, region, postalCode, ...values }) => ({
      ...values,
      version: order.version,
      ...(pin === '' ? {} : { pin }),
      billingNumber: billingNumber === '' ? null : billingNumber.replaceAll(/[\s().-]/g, ''),
      serviceAddress:
        street === '' && city === ''
          ? null
          : { country: order.country, houseNumber, street, locality: '', city, region, postalCode },
    }),
    fieldOf: (param) => param.replace(/^serviceAddress\./, ''),
    submit: (body): Promise<PortDetail> => api.patch(portPath(id, order.id), body),
    onDone: (answer: PortDetail, from) => {
      void portChanged(id, answer, language)
      go(at(nextStep(answer, 'carrier')), { from })
    },
  })
  const used = (given: string, taken: string): { hint?: string } =>
    given.trim() === taken ? {} : { hint: t('used', { text: taken }) }
  const { accountNumber, organisation, contact } = form.values
  return (
    <Card>
      <form onSubmit={form.onSubmit} className="k-form">
        {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
        <div className="ports-pair">
          <Field {...form.field('carrier', t('carrier'))}>
            <Input {...form.input('carrier')} />
          </Field>
          <Field
            {...form.field('accountNumber', t('accountNumber'))}
            {...used(accountNumber, usedAccount(accountNumber))}
          >
            <Input {...form.input('accountNumber')} />
          </Field>
          <Field {...form.field('billingNumber', t('billingNumber'))}>
            <Input type="tel" placeholder="+1…" {...form.input('billingNumber')} />
          </Field>
          <Field {...form.field('pin', t('pin'))} {...(order.hasPin ? { hint: t('pin.kept') } : {})}>
            <Input autoComplete="off" {...form.input('pin')} />
          </Field>
          <Field
            {...form.field('organisation', t('organisation'))}
            {...used(organisation, usedText(organisation, ORGANISATION_USED))}
          >
            <Input {...form.input('organisation')} />
          </Field>
          <Field {...form.field('contact', t('contact'))} {...used(contact, usedText(contact, CONTACT_USED))}>
            <Input {...form.input('contact')} />
          </Field>
        </div>
        <fieldset className="k-stack">
          <legend>
            <b>{t('address')}</b>
          </legend>
          <p className="k-quiet">{t('address.hint')}</p>
          <div className="ports-pair">
            {ADDRESS.map((part) => (
              <Field key={part} {...form.field(part, t(part))}>
                <Input {...form.input(part)} />
              </Field>
            ))}
          </div>
        </fieldset>
        <Checkbox
          label={t('unfrozen')}
          checked={form.values.unfrozen}
          onChange={(_, { checked }) => form.set('unfrozen', checked === true)}
        />
        <StepButtons order={order} step="carrier">
          {mayEdit && (
            <Button type="submit" appearance="primary" disabled={form.isBusy}>
              {t('next')}
            </Button>
          )}
        </StepButtons>
      </form>
    </Card>
  )
}
