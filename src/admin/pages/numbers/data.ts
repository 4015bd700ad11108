/** What the pages about numbers ask the API. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { locationOut } from '../../../api/emergency-location.ts'
import type { numberOut } from '../../../api/number.ts'
import type { orderOut, quotaOut } from '../../../api/number-order.ts'
import { api } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useTenant } from '../../data/session.ts'
import type { PageOf } from '../../kit/use-pages.ts'

export type PhoneNumberRow = z.output<typeof numberOut>
export type NumberOrder = z.output<typeof orderOut>
export type NumberQuota = z.output<typeof quotaOut>
export type Location = z.output<typeof locationOut>

export interface Offers {
  readonly offers: readonly {
    readonly country: string
    readonly type: PhoneNumberRow['type']
    readonly count: number
  }[]
  readonly places: readonly { readonly city: string; readonly areaCode: string; readonly count: number }[]
}

/** Numbers have come, gone or changed hands: whatever shows them asks again. */
export function numbersChanged(ten: string): Promise<unknown> {
  const keys = ['phone-numbers', 'number-quota', 'number-offers', 'number-orders', 'locations', 'users', 'caller-id']
  return Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key, ten] })))
}

export function useQuota() {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['number-quota', id],
    queryFn: ({ signal }) => api.get<NumberQuota>(`/v1/tenants/${id}/number-quota`, { signal }),
  })
}

/** Locations of a country; the first two hundred. */
export function useLocations(country: string | null) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['locations', id, 'of', country],
    queryFn: ({ signal }) =>
      api.get<PageOf<Location>>(`/v1/tenants/${id}/emergency-locations`, {
        query: { limit: 200, ...(country === null ? {} : { country }) },
        signal,
      }),
  })
}

export const locationText = ({ name, place, lines }: Location): string =>
  [name, place, lines.at(place === null ? 0 : 1)].filter(Boolean).join(', ')
