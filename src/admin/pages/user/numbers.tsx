/** Which numbers reach somebody, what is shown who is called, and what their telephone signs in with. */
import { Button, Checkbox, Dropdown, Field, Input, Option } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { userChanges } from '../../../api/schema/user.ts'
import type { Country } from '../../../core/country.ts'
import { locationNeeded } from '../../../core/number.ts'
import { api, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { Go } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PhoneNumber, usePhoneFormat } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import type { PageOf } from '../../kit/use-pages.ts'
import { kitWords } from '../../kit/words.ts'
import { useWords } from '../../words/use.tsx'
import { numbersChanged, type PhoneNumberRow } from '../numbers/data.ts'
import { LocationChoice } from '../numbers/location-choice.tsx'
import { LocationForm } from '../numbers/panel.tsx'
import { numberWords } from '../numbers/words.ts'
import { type ShownUser, usersChanged } from '../users/data.ts'
import { CallerIdCard } from './caller-id.tsx'
import { ForwardingCard } from './forwarding.tsx'
import type { TabProps } from './page.tsx'
import { userWords } from './words.ts'

export function Numbers({ user }: TabProps) {
  const t = useWords(userWords)
  const { id } = useTenant()
  const mayNumber = useMay('number:assign') && user.deletedAt === null
  const mayEdit = useMay('user:edit') && user.deletedAt === null
  const query = useQuery({
    queryKey: ['phone-numbers', id, 'of', user.id],
    queryFn: ({ signal }) =>
      api.get<PageOf<PhoneNumberRow>>(`/v1/tenants/${id}/phone-numbers`, { query: { userId: user.id }, signal }),
  })
  return (
    <div className="k-grid">
      <Card title={t('numbers')}>
        <Block query={query}>
          {({ data }) => (
            <div className="k-stack">
              {data.length === 0 && <p className="k-quiet">{t('noNumber')}</p>}
              <ul className="p-list p-numbers">
                {data.map((row) => (
                  <li key={row.id}>
                    <span className="p-number">
                      <PhoneNumber number={row.number} />
                    </span>
                    {mayNumber && <TakeBack user={user} row={row} />}
                    <div className="p-location">
                      <LocationForm row={row} />
                    </div>
                  </li>
                ))}
              </ul>
              {mayNumber && <Give user={user} />}
            </div>
          )}
        </Block>
      </Card>
      <CallerIdCard user={user} mayEdit={mayNumber} />
      <ForwardingCard path={`/v1/tenants/${id}/users/${user.id}/forwarding`} name={user.name} mayEdit={mayNumber} />
      {mayEdit && <Telephone user={user} />}
    </div>
  )
}

