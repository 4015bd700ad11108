/** Step 1: which numbers, of which country and type, and when. */
import { Button, Field, Input, Radio, RadioGroup, Select } from '@fluentui/react-components'
import { countryName, parseCountry } from '../../../core/country.ts'
import { PORT_KINDS, PORT_TYPES } from '../../../core/port-order.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { useAt, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { type PortDetail, portChanged, portPath } from './data.ts'
import { nextStep, StepButtons } from './step-buttons.tsx'
import { portWords } from './words.ts'

/** Where there is a plan (core/port-order.ts `canPortIn`). */
const COUNTRIES = ['CA', 'GB', 'US', 'PR'] as const

export function KindStep({ order }: { readonly order: PortDetail | null }) {
  const t = useWords(portWords)
  const { id, country } = useTenant()
  const language = useLanguage()
  const formats = useFormats()
  const mayEdit = useMay('port:edit')
  const at = useAt()
  const go = useGo()
  const home = COUNTRIES.find((one) => one === country) ?? COUNTRIES[0]
  const initial = {
    name: order?.name ?? '',
    country: order?.country ?? home,
    type: order?.type ?? PORT_TYPES[0],
    kind: order?.kind ?? PORT_KINDS[0],
    transferDate: order?.transferDate ?? '',
    notify: order?.notify ?? '',
  }
  const form = useForm({
    initial,
    toBody: ({ transferDate, ...values }) => ({
      ...values,
      transferDate: transferDate === '' ? null : transferDate,
      ...(order ? { version: order.version } : {}),
    }),
    submit: (body, intent): Promise<PortDetail> =>
      order === null
        ? api.post(`/v1/tenants/${id}/port-orders`, body, { intent })
        : api.patch(portPath(id, order.id), body),
    onDone: (answer: PortDetail, from) => {
      void portChanged(id, answer, language)
      go(at(nextStep(answer, 'kind')), { from })
    },
    ...(order === null ? { draft: `port-new-${id}` } : {}),
  })
  const day = (date: string): string => formats.date(`${date}T12:00:00Z`)
  return (
    <Card>
      <form onSubmit={form.onSubmit} className="k-form">
        {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
        <Field {...form.field('name', t('name'))}>
          <Input {...form.input('name')} />
        </Field>
        <div className="ports-pair">
          <Field {...form.field('country', t('country'))}>
            <Select value={form.values.country} onChange={(_, { value }) => form.set('country', value)}>
              {COUNTRIES.map((code) => {
                const known = parseCountry(code)
                return (
                  <option key={code} value={code}>
                    {known ? countryName(known, language) : code}
                  </option>
                )
              })}
            </Select>
          </Field>
          <Field {...form.field('type', t('type'))} hint={t('type.hint')}>
            <Select
              value={form.values.type}
              onChange={(_, { value }) => form.set('type', PORT_TYPES.find((one) => one === value) ?? 'geographic')}
            >
              {PORT_TYPES.map((type) => (
                <option key={type} value={type}>
                  {t(`type.${type}`)}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <Field {...form.field('kind', t('kind'))}>
          <RadioGroup
            value={form.values.kind}
            onChange={(_, { value }) => form.set('kind', value === 'full' ? 'full' : 'partial')}
          >
            {PORT_KINDS.map((kind) => (
              <Radio key={kind} value={kind} label={t(`kind.${kind}`)} />
            ))}
          </RadioGroup>
        </Field>
        <div className="ports-pair">
          <Field
            {...form.field('transferDate', t('transferDate'))}
            {...(order ? { hint: t('date.hint', { first: day(order.dates.first), last: day(order.dates.last) }) } : {})}
          >
            <Input type="date" {...form.input('transferDate')} />
          </Field>
          <Field {...form.field('notify', t('notify'))} hint={t('notify.hint')}>
            <Input {...form.input('notify')} />
          </Field>
        </div>
        <StepButtons order={order} step="kind">
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
