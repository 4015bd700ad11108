/** One product: what it costs and gives, how many seats there are, and how many more are wanted. */
import { Button, Input, Radio, RadioGroup } from '@fluentui/react-components'
import { AddRegular, AlertRegular, SubtractRegular } from '@fluentui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import type { Billing } from '../../../core/order.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Money } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { useSay } from '../../kit/toast.tsx'
import { rich, useFormats, useWords } from '../../words/use.tsx'
import { type Offer, type Offers, offersKey } from './data.ts'
import { skuWords } from './sku-words.ts'
import { purchaseWords } from './words.ts'

export interface OfferCardProps {
  readonly offer: Offer
  readonly offers: Offers
  /** Seats more than there are. */
  readonly adding: number
  /** Voice seats that may still be bought, with what is chosen (L8). */
  readonly voiceSeatsLeft: number
  readonly billing: Billing
  readonly onAdd: (quantity: number) => void
  readonly onBilling: (billing: Billing) => void
  readonly onFewer: () => void
}

export function OfferCard(props: OfferCardProps) {
  const { offer, offers } = props
  const t = useWords(purchaseWords)
  const names = useWords(skuWords)
  const formats = useFormats()
  const { perMonth, nextPrice, pools, conferenceSeconds } = offer
  const { country } = offers
  return (
    <Card title={names(offer.sku)} className="b-card">
      <p className="b-price">
        {perMonth ? (
          <>
            <span className="k-big">
              <Money money={perMonth} />
            </span>{' '}
            {t('perUser')}
          </>
        ) : (
          <span className="k-big">{t('noPrice')}</span>
        )}
      </p>
      {perMonth === null && <p className="k-quiet">{t('noPriceWhy', { currency: offers.currency })}</p>}
      {nextPrice && (
        <p className="k-pill k-pill-warn">
          {t('nextPrice', { price: formats.money(nextPrice.perMonth), date: formats.day(nextPrice.validFrom) })}
        </p>
      )}
      {pools.map(({ plan, seconds }) => (
        <p key={plan}>
          {rich(t(plan === 'international' ? 'international' : 'domestic', { minutes: seconds / 60, country }), {
            b: (inside) => <b>{inside}</b>,
          })}
        </p>
      ))}
      {pools.length === 0 && <p>{t('withoutPlan')}</p>}
      {conferenceSeconds > 0 && (
        <p className="k-quiet">
          {rich(t('conference', { minutes: conferenceSeconds / 60 }), { b: (inside) => <b>{inside}</b> })}
        </p>
      )}
      <Held offer={offer} />
      {offer.billings.includes('credits') && <BillingChoice {...props} />}
      {offer.mayOrder ? <Stepper {...props} /> : offer.throughPartner && <p className="k-quiet">{t('onlyPartner')}</p>}
      <Reduction {...props} />
    </Card>
  )
}

/** Bought and assigned, as a bar; and what to do about those that nobody holds. */
function Held({ offer: { sku, purchased, assigned, free } }: { readonly offer: Offer }) {
  const t = useWords(purchaseWords)
  const mayAssign = useMay('licence:assign')
  return (
    <div className="b-held">
      <p>{purchased === 0 ? t('boughtNone') : t('bought', { bought: purchased, assigned })}</p>
      {purchased > 0 && (
        <span className="b-bar" aria-hidden="true">
          <span style={{ width: `${(assigned / purchased) * 100}%` }} />
        </span>
      )}
      {free > 0 && (
        <p className="b-advice">
          <AlertRegular fontSize={16} aria-hidden="true" />
          <span>
            {t('assignFirst', { count: free })}. {mayAssign && <Go to={`users?assign=${sku}`}>{t('assign')}</Go>}
          </span>
        </p>
      )}
    </div>
  )
}

