/** See when each country's minutes end, and move that date. */
import { Button } from '@fluentui/react-components'
import { CalendarLtrRegular, ChevronLeftRegular, ChevronRightRegular } from '@fluentui/react-icons'
import { useState } from 'react'
import { BooksBadge } from '../../books/badge.tsx'
import { useLiveQueries } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useParam, useUrlState } from '../../kit/go.tsx'
import { CopyAsCurl, ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton, Skeleton } from '../../kit/skeleton.tsx'
import { useIsPhone } from '../../kit/use-is-phone.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { AssignDialog } from './assign-dialog.tsx'
import { Changes } from './changes.tsx'
import { Chart } from './chart.tsx'
import {
  byWeight,
  type Forecast,
  isSame,
  type Key,
  type Pool,
  type PoolInFull,
  poolKeys,
  slugOf,
  useForecast,
  usePool,
  usePools,
} from './data.ts'
import { usePoolNames } from './names.ts'
import { PoolLegend, PoolList, useIsMonthOver, usePace } from './pool-list.tsx'
import { WhoUsed } from './who-used.tsx'
import { poolWords } from './words.ts'
import './pools.css'

export default function PoolsPage() {
  const t = useWords(poolWords)
  const { id, licenceType } = useTenant()
  const [{ month }] = useUrlState({ month: '' })
  const pools = usePools(month)
  const slug = useParam('pool')
  const isPhone = useIsPhone()
  useLiveQueries('pools', poolKeys(id))
  const names = usePoolNames()
  const chosen = chosenOf(pools.data, slug)
  const isAlone = isPhone && slug !== ''
  return (
    <>
      <PageHead
        title={isAlone && chosen ? names.full(chosen) : t('title')}
        {...(isAlone
          ? { above: { title: t('allPools'), to: `billing/pools${month ? `?month=${month}` : ''}` } }
          : { sentence: t('sentence') })}
      >
        <BooksBadge />
        {!isPhone && <CopyAsCurl request={{ path: curlPath(id, chosen, month) }} />}
      </PageHead>
      <ReadOnlyNote unless="licence:assign" />
      {pools.error && !pools.data ? (
        <Card>
          <BlockError error={pools.error} onRetry={pools.refetch} />
        </Card>
      ) : pools.data === undefined ? (
        <PageSkeleton />
      ) : licenceType !== 'with-calling-plan' ? (
        <Card>
          <EmptyState drawing="signpost" sentence={t('withoutPlan')} />
        </Card>
      ) : (
        <Pools pools={pools.data} chosen={isPhone && slug === '' ? null : chosen} isAlone={isAlone} month={month} />
      )}
    </>
  )
}

const curlPath = (id: string, chosen: Key | null, month: string): string =>
  `/v1/tenants/${id}/pools${chosen ? `/${chosen.country}/${chosen.plan}` : ''}${month ? `?month=${month}` : ''}`

/** The pool of the address; without one the one that matters most, which the list has first. */
function chosenOf(pools: readonly Pool[] | undefined, slug: string): Pool | null {
  const listed = pools?.toSorted(byWeight)
  return listed?.find((pool) => slugOf(pool) === slug) ?? listed?.[0] ?? null
}

interface PoolsProps {
  readonly pools: readonly Pool[]
  readonly chosen: Pool | null
  readonly isAlone: boolean
  readonly month: string
}

