/** Endpoints of the organisation: who is told what. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { useAt, useGo, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { SettingsFrame } from './frame.tsx'
import { SecretDialog } from './secret-dialog.tsx'
import { type Endpoint, type NewEndpoint, WebhookForm } from './webhook-form.tsx'
import { webhookWords } from './words.ts'

export default function WebhooksPage() {
  const t = useWords(webhookWords)
  const { id } = useTenant()
  const mayEdit = useMay('webhook:edit')
  const at = useAt()
  const go = useGo()
  const queries = useQueryClient()
  const [{ panel }, setPanel] = useUrlState({ panel: '' })
  const [made, setMade] = useState<NewEndpoint | null>(null)
  const path = `/v1/tenants/${id}/webhooks`
  const list = usePages<Endpoint>(['webhooks', id], path, { limit: 50 })
  const columns: readonly Column<Endpoint>[] = [
    { id: 'url', title: t('url'), phone: 'title', cell: (row) => <Where endpoint={row} /> },
    { id: 'types', title: t('types'), phone: 'fact', cell: ({ types }) => typesText(types) },
    { id: 'since', title: t('since'), from: 1320, cell: ({ createdAt }) => <When at={createdAt} style="day" /> },
    { id: 'state', title: t('state'), phone: 'figure', cell: (row) => <StatePill endpoint={row} /> },
  ]
  const typesText = (types: readonly string[]): string =>
    types.length === 0 ? t('allTypes') : t('someTypes', { count: types.length })
  return (
    <SettingsFrame
      section="webhooks"
      sentence={t('sentence')}
      buttons={
        <>
          {mayEdit && (
            <Button appearance="primary" onClick={() => setPanel({ panel: 'add' }, { push: true })}>
              {t('add')}
            </Button>
          )}
          <MoreMenu curl={{ path }} />
        </>
      }
    >
      <ReadOnlyNote unless="webhook:edit" />
      <Card flush>
        <DataTable
          label={t('list')}
          columns={columns}
          rowKey={(row) => row.id}
          to={(row) => `settings/webhooks/${row.id}`}
          {...list.table}
          empty={<EmptyState drawing="signpost" sentence={t('empty')} />}
        />
      </Card>
      {mayEdit && panel === 'add' && (
        <WebhookForm
          title={t('addTitle')}
          path={path}
          onDone={(endpoint) => {
            setPanel({ panel: '' })
            setMade(endpoint as NewEndpoint)
            void queries.invalidateQueries({ queryKey: ['webhooks', id] })
          }}
          onClose={() => setPanel({ panel: '' })}
        />
      )}
      {made && (
        <SecretDialog
          title={t('added')}
          secret={made.secret}
          fileName={`${made.id}.txt`}
          onClose={() => go(at(`settings/webhooks/${made.id}`))}
        />
      )}
    </SettingsFrame>
  )
}

function Where({ endpoint }: { readonly endpoint: Endpoint }) {
  return (
    <span translate="no">
      <b className="st-url">{endpoint.url}</b>
      {endpoint.description !== null && (
        <>
          <br />
          <span className="k-quiet">{endpoint.description}</span>
        </>
      )}
    </span>
  )
}

export function StatePill({ endpoint }: { readonly endpoint: Endpoint }) {
  const t = useWords(webhookWords)
  return (
    <span
      className={`k-pill ${endpoint.enabled ? 'k-pill-good' : 'k-pill-warn'}`}
      title={endpoint.disabledReason === null ? undefined : t(`off.${endpoint.disabledReason}`)}
    >
      {t(endpoint.enabled ? 'on' : 'off')}
    </span>
  )
}
