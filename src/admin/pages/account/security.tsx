/** What one proves oneself with: password, authenticator app, passkeys, recovery codes. */
import { Button, Field, Input } from '@fluentui/react-components'
import { CheckmarkCircleFilled, KeyRegular } from '@fluentui/react-icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, lazy, Suspense, useState } from 'react'
import { changePassword } from '../../../api/schema/access.ts'
import { PASSWORD_MIN } from '../../../core/limits.ts'
import { type ApiProblem, api, isProblem } from '../../data/client.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { CopyButton, Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { rich, useFormats, useWords } from '../../words/use.tsx'
import { PasswordField } from '../sign-in/form.tsx'
import { hasPasskeys, makePasskey } from '../sign-in/passkey.ts'
import { useConfirmed } from './confirm.tsx'
import { accountWords } from './words.ts'

interface Factors {
  readonly totp: boolean
  readonly passkeys: readonly Passkey[]
  readonly recoveryCodesLeft: number
}

interface Passkey {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

type Codes = readonly string[] | null

const FACTORS = ['me', 'second-factors'] as const

export function Security() {
  const queries = useQueryClient()
  const factors = useQuery({
    queryKey: FACTORS,
    queryFn: ({ signal }) => api.get<Factors>('/v1/me/second-factors', { signal }),
  })
  // Shown once, so they outlive the change that made them.
  const [codes, setCodes] = useState<Codes>(null)
  const changed = (fresh: Codes): void => {
    if (fresh) setCodes(fresh)
    void queries.invalidateQueries({ queryKey: FACTORS })
  }
  return (
    <>
      {codes && <FreshCodes codes={codes} onKept={() => setCodes(null)} />}
      <div className="k-grid">
        <div className="k-stack">
          <Block query={factors}>
            {({ totp, passkeys, recoveryCodesLeft }) => (
              <>
                <App isOn={totp} onChanged={changed} />
                <Passkeys passkeys={passkeys} onChanged={changed} />
                <RecoveryCodes left={recoveryCodesLeft} hasFactor={totp || passkeys.length > 0} onChanged={changed} />
              </>
            )}
          </Block>
        </div>
        <Password />
      </div>
    </>
  )
}

interface PartProps {
  readonly onChanged: (codes: Codes) => void
}

function Password() {
  const t = useWords(accountWords)
  const say = useSay()
  const form = useForm({
    initial: { current: '', password: '' },
    schema: changePassword,
    submit: (body, intent) => api.post('/v1/me/password', body, { intent }),
    onDone: () => {
      form.reset()
      say.done(t('changed'))
    },
  })
  return (
    <Card title={t('password')}>
      <form onSubmit={form.onSubmit} className="k-form" noValidate>
        <p className="k-quiet">{t('passwordWhy')}</p>
        {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
        <PasswordField
          name="current"
          label={t('current')}
          value={form.values.current}
          onChange={(value) => form.set('current', value)}
          autoComplete="current-password"
          message={form.errors.current}
        />
        <PasswordField
          label={t('next')}
          hint={t('nextHint', { count: PASSWORD_MIN })}
          value={form.values.password}
          onChange={(value) => form.set('password', value)}
          autoComplete="new-password"
          message={form.errors.password}
        />
        <Button type="submit" appearance="primary" disabled={form.isBusy}>
          {t('change')}
        </Button>
      </form>
    </Card>
  )
}

function App({ isOn, onChanged }: PartProps & { readonly isOn: boolean }) {
  const t = useWords(accountWords)
  const [run, dialog] = useConfirmed()
  const [begun, setBegun] = useState<{ readonly secret: string; readonly uri: string } | null>(null)
  const [isRemoving, setRemoving] = useState(false)
  const begin = (): Promise<void> =>
    run(async () => setBegun(await api.post<{ secret: string; uri: string }>('/v1/me/totp')))
  return (
    <Card
      title={
        <>
          {t('app')}
          {isOn && (
            <span className="k-pill k-pill-good">
              <CheckmarkCircleFilled aria-hidden="true" />
              {t('on')}
            </span>
          )}
        </>
      }
      aside={
        isOn ? (
          <Button size="small" className="k-danger" onClick={() => setRemoving(true)}>
            {t('remove')}
          </Button>
        ) : (
          begun === null && (
            <Button size="small" onClick={() => void begin()}>
              {t('setUp')}
            </Button>
          )
        )
      }
    >
      <p className="k-quiet">{t(isOn ? 'appOn' : 'appOff')}</p>
      {begun && !isOn && (
        <FirstCode
          {...begun}
          onDone={(codes) => {
            setBegun(null)
            onChanged(codes)
          }}
        />
      )}
      <ConfirmDialog
        open={isRemoving}
        title={t('removeApp')}
        action={t('remove')}
        onClose={() => setRemoving(false)}
        onConfirm={() =>
          run(async () => {
            await api.delete('/v1/me/totp')
            onChanged(null)
          })
        }
      >
        <p>{t('removeAppWhy')}</p>
      </ConfirmDialog>
      {dialog}
    </Card>
  )
}

const QrPicture = lazy(() => import('./qr.tsx').then(({ QrPicture }) => ({ default: QrPicture })))

/** Groups of four are typed without a slip. */
const inGroups = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, '$1 ')

interface FirstCodeProps {
  readonly secret: string
  readonly uri: string
  readonly onDone: (codes: Codes) => void
}

function FirstCode({ secret, uri, onDone }: FirstCodeProps) {
  const t = useWords(accountWords)
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [isBusy, setBusy] = useState(false)
  async function confirm(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    try {
      const { recoveryCodes } = await api.post<{ recoveryCodes: Codes }>('/v1/me/totp/confirm', { code: code.trim() })
      onDone(recoveryCodes)
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void confirm(event)} className="k-form account-app">
      <div className="account-scan">
        <p>{t('scan')}</p>
        <Suspense fallback={<div className="account-qr" />}>
          <QrPicture text={uri} label={t('scanPicture')} />
        </Suspense>
      </div>
      <div>
        <p>{t('secret')}</p>
        <p className="account-secret">
          <code translate="no">{inGroups(secret)}</code>
          <CopyButton text={secret} what={t('secretWhat')} />
        </p>
        <p className="k-quiet">{rich(t('secretOr'), { a: (inside) => <a href={uri}>{inside}</a> })}</p>
      </div>
      <Field
        label={t('firstCode')}
        {...(problem ? { validationState: 'error' as const, validationMessage: problem.title } : {})}
      >
        <Input
          name="code"
          required
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={8}
          value={code}
          onChange={(_, { value }) => setCode(value)}
        />
      </Field>
      <Button type="submit" appearance="primary" disabled={isBusy}>
        {t('turnOn')}
      </Button>
    </form>
  )
}

function Passkeys({ passkeys, onChanged }: PartProps & { readonly passkeys: readonly Passkey[] }) {
  const t = useWords(accountWords)
  const formats = useFormats()
  const [run, dialog] = useConfirmed()
  const [name, setName] = useState('')
  const [leaving, setLeaving] = useState<Passkey | null>(null)
  const add = (event: FormEvent): void => {
    event.preventDefault()
    void run(async () => {
      const made = await makePasskey(name.trim() || t('passkeyDefault'))
      if (!made) return
      setName('')
      onChanged(made.recoveryCodes)
    })
  }
  return (
    <Card title={t('passkeys')}>
      <p className="k-quiet">{t('passkeysWhy')}</p>
      {passkeys.length === 0 ? (
        <p className="account-none">{t('noPasskeys')}</p>
      ) : (
        <ul className="account-keys">
          {passkeys.map((passkey) => (
            <li key={passkey.id}>
              <KeyRegular fontSize={20} aria-hidden="true" />
              <span>
                <b translate="no">{passkey.name}</b>
                <span className="k-quiet">
                  {t('added', { when: formats.day(passkey.createdAt) })},{' '}
                  {passkey.lastUsedAt === null
                    ? t('neverUsed')
                    : t('lastUsed', { when: formats.moment(passkey.lastUsedAt) })}
                </span>
              </span>
              <Button size="small" className="k-danger" onClick={() => setLeaving(passkey)}>
                {t('remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {hasPasskeys() ? (
        <form onSubmit={add} className="account-add">
          <Field label={t('passkeyName')}>
            <Input
              name="passkey-name"
              maxLength={200}
              placeholder={t('passkeyDefault')}
              value={name}
              onChange={(_, { value }) => setName(value)}
            />
          </Field>
          <Button type="submit">{t('addPasskey')}</Button>
        </form>
      ) : (
        <p className="k-quiet">{t('noPasskeysHere')}</p>
      )}
      <ConfirmDialog
        open={leaving !== null}
        title={t('removePasskey', { name: leaving?.name ?? '' })}
        action={t('remove')}
        onClose={() => setLeaving(null)}
        onConfirm={() =>
          run(async () => {
            await api.delete(`/v1/me/passkeys/${leaving?.id}`)
            onChanged(null)
          })
        }
      >
        <p>{t('removePasskeyWhy')}</p>
      </ConfirmDialog>
      {dialog}
    </Card>
  )
}

function RecoveryCodes({
  left,
  hasFactor,
  onChanged,
}: PartProps & { readonly left: number; readonly hasFactor: boolean }) {
  const t = useWords(accountWords)
  const [run, dialog] = useConfirmed()
  const make = (): Promise<void> =>
    run(async () => onChanged((await api.post<{ recoveryCodes: Codes }>('/v1/me/recovery-codes')).recoveryCodes))
  return (
    <Card
      title={t('codes')}
      aside={
        hasFactor && (
          <Button size="small" onClick={() => void make()}>
            {t('newCodes')}
          </Button>
        )
      }
    >
      <p className="k-quiet">{hasFactor ? t('codesLeft', { count: left }) : t('codesNone')}</p>
      {dialog}
    </Card>
  )
}

function FreshCodes({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const t = useWords(accountWords)
  return (
    <Card
      title={t('freshCodes')}
      aside={<CopyButton text={codes.join('\n')} what={t('codesWhat')} />}
      className="account-fresh"
    >
      <p role="status">{t('codesOnce')}</p>
      <ul className="account-codes">
        {codes.map((code) => (
          <li key={code}>
            <code translate="no">{code}</code>
          </li>
        ))}
      </ul>
      <Button appearance="primary" onClick={onKept}>
        {t('kept')}
      </Button>
    </Card>
  )
}
