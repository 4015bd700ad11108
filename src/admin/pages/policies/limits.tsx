/** Limits of the organisation, of each user and of countries (A1), and what is used of them. */
import { Button, Field, Radio, RadioGroup } from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { type TenantLimitsOnWire, tenantLimitsBody } from '../../../api/schema/spend-limit.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { api } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { changesOf } from '../../kit/changes.ts'
import { DraftNote } from '../../kit/draft.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { CountryPicker } from '../users/country-picker.tsx'
import { draftOfLimits, type LimitDraft, LimitFields, LimitUse, limitFieldOf, limitsOfDraft } from './limit-fields.tsx'
import { limitWords } from './limit-words.ts'

const MODES = ['any', 'except', 'only'] as const

type Values = {
  readonly organisation: LimitDraft
  readonly eachUser: LimitDraft
  readonly mode: (typeof MODES)[number]
  readonly countries: readonly string[]
}

export function LimitsCard() {
  const t = useWords(limitWords)
  const { id } = useTenant()
  const limits = useQuery({
    queryKey: ['limits', id],
    queryFn: ({ signal }) => api.get<TenantLimitsOnWire>(`/v1/tenants/${id}/limits`, { signal }),
  })
  return (
    <Card title={t('title')}>
      <Block query={limits} lines={6}>
        {({ used, ...set }) => <LimitsForm key={JSON.stringify(set)} given={{ ...set, used }} />}
      </Block>
    </Card>
  )
}

function LimitsForm({ given }: { readonly given: TenantLimitsOnWire }) {
  const t = useWords(limitWords)
  const language = useLanguage()
  const say = useSay()
  const { id, currency } = useTenant()
  const mayEdit = useMay('policy:edit')
  const path = `/v1/tenants/${id}/limits`
  const initial: Values = {
    organisation: draftOfLimits(given.organisation),
    eachUser: draftOfLimits(given.eachUser),
    mode: given.countries.mode,
    countries: given.countries.countries,
  }
  const bodyOf = ({ organisation, eachUser, mode, countries }: Values) => ({
    organisation: limitsOfDraft(organisation, currency, language),
    eachUser: limitsOfDraft(eachUser, currency, language),
    countries: { mode, countries: mode === 'any' ? [] : countries },
  })
  const form = useForm<Values, TenantLimitsOnWire>({
    initial,
    schema: tenantLimitsBody,
    // Only what differs: the limits that another window has changed meanwhile stay.
    toBody: (values) => changesOf(bodyOf(initial), bodyOf(values)),
    draft: `limits-${id}`,
    fieldOf: limitFieldOf,
    submit: (body) => api.patch<TenantLimitsOnWire>(path, body),
    onDone: (answer) => {
      queryClient.setQueryData(['limits', id], answer)
      say.done(t('saved'), async () => {
        const { organisation, eachUser, countries } = given
        await api.patch(path, { organisation, eachUser, countries })
        await queryClient.invalidateQueries({ queryKey: ['limits', id] })
      })
      void queryClient.invalidateQueries({ queryKey: ['price', id] })
    },
  })
  const { values, errors } = form
  const setCountries = (countries: readonly string[]): void => form.set('countries', countries)
  return (
    <form className="k-stack" onSubmit={form.onSubmit} noValidate>
      <DraftNote form={form} />
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <p className="k-quiet">{t('how')}</p>
      <div className="m-holders">
        <fieldset>
          <legend>{t('organisation')}</legend>
          <LimitFields
            holder="organisation"
            draft={values.organisation}
            errors={errors}
            mayEdit={mayEdit}
            onChange={(draft) => form.set('organisation', draft)}
          />
        </fieldset>
        <fieldset>
          <legend>{t('eachUser')}</legend>
          <LimitFields
            holder="eachUser"
            draft={values.eachUser}
            errors={errors}
            mayEdit={mayEdit}
            onChange={(draft) => form.set('eachUser', draft)}
          />
          <p className="k-quiet">{t('eachUserHow')}</p>
        </fieldset>
        <div className="k-stack">
          <Field label={t('countries')}>
            <RadioGroup
              layout="horizontal"
              value={values.mode}
              disabled={!mayEdit}
              onChange={(_, { value }) => form.set('mode', value as Values['mode'])}
            >
              {MODES.map((mode) => (
                <Radio key={mode} value={mode} label={t(`countries.${mode}`)} />
              ))}
            </RadioGroup>
          </Field>
          {values.mode !== 'any' && (
            <>
              <ul className="m-countries">
                {values.countries.map((code) => {
                  const country = countryName(code as Country, language)
                  return (
                    <li key={code} translate="no">
                      {country}
                      {mayEdit && (
                        <Button
                          size="small"
                          appearance="subtle"
                          icon={<DismissRegular />}
                          aria-label={t('removeCountry', { country })}
                          onClick={() => setCountries(values.countries.filter((other) => other !== code))}
                        />
                      )}
                    </li>
                  )
                })}
              </ul>
              {mayEdit && (
                <CountryPicker
                  label={t('addCountry')}
                  value=""
                  onChange={(code) => setCountries([...new Set([...values.countries, code])])}
                />
              )}
            </>
          )}
          <div>
            <h3 className="m-sub">{t('used')}</h3>
            <LimitUse limits={given.organisation} used={given.used} />
          </div>
        </div>
      </div>
      {mayEdit && (
        <div className="k-row">
          <Button type="submit" appearance="primary" disabled={form.isBusy || !form.isDirty}>
            {t('save')}
          </Button>
        </div>
      )}
    </form>
  )
}
