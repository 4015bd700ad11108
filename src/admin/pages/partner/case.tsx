/** One customer on its way (G3): stages, checklist, what was told, notes and history, and the next thing to do. */
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
  MenuItem,
  Textarea,
} from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { customerBody } from '../../../api/schema/partner-case.ts'
import { countryName } from '../../../core/country.ts'
import { type Item, STAGES, type Stage } from '../../../core/partner-case.ts'
import { api, isProblem } from '../../data/client.ts'
import { ME, useSession } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { Go, useGo, useParam, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { CASES, type CaseDetail } from './data.ts'
import { IntakeFacts } from './intake-facts.tsx'
import { pathWords } from './path-words.ts'
import { Checklist, type Line, StageRow } from './stages.tsx'
import { caseWords, worklistWords } from './words.ts'
import './partner.css'

export default function CasePage() {
  return useSession().partners.length > 0 ? <Loaded /> : <NotFound />
}

function Loaded() {
  const id = useParam('case')
  const query = useQuery({
    queryKey: ['case', id],
    queryFn: ({ signal }) => api.get<CaseDetail>(`${CASES}/${id}`, { signal }),
  })
  if (isProblem(query.error) && (query.error.status === 404 || query.error.status === 400)) return <NotFound />
  return <Block query={query}>{(found) => <Page found={found} />}</Block>
}

/** Acts on the case; the page shows what came of it, or says why not. */
function useActs(found: CaseDetail) {
  const queries = useQueryClient()
  const say = useSay()
  const path = `${CASES}/${found.id}`
  const take = (work: () => Promise<CaseDetail>, text?: string) => async (): Promise<void> => {
    try {
      queries.setQueryData(['case', found.id], await work())
      if (text !== undefined) say.done(text)
    } catch (error) {
      say.failed(error)
      await queries.invalidateQueries({ queryKey: ['case', found.id] })
    }
    await queries.invalidateQueries({ queryKey: ['cases'] })
    // Access may have come with it.
    await queries.invalidateQueries({ queryKey: ME })
  }
  return {
    post: (what: string, body?: unknown) => take(() => api.post<CaseDetail>(`${path}/${what}`, body)),
    patch: (body: unknown, text?: string) => take(() => api.patch<CaseDetail>(path, body), text),
  }
}

function Page({ found }: { readonly found: CaseDetail }) {
  const t = useWords(caseWords)
  const words = useWords(worklistWords)
  const path = useWords(pathWords)
  const formats = useFormats()
  const language = useLanguage()
  const me = useSession()
  const acts = useActs(found)
  const [{ panel }, setPanel] = useUrlState({ panel: '' })
  const isOpen = found.next !== null && found.lockedSince === null
  const isMine = found.assignee?.id === me.person.id
  const place = found.partner?.name
  return (
    <>
      <PageHead
        title={found.organisation}
        isData
        above={{ title: words('title'), to: '/partner/worklist' }}
        beside={<span className="k-pill">{path(`stage.${found.stage as Stage}`)}</span>}
        sentence={
          <span translate="no">
            {[countryName(found.country as never, language), found.assignee?.name, place].filter(Boolean).join(' · ')}
          </span>
        }
      >
        {isOpen && !isMine && (
          <Button appearance="primary" onClick={() => void acts.post('take')()}>
            {found.assignee === null ? words('do.taken') : t('takeOver')}
          </Button>
        )}
        <MoreMenu curl={{ path: `${CASES}/${found.id}` }}>
          {isOpen && found.assignee !== null && found.stage !== 'requirements' && (
            <MenuItem onClick={() => void acts.post('move', { to: 'back' })()}>{t('back')}</MenuItem>
          )}
          {isOpen && found.assignee !== null && (
            <MenuItem
              onClick={() =>
                void acts.patch({ waitingOn: found.waitingOn === 'customer' ? 'partner' : 'customer' }, t('saved'))()
              }
            >
              {t(found.waitingOn === 'customer' ? 'resume' : 'waitForCustomer')}
            </MenuItem>
          )}
          {isOpen && found.assignee !== null && (
            <MenuItem onClick={() => setPanel({ panel: 'decline' }, { push: true })}>{t('decline')}</MenuItem>
          )}
        </MoreMenu>
      </PageHead>
      {found.lockedSince !== null ? (
        <Card title={words('locked', { customer: found.organisation, date: formats.day(found.lockedSince) })}>
          <EmptyState drawing="gate" sentence={words('lockedWhy')} />
        </Card>
      ) : (
        <>
          <Card>
            <StageRow stage={found.stage as Stage} />
          </Card>
          <div className="pt-columns">
            <div>
              <Now found={found} isMine={isMine} />
              <History found={found} />
            </div>
            <div>
              <Customer found={found} />
              {found.intake && (
                <Card title={t('intake')}>
                  <IntakeFacts intake={found.intake} />
                </Card>
              )}
            </div>
          </div>
        </>
      )}
      {panel === 'decline' && <Decline found={found} onClose={() => setPanel({ panel: '' })} />}
      {panel === 'customer' && <MakeCustomer found={found} onClose={() => setPanel({ panel: '' })} />}
    </>
  )
}

/** Where at the customer’s each line is done. */
const PLACES: Readonly<Partial<Record<Item, string>>> = {
  'licences-there': 'billing/purchase',
  'numbers-there': 'trunks?panel=numbers',
  'trunk-there': 'trunks?panel=add',
  'trunk-up': 'trunks',
  'test-call-answered': 'trunks?panel=test',
}

function Now({ found, isMine }: { readonly found: CaseDetail; readonly isMine: boolean }) {
  const t = useWords(caseWords)
  const words = useWords(worklistWords)
  const path = useWords(pathWords)
  const acts = useActs(found)
  const go = useGo()
  const [, setPanel] = useUrlState({ panel: '' })
  const stage = found.stage as Stage
  if (stage === 'declined')
    return <Card title={path('stage.declined')}>{t('declined', { reason: found.declineReason })}</Card>
  if (stage === 'done') {
    return (
      <Card title={path('stage.done')}>
        <p>{t('over')}</p>
        <Sheet found={found} />
      </Card>
    )
  }
  const lines = found.stages.find((one) => one.stage === stage)?.lines ?? []
  const tick = (item: string, done: boolean): void => void acts.post('ticks', { item, done })()
  const at = found.tenantId === null ? null : `/t/${found.tenantId}`
  const doText = (item: string): string => words(`do.${item as Item}`)
  const actionOf = (line: Line): ReactNode => {
    if (!isMine) return null
    const isNext = found.next === line.item
    const look = isNext ? ('primary' as const) : ('secondary' as const)
    if (line.byHand && line.by === 'partner') {
      return (
        <Button size="small" appearance={line.done ? 'subtle' : look} onClick={() => tick(line.item, !line.done)}>
          {t(line.done ? 'untick' : 'tick')}
        </Button>
      )
    }
    if (line.item === 'customer-here' && !line.done) {
      return (
        <Button size="small" appearance={look} onClick={() => setPanel({ panel: 'customer' }, { push: true })}>
          {doText(line.item)}
        </Button>
      )
    }
    const place = PLACES[line.item as Item]
    if (place === undefined || at === null) return null
    return (
      <Button size="small" appearance={line.done ? 'subtle' : look} onClick={() => go(`${at}/${place}`)}>
        {line.done ? t('open') : doText(line.item)}
      </Button>
    )
  }
  const following = STAGES[STAGES.indexOf(stage as (typeof STAGES)[number]) + 1] ?? 'done'
  return (
    <Card title={t('now', { stage: path(`stage.${stage}`) })}>
      <Checklist lines={lines} actionOf={actionOf} />
      {stage === 'hand-over' && <Sheet found={found} />}
      {found.next === 'advance' && isMine && (
        <div className="pt-acts">
          <Button appearance="primary" onClick={() => void acts.post('move', { to: 'next' })()}>
            {t('goOn', { stage: path(`stage.${following}`) })}
          </Button>
        </div>
      )}
    </Card>
  )
}

function Sheet({ found }: { readonly found: CaseDetail }) {
  const t = useWords(caseWords)
  const language = useLanguage()
  return (
    <div className="pt-acts">
      <Button
        as="a"
        icon={<ArrowDownloadRegular />}
        href={`${CASES}/${found.id}/hand-over.pdf?lang=${language}`}
        download=""
      >
        {t('sheet')}
      </Button>
    </div>
  )
}

function Customer({ found }: { readonly found: CaseDetail }) {
  const t = useWords(caseWords)
  const path = useWords(pathWords)
  const formats = useFormats()
  const acts = useActs(found)
  const { contact, customer } = found
  return (
    <Card
      title={t('contact')}
      aside={
        found.tenantId !== null && customer !== null ? (
          <Go to={`/t/${found.tenantId}/home`}>{t('openCustomer', { customer: found.organisation })}</Go>
        ) : undefined
      }
    >
      {contact === null ? (
        <p className="k-quiet">{t('contactHidden')}</p>
      ) : (
        <dl className="pt-facts">
          <dt>{path('contactName')}</dt>
          <dd translate="no">{contact.name}</dd>
          <dt>{path('email')}</dt>
          <dd translate="no">
            <a href={`mailto:${contact.email}`}>{contact.email}</a>
          </dd>
          <dt>{path('phone')}</dt>
          <dd>{contact.phone === '' ? path('none') : <span translate="no">{contact.phone}</span>}</dd>
          {customer !== null && (
            <>
              <dt>{t('licences')}</dt>
              <dd className="num">{formats.number(customer.licences)}</dd>
              <dt>{t('numbers')}</dt>
              <dd className="num">{formats.number(customer.numbers)}</dd>
              <dt>{t('trunks')}</dt>
              <dd>{t('trunksOf', { up: formats.number(customer.trunksUp), all: formats.number(customer.trunks) })}</dd>
            </>
          )}
        </dl>
      )}
      {contact === null && <p className="k-quiet">{t(found.mayAct ? 'mayAct' : 'mayNot')}</p>}
      {found.next !== null && found.assignee !== null && (
        <Field label={t('due')} className="pt-due">
          <Input
            type="date"
            value={found.dueOn}
            onChange={(_, { value }) => value !== '' && void acts.patch({ dueOn: value }, t('saved'))()}
          />
        </Field>
      )}
    </Card>
  )
}

function History({ found }: { readonly found: CaseDetail }) {
  const t = useWords(caseWords)
  const acts = useActs(found)
  const [text, setText] = useState('')
  const add = async (): Promise<void> => {
    await acts.post('notes', { text })()
    setText('')
  }
  return (
    <Card title={t('notesTitle')}>
      {found.assignee !== null && found.next !== null && (
        <div className="pt-note">
          <Field label={t('note')}>
            <Textarea rows={2} value={text} onChange={(_, { value }) => setText(value)} />
          </Field>
          <div>
            <Button disabled={text.trim() === ''} onClick={() => void add()}>
              {t('addNote')}
            </Button>
          </div>
        </div>
      )}
      <ol className="pt-history">
        {found.entries.map((entry) => (
          <li key={entry.id}>
            <p>
              {entry.kind === 'note' ? (
                <span translate="no">{String(entry.data.text)}</span>
              ) : (
                <EntryText entry={entry} />
              )}
            </p>
            <p className="k-quiet">
              <When at={entry.at} /> · <span translate="no">{entry.actor}</span>
            </p>
          </li>
        ))}
      </ol>
    </Card>
  )
}

function EntryText({ entry }: { readonly entry: CaseDetail['entries'][number] }): ReactNode {
  const t = useWords(caseWords)
  const path = useWords(pathWords)
  const formats = useFormats()
  const { kind, data } = entry
  const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '')
  switch (kind) {
    case 'sent':
    case 'taken':
      return t(`entry.${kind}`)
    case 'handed-to':
      return t('entry.handed-to', { partner: text('partner') })
    case 'ticked':
    case 'unticked':
      return t(`entry.${kind}`, { item: path(`item.${text('item') as Item}`) })
    case 'stage':
      return t('entry.stage', {
        from: path(`stage.${text('from') as Stage}`),
        to: path(`stage.${text('to') as Stage}`),
      })
    case 'waiting':
      return t(text('on') === 'customer' ? 'entry.waiting.customer' : 'entry.waiting.partner')
    case 'due':
      return t('entry.due', { day: formats.date(`${text('on')}T12:00:00Z`) })
    case 'customer-made':
      return t('entry.customer-made', { email: text('invited') })
    default:
      return null
  }
}

