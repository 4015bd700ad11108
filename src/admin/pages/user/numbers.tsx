/** Which numbers reach somebody, and what their telephone signs in with. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { userChanges } from '../../../api/schema/user.ts'
import { api } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import type { PageOf } from '../../kit/use-pages.ts'
import { kitWords } from '../../kit/words.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { type ShownUser, usersChanged } from '../users/data.ts'
import type { TabProps } from './page.tsx'
import { userWords } from './words.ts'

export function Numbers({ user }: TabProps) {
  const t = useWords(userWords)
  const mayNumber = useMay('number:assign') && user.deletedAt === null
  const mayEdit = useMay('user:edit') && user.deletedAt === null
  return (
    <div className="k-grid">
      <Card title={t('numbers')}>
        <div className="k-stack">
          {user.numbers.length === 0 && <p className="k-quiet">{t('noNumber')}</p>}
          <ul className="p-list">
            {user.numbers.map((number) => (
              <li key={number}>
                <span className="num p-number" translate="no">
                  {number}
                </span>
                {mayNumber && <TakeBack user={user} number={number} />}
              </li>
            ))}
          </ul>
          {mayNumber && <Give user={user} />}
        </div>
      </Card>
      {mayEdit && <Telephone user={user} />}
    </div>
  )
}

function TakeBack({ user, number }: { readonly user: ShownUser; readonly number: string }) {
  const t = useWords(userWords)
  const say = useSay()
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/users/${user.id}`
  const take = async (): Promise<void> => {
    try {
      await api.patch(path, { number: null })
      await usersChanged(id)
      void queryClient.invalidateQueries({ queryKey: ['phone-numbers', id] })
      say.done(t('takenBack', { number }), async () => {
        await api.patch(path, { number })
        await usersChanged(id)
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

interface NumberRow {
  readonly number: string
  readonly type: string
  readonly userId: string | null
}

const SHOWN = 4

function Give({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const k = useWords(kitWords)
  const say = useSay()
  const formats = useFormats()
  const { id } = useTenant()
  const { data } = useQuery({
    queryKey: ['phone-numbers', id, 'free'],
    queryFn: ({ signal }) =>
      api.get<PageOf<NumberRow>>(`/v1/tenants/${id}/phone-numbers`, { query: { limit: 200 }, signal }),
  })
  const free = data?.data.filter(({ type, userId }) => type === 'user' && userId === null).slice(0, SHOWN) ?? []
  const form = useForm({
    initial: { number: '' },
    schema: userChanges,
    toBody: ({ number }) => ({ number: number.replaceAll(/[\s().-]/g, '') }),
    submit: (body) => api.patch(`/v1/tenants/${id}/users/${user.id}`, body),
    onDone: () => {
      say.done(t('given'))
      form.reset({ number: '' })
      void usersChanged(id)
      void queryClient.invalidateQueries({ queryKey: ['phone-numbers', id] })
    },
  })
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form">
      {form.problem && <Refusal title={form.problem.title || k('notReached')} detail={form.problem.detail} />}
      <Field
        {...form.field('number', t('give'))}
        {...(free.length > 0 ? { hint: t('freeOnes', { list: formats.list(free.map(({ number }) => number)) }) } : {})}
      >
        <Input {...form.input('number')} type="tel" placeholder="+1 …" autoComplete="off" list="free-numbers" />
      </Field>
      <datalist id="free-numbers">
        {free.map(({ number }) => (
          <option key={number} value={number} />
        ))}
      </datalist>
      {user.numbers.length > 0 && <p className="k-quiet">{t('replaces', { name: user.name })}</p>}
      <Button type="submit" disabled={form.isBusy}>
        {t('assign')}
      </Button>
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
