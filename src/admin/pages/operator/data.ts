/** What the operator's pages ask the API. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { alarmOut, operatorOverviewOut, tenantLineOut } from '../../../api/schema/operator.ts'
import { api } from '../../data/client.ts'

export type Overview = z.output<typeof operatorOverviewOut>
export type TenantLine = z.output<typeof tenantLineOut>
export type Alarm = z.output<typeof alarmOut>
export type Minute = Overview['minutes'][number]
export type Job = Overview['jobs'][number]

export const OVERVIEW = '/v1/operator/overview'
export const ALARMS = '/v1/operator/alarms'

const RENEWED_MS = 5_000

export function useOverview() {
  return useQuery({
    queryKey: ['operator-overview'],
    queryFn: ({ signal }) => api.get<Overview>(OVERVIEW, { signal }),
    refetchInterval: RENEWED_MS,
  })
}
