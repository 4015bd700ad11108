/** Filters over a table: a search field and choices; what is set is a pill that can be taken away, and all of it is in the address. */
import { Button, Dropdown, Option, SearchBox } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useWords } from '../words/use.tsx'
import { kitWords } from './words.ts'
import './kit.css'

/** A row of filters. `/` goes to its search field. */
export function Filters({ children }: { readonly children: ReactNode }) {
  return (
    <search className="k-filters" data-filter>
      {children}
    </search>
  )
}

const TYPED_MS = 250

/** A search field that waits until typing pauses. */
export function FilterText({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
}) {
  const t = useWords(kitWords)
  const [text, setText] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => setText(value), [value])
  return (
    <SearchBox
      className="k-filter-text"
      aria-label={label}
      placeholder={label}
      dismiss={{ 'aria-label': t('clear') }}
      value={text}
      onChange={(_, data) => {
        setText(data.value)
        clearTimeout(timer.current)
        timer.current = setTimeout(() => onChange(data.value), TYPED_MS)
      }}
    />
  )
}

export interface FilterChoiceProps {
  readonly label: string
  /** `''`: all. */
  readonly value: string
  readonly options: readonly { readonly value: string; readonly text: string }[]
  readonly onChange: (value: string) => void
}

/** One of a few; once chosen it is a pill with its cross. */
export function FilterChoice({ label, value, options, onChange }: FilterChoiceProps) {
  const t = useWords(kitWords)
  const chosen = options.find((option) => option.value === value)
  return (
    <span className={chosen ? 'k-filter k-filter-on' : 'k-filter'}>
      <Dropdown
        clearButton={null}
        aria-label={label}
        size="medium"
        appearance="outline"
        value={chosen ? t('pair', { what: label, value: chosen.text }) : label}
        selectedOptions={[value]}
        onOptionSelect={(_, { optionValue }) => onChange(optionValue ?? '')}
      >
        <Option value="" text={t('all')}>
          {t('all')}
        </Option>
        {options.map((option) => (
          <Option key={option.value} value={option.value} text={option.text}>
            {option.text}
          </Option>
        ))}
      </Dropdown>
      {chosen && (
        <Button
          size="small"
          appearance="transparent"
          icon={<DismissRegular />}
          aria-label={t('removeFilter', { what: label })}
          onClick={() => onChange('')}
        />
      )}
    </span>
  )
}
