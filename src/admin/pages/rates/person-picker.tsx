/** One of the users, found by typing: for look-ups and simulated calls. */
import { Combobox, Field, Option } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import type { PageOf } from '../../kit/use-pages.ts'

export interface Pickable {
  readonly id: string
  readonly name: string
  readonly number: string | null
}

const SHOWN = 20

/** Somebody who can call outside, for a look-up to begin with; else whoever is first. */
export function useFirstUser(isOn: boolean) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['users', id, 'first'],
    queryFn: async ({ signal }) => {
      const ask = (query: Record<string, string>) =>
        api.get<PageOf<Pickable>>(`/v1/tenants/${id}/users`, { query: { ...query, sort: 'name', limit: 1 }, signal })
      const { data } = await ask({ canCall: 'yes' })
      return data[0] ?? (await ask({})).data[0] ?? null
    },
    enabled: isOn,
  })
}

/** Users by name; `q`: those that have it in their name, number or mail address. */
export function useUsers(q = '', isOn = true) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['users', id, 'picker', q],
    queryFn: ({ signal }) =>
      api.get<PageOf<Pickable>>(`/v1/tenants/${id}/users`, { query: { q, sort: 'name', limit: SHOWN }, signal }),
    placeholderData: (before) => before,
    enabled: isOn,
  })
}

export function useUser(userId: string) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['users', id, userId],
    queryFn: ({ signal }) => api.get<Pickable>(`/v1/tenants/${id}/users/${userId}`, { signal }),
    enabled: userId !== '',
  })
}

export interface PersonPickerProps {
  readonly label: string
  readonly name?: string
  /** The id of the one who is chosen; `''`: nobody yet. */
  readonly value: string
  readonly error?: string | undefined
  readonly onChange: (userId: string) => void
}

export function PersonPicker({ label, name, value, error, onChange }: PersonPickerProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const { data } = useUsers((typed ?? '').trim())
  const known = data?.data.find(({ id }) => id === value)
  const other = useUser(known === undefined ? value : '')
  const chosen = known ?? other.data
  return (
    <Field label={label} {...(error === undefined ? {} : { validationMessage: error, validationState: 'error' })}>
      <Combobox
        {...(name === undefined ? {} : { name })}
        value={typed ?? chosen?.name ?? ''}
        selectedOptions={value === '' ? [] : [value]}
        onInput={(event) => setTyped(event.currentTarget.value)}
        // Whoever was typed and not chosen is forgotten.
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
        {(data?.data ?? []).map((person) => (
          <Option key={person.id} value={person.id} text={person.name}>
            <span translate="no">
              {person.name} {person.number !== null && <span className="k-quiet num">{person.number}</span>}
            </span>
          </Option>
        ))}
      </Combobox>
    </Field>
  )
}
