/** Who holds a role at a place, and who is invited: the same for an organisation and for the installation. */
import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Dropdown,
  Field,
  Input,
  Option,
} from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { invitationOut } from '../../../api/invitation.ts'
import type { memberOut } from '../../../api/people.ts'
import { invitationBody } from '../../../api/schema/settings.ts'
import { type Permission, ROLE_KINDS, type Role } from '../../../core/permission.ts'
import { api } from '../../data/client.ts'
import { useMay, useSession } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Face } from '../../kit/face.tsx'
import { When } from '../../kit/figures.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { usePages } from '../../kit/use-pages.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { Ago } from './ago.tsx'
import { adminWords, settingsWords } from './words.ts'
import './settings.css'

type Member = z.output<typeof memberOut>
type Invitation = z.output<typeof invitationOut>

/** Where the roles are held. */
export interface PeoplePlace {
  /** Before `/people` and `/invitations`. */
  readonly path: string
  readonly roles: readonly [Role, ...Role[]]
  readonly edit: Permission
}

const peopleKey = ({ path }: PeoplePlace) => ['people', path] as const
const invitationsKey = ({ path }: PeoplePlace) => ['invitations', path] as const

export function People({ place }: { readonly place: PeoplePlace }) {
  const t = useWords(adminWords)
  const mayEdit = useMay(place.edit)
  const [{ person, panel }, setPanel] = useUrlState({ person: '', panel: '' })
  const list = usePages<Member>(peopleKey(place), `${place.path}/people`, { limit: 50 })
  const chosen = list.items?.find(({ id }) => id === person)
  return (
    <>
      <Card flush>
        <DataTable
          label={t('roles')}
          columns={useColumns(mayEdit)}
          rowKey={(row) => row.id}
          {...list.table}
          {...(mayEdit ? { onOpen: ({ id }: Member) => setPanel({ person: id }, { push: true }) } : {})}
          empty={<EmptyState drawing="gate" sentence={t('none')} />}
        />
      </Card>
      <Invitations place={place} mayEdit={mayEdit} />
      {mayEdit && chosen && (
        <RolesDialog key={chosen.id} place={place} member={chosen} onClose={() => setPanel({ person: '' })} />
      )}
      {mayEdit && panel === 'invite' && <InviteDialog place={place} onClose={() => setPanel({ panel: '' })} />}
    </>
  )
}

export function InviteButton({ place }: { readonly place: PeoplePlace }) {
  const t = useWords(adminWords)
  const [, setPanel] = useUrlState({ panel: '' })
  if (!useMay(place.edit)) return null
  return (
    <Button appearance="primary" onClick={() => setPanel({ panel: 'invite' }, { push: true })}>
      {t('invite')}
    </Button>
  )
}

function useColumns(mayEdit: boolean): readonly Column<Member>[] {
  const t = useWords(adminWords)
  const [, setPanel] = useUrlState({ person: '' })
  const columns: Column<Member>[] = [
    { id: 'person', title: t('person'), phone: 'title', cell: (row) => <Who member={row} /> },
    { id: 'roles', title: t('roles'), phone: 'fact', cell: ({ roles }) => <Roles roles={roles} /> },
    {
      id: 'seen',
      title: t('lastSeen'),
      phone: 'note',
      from: 1024,
      cell: ({ lastSeenAt }) => (lastSeenAt === null ? t('notYet') : <Ago at={lastSeenAt} />),
    },
    { id: 'factor', title: t('secondFactor'), from: 1024, cell: (row) => <SecondFactor member={row} /> },
  ]
  if (!mayEdit) return columns
  return [
    ...columns,
    {
      id: 'change',
      title: '',
      align: 'right',
      cell: ({ id }) => (
        <Button size="small" onClick={() => setPanel({ person: id }, { push: true })}>
          {t('change')}
        </Button>
      ),
    },
  ]
}

function Who({ member }: { readonly member: Member }) {
  const t = useWords(adminWords)
  const me = useSession().person
  return (
    <span className="st-person">
      <Face name={member.name} />
      <span>
        <b translate="no">{member.name}</b>
        {member.id === me.id && (
          <>
            {' '}
            <span className="k-pill">{t('you')}</span>
          </>
        )}
        {member.disabled && (
          <>
            {' '}
            <span className="k-pill k-pill-bad">{t('disabled')}</span>
          </>
        )}
        <br />
        <span className="k-quiet" translate="no">
          {member.email}
        </span>
      </span>
    </span>
  )
}

