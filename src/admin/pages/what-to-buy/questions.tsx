/** The five questions, on one page: what is asked depends on what was answered. */
import { Button, Checkbox, Field, Input, Select } from '@fluentui/react-components'
import { AddRegular, DeleteRegular } from '@fluentui/react-icons'
import { type ReactNode, useMemo } from 'react'
import { type Country, countryName } from '../../../core/country.ts'
import { Card } from '../../kit/card.tsx'
import { FORMED_COUNTRIES } from '../../words/countries.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { type Answers, type GroupAnswer, newKey } from './answers.ts'
import { whatToBuyWords } from './words.ts'

interface QuestionsProps {
  readonly answers: Answers
  readonly onChange: (answers: Answers) => void
}

const PEOPLE_MAX = 2_000
const MINUTES_MAX = 44_640

export function Questions({ answers, onChange }: QuestionsProps) {
  const t = useWords(whatToBuyWords)
  const { groups } = answers
  const nameOf = (group: GroupAnswer): string => group.name.trim() || t('unnamed')
  const change = (key: string, to: Partial<GroupAnswer>): void =>
    onChange({ ...answers, groups: groups.map((group) => (group.key === key ? { ...group, ...to } : group)) })
  const add = (): void =>
    onChange({
      ...answers,
      groups: [
        ...groups,
        {
          key: newKey(),
          name: t('newGroup'),
          people: 1,
          country: answers.country,
          callsOutside: true,
          domesticMinutes: 100,
          abroad: [],
        },
      ],
    })
  /** Who worked where the organisation is works where it is now. */
  const move = (country: string): void =>
    onChange({
      ...answers,
      country,
      groups: groups.map((group) => (group.country === answers.country ? { ...group, country } : group)),
    })
  const outside = groups.filter((group) => group.callsOutside)
  return (
    <form className="k-stack no-print" onSubmit={(event) => event.preventDefault()}>
      <Card title={t('q1')}>
        <Field label={t('country')}>
          <CountrySelect value={answers.country} onChange={move} />
        </Field>
        {groups.map((group) => (
          <div className="what-to-buy-group" key={group.key}>
            <Field label={t('kindOfWork')}>
              <Input
                value={group.name}
                maxLength={60}
                onChange={(_, { value }) => change(group.key, { name: value })}
              />
            </Field>
            <Whole
              label={t('people')}
              value={group.people}
              max={PEOPLE_MAX}
              onChange={(people) => change(group.key, { people })}
            />
            <Field label={t('location')}>
              <CountrySelect value={group.country} onChange={(country) => change(group.key, { country })} />
            </Field>
            <Button
              appearance="subtle"
              icon={<DeleteRegular />}
              aria-label={t('removeGroup', { name: nameOf(group) })}
              disabled={groups.length === 1}
              onClick={() => onChange({ ...answers, groups: groups.filter(({ key }) => key !== group.key) })}
            />
          </div>
        ))}
        <Button icon={<AddRegular />} onClick={add} disabled={groups.length >= 20}>
          {t('addGroup')}
        </Button>
      </Card>

      <Card title={t('q2')}>
        {groups.map((group) => (
          <div key={group.key}>
            <Checkbox
              label={t('callsOutside', { name: nameOf(group) })}
              checked={group.callsOutside}
              onChange={(_, { checked }) => change(group.key, { callsOutside: checked === true })}
            />
            {!group.callsOutside && <p className="k-quiet what-to-buy-hint">{t('colleaguesOnly')}</p>}
          </div>
        ))}
      </Card>

      <Card title={t('q3')}>
        {outside.length === 0 && <p className="k-quiet">{t('nobodyOutside')}</p>}
        {outside.map((group) => (
          <Calling key={group.key} group={group} name={nameOf(group)} onChange={(to) => change(group.key, to)} />
        ))}
      </Card>

      <Card title={t('q4')}>
        <Checkbox
          label={t('tollFree')}
          checked={answers.tollFreeMinutes !== null}
          onChange={(_, { checked }) => onChange({ ...answers, tollFreeMinutes: checked === true ? 300 : null })}
        />
        {answers.tollFreeMinutes !== null && (
          <Whole
            label={t('tollFreeMinutes')}
            value={answers.tollFreeMinutes}
            max={10_000_000}
            onChange={(tollFreeMinutes) => onChange({ ...answers, tollFreeMinutes })}
          />
        )}
      </Card>

      <Card title={t('q5')}>
        <Checkbox
          label={t('keepsNumbers')}
          checked={answers.keepsNumbers}
          onChange={(_, { checked }) => onChange({ ...answers, keepsNumbers: checked === true })}
        />
      </Card>
    </form>
  )
}

interface CallingProps {
  readonly group: GroupAnswer
  readonly name: string
  readonly onChange: (to: Partial<GroupAnswer>) => void
}

function Calling({ group, name, onChange }: CallingProps) {
  const t = useWords(whatToBuyWords)
  const { abroad } = group
  const change = (key: string, to: Partial<GroupAnswer['abroad'][number]>): void =>
    onChange({ abroad: abroad.map((one) => (one.key === key ? { ...one, ...to } : one)) })
  return (
    <fieldset className="what-to-buy-calling">
      <legend translate="no">{name}</legend>
      <Whole
        label={t('domesticMinutes', { name })}
        value={group.domesticMinutes}
        max={MINUTES_MAX}
        onChange={(domesticMinutes) => onChange({ domesticMinutes })}
      />
      {abroad.map((one) => (
        <div className="what-to-buy-group" key={one.key}>
          <Field label={t('abroadCountry')}>
            <CountrySelect value={one.country} onChange={(country) => change(one.key, { country })} />
          </Field>
          <Whole
            label={t('abroadMinutes')}
            value={one.minutes}
            max={MINUTES_MAX}
            onChange={(minutes) => change(one.key, { minutes })}
          />
          <Button
            appearance="subtle"
            icon={<DeleteRegular />}
            aria-label={t('removeAbroad', { country: one.country })}
            onClick={() => onChange({ abroad: abroad.filter(({ key }) => key !== one.key) })}
          />
        </div>
      ))}
      <Button
        icon={<AddRegular />}
        disabled={abroad.length >= 12}
        onClick={() => onChange({ abroad: [...abroad, { key: newKey(), country: 'FR', minutes: 30 }] })}
      >
        {t('addAbroad', { name })}
      </Button>
    </fieldset>
  )
}

interface WholeProps {
  readonly label: string
  readonly value: number
  readonly max: number
  readonly onChange: (value: number) => void
}

/** A whole number that cannot be anything else. */
function Whole({ label, value, max, onChange }: WholeProps): ReactNode {
  return (
    <Field label={label}>
      <Input
        className="num"
        inputMode="numeric"
        value={String(value)}
        onChange={(_, { value: text }) => onChange(Math.min(max, Number(text.replaceAll(/\D/g, '').slice(0, 9))))}
      />
    </Field>
  )
}

function CountrySelect({
  value,
  onChange,
  ...field
}: {
  readonly value: string
  readonly onChange: (country: string) => void
}) {
  const language = useLanguage()
  const countries = useMemo(() => {
    const named = FORMED_COUNTRIES.map((code) => ({ code, name: countryName(code as Country, language) }))
    return named.sort((a, b) => a.name.localeCompare(b.name, language))
  }, [language])
  return (
    <Select {...field} value={value} onChange={(_, data) => onChange(data.value)}>
      {countries.map(({ code, name }) => (
        <option key={code} value={code} translate="no">
          {name}
        </option>
      ))}
    </Select>
  )
}
