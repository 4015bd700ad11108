/** One of the emergency locations of a country; where there is none, the way to add one. */
import { Dropdown, Field, Option } from '@fluentui/react-components'
import { Go } from '../../kit/go.tsx'
import { useWords } from '../../words/use.tsx'
import { locationText, useLocations } from './data.ts'
import { numberWords } from './words.ts'

export interface LocationChoiceProps {
  /** Null: any. */
  readonly country: string | null
  /** `''`: none. */
  readonly value: string
  readonly mayBeNone: boolean
  readonly error?: string | undefined
  readonly onChange: (locationId: string) => void
}

export function LocationChoice({ country, value, mayBeNone, error, onChange }: LocationChoiceProps) {
  const t = useWords(numberWords)
  const { data } = useLocations(country)
  const known = data?.data ?? []
  const chosen = known.find(({ id }) => id === value)
  return (
    <Field
      label={t('location')}
      {...(error === undefined ? {} : { validationMessage: error, validationState: 'error' })}
      {...(data && known.length === 0
        ? {
            hint: (
              <Go to={`locations?panel=add${country === null ? '' : `&country=${country}`}`}>{t('addLocation')}</Go>
            ),
          }
        : {})}
    >
      <Dropdown
        clearButton={null}
        translate="no"
        value={chosen ? locationText(chosen) : mayBeNone ? t('noLocation') : ''}
        placeholder={t('choose')}
        selectedOptions={[value]}
        disabled={known.length === 0}
        onOptionSelect={(_, { optionValue }) => onChange(optionValue ?? '')}
      >
        {mayBeNone ? (
          <Option value="" text={t('noLocation')}>
            {t('noLocation')}
          </Option>
        ) : null}
        {known.map((location) => (
          <Option key={location.id} value={location.id} text={locationText(location)}>
            <span translate="no">{locationText(location)}</span>
          </Option>
        ))}
      </Dropdown>
    </Field>
  )
}
