/** One reseller: the customers whom they look after, and their people. */
import { Button, Combobox, Field, Option } from '@fluentui/react-components'
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { rolesOf } from '../../../core/permission.ts'
import { api } from '../../data/client.ts'
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useParam, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { type PageOf, usePages } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { InviteButton, People, type PeoplePlace } from '../settings/people.tsx'
import type { TenantLine } from './data.ts'
import { PARTNERS, type Partner } from './partners.tsx'
import { partnerWords } from './words.ts'
import './operator.css'

/** A name beside an id: what the list of a partner does not say. */
interface Named {
  readonly id: string
  readonly name: string
}

export default function PartnerPage() {
  const id = useParam('partner')
  const list = usePages<Partner>(['partners', 'all'], PARTNERS, { limit: 100 })
  const { rows, error, onRetry, hasMore, onMore, isLoadingMore } = list.table
  const partner = rows?.find((one) => one.id === id)
  const isSought = rows !== undefined && partner === undefined && hasMore && !isLoadingMore
  useEffect(() => {
    if (isSought) onMore()
  }, [isSought, onMore])
  if (partner) return <Page partner={partner} />
  if (error) return <BlockError error={error} onRetry={onRetry} />
  if (rows === undefined || isLoadingMore) return <PageSkeleton />
  return hasMore ? <PageSkeleton /> : <NotFound />
}

function Page({ partner }: { readonly partner: Partner }) {
  const t = useWords(partnerWords)
  const place: PeoplePlace = {
    path: `${PARTNERS}/${partner.id}`,
    roles: rolesOf('partner') as PeoplePlace['roles'],
    edit: 'partner:edit',
  }
  return (
    <>
      <PageHead title={partner.name} isData above={{ title: t('title'), to: '/operator/partners' }}>
        <InviteButton place={place} />
        <MoreMenu curl={{ path: PARTNERS }} />
      </PageHead>
      <Customers partner={partner} />
      <h2>{t('people')}</h2>
      <People place={place} />
    </>
  )
}

function Customers({ partner }: { readonly partner: Partner }) {
  const t = useWords(partnerWords)
  const say = useSay()
  const queries = useQueryClient()
  const mayEdit = useMay('partner:edit')
  const [{ remove }, set] = useUrlState({ remove: '' })
  const customers = useQueries({
    queries: partner.tenants.map((id) => ({
      queryKey: ['tenant', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Named>(`/v1/tenants/${id}`, { signal }),
    })),
    combine: (results) => results.map(({ data }) => data).filter((tenant) => tenant !== undefined),
  })
  const leaving = customers.find(({ id }) => id === remove)
  const renew = (): Promise<void> => queries.invalidateQueries({ queryKey: ['partners'] })
  async function take({ id, name }: Named): Promise<void> {
    await api.delete(`${PARTNERS}/${partner.id}/tenants/${id}`)
    await renew()
    say.done(t('removed', { tenant: name, name: partner.name }))
  }
  async function give({ id, name }: Named): Promise<void> {
    try {
      await api.put(`${PARTNERS}/${partner.id}/tenants/${id}`)
      say.done(t('added', { tenant: name, name: partner.name }))
    } catch (error) {
      say.failed(error)
    }
    await renew()
  }
  return (
    <Card title={t('customers')}>
      {customers.length === 0 && partner.tenants.length === 0 ? (
        <EmptyState drawing="lots" sentence={t('noCustomers')} />
      ) : (
        <ul className="op-lines">
          {customers.map((customer) => (
            <li key={customer.id}>
              <Go to={`/t/${customer.id}/home`}>
                <b translate="no">{customer.name}</b>
              </Go>
              {mayEdit && (
                <Button size="small" onClick={() => set({ remove: customer.id }, { push: true })}>
                  {t('remove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayEdit && <TenantPicker without={partner.tenants} onPick={(tenant) => void give(tenant)} />}
      {leaving && (
        <ConfirmDialog
          open
          title={t('removeTitle', { tenant: leaving.name, name: partner.name })}
          action={t('remove')}
          word={leaving.name}
          onConfirm={() => take(leaving)}
          onClose={() => set({ remove: '' })}
        >
          <p>{t('removeWhy', { tenant: leaving.name })}</p>
        </ConfirmDialog>
      )}
    </Card>
  )
}

const SHOWN = 20

interface TenantPickerProps {
  readonly without: readonly string[]
  readonly onPick: (tenant: Named) => void
}

function TenantPicker({ without, onPick }: TenantPickerProps) {
  const t = useWords(partnerWords)
  const [typed, setTyped] = useState('')
  const { data } = useQuery({
    queryKey: ['operator-tenants', 'picker', typed],
    queryFn: ({ signal }) =>
      api.get<PageOf<TenantLine>>('/v1/operator/tenants', { query: { search: typed, limit: SHOWN }, signal }),
    placeholderData: (before) => before,
  })
  const found = data?.data.filter(({ id }) => !without.includes(id)) ?? []
  return (
    <Field label={t('add')} className="op-picker">
      <Combobox
        value={typed}
        selectedOptions={[]}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => setTyped('')}
        onOptionSelect={(_, { optionValue }) => {
          setTyped('')
          const tenant = found.find(({ id }) => id === optionValue)
          if (tenant) onPick(tenant)
        }}
        freeform
        expandIcon={{ 'aria-label': t('add') }}
        clearIcon={null}
      >
        {found.map(({ id, name }) => (
          <Option key={id} value={id} text={name}>
            <span translate="no">{name}</span>
          </Option>
        ))}
      </Combobox>
    </Field>
  )
}
