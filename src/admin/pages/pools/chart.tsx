/** One pool of a month as a picture, what is likely to come of it, and what more licences would change. */
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { ArrowDownloadRegular, ChartMultipleRegular, TableRegular } from '@fluentui/react-icons'
import { useMemo } from 'react'
import { useMay } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { BurnDown, burnDownTwin, Legend, Pictured } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { burnDownOf, burnDownRows, csvOf } from './burn-down-data.ts'
import { type PoolForecast, type PoolInFull, usePoolForecast } from './data.ts'
import { fundOf, useDays, useOdds, usePoolNames, verdictOf } from './names.ts'
import { poolWords } from './words.ts'

export interface ChartProps {
  readonly pool: PoolInFull
  /** As things are; null while it is not known, or for a month that is over. */
  readonly forecast: PoolForecast | null
  readonly onAssign: (licences: number) => void
}

/** Beside "nothing changes": as many as help, and one to compare with; more are in a menu. */
const CHIPS_MIN = 2
const CHIPS_MAX = 4

export function Chart({ pool, forecast, onAssign }: ChartProps) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const days = useDays()
  const names = usePoolNames()
  const [{ view, add }, setState] = useUrlState({ view: 'chart', add: '0' })
  const isFinal = pool.isOver || forecast === null
  const more = isFinal ? 0 : Math.min(300, Math.max(0, Number.parseInt(add, 10) || 0))
  const asked = usePoolForecast(pool, more, more > 0)
  const shown = more > 0 ? (asked.data ?? forecast) : forecast
  const month = useMemo(() => burnDownOf(pool, shown, { t, formats, days }), [pool, shown, t, formats, days])
  const rows = burnDownRows(pool, shown, { t, formats, days })
  const dayNames = pool.midnights.slice(0, -1).map((_, index) => dayName(pool.month, index))
  const title = t('chartTitle', { pool: names.full(pool) })
  const columns = [t('day'), t('used'), t('leftColumn'), t('low'), t('middle'), t('high')] as const
  const describe = (index: number): string => {
    const day = dayNames[index] ?? ''
    const past = pool.days.find((one) => one.day === day)
    if (past) {
      const left = formats.minutes(past.leftSeconds)
      return t('describeDay', { day: days.weekday(day), used: formats.minutes(past.usedSeconds), left })
    }
    const coming = shown?.days.find((one) => one.day === day)
    if (!coming) return days.weekday(day)
    return t('describeForecast', {
      day: days.weekday(day),
      low: formats.minutes(coming.p10),
      middle: formats.minutes(coming.p50),
      high: formats.minutes(coming.p90),
    })
  }
  return (
    <Card
      className="p-chart"
      title={title}
      aside={
        <span className="p-tools no-print">
          <Button
            size="small"
            appearance="subtle"
            icon={view === 'table' ? <ChartMultipleRegular /> : <TableRegular />}
            onClick={() => setState({ view: view === 'table' ? 'chart' : 'table' })}
          >
            {t(view === 'table' ? 'showChart' : 'showTable')}
          </Button>
          <Button
            as="a"
            size="small"
            appearance="subtle"
            icon={<ArrowDownloadRegular />}
            aria-label={t('csvLabel')}
            href={`data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(pool, CSV_HEAD))}`}
            download={`${pool.country}-${pool.plan}-${pool.month}.csv`}
          >
            {t('csv')}
          </Button>
        </span>
      }
    >
      {/* Days and figures: data of the month, named by the reader's calendar. */}
      <div translate="no">
        <Pictured
          view={view === 'table' ? 'table' : 'picture'}
          table={burnDownTwin(
            t('tableCaption', { pool: names.full(pool), month: formats.month(pool.month) }),
            columns,
            rows,
          )}
        >
          <BurnDown
            month={month}
            fund={fundOf(pool)}
            label={`${title}. ${month.dry?.label ?? month.leftLabel}`}
            dayLabel={(index) => dayOfMonth(dayNames, index, days.day)}
            valueLabel={(left) => formats.minutes(left)}
            cursor={{ label: t('walk'), describe }}
            {...noForecastOf(pool, forecast, t)}
          />
        </Pictured>
      </div>
      <Legend
        fund={fundOf(pool)}
        entries={[
          { sign: 'line', label: t('keyActual') },
          ...(month.forecast ? [{ sign: 'cone' as const, label: t('keyForecast') }] : []),
          { sign: 'even', label: t('keyPace') },
        ]}
      />
      {forecast && <Trust forecast={forecast} />}
      {forecast && !pool.isOver && forecast.runsOut && (
        <WhatIf
          pool={pool}
          forecast={forecast}
          chosen={more}
          isAsking={asked.isFetching && more > 0}
          onChoose={(licences) => setState({ add: String(licences) })}
          onAssign={onAssign}
        />
      )}
    </Card>
  )
}