interface DialogOf {
  readonly found: CaseDetail
  readonly onClose: () => void
}

function Decline({ found, onClose }: DialogOf) {
  const t = useWords(caseWords)
  const acts = useActs(found)
  const [reason, setReason] = useState('')
  const decline = async (): Promise<void> => {
    await acts.post('decline', { reason })()
    onClose()
  }
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('declineTitle')}</DialogTitle>
          <DialogContent>
            <Field label={t('reason')} hint={t('declineWhy')} required>
              <Textarea rows={3} value={reason} onChange={(_, { value }) => setReason(value)} />
            </Field>
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button className="k-danger" disabled={reason.trim() === ''} onClick={() => void decline()}>
              {t('declineTitle')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}

function MakeCustomer({ found, onClose }: DialogOf) {
  const t = useWords(caseWords)
  const say = useSay()
  const queries = useQueryClient()
  const form = useForm({
    initial: { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, currency: 'EUR' },
    schema: customerBody,
    submit: (body, intent) => api.post<CaseDetail>(`${CASES}/${found.id}/customer`, body, { intent }),
    onDone: (after) => {
      queries.setQueryData(['case', found.id], after)
      void queries.invalidateQueries({ queryKey: ME })
      say.done(t('created'))
      onClose()
    },
  })
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void form.onSubmit(event)}>
          <DialogBody>
            <DialogTitle>{t('customerTitle')}</DialogTitle>
            <DialogContent className="pt-form">
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
              <p>{t('customerWhy', { organisation: found.organisation, email: found.contact?.email ?? '' })}</p>
              <Field {...form.field('timeZone', t('timeZone'))}>
                <Input {...form.input('timeZone')} />
              </Field>
              <Field {...form.field('currency', t('currency'))}>
                <Input {...form.input('currency')} />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t('cancel')}</Button>
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
