/** API keys of a place: made, rolled without a gap, revoked. A secret is shown once. */
import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Radio,
  RadioGroup,
} from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { type keyOut, newKeyBody, type newKeyOut, OVERLAP_SECONDS } from '../../../api/schema/api-key.ts'
import type { Permission, Scope } from '../../../core/permission.ts'
import { api } from '../../data/client.ts'
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { Ago } from './ago.tsx'
import { SecretDialog } from './secret-dialog.tsx'
import { keyWords, settingsWords } from './words.ts'
import './settings.css'

type Key = z.output<typeof keyOut>
type NewKey = z.output<typeof newKeyOut>
type KeyScope = z.output<typeof newKeyBody>['scopes'][number]
/** What this tab was just given, and must show once. */
interface Shown {
  readonly key: NewKey
  readonly isRolled: boolean
}

const OVERLAPS = [0, 3_600, OVERLAP_SECONDS, 604_800] as const

export const CREATE = 'new-key'

export interface KeysProps {
  /** `/v1/tenants/…/api-keys`. */
  readonly path: string
  readonly edit: Permission
  /** What can be given here; the first one is given unless somebody chooses. */
  readonly scopes: readonly [KeyScope, ...KeyScope[]]
}

export function CreateKeyButton({ edit }: Pick<KeysProps, 'edit'>) {
  const t = useWords(keyWords)
  const [, setPanel] = useUrlState({ panel: '' })
  if (!useMay(edit)) return null
  return (
    <Button appearance="primary" onClick={() => setPanel({ panel: CREATE }, { push: true })}>
      {t('create')}
    </Button>
  )
}

export function Keys({ path, edit, scopes }: KeysProps) {
  const t = useWords(keyWords)
  const queries = useQueryClient()
  const mayEdit = useMay(edit)
  const [{ panel, roll, revoke }, setPanel] = useUrlState({ panel: '', roll: '', revoke: '' })
  const [shown, setShown] = useState<Shown | null>(null)
  const list = usePages<Key>(['api-keys', path], path, { limit: 50 })
  const renew = (): Promise<void> => queries.invalidateQueries({ queryKey: ['api-keys', path] })
  const close = (): void => setPanel({ panel: '', roll: '', revoke: '' })
  const show = (key: NewKey, isRolled: boolean): void => {
    close()
    setShown({ key, isRolled })
    void renew()
  }
  const find = (id: string): Key | undefined => list.items?.find((key) => key.id === id)
  const [rolling, revoking] = [find(roll), find(revoke)]
  return (
    <>
      <Card flush>
        <DataTable
          label={t('key')}
          columns={useColumns(path, mayEdit)}
          rowKey={({ id }) => id}
          {...list.table}
          empty={<EmptyState drawing="gate" sentence={t('empty')} />}
        />
      </Card>
      {mayEdit && panel === CREATE && (
        <CreateDialog path={path} scopes={scopes} onMade={(key) => show(key, false)} onClose={close} />
      )}
      {mayEdit && rolling && (
        <RollDialog path={path} apiKey={rolling} onRolled={(key) => show(key, true)} onClose={close} />
      )}
      {mayEdit && revoking && <RevokeDialog path={path} apiKey={revoking} onClose={close} />}
      {shown && (
        <SecretDialog
          title={t(shown.isRolled ? 'rolled' : 'created', { name: shown.key.name })}
          secret={shown.key.secret}
          fileName={`${shown.key.id}.txt`}
          onClose={() => setShown(null)}
        />
      )}
    </>
  )
}

const isOver = (at: string | null): boolean => at !== null && Date.parse(at) <= Date.now()

function stateOf({ revokedAt, expiresAt }: Key): 'active' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked'
  return isOver(expiresAt) ? 'expired' : 'active'
}

function useColumns(path: string, mayEdit: boolean): readonly Column<Key>[] {
  const t = useWords(keyWords)
  const common = useWords(settingsWords)
  const [, setPanel] = useUrlState({ roll: '', revoke: '' })
  const columns: Column<Key>[] = [
    { id: 'name', title: t('key'), phone: 'title', cell: (row) => <Name apiKey={row} /> },
    {
      id: 'scopes',
      title: t('scope'),
      cell: ({ scopes }) => scopes.map((scope) => t(`scope.${scope as Scope}`)).join(', '),
    },
    {
      id: 'used',
      title: t('lastUsed'),
      phone: 'fact',
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? common('never') : <Ago at={lastUsedAt} />),
    },
    {
      id: 'expires',
      title: t('expires'),
      from: 1024,
      cell: ({ expiresAt }) => (expiresAt === null ? common('never') : <When at={expiresAt} style="day" />),
    },
    { id: 'made', title: t('made'), from: 1320, cell: ({ createdAt }) => <When at={createdAt} style="day" /> },
    {
      id: 'state',
      title: t('state'),
      phone: 'figure',
      cell: (row) => <State path={path} apiKey={row} mayEdit={mayEdit} />,
    },
  ]
  if (!mayEdit) return columns
  return [
    ...columns,
    {
      id: 'acts',
      title: '',
      align: 'right',
      phone: 'note',
      cell: (row) =>
        stateOf(row) === 'active' && (
          <span className="st-acts">
            <Button size="small" onClick={() => setPanel({ roll: row.id }, { push: true })}>
              {t('roll')}
            </Button>
            <Button size="small" onClick={() => setPanel({ revoke: row.id }, { push: true })}>
              {t('revoke')}
            </Button>
          </span>
        ),
    },
  ]
}

