/** What the pages about users ask the API. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { jobOut } from '../../../api/job.ts'
import type { shownOut, summaryOut } from '../../../api/user.ts'
import type { bulkOut, previewOut } from '../../../api/user-bulk.ts'
import type { Sku } from '../../../core/catalogue.ts'
import { api, type Query } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useTenant } from '../../data/session.ts'

export type ShownUser = z.output<typeof shownOut>
export type Reach = ShownUser['reach']
export type UserSummary = z.output<typeof summaryOut>
export type BulkAnswer = z.output<typeof bulkOut>
export type Preview = z.output<typeof previewOut>
export type Effect = Pick<BulkAnswer, 'counts' | 'seats' | 'pools'>
export type Job = z.output<typeof jobOut>

export const usersKey = (ten: string) => ['users', ten] as const

/** Somebody was changed: whatever shows users, seats or pools asks again. */
export function usersChanged(ten: string): Promise<unknown> {
  const keys = [
    ['users', ten],
    ['user-summary', ten],
    ['offers', ten],
    ['pools', ten],
    ['calling-policies', ten],
  ]
  return Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })))
}

export function useSummary(query: Query = {}) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['user-summary', id, query],
    queryFn: ({ signal }) => api.get<UserSummary>(`/v1/tenants/${id}/user-summary`, { query, signal }),
    placeholderData: (before) => before,
  })
}

/** One change for many: `assign`, `remove`, or fields of the user. */
export interface BulkChange {
  readonly assign?: Sku
  readonly remove?: Sku
  readonly callingPolicy?: string | null
  readonly creditsEnabled?: boolean
  readonly disabled?: boolean
}

/** As many as are answered at once; more become a job. */
export const isJob = (answer: BulkAnswer | Job): answer is Job => 'state' in answer

export const bulk = (
  ten: string,
  userIds: readonly string[],
  change: BulkChange,
  intent?: string,
): Promise<BulkAnswer | Job> =>
  api.post(`/v1/tenants/${ten}/user-changes`, { userIds, ...change }, intent === undefined ? {} : { intent })

/** What it would do; nothing is changed. */
export const rehearse = (ten: string, userIds: readonly string[], change: BulkChange): Promise<BulkAnswer> =>
  api.post(`/v1/tenants/${ten}/user-changes`, { userIds, ...change, dryRun: true })
