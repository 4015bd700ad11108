/** The customer’s consent (L4): which partner may act, and the end of it. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { PartnerAccess } from '../partner/data.ts'
import { consentWords } from '../partner/words.ts'
import { SettingsFrame } from './frame.tsx'

export default function PartnersPage() {
  const t = useWords(consentWords)
  const formats = useFormats()
  const { id } = useTenant()
  const say = useSay()
  const queries = useQueryClient()
  const mayEdit = useMay('partner-access:edit')
  const [{ end }, set] = useUrlState({ end: '' })
  const path = `/v1/tenants/${id}/partners`
  const list = usePages<PartnerAccess>(['partner-access', id], path, { limit: 100 })
  const ending = list.items?.find(({ partnerId }) => partnerId === end)
  async function give({ partnerId, name }: PartnerAccess): Promise<void> {
    try {
      await api.put(`${path}/${partnerId}`)
      say.done(t('given', { partner: name }))
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: ['partner-access', id] })
  }
  async function take({ partnerId, name }: PartnerAccess): Promise<void> {
    await api.delete(`${path}/${partnerId}`)
    set({ end: '' })
    say.done(t('taken', { partner: name }))
    await queries.invalidateQueries({ queryKey: ['partner-access', id] })
  }
  const columns: readonly Column<PartnerAccess>[] = [
    { id: 'name', title: t('partner'), phone: 'title', cell: ({ name }) => <b translate="no">{name}</b> },
    {
      id: 'access',
      title: t('access'),
      phone: 'fact',
      cell: (row) => {
        if (row.grantedAt !== null)
          return <span className="k-pill k-pill-good">{t('since', { date: formats.date(row.grantedAt) })}</span>
        return row.endedAt === null
          ? t('never')
          : t('ended', { date: formats.date(row.endedAt), who: row.endedBy ?? '' })
      },
    },
    ...(mayEdit
      ? [
          {
            id: 'act',
            title: '',
            align: 'right' as const,
            phone: 'note' as const,
            cell: (row: PartnerAccess) =>
              row.grantedAt === null ? (
                <Button size="small" onClick={() => void give(row)}>
                  {t('give')}
                </Button>
              ) : (
                <Button size="small" className="k-danger" onClick={() => set({ end: row.partnerId }, { push: true })}>
                  {t('end')}
                </Button>
              ),
          },
        ]
      : []),
  ]
  return (
    <SettingsFrame section="partners" sentence={t('sentence')} buttons={<MoreMenu curl={{ path }} />}>
      <ReadOnlyNote unless="partner-access:edit" />
      <Card flush>
        <DataTable
          label={t('partner')}
          columns={columns}
          rowKey={({ partnerId }) => partnerId}
          {...list.table}
          empty={<EmptyState drawing="signpost" sentence={t('empty')} />}
        />
      </Card>
      {ending && (
        <ConfirmDialog
          open
          title={t('endTitle', { partner: ending.name })}
          action={t('end')}
          onConfirm={() => take(ending)}
          onClose={() => set({ end: '' })}
        >
          <p>{t('endWhy')}</p>
        </ConfirmDialog>
      )}
    </SettingsFrame>
  )
}
