/** One number, beside the list: who has it, where help is sent to, and giving it up. */
import {
  Button,
  Checkbox,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  OverlayDrawer,
} from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { assignBody } from '../../../api/schema/number-order.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { locationNeeded } from '../../../core/number.ts'
import { api, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { Duration, When } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PhoneNumber, usePhoneFormat } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useIsPhone } from '../../kit/use-is-phone.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { PersonPicker } from '../rates/person-picker.tsx'
import { numbersChanged, type PhoneNumberRow } from './data.ts'
import { LocationChoice } from './location-choice.tsx'
import { numbersWords, numberWords } from './words.ts'

export interface NumberPanelProps {
  readonly numberId: string
  /** What the list knows of it. */
  readonly known: PhoneNumberRow | undefined
  readonly onClose: () => void
}

export function NumberPanel({ numberId, known, onClose }: NumberPanelProps) {
  const t = useWords(numbersWords)
  const isPhone = useIsPhone()
  const { id } = useTenant()
  const query = useQuery({
    queryKey: ['phone-numbers', id, numberId],
    queryFn: ({ signal }) => api.get<PhoneNumberRow>(`/v1/tenants/${id}/phone-numbers/${numberId}`, { signal }),
    ...(known ? { placeholderData: known } : {}),
  })
  return (
    <OverlayDrawer
      open
      position={isPhone ? 'bottom' : 'end'}
      size="medium"
      className="n-panel"
      onOpenChange={(_, { open }) => !open && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={<Button appearance="subtle" icon={<DismissRegular />} aria-label={t('close')} onClick={onClose} />}
        >
          {query.data ? <PhoneNumber number={query.data.number} /> : t('number')}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <Block query={query}>{(row) => <Inside row={row} onClose={onClose} />}</Block>
      </DrawerBody>
    </OverlayDrawer>
  )
}

function Inside({ row, onClose }: { readonly row: PhoneNumberRow; readonly onClose: () => void }) {
  const t = useWords(numbersWords)
  const n = useWords(numberWords)
  const language = useLanguage()
  const mayAssign = useMay('number:assign')
  const place = [row.city, row.country === null ? null : countryName(row.country as Country, language)]
  return (
    <div className="k-stack">
      <dl className="n-facts">
        <dt>{t('type')}</dt>
        <dd>{n(`type.${row.type}`)}</dd>
        <dt>{t('place')}</dt>
        <dd translate="no">{place.filter(Boolean).join(', ') || n('anyCountry')}</dd>
        <dt>{t('from')}</dt>
        <dd>{row.temporary ? n('temporary') : t(`origin.${row.origin}`)}</dd>
        <dt>{t('since')}</dt>
        <dd>
          <When at={row.createdAt} style="dayLong" />
        </dd>
        <dt>{t('month')}</dt>
        <dd>{row.monthSeconds === null ? '–' : <Duration seconds={row.monthSeconds} />}</dd>
      </dl>
      {row.type === 'service-toll-free' && <p className="k-quiet">{t('tollFreeWatch')}</p>}
      {row.type === 'user' && (row.userId === null ? mayAssign && <AssignForm row={row} /> : <Holder row={row} />)}
      {row.type === 'user' && row.userId !== null && <LocationForm row={row} />}
      <Release row={row} onClose={onClose} />
    </div>
  )
}

function AssignForm({ row }: { readonly row: PhoneNumberRow }) {
  const t = useWords(numbersWords)
  const say = useSay()
  const { id } = useTenant()
  const needed = row.country === null ? 'never' : locationNeeded(row.country as Country, row.type)
  const form = useForm({
    initial: { userId: '', locationId: row.locationId ?? '', notify: true },
    schema: assignBody,
    toBody: ({ userId, locationId, notify }) => ({ userId, notify, ...(locationId === '' ? {} : { locationId }) }),
    submit: (body, intent) =>
      api.post<PhoneNumberRow>(`/v1/tenants/${id}/phone-numbers/${row.id}/assign`, body, { intent }),
    onDone: ({ userName, number }) => {
      say.done(t('assigned', { name: userName ?? '', number }))
      void numbersChanged(id)
    },
  })
  const { userId: user, locationId: location } = form.errors
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form" aria-label={t('assign')}>
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <PersonPicker
        label={t('user')}
        value={form.values.userId}
        error={user}
        onChange={(userId) => form.set('userId', userId)}
      />
      <LocationChoice
        country={row.country}
        value={form.values.locationId}
        mayBeNone={needed === 'never'}
        error={location}
        onChange={(locationId) => form.set('locationId', locationId)}
      />
      <Checkbox
        label={t('notify')}
        checked={form.values.notify}
        onChange={(_, { checked }) => form.set('notify', checked === true)}
      />
      <Button type="submit" appearance="primary" disabled={form.isBusy || form.values.userId === ''}>
        {t('assign')}
      </Button>
    </form>
  )
}

