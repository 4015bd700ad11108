/** One person more: name and place, and if they are known their number and licence. The telephone is set up on their page. */
import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
} from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { userBody } from '../../../api/schema/user.ts'
import type { Sku } from '../../../core/catalogue.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { DraftNote } from '../../kit/draft.tsx'
import { Go } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import type { PageOf } from '../../kit/use-pages.ts'
import { kitWords } from '../../kit/words.ts'
import { rich, useWords } from '../../words/use.tsx'
import { skuWords } from '../purchase/sku-words.ts'
import { addWords } from './add-words.ts'
import { CountryPicker } from './country-picker.tsx'
import { type ShownUser, usersChanged } from './data.ts'
import './users.css'

interface Seats {
  readonly sku: Sku
  readonly purchased: number
  readonly assigned: number
}

export function useSeats() {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['offers', id, 'seats'],
    queryFn: ({ signal }) => api.get<PageOf<Seats>>(`/v1/tenants/${id}/subscriptions`, { signal }),
  })
}

export function AddUser({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(addWords)
  const k = useWords(kitWords)
  const names = useWords(skuWords)
  const say = useSay()
  const { id, country, licenceType } = useTenant()
  const mayNumber = useMay('number:assign')
  const mayAssign = useMay('licence:assign')
  const sku: Sku = licenceType === 'with-calling-plan' ? 'voice-with-calling-plan' : 'voice-without-calling-plan'
  const seats = useSeats().data?.data.find((row) => row.sku === sku)
  const free = (seats?.purchased ?? 0) - (seats?.assigned ?? 0)
  const goesOn = useRef(false)
  const initial = {
    name: '',
    email: '',
    usageLocation: country,
    number: '',
    assign: false as boolean,
  }
  const form = useForm({
    initial,
    schema: userBody,
    draft: `add-user.${id}`,
    toBody: (values) =>
      Object.fromEntries(
        Object.entries(values).filter(([name, value]) => name !== 'assign' && (value !== '' || name === 'name')),
      ),
    submit: (body, intent) => api.post<ShownUser>(`/v1/tenants/${id}/users`, body, { intent }),
    onDone: async (user) => {
      if (form.values.assign) {
        await api.put(`/v1/tenants/${id}/users/${user.id}/licences/${sku}`).catch(say.failed)
      }
      say.done(t('added', { name: user.name }))
      await usersChanged(id)
      if (!goesOn.current) return onClose()
      form.reset({ ...initial, usageLocation: form.values.usageLocation, assign: form.values.assign && free > 1 })
      document.querySelector<HTMLElement>('form [name="name"]')?.focus()
    },
  })
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('title')}</DialogTitle>
            <DialogContent className="u-form">
              <DraftNote form={form} />
              {form.problem && <Refusal title={form.problem.title || k('notReached')} detail={form.problem.detail} />}
              <div className="u-two">
                <Field {...form.field('name', t('name'))} required>
                  <Input {...form.input('name')} autoComplete="off" />
                </Field>
                <Field {...form.field('email', t('email'))}>
                  <Input {...form.input('email')} type="email" autoComplete="off" />
                </Field>
              </div>
              <div className="u-two">
                <CountryPicker
                  label={t('location')}
                  name="usageLocation"
                  value={form.values.usageLocation}
                  error={form.errors.usageLocation}
                  onChange={(value) => form.set('usageLocation', value)}
                />
                {mayNumber && (
                  <Field {...form.field('number', t('number'))}>
                    <Input {...form.input('number')} type="tel" placeholder="+1 …" autoComplete="off" />
                  </Field>
                )}
              </div>
              <p className="k-quiet">{t('locationHint')}</p>
              {mayAssign && (
                <div className="k-row">
                  <Checkbox
                    checked={form.values.assign}
                    disabled={free < 1}
                    onChange={(_, { checked }) => form.set('assign', checked === true)}
                    label={t('assign', { product: names(sku) })}
                  />
                  <span className="k-quiet num">{free > 0 ? t('free', { n: free }) : t('noneFree')}</span>
                  {free < 1 && <Go to="billing/purchase">{t('buy')}</Go>}
                </div>
              )}
              <p className="k-quiet">{rich(t('many'), { a: (inside) => <Go to="users/import">{inside}</Go> })}</p>
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose} disabled={form.isBusy}>
                {k('cancel')}
              </Button>
              <Button type="submit" disabled={form.isBusy} onClick={() => (goesOn.current = true)}>
                {t('another')}
              </Button>
              <Button
                type="submit"
                appearance="primary"
                disabled={form.isBusy}
                onClick={() => (goesOn.current = false)}
              >
                {t('submit')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
