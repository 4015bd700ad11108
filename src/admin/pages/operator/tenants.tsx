/** Every tenant of the installation, and a new one. */
import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Dropdown,
  Field,
  Input,
  Option,
} from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { LICENCE_TYPES, TENANT_FLAG_NAMES } from '../../../api/schema/operator.ts'
import { tenantBody } from '../../../api/schema/tenant.ts'
import { api } from '../../data/client.ts'
import { ME, useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { FilterChoice, Filters, FilterText } from '../../kit/filters.tsx'
import { useGo, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { usePages } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { TypeAhead } from '../settings/type-ahead.tsx'
import { CountryPicker } from '../users/country-picker.tsx'
import type { TenantLine } from './data.ts'
import { TenantTable } from './tenant-table.tsx'
import { tenantWords } from './words.ts'
import './operator.css'

const PATH = '/v1/operator/tenants'

export default function TenantsPage() {
  const t = useWords(tenantWords)
  const mayCreate = useMay('tenant:create')
  const [{ search, country, licenceType, flag, panel }, set] = useUrlState({
    search: '',
    country: '',
    licenceType: '',
    flag: '',
    panel: '',
  })
  const query = { search, country, licenceType, flag }
  const list = usePages<TenantLine>(['operator-tenants', query], PATH, { ...query, limit: 50 })
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        {mayCreate && (
          <Button appearance="primary" onClick={() => set({ panel: 'create' }, { push: true })}>
            {t('create')}
          </Button>
        )}
        <MoreMenu curl={{ path: PATH }} />
      </PageHead>
      <Filters>
        <FilterText label={t('search')} value={search} onChange={(text) => set({ search: text.trim() })} />
        <FilterChoice
          label={t('type')}
          value={licenceType}
          options={LICENCE_TYPES.map((value) => ({ value, text: t(value) }))}
          onChange={(value) => set({ licenceType: value })}
        />
        <FilterChoice
          label={t('flag')}
          value={flag}
          options={TENANT_FLAG_NAMES.map((value) => ({ value, text: t(`flag.${value}`) }))}
          onChange={(value) => set({ flag: value })}
        />
      </Filters>
      <Card flush>
        <TenantTable label={t('title')} list={list} isOperator empty={t('empty')} />
      </Card>
      {mayCreate && panel === 'create' && <CreateDialog onClose={() => set({ panel: '' })} />}
    </>
  )
}

const ZONES: readonly string[] = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])]
const CURRENCIES = Intl.supportedValuesOf('currency')

interface Values extends Record<string, unknown> {
  readonly name: string
  readonly country: string
  readonly timeZone: string
  readonly currency: string
  readonly language: string
  readonly sandbox: boolean
}

function CreateDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(tenantWords)
  const go = useGo()
  const say = useSay()
  const queries = useQueryClient()
  const form = useForm<Values, { id: string; name: string }>({
    initial: {
      name: '',
      country: '',
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      currency: '',
      language: 'en',
      sandbox: false,
    },
    schema: tenantBody,
    draft: 'tenant-new',
    submit: (body, intent) => api.post<{ id: string; name: string }>('/v1/tenants', body, { intent }),
    async onDone({ id, name }, from) {
      await queries.invalidateQueries({ queryKey: ME })
      void queries.invalidateQueries({ queryKey: ['operator-tenants'] })
      say.done(t('made', { name }))
      go(`/t/${id}/settings/organisation`, { from })
    },
  })
  const { values, errors } = form
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{t('createTitle')}</DialogTitle>
            <DialogContent className="k-form">
              <Field {...form.field('name', t('name'))}>
                <Input {...form.input('name')} autoComplete="off" />
              </Field>
              <CountryPicker
                label={t('country')}
                name="country"
                value={values.country}
                error={errors.country}
                onChange={(country) => form.set('country', country)}
              />
              <TypeAhead
                label={t('timeZone')}
                hint={t('timeZoneHint')}
                name="timeZone"
                options={ZONES}
                value={values.timeZone}
                error={errors.timeZone}
                onChange={(zone) => form.set('timeZone', zone)}
              />
              <TypeAhead
                label={t('currency')}
                hint={t('currencyHint')}
                name="currency"
                options={CURRENCIES}
                value={values.currency}
                error={errors.currency}
                onChange={(currency) => form.set('currency', currency)}
              />
              <Field {...form.field('language', t('language'))}>
                <Dropdown
                  clearButton={null}
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
              <Checkbox
                label={t('sandbox')}
                checked={values.sandbox}
                onChange={(_, { checked }) => form.set('sandbox', checked === true)}
              />
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('create')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
