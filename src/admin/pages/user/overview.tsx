/** The whole of it on one page: what a call would cost, what is held, which numbers, how much this month. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
} from '@fluentui/react-components'
import { useEffect, useState } from 'react'
import { userChanges } from '../../../api/schema/user.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { ApiProblem, api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { changesOf } from '../../kit/changes.ts'
import { DraftNote } from '../../kit/draft.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useForm } from '../../kit/use-form.ts'
import { kitWords } from '../../kit/words.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { Answer } from '../rates/look-up.tsx'
import { CountryPicker } from '../users/country-picker.tsx'
import { type ShownUser, usersChanged } from '../users/data.ts'
import { policyText } from '../users/policy-text.ts'
import { policyWords } from '../users/policy-words.ts'
import { LicenceList } from './licences.tsx'
import type { TabProps } from './page.tsx'
import { userWords } from './words.ts'
import '../rates/rates.css'

export function Overview(props: TabProps) {
  const t = useWords(userWords)
  const { user } = props
  const formats = useFormats()
  const isDeleted = user.deletedAt !== null
  return (
    <div className="k-grid">
      <div className="k-stack">
        {!isDeleted && <IfCalls user={user} />}
        <Details user={user} />
      </div>
      <div className="k-stack">
        {!isDeleted && (
          <Card title={t('licences')} aside={<Go to={`users/${user.id}/licences`}>{t('more')}</Go>}>
            <LicenceList {...props} />
          </Card>
        )}
        <Card title={t('numbers')} aside={<Go to={`users/${user.id}/numbers`}>{t('more')}</Go>}>
          {user.numbers.length === 0 ? (
            <p className="k-quiet">{t('noNumber')}</p>
          ) : (
            <ul>
              {user.numbers.map((number) => (
                <li key={number} className="num p-number" translate="no">
                  {number}
                </li>
              ))}
            </ul>
          )}
        </Card>
        <Card title={t('thisMonth')} aside={<Go to={`users/${user.id}/calls`}>{t('tab.calls')}</Go>}>
          <p className="num" data-seconds={user.secondsThisMonth}>
            {t('spoken', { count: Math.ceil(user.secondsThisMonth / 60) })}
          </p>
          <p className="k-quiet" title={formats.spoken(user.secondsThisMonth)}>
            {formats.duration(user.secondsThisMonth)}
          </p>
        </Card>
      </div>
    </div>
  )
}

const TYPED_MS = 250

/** What a call by this person would cost now and who would pay, as the call itself would be decided. */
function IfCalls({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const [{ to }, setState] = useUrlState({ to: '' })
  const [typed, setTyped] = useState(to)
  useEffect(() => {
    const timer = setTimeout(() => setState({ to: typed }), TYPED_MS)
    return () => clearTimeout(timer)
  }, [typed, setState])
  return (
    <Card title={t('ifCalls', { name: user.name.split(' ')[0] ?? user.name })}>
      <div className="k-stack">
        <Field label={t('number')}>
          <Input
            type="tel"
            placeholder={t('ifCallsHint')}
            value={typed}
            onChange={(_, { value }) => setTyped(value)}
            autoComplete="off"
          />
        </Field>
        <Answer to={to.trim()} caller={user.id} isOwn={false} />
      </div>
    </Card>
  )
}

function Details({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const p = useWords(policyWords)
  const language = useLanguage()
  const [{ panel }, setState] = useUrlState({ panel: '' })
  const mayEdit = useMay('user:edit') && user.deletedAt === null
  return (
    <Card
      title={t('details')}
      aside={
        mayEdit && (
          <Button size="small" onClick={() => setState({ panel: 'edit' }, { push: true })}>
            {t('edit')}
          </Button>
        )
      }
    >
      <dl className="p-details">
        <div>
          <dt>{t('email')}</dt>
          <dd translate="no">{user.email ?? '–'}</dd>
        </div>
        <div>
          <dt>{t('location')}</dt>
          <dd translate="no">{countryName(user.usageLocation as Country, language)}</dd>
        </div>
        <div>
          <dt>{t('policy')}</dt>
          <dd>{policyText(p, user.callingPolicy)}</dd>
        </div>
        <div>
          <dt>{t('sipUsername')}</dt>
          <dd translate="no">{user.sipUsername ?? '–'}</dd>
        </div>
      </dl>
      {panel === 'edit' && mayEdit && <EditUser user={user} onClose={() => setState({ panel: '' })} />}
    </Card>
  )
}

const editedOf = ({ name, email, usageLocation }: ShownUser) => ({ name, email, usageLocation })

function EditUser({ user, onClose }: { readonly user: ShownUser; readonly onClose: () => void }) {
  const t = useWords(userWords)
  const k = useWords(kitWords)
  const { id } = useTenant()
  // As it was when the form was opened: only what differs from it is sent.
  const [began, setBegan] = useState(() => editedOf(user))
  const path = `/v1/tenants/${id}/users/${user.id}`
  const form = useForm({
    initial: { ...began, email: began.email ?? '' },
    schema: userChanges,
    draft: `user.${user.id}`,
    toBody: ({ email, ...rest }) => changesOf(began, { ...rest, email: email.trim() === '' ? null : email.trim() }),
    async submit(body) {
      // Where somebody else has changed the same meanwhile: said once, then replaced by whoever still wants it.
      const now = editedOf(await api.get<ShownUser>(path))
      const [theirs] = Object.keys(changesOf(began, now)).filter(
        (field) => field in (body as object) && field in changesOf(now, { ...now, ...(body as object) }),
      )
      if (theirs === undefined) return api.patch(path, body)
      setBegan({ ...began, [theirs]: now[theirs as keyof typeof now] })
      const value = now[theirs as keyof typeof now] ?? '–'
      throw new ApiProblem(409, {
        code: 'conflict',
        param: theirs,
        detail: `${k('changedBy')} ${k('isNow', { value })}`,
      })
    },
    onDone: () => {
      void usersChanged(id)
      onClose()
    },
  })
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('editTitle', { name: user.name })}</DialogTitle>
            <DialogContent className="k-confirm">
              <DraftNote form={form} />
              {form.problem && <Refusal title={form.problem.title || k('notReached')} detail={form.problem.detail} />}
              <Field {...form.field('name', t('name'))} required>
                <Input {...form.input('name')} autoComplete="off" />
              </Field>
              <Field {...form.field('email', t('email'))}>
                <Input {...form.input('email')} type="email" autoComplete="off" />
              </Field>
              <CountryPicker
                label={t('location')}
                name="usageLocation"
                value={form.values.usageLocation}
                error={form.errors.usageLocation}
                onChange={(value) => form.set('usageLocation', value)}
              />
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose} disabled={form.isBusy}>
                {k('cancel')}
              </Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('save')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
