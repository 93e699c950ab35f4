import { queryOptions, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import type {
  immutabilityChange,
  immutabilityChangePage,
  immutabilityChangePreview,
  ImmutabilityChangeView,
  createImmutabilityChangeBody,
} from '@/lib/api/schemas/immutability-changes'
import { useChange } from './use-change'

/** What to change, of which repositories. */
export type ChangeRequest = z.input<typeof createImmutabilityChangeBody>

/** How often a change that runs is asked how far it is, in milliseconds. */
const pollMs = 1_000

/** What a change would do. Read afresh whenever it is shown: pushes go on meanwhile. */
export function changePreviewQuery(instanceId: string, request: ChangeRequest) {
  return queryOptions({
    queryKey: ['immutability-changes', instanceId, 'preview', request],
    queryFn: () =>
      api.post<typeof immutabilityChangePreview>(`/instances/${instanceId}/immutability-changes/preview`, request),
    staleTime: 0,
    gcTime: 0,
  })
}

/** The newest change of an instance that the reader may follow, or null. */
export function newestChangeQuery(instanceId: string) {
  return queryOptions({
    queryKey: ['immutability-changes', instanceId, 'newest'],
    queryFn: async ({ signal }) => {
      const path = withQuery(`/instances/${instanceId}/immutability-changes`, { pageSize: 1 })
      return (await api.get<typeof immutabilityChangePage>(path, { signal })).items[0] ?? null
    },
  })
}

/** A change. While it runs, it is asked for again and again. */
export function changeQuery(id: string) {
  return queryOptions({
    queryKey: ['immutability-changes', id],
    queryFn: ({ signal }) => api.get<typeof immutabilityChange>(`/immutability-changes/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'RUNNING' ? pollMs : false),
  })
}

/** Starts a change. Fails with ALREADY_RUNNING while another one of the instance runs. */
export function useStartChange(instanceId: string) {
  const queryClient = useQueryClient()
  return useChange({
    mutationFn: (request: ChangeRequest) =>
      api.post<typeof immutabilityChange>(`/instances/${instanceId}/immutability-changes`, request),
    onSuccess: (change: ImmutabilityChangeView) => {
      queryClient.setQueryData(changeQuery(change.id).queryKey, change)
    },
  })
}
