/** `/me/phone`: one's own telephone. Number, minutes, who pays, one's calls, and what a call would cost; no money of others. */

import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { viewOut } from '../../../api/user-view.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { api, isProblem } from '../../data/client.ts'
import { type Tenant, TenantContext, useMay, useSession } from '../../data/session.ts'
import { readStored } from '../../data/storage.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Duration, When } from '../../kit/figures.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { useRefusalTitle } from '../../kit/refusal-title.ts'
import { Dialler } from '../../softphone/dialler.tsx'
import { TestCall } from '../../softphone/test-call.tsx'
import { phoneWords } from '../../softphone/words.ts'
import { TimeZoneContext, useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { LookUp } from '../rates/look-up.tsx'
import { ForwardingCard } from '../user/forwarding.tsx'
import { meWords } from './words.ts'
import './me.css'

type View = z.output<typeof viewOut>
type Call = View['calls'][number]

export default function MyPhonePage() {
  const t = useWords(meWords)
  const { tenants } = useSession()
  const last = readStored('tenant')
  const mine = tenants.find(({ id }) => id === last) ?? tenants[0]
  const tenant = useQuery({
    queryKey: ['tenant', mine?.id],
    queryFn: ({ signal }) => api.get<Tenant>(`/v1/tenants/${mine?.id}`, { signal }),
    enabled: mine !== undefined,
  })
  return (
    <>
      <PageHead title={t('title')} sentence={t('colleagues')} />
      <Block query={tenant} lines={6}>
        {(data) => (
          <TenantContext value={data}>
            <TimeZoneContext value={data.timeZone}>
              <Phone tenant={data} />
            </TimeZoneContext>
          </TenantContext>
        )}
      </Block>
    </>
  )
}

function Phone({ tenant }: { readonly tenant: Tenant }) {
  const t = useWords(meWords)
  const tPhone = useWords(phoneWords)
  const mayEdit = useMay('me:edit')
  const view = useQuery({
    queryKey: ['my-phone', tenant.id],
    queryFn: ({ signal }) => api.get<View>(`/v1/tenants/${tenant.id}/my-phone`, { signal }),
    refetchInterval: 30_000,
  })
  if (isProblem(view.error, 'user-not-found')) {
    return <EmptyState drawing="handset" sentence={t('nobody', { tenant: tenant.name })} />
  }
  return (
    <Block query={view} lines={6}>
      {(data) => (
        <>
          <div className="me-top">
            <Dialler tenant={tenant.id} isLicensed={data.user.licences.length > 0} />
            <div className="k-stack">
              <Reach view={data} />
              <Minutes view={data} />
              <ForwardingCard path={`/v1/tenants/${tenant.id}/my-phone/forwarding`} name={null} mayEdit={mayEdit} />
              <Card title={tPhone('test.title')}>
                <TestCall tenant={tenant.id} />
              </Card>
            </div>
          </div>
          <LookUp />
          <MyCalls calls={data.calls} />
        </>
      )}
    </Block>
  )
}

function Reach({ view: { user, tenant } }: { readonly view: View }) {
  const t = useWords(meWords)
  const phone = usePhoneFormat()
  const why = useRefusalTitle()
  const { reach, number } = user
  return (
    <Card title={t(reach.canCall ? 'can' : 'cannot')}>
      <p>
        {reach.canCall
          ? reach.payer === 'pool'
            ? t('pays-pool')
            : t(reach.payer === 'credits' ? 'pays-credits' : 'pays-carrier', { tenant: tenant.name })
          : why(reach.refusal)}
      </p>
      <p className="k-quiet">{number === null ? t('noNumber') : t('number', { number: phone(number) })}</p>
    </Card>
  )
}

function Minutes({ view: { minutes, user } }: { readonly view: View }) {
  const t = useWords(meWords)
  const formats = useFormats()
  const language = useLanguage()
  return (
    <Card title={t('minutes')}>
      {minutes.length === 0 ? (
        <p>{t('noPlan')}</p>
      ) : (
        <>
          <dl className="me-minutes">
            {minutes.map(({ plan, country, secondsLeft }) => (
              <div key={plan}>
                <dt>
                  {plan === 'domestic'
                    ? t('domestic', { country: countryName(country as Country, language) })
                    : t('international')}
                </dt>
                <dd className="num">{formats.minutes(secondsLeft)}</dd>
              </div>
            ))}
          </dl>
          <p className="k-quiet">{t('shared')}</p>
        </>
      )}
      <p className="k-quiet">{t('spoken', { time: formats.spoken(user.secondsThisMonth) })}</p>
    </Card>
  )
}

function MyCalls({ calls }: { readonly calls: readonly Call[] }) {
  const t = useWords(meWords)
  const phone = usePhoneFormat()
  const outcome = ({ result, answeredAt }: Call): string =>
    t(result === 'refused' ? 'refused' : answeredAt === null ? 'unanswered' : 'ended')
  const columns: readonly Column<Call>[] = [
    {
      id: 'who',
      title: t('who'),
      phone: 'title',
      cell: ({ direction, callingNumber, calledNumber }) =>
        direction === 'in'
          ? t('in', { number: callingNumber === null ? t('hidden') : phone(callingNumber) })
          : t('out', { number: phone(calledNumber) }),
    },
    { id: 'when', title: t('when'), phone: 'fact', cell: ({ startedAt }) => <When at={startedAt} /> },
    { id: 'how', title: t('how'), phone: 'note', cell: outcome },
    {
      id: 'duration',
      title: t('duration'),
      align: 'right',
      phone: 'figure',
      cell: ({ chargedSeconds }) => <Duration seconds={chargedSeconds} />,
    },
  ]
  return (
    <Card title={t('calls')} flush>
      <DataTable
        label={t('calls')}
        columns={columns}
        rows={calls}
        rowKey={({ id }) => id}
        empty={<EmptyState drawing="handset" sentence={t('noCalls')} />}
      />
    </Card>
  )
}