function Pools({ pools, chosen, isAlone, month }: PoolsProps) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const mayAssign = useMay('licence:assign')
  const forecast = useForecast(month === '')
  const listed = pools.toSorted(byWeight)
  const first = listed[0]
  const anyKey: Key = chosen ?? first ?? { country: 'CA', plan: 'domestic' }
  const full = usePool(anyKey, month)
  const pace = usePace(full.data)
  const isOver = useIsMonthOver(first?.month ?? month)
  if (first === undefined) {
    return (
      <Card title={<MonthPicker shown={month} />}>
        <EmptyState sentence={month === '' ? t('empty') : t('emptyMonth', { month: formats.month(month) })}>
          {month === '' && mayAssign && <Go to="users">{t('assignLicences')}</Go>}
        </EmptyState>
      </Card>
    )
  }
  return (
    <div className="p-page">
      {!isAlone && (
        <div className="p-side">
          <Card title={<MonthPicker shown={first.month} />} flush className="p-pools">
            <PoolList
              pools={listed}
              forecasts={forecast.data?.pools ?? []}
              owned={(key) => (month === '' ? ownedOf(full.data, forecast.data, key) : null)}
              chosen={chosen}
              isOver={isOver}
              pace={pace}
              {...(month === '' ? {} : { month })}
            />
            <div className="p-legend">
              <PoolLegend hasAddOn={listed.some(({ plan }) => plan === 'international')} isOver={isOver} />
            </div>
          </Card>
          {chosen && full.data && isSame(full.data, chosen) && <Changes pool={full.data} />}
        </div>
      )}
      {chosen && (
        <div className="p-main">
          {full.error && !full.data ? (
            <Card>
              <BlockError error={full.error} onRetry={full.refetch} />
            </Card>
          ) : full.data === undefined ? (
            <Card>
              <Skeleton lines={9} height={30} />
            </Card>
          ) : (
            <OnePool pool={full.data} forecast={forecast.data} isAlone={isAlone} />
          )}
        </div>
      )}
    </div>
  )
}

/** Seats that were bought, of the licence that fills this kind of pool. */
function ownedOf(pool: PoolInFull | undefined, forecast: Forecast | undefined, key: Key): number | null {
  const known = forecast?.pools.find((one) => isSame(one, key))
  if (known) return known.ownedLicences
  return pool && isSame(pool, key) ? (pool.seats?.purchased ?? null) : null
}

interface OnePoolProps {
  readonly pool: PoolInFull
  readonly forecast: Forecast | undefined
  readonly isAlone: boolean
}

function OnePool({ pool, forecast, isAlone }: OnePoolProps) {
  const t = useWords(poolWords)
  const [assigning, setAssigning] = useState<number | null>(null)
  const own = (pool.isOver ? undefined : forecast?.pools.find((one) => isSame(one, pool))) ?? null
  return (
    <>
      {isAlone && <MonthPicker shown={pool.month} />}
      <Chart pool={pool} forecast={own} onAssign={setAssigning} />
      <WhoUsed pool={pool} />
      {isAlone && <Changes pool={pool} />}
      <p className="p-rule">{t('rule', { step: pool.increment.nextSeconds })}</p>
      {assigning !== null && own && (
        <AssignDialog
          pool={pool}
          sku={own.sku}
          licences={assigning}
          freeLicences={own.freeLicences}
          allowanceSeconds={pool.allowanceSeconds}
          onClose={() => setAssigning(null)}
        />
      )}
    </>
  )
}

const FIRST_MONTH = '2000-01'

/** One month back or forth; the current one has no name in the address. */
function MonthPicker({ shown }: { readonly shown: string }) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const [, setState] = useUrlState({ month: '', add: '0' })
  const { createdAt, sandbox } = useTenant()
  const current = useCurrentMonth()
  const at = shown === '' ? current : shown
  const go = (to: string): void => setState({ month: to === current ? '' : to, add: '0' }, { push: true })
  // A sandbox may have lived before it was made (D4).
  const first = sandbox ? FIRST_MONTH : createdAt.slice(0, 7)
  return (
    <span className="p-month">
      <CalendarLtrRegular fontSize={18} aria-hidden="true" />
      <span translate="no">{formats.month(at)}</span>
      <span className="p-month-buttons no-print">
        <Button
          size="small"
          appearance="subtle"
          icon={<ChevronLeftRegular />}
          aria-label={t('monthBefore')}
          disabled={at <= first}
          onClick={() => go(shift(at, -1))}
        />
        <Button
          size="small"
          appearance="subtle"
          icon={<ChevronRightRegular />}
          aria-label={t('monthAfter')}
          disabled={at >= current}
          onClick={() => go(shift(at, 1))}
        />
      </span>
    </span>
  )
}

/** The tenant's month now, by its clock and its zone. */
function useCurrentMonth(): string {
  const { clock, timeZone } = useTenant()
  const now = clock === null ? new Date() : new Date(clock)
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit' }).formatToParts(now)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}`
}

function shift(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const index = year * 12 + number - 1 + by
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
}
