/** A block that asks for its own data: its shape while it loads, its error with a way on, then itself. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { BlockError, Skeleton } from './skeleton.tsx'

export interface BlockProps<Data> {
  readonly query: UseQueryResult<Data>
  /** Lines of the skeleton. */
  readonly lines?: number
  readonly children: (data: Data) => ReactNode
}

/** What was shown stays while it is asked for again, also when that fails. */
export function Block<Data>({ query, lines = 3, children }: BlockProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.isError) return <BlockError error={query.error} onRetry={query.refetch} />
  return <Skeleton lines={lines} />
}
