import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/api/client/api'
import type { instanceSpace, repositorySpace } from '@/lib/api/schemas/space'

/** How often numbers that are being counted are asked for again, in milliseconds. */
const againMs = 2000

/** The room that an instance takes, by namespace and repository. */
export function instanceSpaceQuery(instanceId: string) {
  return queryOptions({
    queryKey: ['space', 'instance', instanceId],
    queryFn: ({ signal }) => api.get<typeof instanceSpace>(`/instances/${instanceId}/space`, { signal }),
    refetchInterval: ({ state }) => (state.data?.isCounting === true ? againMs : false),
  })
}

/** Counts the room of an instance again. */
export function countInstanceSpace(instanceId: string) {
  return api.get<typeof instanceSpace>(`/instances/${instanceId}/space?fresh=true`)
}

/** The room that a repository takes. */
export function repositorySpaceQuery(repositoryId: string) {
  return queryOptions({
    queryKey: ['space', 'repository', repositoryId],
    queryFn: ({ signal }) => api.get<typeof repositorySpace>(`/repositories/${repositoryId}/space`, { signal }),
    refetchInterval: ({ state }) => (state.data?.isCounting === true ? againMs : false),
  })
}
