/** What the pages about pools ask the API. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { forecastOut } from '../../../api/forecast.ts'
import type { poolInFull, poolOut, userUseOut } from '../../../api/pool.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import type { PageOf } from '../../kit/use-pages.ts'

export type Pool = z.output<typeof poolOut>
export type PoolInFull = z.output<typeof poolInFull>
export type PoolUser = z.output<typeof userUseOut>
export type Forecast = z.output<typeof forecastOut>
export type PoolForecast = Forecast['pools'][number]
export type RunsOut = NonNullable<PoolForecast['runsOut']>

/** Which pool, in any month. */
export interface Key {
  readonly country: string
  readonly plan: Pool['plan']
}

export const isSame = (a: Key, b: Key): boolean => a.country === b.country && a.plan === b.plan

const PLAN_ORDER = { domestic: 0, international: 1, conference: 2 } as const

/** Plans first, the largest first; conference minutes last. */
export const byWeight = (a: Pool, b: Pool): number =>
  PLAN_ORDER[a.plan] - PLAN_ORDER[b.plan] || b.totalSeconds - a.totalSeconds || (a.country < b.country ? -1 : 1)

/** `ca-domestic`: how an address names a pool. */
export const slugOf = ({ country, plan }: Key): string => `${country.toLowerCase()}-${plan}`

export const addressOf = (key: Key, month?: string): string =>
  `billing/pools/${slugOf(key)}${month === undefined ? '' : `?month=${month}`}`

/** A month's pools; without a month those of the current one. */
export function usePools(month: string) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['pools', id, month],
    queryFn: ({ signal }) =>
      api
        .get<PageOf<Pool>>(`/v1/tenants/${id}/pools`, { query: { month, limit: 200 }, signal })
        .then(({ data }) => data),
    placeholderData: (before) => before,
  })
}

export function usePool(key: Key, month: string, isOn = true) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['pool', id, slugOf(key), month],
    enabled: isOn,
    queryFn: ({ signal }) =>
      api.get<PoolInFull>(`/v1/tenants/${id}/pools/${key.country}/${key.plan}`, { query: { month }, signal }),
    placeholderData: (before) => before,
  })
}

/** All pools and the wallet as they are; the same answer that Home and Credits have. */
export function useForecast(isOn = true) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['forecast', id],
    enabled: isOn,
    queryFn: ({ signal }) => api.get<Forecast>(`/v1/tenants/${id}/forecast`, { signal }),
    staleTime: 60_000,
  })
}

/** One pool as if so many more licences were assigned now. */
export function usePoolForecast(key: Key, addLicences: number, isOn: boolean) {
  const { id } = useTenant()
  const { country, plan } = key
  return useQuery({
    queryKey: ['forecast', id, slugOf(key), addLicences],
    enabled: isOn,
    queryFn: ({ signal }) =>
      api
        .get<Forecast>(`/v1/tenants/${id}/forecast`, { query: { country, plan, addLicences }, signal })
        .then(({ pools }) => pools[0] ?? null),
    placeholderData: (before) => before,
    staleTime: 60_000,
  })
}

/** What a change of licences or a call makes old. */
export const poolKeys = (ten: string): string[][] => [
  ['pools', ten],
  ['pool', ten],
  ['pool-users', ten],
]
