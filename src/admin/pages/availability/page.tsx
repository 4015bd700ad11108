/** `/availability/{cc}`: can we serve this country? For everybody, signed in or not (L2, G3). */
import { Button, Combobox, Field, Input, Option } from '@fluentui/react-components'
import { LinkRegular } from '@fluentui/react-icons'
import { useMemo, useState } from 'react'
import { visitorRequestBody } from '../../../api/schema/partner-case.ts'
import { allCountries, availabilityOf } from '../../../core/availability.ts'
import { type Country, countryName, parseCountry } from '../../../core/country.ts'
import { api } from '../../data/client.ts'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useGo, useParam, useUrlState } from '../../kit/go.tsx'
import { useCopy } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { folded } from '../../shell/fold.ts'
import { PublicPage } from '../../shell/public-frame.tsx'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { IntakeForm, intakeOf, NOTHING_YET } from '../partner/intake-form.tsx'
import { purchaseWords } from '../purchase/words.ts'
import { availabilityWords } from './words.ts'
import './availability.css'

export default function AvailabilityPage() {
  const t = useWords(availabilityWords)
  const country = parseCountry(useParam('cc').toUpperCase())
  return (
    <PublicPage>
      <div className="av-page">
        <PageHead title={t('title')} sentence={t('sentence')} />
        <CountryPicker country={country} />
        {country !== null && <Answer key={country} country={country} />}
      </div>
    </PublicPage>
  )
}

function CountryPicker({ country }: { readonly country: Country | null }) {
  const t = useWords(availabilityWords)
  const language = useLanguage()
  const go = useGo()
  const all = useMemo(
    () => allCountries(language).map((code) => ({ code, name: countryName(code, language) })),
    [language],
  )
  const [typed, setTyped] = useState<string | null>(null)
  const found =
    typed === null
      ? all
      : all.filter(({ code, name }) => folded(name).includes(folded(typed)) || code === typed.toUpperCase())
  return (
    <Field label={t('country')} className="av-country">
      <Combobox
        expandIcon={{ 'aria-label': t('country') }}
        value={typed ?? (country === null ? '' : countryName(country, language))}
        selectedOptions={country === null ? [] : [country]}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onOptionSelect={(_, { optionValue }) => {
          setTyped(null)
          if (optionValue !== undefined) go(`/availability/${optionValue.toLowerCase()}`)
        }}
        onBlur={() => setTyped(null)}
      >
        {found.map(({ code, name }) => (
          <Option key={code} value={code} text={name}>
            <span translate="no">{name}</span>
          </Option>
        ))}
        {found.length === 0 && (
          <Option disabled value="" text={t('noCountry')}>
            {t('noCountry')}
          </Option>
        )}
      </Combobox>
    </Field>
  )
}

function Answer({ country }: { readonly country: Country }) {
  const t = useWords(availabilityWords)
  const formats = useFormats()
  const { licenceType, domesticMinutes, usersInPoolOf } = availabilityOf(country)
  const [isCopied, copy] = useCopy()
  const share = (
    <Button appearance="subtle" icon={<LinkRegular />} onClick={() => copy(location.href)}>
      {t(isCopied ? 'shared' : 'share')}
    </Button>
  )
  if (licenceType === 'not-available') {
    return (
      <Card title={t('notAvailable', { country })} aside={share}>
        <EmptyState drawing="signpost" sentence={t('notAvailableWhy')} />
      </Card>
    )
  }
  if (licenceType === 'with-calling-plan') {
    return (
      <Card title={t('withPlan', { country })} aside={share}>
        <p>{t('withPlanWhy', { minutes: formats.number(domesticMinutes ?? 0) })}</p>
        <p className="av-go">
          <Go className="av-start" to="/sign-in">
            {t('start')}
          </Go>
          <Go to="/what-to-buy">{t('whatToBuy')}</Go>
        </p>
      </Card>
    )
  }
  return (
    <>
      <Card title={t('byPartner', { country })} aside={share}>
        <p>{t('byPartnerWhy', { country })}</p>
        <Differences />
        {usersInPoolOf !== null && <p>{t('usersInPool', { country, pool: usersInPoolOf })}</p>}
      </Card>
      <AskPartner country={country} />
    </>
  )
}

const DIFFERENCES = ['differs1', 'differs2', 'differs3', 'differs4', 'differs5'] as const

function Differences() {
  const t = useWords(purchaseWords)
  return (
    <>
      <h3 className="pt-what">{t('differs')}</h3>
      <ul className="pt-differs">
        {DIFFERENCES.map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ul>
    </>
  )
}

function AskPartner({ country }: { readonly country: Country }) {
  const t = useWords(availabilityWords)
  const language = useLanguage()
  const [{ ask }, setState] = useUrlState({ ask: '' })
  const [isSent, setSent] = useState(false)
  if (isSent) {
    return (
      <Card title={t('received')}>
        <EmptyState drawing="handset" sentence={t('receivedWhy')} />
      </Card>
    )
  }
  if (ask === '') {
    return (
      <div>
        <Button appearance="primary" size="large" onClick={() => setState({ ask: 'yes' }, { push: true })}>
          {t('askPartner')}
        </Button>
      </div>
    )
  }
  return (
    <Card title={t('askPartner')}>
      <IntakeForm
        initial={NOTHING_YET}
        schema={visitorRequestBody}
        draft="partner-request"
        toBody={(values) => ({ organisation: values.organisation, country, language, ...intakeOf(values) })}
        submit={(body, intent) => api.post('/v1/partner-requests', body, { intent })}
        onDone={() => setSent(true)}
        before={(form) => (
          <Field {...form.field('organisation', t('organisation'))} required className="av-country">
            <Input autoComplete="organization" {...form.input('organisation')} />
          </Field>
        )}
      />
    </Card>
  )
}
