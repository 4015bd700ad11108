/** One endpoint: its state, what was sent to it and what came back. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  MenuItem,
} from '@fluentui/react-components'
import { EditRegular, KeyRegular } from '@fluentui/react-icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import type { deliveryOut } from '../../../api/webhook-delivery.ts'
import { api, isProblem } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { useAt, useGo, useParam, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Id, ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { SecretDialog } from './secret-dialog.tsx'
import { type Endpoint, EventName, type NewEndpoint, WebhookForm } from './webhook-form.tsx'
import { StatePill } from './webhooks.tsx'
import { settingsWords, webhookWords } from './words.ts'
import './settings.css'

type Delivery = z.output<typeof deliveryOut>

const FAILURES = [
  'timeout',
  'connection-failed',
  'tls-failed',
  'name-not-found',
  'address-refused',
  'url-refused',
] as const

/** How soon a delivery that is on its way is asked about again. */
const LOOK_MS = 2_000
const SOON_MS = 15_000

export default function WebhookPage() {
  const { id } = useTenant()
  const webhook = useParam('webhook')
  const path = `/v1/tenants/${id}/webhooks`
  const query = useQuery({
    queryKey: ['webhooks', id, webhook],
    queryFn: ({ signal }) => api.get<Endpoint>(`${path}/${webhook}`, { signal }),
  })
  if (isProblem(query.error) && query.error.status === 404) return <NotFound />
  return <Block query={query}>{(endpoint) => <Page path={path} endpoint={endpoint} />}</Block>
}

interface OfEndpoint {
  /** Of all endpoints. */
  readonly path: string
  readonly endpoint: Endpoint
}

function Page({ path, endpoint }: OfEndpoint) {
  const t = useWords(webhookWords)
  const common = useWords(settingsWords)
  const mayEdit = useMay('webhook:edit')
  const own = `${path}/${endpoint.id}`
  return (
    <>
      <PageHead
        title={endpoint.description ?? new URL(endpoint.url).host}
        isData
        above={{ title: common('webhooks'), to: 'settings/webhooks' }}
        beside={<StatePill endpoint={endpoint} />}
      >
        {mayEdit && <Acts path={path} endpoint={endpoint} />}
        {!mayEdit && <MoreMenu curl={{ path: own }} history={endpoint.id} />}
      </PageHead>
      <ReadOnlyNote unless="webhook:edit" />
      <Facts endpoint={endpoint} />
      <Deliveries path={own} mayEdit={mayEdit && endpoint.enabled} />
      <p className="k-quiet">{t('deliveriesWhy')}</p>
    </>
  )
}

function Facts({ endpoint }: { readonly endpoint: Endpoint }) {
  const t = useWords(webhookWords)
  const formats = useFormats()
  const { disabledReason, formerSecretUntil } = endpoint
  return (
    <Card>
      <dl className="st-facts">
        <div>
          <dt>{t('url')}</dt>
          <dd>
            <Id id={endpoint.url} what={t('url')} />
          </dd>
        </div>
        <div>
          <dt>{t('types')}</dt>
          <dd>
            {endpoint.types.length === 0 ? (
              t('allTypes')
            ) : (
              <span className="st-pills">
                {endpoint.types.map((type) => (
                  <span key={type} className="k-pill">
                    <EventName type={type} />
                  </span>
                ))}
              </span>
            )}
          </dd>
        </div>
      </dl>
      {disabledReason !== null && <p className="st-note">{t(`off.${disabledReason}`)}</p>}
      {formerSecretUntil !== null && Date.parse(formerSecretUntil) > Date.now() && (
        <p className="st-note">{t('bothUntil', { until: formats.moment(formerSecretUntil) })}</p>
      )}
    </Card>
  )
}

