/** What the import wizard asks the API. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { dryRunOut, importOut, rowOut } from '../../../api/user-import.ts'
import type { UserColumn } from '../../../core/user-csv.ts'
import type { Verdict } from '../../../core/user-import.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'

export type UserImport = z.output<typeof importOut>
export type DryRun = z.output<typeof dryRunOut>
export type ImportRow = z.output<typeof rowOut>
export type { UserColumn, Verdict }

export const importPath = (ten: string, id: string): string => `/v1/tenants/${ten}/user-imports/${id}`

export function useImport(importId: string) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['user-import', id, importId],
    queryFn: ({ signal }) => api.get<UserImport>(importPath(id, importId), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** What the file would do, counted; the rows come page by page. */
export function useDryRun(importId: string) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['user-import', id, importId, 'dry-run'],
    queryFn: ({ signal }) => api.get<DryRun>(`${importPath(id, importId)}/dry-run`, { query: { limit: 1 }, signal }),
    placeholderData: keepPreviousData,
  })
}
