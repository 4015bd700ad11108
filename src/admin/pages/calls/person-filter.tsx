/** Whose calls: found by name, then a pill with its cross. */
import { Button, Combobox, Option } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { useWords } from '../../words/use.tsx'
import { callsWords } from './words.ts'

interface Person {
  readonly id: string
  readonly name: string
}

interface PersonFilterProps {
  /** `usr_…`; `''`: everybody's. */
  readonly value: string
  readonly onChange: (userId: string) => void
}

export function PersonFilter({ value, onChange }: PersonFilterProps) {
  const t = useWords(callsWords)
  const { id } = useTenant()
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const chosen = useQuery({
    queryKey: ['user', id, value, 'name'],
    enabled: value !== '',
    queryFn: ({ signal }) => api.get<Person>(`/v1/tenants/${id}/users/${value}`, { signal }),
  })
  const found = useQuery({
    queryKey: ['users', id, 'names', text],
    enabled: isOpen,
    queryFn: ({ signal }) =>
      api.get<{ data: readonly Person[] }>(`/v1/tenants/${id}/users`, {
        query: { q: text, limit: 8, sort: 'name' },
        signal,
      }),
    placeholderData: (before) => before,
    staleTime: 30_000,
  })
  if (value !== '') {
    const name = chosen.data?.name ?? (chosen.isError ? t('deleted') : '…')
    return (
      <span className="k-filter k-filter-on calls-pill">
        <span>
          {t('person')}: <b translate="no">{name}</b>
        </span>
        <Button
          size="small"
          appearance="transparent"
          icon={<DismissRegular />}
          aria-label={t('removeFilter', { what: t('person') })}
          onClick={() => onChange('')}
        />
      </span>
    )
  }
  const people = found.data?.data ?? []
  return (
    <Combobox
      className="calls-person"
      aria-label={t('person')}
      placeholder={t('person')}
      value={text}
      selectedOptions={[]}
      open={isOpen}
      onOpenChange={(_, data) => setOpen(data.open)}
      onInput={(event) => setText(event.currentTarget.value)}
      onOptionSelect={(_, { optionValue }) => {
        if (optionValue) onChange(optionValue)
        setText('')
      }}
    >
      {people.map((person) => (
        <Option key={person.id} value={person.id} text={person.name}>
          <span translate="no">{person.name}</span>
        </Option>
      ))}
      {people.length === 0 && (
        <Option disabled value="" text={t('personNone')}>
          {t('personNone')}
        </Option>
      )}
    </Combobox>
  )
}