function Acts({ path, endpoint }: OfEndpoint) {
  const t = useWords(webhookWords)
  const { id } = useTenant()
  const at = useAt()
  const go = useGo()
  const say = useSay()
  const queries = useQueryClient()
  const [{ panel }, setPanel] = useUrlState({ panel: '' })
  // Undefined: none is shown; null: the answer with it was lost.
  const [secret, setSecret] = useState<string | null>()
  const own = `${path}/${endpoint.id}`
  const close = (): void => setPanel({ panel: '' })
  const renew = (): Promise<void> => queries.invalidateQueries({ queryKey: ['webhooks', id] })
  async function act(work: () => Promise<unknown>, text: string): Promise<void> {
    try {
      await work()
      say.done(text)
    } catch (error) {
      say.failed(error)
    }
    await renew()
    await queries.invalidateQueries({ queryKey: ['deliveries', own] })
  }
  const turn = (enabled: boolean): Promise<void> =>
    act(() => api.patch(own, { enabled }), t(enabled ? 'enabled' : 'disabled'))
  async function remove(): Promise<void> {
    await api.delete(own)
    go(at('settings/webhooks'), { replace: true })
    say.done(t('removed'))
    await queries.invalidateQueries({ queryKey: ['webhooks', id], exact: true })
  }
  async function rotate(): Promise<void> {
    const answer = await api.post<NewEndpoint>(`${own}/rotate-secret`)
    setSecret(answer.secret)
    await renew()
  }
  return (
    <>
      {endpoint.enabled ? (
        <Button appearance="primary" onClick={() => void act(() => api.post(`${own}/test`), t('tested'))}>
          {t('test')}
        </Button>
      ) : (
        <Button appearance="primary" onClick={() => void turn(true)}>
          {t('enable')}
        </Button>
      )}
      <Button className="k-danger" onClick={() => setPanel({ panel: 'remove' }, { push: true })}>
        {t('remove')}
      </Button>
      <MoreMenu curl={{ path: own }} history={endpoint.id}>
        <MenuItem icon={<EditRegular />} onClick={() => setPanel({ panel: 'edit' }, { push: true })}>
          {t('edit')}
        </MenuItem>
        <MenuItem icon={<KeyRegular />} onClick={() => setPanel({ panel: 'rotate' }, { push: true })}>
          {t('rotate')}
        </MenuItem>
        {endpoint.enabled && <MenuItem onClick={() => void turn(false)}>{t('disable')}</MenuItem>}
      </MoreMenu>
      {panel === 'edit' && (
        <WebhookForm
          title={t('editTitle')}
          path={path}
          endpoint={endpoint}
          onDone={() => {
            close()
            void renew()
          }}
          onClose={close}
        />
      )}
      <ConfirmDialog
        open={panel === 'remove'}
        title={t('removeTitle')}
        action={t('remove')}
        word={new URL(endpoint.url).host}
        onConfirm={remove}
        onClose={close}
      >
        <p>{t('removeWhy')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={panel === 'rotate'}
        title={t('rotateTitle')}
        action={t('rotate')}
        onConfirm={rotate}
        onClose={close}
      >
        <p>{t('rotateWhy')}</p>
      </ConfirmDialog>
      {secret !== undefined && (
        <SecretDialog
          title={t('secretOf', { url: new URL(endpoint.url).host })}
          secret={secret}
          fileName={`${endpoint.id}.txt`}
          onClose={() => setSecret(undefined)}
        />
      )}
    </>
  )
}

interface DeliveriesProps {
  /** Of the endpoint. */
  readonly path: string
  readonly mayEdit: boolean
}

function Deliveries({ path, mayEdit }: DeliveriesProps) {
  const t = useWords(webhookWords)
  const queries = useQueryClient()
  const [{ delivery }, setPanel] = useUrlState({ delivery: '' })
  const list = usePages<Delivery>(['deliveries', path], `${path}/deliveries`, { limit: 50 })
  const isOnItsWay = list.items?.some(isSoon) ?? false
  useEffect(() => {
    if (!isOnItsWay) return
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: ['deliveries', path] }), LOOK_MS)
    return () => clearInterval(timer)
  }, [isOnItsWay, path, queries])
  const columns: readonly Column<Delivery>[] = [
    { id: 'event', title: t('event'), phone: 'title', cell: ({ event }) => <EventName type={event.type} /> },
    { id: 'at', title: t('at'), phone: 'fact', cell: ({ event }) => <When at={event.at} /> },
    { id: 'state', title: t('state'), phone: 'figure', cell: (row) => <DeliveryState delivery={row} /> },
    { id: 'attempts', title: t('attempts'), align: 'right', from: 1024, cell: ({ attempts }) => attempts },
    { id: 'answer', title: t('answer'), phone: 'note', cell: (row) => <AnswerText delivery={row} /> },
  ]
  const shown = list.items?.find(({ id }) => id === delivery)
  return (
    <>
      <Card title={t('deliveries')} flush>
        <DataTable
          label={t('deliveries')}
          columns={columns}
          rowKey={({ id }) => id}
          onOpen={({ id }) => setPanel({ delivery: id }, { push: true })}
          {...list.table}
          empty={<EmptyState drawing="signpost" sentence={t('noDeliveries')} />}
        />
      </Card>
      {shown && (
        <DeliveryDialog path={path} delivery={shown} mayEdit={mayEdit} onClose={() => setPanel({ delivery: '' })} />
      )}
    </>
  )
}

