/** A file of ranges: checked line by line, then added as a whole or not at all. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import { useState } from 'react'
import type { z } from 'zod'
import type { importOut } from '../../../api/number-stock.ts'
import { STOCK_COLUMNS } from '../../../core/number-stock-csv.ts'
import { api, isProblem, newIntent } from '../../data/client.ts'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { kitWords } from '../../kit/words.ts'
import { useWords } from '../../words/use.tsx'
import { stockWords } from './number-stock-words.ts'

type Import = z.output<typeof importOut>
type Verdict = Import['verdicts'][number]

export interface StockImportProps {
  readonly onDone: (added: number) => void
  readonly onClose: () => void
}

export function StockImport({ onDone, onClose }: StockImportProps) {
  const t = useWords(stockWords)
  const k = useWords(kitWords)
  const [text, setText] = useState<Blob | null>(null)
  const [checked, setChecked] = useState<Import | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const send = async (file: Blob, isDry: boolean): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      const answer = await api.post<Import>('/v1/number-stock', file, {
        query: isDry ? { dryRun: 'true' } : {},
        intent: newIntent(),
      })
      if (isDry) setChecked(answer)
      else onDone(answer.added)
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  const choose = (file: File | undefined): void => {
    setChecked(null)
    const blob = file === undefined ? null : new Blob([file], { type: 'text/csv' })
    setText(blob)
    if (blob) void send(blob, true)
  }
  const columns: readonly Column<Verdict>[] = [
    { id: 'line', title: t('line'), phone: 'note', align: 'right', cell: ({ line }) => line },
    {
      id: 'range',
      title: t('range'),
      phone: 'title',
      cell: ({ from, to }) => <span translate="no">{from === to ? from : `${from} – ${to}`}</span>,
    },
    {
      id: 'verdict',
      title: t('verdict'),
      phone: 'fact',
      cell: ({ verdict, message, added }) =>
        verdict === 'refused' ? (
          <span className="op-refused">{message}</span>
        ) : verdict === 'nothing' ? (
          t('verdict.nothing')
        ) : (
          t('verdict.add', { count: added })
        ),
    },
  ]
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !isBusy && onClose()}>
      <DialogSurface className="op-wide">
        <DialogBody>
          <DialogTitle>{t('importTitle')}</DialogTitle>
          <DialogContent className="k-form">
            <p className="k-quiet">{t('importHow', { columns: STOCK_COLUMNS.join(', ') })}</p>
            <label className="op-file">
              {t('file')}
              <input type="file" accept=".csv,text/csv" onChange={({ target }) => choose(target.files?.[0])} />
            </label>
            {error !== null && (
              <Refusal
                title={isProblem(error) && error.title !== '' ? error.title : k('notReached')}
                detail={isProblem(error) ? error.detail : null}
              />
            )}
            {checked && checked.refused > 0 && <Refusal title={t('refused', { count: checked.refused })} />}
            {checked && (
              <DataTable
                label={t('lines')}
                columns={columns}
                rows={checked.verdicts}
                rowKey={(row) => String(row.line)}
                empty={null}
              />
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose} disabled={isBusy}>
              {t('close')}
            </Button>
            <Button
              appearance="primary"
              disabled={isBusy || text === null || checked === null || checked.refused > 0 || checked.added === 0}
              onClick={() => text && void send(text, false)}
            >
              {t('add', { count: checked?.added ?? 0 })}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
