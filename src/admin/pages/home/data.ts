/** What Home asks the API, and the calls that the live stream tells of. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { HomeOnWire } from '../../../api/home.ts'
import type { rechargeOut, walletOut } from '../../../api/wallet.ts'
import type { LiveCall } from '../../../core/live-call.ts'
import { applyFact, type LiveFact, type LiveItems } from '../../../core/live-feed.ts'
import { api } from '../../data/client.ts'
import { useLive } from '../../data/live.ts'
import { useTenant } from '../../data/session.ts'

export type { LiveCall } from '../../../core/live-call.ts'
export type Home = HomeOnWire
export type Need = HomeOnWire['needs'][number]
export type Wallet = z.output<typeof walletOut>
export type Recharge = z.output<typeof rechargeOut>

/** Needs and forecasts change slowly; what moves by the second has questions of its own. */
const EVERY_MS = 60_000

export function useHome() {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['home', id],
    queryFn: ({ signal }) => api.get<Home>(`/v1/tenants/${id}/home`, { signal }),
    refetchInterval: EVERY_MS,
  })
}

export function useWallet(isOn: boolean) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['wallet', id],
    enabled: isOn,
    queryFn: ({ signal }) => api.get<Wallet>(`/v1/tenants/${id}/wallet`, { signal }),
  })
}

export function useRecharge(isOn: boolean) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['recharge', id],
    enabled: isOn,
    queryFn: ({ signal }) => api.get<Recharge>(`/v1/tenants/${id}/wallet/recharge`, { signal }),
  })
}

/** Calls in progress, oldest first; null until the stream has said how things stand. */
export function useLiveCalls(): readonly LiveCall[] | null {
  const [items, setItems] = useState<LiveItems<LiveCall> | null>(null)
  useLive('calls', ({ data }) => {
    setItems((before) => applyFact(before ?? new Map<string, LiveCall>(), data as LiveFact<LiveCall>))
  })
  return items && [...items.values()].toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
}
