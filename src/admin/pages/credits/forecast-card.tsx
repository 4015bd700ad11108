/** How long the credits last at the tenant's own pace, with odds where enough is known (A4). */
import { Card } from '../../kit/card.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { isZero, useForecast, type WalletForecast } from './data.ts'
import { creditsWords } from './words.ts'

export function ForecastCard() {
  const t = useWords(creditsWords)
  const { data, error, refetch } = useForecast()
  return (
    <Card title={t('forecast')}>
      {error && !data ? (
        <BlockError error={error} onRetry={refetch} />
      ) : data === undefined ? (
        <Skeleton lines={3} />
      ) : (
        data.wallet && <Outlook forecast={data.wallet} />
      )}
    </Card>
  )
}

/** A local day is the same day whoever reads it: noon keeps it out of reach of every zone. */
const noon = (day: string): string => `${day}T12:00:00`

function Outlook({ forecast }: { readonly forecast: WalletForecast }) {
  const t = useWords(creditsWords)
  const formats = useFormats()
  const { basis, historyDays, neededDays, runsOut, belowThreshold, lastDay, perDay, weekAtMost } = forecast
  if (basis === 'none') return <p>{t('forecastNone', { needed: neededDays, have: historyDays })}</p>
  const day = (text: string): string => formats.day(noon(text))
  return (
    <div className="k-stack c-tight">
      <p>
        <b>
          {runsOut?.likely
            ? t('forecastEnds', { date: day(runsOut.likely) })
            : t('forecastLasts', { date: day(lastDay) })}
        </b>{' '}
        {runsOut?.earliest && runsOut.latest
          ? t('forecastRange', { from: day(runsOut.earliest), to: day(runsOut.latest) })
          : runsOut?.earliest && t('forecastFrom', { from: day(runsOut.earliest) })}
      </p>
      {belowThreshold?.likely && <p>{t('nextRecharge', { date: day(belowThreshold.likely) })}</p>}
      {!isZero(perDay) && <p className="k-quiet">{t('perDay', { amount: formats.money(perDay) })}</p>}
      {!isZero(weekAtMost) && <p className="k-quiet">{t('weekAtMost', { amount: formats.money(weekAtMost) })}</p>}
    </div>
  )
}