function TakeBack({ user, row }: { readonly user: ShownUser; readonly row: PhoneNumberRow }) {
  const t = useWords(userWords)
  const say = useSay()
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/phone-numbers/${row.id}`
  const changed = async (): Promise<void> => {
    await Promise.all([usersChanged(id), numbersChanged(id)])
  }
  const take = async (): Promise<void> => {
    try {
      await api.post(`${path}/unassign`, undefined, { intent: newIntent() })
      await changed()
      say.done(t('takenBack', { number: row.number }), async () => {
        await api.post(`${path}/assign`, { userId: user.id, notify: false }, { intent: newIntent() })
        await changed()
      })
    } catch (error) {
      say.failed(error)
    }
  }
  return (
    <Button size="small" onClick={() => void take()}>
      {t('takeBack')}
    </Button>
  )
}

function Give({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const n = useWords(numberWords)
  const k = useWords(kitWords)
  const say = useSay()
  const format = usePhoneFormat()
  const { id } = useTenant()
  const country = user.usageLocation
  const { data } = useQuery({
    queryKey: ['phone-numbers', id, 'free', country],
    queryFn: ({ signal }) =>
      api.get<PageOf<PhoneNumberRow>>(`/v1/tenants/${id}/phone-numbers`, {
        query: { type: 'user', status: 'unassigned', country, limit: 200 },
        signal,
      }),
  })
  const free = data?.data ?? []
  const needed = locationNeeded(country as Country, 'user')
  const form = useForm({
    initial: { numberId: '', locationId: '', notify: true },
    toBody: ({ numberId, locationId, notify }) => ({
      numberId,
      wish: { userId: user.id, notify, ...(locationId === '' ? {} : { locationId }) },
    }),
    submit: (body, intent) => {
      const { numberId, wish } = body as { numberId: string; wish: object }
      return api.post(`/v1/tenants/${id}/phone-numbers/${numberId}/assign`, wish, { intent })
    },
    onDone: () => {
      say.done(t('given'))
      form.reset({ numberId: '', locationId: '', notify: true })
      void usersChanged(id)
      void numbersChanged(id)
    },
  })
  if (data && free.length === 0) {
    return (
      <p>
        {t('noFree')} <Go to={`numbers/get?country=${country}&type=user`}>{t('getNumbers')}</Go>
      </p>
    )
  }
  const chosen = free.find((row) => row.id === form.values.numberId)
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form">
      {form.problem && <Refusal title={form.problem.title || k('notReached')} detail={form.problem.detail} />}
      <Field {...form.field('numberId', t('give'))}>
        <Dropdown
          clearButton={null}
          translate="no"
          value={chosen ? format(chosen.number) : ''}
          placeholder={n('choose')}
          selectedOptions={[form.values.numberId]}
          onOptionSelect={(_, { optionValue = '' }) => {
            form.set('numberId', optionValue)
            form.set('locationId', free.find((row) => row.id === optionValue)?.locationId ?? '')
          }}
        >
          {free.map((row) => (
            <Option key={row.id} value={row.id} text={format(row.number)}>
              <span translate="no">
                {format(row.number)} <span className="k-quiet">{row.city}</span>
              </span>
            </Option>
          ))}
        </Dropdown>
      </Field>
      {chosen && (
        <>
          <LocationChoice
            country={country}
            value={form.values.locationId}
            mayBeNone={needed === 'never'}
            error={form.errors.locationId}
            onChange={(locationId) => form.set('locationId', locationId)}
          />
          <Checkbox
            label={t('notify')}
            checked={form.values.notify}
            onChange={(_, { checked }) => form.set('notify', checked === true)}
          />
        </>
      )}
      {user.numbers.length > 0 && <p className="k-quiet">{t('replaces', { name: user.name })}</p>}
      <div className="k-row">
        <Button type="submit" disabled={form.isBusy || !chosen}>
          {t('assign')}
        </Button>
      </div>
    </form>
  )
}

function Telephone({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const k = useWords(kitWords)
  const say = useSay()
  const { id } = useTenant()
  const { data: tenant } = useQuery({
    queryKey: ['tenant', id],
    queryFn: ({ signal }) => api.get<{ sipDomain: string }>(`/v1/tenants/${id}`, { signal }),
  })
  const form = useForm({
    initial: { sipUsername: user.sipUsername ?? '', sipPassword: '' },
    schema: userChanges,
    toBody: ({ sipUsername, sipPassword }) => ({
      sipUsername: sipUsername === '' ? null : sipUsername,
      ...(sipPassword === '' ? {} : { sipPassword }),
    }),
    submit: (body) => api.patch(`/v1/tenants/${id}/users/${user.id}`, body),
    onDone: () => {
      say.done(t('saved'))
      form.reset({ sipUsername: form.values.sipUsername, sipPassword: '' })
      void usersChanged(id)
    },
  })
  return (
    <Card title={t('telephone')}>
      <form onSubmit={form.onSubmit} noValidate className="k-form">
        {form.problem && <Refusal title={form.problem.title || k('notReached')} detail={form.problem.detail} />}
        <p className="k-quiet">{t('telephoneHow', { domain: tenant?.sipDomain ?? '…' })}</p>
        <Field {...form.field('sipUsername', t('sipUsername'))}>
          <Input {...form.input('sipUsername')} autoComplete="off" />
        </Field>
        <Field {...form.field('sipPassword', t('sipPassword'))}>
          <Input {...form.input('sipPassword')} type="password" autoComplete="new-password" />
        </Field>
        <Button type="submit" disabled={form.isBusy || !form.isDirty}>
          {t('save')}
        </Button>
      </form>
    </Card>
  )
}
