/** Port orders of all tenants: those of the manual carrier are worked here by hand. */
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
  Select,
} from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { workDetailOut, workOut } from '../../../api/port-work.ts'
import { PORT_REJECTIONS, REJECTION_REASONS } from '../../../core/port-rejection.ts'
import { api } from '../../data/client.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { FilterChoice, Filters } from '../../kit/filters.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { PhoneNumber, usePhoneFormat } from '../../kit/phone-number.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { StatusPill } from '../ports/page.tsx'
import '../ports/ports.css'
import { portWorkWords } from './port-words.ts'

type Work = z.output<typeof workOut>
type WorkDetail = z.output<typeof workDetailOut>

const PATH = '/v1/port-orders'

export default function PortWorkPage() {
  const t = useWords(portWorkWords)
  const formats = useFormats()
  const [{ adapter, order }, set] = useUrlState({ adapter: 'manual', order: '' })
  const wish = adapter === 'all' ? { open: 'false' } : { open: 'true', adapter }
  const list = usePages<Work>(['port-work', adapter], PATH, { ...wish, limit: 50 })
  const columns: readonly Column<Work>[] = [
    {
      id: 'order',
      title: t('order'),
      phone: 'title',
      cell: ({ reference, name }) => (
        <span translate="no">
          <b>{reference}</b> {name}
        </span>
      ),
    },
    {
      id: 'tenant',
      title: t('tenant'),
      phone: 'fact',
      cell: ({ tenantId, tenantName, id }) => (
        <Go to={`/t/${tenantId}/ports/${id}`}>
          <span translate="no">{tenantName}</span>
        </Go>
      ),
    },
    { id: 'carrier', title: t('carrier'), from: 1024, cell: ({ carrier }) => <span translate="no">{carrier}</span> },
    { id: 'numbers', title: t('numbers'), align: 'right', cell: (row) => formats.number(row.numberCount) },
    { id: 'status', title: t('status'), phone: 'figure', cell: (row) => <StatusPill order={row} /> },
    {
      id: 'work',
      title: '',
      align: 'right',
      phone: 'note',
      cell: ({ id, work }) => (
        <Button size="small" onClick={() => set({ order: id }, { push: true })}>
          {work.length > 0 ? t('work') : t('look')}
        </Button>
      ),
    },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path: PATH }} />
      </PageHead>
      <Filters>
        <FilterChoice
          label={t('which')}
          value={adapter}
          options={[
            { value: 'manual', text: t('manual') },
            { value: 'simulated', text: t('simulated') },
            { value: 'all', text: t('all') },
          ]}
          onChange={(value) => set({ adapter: value })}
        />
      </Filters>
      <Card flush>
        <DataTable
          label={t('title')}
          columns={columns}
          rowKey={(row) => row.id}
          {...list.table}
          empty={<EmptyState drawing="signpost" sentence={t('empty')} />}
        />
      </Card>
      <Dialog open={order !== ''} onOpenChange={() => set({ order: '' })}>
        <DialogSurface>{order !== '' && <WorkOn id={order} onClose={() => set({ order: '' })} />}</DialogSurface>
      </Dialog>
    </>
  )
}