/** Machines read it: the same words in every language. */
const CSV_HEAD = ['Day', 'Used minutes', 'Changed minutes', 'Left minutes'] as const

const dayName = (month: string, index: number): string => `${month}-${String(index + 1).padStart(2, '0')}`

/** The month's name stands at its first and its last day. */
function dayOfMonth(names: readonly string[], index: number, print: (day: string) => string): string {
  const name = names[index]
  if (name === undefined) return ''
  return index === 0 || index === names.length - 1 ? print(name) : String(index + 1)
}

function noForecastOf(
  pool: PoolInFull,
  forecast: PoolForecast | null,
  t: ReturnType<typeof useWords<typeof poolWords.entries>>,
) {
  if (pool.isOver || forecast === null || forecast.basis !== 'none' || pool.plan === 'conference') return {}
  return { noForecast: t('noForecast', { needed: forecast.neededDays, count: forecast.historyDays }) }
}

function Trust({ forecast }: { readonly forecast: PoolForecast }) {
  const t = useWords(poolWords)
  const formats = useFormats()
  const { basis, coverage } = forecast
  if (basis === 'none') return null
  return (
    <p className="p-trust">
      {basis === 'little' && t('littleData')}{' '}
      {coverage &&
        t('coverage', {
          share: formats.percent(coverage.inside / coverage.checked),
          checked: formats.number(coverage.checked),
        })}
    </p>
  )
}

interface WhatIfProps {
  readonly pool: PoolInFull
  readonly forecast: PoolForecast
  readonly chosen: number
  readonly isAsking: boolean
  readonly onChoose: (licences: number) => void
  readonly onAssign: (licences: number) => void
}

function WhatIf({ pool, forecast, chosen, isAsking, onChoose, onAssign }: WhatIfProps) {
  const t = useWords(poolWords)
  const mayAssign = useMay('licence:assign')
  const mayBuy = useMay('licence:buy')
  const { whatIf, runsOut, freeLicences, fewest, sku } = forecast
  const chips = Math.min(CHIPS_MAX, Math.max(CHIPS_MIN, fewest ?? 0))
  const wanted = chosen > 0 ? chosen : (fewest ?? 0)
  return (
    <div className="p-what-if" aria-busy={isAsking || undefined}>
      <b id="p-what-if">{t('whatIf')}</b>
      <fieldset className="p-chips" aria-labelledby="p-what-if">
        <Chip isOn={chosen === 0} onChoose={() => onChoose(0)} runsOut={runsOut} label={t('nothingChanges')} />
        {whatIf.slice(0, chips).map((option) => (
          <Chip
            key={option.addLicences}
            isOn={chosen === option.addLicences}
            onChoose={() => onChoose(option.addLicences)}
            runsOut={option.runsOut}
            label={t('assignMore', { n: option.addLicences })}
          />
        ))}
        {whatIf.length > chips && (
          <Menu>
            <MenuTrigger disableButtonEnhancement>
              <button type="button" className={`p-chip${chosen > chips ? ' p-chip-on' : ''}`}>
                {chosen > chips ? t('assignMore', { n: chosen }) : '…'}
              </button>
            </MenuTrigger>
            <MenuPopover>
              <MenuList>
                {whatIf.slice(chips).map(({ addLicences }) => (
                  <MenuItem key={addLicences} onClick={() => onChoose(addLicences)}>
                    {t('assignMore', { n: addLicences })}
                  </MenuItem>
                ))}
              </MenuList>
            </MenuPopover>
          </Menu>
        )}
      </fieldset>
      {wanted > 0 && wanted <= freeLicences && mayAssign && (
        <Button appearance="primary" onClick={() => onAssign(wanted)}>
          {t('assign', { count: wanted })}
        </Button>
      )}
      {wanted > freeLicences && mayBuy && pool.seats !== null && (
        <Go className="p-buy" to={`billing/purchase?add=${sku}:${wanted - freeLicences}`}>
          {t('buy', { count: wanted - freeLicences })}
        </Go>
      )}
    </div>
  )
}

interface ChipProps {
  readonly isOn: boolean
  readonly onChoose: () => void
  readonly runsOut: PoolForecast['runsOut']
  readonly label: string
}

/** Odds as text, so that colour is never the only cue; a range where there are no odds. */
function Chip({ isOn, onChoose, runsOut, label }: ChipProps) {
  const t = useWords(poolWords)
  const odds = useOdds()
  const days = useDays()
  const verdict = verdictOf({ basis: 'own-errors', runsOut })
  const said =
    runsOut?.odds === null || runsOut === null
      ? runsOut?.likely
        ? t('untilThen', { date: days.day(runsOut.likely) })
        : t('lasts')
      : t('oddsRunOut', { odds: odds(runsOut.odds) })
  return (
    <button type="button" className={`p-chip${isOn ? ' p-chip-on' : ''}`} aria-pressed={isOn} onClick={onChoose}>
      {label} <b className={`p-${verdict} num`}>{said}</b>
    </button>
  )
}
