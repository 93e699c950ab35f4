import type { Query, QueryClient, QueryKey } from '@tanstack/react-query'
import type { Versioned } from '@/lib/api/client/api'

interface Identified {
  readonly id: string
}

interface Places {
  /** The key of the object itself. */
  one?: QueryKey
  /** How the keys of the lists begin that may hold it. */
  lists: QueryKey
  /** Whether the change may have moved the object in a list, or taken it out of one. */
  mayMove?: (query: Query) => boolean
}

/**
 * Shows an object as a change has left it, wherever it was read before, and asks for nothing that the answer contains.
 *
 * Lists are marked stale: they are read again when they are next shown. One that is on screen is read again at once
 * only if the change `mayMove` the object in it.
 */
export function showSaved<T extends Identified>(
  queryClient: QueryClient,
  saved: Versioned<T>,
  { one, lists, mayMove }: Places,
): Promise<unknown> {
  if (one) queryClient.setQueryData<Versioned<T>>(one, saved)
  queryClient.setQueriesData<{ items: readonly T[] }>(
    { queryKey: lists },
    (page) => page && { ...page, items: withSaved(page.items, saved.data) },
  )
  // A read that began before the change may answer what was before it: it begins again.
  const isReading = ({ state }: Query) => state.fetchStatus === 'fetching'
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: lists, refetchType: 'none' }),
    queryClient.invalidateQueries({
      queryKey: lists,
      predicate: (query) => isReading(query) || mayMove?.(query) === true,
    }),
    one && queryClient.invalidateQueries({ queryKey: one, predicate: isReading }),
  ])
}

/** The objects, with one of them as a change has left it. */
function withSaved<T extends Identified>(objects: readonly T[], saved: T): T[] {
  return objects.map((object) => (object.id === saved.id ? saved : object))
}
