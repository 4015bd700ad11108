/** How long the call in progress is paid for, second by second. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api } from '../data/client.ts'
import type { PhoneCall } from './state.ts'

interface OwnCall {
  readonly id: string
  readonly charged: boolean
  readonly spokenSeconds: number
  readonly fundsForSeconds: number | null
}

const LOOK_EVERY_MS = 2_000
const SECOND_MS = 1_000

/** Now, by this computer's clock, drawn again each second while `isOn`. */
export function useSeconds(isOn: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isOn) return undefined
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS)
    return () => clearInterval(timer)
  }, [isOn])
  return now
}

/** Seconds that are left; null: without end; undefined: not known yet. */
export function useSecured(tenant: string, call: PhoneCall | null, now: number): number | null | undefined {
  const isTalking = call?.state === 'talking'
  const { data } = useQuery({
    queryKey: ['own-calls', tenant, call?.id],
    queryFn: ({ signal }) => api.get<{ data: OwnCall[] }>(`/v1/tenants/${tenant}/my-phone/calls`, { signal }),
    enabled: isTalking,
    refetchInterval: LOOK_EVERY_MS,
    refetchIntervalInBackground: true,
  })
  // The call leaves the list a moment before its end is heard here.
  const last = useRef<{ readonly id: number; readonly own: OwnCall } | null>(null)
  const [own] = data?.data ?? []
  if (call !== null && own !== undefined) last.current = { id: call.id, own }
  if (call === null || call.answeredAt === null || data === undefined) return undefined
  const known = last.current?.id === call.id ? last.current.own : undefined
  // A call between colleagues may not be known to the ledger at all: nobody pays for it.
  if (known === undefined || known.fundsForSeconds === null) return null
  const spoken = ((call.endedAt ?? now) - call.answeredAt) / SECOND_MS
  return Math.max(0, Math.round(known.spokenSeconds + known.fundsForSeconds - spoken))
}
