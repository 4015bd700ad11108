/** Name, time zone and language of the organisation, with what a zone means; and what about it never changes. */
import { Button, Dropdown, Field, Input, Option } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { tenantChanges } from '../../../api/schema/tenant.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { instant, periodOf, type TimeZone } from '../../../core/time.ts'
import { api } from '../../data/client.ts'
import { type Tenant, useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConflictDialog, DraftNote } from '../../kit/draft.tsx'
import { When } from '../../kit/figures.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Id, ReadOnlyNote, Refusal } from '../../kit/notes.tsx'
import { useTenantNow } from '../../kit/tenant-now.ts'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { formatsFor } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { SettingsFrame } from './frame.tsx'
import { TypeAhead } from './type-ahead.tsx'
import { organisationWords, settingsWords } from './words.ts'

/** `GET /v1/tenants/{t}`, with what only this page shows. */
interface Organisation extends Tenant {
  readonly language: 'en' | 'fr'
  readonly sipDomain: string
}

export default function OrganisationPage() {
  const t = useWords(organisationWords)
  const tenant = useTenant() as Organisation
  const mayEdit = useMay('tenant:edit')
  return (
    <SettingsFrame
      section="organisation"
      sentence={t('sentence')}
      buttons={<MoreMenu curl={{ path: `/v1/tenants/${tenant.id}` }} history={tenant.id} />}
    >
      <ReadOnlyNote unless="tenant:edit" />
      <div className="st-two">
        {mayEdit ? <Form key={tenant.id} tenant={tenant} /> : <Shown tenant={tenant} />}
        <Fixed tenant={tenant} />
      </div>
    </SettingsFrame>
  )
}

const FIELDS = ['name', 'timeZone', 'language'] as const
type FieldName = (typeof FIELDS)[number]
type Values = Readonly<Record<FieldName, string>>

const valuesOf = ({ name, timeZone, language }: Organisation): Values => ({ name, timeZone, language })

/** What differs, alone: what somebody else changes meanwhile stays as they left it. */
const changesOf = (before: Values, values: Values): Partial<Values> =>
  Object.fromEntries(FIELDS.filter((field) => values[field] !== before[field]).map((field) => [field, values[field]]))

