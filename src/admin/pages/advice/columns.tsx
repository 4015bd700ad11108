/** Which column of a plain list is which, for a file whose names nobody can guess: chosen among the names of its first line. */
import { Field, Select } from '@fluentui/react-components'
import { CALL_COLUMNS, type CallColumn } from '../../../api/schema/advice.ts'
import { useWords } from '../../words/use.tsx'
import { adviceWords } from './words.ts'

export type ChosenColumns = Readonly<Partial<Record<CallColumn, string>>>

const HEAD_BYTES = 65_536
const DELIMITERS = [',', ';', '\t', '|'] as const

/** The names in the first line of a file; none for one that is packed, or that begins with a call. */
export async function headerOf(file: File): Promise<readonly string[]> {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  // gzip and zip say so at once.
  if ((bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0x50 && bytes[1] === 0x4b)) return []
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  const [line = ''] = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes).split(/\r?\n/, 1)
  const rows = DELIMITERS.map((delimiter) => namesOf(line, delimiter))
  const names = rows.toSorted((a, b) => b.length - a.length)[0] ?? []
  const isHeader = names.length > 1 && names.every((name) => name === '' || /\p{L}/u.test(name))
  return isHeader ? [...new Set(names.filter((name) => name !== ''))] : []
}

function namesOf(line: string, delimiter: string): string[] {
  const names = ['']
  let isQuoted = false
  for (const char of line) {
    if (char === '"') isQuoted = !isQuoted
    else if (char === delimiter && !isQuoted) names.push('')
    else names.push((names.pop() ?? '') + char)
  }
  return names.map((name) => name.trim())
}

interface ColumnsProps {
  readonly header: readonly string[]
  readonly chosen: ChosenColumns
  readonly onChange: (chosen: ChosenColumns) => void
}

export function Columns({ header, chosen, onChange }: ColumnsProps) {
  const t = useWords(adviceWords)
  if (header.length === 0) return null
  const choose = (column: CallColumn, name: string): void => {
    const { [column]: _, ...others } = chosen
    onChange(name === '' ? others : { ...others, [column]: name })
  }
  return (
    <details className="advice-mapping">
      <summary>{t('columns')}</summary>
      <div className="advice-pair">
        {CALL_COLUMNS.map((column) => (
          <Field key={column} label={t(`column.${column}`)}>
            <Select value={chosen[column] ?? ''} onChange={(_, { value }) => choose(column, value)}>
              <option value="">{t('columnGuessed')}</option>
              {header.map((name) => (
                <option key={name} value={name} translate="no">
                  {name}
                </option>
              ))}
            </Select>
          </Field>
        ))}
      </div>
    </details>
  )
}
