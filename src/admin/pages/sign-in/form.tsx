/** Signing in: passkey first, then password, then the second step where there is one. Also shown over a page whose session ended. */
import { Button, Field, Input, Link } from '@fluentui/react-components'
import { EyeOffRegular, EyeRegular, KeyRegular } from '@fluentui/react-icons'
import { type FormEvent, type ReactNode, useState } from 'react'
import { type ApiProblem, api, isProblem } from '../../data/client.ts'
import { Refusal } from '../../kit/notes.tsx'
import { useTicking } from '../../kit/ticking.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { hasPasskeys, signInWithPasskey } from './passkey.ts'
import { signInWords } from './words.ts'
import './sign-in.css'

type Method = 'totp' | 'passkey' | 'recovery-code'

interface SignInAnswer {
  readonly state: 'signed-in' | 'second-factor'
  readonly challenge?: string
  readonly methods?: readonly Method[]
}

export interface SignInFormProps {
  readonly email?: string
  readonly onSignedIn: () => Promise<void>
  /** Links under the password: not over a page. */
  readonly children?: ReactNode
}

interface Step {
  readonly challenge: string
  readonly methods: readonly Method[]
}

export function SignInForm({ email: known = '', onSignedIn, children }: SignInFormProps) {
  const [step, setStep] = useState<Step | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isBusy, setBusy] = useState(false)
  /** Runs one try; a second click while it runs does nothing. */
  async function attempt(what: Failure['what'], work: () => Promise<boolean>): Promise<void> {
    if (isBusy) return
    setBusy(true)
    setFailure(null)
    try {
      if (await work()) await onSignedIn()
    } catch (error) {
      if (!isProblem(error) && what !== 'passkey') throw error
      const problem = isProblem(error) ? error : null
      if (problem?.code === 'sign-in-expired') setStep(null)
      setFailure({ what, problem, at: Date.now() })
    } finally {
      setBusy(false)
    }
  }
  const shared = { isBusy, attempt, failure }
  return step ? (
    <SecondStep {...shared} step={step} onBack={() => setStep(null)} />
  ) : (
    <FirstStep {...shared} known={known} onStep={setStep}>
      {children}
    </FirstStep>
  )
}

/** What is missing needs no words: it is where one types next. */
const focusOn = (event: FormEvent, name: string): void =>
  event.currentTarget.querySelector<HTMLElement>(`[name="${name}"]`)?.focus()

interface Failure {
  readonly what: 'password' | 'code' | 'passkey'
  readonly problem: ApiProblem | null
  readonly at: number
}

interface StepProps {
  readonly isBusy: boolean
  readonly failure: Failure | null
  readonly attempt: (what: Failure['what'], work: () => Promise<boolean>) => Promise<void>
}

function FirstStep({
  isBusy,
  failure,
  attempt,
  known,
  onStep,
  children,
}: StepProps & { readonly known: string; readonly onStep: (step: Step) => void; readonly children?: ReactNode }) {
  const t = useWords(signInWords)
  const [email, setEmail] = useState(known)
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const missing = email.trim() === '' ? 'email' : password === '' ? 'password' : null
    if (missing !== null) focusOn(event, missing)
    else
      void attempt('password', async () => {
        const answer = await api.post<SignInAnswer>('/v1/sign-in', { email: email.trim(), password })
        if (answer.state === 'signed-in') return true
        onStep({ challenge: answer.challenge ?? '', methods: answer.methods ?? [] })
        return false
      })
  }
  return (
    <>
      {hasPasskeys() && (
        <>
          <PasskeyButton isBusy={isBusy} attempt={attempt} />
          <p className="sign-in-or">
            <span>{t('or')}</span>
          </p>
        </>
      )}
      <form onSubmit={submit} className="sign-in-form" noValidate>
        <FailureNote failure={failure} />
        <Field label={t('email')}>
          <Input
            name="email"
            type="email"
            size="large"
            required
            autoComplete="username webauthn"
            value={email}
            onChange={(_, { value }) => setEmail(value)}
          />
        </Field>
        <PasswordField label={t('password')} value={password} onChange={setPassword} autoComplete="current-password" />
        <Button type="submit" appearance="primary" size="large" disabled={isBusy}>
          {t('enter')}
        </Button>
        {children}
      </form>
    </>
  )
}

function PasskeyButton({ isBusy, attempt }: Pick<StepProps, 'isBusy' | 'attempt'>) {
  const t = useWords(signInWords)
  return (
    <Button
      size="large"
      icon={<KeyRegular />}
      disabled={isBusy}
      onClick={() => void attempt('passkey', async () => (await signInWithPasskey()) === 'signed-in')}
    >
      {t('passkey')}
    </Button>
  )
}