function Holder({ row }: { readonly row: PhoneNumberRow }) {
  const t = useWords(numbersWords)
  const say = useSay()
  const { id } = useTenant()
  const mayAssign = useMay('number:assign')
  const path = `/v1/tenants/${id}/phone-numbers/${row.id}`
  const take = async (): Promise<void> => {
    try {
      await api.post(`${path}/unassign`, undefined, { intent: newIntent() })
      await numbersChanged(id)
      say.done(t('takenBack', { number: row.number }), async () => {
        await api.post(`${path}/assign`, { userId: row.userId, notify: false }, { intent: newIntent() })
        await numbersChanged(id)
      })
    } catch (error) {
      say.failed(error)
    }
  }
  return (
    <p className="n-holder">
      <span>
        {t('holder')} <Go to={`users/${row.userId}/numbers`}>{row.userName ?? ''}</Go>
      </span>
      {mayAssign && (
        <Button size="small" onClick={() => void take()}>
          {t('takeBack')}
        </Button>
      )}
    </p>
  )
}

/** The emergency location of a number that somebody has. */
export function LocationForm({ row }: { readonly row: PhoneNumberRow }) {
  const t = useWords(numbersWords)
  const n = useWords(numberWords)
  const say = useSay()
  const { id } = useTenant()
  const mayAssign = useMay('number:assign')
  const needed = row.country === null ? 'never' : locationNeeded(row.country as Country, row.type)
  const form = useForm({
    initial: { locationId: row.locationId ?? '' },
    toBody: ({ locationId }) => ({ locationId: locationId === '' ? null : locationId }),
    submit: (body) => api.patch(`/v1/tenants/${id}/phone-numbers/${row.id}`, body),
    onDone: () => {
      say.done(t('changed'))
      void numbersChanged(id)
    },
  })
  if (!mayAssign) {
    return (
      <p>
        {n('location')}: <span translate="no">{row.locationName ?? n('noLocation')}</span>
      </p>
    )
  }
  const isSame = form.values.locationId === (row.locationId ?? '')
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form">
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <LocationChoice
        country={row.country}
        value={form.values.locationId}
        mayBeNone={needed === 'never'}
        error={form.errors.locationId}
        onChange={(locationId) => form.set('locationId', locationId)}
      />
      {!isSame && (
        <Button type="submit" disabled={form.isBusy}>
          {t('change')}
        </Button>
      )}
    </form>
  )
}

function Release({ row, onClose }: { readonly row: PhoneNumberRow; readonly onClose: () => void }) {
  const t = useWords(numbersWords)
  const say = useSay()
  const format = usePhoneFormat()
  const { id } = useTenant()
  const mayOrder = useMay('number:order')
  const [isOpen, setOpen] = useState(false)
  if (!mayOrder) return null
  return (
    <div className="n-release">
      <Button className="k-danger" disabled={row.userId !== null} onClick={() => setOpen(true)}>
        {t('release')}
      </Button>
      {row.userId !== null && <p className="k-quiet">{t('takeBackFirst')}</p>}
      <ConfirmDialog
        open={isOpen}
        title={t('releaseTitle', { number: format(row.number) })}
        action={t('release')}
        word={row.number}
        onConfirm={async () => {
          const path = `/v1/tenants/${id}/phone-numbers/${row.id}/release`
          await api.post(path, { confirm: row.number }, { intent: newIntent() })
          say.done(t('released', { number: format(row.number) }))
          onClose()
          void numbersChanged(id)
        }}
        onClose={() => setOpen(false)}
      >
        <p>{t('releaseWhat')}</p>
      </ConfirmDialog>
    </div>
  )
}
