/** What callers of a company number hear and where they go: edited as a draft, heard, tried by keys, published. */
import { Button, Checkbox, Field, Input, Select } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type ApiProblem, api, isProblem, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { readStored, store } from '../../data/storage.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { changesOf } from '../../kit/changes.ts'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { DraftNote } from '../../kit/draft.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { useAt, useGo, useParam } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote, Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import type { PageOf } from '../../kit/use-pages.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { type Attendant, attendantsKey, type Faults, type Settings, useAttendants } from './data.ts'
import { HoursEditor } from './hours-editor.tsx'
import { MenuEditor } from './menu-editor.tsx'
import { PromptField } from './prompt-field.tsx'
import { Simulator } from './simulator.tsx'
import { KeyTree } from './tree.tsx'
import { greetingWords } from './words.ts'
import './greeting.css'

export default function GreetingPage() {
  const attendants = useAttendants()
  const chosen = useParam('att')
  return (
    <Block query={attendants} lines={10}>
      {({ data }) => {
        const one = data.find(({ id }) => id === chosen) ?? data[0]
        return one ? <Editor key={one.id} given={one} all={data} /> : <Nothing />
      }}
    </Block>
  )
}

/** What is edited here and sent together. */
interface Edit {
  readonly name: string
  readonly draft: Settings
  readonly numbers: readonly string[]
}

const editOf = ({ name, draft, numbers }: Attendant): Edit => ({
  name,
  draft: draft as Settings,
  numbers: numbers.map((number) => number.id),
})

/** Makes one and goes there. */
function useAdd() {
  const t = useWords(greetingWords)
  const { id } = useTenant()
  const queries = useQueryClient()
  const say = useSay()
  const [at, go] = [useAt(), useGo()]
  return async (): Promise<void> => {
    const from = location.pathname
    try {
      const made = await api.post<Attendant>(
        `/v1/tenants/${id}/attendants`,
        { name: t('firstName') },
        { intent: newIntent() },
      )
      await queries.invalidateQueries({ queryKey: attendantsKey(id) })
      go(at(`attendant/${made.id}`), { from })
    } catch (error) {
      say.failed(error)
    }
  }
}

function Nothing() {
  const t = useWords(greetingWords)
  const mayEdit = useMay('attendant:edit')
  const add = useAdd()
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')} />
      <ReadOnlyNote unless="attendant:edit" />
      <Card>
        <EmptyState drawing="ring" sentence={t('empty')}>
          {mayEdit && (
            <Button appearance="primary" onClick={() => void add()}>
              {t('add')}
            </Button>
          )}
        </EmptyState>
      </Card>
    </>
  )
}

