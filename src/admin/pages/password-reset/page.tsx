/** `/password-reset`: asks for the link; `/password-reset#secret`: the link was followed. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useState } from 'react'
import { completeReset, resetRequest } from '../../../api/schema/access.ts'
import { PASSWORD_MIN } from '../../../core/limits.ts'
import { api } from '../../data/client.ts'
import { Go } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useForm } from '../../kit/use-form.ts'
import { PublicFrame } from '../../shell/public-frame.tsx'
import { useWords } from '../../words/use.tsx'
import { takeSecret } from '../invitation/page.tsx'
import { PasswordField } from '../sign-in/form.tsx'
import { passwordResetWords } from './words.ts'

export default function PasswordResetPage() {
  const [token] = useState(takeSecret)
  return token === '' ? <Ask /> : <Choose token={token} />
}

function Ask() {
  const t = useWords(passwordResetWords)
  const [sentTo, setSentTo] = useState<string | null>(null)
  const form = useForm({
    initial: { email: '' },
    schema: resetRequest,
    toBody: ({ email }) => ({ email: email.trim() }),
    submit: (body, intent) => api.post('/v1/password-resets', body, { intent }),
    onDone: () => {
      setSentTo(form.values.email.trim())
    },
  })
  return (
    <PublicFrame title={t('ask')} lead={t('askWhy')}>
      {sentTo === null ? (
        <form onSubmit={form.onSubmit} className="sign-in-form" noValidate>
          {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
          <Field {...form.field('email', t('email'))}>
            <Input type="email" size="large" autoComplete="username" {...form.input('email')} />
          </Field>
          <Button type="submit" appearance="primary" size="large" disabled={form.isBusy}>
            {t('send')}
          </Button>
        </form>
      ) : (
        <p role="status">{t('sent', { email: sentTo })}</p>
      )}
      <Go to="/sign-in">{t('back')}</Go>
    </PublicFrame>
  )
}

function Choose({ token }: { readonly token: string }) {
  const t = useWords(passwordResetWords)
  const [isDone, setDone] = useState(false)
  const form = useForm({
    initial: { password: '' },
    schema: completeReset,
    toBody: ({ password }) => ({ token, password }),
    submit: (body, intent) => api.post('/v1/password-resets/complete', body, { intent }),
    onDone: () => {
      forgetSecret()
      setDone(true)
    },
  })
  const isGone = form.problem?.code === 'link-expired' || form.problem?.param === 'token'
  return (
    <PublicFrame title={t('choose')} lead={isDone ? undefined : t('chooseWhy')}>
      {isDone ? (
        <>
          <p role="status">{t('done')}</p>
          <Go to="/sign-in">{t('signIn')}</Go>
        </>
      ) : (
        <form onSubmit={form.onSubmit} className="sign-in-form" noValidate>
          {form.problem && (
            <Refusal title={isGone ? t('gone') : form.problem.title} detail={isGone ? null : form.problem.detail} />
          )}
          <PasswordField
            label={t('password')}
            hint={t('hint', { count: PASSWORD_MIN })}
            value={form.values.password}
            onChange={(password) => form.set('password', password)}
            autoComplete="new-password"
            message={form.errors.password}
          />
          <Button type="submit" appearance="primary" size="large" disabled={form.isBusy}>
            {t('save')}
          </Button>
          {isGone && (
            <a href="/password-reset" onClick={forgetSecret}>
              {t('ask')}
            </a>
          )}
        </form>
      )}
    </PublicFrame>
  )
}

const forgetSecret = (): void => sessionStorage.removeItem('ringfence.secret/password-reset')