function Roles({ roles }: { readonly roles: readonly Role[] }) {
  const language = useLanguage()
  return (
    <span className="st-pills">
      {roles.map((role) => (
        <span key={role} className="k-pill" data-role={role} translate="no">
          {ROLE_KINDS[role].name[language]}
        </span>
      ))}
    </span>
  )
}

/** Roles have their names where they are defined, in both languages. */
function RoleName({ role }: { readonly role: Role }) {
  const language = useLanguage()
  return <span translate="no">{ROLE_KINDS[role].name[language]}</span>
}

function SecondFactor({ member }: { readonly member: Member }) {
  const t = useWords(adminWords)
  const kinds = [
    member.hasTotp ? t('app') : null,
    member.passkeys > 0 ? t('passkeys', { count: member.passkeys }) : null,
  ].filter((kind) => kind !== null)
  if (kinds.length === 0) return <span className="k-pill k-pill-warn">{t('passwordOnly')}</span>
  return <>{kinds.join(', ')}</>
}

interface RolesDialogProps {
  readonly place: PeoplePlace
  readonly member: Member
  readonly onClose: () => void
}

/** Roles are given before others are taken: somebody who swaps one for another is never without. */
function RolesDialog({ place, member, onClose }: RolesDialogProps) {
  const t = useWords(adminWords)
  const common = useWords(settingsWords)
  const queries = useQueryClient()
  const say = useSay()
  const [isRevoking, setRevoking] = useState(false)
  const path = (role: Role): string => `${place.path}/people/${member.id}/roles/${role}`
  const form = useForm({
    initial: { roles: member.roles as readonly Role[] },
    async submit() {
      const { roles } = form.values
      for (const role of roles) if (!member.roles.includes(role)) await api.put(path(role))
      for (const role of member.roles) if (!roles.includes(role)) await api.delete(path(role))
    },
    onDone: () => void done(t('rolesSaved', { name: member.name })),
  })
  const { roles } = form.values
  async function done(text: string): Promise<void> {
    await queries.invalidateQueries({ queryKey: peopleKey(place) })
    say.done(text)
    onClose()
  }
  async function revoke(): Promise<void> {
    try {
      for (const role of member.roles) await api.delete(path(role))
    } finally {
      await queries.invalidateQueries({ queryKey: peopleKey(place) })
    }
    say.done(t('accessGone', { name: member.name }))
  }
  if (isRevoking) {
    return (
      <ConfirmDialog
        open
        title={t('revokeTitle', { name: member.name })}
        action={t('revoke')}
        word={member.email}
        onConfirm={revoke}
        onClose={onClose}
      >
        <p>{t('revokeWhy', { name: member.name })}</p>
      </ConfirmDialog>
    )
  }
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit}>
          <DialogBody>
            <DialogTitle>{t('changeTitle', { name: member.name })}</DialogTitle>
            <DialogContent className="k-confirm">
              <fieldset className="st-choices">
                <legend className="unseen">{t('roles')}</legend>
                {place.roles.map((role) => (
                  <Checkbox
                    key={role}
                    label={<RoleName role={role} />}
                    checked={roles.includes(role)}
                    onChange={(_, { checked }) =>
                      form.set('roles', checked ? [...roles, role] : roles.filter((held) => held !== role))
                    }
                  />
                ))}
              </fieldset>
              <p className="k-quiet">{roles.length === 0 ? t('noRole') : t('changeWhy')}</p>
              {form.problem && (
                <Refusal
                  title={form.problem.title}
                  detail={form.problem.code === 'last-admin' ? t('lastAdmin') : form.problem.detail}
                />
              )}
            </DialogContent>
            <DialogActions fluid>
              <Button className="k-danger st-left" onClick={() => setRevoking(true)}>
                {t('revoke')}
              </Button>
              <Button onClick={onClose}>{common('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy || !form.isDirty || roles.length === 0}>
                {common('save')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

function InviteDialog({ place, onClose }: { readonly place: PeoplePlace; readonly onClose: () => void }) {
  const t = useWords(adminWords)
  const common = useWords(settingsWords)
  const language = useLanguage()
  const queries = useQueryClient()
  const say = useSay()
  // The role that may least, to begin with: nobody is made an admin by not looking.
  const least = place.roles.includes('read-only') ? 'read-only' : place.roles[0]
  const form = useForm<{ email: string; role: Role; language: string }, Invitation>({
    initial: { email: '', role: least, language },
    schema: invitationBody([...place.roles]),
    draft: `invite-${place.path}`,
    submit: (body, intent) => api.post<Invitation>(`${place.path}/invitations`, body, { intent }),
    async onDone({ email }) {
      await queries.invalidateQueries({ queryKey: invitationsKey(place) })
      say.done(t('invited', { email }))
      onClose()
    },
  })
  const { values } = form
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('inviteTitle')}</DialogTitle>
            <DialogContent className="k-form">
              <p>{t('inviteWhy')}</p>
              <Field {...form.field('email', t('email'))}>
                <Input {...form.input('email')} type="email" autoComplete="off" />
              </Field>
              <Field {...form.field('role', t('role'))}>
                <Dropdown
                  clearButton={null}
                  value={ROLE_KINDS[values.role].name[language]}
                  selectedOptions={[values.role]}
                  onOptionSelect={(_, { optionValue }) => form.set('role', optionValue as Role)}
                >
                  {place.roles.map((role) => (
                    <Option key={role} value={role} text={ROLE_KINDS[role].name[language]}>
                      <RoleName role={role} />
                    </Option>
                  ))}
                </Dropdown>
              </Field>
              <Field {...form.field('language', t('letterIn'))}>
                <Dropdown
                  clearButton={null}
                  value={t(values.language as 'en')}
                  selectedOptions={[values.language]}
                  onOptionSelect={(_, { optionValue }) => form.set('language', optionValue ?? 'en')}
                >
                  {(['en', 'fr'] as const).map((letter) => (
                    <Option key={letter} value={letter} text={t(letter)}>
                      {t(letter)}
                    </Option>
                  ))}
                </Dropdown>
              </Field>
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{common('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('send')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

interface InvitationsProps {
  readonly place: PeoplePlace
  readonly mayEdit: boolean
}

function Invitations({ place, mayEdit }: InvitationsProps) {
  const t = useWords(adminWords)
  const queries = useQueryClient()
  const say = useSay()
  const list = usePages<Invitation>(invitationsKey(place), `${place.path}/invitations`, { limit: 50 })
  if (list.items?.length === 0) return null
  async function act(work: () => Promise<unknown>, text: string): Promise<void> {
    try {
      await work()
      say.done(text)
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: invitationsKey(place) })
  }
  const withdraw = ({ id, email }: Invitation): Promise<void> =>
    act(() => api.delete(`${place.path}/invitations/${id}`), t('withdrawn', { email }))
  const again = ({ email, role, language: letter }: Invitation): Promise<void> =>
    act(() => api.post(`${place.path}/invitations`, { email, role, language: letter }), t('invited', { email }))
  const columns: Column<Invitation>[] = [
    { id: 'email', title: t('email'), phone: 'title', cell: ({ email }) => <span translate="no">{email}</span> },
    { id: 'role', title: t('role'), phone: 'fact', cell: ({ role }) => <RoleName role={role} /> },
    { id: 'by', title: t('by'), from: 1024, cell: ({ invitedBy }) => <span translate="no">{invitedBy}</span> },
    { id: 'until', title: t('until'), phone: 'note', cell: ({ expiresAt }) => <When at={expiresAt} /> },
  ]
  if (mayEdit) {
    columns.push({
      id: 'acts',
      title: '',
      align: 'right',
      phone: 'figure',
      cell: (row) => (
        <span className="st-acts">
          <Button size="small" onClick={() => void again(row)}>
            {t('again')}
          </Button>
          <Button size="small" onClick={() => void withdraw(row)}>
            {t('withdraw')}
          </Button>
        </span>
      ),
    })
  }
  return (
    <Card title={t('invitations')} flush>
      <DataTable label={t('invitations')} columns={columns} rowKey={({ id }) => id} {...list.table} empty={null} />
    </Card>
  )
}