const isSoon = ({ state, nextAttemptAt }: Delivery): boolean =>
  state === 'pending' && nextAttemptAt !== null && Date.parse(nextAttemptAt) < Date.now() + SOON_MS

const STATE_LOOK = { delivered: 'k-pill-good', pending: '', parked: 'k-pill-bad' } as const

function DeliveryState({ delivery }: { readonly delivery: Delivery }) {
  const t = useWords(webhookWords)
  const { state, nextAttemptAt } = delivery
  return (
    <span className="st-state">
      <span className={`k-pill ${STATE_LOOK[state]}`}>{t(`delivery.${state}`)}</span>
      {state === 'pending' && nextAttemptAt !== null && delivery.attempts > 0 && (
        <span className="k-quiet">
          <When at={nextAttemptAt} style="time" />
        </span>
      )}
    </span>
  )
}

function AnswerText({ delivery }: { readonly delivery: Delivery }) {
  const t = useWords(webhookWords)
  const { responseStatus, failure } = delivery
  if (responseStatus !== null) return <>{t('status', { status: String(responseStatus) })}</>
  if (failure === null) return null
  const known = FAILURES.find((name) => name === failure)
  return <>{t(`failure.${known ?? 'other'}`)}</>
}

interface DeliveryDialogProps extends DeliveriesProps {
  readonly delivery: Delivery
  readonly onClose: () => void
}

function DeliveryDialog({ path, delivery, mayEdit, onClose }: DeliveryDialogProps) {
  const t = useWords(webhookWords)
  const common = useWords(settingsWords)
  const formats = useFormats()
  const say = useSay()
  const queries = useQueryClient()
  const { event, nextAttemptAt } = delivery
  async function resend(): Promise<void> {
    try {
      await api.post(`${path}/deliveries/${delivery.id}/resend`)
      say.done(t('resent'))
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: ['deliveries', path] })
  }
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className="st-wide">
        <DialogBody>
          <DialogTitle>
            <EventName type={event.type} />
          </DialogTitle>
          <DialogContent className="k-confirm">
            <p className="st-state">
              <DeliveryState delivery={delivery} />
              <AnswerText delivery={delivery} />
              {nextAttemptAt !== null && <span>{t('next', { when: formats.moment(nextAttemptAt) })}</span>}
              <code translate="no">{event.type}</code>
              <Id id={delivery.id} what={t('event')} />
            </p>
            <div className="st-raw">
              <section>
                <h3>{t('sent')}</h3>
                <pre translate="no">{JSON.stringify(event.data, null, 2)}</pre>
              </section>
              <section>
                <h3>{t('received')}</h3>
                {delivery.responseBody ? (
                  <pre translate="no">{delivery.responseBody}</pre>
                ) : (
                  <p className="k-quiet">{t('nothing')}</p>
                )}
              </section>
            </div>
          </DialogContent>
          <DialogActions>
            {mayEdit && <Button onClick={() => void resend()}>{t('resend')}</Button>}
            <Button appearance="primary" onClick={onClose}>
              {common('close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
