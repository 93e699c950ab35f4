import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client/api'
import type { regionList } from '@/lib/api/schemas/regions'

/** All regions, with how many instances each holds. */
export function regionsQuery() {
  return queryOptions({
    queryKey: ['regions'],
    queryFn: ({ signal }) => api.get<typeof regionList>('/regions', { signal }),
  })
}
