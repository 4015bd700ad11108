/** Where a caller goes: to a colleague, to a number outside, or nowhere. */
import { Field, Input, Select } from '@fluentui/react-components'
import { useState } from 'react'
import { useWords } from '../../words/use.tsx'
import { PersonPicker } from '../rates/person-picker.tsx'
import type { Target } from './data.ts'
import { greetingWords } from './words.ts'
import './greeting.css'

const KINDS = ['user', 'number', 'hang-up'] as const

export interface TargetFieldProps {
  readonly label: string
  /** Null: nothing was chosen yet. */
  readonly value: Target | null
  readonly error?: string | undefined
  readonly isReadOnly?: boolean
  readonly onChange: (target: Target | null) => void
}

export function TargetField({ label, value, error, isReadOnly = false, onChange }: TargetFieldProps) {
  const t = useWords(greetingWords)
  const [kind, setKind] = useState<Target['to']>(value?.to ?? 'user')
  // What is typed may be no number yet.
  const [typed, setTyped] = useState(value?.to === 'number' ? value.number : '')
  const choose = (next: Target['to']): void => {
    setKind(next)
    if (next === 'hang-up') onChange({ to: 'hang-up' })
    else if (next === 'number' && typed !== '') onChange({ to: 'number', number: typed })
    else onChange(null)
  }
  const fault = error === undefined ? {} : ({ validationMessage: error, validationState: 'error' } as const)
  return (
    <div className="greeting-target">
      <Field label={label} {...(kind === 'hang-up' ? fault : {})}>
        <Select
          value={kind}
          disabled={isReadOnly}
          onChange={(_, { value: next }) => choose(KINDS.find((one) => one === next) ?? 'user')}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`to.${one}`)}
            </option>
          ))}
        </Select>
      </Field>
      {kind === 'user' && (
        <fieldset disabled={isReadOnly} className="greeting-bare">
          <PersonPicker
            label={t('colleague')}
            value={value?.to === 'user' ? value.userId : ''}
            error={error}
            onChange={(userId) => onChange({ to: 'user', userId })}
          />
        </fieldset>
      )}
      {kind === 'number' && (
        <Field label={t('number')} hint={t('numberHow')} {...fault}>
          <Input
            value={typed}
            type="tel"
            disabled={isReadOnly}
            placeholder="+14165550123"
            onChange={(_, data) => {
              const number = data.value.replaceAll(/[\s().-]/g, '')
              setTyped(number)
              onChange(number === '' ? null : { to: 'number', number })
            }}
          />
        </Field>
      )}
    </div>
  )
}
