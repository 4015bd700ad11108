/** An address as its country writes it: typed, checked, shown side by side, and only then kept. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Dropdown,
  Field,
  Input,
  Option,
} from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { checkOut, formOut } from '../../../api/emergency-location.ts'
import type { AddressField } from '../../../core/emergency-address.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { DraftNote } from '../../kit/draft.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useWords } from '../../words/use.tsx'
import { type Location, numbersChanged } from '../numbers/data.ts'
import { CountryPicker } from '../users/country-picker.tsx'
import { locationWords } from './words.ts'

type Check = z.output<typeof checkOut>
type AddressForm = z.output<typeof formOut>

export interface AddLocationProps {
  readonly country: string
  /** Whose copy it is. */
  readonly from: Location | undefined
  readonly onClose: () => void
}

interface Values extends Record<string, unknown> {
  readonly name: string
  readonly country: string
  readonly houseNumber: string
  readonly street: string
  readonly locality: string
  readonly city: string
  readonly region: string
  readonly postalCode: string
  readonly place: string
}

export function AddLocation({ country, from, onClose }: AddLocationProps) {
  const t = useWords(locationWords)
  const say = useSay()
  const { id } = useTenant()
  const [check, setCheck] = useState<Check | null>(null)
  const root = `/v1/tenants/${id}`
  const form = useForm<Values, Check | Location>({
    initial: {
      name: from?.name ?? '',
      houseNumber: '',
      street: '',
      locality: '',
      city: '',
      region: '',
      postalCode: '',
      ...(from?.address ?? { country }),
      place: from?.place ?? '',
    },
    draft: `location-${from?.id ?? 'new'}-${id}`,
    fieldOf: (param) => param.replace(/^address\./, ''),
    toBody: ({ name, place, ...address }) => ({ name, address, ...(place.trim() === '' ? {} : { place }) }),
    submit: async (body, intent) => {
      const { address } = body as { address: object }
      if (check?.isValid) return api.post<Location>(`${root}/emergency-locations`, body, { intent })
      return api.post<Check>(`${root}/emergency-addresses/check`, { address }, { intent })
    },
    onDone: (answer) => {
      if ('isValid' in answer) {
        setCheck(answer)
        return
      }
      say.done(t('added', { name: answer.name }))
      void numbersChanged(id)
      onClose()
    },
  })
  const { values } = form
  const issueOf = (field: AddressField): string | undefined =>
    check?.issues.find((issue) => issue.field === field)?.message
  const query = useQuery({
    queryKey: ['address-form', values.country],
    queryFn: ({ signal }) =>
      api.get<AddressForm>(`${root}/emergency-addresses/form`, { query: { country: values.country }, signal }),
    placeholderData: (before) => before,
  })
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('addTitle')}</DialogTitle>
            <DialogContent className="k-form">
              <DraftNote form={form} />
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
              {check?.isValid ? (
                <SideBySide check={check} place={values.place} />
              ) : (
                <>
                  {check && <Refusal title={t('bad')} />}
                  <Field {...form.field('name', t('name'))} hint={t('nameHint')}>
                    <Input {...form.input('name')} autoComplete="off" />
                  </Field>
                  <CountryPicker
                    label={t('country')}
                    value={values.country}
                    error={form.errors.country}
                    onChange={(country) => {
                      setCheck(null)
                      form.set('country', country)
                      form.set('region', '')
                    }}
                  />
                  <Block query={query}>
                    {(shape) => (
                      <div className="l-fields">
                        {shape.fields.map((field) => (
                          <AddressInput key={field} form={form} field={field} shape={shape} issue={issueOf(field)} />
                        ))}
                      </div>
                    )}
                  </Block>
                  <Field {...form.field('place', t('place'))} hint={t('placeHint')}>
                    <Input {...form.input('place')} autoComplete="off" />
                  </Field>
                </>
              )}
            </DialogContent>
            <DialogActions>
              {check?.isValid ? (
                <Button onClick={() => setCheck(null)} disabled={form.isBusy}>
                  {t('edit')}
                </Button>
              ) : (
                <Button onClick={onClose}>{t('close')}</Button>
              )}
              <Button type="submit" appearance="primary" disabled={form.isBusy || values.name.trim() === ''}>
                {check?.isValid ? t('use') : t('check')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

interface AddressInputProps {
  readonly form: ReturnType<typeof useForm<Values, Check | Location>>
  readonly field: AddressField
  readonly shape: AddressForm
  readonly issue: string | undefined
}

function AddressInput({ form, field, shape, issue }: AddressInputProps) {
  const t = useWords(locationWords)
  const label = t(`field.${field}`)
  const wrong = issue === undefined ? {} : { validationMessage: issue, validationState: 'error' as const }
  const required = shape.required.includes(field)
  if (field !== 'region' || shape.regions.length === 0) {
    return (
      <Field {...form.field(field, label)} {...wrong} required={required} className={`l-${field}`}>
        <Input {...form.input(field)} autoComplete="off" />
      </Field>
    )
  }
  const chosen = shape.regions.find(({ code }) => code === form.values.region)
  return (
    <Field {...form.field(field, label)} {...wrong} required={required} className="l-region">
      <Dropdown
        clearButton={null}
        translate="no"
        value={chosen?.name ?? ''}
        placeholder={t('choose')}
        selectedOptions={[form.values.region]}
        onOptionSelect={(_, { optionValue }) => form.set('region', optionValue ?? '')}
      >
        {shape.regions.map(({ code, name }) => (
          <Option key={code} value={code} text={name}>
            <span translate="no">{name}</span>
          </Option>
        ))}
      </Dropdown>
    </Field>
  )
}

/** What was typed beside what it became. */
function SideBySide({ check, place }: { readonly check: Check; readonly place: string }) {
  const t = useWords(locationWords)
  const { houseNumber, street, locality, city, region, postalCode } = check.entered
  const typed = [place, `${houseNumber} ${street}`.trim(), locality, city, region, postalCode]
  const lines = place.trim() === '' ? check.lines : [place, ...check.lines]
  return (
    <>
      <div className="l-sides">
        <section aria-label={t('yours')}>
          <h3>{t('yours')}</h3>
          <address translate="no">{typed.filter((text) => text.trim() !== '').join('\n')}</address>
        </section>
        <section aria-label={t('found')} className="l-found">
          <h3>{t('found')}</h3>
          <address translate="no">{lines.join('\n')}</address>
        </section>
      </div>
      <p role="status">{t('good')}</p>
    </>
  )
}
