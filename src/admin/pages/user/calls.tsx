/** Somebody's calls, newest first. */

import { useMemo } from 'react'
import type { CallItem } from '../../../api/schema/call.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Duration, Money, When } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { useRefusalTitle } from '../../kit/refusal-title.ts'
import { usePages } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { ratesWords } from '../rates/words.ts'
import type { ShownUser } from '../users/data.ts'
import { userWords } from './words.ts'

type Call = Pick<
  CallItem,
  | 'id'
  | 'direction'
  | 'callingNumber'
  | 'calledNumber'
  | 'classification'
  | 'result'
  | 'startedAt'
  | 'chargedSeconds'
  | 'charge'
  | 'refusal'
>

export function Calls({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const { id } = useTenant()
  const { table } = usePages<Call>(['calls', id, 'of', user.id], `/v1/tenants/${id}/calls`, {
    userId: user.id,
    limit: 50,
  })
  return (
    <Card title={t('tab.calls')} flush>
      <DataTable
        {...table}
        label={t('tab.calls')}
        columns={useCallColumns()}
        rowKey={(call) => call.id}
        to={(call) => `calls/${call.id}`}
        empty={<EmptyState drawing="handset" sentence={t('noCalls')} />}
      />
    </Card>
  )
}

export function useCallColumns(isOwn = false): Column<Call>[] {
  const t = useWords(userWords)
  const why = useRefusalTitle()
  const kinds = useWords(ratesWords)
  return useMemo(
    () => [
      {
        id: 'time',
        title: t('time'),
        cell: (call) =>
          isOwn ? (
            <When at={call.startedAt} />
          ) : (
            <Go to={`calls/${call.id}`}>
              <When at={call.startedAt} />
            </Go>
          ),
        phone: 'fact',
        width: '150px',
      },
      {
        id: 'call',
        title: t('call'),
        cell: (call) => (
          <span className="num" translate="no">
            {call.direction === 'in' ? `← ${call.callingNumber ?? '?'}` : `→ ${call.calledNumber}`}
          </span>
        ),
        phone: 'title',
      },
      { id: 'kind', title: t('kind'), cell: (call) => kinds(`class.${call.classification}`), from: 1024 },
      {
        id: 'duration',
        title: t('duration'),
        cell: (call) =>
          call.result === 'refused' ? (
            <span className="p-refused" title={call.refusal ? why(call.refusal) : undefined}>
              {t('refused')}
            </span>
          ) : (
            <Duration seconds={call.chargedSeconds} />
          ),
        align: 'right',
        phone: 'figure',
      },
      {
        id: 'charge',
        title: t('charge'),
        cell: (call) => <Money money={call.charge} />,
        align: 'right',
        phone: 'note',
      },
    ],
    [t, kinds, isOwn, why],
  )
}
