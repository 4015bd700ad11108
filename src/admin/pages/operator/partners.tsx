/** Resellers: who they are and how many customers each looks after. */
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
import { useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { partnerOut } from '../../../api/partner.ts'
import { partnerBody } from '../../../api/schema/operator.ts'
import { api } from '../../data/client.ts'
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { useGo, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { partnerWords } from './words.ts'
import './operator.css'

export type Partner = z.output<typeof partnerOut>
export const PARTNERS = '/v1/partners'

export default function PartnersPage() {
  const t = useWords(partnerWords)
  const formats = useFormats()
  const mayEdit = useMay('partner:edit')
  const [{ panel }, set] = useUrlState({ panel: '' })
  const list = usePages<Partner>(['partners'], PARTNERS, { limit: 50 })
  const columns: readonly Column<Partner>[] = [
    { id: 'name', title: t('name'), phone: 'title', cell: ({ name }) => <b translate="no">{name}</b> },
    {
      id: 'customers',
      title: t('customers'),
      align: 'right',
      phone: 'figure',
      cell: ({ tenants }) => formats.number(tenants.length),
    },
    { id: 'since', title: t('since'), phone: 'fact', cell: ({ createdAt }) => <When at={createdAt} style="day" /> },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        {mayEdit && (
          <Button appearance="primary" onClick={() => set({ panel: 'create' }, { push: true })}>
            {t('create')}
          </Button>
        )}
        <MoreMenu curl={{ path: PARTNERS }} />
      </PageHead>
      <Card flush>
        <DataTable
          label={t('title')}
          columns={columns}
          rowKey={({ id }) => id}
          to={({ id }) => `/operator/partners/${id}`}
          {...list.table}
          empty={<EmptyState drawing="gate" sentence={t('empty')} />}
        />
      </Card>
      {mayEdit && panel === 'create' && <CreateDialog onClose={() => set({ panel: '' })} />}
    </>
  )
}

function CreateDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(partnerWords)
  const go = useGo()
  const say = useSay()
  const queries = useQueryClient()
  const form = useForm<{ name: string }, Partner>({
    initial: { name: '' },
    schema: partnerBody,
    submit: (body, intent) => api.post<Partner>(PARTNERS, body, { intent }),
    async onDone({ id, name }, from) {
      await queries.invalidateQueries({ queryKey: ['partners'] })
      say.done(t('made', { name }))
      go(`/operator/partners/${id}`, { from })
    },
  })
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('createTitle')}</DialogTitle>
            <DialogContent className="k-form">
              <Field {...form.field('name', t('name'))}>
                <Input {...form.input('name')} autoComplete="off" />
              </Field>
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
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