function Form({ tenant }: { readonly tenant: Organisation }) {
  const t = useWords(organisationWords)
  const common = useWords(settingsWords)
  const say = useSay()
  const queries = useQueryClient()
  // What the form began with: what it is compared with when it is sent.
  const [began, setBegan] = useState(() => valuesOf(tenant))
  const [theirs, setTheirs] = useState<Values | null>(null)
  const path = `/v1/tenants/${tenant.id}`
  const keep = (saved: Organisation): void => {
    queries.setQueryData(['tenant', tenant.id], saved)
    setBegan(valuesOf(saved))
    setTheirs(null)
    form.reset(valuesOf(saved))
    say.done(common('saved'))
  }
  const form = useForm<Values, Organisation | null>({
    initial: began,
    schema: tenantChanges,
    toBody: (values) => changesOf(began, values),
    draft: `organisation-${tenant.id}`,
    async submit(body) {
      const now = valuesOf(await api.get<Organisation>(path))
      const isTouched = FIELDS.some((field) => field in (body as Partial<Values>) && now[field] !== began[field])
      if (isTouched) {
        setTheirs(now)
        return null
      }
      return api.patch<Organisation>(path, body)
    },
    onDone: (saved) => saved && keep(saved),
  })
  const { values } = form
  const mine = async (): Promise<void> => {
    if (!theirs) return
    try {
      // What was typed here, and no more: the rest stays as they left it.
      keep(await api.patch<Organisation>(path, changesOf(began, values)))
    } catch (error) {
      setTheirs(null)
      say.failed(error)
    }
  }
  const take = (): void => {
    if (!theirs) return
    setBegan(theirs)
    form.reset(theirs)
    setTheirs(null)
    void queries.invalidateQueries({ queryKey: ['tenant', tenant.id] })
  }
  return (
    <Card>
      <form className="k-form" onSubmit={form.onSubmit}>
        <DraftNote form={form} />
        {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
        <Field {...form.field('name', t('name'))}>
          <Input {...form.input('name')} />
        </Field>
        <ZoneField
          value={values.timeZone}
          error={form.errors.timeZone}
          onChange={(zone) => form.set('timeZone', zone)}
        />
        <Field {...form.field('language', t('language'))} hint={t('languageHint')}>
          <Dropdown
            clearButton={null}
            name="language"
            value={t(values.language as 'en')}
            selectedOptions={[values.language]}
            onOptionSelect={(_, { optionValue }) => form.set('language', optionValue ?? 'en')}
          >
            {(['en', 'fr'] as const).map((language) => (
              <Option key={language} value={language} text={t(language)}>
                {t(language)}
              </Option>
            ))}
          </Dropdown>
        </Field>
        <Button type="submit" appearance="primary" disabled={form.isBusy || !form.isDirty}>
          {common('save')}
        </Button>
      </form>
      {theirs && (
        <ConflictDialog open onMine={() => void mine()} onTheirs={take}>
          <Conflict began={began} mine={values} theirs={theirs} />
        </ConflictDialog>
      )}
    </Card>
  )
}

interface ConflictProps {
  readonly began: Values
  readonly mine: Values
  readonly theirs: Values
}

function Conflict({ began, mine, theirs }: ConflictProps) {
  const t = useWords(organisationWords)
  const different = FIELDS.filter((field) => mine[field] !== began[field] && mine[field] !== theirs[field])
  return (
    <div className="k-table st-conflict">
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('yours')}</th>
            <th scope="col">{t('theirs')}</th>
          </tr>
        </thead>
        <tbody>
          {different.map((field) => (
            <tr key={field}>
              <th scope="row">{t(field)}</th>
              <td translate="no">{mine[field]}</td>
              <td translate="no">{theirs[field]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const ZONES: readonly string[] = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])]

interface ZoneFieldProps {
  readonly value: string
  readonly error?: string | undefined
  readonly onChange: (zone: string) => void
}

function ZoneField({ value, error, onChange }: ZoneFieldProps) {
  const t = useWords(organisationWords)
  const isKnown = ZONES.includes(value)
  return (
    <>
      <TypeAhead
        label={t('timeZone')}
        hint={t('zoneWhy')}
        name="timeZone"
        options={ZONES}
        value={value}
        error={error ?? (isKnown ? undefined : t('noZone'))}
        onChange={onChange}
      />
      {isKnown && <MonthStart zone={value} />}
    </>
  )
}

/** P6: the first instant whose local date is the 1st, on both clocks. */
function MonthStart({ zone }: { readonly zone: string }) {
  const t = useWords(organisationWords)
  const language = useLanguage()
  const now = instant(useTenantNow())
  const { end } = periodOf(now, zone as TimeZone)
  const city = (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ')
  return (
    <p className="st-month" data-month-start={new Date(end).toISOString()}>
      {t('monthStart', {
        local: formatsFor(language, zone).moment(end),
        zone: city,
        utc: formatsFor(language, 'UTC').moment(end),
      })}
    </p>
  )
}

function Shown({ tenant }: { readonly tenant: Organisation }) {
  const t = useWords(organisationWords)
  return (
    <Card>
      <dl className="st-facts">
        <Fact name={t('name')}>
          <span translate="no">{tenant.name}</span>
        </Fact>
        <Fact name={t('timeZone')}>
          <span translate="no">{tenant.timeZone}</span>
        </Fact>
        <Fact name={t('language')}>{t(tenant.language)}</Fact>
      </dl>
      <MonthStart zone={tenant.timeZone} />
    </Card>
  )
}

function Fixed({ tenant }: { readonly tenant: Organisation }) {
  const t = useWords(organisationWords)
  const language = useLanguage()
  return (
    <Card>
      <dl className="st-facts">
        <Fact name={t('currency')}>
          <span translate="no">{tenant.currency}</span>
          <em>{t('currencyHint')}</em>
        </Fact>
        <Fact name={t('country')}>
          <span translate="no">{countryName(tenant.country as Country, language)}</span>
        </Fact>
        <Fact name={t('offer')}>{t(tenant.licenceType)}</Fact>
        <Fact name={t('sipDomain')}>
          <Id id={tenant.sipDomain} what={t('sipDomain')} />
        </Fact>
        <Fact name={t('id')}>
          <Id id={tenant.id} what={t('id')} />
        </Fact>
        <Fact name={t('since')}>
          <When at={tenant.createdAt} style="dayLong" />
        </Fact>
      </dl>
    </Card>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
