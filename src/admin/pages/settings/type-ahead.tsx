/** One of many names of machines (a zone, a currency), found by typing. */
import { Combobox, Field, Option } from '@fluentui/react-components'
import { useMemo, useState } from 'react'
import { folded } from '../../shell/fold.ts'

const SHOWN = 40

export interface TypeAheadProps {
  readonly label: string
  readonly hint?: string
  readonly name?: string
  readonly options: readonly string[]
  readonly value: string
  readonly error?: string | undefined
  readonly onChange: (value: string) => void
}

export function TypeAhead({ label, hint, name, options, value, error, onChange }: TypeAheadProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const found = useMemo(() => {
    const wanted = folded(typed ?? '').replaceAll(' ', '_')
    return options.filter((option) => folded(option).includes(wanted)).slice(0, SHOWN)
  }, [options, typed])
  return (
    <Field
      label={label}
      {...(hint === undefined ? {} : { hint })}
      {...(error === undefined ? {} : { validationMessage: error, validationState: 'error' as const })}
    >
      <Combobox
        {...(name === undefined ? {} : { name })}
        value={typed ?? value}
        selectedOptions={[value]}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => setTyped(null)}
        onOptionSelect={(_, { optionValue }) => {
          // Typing unselects; that is no choice.
          if (!optionValue) return
          setTyped(null)
          onChange(optionValue)
        }}
        freeform
        expandIcon={{ 'aria-label': label }}
        clearIcon={null}
      >
        {found.map((option) => (
          <Option key={option} value={option} text={option}>
            <span translate="no">{option}</span>
          </Option>
        ))}
      </Combobox>
    </Field>
  )
}