function WorkOn({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const t = useWords(portWorkWords)
  const language = useLanguage()
  const formats = useFormats()
  const phone = usePhoneFormat()
  const { data, error, refetch } = useQuery({
    queryKey: ['port-work', 'one', id, language],
    queryFn: ({ signal }) => api.get<WorkDetail>(`${PATH}/${id}`, { signal }),
  })
  if (!data) {
    // A dialog that opens with nothing to stand on takes no focus, and is hidden from whoever does not see it.
    return (
      <DialogBody>
        <DialogTitle>{t('order')}</DialogTitle>
        <DialogContent>
          {error ? <BlockError error={error} onRetry={() => void refetch()} /> : <Skeleton lines={8} />}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('close')}</Button>
        </DialogActions>
      </DialogBody>
    )
  }
  const { order } = data
  const facts = [
    [t('carrier'), order.losingCarrier],
    [t('account'), order.accountNumber],
    [t('pin'), order.pin ?? '–'],
    [t('billing'), phone(order.billingNumber)],
    [t('organisation'), order.organisation],
    [t('contact'), order.contact],
    [t('address'), order.serviceAddress.join(', ')],
    [t('wish'), data.transferDate === null ? '–' : formats.date(`${data.transferDate}T12:00:00Z`)],
  ] as const
  return (
    <DialogBody>
      <DialogTitle>
        <span translate="no">
          {data.reference} · {data.tenantName}
        </span>
      </DialogTitle>
      <DialogContent className="k-stack">
        <p>
          <StatusPill order={data} />
        </p>
        <dl className="ports-facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd translate="no">{value}</dd>
            </div>
          ))}
        </dl>
        <dl className="ports-facts">
          <div>
            <dt>{t('numbers')}</dt>
            {order.numbers.map((number) => (
              <dd key={number}>
                <PhoneNumber number={number} />
              </dd>
            ))}
          </div>
        </dl>
        <p>
          <a href={`${PATH}/${id}/letter`} download>
            {t('letter')}
          </a>
        </p>
        {data.work.length === 0 && <p className="k-quiet">{t('nothing')}</p>}
        {data.work.includes('approve') && <Approve id={id} />}
        {data.work.includes('reject') && <Reject id={id} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('close')}</Button>
        {data.work.includes('contact') && <Act id={id} act="contact" />}
        {data.work.includes('complete') && <Act id={id} act="complete" />}
      </DialogActions>
    </DialogBody>
  )
}

function useDone(): () => void {
  const t = useWords(portWorkWords)
  const say = useSay()
  const queries = useQueryClient()
  return () => {
    say.done(t('done'))
    void queries.invalidateQueries({ queryKey: ['port-work'] })
  }
}

function Act({ id, act }: { readonly id: string; readonly act: 'contact' | 'complete' }) {
  const t = useWords(portWorkWords)
  const say = useSay()
  const done = useDone()
  const [isBusy, setBusy] = useState(false)
  async function press(): Promise<void> {
    setBusy(true)
    await api.post(`${PATH}/${id}/${act}`).then(done, say.failed)
    setBusy(false)
  }
  return (
    <Button appearance="primary" disabled={isBusy} onClick={() => void press()}>
      {t(`act.${act}`)}
    </Button>
  )
}

function Approve({ id }: { readonly id: string }) {
  const t = useWords(portWorkWords)
  const form = useForm({
    initial: { date: '' },
    submit: (body, intent) => api.post(`${PATH}/${id}/approve`, body, { intent }),
    onDone: useDone(),
  })
  return (
    <form onSubmit={form.onSubmit} className="k-stack">
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <Field {...form.field('date', t('date'))}>
        <Input type="date" {...form.input('date')} />
      </Field>
      <div className="k-row">
        <Button type="submit" appearance="primary" disabled={form.isBusy}>
          {t('act.approve')}
        </Button>
      </div>
    </form>
  )
}

function Reject({ id }: { readonly id: string }) {
  const t = useWords(portWorkWords)
  const language = useLanguage()
  const form = useForm({
    initial: { reason: REJECTION_REASONS[0], words: '' },
    toBody: (rejection) => ({ rejections: [rejection] }),
    fieldOf: (param) => param.replace(/^rejections\.0\./, ''),
    submit: (body, intent) => api.post(`${PATH}/${id}/reject`, body, { intent }),
    onDone: useDone(),
  })
  return (
    <form onSubmit={form.onSubmit} className="k-stack">
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <Field {...form.field('reason', t('reason'))} style={{ minWidth: 0 }}>
        <Select
          style={{ minWidth: 0 }}
          value={form.values.reason}
          onChange={(_, { value }) => form.set('reason', REJECTION_REASONS.find((one) => one === value) ?? 'other')}
        >
          {REJECTION_REASONS.map((reason) => (
            <option key={reason} value={reason} translate="no">
              {PORT_REJECTIONS[reason].means[language]}
            </option>
          ))}
        </Select>
      </Field>
      <Field {...form.field('words', t('words'))}>
        <Input {...form.input('words')} />
      </Field>
      <div className="k-row">
        <Button type="submit" disabled={form.isBusy}>
          {t('act.reject')}
        </Button>
      </div>
    </form>
  )
}
