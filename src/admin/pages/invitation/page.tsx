/** `/invitation#secret`: what one is invited to, and the account for it where there is none yet. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { acceptInvitation } from '../../../api/schema/access.ts'
import { PASSWORD_MIN } from '../../../core/limits.ts'
import { ROLE_KINDS, type Role } from '../../../core/permission.ts'
import { api, isProblem } from '../../data/client.ts'
import { signedIn } from '../../data/session.ts'
import { Go, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useForm } from '../../kit/use-form.ts'
import { PublicFrame } from '../../shell/public-frame.tsx'
import { rich, useLanguage, useWords } from '../../words/use.tsx'
import { PasswordField } from '../sign-in/form.tsx'
import { invitationWords } from './words.ts'

interface Invitation {
  readonly email: string
  readonly role: Role
  /** Null: the installation. */
  readonly to: string | null
  readonly hasAccount: boolean
}

export default function InvitationPage() {
  const t = useWords(invitationWords)
  // The secret leaves the address bar, so that it is in no history and no screenshot; a reload of this tab still has it.
  const [token] = useState(takeSecret)
  const { data, error } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.post<Invitation>('/v1/invitations/look', { token }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (isProblem(error)) {
    const isGone = error.code === 'link-expired' || error.code === 'invalid-request'
    return (
      <PublicFrame title={isGone ? t('gone') : error.title} lead={isGone ? t('goneWhy') : error.detail}>
        <Go to="/sign-in">{t('signIn')}</Go>
      </PublicFrame>
    )
  }
  return (
    <PublicFrame title={t('title')}>
      {data ? <Answer invitation={data} token={token} /> : <Skeleton lines={4} />}
    </PublicFrame>
  )
}

/** What follows the `#`, kept for this tab. */
export function takeSecret(): string {
  const { hash, pathname, search } = location
  const key = `ringfence.secret${pathname}`
  if (hash.length > 1) {
    sessionStorage.setItem(key, hash.slice(1))
    history.replaceState(history.state, '', pathname + search)
  }
  return sessionStorage.getItem(key) ?? ''
}

function Answer({ invitation, token }: { readonly invitation: Invitation; readonly token: string }) {
  const t = useWords(invitationWords)
  const language = useLanguage()
  const go = useGo()
  const [isAccepted, setAccepted] = useState(false)
  const { email, role, to, hasAccount } = invitation
  const form = useForm({
    initial: { name: '', password: '' },
    schema: acceptInvitation,
    toBody: ({ name, password }) => (hasAccount ? { token } : { token, account: { name, password, language } }),
    submit: (body, intent) => api.post<{ state: 'signed-in' | 'sign-in' }>('/v1/invitations/accept', body, { intent }),
    fieldOf: (param) => param.replace(/^account\./, ''),
    onDone: ({ state }) => {
      if (state === 'sign-in') setAccepted(true)
      else void signedIn().then(() => go('/', { replace: true }))
    },
  })
  if (isAccepted) {
    return (
      <>
        <p role="status">{t('accepted')}</p>
        <Go to="/sign-in">{t('signIn')}</Go>
      </>
    )
  }
  const said = t('to', { of: to ?? t('installation'), email, role: ROLE_KINDS[role].name[language] })
  return (
    <form onSubmit={form.onSubmit} className="sign-in-form" noValidate>
      <p translate="no">{rich(said, { b: (inside) => <b>{inside}</b> })}</p>
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      {hasAccount ? (
        <p>{t('hasAccount')}</p>
      ) : (
        <>
          <Field {...form.field('name', t('name'))}>
            <Input size="large" autoComplete="name" {...form.input('name')} />
          </Field>
          <PasswordField
            label={t('password')}
            hint={t('passwordHint', { count: PASSWORD_MIN })}
            value={form.values.password}
            onChange={(password) => form.set('password', password)}
            autoComplete="new-password"
            message={form.errors.password}
          />
        </>
      )}
      <Button type="submit" appearance="primary" size="large" disabled={form.isBusy}>
        {t(hasAccount ? 'accept' : 'acceptNew')}
      </Button>
    </form>
  )
}