export interface PasswordFieldProps {
  readonly name?: string
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autoComplete: 'current-password' | 'new-password'
  readonly message?: string | undefined
  readonly hint?: string
}

/** A password that can be looked at while it is typed. */
export function PasswordField({
  name = 'password',
  label,
  value,
  onChange,
  autoComplete,
  message,
  hint,
}: PasswordFieldProps) {
  const t = useWords(signInWords)
  const [isShown, setShown] = useState(false)
  const toggle = t(isShown ? 'hidePassword' : 'showPassword')
  return (
    <Field
      label={label}
      hint={hint ?? null}
      {...(message === undefined ? {} : { validationMessage: message, validationState: 'error' as const })}
    >
      <Input
        name={name}
        type={isShown ? 'text' : 'password'}
        size="large"
        required
        autoComplete={autoComplete}
        value={value}
        onChange={(_, data) => onChange(data.value)}
        contentAfter={
          <Button
            type="button"
            appearance="transparent"
            size="small"
            icon={isShown ? <EyeOffRegular /> : <EyeRegular />}
            aria-label={toggle}
            title={toggle}
            onClick={() => setShown(!isShown)}
          />
        }
      />
    </Field>
  )
}

function SecondStep({
  isBusy,
  failure,
  attempt,
  step,
  onBack,
}: StepProps & { readonly step: Step; readonly onBack: () => void }) {
  const t = useWords(signInWords)
  const [method, setMethod] = useState<'totp' | 'recovery-code'>(
    step.methods.includes('totp') ? 'totp' : 'recovery-code',
  )
  const [code, setCode] = useState('')
  const isTotp = method === 'totp'
  const hasCode = step.methods.includes('totp') || step.methods.includes('recovery-code')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (code.trim() === '') focusOn(event, 'code')
    else
      void attempt('code', async () => {
        await api.post('/v1/sign-in/second-factor', { challenge: step.challenge, method, code: code.trim() })
        return true
      })
  }
  const change = (next: 'totp' | 'recovery-code'): void => {
    setMethod(next)
    setCode('')
  }
  return (
    <form onSubmit={submit} className="sign-in-form" noValidate>
      <h2>{t('second')}</h2>
      <FailureNote failure={failure} />
      {step.methods.includes('passkey') && hasPasskeys() && <PasskeyButton isBusy={isBusy} attempt={attempt} />}
      {hasCode && (
        <>
          <Field label={t(isTotp ? 'code' : 'recovery')} hint={t(isTotp ? 'codeHint' : 'recoveryHint')}>
            <Input
              key={method}
              name="code"
              size="large"
              required
              autoFocus
              autoComplete="one-time-code"
              {...(isTotp ? { inputMode: 'numeric' as const, maxLength: 8 } : { maxLength: 64 })}
              value={code}
              onChange={(_, { value }) => setCode(value)}
            />
          </Field>
          <Button type="submit" appearance="primary" size="large" disabled={isBusy}>
            {t('confirm')}
          </Button>
        </>
      )}
      <p className="sign-in-links">
        {isTotp && step.methods.includes('recovery-code') && (
          <Link as="button" type="button" onClick={() => change('recovery-code')}>
            {t('useRecovery')}
          </Link>
        )}
        {!isTotp && step.methods.includes('totp') && (
          <Link as="button" type="button" onClick={() => change('totp')}>
            {t('useTotp')}
          </Link>
        )}
        <Link as="button" type="button" onClick={onBack}>
          {t('back')}
        </Link>
      </p>
    </form>
  )
}

/** Why it did not work. The same words whether or not there is such an account. */
function FailureNote({ failure }: { readonly failure: Failure | null }) {
  const t = useWords(signInWords)
  const formats = useFormats()
  const retry = failure?.problem?.retryAfterSeconds ?? null
  const now = useTicking(retry === null ? null : 1_000)
  if (!failure) return null
  const { what, problem, at } = failure
  if (problem?.code === 'too-many-attempts' && retry !== null) {
    const left = Math.max(0, retry - Math.floor((now - at) / 1000))
    return left > 0 ? <Refusal title={t('locked', { time: formats.spoken(left) })} /> : null
  }
  if (problem?.code === 'sign-in-expired') return <Refusal title={t('expired')} />
  if (problem?.status === 0) return <Refusal title={t('notReached')} />
  if (problem === null || (what === 'passkey' && problem.code === 'sign-in-failed'))
    return <Refusal title={t('passkeyFailed')} />
  if (problem.code === 'sign-in-failed') return <Refusal title={t(what === 'code' ? 'wrongCode' : 'wrong')} />
  return <Refusal title={problem.title} detail={problem.detail} />
}
