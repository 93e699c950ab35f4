import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { searchResult } from '@/lib/api/schemas/search'

/** What is found for a text, at most `limit` of each kind. A search for a text that nobody waits for any more ends. */
export function searchQuery(text: string, limit: number) {
  return queryOptions({
    queryKey: ['search', text, limit],
    queryFn: ({ signal }) => api.get<typeof searchResult>(withQuery('/search', { q: text, limit }), { signal }),
    placeholderData: keepPreviousData,
    enabled: text !== '',
  })
}
