/** All about one person's phone. */

import {
  Button,
  MenuItem,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  Tab,
  TabList,
} from '@fluentui/react-components'
import { EyeRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Sku } from '../../../core/catalogue.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { api, isProblem } from '../../data/client.ts'
import { useLiveQueries } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { Face } from '../../kit/face.tsx'
import { useAt, useGo, useParam } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useRefusalTitle } from '../../kit/refusal-title.ts'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { NotFound } from '../not-found/page.tsx'
import { skuWords } from '../purchase/sku-words.ts'
import { BulkDialog } from '../users/bulk.tsx'
import { type BulkChange, type ShownUser, usersChanged, usersKey } from '../users/data.ts'
import { ReachPill } from '../users/reach.tsx'
import { ViewAs } from './as.tsx'
import { Calls } from './calls.tsx'
import { History } from './history.tsx'
import { Licences } from './licences.tsx'
import { Numbers } from './numbers.tsx'
import { Overview } from './overview.tsx'
import { Policy } from './policy.tsx'
import { userWords } from './words.ts'
import './user.css'

const TABS = ['overview', 'licences', 'numbers', 'policy', 'calls', 'history'] as const
type TabName = (typeof TABS)[number]

export function useUser(userId: string) {
  const { id } = useTenant()
  return useQuery({
    queryKey: [...usersKey(id), 'one', userId],
    queryFn: ({ signal }) => api.get<ShownUser>(`/v1/tenants/${id}/users/${userId}`, { signal }),
  })
}

export default function UserPage() {
  const t = useWords(userWords)
  const { id } = useTenant()
  const userId = useParam('usr')
  const tab = useParam('tab')
  const { data: user, error, refetch } = useUser(userId)
  useLiveQueries('pools', [[...usersKey(id), 'one', userId]])
  useLiveQueries('wallet', [[...usersKey(id), 'one', userId]])
  if (isProblem(error, 'user-not-found')) return <NotFound />
  if (error && !user) {
    return (
      <>
        <PageHead title={t('user')} above={{ title: t('users'), to: 'users' }} />
        <Card>
          <BlockError error={error} onRetry={refetch} />
        </Card>
      </>
    )
  }
  if (!user) return <PageSkeleton />
  if (tab === 'as') return <ViewAs user={user} />
  return <Person user={user} tab={TABS.find((one) => one === tab) ?? 'overview'} />
}

export interface TabProps {
  readonly user: ShownUser
  /** Opens the dialog that says what a change would do, and does it. */
  readonly onChange: (change: BulkChange) => void
}

function Person({ user, tab }: { readonly user: ShownUser; readonly tab: TabName }) {
  const t = useWords(userWords)
  const language = useLanguage()
  const go = useGo()
  const at = useAt()
  const mayEdit = useMay('user:edit')
  const mayAssign = useMay('licence:assign')
  const mayNumber = useMay('number:assign')
  const maySetPolicy = useMay('policy:edit')
  const maySeeHistory = useMay('audit-log:read')
  const mayViewAs = useMay('user:view-as')
  const { licenceType } = useTenant()
  const [change, setChange] = useState<BulkChange | null>(null)
  const isDeleted = user.deletedAt !== null
  const voice: Sku = licenceType === 'with-calling-plan' ? 'voice-with-calling-plan' : 'voice-without-calling-plan'
  const tabs = TABS.filter((one) => (one !== 'history' || maySeeHistory) && (!isDeleted || one !== 'licences'))
  const primary = isDeleted ? null : user.licences.length === 0 && mayAssign ? (
    <Button appearance="primary" onClick={() => setChange({ assign: voice })}>
      {t('assignLicence')}
    </Button>
  ) : user.numbers.length === 0 && mayNumber ? (
    <Button appearance="primary" onClick={() => go(at(`users/${user.id}/numbers`))}>
      {t('assignNumber')}
    </Button>
  ) : null
  const props: TabProps = { user, onChange: setChange }
  return (
    <>
      <PageHead
        title={user.name}
        isData
        above={{ title: t('users'), to: 'users' }}
        beside={<Face name={user.name} size={32} />}
        sentence={
          <span translate="no">
            {countryName(user.usageLocation as Country, language)} · {user.email ?? t('noEmail')}
          </span>
        }
      >
        {mayViewAs && !isDeleted && (
          <Button icon={<EyeRegular />} onClick={() => go(at(`users/${user.id}/as`))}>
            {t('viewAs', { name: user.name.split(' ')[0] ?? user.name })}
          </Button>
        )}
        {primary}
        <UserMenu user={user} onChange={setChange} />
      </PageHead>
      {!mayEdit && !mayAssign && !maySetPolicy && <ReadOnlyNote unless="user:edit" />}
      {isDeleted && <DeletedNote user={user} />}
      {!isDeleted && (
        <p className="p-says" data-says>
          <ReachPill reach={user.reach} /> <Says user={user} />
        </p>
      )}
      <nav aria-label={t('tabs')} className="p-tabs">
        <TabList
          selectedValue={tab}
          onTabSelect={(_, { value }) => go(at(`users/${user.id}${value === 'overview' ? '' : `/${String(value)}`}`))}
        >
          {tabs.map((one) => (
            <Tab key={one} value={one} id={`tab-${one}`}>
              {t(`tab.${one}`)}
            </Tab>
          ))}
        </TabList>
      </nav>
      <div role="tabpanel" aria-labelledby={`tab-${tab}`} className="k-stack">
        {tab === 'overview' && <Overview {...props} />}
        {tab === 'licences' && <Licences {...props} />}
        {tab === 'numbers' && <Numbers {...props} />}
        {tab === 'policy' && <Policy {...props} />}
        {tab === 'calls' && <Calls user={user} />}
        {tab === 'history' && <History user={user} />}
      </div>
      {change && (
        <BulkDialog
          users={[user]}
          change={change}
          onChange={setChange}
          onClose={() => setChange(null)}
          onDone={() => setChange(null)}
        />
      )}
    </>
  )
}

