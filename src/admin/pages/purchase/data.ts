/** What the page asks the API. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { offersOut, reductionOut } from '../../../api/offer-view.ts'
import type { quoteOut } from '../../../api/order.ts'
import { SKUS, type Sku } from '../../../core/catalogue.ts'
import type { Billing } from '../../../core/order.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'

export type Offers = z.output<typeof offersOut>
export type Offer = Offers['offers'][number]
export type Quote = z.output<typeof quoteOut>
export type ReductionQuote = z.output<typeof reductionOut>

export interface Item {
  readonly sku: Sku
  readonly quantity: number
  readonly billing?: Billing
}

export const offersKey = (ten: string) => ['offers', ten] as const

export function useOffers() {
  const { id } = useTenant()
  return useQuery({
    queryKey: offersKey(id),
    queryFn: ({ signal }) => api.get<Offers>(`/v1/tenants/${id}/offers`, { signal }),
  })
}

/** What an order of these items would cost, as the order itself would work it out. */
export function useQuote(items: readonly Item[]) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['order-quote', id, items],
    enabled: items.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<Quote>(`/v1/tenants/${id}/orders/quote`, { query: { items: items.map(printItem).join(',') }, signal }),
  })
}

const printItem = ({ sku, quantity, billing }: Item): string =>
  [sku, quantity, ...(billing === undefined ? [] : [billing])].join(':')

/** `voice-with-calling-plan:2,international-calling-plan:1`: what is chosen, as the address keeps it. */
export function readItems(text: string): Map<Sku, number> {
  const items = new Map<Sku, number>()
  for (const part of text.split(',')) {
    const [name, count] = part.split(':')
    const sku = SKUS.find((known) => known === name)
    const quantity = Number(count)
    if (sku && Number.isSafeInteger(quantity) && quantity > 0) items.set(sku, Math.min(quantity, 1_000))
  }
  return items
}

export const printItems = (items: ReadonlyMap<Sku, number>): string =>
  [...items].flatMap(([sku, quantity]) => (quantity > 0 ? [`${sku}:${quantity}`] : [])).join(',')
