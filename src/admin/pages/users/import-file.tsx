/** Step 1: a file, dropped or chosen; or a sample that shows what one looks like. */
import { Button, Spinner } from '@fluentui/react-components'
import { ArrowDownloadRegular, ArrowUploadRegular } from '@fluentui/react-icons'
import { type DragEvent, useRef, useState } from 'react'
import { IMPORT_BYTES_MAX } from '../../../api/schema/user-import.ts'
import { csvLine } from '../../../core/csv-import.ts'
import type { UserColumn } from '../../../core/user-csv.ts'
import { COLUMN_WORDS } from '../../../core/user-import-words.ts'
import { type ApiProblem, api, isProblem, urlOf } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { useAt, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { kitWords } from '../../kit/words.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import type { UserImport } from './import-data.ts'
import { importWords } from './import-words.ts'

export function FileStep() {
  const t = useWords(importWords)
  const k = useWords(kitWords)
  const { id } = useTenant()
  const go = useGo()
  const at = useAt()
  const input = useRef<HTMLInputElement>(null)
  const [name, setName] = useState<string | null>(null)
  const [problem, setProblem] = useState<ApiProblem | 'too-large' | null>(null)
  const [isOver, setOver] = useState(false)

  async function upload(file: File | undefined): Promise<void> {
    if (!file || name !== null) return
    setProblem(null)
    if (file.size > IMPORT_BYTES_MAX) return setProblem('too-large')
    setName(file.name)
    const from = location.pathname
    try {
      const path = urlOf(`/v1/tenants/${id}/user-imports`, { fileName: file.name.slice(0, 200) })
      const bytes = new Blob([await file.arrayBuffer()])
      const made = await api.post<UserImport>(path, bytes, { headers: { 'content-type': 'text/csv' } })
      go(at(`users/import/${made.id}/columns`), { from })
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
  const title =
    problem === 'too-large' ? t('tooLarge') : problem && (problem.status === 0 ? k('notReached') : problem.title)
  return (
    <Card>
      <div className="k-stack">
        {title && <Refusal title={title} />}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for the keyboard */}
        <div
          className={isOver ? 'i-drop i-over' : 'i-drop'}
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
            accept=".csv,.txt,.tsv,text/csv"
            className="unseen"
            tabIndex={-1}
            aria-label={t('choose')}
            onChange={(event) => {
              void upload(event.currentTarget.files?.[0])
              event.currentTarget.value = ''
            }}
          />
        </div>
        <p className="k-quiet">{t('rules')}</p>
        <Sample />
      </div>
    </Card>
  )
}

const SAMPLE_COLUMNS: readonly UserColumn[] = [
  'name',
  'email',
  'usageLocation',
  'voiceSku',
  'internationalPlan',
  'creditsEnabled',
]

/** Two people as a file may have them, in the language of the page; semicolons where French spreadsheets expect them. */
function Sample() {
  const t = useWords(importWords)
  const language = useLanguage()
  const { country } = useTenant()
  const [yes, no, delimiter] = language === 'fr' ? (['oui', 'non', ';'] as const) : (['yes', 'no', ','] as const)
  const rows = [
    SAMPLE_COLUMNS.map((column) => COLUMN_WORDS[language][column]),
    ['Maya Tremblay', 'maya@contoso.example', country, yes, yes, yes],
    ['Hugo Roy', 'hugo@contoso.example', country, no, '', ''],
  ]
  const text = `\ufeff${rows.map((row) => csvLine(row, delimiter)).join('')}`
  return (
    <p>
      <a
        className="j-download"
        href={`data:text/csv;charset=utf-8,${encodeURIComponent(text)}`}
        download={t('sampleName')}
      >
        <ArrowDownloadRegular aria-hidden="true" fontSize={18} />
        <span>{t('sample')}</span>
      </a>
    </p>
  )
}