function Name({ apiKey }: { readonly apiKey: Key }) {
  return (
    <>
      <b translate="no">{apiKey.name}</b>
      <br />
      <code className="k-quiet" translate="no">
        {apiKey.id}
      </code>
    </>
  )
}

interface OfKey {
  readonly path: string
  readonly apiKey: Key
}

/** In use, and while two secrets count, whether anybody still has to change over. */
function State({ path, apiKey, mayEdit }: OfKey & { readonly mayEdit: boolean }) {
  const t = useWords(keyWords)
  const formats = useFormats()
  const queries = useQueryClient()
  const say = useSay()
  const { former, name } = apiKey
  const state = stateOf(apiKey)
  async function endFormer(): Promise<void> {
    try {
      await api.delete(`${path}/${apiKey.id}/former-secret`)
      say.done(t('formerEnded', { name }))
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: ['api-keys', path] })
  }
  const isBoth = state === 'active' && former !== null && !isOver(former.until)
  return (
    <span className="st-state">
      <span className={`k-pill ${state === 'active' ? 'k-pill-good' : ''}`}>{t(state)}</span>
      {isBoth && (
        <>
          <span className="k-quiet">
            {t('overlap', { until: formats.moment(former.until) })}
            {' · '}
            {former.lastUsedAt === null
              ? t('formerUnused')
              : t('formerUsed', { when: formats.relative(former.lastUsedAt, Date.now()) })}
          </span>
          {mayEdit && (
            <Button size="small" onClick={() => void endFormer()}>
              {t('endFormer')}
            </Button>
          )}
        </>
      )}
    </span>
  )
}

interface CreateDialogProps extends Pick<KeysProps, 'path' | 'scopes'> {
  readonly onMade: (key: NewKey) => void
  readonly onClose: () => void
}

function CreateDialog({ path, scopes: given, onMade, onClose }: CreateDialogProps) {
  const t = useWords(keyWords)
  const common = useWords(settingsWords)
  const form = useForm({
    initial: { name: '', scopes: [given[0]] as readonly KeyScope[], expiresAt: '' },
    schema: newKeyBody,
    draft: `key-${path}`,
    // A day ends with it, everywhere: a key that somebody expects to count that day does.
    toBody: ({ name, scopes, expiresAt }) => ({
      name,
      scopes,
      ...(expiresAt === '' ? {} : { expiresAt: `${expiresAt}T23:59:59Z` }),
    }),
    submit: (body, intent) => api.post<NewKey>(path, body, { intent }),
    onDone: onMade,
  })
  const { scopes } = form.values
  const { validationMessage } = form.field('scopes', t('scopes'))
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('createTitle')}</DialogTitle>
            <DialogContent className="k-form">
              <Field {...form.field('name', t('name'))} hint={t('nameHint')}>
                <Input {...form.input('name')} autoComplete="off" />
              </Field>
              <fieldset className="st-choices">
                <legend>{t('scopes')}</legend>
                {given.map((scope) => (
                  <Checkbox
                    key={scope}
                    name="scopes"
                    label={t(`scope.${scope}`)}
                    checked={scopes.includes(scope)}
                    onChange={(_, { checked }) =>
                      form.set('scopes', checked ? [...scopes, scope] : scopes.filter((held) => held !== scope))
                    }
                  />
                ))}
                {validationMessage && <p role="alert">{validationMessage}</p>}
              </fieldset>
              <Field {...form.field('expiresAt', t('expires'))} hint={t('expiresHint')}>
                <Input {...form.input('expiresAt')} type="date" />
              </Field>
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{common('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('create')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

interface RollDialogProps extends OfKey {
  readonly onRolled: (key: NewKey) => void
  readonly onClose: () => void
}

function RollDialog({ path, apiKey, onRolled, onClose }: RollDialogProps) {
  const t = useWords(keyWords)
  const common = useWords(settingsWords)
  const form = useForm({
    initial: { overlap: String(OVERLAP_SECONDS) },
    toBody: ({ overlap }) => ({ overlapSeconds: Number(overlap) }),
    submit: (body, intent) => api.post<NewKey>(`${path}/${apiKey.id}/roll`, body, { intent }),
    onDone: onRolled,
  })
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit}>
          <DialogBody>
            <DialogTitle>{t('rollTitle', { name: apiKey.name })}</DialogTitle>
            <DialogContent className="k-form">
              <p>{t('rollWhy')}</p>
              <Field label={t('rollFor')}>
                <RadioGroup value={form.values.overlap} onChange={(_, { value }) => form.set('overlap', value)}>
                  {OVERLAPS.map((seconds) => (
                    <Radio key={seconds} value={String(seconds)} label={t(`overlap.${seconds}`)} />
                  ))}
                </RadioGroup>
              </Field>
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{common('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('roll')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

function RevokeDialog({ path, apiKey, onClose }: OfKey & { readonly onClose: () => void }) {
  const t = useWords(keyWords)
  const formats = useFormats()
  const queries = useQueryClient()
  const say = useSay()
  async function revoke(): Promise<void> {
    await api.delete(`${path}/${apiKey.id}`)
    await queries.invalidateQueries({ queryKey: ['api-keys', path] })
    say.done(t('revokedNow', { name: apiKey.name }))
  }
  return (
    <ConfirmDialog
      open
      title={t('revokeTitle', { name: apiKey.name })}
      action={t('revoke')}
      word={apiKey.name}
      onConfirm={revoke}
      onClose={onClose}
    >
      <p>{t('revokeWhy')}</p>
      {apiKey.lastUsedAt !== null && (
        <p>
          <b>{t('usedOften', { when: formats.relative(apiKey.lastUsedAt, Date.now()) })}</b>
        </p>
      )}
    </ConfirmDialog>
  )
}
