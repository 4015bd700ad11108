/** Buy what this country offers, and be told what it does not, and why. */
import { Button } from '@fluentui/react-components'
import { useState } from 'react'
import type { Sku } from '../../../core/catalogue.ts'
import { countryName } from '../../../core/country.ts'
import type { Billing } from '../../../core/order.ts'
import { useLiveQueries } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { CopyAsCurl, ReadOnlyNote, useCopy } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { BlockError, PageSkeleton } from '../../kit/skeleton.tsx'
import { useLanguage, useWords } from '../../words/use.tsx'
import { CreditsCard } from './credits-card.tsx'
import { type Item, type Offers, offersKey, printItems, readItems, useOffers } from './data.ts'
import { FewerSeats } from './fewer-seats.tsx'
import { OfferCard } from './offer-card.tsx'
import { OrderCard } from './order-card.tsx'
import { skuWords } from './sku-words.ts'
import { purchaseWords } from './words.ts'
import './purchase.css'

export default function PurchasePage() {
  const t = useWords(purchaseWords)
  const tenant = useTenant()
  const offers = useOffers()
  useLiveQueries('tenant', [offersKey(tenant.id)])
  useLiveQueries('wallet', [offersKey(tenant.id), ['wallet', tenant.id]])
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence', { country: tenant.country, currency: tenant.currency })}>
        <CopyAsCurl request={{ path: `/v1/tenants/${tenant.id}/offers` }} />
      </PageHead>
      <ReadOnlyNote unless="licence:buy" />
      {offers.error && !offers.data ? (
        <Card>
          <BlockError error={offers.error} onRetry={offers.refetch} />
        </Card>
      ) : offers.data ? (
        <Sold offers={offers.data} />
      ) : (
        <PageSkeleton />
      )}
    </>
  )
}

function Sold({ offers }: { readonly offers: Offers }) {
  const t = useWords(purchaseWords)
  const [{ add, panel, sku: fewerSku }, setState] = useUrlState({ add: '', panel: '', sku: '' })
  const [billing, setBilling] = useState<Billing | null>(null)
  const maySeeWallet = useMay('wallet:read')
  const chosen = readItems(add)
  const choose = (sku: Sku, quantity: number): void => setState({ add: printItems(new Map(chosen).set(sku, quantity)) })
  // Where nothing was chosen the address names only what can be bought here.
  const items: Item[] = offers.offers
    .filter((offer) => offer.mayOrder && (chosen.get(offer.sku) ?? 0) > 0)
    .map(({ sku, billings }) => ({
      sku,
      quantity: chosen.get(sku) ?? 0,
      ...(billings.includes('credits') && billing !== null ? { billing } : {}),
    }))
  const voiceChosen = items.reduce(
    (sum, item) => (item.sku === 'international-calling-plan' ? sum : sum + item.quantity),
    0,
  )
  const fewer = panel === 'fewer' ? offers.offers.find((offer) => offer.sku === fewerSku) : undefined
  if (offers.offers.length === 0) {
    return (
      <Card>
        <EmptyState drawing="signpost" sentence={t('notAvailable', { country: offers.country })} />
      </Card>
    )
  }
  const isThroughPartner = offers.offers.every((offer) => offer.throughPartner)
  return (
    <>
      {isThroughPartner && <ThroughPartner country={offers.country} />}
      <div className="b-cards">
        {offers.offers.map((offer) => (
          <OfferCard
            key={offer.sku}
            offer={offer}
            offers={offers}
            adding={chosen.get(offer.sku) ?? 0}
            voiceSeatsLeft={offers.voiceSeatsLeft - voiceChosen}
            billing={billing ?? offer.billing}
            onAdd={(quantity) => choose(offer.sku, quantity)}
            onBilling={setBilling}
            onFewer={() => setState({ panel: 'fewer', sku: offer.sku }, { push: true })}
          />
        ))}
        {maySeeWallet && !isThroughPartner && <CreditsCard />}
      </div>
      {offers.offers.some((offer) => offer.mayOrder) && (
        <OrderCard items={items} month={offers.month.month} onClear={() => setState({ add: '' })} />
      )}
      <NotOffered offers={offers} />
      {fewer && <FewerSeats offer={fewer} from={offers.nextMonthAt} onClose={() => setState({ panel: '', sku: '' })} />}
    </>
  )
}

function NotOffered({ offers }: { readonly offers: Offers }) {
  const t = useWords(purchaseWords)
  const names = useWords(skuWords)
  const { country, notOffered, rounding } = offers
  return (
    <section className="b-fine" aria-label={t('notOffered')}>
      {notOffered.length > 0 && (
        <>
          <h2>{t('notOffered')}</h2>
          <ul>
            {notOffered.map(({ sku, reason }) => (
              <li key={sku}>
                <b>{names(sku)}</b>, {t(reason, { country })}
              </li>
            ))}
          </ul>
        </>
      )}
      {offers.offers.some((offer) => offer.pools.length > 0) && <p>{t('rounding', { step: rounding.nextSeconds })}</p>}
    </section>
  )
}

const DIFFERENCES = ['differs1', 'differs2', 'differs3', 'differs4', 'differs5'] as const
const QUESTIONS = ['tell1', 'tell2', 'tell3', 'tell4', 'tell5'] as const

function ThroughPartner({ country }: { readonly country: string }) {
  const t = useWords(purchaseWords)
  const language = useLanguage()
  const tenant = useTenant()
  const [isCopied, copy] = useCopy()
  const points = [
    `${tenant.name}, ${countryName(country as Parameters<typeof countryName>[0], language)}`,
    ...QUESTIONS.map((key) => `- ${t(key)}: `),
  ].join('\n')
  return (
    <Card title={t('partnerTitle', { country })}>
      <p>{t('partnerWhy', { country })}</p>
      <div className="b-partner">
        <div>
          <h3>{t('differs')}</h3>
          <ul>
            {DIFFERENCES.map((key) => (
              <li key={key}>{t(key)}</li>
            ))}
          </ul>
        </div>
        <div>
          <h3>{t('tellPartner')}</h3>
          <ul>
            {QUESTIONS.map((key) => (
              <li key={key}>{t(key)}</li>
            ))}
          </ul>
          <p className="k-row">
            <Button onClick={() => copy(points)}>{t(isCopied ? 'pointsCopied' : 'copyPoints')}</Button>
            <Go to="partner">{t('askPartner')}</Go>
          </p>
        </div>
      </div>
    </Card>
  )
}
