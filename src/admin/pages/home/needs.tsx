/** What needs somebody today: the most urgent thing in full, with the one thing that would change it; the others in a line each. */
import { Button } from '@fluentui/react-components'
import { ArrowTrendingDownRegular, CheckmarkCircleFilled, PersonAddRegular, WarningFilled } from '@fluentui/react-icons'
import { type ReactNode, useMemo, useState } from 'react'
import { useMay, usePermissions } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Go } from '../../kit/go.tsx'
import { usePhoneFormat } from '../../kit/phone-number.tsx'
import { BurnDown, isWorthDrawing } from '../../pictures/index.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { AssignDialog } from '../pools/assign-dialog.tsx'
import { burnDownOf } from '../pools/burn-down-data.ts'
import { addressOf, isSame, type Key, type PoolForecast, usePool } from '../pools/data.ts'
import { fundOf, useDays, useOdds, usePoolNames, whoseOf } from '../pools/names.ts'
import { poolWords } from '../pools/words.ts'
import type { Home, Need } from './data.ts'
import { homeWords } from './words.ts'

export function Needs({ home }: { readonly home: Home }) {
  const [first, ...others] = home.needs
  return first ? <Urgent need={first} others={others} home={home} /> : <AllIsWell home={home} />
}

/** The pool that a need is about, or whose picture says most. */
function poolOf(need: Need | null, home: Home): PoolForecast | null {
  const { pools } = home.forecast
  if (need && 'pool' in need) return pools.find((one) => isSame(one, need.pool as Key)) ?? null
  return pools.find(({ plan, basis }) => plan === 'domestic' && basis !== 'none') ?? pools[0] ?? null
}

interface UrgentProps {
  readonly need: Need
  readonly others: readonly Need[]
  readonly home: Home
}

