/** Step 2: which column of the file is what, as guessed from its titles and as the admin knows better. */
import { Button, Dropdown, Field, Option, Switch } from '@fluentui/react-components'
import { useState } from 'react'
import { CSV_DELIMITERS, type CsvDelimiter } from '../../../core/csv-import.ts'
import { USER_COLUMNS } from '../../../core/user-csv.ts'
import { COLUMN_WORDS } from '../../../core/user-import-words.ts'
import { type ApiProblem, api, isProblem } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { useAt, useGo } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { kitWords } from '../../kit/words.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { importPath, type UserColumn, type UserImport } from './import-data.ts'
import { importWords } from './import-words.ts'

const ENCODINGS: Readonly<Record<string, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
}

export function ColumnsStep({ given }: { readonly given: UserImport }) {
  const t = useWords(importWords)
  const k = useWords(kitWords)
  const language = useLanguage()
  const { id } = useTenant()
  const go = useGo()
  const at = useAt()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const names = COLUMN_WORDS[language]

  async function save(changes: {
    columns?: readonly (UserColumn | null)[]
    delimiter?: string
    mayCreate?: boolean
  }): Promise<boolean> {
    const columns = changes.columns ?? given.columns.map(({ column }) => column)
    const body = {
      columns,
      delimiter: changes.delimiter ?? given.delimiter,
      mayCreate: changes.mayCreate ?? given.mayCreate,
    }
    setBusy(true)
    setProblem(null)
    try {
      const saved = await api.put<UserImport>(`${importPath(id, given.id)}/mapping`, body)
      queryClient.setQueryData(['user-import', id, given.id], saved)
      queryClient.removeQueries({ queryKey: ['user-import', id, given.id, 'dry-run'] })
      queryClient.removeQueries({ queryKey: ['user-import', id, given.id, 'rows'] })
      return true
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
      return false
    } finally {
      setBusy(false)
    }
  }

  /** One column of the file for each thing: what had it before is not read any more. */
  const choose = (index: number, column: UserColumn | null): void => {
    const columns = given.columns.map((one, other) =>
      other === index ? column : one.column === column ? null : one.column,
    )
    void save({ columns })
  }
  const isReadable = given.columns.some(({ column }) => column !== null && column !== 'id')
  return (
    <Card
      title={t('found', { name: given.fileName, count: given.rows, encoding: ENCODINGS[given.encoding] ?? '' })}
      aside={
        <Field label={t('delimiter')} orientation="horizontal">
          <Dropdown
            clearButton={null}
            className="i-delimiter"
            value={t(`delimiter.${given.delimiter as CsvDelimiter}`)}
            selectedOptions={[given.delimiter]}
            onOptionSelect={(_, { optionValue }) => void save({ columns: [], delimiter: optionValue ?? ',' })}
          >
            {CSV_DELIMITERS.map((delimiter) => (
              <Option key={delimiter} value={delimiter}>
                {t(`delimiter.${delimiter}`)}
              </Option>
            ))}
          </Dropdown>
        </Field>
      }
    >
      <div className="k-stack" aria-busy={isBusy}>
        {problem && <Refusal title={problem.status === 0 ? k('notReached') : problem.title} detail={problem.detail} />}
        <ul className="i-columns">
          {given.columns.map((column, index) => {
            const title = column.title === '' ? t('untitled', { n: index + 1 }) : column.title
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column has its place and nothing else that is its own
              <li key={index}>
                <div>
                  <b translate="no">{title}</b>
                  <span className="k-quiet" translate="no">
                    {column.samples.join(' · ')}
                  </span>
                  {column.repeated && column.column === null && <span className="i-note">{t('repeated')}</span>}
                </div>
                <Dropdown
                  clearButton={null}
                  aria-label={k('pair', { what: t('readAs'), value: title })}
                  value={column.column === null ? t('notRead') : names[column.column]}
                  selectedOptions={[column.column ?? '']}
                  onOptionSelect={(_, { optionValue }) => choose(index, (optionValue || null) as UserColumn | null)}
                >
                  <Option value="" text={t('notRead')}>
                    {t('notRead')}
                  </Option>
                  {USER_COLUMNS.map((name) => (
                    <Option key={name} value={name} text={names[name]}>
                      {names[name]}
                    </Option>
                  ))}
                </Dropdown>
              </li>
            )
          })}
        </ul>
        <Switch
          checked={given.mayCreate}
          onChange={(_, { checked }) => void save({ mayCreate: checked })}
          label={t('mayCreate')}
        />
        <p className="k-quiet">{t('matching')}</p>
        <div className="k-row">
          <Button
            appearance="primary"
            disabled={!isReadable || isBusy}
            onClick={() => go(at(`users/import/${given.id}/check`))}
          >
            {t('check')}
          </Button>
        </div>
      </div>
    </Card>
  )
}
