/** One emergency location, beside the list: who uses it, another place, a copy, deleting it. */
import {
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  Field,
  Input,
  OverlayDrawer,
} from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { placeBody } from '../../../api/schema/emergency-location.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { Go } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useIsPhone } from '../../kit/use-is-phone.ts'
import { useWords } from '../../words/use.tsx'
import { type Location, numbersChanged } from '../numbers/data.ts'
import { locationWords } from './words.ts'

interface Used extends Location {
  readonly usedBy: readonly {
    readonly numberId: string
    readonly number: string
    readonly userId: string | null
    readonly userName: string | null
  }[]
}

export interface LocationPanelProps {
  readonly locationId: string
  readonly onCopy: () => void
  readonly onClose: () => void
}

export function LocationPanel({ locationId, onCopy, onClose }: LocationPanelProps) {
  const t = useWords(locationWords)
  const isPhone = useIsPhone()
  const { id } = useTenant()
  const query = useQuery({
    queryKey: ['locations', id, locationId],
    queryFn: ({ signal }) => api.get<Used>(`/v1/tenants/${id}/emergency-locations/${locationId}`, { signal }),
  })
  return (
    <OverlayDrawer
      open
      position={isPhone ? 'bottom' : 'end'}
      size="medium"
      onOpenChange={(_, { open }) => !open && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={<Button appearance="subtle" icon={<DismissRegular />} aria-label={t('close')} onClick={onClose} />}
        >
          {query.data ? <span translate="no">{query.data.name}</span> : t('title')}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <Block query={query}>{(row) => <Inside row={row} onCopy={onCopy} onClose={onClose} />}</Block>
      </DrawerBody>
    </OverlayDrawer>
  )
}

function Inside({ row, onCopy, onClose }: Omit<LocationPanelProps, 'locationId'> & { readonly row: Used }) {
  const t = useWords(locationWords)
  const say = useSay()
  const { id } = useTenant()
  const mayEdit = useMay('location:edit')
  const [isOpen, setOpen] = useState(false)
  const isUsed = row.usedBy.length > 0
  return (
    <div className="k-stack">
      <address className="l-address" translate="no">
        {row.lines.join('\n')}
      </address>
      <section>
        <h3 className="l-head">{t('usedBy')}</h3>
        {isUsed ? (
          <ul className="l-used">
            {row.usedBy.map(({ numberId, number, userId, userName }) => (
              <li key={numberId}>
                <Go to={`numbers?panel=${numberId}`}>
                  <PhoneNumber number={number} />
                </Go>
                {userId !== null && (
                  <Go to={`users/${userId}/numbers`}>
                    <span translate="no">{userName}</span>
                  </Go>
                )}
              </li>
            ))}
          </ul>
        ) : (
          <p className="k-quiet">{t('nobody')}</p>
        )}
      </section>
      {mayEdit && (
        <>
          <PlaceForm row={row} />
          <p className="k-quiet">{t('immutable')}</p>
          <div className="k-row">
            <Button onClick={onCopy}>{t('copy')}</Button>
            <Button className="k-danger" disabled={isUsed} onClick={() => setOpen(true)}>
              {t('remove')}
            </Button>
          </div>
          {isUsed && <p className="k-quiet">{t('inUse')}</p>}
          <ConfirmDialog
            open={isOpen}
            title={t('removeTitle', { name: row.name })}
            action={t('remove')}
            word={row.name}
            onConfirm={async () => {
              await api.delete(`/v1/tenants/${id}/emergency-locations/${row.id}`)
              say.done(t('removed', { name: row.name }))
              onClose()
              void numbersChanged(id)
            }}
            onClose={() => setOpen(false)}
          >
            <p>{t('removeWhat')}</p>
          </ConfirmDialog>
        </>
      )}
    </div>
  )
}

function PlaceForm({ row }: { readonly row: Used }) {
  const t = useWords(locationWords)
  const say = useSay()
  const { id } = useTenant()
  const form = useForm({
    initial: { place: '' },
    schema: placeBody,
    submit: (body, intent) => api.post(`/v1/tenants/${id}/emergency-locations/${row.id}/places`, body, { intent }),
    onDone: () => {
      say.done(t('placeAdded'))
      form.reset({ place: '' })
      void numbersChanged(id)
    },
  })
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form">
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <Field {...form.field('place', t('addPlace'))} hint={t('placeHint')}>
        <Input {...form.input('place')} autoComplete="off" />
      </Field>
      <div className="k-row">
        <Button type="submit" disabled={form.isBusy || form.values.place.trim() === ''}>
          {t('addPlace')}
        </Button>
      </div>
    </form>
  )
}
