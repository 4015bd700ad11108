/** Step 2: what is wrong with the file, by line; each line can be put right here, and the whole file is read again. */
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
import { ArrowDownloadRegular } from '@fluentui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { draftLine } from '../../../api/schema/rate-deck.ts'
import { api } from '../../data/client.ts'
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { useGo, useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { kitWords } from '../../kit/words.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { type Draft, type DraftErrors, draftPath, stepAt, useDraftErrors } from './data.ts'
import { importDeckWords } from './words.ts'

type DraftError = DraftErrors['errors'][number]

const MB = 1_048_576

export function CheckStep({ draft }: { readonly draft: Draft }) {
  const t = useWords(importDeckWords)
  const formats = useFormats()
  const go = useGo()
  const mayEdit = useMay('rate-deck:edit')
  const [{ line }, setPanel] = useUrlState({ line: '' })
  const { data, error, refetch } = useDraftErrors(draft)
  const wrong = data?.errors.find((one) => String(one.line) === line)
  const isClean = draft.errorCount === 0
  const isShort = data !== undefined && data.errorCount > data.errors.length
  const columns: readonly Column<DraftError>[] = [
    {
      id: 'line',
      title: t('line'),
      align: 'right',
      width: '90px',
      phone: 'title',
      cell: (row) => <span className="num">{formats.number(row.line)}</span>,
    },
    { id: 'column', title: t('column'), phone: 'figure', cell: (row) => <code translate="no">{row.column}</code> },
    { id: 'message', title: t('message'), phone: 'fact', cell: ({ message }) => <span translate="no">{message}</span> },
    {
      id: 'text',
      title: t('text'),
      from: 1024,
      cell: ({ text }) => (
        <code className="dk-text" translate="no">
          {text}
        </code>
      ),
    },
    {
      id: 'fix',
      title: '',
      align: 'right',
      cell: (row) =>
        mayEdit &&
        row.text !== null &&
        draft.publishedAs === null && (
          <Button size="small" onClick={() => setPanel({ line: String(row.line) }, { push: true })}>
            {t('fix')}
          </Button>
        ),
    },
  ]
  return (
    <>
      <Card
        title={<span translate="no">{draft.fileName}</span>}
        aside={
          !isClean && (
            <a className="dk-link" href={`${draftPath(draft.id)}/errors/export`}>
              <ArrowDownloadRegular aria-hidden="true" fontSize={18} />
              <span>{t('result')}</span>
            </a>
          )
        }
      >
        <div className="k-stack">
          <p className="dk-sums" data-rows={draft.rows} data-errors={draft.errorCount}>
            <b>{t('found', { count: draft.rows })}</b>
            <span className={isClean ? 'dk-good' : 'dk-bad'}>{t('errors', { count: draft.errorCount })}</span>
            <span className="k-quiet">
              {t('size', { size: formats.number(Math.max(0.1, Math.round((draft.bytes / MB) * 10) / 10)) })}
            </span>
          </p>
          <p>{t(isClean ? 'clean' : 'allOrNothing')}</p>
          <div className="k-row">
            <Button appearance="primary" disabled={!isClean} onClick={() => go(stepAt(draft.id, 'compare'))}>
              {t('next')}
            </Button>
            <Discard draft={draft} />
          </div>
        </div>
      </Card>
      {!isClean && (
        <Card flush>
          <DataTable
            label={t('errors', { count: draft.errorCount })}
            columns={columns}
            rows={data?.errors}
            rowKey={(row) => `${row.line}-${row.column}-${row.message}`}
            error={error}
            onRetry={refetch}
            empty={null}
            foot={isShort && <p className="k-body k-quiet">{t('firstOnly', { count: data.errors.length })}</p>}
          />
        </Card>
      )}
      {wrong && <FixDialog key={line} draft={draft} wrong={wrong} onClose={() => setPanel({ line: '' })} />}
    </>
  )
}

export function Discard({ draft }: { readonly draft: Draft }) {
  const t = useWords(importDeckWords)
  const go = useGo()
  const say = useSay()
  const queries = useQueryClient()
  const mayEdit = useMay('rate-deck:edit')
  if (!mayEdit || draft.publishedAs !== null) return null
  async function discard(): Promise<void> {
    const from = location.pathname
    try {
      await api.delete(draftPath(draft.id))
    } catch (error) {
      say.failed(error)
      return
    }
    await queries.invalidateQueries({ queryKey: ['rate-deck-drafts'] })
    go('/operator/decks', { from })
  }
  return <Button onClick={() => void discard()}>{t('discard')}</Button>
}

interface FixDialogProps {
  readonly draft: Draft
  readonly wrong: DraftError
  readonly onClose: () => void
}

function FixDialog({ draft, wrong, onClose }: FixDialogProps) {
  const t = useWords(importDeckWords)
  const k = useWords(kitWords)
  const queries = useQueryClient()
  const say = useSay()
  const { line } = wrong
  const was = wrong.text ?? ''
  const send = (text: string): Promise<Draft> => api.patch<Draft>(draftPath(draft.id), { line, was, text })
  const keep = (after: Draft): void => {
    queries.setQueryData(['rate-deck-draft', draft.id], after)
    void queries.invalidateQueries({ queryKey: ['rate-deck-drafts'] })
    say.done(t('fixed'))
    onClose()
  }
  const form = useForm<{ text: string }, Draft>({
    initial: { text: was },
    schema: draftLine,
    toBody: ({ text }) => ({ line, was, text }),
    submit: (body) => send((body as { text: string }).text),
    onDone: keep,
  })
  async function takeOut(): Promise<void> {
    try {
      keep(await send(''))
    } catch (error) {
      say.failed(error)
    }
  }
  const isTheirs = form.problem?.code === 'draft-changed'
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface className="dk-wide">
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('fixTitle', { line })}</DialogTitle>
            <DialogContent className="k-form">
              <p translate="no">
                <code>{wrong.column}</code> {wrong.message}
              </p>
              <Field {...form.field('text', t('text'))}>
                <Input {...form.input('text')} className="dk-mono" autoComplete="off" spellCheck={false} />
              </Field>
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
              {isTheirs && (
                <Button
                  onClick={() => {
                    void queries.invalidateQueries({ queryKey: ['rate-deck-draft', draft.id] })
                    onClose()
                  }}
                >
                  {k('theirs')}
                </Button>
              )}
            </DialogContent>
            <DialogActions>
              <Button className="k-danger" onClick={() => void takeOut()} disabled={form.isBusy}>
                {t('takeOut')}
              </Button>
              <Button onClick={onClose}>{k('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy || !form.isDirty}>
                {t('save')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
