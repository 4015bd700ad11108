/** See in five seconds whether people can call, what is about to stop, and do the one thing that prevents it. */
import { BooksBadge } from '../../books/badge.tsx'
import { useLiveQueries } from '../../data/live.ts'
import { useMay, useSession, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go } from '../../kit/go.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { useTenantNow } from '../../kit/tenant-now.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { byWeight, usePool, usePools } from '../pools/data.ts'
import { PoolLegend, PoolList, usePace } from '../pools/pool-list.tsx'
import { poolWords } from '../pools/words.ts'
import { CreditsCard } from './credits-card.tsx'
import { type Home, useHome } from './data.ts'
import { LiveCard } from './live-card.tsx'
import { capital, Needs } from './needs.tsx'
import { ReviewCard } from './review-card.tsx'
import { SetUpCard, useSetUpList } from './set-up-card.tsx'
import { homeWords } from './words.ts'
import '../pools/pools.css'
import './home.css'

export default function HomePage() {
  const { id } = useTenant()
  const home = useHome()
  useLiveQueries('pools', [['pools', id]])
  useLiveQueries('alerts', [['home', id]])
  return (
    <>
      <Greeting home={home.data} />
      <ReadOnlyNote unless="licence:assign" />
      {home.data ? (
        <Blocks home={home.data} />
      ) : home.error ? (
        <Card>
          <BlockError error={home.error} onRetry={home.refetch} />
        </Card>
      ) : (
        <PageSkeleton />
      )}
    </>
  )
}

const DAY_MS = 86_400_000

/** By the clock of the tenant. */
function Greeting({ home }: { readonly home: Home | undefined }) {
  const t = useWords(homeWords)
  const formats = useFormats()
  const { person } = useSession()
  const { timeZone } = useTenant()
  const tenantNow = useTenantNow()
  const now = home ? Date.parse(home.now) : tenantNow
  const part = (options: Intl.DateTimeFormatOptions): number =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...options }).format(now))
  const hour = part({ hour: '2-digit' })
  const name = person.name.split(' ')[0] ?? person.name
  const key = hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening'
  const day: Intl.DateTimeFormatOptions = { timeZone, weekday: 'long', day: 'numeric', month: 'long' }
  const date = capital(new Intl.DateTimeFormat(formats.language === 'fr' ? 'fr-FR' : 'en-GB', day).format(now))
  const month = (at: number): number =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, month: 'numeric' }).format(at))
  let left = 0
  while (left < 31 && month(now + (left + 1) * DAY_MS) === month(now)) left += 1
  return (
    <PageHead
      title={t(key, { name })}
      sentence={left === 0 ? t('lastDay', { date }) : t('daysLeft', { date, count: left })}
    >
      <BooksBadge />
    </PageHead>
  )
}

function Blocks({ home }: { readonly home: Home }) {
  const maySeeWallet = useMay('wallet:read')
  const setUp = useSetUpList(home)
  const isReady = setUp === null
  const isNew = home.forecast.pools.length === 0 && home.needs.length === 0 && !isReady
  return (
    <>
      {isNew ? <SetUpCard list={setUp} /> : <Needs home={home} />}
      <div className={`h-grid${maySeeWallet || !isReady ? '' : ' h-grid-one'}`}>
        <PoolsCard home={home} />
        {maySeeWallet && <CreditsCard home={home} />}
        {home.review && <ReviewCard review={home.review} />}
        <LiveCard />
        {!isNew && !isReady && <SetUpCard list={setUp} />}
      </div>
    </>
  )
}

function PoolsCard({ home }: { readonly home: Home }) {
  const t = useWords(homeWords)
  const p = useWords(poolWords)
  const formats = useFormats()
  const { licenceType } = useTenant()
  const mayAssign = useMay('licence:assign')
  const pools = usePools('')
  const listed = (pools.data ?? []).filter(({ plan }) => plan !== 'conference').toSorted(byWeight)
  const [first] = listed
  const pace = usePace(usePool(first ?? { country: 'CA', plan: 'domestic' }, '', first !== undefined).data)
  return (
    <Card
      className="h-pools"
      flush
      title={t('pools', { month: formats.month(home.month) })}
      aside={<Go to="billing/pools">{t('allPools')}</Go>}
    >
      <Block query={pools} lines={6}>
        {() =>
          first === undefined ? (
            <EmptyState sentence={licenceType === 'with-calling-plan' ? p('empty') : p('withoutPlan')}>
              {licenceType === 'with-calling-plan' && mayAssign && <Go to="users">{p('assignLicences')}</Go>}
            </EmptyState>
          ) : (
            <>
              <PoolList pools={listed} forecasts={home.forecast.pools} isOver={false} pace={pace} isCompact />
              <div className="p-legend">
                <PoolLegend hasAddOn={listed.some(({ plan }) => plan === 'international')} isOver={false} />
              </div>
            </>
          )
        }
      </Block>
    </Card>
  )
}
