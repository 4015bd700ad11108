/** Valid addresses for whoever has a number, the places in them, and who is told of emergency calls (N6). */
import { Button, Field, Input } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { deskBody } from '../../../api/schema/emergency-location.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { api } from '../../data/client.ts'
import { useLiveQueries } from '../../data/live.ts'
import { queryClient } from '../../data/query.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { When } from '../../kit/figures.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote, Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { usePages } from '../../kit/use-pages.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import type { Location } from '../numbers/data.ts'
import { AddLocation } from './add.tsx'
import { LocationPanel } from './panel.tsx'
import { locationWords } from './words.ts'
import './locations.css'

export default function LocationsPage() {
  const t = useWords(locationWords)
  const language = useLanguage()
  const tenant = useTenant()
  const { id } = tenant
  const mayEdit = useMay('location:edit')
  const [{ panel, copy, country }, setPanel] = useUrlState({ panel: '', copy: '', country: '' })
  const path = `/v1/tenants/${id}/emergency-locations`
  const { table, items } = usePages<Location>(['locations', id, 'list'], path, { limit: 50 })
  useLiveQueries('tenant', [['locations', id]])
  const openAdd = (): void => setPanel({ panel: 'add' }, { push: true })
  const close = (): void => setPanel({ panel: '', copy: '', country: '' })
  const columns: readonly Column<Location>[] = [
    {
      id: 'address',
      title: t('address'),
      phone: 'title',
      cell: (row) => (
        <span translate="no">
          <b>{row.name}</b>
          <br />
          <span className="k-quiet">{row.lines.slice(row.place === null ? 0 : 1).join(', ')}</span>
        </span>
      ),
    },
    {
      id: 'place',
      title: t('place'),
      phone: 'fact',
      cell: ({ place }) => (place === null ? '–' : <span translate="no">{place}</span>),
    },
    {
      id: 'status',
      title: t('status'),
      phone: 'figure',
      cell: () => <span className="k-pill k-pill-good">{t('validated')}</span>,
    },
    { id: 'users', title: t('users'), align: 'right', from: 1024, cell: ({ users }) => users },
    { id: 'numbers', title: t('numbers'), align: 'right', from: 1024, cell: ({ numbers }) => numbers },
  ]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        {mayEdit && (
          <Button appearance="primary" icon={<AddRegular />} onClick={openAdd}>
            {t('add')}
          </Button>
        )}
        <MoreMenu curl={{ path }} />
      </PageHead>
      <ReadOnlyNote unless="location:edit" />
      <div className="k-stack">
        <Card flush>
          <DataTable
            {...table}
            label={t('title')}
            columns={columns}
            rowKey={(row) => row.id}
            rowName={(row) => row.name}
            onOpen={(row) => setPanel({ panel: row.id }, { push: true })}
            empty={
              <EmptyState
                drawing="signpost"
                sentence={t('none', { name: countryName(tenant.country as Country, language) })}
              >
                {mayEdit && (
                  <Button appearance="primary" onClick={openAdd}>
                    {t('add')}
                  </Button>
                )}
              </EmptyState>
            }
          />
        </Card>
        <div className="k-grid">
          <Desk />
          <Calls />
        </div>
      </div>
      {panel === 'add' && mayEdit && (
        <AddLocation
          key={copy}
          country={country === '' ? tenant.country : country}
          from={items?.find((row) => row.id === copy)}
          onClose={close}
        />
      )}
      {panel !== '' && panel !== 'add' && (
        <LocationPanel
          key={panel}
          locationId={panel}
          onCopy={() => setPanel({ panel: 'add', copy: panel })}
          onClose={close}
        />
      )}
    </>
  )
}

interface DeskSetting {
  readonly emails: readonly string[]
}

function Desk() {
  const t = useWords(locationWords)
  const { id } = useTenant()
  const query = useQuery({
    queryKey: ['emergency-desk', id],
    queryFn: ({ signal }) => api.get<DeskSetting>(`/v1/tenants/${id}/emergency-desk`, { signal }),
  })
  return (
    <Card title={t('desk')}>
      <div className="k-stack">
        <p className="k-quiet">{t('deskSentence')}</p>
        <Block query={query}>{(desk) => <DeskForm key={desk.emails.join()} desk={desk} />}</Block>
      </div>
    </Card>
  )
}

function DeskForm({ desk }: { readonly desk: DeskSetting }) {
  const t = useWords(locationWords)
  const say = useSay()
  const { id } = useTenant()
  const mayEdit = useMay('location:edit')
  const form = useForm({
    initial: { emails: desk.emails.join(', ') },
    schema: deskBody,
    toBody: ({ emails }) => ({
      emails: emails
        .split(/[\s,;]+/)
        .map((text) => text.trim())
        .filter((text) => text !== ''),
    }),
    fieldOf: () => 'emails',
    submit: (body) => api.put(`/v1/tenants/${id}/emergency-desk`, body),
    onDone: () => {
      say.done(t('saved'))
      void queryClient.invalidateQueries({ queryKey: ['emergency-desk', id] })
    },
  })
  if (!mayEdit) return <p translate="no">{desk.emails.length === 0 ? t('nobody') : desk.emails.join(', ')}</p>
  return (
    <form onSubmit={form.onSubmit} noValidate className="k-form">
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <Field {...form.field('emails', t('emails'))} hint={t('emailsHint')}>
        <Input {...form.input('emails')} autoComplete="off" inputMode="email" />
      </Field>
      <div className="k-row">
        <Button type="submit" disabled={form.isBusy || !form.isDirty}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}

interface EmergencyCall {
  readonly at: string
  readonly dialled: string
  readonly userId: string
  readonly userName: string
  readonly locationName: string | null
}

function Calls() {
  const t = useWords(locationWords)
  const { id } = useTenant()
  const query = useQuery({
    queryKey: ['emergency-calls', id],
    queryFn: ({ signal }) =>
      api.get<{ readonly data: readonly EmergencyCall[] }>(`/v1/tenants/${id}/emergency-calls`, { signal }),
  })
  useLiveQueries('alerts', [['emergency-calls', id]])
  const columns: readonly Column<EmergencyCall>[] = [
    { id: 'when', title: t('when'), phone: 'fact', cell: ({ at }) => <When at={at} style="moment" /> },
    { id: 'who', title: t('who'), phone: 'title', cell: ({ userName }) => <span translate="no">{userName}</span> },
    { id: 'dialled', title: t('dialled'), phone: 'figure', cell: ({ dialled }) => <b translate="no">{dialled}</b> },
    {
      id: 'place',
      title: t('place'),
      phone: 'note',
      cell: ({ locationName }) => <span translate="no">{locationName ?? '–'}</span>,
    },
  ]
  return (
    <Card title={t('calls')} flush>
      <Block query={query}>
        {({ data }) => (
          <DataTable
            label={t('calls')}
            columns={columns}
            rows={data}
            rowKey={(row) => `${row.at} ${row.userId}`}
            empty={<EmptyState drawing="ring" sentence={t('noCalls')} />}
          />
        )}
      </Block>
    </Card>
  )
}
