/** What a change of licences does: whom it changes, what the pools of this month become, which seats are missing and for how much. */
import { useQuery } from '@tanstack/react-query'
import type { Sku } from '../../../core/catalogue.ts'
import { type Country, countryName } from '../../../core/country.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { FundSwatch } from '../../pictures/index.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import type { Quote } from '../purchase/data.ts'
import { bulkWords } from './bulk-words.ts'
import type { BulkAnswer, Effect } from './data.ts'
import './users.css'

export function Pools({ pools }: { readonly pools: Effect['pools'] }) {
  const t = useWords(bulkWords)
  const formats = useFormats()
  const language = useLanguage()
  if (pools.length === 0) return null
  return (
    <ul className="u-effect">
      {pools.map((pool) => (
        <li key={`${pool.country} ${pool.plan}`} data-pool={`${pool.country}:${pool.plan}`}>
          <span>
            <FundSwatch fund={pool.plan === 'international' ? 'addon' : 'pool'} size={12} />{' '}
            {t('pool', { country: countryName(pool.country as Country, language), plan: t(`plan.${pool.plan}`) })}
          </span>
          <span className="num u-arrow">
            {t('poolChange', { before: formats.minutes(pool.totalBefore), after: formats.minutes(pool.totalAfter) })}
          </span>
          <span className="num k-quiet">{t('poolLeft', { n: formats.minutes(pool.availableAfter) })}</span>
        </li>
      ))}
    </ul>
  )
}

export function Faults({ results }: { readonly results: BulkAnswer['results'] }) {
  const wrong = results.filter((result) => result.fault !== null)
  if (wrong.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <ul className="u-faults" tabIndex={0}>
      {wrong.slice(0, 50).map((result) => (
        <li key={result.userId}>
          <b translate="no">{result.name}</b>
          {result.fault?.message}
        </li>
      ))}
    </ul>
  )
}

export type SeatsShort = Effect['seats'][number]

/** What the missing seats cost, today and from then on; as the order itself would work it out. */
export function useMissingQuote(short: SeatsShort | undefined) {
  const { id } = useTenant()
  const mayBuy = useMay('licence:buy')
  const items = short ? [{ sku: short.sku, quantity: short.missing }] : []
  const query = useQuery({
    queryKey: ['order-quote', id, items],
    enabled: short !== undefined && mayBuy,
    queryFn: ({ signal }) => {
      const query = { items: items.map(({ sku, quantity }) => `${sku}:${quantity}`).join(',') }
      return api.get<Quote>(`/v1/tenants/${id}/orders/quote`, { query, signal })
    },
    retry: false,
  })
  return { quote: mayBuy ? query.data : undefined, error: query.error, mayBuy }
}

/** Buys what is missing, for what was shown and nothing else. */
export const buyMissing = (ten: string, sku: Sku, quantity: number, quote: Quote, intent: string): Promise<unknown> => {
  const { onStatement, fromCredits, monthlyMore } = quote
  const body = { items: [{ sku, quantity }], expect: { onStatement, fromCredits, monthlyMore } }
  return api.post(`/v1/tenants/${ten}/orders`, body, { intent })
}

export function Shortage({ short, quote }: { readonly short: SeatsShort; readonly quote: Quote | undefined }) {
  const t = useWords(bulkWords)
  const formats = useFormats()
  const mayBuy = useMay('licence:buy')
  const { missing, missingPerMonth } = short
  const price = missingPerMonth === null ? null : formats.money(missingPerMonth)
  return (
    <div className="u-short" data-missing={missing}>
      <b>
        {t('need', { count: missing })}
        {price !== null && <span className="num">: {t('needPrice', { price })}</span>}
      </b>
      {quote && (
        <span className="num">
          {t('needToday', {
            today: formats.money(/[1-9]/.test(quote.fromCredits.amount) ? quote.fromCredits : quote.onStatement),
            price: formats.money(quote.monthlyMore),
          })}
        </span>
      )}
      {!mayBuy && <span>{t('askBuyer')}</span>}
    </div>
  )
}
