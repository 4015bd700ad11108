/** Rate decks: which one is in force, which one waits, and what came before; and files on their way. */
import { Button } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { api } from '../../data/client.ts'
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { useGo, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { DECKS, type Deck, type Draft, draftPath, stepAt } from './data.ts'
import { deckWords } from './words.ts'
import './decks.css'

export default function DecksPage() {
  const t = useWords(deckWords)
  const go = useGo()
  const mayEdit = useMay('rate-deck:edit')
  const [{ activate }, setPanel] = useUrlState({ activate: '' })
  const list = usePages<Deck>(['rate-decks'], DECKS, { limit: 50 })
  const chosen = list.items?.find(({ id }) => id === activate)
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        {mayEdit && (
          <Button appearance="primary" onClick={() => go('/operator/decks/import')}>
            {t('import')}
          </Button>
        )}
        <MoreMenu curl={{ path: DECKS }} />
      </PageHead>
      <Drafts mayEdit={mayEdit} />
      <Card flush>
        <DataTable
          label={t('title')}
          columns={useColumns(mayEdit)}
          rowKey={({ id }) => id}
          rowClass={({ active }) => (active ? 'dk-active' : undefined)}
          {...list.table}
          empty={<EmptyState drawing="lots" sentence={t('none')} />}
        />
      </Card>
      {mayEdit && chosen && <ActivateDialog deck={chosen} onClose={() => setPanel({ activate: '' })} />}
    </>
  )
}

function useColumns(mayEdit: boolean): readonly Column<Deck>[] {
  const t = useWords(deckWords)
  const formats = useFormats()
  const [, setPanel] = useUrlState({ activate: '' })
  return [
    {
      id: 'version',
      title: t('version'),
      phone: 'title',
      cell: ({ version }) => <b className="num">{formats.number(version)}</b>,
    },
    { id: 'state', title: t('state'), phone: 'fact', cell: (row) => <State deck={row} mayEdit={mayEdit} /> },
    { id: 'rows', title: t('rows'), align: 'right', phone: 'figure', cell: ({ rows }) => formats.number(rows) },
    {
      id: 'published',
      title: t('published'),
      from: 1024,
      cell: ({ publishedAt }) => <When at={publishedAt} />,
    },
    {
      id: 'acts',
      title: '',
      align: 'right',
      phone: 'note',
      cell: ({ id, version, active }) => (
        <span className="dk-acts">
          <a
            className="dk-download"
            href={`${DECKS}/${id}/export`}
            aria-label={t('download', { version })}
            title={t('download', { version })}
          >
            <ArrowDownloadRegular fontSize={20} aria-hidden="true" />
          </a>
          {mayEdit && !active && (
            <Button size="small" onClick={() => setPanel({ activate: id }, { push: true })}>
              {t('activate')}
            </Button>
          )}
        </span>
      ),
    },
  ]
}

interface StateProps {
  readonly deck: Deck
  readonly mayEdit: boolean
}

function State({ deck, mayEdit }: StateProps) {
  const t = useWords(deckWords)
  const formats = useFormats()
  const queries = useQueryClient()
  const say = useSay()
  const { activeAt, pill, text } = look(deck)
  async function cancel(): Promise<void> {
    try {
      await api.delete(`${DECKS}/${deck.id}/schedule`)
      say.done(t('cancelled', { version: deck.version }))
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: ['rate-decks'] })
  }
  return (
    <span className="dk-state">
      {text !== 'waits' && <span className={`k-pill ${pill}`}>{t(text === 'active' ? 'active' : 'former')}</span>}
      {text === 'active' && activeAt !== null && (
        <span className="k-quiet">{t('activeSince', { time: formats.moment(activeAt) })}</span>
      )}
      {text === 'former' && (
        <span className="k-quiet">
          {activeAt === null ? t('neverActive') : t('lastActive', { time: formats.moment(activeAt) })}
        </span>
      )}
      {deck.activateAt !== null && (
        <>
          <span className="k-pill k-pill-warn">{t('waits', { time: formats.moment(deck.activateAt) })}</span>
          {deck.scheduledBy !== null && <span className="k-quiet">{t('waitsBy', { name: deck.scheduledBy })}</span>}
          {mayEdit && (
            <Button size="small" onClick={() => void cancel()}>
              {t('cancel')}
            </Button>
          )}
        </>
      )}
    </span>
  )
}

function look({ active, activatedAt, activateAt }: Deck) {
  if (active) return { text: 'active', pill: 'k-pill-good', activeAt: activatedAt } as const
  return { text: activateAt === null ? 'former' : 'waits', pill: '', activeAt: activatedAt } as const
}

function ActivateDialog({ deck, onClose }: { readonly deck: Deck; readonly onClose: () => void }) {
  const t = useWords(deckWords)
  const queries = useQueryClient()
  const say = useSay()
  const { version } = deck
  async function activate(): Promise<void> {
    await api.post(`${DECKS}/${deck.id}/activate`)
    await queries.invalidateQueries({ queryKey: ['rate-decks'] })
    say.done(t('activated', { version }))
  }
  return (
    <ConfirmDialog
      open
      title={t('activateTitle', { version })}
      action={t('activate')}
      word={String(version)}
      onConfirm={activate}
      onClose={onClose}
    >
      <p>{t('activateWhy', { version })}</p>
    </ConfirmDialog>
  )
}

function Drafts({ mayEdit }: { readonly mayEdit: boolean }) {
  const t = useWords(deckWords)
  const formats = useFormats()
  const queries = useQueryClient()
  const say = useSay()
  const list = usePages<Draft>(['rate-deck-drafts'], `${DECKS}/drafts`, { limit: 50 })
  const open = list.items?.filter(({ publishedAs }) => publishedAs === null)
  if (open === undefined || open.length === 0) return null
  async function discard({ id, fileName }: Draft): Promise<void> {
    try {
      await api.delete(draftPath(id))
      say.done(t('discarded', { name: fileName }))
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: ['rate-deck-drafts'] })
  }
  const columns: readonly Column<Draft>[] = [
    { id: 'file', title: t('file'), phone: 'title', cell: ({ fileName }) => <b translate="no">{fileName}</b> },
    { id: 'rows', title: t('rows'), align: 'right', phone: 'figure', cell: ({ rows }) => formats.number(rows) },
    {
      id: 'errors',
      title: t('errors'),
      align: 'right',
      phone: 'note',
      cell: ({ errorCount }) => (errorCount === 0 ? t('noErrors') : formats.number(errorCount)),
    },
    {
      id: 'by',
      title: t('by'),
      from: 1024,
      cell: ({ uploadedBy }) => <span translate="no">{uploadedBy}</span>,
    },
    { id: 'at', title: t('uploaded'), phone: 'fact', cell: ({ uploadedAt }) => <When at={uploadedAt} /> },
    {
      id: 'acts',
      title: '',
      align: 'right',
      cell: (row) =>
        mayEdit && (
          <Button size="small" onClick={() => void discard(row)}>
            {t('discard')}
          </Button>
        ),
    },
  ]
  return (
    <Card title={t('drafts')} flush>
      <DataTable
        label={t('drafts')}
        columns={columns}
        rowKey={({ id }) => id}
        to={({ id, errorCount }) => stepAt(id, errorCount === 0 ? 'compare' : 'check')}
        {...list.table}
        rows={open}
        empty={null}
      />
    </Card>
  )
}
