/** A country, found by typing its name. */
import { Combobox, Field, Option } from '@fluentui/react-components'
import { useMemo, useState } from 'react'
import { type Country, countryName } from '../../../core/country.ts'
import { likeness } from '../../shell/fold.ts'
import { FORMED_COUNTRIES } from '../../words/countries.ts'
import { useLanguage } from '../../words/use.tsx'

const SHOWN = 30
/** Where plans are: offered first. */
const FIRST = ['CA', 'US', 'GB', 'PR']

export interface CountryPickerProps {
  readonly label: string
  readonly name?: string
  readonly value: string
  readonly error?: string | undefined
  readonly onChange: (country: string) => void
}

export function CountryPicker({ label, name, value, error, onChange }: CountryPickerProps) {
  const language = useLanguage()
  const [typed, setTyped] = useState<string | null>(null)
  const all = useMemo(
    () =>
      FORMED_COUNTRIES.map((code) => ({ code, text: countryName(code as Country, language) })).toSorted(
        (a, b) => FIRST.indexOf(b.code) - FIRST.indexOf(a.code) || a.text.localeCompare(b.text, language),
      ),
    [language],
  )
  const shown = all
    .map((one) => ({ ...one, score: likeness(one.text, typed ?? '') }))
    .filter(({ score }) => score >= 0.7)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, SHOWN)
  return (
    <Field label={label} {...(error === undefined ? {} : { validationMessage: error, validationState: 'error' })}>
      <Combobox
        {...(name === undefined ? {} : { name })}
        value={typed ?? (value === '' ? '' : countryName(value as Country, language))}
        selectedOptions={[value]}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onOpenChange={(_, { open }) => {
          if (!open) setTyped(null)
        }}
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
        {shown.map(({ code, text }) => (
          <Option key={code} value={code} text={text}>
            <span translate="no">{text}</span>
          </Option>
        ))}
      </Combobox>
    </Field>
  )
}
