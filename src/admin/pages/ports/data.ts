/** What the pages about port orders ask the API. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { portDetailOut, portOrderOut } from '../../../api/port-view.ts'
import type { PORT_STEPS } from '../../../core/port-check.ts'
import { api } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useTenant } from '../../data/session.ts'
import { useLanguage } from '../../words/use.tsx'

export type PortOrder = z.output<typeof portOrderOut>
export type PortDetail = z.output<typeof portDetailOut>
export type PortStep = (typeof PORT_STEPS)[number]

export const portPath = (ten: string, prt: string): string => `/v1/tenants/${ten}/port-orders/${prt}`

export function usePort(prt: string) {
  const { id } = useTenant()
  const language = useLanguage()
  return useQuery({
    queryKey: ['port-orders', id, prt, language],
    queryFn: ({ signal }) => api.get<PortDetail>(portPath(id, prt), { signal }),
    enabled: prt !== '',
    // An order goes on by itself.
    refetchInterval: 15_000,
  })
}

/** The answer to a change is the order as it is now. */
export function portChanged(ten: string, order: PortDetail, language: string): Promise<unknown> {
  queryClient.setQueryData(['port-orders', ten, order.id, language], order)
  return queryClient.invalidateQueries({ queryKey: ['port-orders', ten] })
}

/** The step of the form that has a field: where a rejection leads to. */
export const stepOf = (field: string): PortStep => {
  if (field === 'numbers' || field === 'locationId') return 'numbers'
  if (field === 'letter') return 'letter'
  return ['name', 'country', 'type', 'transferDate', 'notify'].includes(field) ? 'kind' : 'carrier'
}