/** Who pays at home and abroad, in two sentences; a refusal in the server's words. */
function Says({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const why = useRefusalTitle()
  const { reach, licences, creditsEnabled } = user
  if (!reach.canCall) return <>{why(reach.refusal)}</>
  if (reach.payer === 'carrier') return <>{t('says.carrier')}</>
  const hasIntl = licences.includes('international-calling-plan')
  const abroad = hasIntl
    ? creditsEnabled
      ? 'abroadPlan'
      : 'abroadPlanOnly'
    : creditsEnabled
      ? 'abroadCredits'
      : 'abroadNone'
  return (
    <>
      {t(`says.${reach.payer}`)} {t(abroad)}
    </>
  )
}

const RESTORE_MS = 30 * 86_400_000

function DeletedNote({ user }: { readonly user: ShownUser }) {
  const t = useWords(userWords)
  const formats = useFormats()
  const say = useSay()
  const { id } = useTenant()
  const mayEdit = useMay('user:edit')
  const [isBusy, setBusy] = useState(false)
  const since = user.deletedAt ?? ''
  const restore = async (): Promise<void> => {
    setBusy(true)
    try {
      await api.post(`/v1/tenants/${id}/users/${user.id}/restore`)
      await usersChanged(id)
      say.done(t('restored', { name: user.name }))
    } catch (error) {
      say.failed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        {t('deleted', { date: formats.day(since), until: formats.day(Date.parse(since) + RESTORE_MS) })}
      </MessageBarBody>
      {mayEdit && (
        <MessageBarActions>
          <Button onClick={() => void restore()} disabled={isBusy}>
            {t('restore')}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  )
}

function UserMenu({ user, onChange }: TabProps) {
  const t = useWords(userWords)
  const formats = useFormats()
  const names = useWords(skuWords)
  const { id } = useTenant()
  const mayEdit = useMay('user:edit') && user.deletedAt === null
  const [isAsking, setAsking] = useState(false)
  const isOff = user.disabledAt !== null
  const path = `/v1/tenants/${id}/users/${user.id}`
  return (
    <>
      <MoreMenu curl={{ path }} history={user.id}>
        {mayEdit && (
          <>
            <MenuItem onClick={() => onChange({ disabled: !isOff })}>{t(isOff ? 'switchOn' : 'switchOff')}</MenuItem>
            <MenuItem onClick={() => setAsking(true)}>{t('delete')}</MenuItem>
          </>
        )}
      </MoreMenu>
      <ConfirmDialog
        open={isAsking}
        title={t('deleteTitle', { name: user.name })}
        action={t('delete')}
        onConfirm={async () => {
          await api.delete(path)
          await usersChanged(id)
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t('deleteWhat', { name: user.name })}</p>
        {user.licences.length > 0 && (
          <p>{t('deleteLicences', { list: formats.list(user.licences.map((sku) => names(sku as Sku))) })}</p>
        )}
        {user.numbers.length > 0 && <p translate="no">{t('deleteNumbers', { list: formats.list(user.numbers) })}</p>}
      </ConfirmDialog>
    </>
  )
}
