/** Licences, who holds the International plan, and plans only for their minutes: country by country, as they are now to begin with. */
import { Field, Input, ToggleButton } from '@fluentui/react-components'
import { CheckmarkRegular, DismissRegular } from '@fluentui/react-icons'
import type { UseQueryResult } from '@tanstack/react-query'
import type { BasketNowOut } from '../../../api/schema/what-if.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { Block } from '../../kit/block.tsx'
import type { Form } from '../../kit/use-form.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { PersonPicker, useUser } from '../rates/person-picker.tsx'
import { type Asked, type CountryChange, type CountryRow, rowsOf } from './asked.ts'
import { whatIfWords } from './words.ts'

interface Props {
  readonly form: Form<Asked>
  readonly now: UseQueryResult<BasketNowOut>
}

export function BasketFields({ form, now }: Props) {
  const t = useWords(whatIfWords)
  return (
    <Block query={now}>
      {(found) => {
        const rows = rowsOf(found, form.values.countries)
        if (rows.length === 0) return <p className="k-quiet">{t('noCountry')}</p>
        return (
          <div className="what-if-countries">
            {rows.map((row, place) => (
              <CountryFields key={row.country} form={form} row={row} place={place} />
            ))}
          </div>
        )
      }}
    </Block>
  )
}

const isSame = ({ licences, idle, gains, loses }: CountryChange): boolean =>
  licences === null && idle === null && gains.length + loses.length === 0

function CountryFields({
  form,
  row,
  place,
}: {
  readonly form: Form<Asked>
  readonly row: CountryRow
  readonly place: number
}) {
  const t = useWords(whatIfWords)
  const language = useLanguage()
  const { country, people, licences, idle, holders, change } = row
  const { gains, loses } = change
  const name = countryName(country as Country, language)
  const put = (next: Partial<CountryChange>): void => {
    const changed = { ...change, ...next }
    const others = form.values.countries.filter((one) => one.country !== country)
    form.set('countries', isSame(changed) ? others : [...others, changed])
  }
  const flip = (list: readonly string[], id: string): string[] =>
    list.includes(id) ? list.filter((one) => one !== id) : [...list, id]
  const error = (part: string) => {
    const message = form.errors[`countries.${place}.${part}`]
    return message === undefined ? {} : ({ validationMessage: message, validationState: 'error' } as const)
  }
  const give = (id: string): void => {
    if (holders.some(({ userId }) => userId === id)) put({ loses: loses.filter((one) => one !== id) })
    else if (!gains.includes(id)) put({ gains: [...gains, id] })
  }
  return (
    <fieldset className="what-if-country">
      <legend>
        <span translate="no">{name}</span> <span className="k-quiet">{t('peopleThere', { count: people })}</span>
      </legend>
      <div className="what-if-pair">
        <Field label={t('licenceCount')} {...error('licences')}>
          <Input
            name={`countries.${place}.licences`}
            inputMode="numeric"
            value={licences}
            onChange={(_, { value }) => put({ licences: value })}
          />
        </Field>
        <Field label={t('idleCount')} {...error('idleHolders')}>
          <Input
            name={`countries.${place}.idleHolders`}
            inputMode="numeric"
            value={idle}
            onChange={(_, { value }) => put({ idle: value })}
          />
        </Field>
      </div>
      <Field label={t('holders')} {...error('holders')}>
        <div className="what-if-holders">
          {holders.map(({ userId, name: holder }) => (
            <ToggleButton
              key={userId}
              size="small"
              shape="circular"
              icon={loses.includes(userId) ? <DismissRegular /> : <CheckmarkRegular />}
              checked={!loses.includes(userId)}
              onClick={() => put({ loses: flip(loses, userId) })}
            >
              <span translate="no">{holder}</span>
            </ToggleButton>
          ))}
          {gains.map((id) => (
            <Gained key={id} id={id} onClick={() => put({ gains: flip(gains, id) })} />
          ))}
          {holders.length + gains.length === 0 && <span className="k-quiet">{t('nobodyHolds')}</span>}
        </div>
      </Field>
      <PersonPicker label={t('giveTo', { country: name })} value="" onChange={give} />
    </fieldset>
  )
}

function Gained({ id, onClick }: { readonly id: string; readonly onClick: () => void }) {
  const { data } = useUser(id)
  return (
    <ToggleButton size="small" shape="circular" icon={<CheckmarkRegular />} checked onClick={onClick}>
      <span translate="no">{data?.name ?? '…'}</span>
    </ToggleButton>
  )
}