function Urgent({ need, others, home }: UrgentProps) {
  const t = useWords(homeWords)
  const told = useTold(home)
  const { title, sentence } = told(need)
  const pool = 'pool' in need ? poolOf(need, home) : null
  return (
    <Card className="h-needs">
      <div className="h-urgent">
        <div>
          <p className="h-pill">
            <WarningFilled fontSize={14} aria-hidden="true" />
            {t('needsYou')}
          </p>
          <h2>{title}</h2>
          <p className="h-sentence">{sentence}</p>
          <p className="h-actions">
            <Actions need={need} home={home} />
          </p>
        </div>
        {pool && <Picture pool={pool} />}
      </div>
      {others.length > 0 && (
        <ul className="h-others" aria-label={t('alsoNeeds')}>
          {others.map((one) => (
            <li key={`${one.code} ${'pool' in one ? one.pool.country + one.pool.plan : ''}`}>
              <Other need={one} title={told(one).title} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function Other({ need, title }: { readonly need: Need; readonly title: string }) {
  return (
    <Go to={placeOf(need)}>
      <ArrowTrendingDownRegular fontSize={16} aria-hidden="true" />
      {title}
    </Go>
  )
}

/** Where one would go to do something about it. */
function placeOf(need: Need): string {
  switch (need.code) {
    case 'pool-used-up':
    case 'pool-runs-out':
      return addressOf(need.pool as Key)
    case 'calls-refused':
      return 'calls?result=refused'
    default:
      return 'billing/credits'
  }
}

function AllIsWell({ home }: { readonly home: Home }) {
  const t = useWords(homeWords)
  const pool = poolOf(null, home)
  return (
    <Card className="h-needs">
      <div className="h-urgent">
        <div>
          <h2 className="h-well">
            <CheckmarkCircleFilled fontSize={22} aria-hidden="true" />
            {t('nothingNeeds')}
          </h2>
          <p className="h-sentence">{pool ? t('allLast') : t('nothingYet')}</p>
          {pool && (
            <p className="h-actions">
              <Go to={addressOf(pool)}>{t('seeForecast')}</Go>
            </p>
          )}
        </div>
        {pool && <Picture pool={pool} />}
      </div>
    </Card>
  )
}

const COMPACT_PX = 190

/** The burn-down without words; none where it would be a smear. */
function Picture({ pool }: { readonly pool: PoolForecast }) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const days = useDays()
  const names = usePoolNames()
  const { data } = usePool(pool, '')
  const month = useMemo(
    () => (data ? burnDownOf(data, pool, { t, formats, days }, true) : null),
    [data, pool, t, formats, days],
  )
  if (!data || !month || !isSame(data, pool)) return <div style={{ height: COMPACT_PX }} />
  if (!isWorthDrawing(data.availableSeconds, data.totalSeconds)) return null
  return (
    <Go
      to={addressOf(pool)}
      className="h-picture"
      translate="no"
      aria-label={t('chartTitle', { pool: names.full(pool) })}
    >
      <BurnDown
        month={month}
        fund={fundOf(pool)}
        isCompact
        height={COMPACT_PX}
        label={`${names.full(pool)}. ${month.dry?.label ?? month.leftLabel}`}
        dayLabel={(index) => {
          const name = `${data.month}-${String(index + 1).padStart(2, '0')}`
          return index === 0 || index === data.midnights.length - 2 ? days.day(name) : String(index + 1)
        }}
        valueLabel={(left) => formats.minutes(left)}
      />
    </Go>
  )
}

/** A need in the reader's words. */
function useTold(home: Home): (need: Need) => { readonly title: string; readonly sentence: ReactNode } {
  const t = useWords(homeWords)
  const p = useWords(poolWords)
  const formats = useFormats()
  const language = useLanguage()
  const days = useDays()
  const odds = useOdds()
  const phone = usePhoneFormat()
  const range = (ends: { earliest: string | null; latest: string | null } | null): string =>
    ends?.earliest && ends.latest ? t('fourInFive', { from: days.day(ends.earliest), to: days.day(ends.latest) }) : ''
  /** What the action would change, in figures. */
  const change = (need: Need): string => {
    const { action } = need
    if (action.kind !== 'assign-licences' && action.kind !== 'buy-licences') return ''
    const minutes = formats.minutes(action.addsSeconds)
    const isFree = action.kind === 'assign-licences'
    const free = home.forecast.pools.find((one) => isSame(one, action.pool as Key))?.freeLicences ?? 0
    const before = 'ends' in need ? (need.ends?.odds ?? null) : null
    return [
      isFree ? t('ownFree', { count: free }) : '',
      isFree ? t('assigning', { n: action.licences, minutes }) : t('buying', { count: action.licences, minutes }),
      before !== null && action.oddsAfter !== null
        ? t('oddsFall', { before: odds(before), after: odds(action.oddsAfter) })
        : '',
    ].join(' ')
  }
  return (need) => {
    switch (need.code) {
      case 'calls-refused':
        return {
          title: t('refused', { count: need.refusals }),
          sentence: `${t('refusedSub', { time: formats.time(need.lastAt) })} ${change(need)}`,
        }
      case 'recharge-paused':
        return {
          title: t('paused'),
          sentence: need.ends
            ? t('pausedSub', { date: days.weekday(need.ends.likely) })
            : t('pausedAvailable', { amount: formats.money(need.available) }),
        }
      case 'wallet-runs-out':
        return {
          title: t('walletEnds', { date: days.weekday(need.ends.likely) }),
          sentence: `${t('walletEndsSub', { amount: formats.money(need.available) })} ${range(need.ends)}`,
        }
      case 'pool-used-up': {
        const plan = p(need.pool.plan)
        const whose = whoseOf(need.pool.country, language)
        return { title: capital(t('poolUsedUp', { whose, plan })), sentence: `${t('poolUsedUpSub')} ${change(need)}` }
      }
      case 'pool-runs-out': {
        const whose = whoseOf(need.pool.country, language)
        const date = days.weekday(need.ends.likely)
        const key = need.pool.plan === 'international' ? 'poolEndsAbroad' : 'poolEnds'
        return { title: capital(t(key, { whose, date })), sentence: change(need) || range(need.ends) }
      }
      case 'lots-expire':
        return {
          title: t('lotsExpire', { amount: formats.money(need.amount), date: formats.day(need.firstAt) }),
          sentence: t('lotsExpireSub'),
        }
      case 'toll-free-low':
        return {
          title: t('tollFree', { count: need.minutes }),
          sentence: t('tollFreeSub', { amount: formats.money(need.available) }),
        }
      case 'trunk-down':
        return {
          title: t('trunkDown', { name: need.name }),
          sentence: t('trunkDownSub', { since: formats.moment(need.since) }),
        }
      case 'toll-free-unused':
        return {
          title: t('tollFreeUnused', { number: phone(need.number), minutes: need.minutes }),
          sentence: t('tollFreeUnusedSub'),
        }
      case 'no-recharge':
        return {
          title: t('noRecharge'),
          sentence: t('noRechargeSub', {
            amount: formats.money(need.available),
            recommended: formats.money(need.recommended),
          }),
        }
    }
  }
}

/** At the beginning of a sentence: “The United States’ minutes”. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** One filled button, for those who may; and where to read on. */
function Actions({ need, home }: { readonly need: Need; readonly home: Home }) {
  const t = useWords(homeWords)
  const permissions = usePermissions()
  const mayAssign = useMay('licence:assign')
  const [isAssigning, setAssigning] = useState(false)
  const { action } = need
  const pool = 'pool' in action ? home.forecast.pools.find((one) => isSame(one, action.pool as Key)) : undefined
  const forecastLink = 'pool' in need && <Go to={addressOf(need.pool as Key)}>{t('seeForecast')}</Go>
  switch (action.kind) {
    case 'assign-licences':
      return (
        <>
          {mayAssign && pool && (
            <Button appearance="primary" icon={<PersonAddRegular />} onClick={() => setAssigning(true)}>
              {t('assign', { count: action.licences })}
            </Button>
          )}
          {forecastLink}
          {isAssigning && pool && (
            <AssignDialog
              pool={pool}
              sku={action.sku}
              licences={action.licences}
              freeLicences={pool.freeLicences}
              allowanceSeconds={action.addsSeconds / action.licences}
              onClose={() => setAssigning(false)}
            />
          )}
        </>
      )
    case 'buy-licences': {
      const missing = action.licences - (pool?.freeLicences ?? 0)
      return (
        <>
          {permissions.has('licence:buy') && (
            <Go className="h-button" to={`billing/purchase?add=${action.sku}:${missing}`}>
              {t('buy', { count: missing })}
            </Go>
          )}
          {forecastLink}
        </>
      )
    }
    case 'see-forecast':
      return <>{forecastLink}</>
    case 'see-trunks':
      return <Go to="trunks">{t('seeTrunks')}</Go>
    case 'see-numbers':
      return <Go to="numbers?type=service-toll-free">{t('seeNumbers')}</Go>
    default: {
      const key =
        action.kind === 'add-funds' ? 'addFunds' : action.kind === 'repair-recharge' ? 'otherCard' : 'setRecharge'
      const may = permissions.has(action.kind === 'add-funds' ? 'wallet:fund' : 'card:edit')
      const panel = action.kind === 'add-funds' ? '?panel=fund' : ''
      return (
        <>
          {may && (
            <Go className="h-button" to={`billing/credits${panel}`}>
              {t(key)}
            </Go>
          )}
          <Go to={placeOf(need)}>{t(need.code === 'calls-refused' ? 'seeRefused' : 'seeCredits')}</Go>
        </>
      )
    }
  }
}
