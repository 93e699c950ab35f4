import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client/api'
import type { figures } from '@/lib/api/schemas/figures'

/** The figures of an instance for the last days. Refused with DENIED who may not pull from all of it. */
export function figuresQuery(instanceId: string, days: number) {
  return queryOptions({
    queryKey: ['figures', instanceId, days],
    queryFn: ({ signal }) => api.get<typeof figures>(`/instances/${instanceId}/figures?days=${days}`, { signal }),
    placeholderData: keepPreviousData,
  })
}
