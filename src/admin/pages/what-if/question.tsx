/** What is to be different: months, calls, prices, rates, people, and whether today's licences and plans stay. */
import { Button, Field, Input, Radio, RadioGroup, Select } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type BasketNowOut, whatIfBody } from '../../../api/schema/what-if.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { type Form, useForm } from '../../kit/use-form.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { PersonPicker, useUser } from '../rates/person-picker.tsx'
import {
  type Asked,
  bodyOf,
  fromUrl,
  PEOPLE,
  PERSON_CHANGES,
  type PersonChange,
  toUrl,
  UNCHANGED,
  URL_DEFAULTS,
} from './asked.ts'
import { BasketFields } from './basket-fields.tsx'
import type { WhatIfJob } from './page.tsx'
import { whatIfWords } from './words.ts'

const fieldOf = (param: string): string => {
  if (/^(plan|heads)/.test(param)) return 'people'
  return param.startsWith('basket.') ? param.replace('basket', 'countries') : (param.split('.')[0] ?? param)
}

export function Question({ onStarted }: { readonly onStarted: (job: WhatIfJob) => void }) {
  const t = useWords(whatIfWords)
  const { id, currency } = useTenant()
  const [inUrl, setUrl] = useUrlState(URL_DEFAULTS)
  const language = useLanguage()
  const now = useQuery({
    queryKey: ['what-if-now', id],
    queryFn: ({ signal }) => api.get<BasketNowOut>(`/v1/tenants/${id}/what-if`, { signal }),
  })
  const form = useForm<Asked, WhatIfJob>({
    initial: UNCHANGED,
    schema: whatIfBody,
    toBody: (values) => bodyOf(values, currency, now.data, language),
    fieldOf,
    submit: (body, intent) => api.post<WhatIfJob>(`/v1/tenants/${id}/what-if`, body, { intent }),
    onDone: onStarted,
    draft: `what-if ${id}`,
  })
  const { values } = form
  // The address says what is asked: what it carries goes before the draft of this tab, and what is typed goes into it.
  const latest = useRef(form)
  latest.current = form
  const isRead = useRef(false)
  useEffect(() => {
    const asked = fromUrl(inUrl)
    if (!isRead.current && JSON.stringify(asked) !== JSON.stringify(UNCHANGED)) latest.current.reset(asked)
    else setUrl(toUrl(values))
    isRead.current = true
  }, [values, inUrl, setUrl])
  return (
    <Card title={t('question')}>
      <form className="what-if-form" onSubmit={(event) => void form.onSubmit(event)} noValidate>
        {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
        <div className="what-if-pair">
          <Field {...form.field('months', t('months'))}>
            <Select value={values.months} onChange={(_, { value }) => form.set('months', value)}>
              {['1', '2', '3', '6', '12'].map((count) => (
                <option key={count} translate="no">
                  {count}
                </option>
              ))}
            </Select>
          </Field>
          <Field {...form.field('percent', t('percent'))}>
            <Input inputMode="numeric" {...form.input('percent')} />
          </Field>
        </div>
        <div className="what-if-pair">
          <Field {...form.field('licencePrice', t('licencePrice'))}>
            <Input
              inputMode="decimal"
              contentAfter={<span translate="no">{currency}</span>}
              placeholder={t('asToday')}
              {...form.input('licencePrice')}
            />
          </Field>
          <Field {...form.field('internationalPrice', t('internationalPrice'))}>
            <Input
              inputMode="decimal"
              contentAfter={<span translate="no">{currency}</span>}
              placeholder={t('asToday')}
              {...form.input('internationalPrice')}
            />
          </Field>
        </div>
        <Decks form={form} />
        <Field {...form.field('basket', t('basket'))}>
          <RadioGroup value={values.basket} onChange={(_, { value }) => form.set('basket', value)}>
            <Radio value="now" label={t('now')} />
            <Radio value="best" label={t('best')} />
            <Radio value="given" label={t('others')} />
          </RadioGroup>
        </Field>
        {values.basket === 'given' && <BasketFields form={form} now={now} />}
        <People form={form} />
        <Button appearance="primary" type="submit" disabled={form.isBusy || (values.basket === 'given' && !now.data)}>
          {t('start')}
        </Button>
      </form>
    </Card>
  )
}

interface Deck {
  readonly id: string
  readonly version: number
  readonly active: boolean
}

/** What is not in force is the operator's affair. */
function Decks({ form }: { readonly form: Form<Asked> }) {
  const t = useWords(whatIfWords)
  const maySee = useMay('rate-deck:read')
  const decks = useQuery({
    queryKey: ['rate-decks'],
    queryFn: ({ signal }) => api.get<{ readonly data: readonly Deck[] }>('/v1/rate-decks', { signal }),
    enabled: maySee,
  })
  const others = decks.data?.data.filter(({ active }) => !active) ?? []
  if (others.length === 0) return null
  return (
    <Field {...form.field('rateDeck', t('rateDeck'))}>
      <Select value={form.values.rateDeck} onChange={(_, { value }) => form.set('rateDeck', value)}>
        <option value="">{t('activeDeck')}</option>
        {others.map(({ id, version }) => (
          <option key={id} value={id}>
            {t('deck', { version })}
          </option>
        ))}
      </Select>
    </Field>
  )
}

function People({ form }: { readonly form: Form<Asked> }) {
  const t = useWords(whatIfWords)
  const { people } = form.values
  const add = (id: string): void => {
    if (people.every((one) => one.id !== id)) form.set('people', [...people, { id, change: 'leaves' }])
  }
  return (
    <fieldset className="what-if-people">
      <legend>{t('people')}</legend>
      {people.map(({ id, change }) => (
        <Person
          key={id}
          id={id}
          change={change}
          // The plan is moved in today's basket only: the others say themselves who holds it.
          choices={
            form.values.basket === 'now' ? PERSON_CHANGES : PERSON_CHANGES.filter((one) => PEOPLE[one] !== undefined)
          }
          onChange={(next) =>
            form.set(
              'people',
              people.map((one) => (one.id === id ? { id, change: next } : one)),
            )
          }
          onRemove={() =>
            form.set(
              'people',
              people.filter((one) => one.id !== id),
            )
          }
        />
      ))}
      <PersonPicker label={t('addPerson')} value="" error={form.errors.people} onChange={add} />
    </fieldset>
  )
}

interface PersonProps {
  readonly id: string
  readonly change: PersonChange
  readonly choices: readonly PersonChange[]
  readonly onChange: (change: PersonChange) => void
  readonly onRemove: () => void
}

function Person({ id, change, choices, onChange, onRemove }: PersonProps) {
  const t = useWords(whatIfWords)
  const { data } = useUser(id)
  const name = data?.name ?? ''
  return (
    <div className="what-if-person">
      <b translate="no">{name}</b>
      <Select
        aria-label={t('changeOf', { name })}
        value={change}
        onChange={(_, { value }) => onChange(PERSON_CHANGES.find((one) => one === value) ?? 'leaves')}
      >
        {(choices.includes(change) ? choices : [...choices, change]).map((one) => (
          <option key={one} value={one}>
            {t(one)}
          </option>
        ))}
      </Select>
      <Button appearance="subtle" icon={<DismissRegular />} aria-label={t('remove', { name })} onClick={onRemove} />
    </div>
  )
}
