/** Who changed what of this person, from what to what. */
import { useMemo } from 'react'
import type { z } from 'zod'
import type { auditEntryOut } from '../../../api/schema/settings.ts'
import type { Sku } from '../../../core/catalogue.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { skuWords } from '../purchase/sku-words.ts'
import type { ShownUser } from '../users/data.ts'
import { policyText } from '../users/policy-text.ts'
import { policyWords } from '../users/policy-words.ts'
import { userWords } from './words.ts'

type Entry = z.output<typeof auditEntryOut>

const ACTS = [
  'user.created',
  'user.changed',
  'licence.assigned',
  'licence.removed',
  'user.deleted',
  'user.restored',
  'user.viewed-as',
  'user.password-changed',
] as const

export function History({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const { id } = useTenant()
  const { table } = usePages<Entry>(['audit-log', id, user.id], `/v1/tenants/${id}/audit-log`, {
    subject: user.id,
    limit: 50,
  })
  const columns = useMemo<Column<Entry>[]>(
    () => [
      { id: 'time', title: t('time'), cell: (entry) => <When at={entry.at} />, width: '150px', phone: 'note' },
      { id: 'who', title: t('who'), cell: (entry) => <span translate="no">{entry.actor}</span>, phone: 'fact' },
      { id: 'act', title: t('act'), cell: (entry) => <Act action={entry.action} />, phone: 'title' },
      { id: 'changes', title: t('changes'), cell: (entry) => <Changes entry={entry} /> },
    ],
    [t],
  )
  return (
    <Card title={t('tab.history')} flush>
      <DataTable
        {...table}
        label={t('tab.history')}
        columns={columns}
        rowKey={(entry) => entry.id}
        empty={<EmptyState drawing="lots" sentence={t('noHistory')} />}
      />
    </Card>
  )
}

function Act({ action }: { readonly action: string }) {
  const t = useWords(userWords)
  const known = ACTS.find((one) => one === action)
  return known ? t(`act.${known}`) : <code translate="no">{action}</code>
}

const FIELDS = [
  'name',
  'email',
  'usageLocation',
  'licences',
  'numbers',
  'callingPolicy',
  'creditsEnabled',
  'sipUsername',
  'disabledAt',
] as const
type Field = (typeof FIELDS)[number]
type State = Partial<Record<Field, unknown>> | null

function Changes({ entry }: { readonly entry: Entry }) {
  const t = useWords(userWords)
  const said = useSaid()
  const [before, after] = [entry.before as State, entry.after as State]
  const changed = FIELDS.filter(
    (field) => after !== null && JSON.stringify(before?.[field] ?? null) !== JSON.stringify(after[field] ?? null),
  )
  if (changed.length === 0) return '–'
  return (
    <ul className="p-changes">
      {changed.map((field) => (
        <li key={field} translate="no">
          {before !== null && <s>{said(field, before[field]) || t('nothing')}</s>}{' '}
          <span>{said(field, after?.[field]) || t('nothing')}</span>
        </li>
      ))}
    </ul>
  )
}

/** A value of the log, as this page says it elsewhere. */
function useSaid(): (field: Field, value: unknown) => string {
  const t = useWords(userWords)
  const p = useWords(policyWords)
  const names = useWords(skuWords)
  const formats = useFormats()
  return (field, value) => {
    if (field === 'callingPolicy') return policyText(p, typeof value === 'string' ? value : null)
    if (field === 'creditsEnabled') return value === true ? t('maySpend') : ''
    if (field === 'disabledAt')
      return typeof value === 'string' ? t('phoneOff', { date: formats.day(value) }) : t('phoneIs')
    if (field === 'licences') return formats.list(((value ?? []) as Sku[]).map((sku) => names(sku)))
    if (field === 'numbers') return formats.list((value ?? []) as string[])
    return typeof value === 'string' ? value : ''
  }
}
