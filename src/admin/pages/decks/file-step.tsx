/** Step 1: a file, dropped or chosen, whatever is wrong with it; or an example that shows what one looks like. */
import { Button, Spinner } from '@fluentui/react-components'
import { ArrowDownloadRegular, ArrowUploadRegular } from '@fluentui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { type DragEvent, useRef, useState } from 'react'
import { RATE_DECK_COLUMNS } from '../../../core/rate-deck-fields.ts'
import { type ApiProblem, api, isProblem, newIntent, urlOf } from '../../data/client.ts'
import { Card } from '../../kit/card.tsx'
import { useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { kitWords } from '../../kit/words.ts'
import { useWords } from '../../words/use.tsx'
import { DECKS, type Draft, stepAt } from './data.ts'
import { importDeckWords } from './words.ts'

const NAME_MAX = 200

export function FileStep() {
  const t = useWords(importDeckWords)
  const k = useWords(kitWords)
  const go = useGo()
  const queries = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [name, setName] = useState<string | null>(null)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [isOver, setOver] = useState(false)

  async function upload(file: File | undefined): Promise<void> {
    if (!file || name !== null) return
    setProblem(null)
    setName(file.name)
    const from = location.pathname
    try {
      const path = urlOf(`${DECKS}/drafts`, { fileName: file.name.slice(-NAME_MAX) })
      const bytes = new Blob([await file.arrayBuffer()])
      const made = await api.post<Draft>(path, bytes, {
        headers: { 'content-type': 'text/csv' },
        intent: newIntent(),
      })
      await queries.invalidateQueries({ queryKey: ['rate-deck-drafts'] })
      go(stepAt(made.id, made.errorCount === 0 ? 'compare' : 'check'), { from })
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
      setName(null)
    }
  }

  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    void upload(event.dataTransfer.files[0])
  }
  return (
    <Card>
      <div className="k-stack">
        {problem && <Refusal title={problem.status === 0 ? k('notReached') : problem.title} detail={problem.detail} />}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for the keyboard */}
        <div
          className={isOver ? 'dk-drop dk-over' : 'dk-drop'}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          {name === null ? (
            <>
              <ArrowUploadRegular fontSize={32} aria-hidden="true" />
              <p>{t('drop')}</p>
              <Button appearance="primary" onClick={() => input.current?.click()}>
                {t('choose')}
              </Button>
            </>
          ) : (
            <Spinner label={<span>{t('uploading', { name })}</span>} />
          )}
          <input
            ref={input}
            type="file"
            accept=".csv,text/csv"
            className="unseen"
            tabIndex={-1}
            aria-label={t('choose')}
            onChange={(event) => {
              void upload(event.currentTarget.files?.[0])
              event.currentTarget.value = ''
            }}
          />
        </div>
        <p className="k-quiet">{t('columns')}</p>
        <p className="dk-columns" translate="no">
          {RATE_DECK_COLUMNS.map((column) => (
            <code key={column}>{column}</code>
          ))}
        </p>
        <Sample />
      </div>
    </Card>
  )
}

const SAMPLE_ROWS = [
  'out,1,CA,any,CAD,0,0,60,60,0,2026-01-01T00:00:00Z',
  'out,44,CA,fixed,CAD,0,0.0485,60,60,0,2026-01-01T00:00:00Z',
  'out,447,CA,mobile,CAD,0,0.1940,60,60,0,2026-01-01T00:00:00Z',
  'toll-free-in,1800,CA,any,CAD,0,0.0190,6,6,0,2026-01-01T00:00:00Z',
]

function Sample() {
  const t = useWords(importDeckWords)
  const text = `${[RATE_DECK_COLUMNS.join(','), ...SAMPLE_ROWS].join('\n')}\n`
  return (
    <p>
      <a
        className="dk-link"
        href={`data:text/csv;charset=utf-8,${encodeURIComponent(text)}`}
        download={t('sampleName')}
      >
        <ArrowDownloadRegular aria-hidden="true" fontSize={18} />
        <span>{t('sample')}</span>
      </a>
    </p>
  )
}
