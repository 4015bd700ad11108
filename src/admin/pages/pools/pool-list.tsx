/** The pools of a month: what is left of each, out of what, and whether it lasts. */
import { ArrowTrendingDownRegular } from '@fluentui/react-icons'
import { useTenant } from '../../data/session.ts'
import { Go } from '../../kit/go.tsx'
import { localDay, useTenantNow } from '../../kit/tenant-now.ts'
import { Legend, PoolBar } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { addressOf, isSame, type Key, type Pool, type PoolForecast } from './data.ts'
import { fundOf, useDays, usePoolNames, verdictOf } from './names.ts'
import { poolWords } from './words.ts'

export interface PoolListProps {
  readonly pools: readonly Pool[]
  readonly forecasts: readonly PoolForecast[]
  /** Seats of each licence: `of 10` in the formula; absent where they are not known. */
  readonly owned?: (key: Key) => number | null
  readonly chosen?: Key | null
  /** The current month has no name in addresses. */
  readonly month?: string
  readonly isOver: boolean
  /** How far the month is, 0 to 1; null: not known yet, or over. */
  readonly pace: number | null
  /** Home: one line above the bar, none below. */
  readonly isCompact?: boolean
}

export function PoolList({
  pools,
  forecasts,
  owned,
  chosen = null,
  month,
  isOver,
  pace,
  isCompact = false,
}: PoolListProps) {
  return (
    <ul className="p-list">
      {pools.map((pool) => (
        <li key={`${pool.country} ${pool.plan}`}>
          <PoolRow
            pool={pool}
            forecast={forecasts.find((one) => isSame(one, pool))}
            owned={owned?.(pool) ?? null}
            isChosen={chosen !== null && isSame(chosen, pool)}
            isOver={isOver}
            pace={pace}
            isCompact={isCompact}
            {...(month === undefined ? {} : { month })}
          />
        </li>
      ))}
    </ul>
  )
}

interface PoolRowProps {
  readonly pool: Pool
  readonly forecast: PoolForecast | undefined
  readonly owned: number | null
  readonly isChosen: boolean
  readonly month?: string
  readonly isOver: boolean
  readonly pace: number | null
  readonly isCompact: boolean
}

function PoolRow({ pool, forecast, owned, isChosen, month, isOver, pace, isCompact }: PoolRowProps) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const names = usePoolNames()
  const { availableSeconds, totalSeconds, usedSeconds, reservedSeconds } = pool
  return (
    <Go
      to={addressOf(pool, month)}
      className={`p-row${isChosen ? ' p-row-on' : ''}`}
      {...(isChosen ? { 'aria-current': 'true' as const } : {})}
      data-pool={`${pool.country} ${pool.plan}`}
    >
      <span className="p-row-head">
        <span>
          <b translate="no">{names.country(pool)}</b> <span className="p-plan">{names.plan(pool)}</span>
        </span>
        {isCompact && <PoolVerdict pool={pool} forecast={forecast} isOver={isOver} />}
        <span className="num">
          <b data-seconds={isOver ? usedSeconds : availableSeconds}>
            {formats.minutes(isOver ? usedSeconds : availableSeconds)}
          </b>{' '}
          {isOver ? t('usedWord') : isCompact ? t('leftOf', { total: formats.minutes(totalSeconds) }) : t('left')}
        </span>
      </span>
      <PoolBar
        total={totalSeconds}
        used={usedSeconds}
        held={reservedSeconds}
        fund={fundOf(pool)}
        {...(isOver || pace === null ? {} : { pace })}
      />
      {!isCompact && (
        <span className="p-row-foot">
          <span className="p-formula num">
            <Formula pool={pool} owned={owned} />
          </span>
          <PoolVerdict pool={pool} forecast={forecast} isOver={isOver} />
        </span>
      )}
    </Go>
  )
}

/** Assigned is not bought: the rule that people get wrong, under each pool. */
function Formula({ pool, owned }: { readonly pool: Pool; readonly owned: number | null }) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const { totalSeconds, assignedLicences, plan } = pool
  if (assignedLicences === 0) return <>{t('nobody')}</>
  const figures = {
    total: formats.minutes(totalSeconds),
    assigned: formats.number(assignedLicences),
    allowance: formats.minutes(totalSeconds / assignedLicences),
  }
  if (plan === 'conference') return <>{t('formulaConference', figures)}</>
  if (owned === null) return <>{t('formula', figures)}</>
  const ownedText = formats.number(owned)
  const { total, allowance } = figures
  const key = plan === 'international' ? 'formulaAddOn' : 'formulaOf'
  return <>{t(key, { total, allowance, count: assignedLicences, owned: ownedText })}</>
}

interface PoolVerdictProps {
  readonly pool: Pool
  readonly forecast: PoolForecast | undefined
  readonly isOver: boolean
}

/** In words, and never by colour alone. */
export function PoolVerdict({ pool, forecast, isOver }: PoolVerdictProps) {
  const t = useWords(poolWords)
  const days = useDays()
  const formats = useFormats()
  const { totalSeconds, usedSeconds, availableSeconds, plan } = pool
  if (totalSeconds === 0) return null
  if (isOver) {
    const lost = Math.max(0, totalSeconds - usedSeconds)
    return <span className="p-verdict">{t('expired', { minutes: formats.minutes(lost) })}</span>
  }
  if (availableSeconds <= 0) return <span className="p-verdict p-ends">{t('usedUp')}</span>
  if (plan === 'conference') return null
  const verdict = verdictOf(forecast)
  if (verdict === 'none') return <span className="p-verdict">{t('notYet')}</span>
  if (verdict === 'lasts') return <span className="p-verdict p-lasts">{t('lasts')}</span>
  const likely = forecast?.runsOut?.likely
  return (
    <span className={`p-verdict p-${verdict}`}>
      <ArrowTrendingDownRegular fontSize={14} aria-hidden="true" />
      {likely ? t('runsOut', { date: days.weekday(likely) }) : t('mayRunOut')}
    </span>
  )
}

export function PoolLegend({ hasAddOn, isOver }: { readonly hasAddOn: boolean; readonly isOver: boolean }) {
  const t = useWords(poolWords)
  return (
    <Legend
      entries={[
        { sign: 'pool', label: t('used') },
        ...(hasAddOn ? [{ sign: 'addon' as const, label: t('usedAddOn') }] : []),
        ...(isOver
          ? []
          : [
              { sign: 'held' as const, label: t('held') },
              { sign: 'pace' as const, label: t('evenPace') },
            ]),
      ]}
    />
  )
}

/** Is this month (`2026-11`) over where the tenant is? Not what one pool's answer says: that comes later than the list of them. */
export function useIsMonthOver(month: string): boolean {
  const { timeZone } = useTenant()
  return month < localDay(useTenantNow(), timeZone).slice(0, 7)
}

/** How far the month of a pool is; null: the pool is not known yet, or its month is over. */
export function usePace(pool: { readonly starts: string; readonly ends: string } | undefined): number | null {
  const now = useTenantNow()
  if (!pool) return null
  const [start, end] = [Date.parse(pool.starts), Date.parse(pool.ends)]
  return now >= end ? null : Math.max(0, (now - start) / (end - start))
}