function Editor({ given, all }: { readonly given: Attendant; readonly all: readonly Attendant[] }) {
  const t = useWords(greetingWords)
  const { id } = useTenant()
  const queries = useQueryClient()
  const say = useSay()
  const formats = useFormats()
  const reader = useLanguage()
  const [at, go] = [useAt(), useGo()]
  const mayEdit = useMay('attendant:edit')
  const add = useAdd()
  const [saved, setSaved] = useState(given)
  const keptAs = `draft.attendant-${given.id}`
  const [kept] = useState(() => readStored(keptAs, 'session'))
  const [isRestored, setRestored] = useState(kept !== null)
  const [edit, setEdit] = useState<Edit>(() =>
    kept === null ? editOf(given) : { ...editOf(given), ...(JSON.parse(kept) as Partial<Edit>) },
  )
  const { name, draft, numbers } = edit
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [isRemoving, setRemoving] = useState(false)
  const path = `/v1/tenants/${id}/attendants/${given.id}`
  // Only what differs is sent: what another window has saved meanwhile stays.
  const changes = changesOf(editOf(saved), edit)
  const isDirty = Object.keys(changes).length > 0
  useEffect(() => store(keptAs, isDirty ? JSON.stringify(edit) : null, 'session'), [keptAs, isDirty, edit])
  const faults: Faults = Object.fromEntries(saved.faults.map((fault) => [fault.at, fault.title]))
  const isEmpty = draft.forward === null && draft.menu === null && draft.greeting === null
  const set = (change: Partial<Settings>): void => setEdit({ ...edit, draft: { ...draft, ...change } })
  const discard = (): void => {
    setRestored(false)
    setEdit(editOf(saved))
  }

  async function send(isPublishing: boolean): Promise<void> {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    try {
      let now = isDirty ? await api.patch<Attendant>(path, changes) : saved
      setSaved(now)
      // What was typed while it was sent is of the next time.
      const shown = editOf(now)
      setEdit((typed) => (typed === edit ? shown : typed))
      setRestored(false)
      if (isPublishing) {
        now = await api.post<Attendant>(`${path}/publish`, undefined, { intent: newIntent() })
        setSaved(now)
      }
      say.done(isPublishing ? t('published') : t('saved'))
      await queries.invalidateQueries({ queryKey: attendantsKey(id) })
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const state = saved.live === null ? 'isDraft' : saved.isChanged || isDirty ? 'isChanged' : 'isLive'
  return (
    <>
      <PageHead
        title={t('title')}
        sentence={t('sentence')}
        beside={<span className={`k-pill ${state === 'isLive' ? 'k-pill-good' : 'k-pill-warn'}`}>{t(state)}</span>}
      >
        {mayEdit && (
          <>
            <Button disabled={isBusy || !isDirty} onClick={() => void send(false)}>
              {t('save')}
            </Button>
            <Button
              appearance="primary"
              disabled={isBusy || (!isDirty && !saved.isChanged)}
              onClick={() => void send(true)}
            >
              {t('publish')}
            </Button>
          </>
        )}
        <MoreMenu curl={{ path }} history={given.id} />
      </PageHead>
      <ReadOnlyNote unless="attendant:edit" />
      <DraftNote form={{ isRestored, reset: discard }} />
      {problem && problem.param !== 'name' && <Refusal title={problem.title} detail={problem.detail} />}
      {saved.faults.length > 0 && !isEmpty && (
        <p className="greeting-fault">{t('faults', { count: saved.faults.length })}</p>
      )}
      <div className="greeting-columns">
        <div className="k-stack">
          <Card>
            <div className="k-stack">
              {all.length > 1 && (
                <Field label={t('choose')}>
                  <Select value={given.id} onChange={(_, { value }) => go(at(`attendant/${value}`))}>
                    {all.map((one) => (
                      <option key={one.id} value={one.id}>
                        {one.name}
                      </option>
                    ))}
                  </Select>
                </Field>
              )}
              <Field
                label={t('name')}
                {...(problem?.param === 'name'
                  ? { validationState: 'error' as const, validationMessage: problem.detail ?? problem.title }
                  : {})}
              >
                <Input
                  value={name}
                  disabled={!mayEdit}
                  maxLength={200}
                  onChange={(_, { value }) => setEdit({ ...edit, name: value })}
                />
              </Field>
              <Numbers
                given={given}
                all={all}
                chosen={numbers}
                isReadOnly={!mayEdit}
                onChange={(chosen) => setEdit({ ...edit, numbers: chosen })}
              />
            </div>
          </Card>
          <Card>
            <PromptField
              label={t('greeting')}
              hint={t('greetingHow')}
              value={draft.greeting}
              language={draft.language}
              error={faults.greeting}
              isReadOnly={!mayEdit}
              onChange={(greeting) => set({ greeting })}
            />
          </Card>
          <Card title={t('where')}>
            <MenuEditor
              value={draft}
              language={draft.language}
              faults={isEmpty ? {} : faults}
              isReadOnly={!mayEdit}
              onChange={set}
            />
          </Card>
          <Card title={t('hours')}>
            <HoursEditor
              value={draft.afterHours}
              language={draft.language}
              faults={faults}
              isReadOnly={!mayEdit}
              onChange={(afterHours) => set({ afterHours })}
            />
          </Card>
        </div>
        <div className="k-stack greeting-aside">
          <Card title={t('tree')}>
            <KeyTree settings={draft} />
          </Card>
          <Card title={t('test')}>
            <Simulator key={JSON.stringify(draft)} settings={draft} />
          </Card>
          <Card>
            <div className="k-stack">
              <Field label={t('language')}>
                <Select
                  value={draft.language}
                  disabled={!mayEdit}
                  onChange={(_, { value }) => set({ language: value === 'fr' ? 'fr' : 'en' })}
                >
                  <option value="en">{t('language.en')}</option>
                  <option value="fr">{t('language.fr')}</option>
                </Select>
              </Field>
              {saved.publishedAt !== null && (
                <p className="k-quiet" lang={reader}>
                  {t('since', { when: formats.moment(saved.publishedAt) })}
                </p>
              )}
              {mayEdit && (
                <div className="k-row">
                  <Button onClick={() => void add()}>{t('add')}</Button>
                  <Button className="k-danger" onClick={() => setRemoving(true)}>
                    {t('remove')}
                  </Button>
                </div>
              )}
            </div>
          </Card>
        </div>
      </div>
      <ConfirmDialog
        open={isRemoving}
        title={t('removeTitle')}
        action={t('remove')}
        onConfirm={async () => {
          await api.delete(path)
          await queries.invalidateQueries({ queryKey: attendantsKey(id) })
          say.done(t('removed'))
          go(at('attendant'))
        }}
        onClose={() => setRemoving(false)}
      >
        {t('removeWhat')}
      </ConfirmDialog>
    </>
  )
}

interface ServiceNumber {
  readonly id: string
  readonly number: string
  readonly type: string
}

interface NumbersProps {
  readonly given: Attendant
  readonly all: readonly Attendant[]
  readonly chosen: readonly string[]
  readonly isReadOnly: boolean
  readonly onChange: (numbers: readonly string[]) => void
}

/** The organisation's service numbers, ticked where they lead here. */
function Numbers({ given, all, chosen, isReadOnly, onChange }: NumbersProps) {
  const t = useWords(greetingWords)
  const { id } = useTenant()
  const phone = usePhoneFormat()
  const list = useQuery({
    queryKey: ['numbers', id, 'services'],
    queryFn: async ({ signal }) => {
      const of = (type: string) =>
        api.get<PageOf<ServiceNumber>>(`/v1/tenants/${id}/phone-numbers`, { query: { type, limit: 50 }, signal })
      const [toll, tollFree] = await Promise.all([of('service-toll'), of('service-toll-free')])
      return [...toll.data, ...tollFree.data]
    },
  })
  return (
    <Block query={list} lines={2}>
      {(numbers) => (
        <fieldset className="greeting-bare">
          <legend>{t('numbers')}</legend>
          {numbers.length === 0 && <p className="k-quiet">{t('noNumbers')}</p>}
          {numbers.map((number) => {
            const other = all.find((one) => one.id !== given.id && one.numbers.some((held) => held.id === number.id))
            const note = other
              ? t('elsewhere', { name: other.name })
              : number.type === 'service-toll-free'
                ? t('tollFree')
                : null
            return (
              <Checkbox
                key={number.id}
                disabled={isReadOnly || other !== undefined}
                checked={chosen.includes(number.id)}
                label={
                  <>
                    <span translate="no">{phone(number.number)}</span>
                    {note !== null && <span className="k-quiet"> · {note}</span>}
                  </>
                }
                onChange={(_, { checked }) =>
                  onChange(checked ? [...chosen, number.id] : chosen.filter((held) => held !== number.id))
                }
              />
            )
          })}
        </fieldset>
      )}
    </Block>
  )
}
