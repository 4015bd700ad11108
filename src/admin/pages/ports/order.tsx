/** One port order: how far it is, what can be done now and why not the rest, its numbers and its history. */
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
import { useState } from 'react'
import { api, isProblem } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { When } from '../../kit/figures.tsx'
import { Go, useAt, useGo, useParam } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote, Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { type PortDetail, portChanged, portPath, stepOf, usePort } from './data.ts'
import { portWords } from './words.ts'
import './ports.css'

export default function PortPage() {
  const prt = useParam('prt')
  const { data, error, refetch } = usePort(prt)
  if (isProblem(error, 'not-found')) return <NotFound />
  if (error && !data) {
    return (
      <Card>
        <BlockError error={error} onRetry={refetch} />
      </Card>
    )
  }
  return data ? <Order order={data} /> : <PageSkeleton />
}

const WAY = ['processing', 'contacting-carrier', 'transfer-approved', 'transfer-pending', 'completed'] as const

function Order({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const { id } = useTenant()
  const formats = useFormats()
  const day = (date: string): string => formats.date(`${date}T12:00:00Z`)
  const facts: [string, React.ReactNode][] = [
    order.transferAt === null
      ? [t('fact.wish'), order.transferDate === null ? t('none') : day(order.transferDate)]
      : [t('fact.date'), <When key="date" at={order.transferAt} />],
    [t('column.numbers'), formats.number(order.numberCount)],
    [t('fact.letter'), order.letter === null ? t('none') : <LetterLink key="letter" order={order} />],
    [t('fact.pin'), order.hasPin ? t('there') : t('none')],
    [t('fact.swap'), order.replacedCount === 0 ? t('none') : t('swapped', { count: order.replacedCount })],
    [
      t('carrier'),
      <span key="carrier" translate="no">
        {order.carrier || '–'}
      </span>,
    ],
    [
      t('accountNumber'),
      <span key="account" translate="no">
        {order.accountNumberUsed || '–'}
      </span>,
    ],
    [t('kind'), order.kind === 'full' ? t('kind.full') : t('kind.partial')],
  ]
  return (
    <>
      <PageHead
        title={`${order.reference} · ${order.name || t('unnamed')}`}
        isData
        sentence={`${order.carrier ? `${order.carrier} · ` : ''}${t('numbers', { count: order.numberCount })}`}
        above={{ title: t('title'), to: 'ports' }}
      >
        <MoreMenu curl={{ path: portPath(id, order.id) }} />
      </PageHead>
      <ReadOnlyNote unless="port:edit" />
      <div className="k-stack">
        <Card>
          <div className="k-stack">
            {order.simulated && <p className="k-quiet">{t('simulated')}</p>}
            <Way order={order} />
            <p>{t(`now.${order.status}`)}</p>
            <Acts order={order} />
          </div>
        </Card>
        {order.rejections.length > 0 && (
          <Card title={t('rejected')}>
            <ul className="ports-rejections">
              {order.rejections.map(({ reason, words, means, field }) => (
                <li key={reason}>
                  <b>{means}</b>
                  <span className="k-quiet">
                    {t('says')} <q translate="no">{words}</q>
                  </span>
                  <Go to={`ports/${order.id}/edit/${stepOf(field)}`}>{t('mend')}</Go>
                </li>
              ))}
            </ul>
          </Card>
        )}
        <Card>
          <dl className="ports-facts">
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </Card>
        {order.numbers.length > 0 && (
          <Card title={t('column.numbers')}>
            <ul className="ports-numbers">
              {order.numbers.map(({ number, text, replaces }) => (
                <li key={number}>
                  <PhoneNumber number={number} />
                  {replaces !== null && (
                    <span className="k-quiet">
                      {t('replaces')} <PhoneNumber number={replaces} />
                    </span>
                  )}
                  {text !== null && <span className="k-pill k-pill-bad">{text}</span>}
                </li>
              ))}
            </ul>
          </Card>
        )}
        <History order={order} />
      </div>
    </>
  )
}

function LetterLink({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const { id } = useTenant()
  return useMay('port:edit') ? (
    <a href={`${portPath(id, order.id)}/letter`} download>
      {t('letter.download')}
    </a>
  ) : (
    t('there')
  )
}

/** ●──●──◉──○──○: error and cancelled orders have left it. */
function Way({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const at = (WAY as readonly string[]).indexOf(order.status)
  const isOff = order.status === 'error' || order.status === 'cancelled'
  return (
    <>
      {isOff && (
        <p>
          <span className={`k-pill${order.status === 'error' ? ' k-pill-bad' : ''}`}>
            {t(`status.${order.status}`)}
          </span>
        </p>
      )}
      <ol className="ports-way" aria-label={t('way')}>
        {WAY.map((one, index) => (
          <li
            key={one}
            className={index < at || order.status === 'completed' ? 'ports-past' : undefined}
            aria-current={index === at ? 'step' : undefined}
          >
            {t(`status.${one}`)}
          </li>
        ))}
      </ol>
    </>
  )
}

function Acts({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const { id } = useTenant()
  const language = useLanguage()
  const mayEdit = useMay('port:edit')
  const say = useSay()
  const at = useAt()
  const go = useGo()
  const [asked, setAsked] = useState<'cancel' | 'delete' | 'date' | null>(null)
  const may = (act: PortDetail['actions'][number]): boolean => mayEdit && order.actions.includes(act)
  async function cancel(): Promise<void> {
    await portChanged(id, await api.post<PortDetail>(`${portPath(id, order.id)}/cancel`), language)
    setAsked(null)
    say.done(t('done'))
  }
  async function remove(): Promise<void> {
    await api.delete(portPath(id, order.id))
    say.done(t('done'))
    go(at('ports'))
  }
  if (order.actions.length === 0 || !mayEdit) return null
  return (
    <div className="k-row">
      {may('edit') && (
        <Button appearance="primary" onClick={() => go(at(`ports/${order.id}/edit/kind`))}>
          {order.status === 'draft' ? t('act.edit') : t('act.resend')}
        </Button>
      )}
      {may('change-foc') && <Button onClick={() => setAsked('date')}>{t('act.date')}</Button>}
      {may('cancel') && (
        <Button className="k-danger" onClick={() => setAsked('cancel')}>
          {t('act.cancel')}
        </Button>
      )}
      {may('delete') && (
        <Button className="k-danger" onClick={() => setAsked('delete')}>
          {t('act.delete')}
        </Button>
      )}
      <ConfirmDialog
        open={asked === 'cancel'}
        title={t('act.cancel')}
        action={t('act.cancel')}
        onConfirm={cancel}
        onClose={() => setAsked(null)}
      >
        {t('cancel.text')}
      </ConfirmDialog>
      <ConfirmDialog
        open={asked === 'delete'}
        title={t('act.delete')}
        action={t('act.delete')}
        word={order.reference}
        onConfirm={remove}
        onClose={() => setAsked(null)}
      >
        {t('delete.text')}
      </ConfirmDialog>
      <Dialog open={asked === 'date'} onOpenChange={() => setAsked(null)}>
        <DialogSurface>{asked === 'date' && <DateForm order={order} onClose={() => setAsked(null)} />}</DialogSurface>
      </Dialog>
    </div>
  )
}

function DateForm({ order, onClose }: { readonly order: PortDetail; readonly onClose: () => void }) {
  const t = useWords(portWords)
  const { id } = useTenant()
  const language = useLanguage()
  const formats = useFormats()
  const say = useSay()
  const day = (date: string): string => formats.date(`${date}T12:00:00Z`)
  const { first, last } = order.dates
  const form = useForm({
    initial: { date: order.transferAt?.slice(0, 10) ?? first },
    submit: (body): Promise<PortDetail> => api.put(`${portPath(id, order.id)}/transfer-date`, body),
    onDone: (answer: PortDetail) => {
      void portChanged(id, answer, language)
      say.done(t('done'))
      onClose()
    },
  })
  return (
    <form onSubmit={form.onSubmit}>
      <DialogBody>
        <DialogTitle>{t('date.title')}</DialogTitle>
        <DialogContent className="k-stack">
          {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
          <Field {...form.field('date', t('fact.date'))} hint={t('date.hint', { first: day(first), last: day(last) })}>
            <Input type="date" min={first} max={last} {...form.input('date')} />
          </Field>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('back')}</Button>
          <Button type="submit" appearance="primary" disabled={form.isBusy}>
            {t('save')}
          </Button>
        </DialogActions>
      </DialogBody>
    </form>
  )
}

function History({ order }: { readonly order: PortDetail }) {
  const t = useWords(portWords)
  const who = (actor: string): string => (actor === 'simulated' || actor === 'manual' ? t(`who.${actor}`) : actor)
  return (
    <Card title={t('history')}>
      <ol className="ports-history">
        {order.history.toReversed().map((step) => (
          <li key={`${step.at} ${step.event}`}>
            <When at={step.at} />
            <b>{t(`event.${step.event}`)}</b>
            <span className="k-quiet" translate="no">
              {t('by', { who: who(step.actor) })}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  )
}
