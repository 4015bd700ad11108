/** Fewer seats from the next month on: who gives theirs up, and what goes with them. */
import { Button, Checkbox, Field, Input } from '@fluentui/react-components'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { holderOut } from '../../../api/offer-view.ts'
import { countryName } from '../../../core/country.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { type Offer, offersKey, type ReductionQuote } from './data.ts'
import { skuWords } from './sku-words.ts'
import { purchaseWords } from './words.ts'

type Holder = z.output<typeof holderOut>

export interface FewerSeatsProps {
  readonly offer: Offer
  /** The first instant of the next month. */
  readonly from: string
  readonly onClose: () => void
}

export function FewerSeats({ offer, from, onClose }: FewerSeatsProps) {
  const t = useWords(purchaseWords)
  const names = useWords(skuWords)
  const formats = useFormats()
  const tenant = useTenant()
  const queries = useQueryClient()
  const say = useSay()
  const { sku, purchased, assigned } = offer
  const [text, setText] = useState(String(Math.max(assigned, 0)))
  const [losers, setLosers] = useState<ReadonlySet<string>>(new Set())
  const seats = /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN
  const isRight = seats >= 0 && seats < purchased
  const needed = isRight ? Math.max(0, assigned - seats) : 0
  const path = `/v1/tenants/${tenant.id}/subscriptions/${sku}`
  const body = { seats, userIds: needed === 0 ? [] : [...losers] }
  const quote = useQuery({
    queryKey: ['reduction-quote', tenant.id, sku, body],
    enabled: isRight,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<ReductionQuote>(`${path}/reduction/quote`, { query: { seats, userIds: body.userIds.join(',') }, signal }),
  })
  return (
    <ConfirmDialog
      open
      title={t('fewerTitle', { product: names(sku) })}
      action={t('giveUp', { count: isRight ? purchased - seats : 0 })}
      word={tenant.name}
      onClose={onClose}
      onConfirm={async () => {
        await api.put(`${path}/reduction`, body)
        await queries.invalidateQueries({ queryKey: offersKey(tenant.id) })
        say.done(t('plannedDone', { date: formats.day(from), seats }))
      }}
    >
      <p>{t('fewerHow', { seats: purchased, assigned, date: formats.dayLong(from) })}</p>
      <Field
        label={t('seatsLeft')}
        {...(isRight ? {} : { validationMessage: t('seatsWrong', { most: purchased - 1 }), validationState: 'error' })}
      >
        <Input
          className="num b-seats"
          inputMode="numeric"
          name="seats"
          value={text}
          onChange={(_, { value }) => setText(value)}
        />
      </Field>
      {needed > 0 && (
        <Losers path={path} needed={needed} losers={losers} onChange={setLosers} tenantId={tenant.id} sku={sku} />
      )}
      {isRight && quote.data && <Consequences quote={quote.data} />}
    </ConfirmDialog>
  )
}

interface LosersProps {
  readonly tenantId: string
  readonly sku: string
  readonly path: string
  readonly needed: number
  readonly losers: ReadonlySet<string>
  readonly onChange: (losers: ReadonlySet<string>) => void
}

function Losers({ tenantId, sku, path, needed, losers, onChange }: LosersProps) {
  const t = useWords(purchaseWords)
  const language = useLanguage()
  const { items, table } = usePages<Holder>(['holders', tenantId, sku], `${path}/holders`, { limit: 50 })
  const toggle = (id: string): void => {
    const next = new Set(losers)
    if (!next.delete(id)) next.add(id)
    onChange(next)
  }
  const missing = needed - losers.size
  return (
    <fieldset className="b-losers">
      <legend>{t('whoLoses', { count: needed })}</legend>
      <ul>
        {(items ?? []).map((holder) => (
          <li key={holder.id}>
            <Checkbox
              checked={losers.has(holder.id)}
              onChange={() => toggle(holder.id)}
              label={
                <span translate="no">
                  {holder.name}{' '}
                  <span className="k-quiet num">
                    {[
                      countryName(holder.usageLocation as Parameters<typeof countryName>[0], language),
                      ...holder.numbers,
                    ].join(' · ')}
                  </span>
                </span>
              }
            />
          </li>
        ))}
      </ul>
      {table.hasMore && (
        <Button size="small" appearance="subtle" onClick={table.onMore} disabled={table.isLoadingMore}>
          {t('moreHolders')}
        </Button>
      )}
      {missing > 0 && <p role="status">{t('stillMissing', { count: missing })}</p>}
    </fieldset>
  )
}

function Consequences({ quote }: { readonly quote: ReductionQuote }) {
  const t = useWords(purchaseWords)
  const formats = useFormats()
  const language = useLanguage()
  const numbers = quote.lose.flatMap((holder) => holder.numbers)
  const pools = quote.poolsLost.map(({ country, plan, seconds }) =>
    t('poolName', {
      country: countryName(country as Parameters<typeof countryName>[0], language),
      plan: t(`plan.${plan}`),
      minutes: formats.minutes(seconds),
    }),
  )
  return (
    <ul className="b-consequences">
      <li>{t('saves', { amount: formats.money(quote.monthlyLess) })}</li>
      {pools.length > 0 && <li>{t('loses', { list: formats.list(pools) })}</li>}
      {numbers.length > 0 && <li>{t('losesNumbers', { list: formats.list(numbers) })}</li>}
      {quote.internationalLost > 0 && <li>{t('losesAddOns', { count: quote.internationalLost })}</li>}
    </ul>
  )
}
