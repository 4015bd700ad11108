/** Lists of the API by cursor, as one growing list. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { api, type Query } from '../data/client.ts'

export interface PageOf<Item> {
  readonly data: readonly Item[]
  readonly nextCursor: string | null
}

/** Spread it into `DataTable`: `<DataTable {...list.table} …/>`. */
export interface Pages<Item> {
  readonly items: readonly Item[] | undefined
  readonly isFetching: boolean
  /** The rows are still those of the question before. */
  readonly isOfBefore: boolean
  readonly table: {
    readonly rows: readonly Item[] | undefined
    readonly error: unknown
    readonly onRetry: () => unknown
    readonly hasMore: boolean
    readonly isLoadingMore: boolean
    readonly onMore: () => void
  }
}

/** `usePages<Call>(['calls', ten, filters], '/v1/tenants/…/calls', { ...filters, limit: 50 })`. */
export function usePages<Item>(
  queryKey: readonly unknown[],
  path: string,
  query: Query = {},
  isOn = true,
): Pages<Item> {
  const list = useInfiniteQuery({
    queryKey,
    enabled: isOn,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<PageOf<Item>>(path, { query: { ...query, cursor: pageParam }, signal }),
    getNextPageParam: (last) => last.nextCursor,
    // The list before stays while a filter is typed.
    placeholderData: (before) => before,
  })
  const { data, error, refetch, hasNextPage, isFetching, isFetchingNextPage, fetchNextPage } = list
  const items = data?.pages.flatMap((page) => page.data)
  return {
    items,
    isFetching,
    isOfBefore: list.isPlaceholderData,
    table: {
      rows: items,
      error,
      onRetry: refetch,
      hasMore: hasNextPage,
      isLoadingMore: isFetchingNextPage,
      onMore: () => void fetchNextPage(),
    },
  }
}