function Stepper({ offer, offers, adding, voiceSeatsLeft, onAdd }: OfferCardProps) {
  const t = useWords(purchaseWords)
  const names = useWords(skuWords)
  const id = useId()
  const product = names(offer.sku)
  const isVoice = offer.sku !== 'international-calling-plan'
  const most = isVoice ? adding + Math.max(0, voiceSeatsLeft) : 1_000
  const set = (more: number): void => onAdd(Math.max(0, Math.min(most, more)))
  return (
    <div className="b-stepper">
      <Button
        icon={<SubtractRegular />}
        aria-label={t('fewerSeats', { product })}
        disabled={adding === 0}
        onClick={() => set(adding - 1)}
      />
      <Input
        id={id}
        className="num"
        inputMode="numeric"
        aria-label={t('seats', { product })}
        value={String(offer.purchased + adding)}
        onChange={(_, { value }) => set(Number(value.replaceAll(/\D/g, '')) - offer.purchased)}
      />
      <Button
        icon={<AddRegular />}
        aria-label={t('moreSeats', { product })}
        disabled={adding >= most}
        onClick={() => set(adding + 1)}
      />
      {adding > 0 && <b className="num">{t('adding', { count: adding })}</b>}
      {isVoice && voiceSeatsLeft <= 0 && (
        <p className="k-quiet" role="status">
          {t('capReached', { max: offers.voiceSeatsMax, left: Math.max(0, voiceSeatsLeft) })}
        </p>
      )}
    </div>
  )
}

/** W8: chosen with an order; for seats that there are it can be changed from the next month on. */
function BillingChoice({ offer, offers, adding, billing, onBilling }: OfferCardProps) {
  const t = useWords(purchaseWords)
  const formats = useFormats()
  const { id } = useTenant()
  const mayPay = useMay('wallet:fund')
  const queries = useQueryClient()
  const say = useSay()
  async function choose(next: Billing): Promise<void> {
    onBilling(next)
    if (offer.purchased === 0 || adding > 0) return
    try {
      const after = await api.put<Offers>(`/v1/tenants/${id}/subscriptions/${offer.sku}/billing`, { billing: next })
      queries.setQueryData(offersKey(id), after)
      say.done(t('billingChanged'))
    } catch (error) {
      onBilling(offer.billing)
      say.failed(error)
    }
  }
  const short = offer.renewalShort
  return (
    <div className="b-billing">
      {offer.mayOrder && mayPay && (
        <RadioGroup
          aria-label={t('billing')}
          layout="horizontal"
          value={billing}
          onChange={(_, { value }) => void choose(value === 'credits' ? 'credits' : 'statement')}
        >
          <Radio value="statement" label={t('onStatement')} />
          <Radio value="credits" label={t('fromCredits')} />
        </RadioGroup>
      )}
      {billing === 'credits' && <p className="k-quiet">{t('fromCreditsHow')}</p>}
      {short && (
        <p className="b-advice" role="status">
          <AlertRegular fontSize={16} aria-hidden="true" />
          <span>
            {t('willLapse', {
              price: formats.money(short.price),
              available: formats.money(short.available),
              date: formats.day(offers.nextMonthAt),
            })}{' '}
            <Go to="billing/credits?panel=fund">{t('addFunds')}</Go>
          </span>
        </p>
      )}
    </div>
  )
}

function Reduction({ offer, onFewer }: OfferCardProps) {
  const t = useWords(purchaseWords)
  const formats = useFormats()
  const { id } = useTenant()
  const queries = useQueryClient()
  const say = useSay()
  const mayBuy = useMay('licence:buy')
  const { reduction, purchased, sku } = offer
  async function keep(): Promise<void> {
    try {
      queries.setQueryData(offersKey(id), await api.delete<Offers>(`/v1/tenants/${id}/subscriptions/${sku}/reduction`))
      say.done(t('kept'))
    } catch (error) {
      say.failed(error)
    }
  }
  if (reduction) {
    return (
      <p className="b-planned">
        <span className="k-pill k-pill-warn">
          {t('planned', { date: formats.day(reduction.from), seats: reduction.seats })}
        </span>
        {mayBuy && (
          <Button size="small" onClick={() => void keep()}>
            {t('keep')}
          </Button>
        )}
      </p>
    )
  }
  if (!mayBuy || purchased === 0) return null
  return (
    <Button appearance="subtle" size="small" className="b-fewer" onClick={onFewer}>
      {t('haveFewer')}
    </Button>
  )
}
