import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { Versioned } from '@/lib/api/client/api'

/**
 * An object as a list had it that was read last, to be shown until the object itself has been read. Undefined: no list
 * had it. Its `etag` is empty: nothing can be changed by it.
 */
export function findListed<T>(
  queryClient: QueryClient,
  lists: QueryKey,
  isWanted: (row: T) => boolean,
): Versioned<T> | undefined {
  const pages = queryClient.getQueryCache().findAll({ queryKey: lists })
  for (const { state } of pages.sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)) {
    const row = (state.data as { items?: readonly T[] } | undefined)?.items?.find(isWanted)
    if (row !== undefined) return { data: row, etag: '' }
  }
  return undefined
}
