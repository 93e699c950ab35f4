import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import { isApiError } from '@/lib/api/client/api-error'
import type {
  InstanceView,
  instance,
  instancePage,
  createInstanceBody,
  updateInstanceBody,
} from '@/lib/api/schemas/instances'
import { useInvalidate } from './invalidate'
import { findListed } from './listed'
import { showSaved } from './saved'
import { useChange } from './use-change'

interface InstanceListParameters {
  regionId: string
  search: string
  pageSize: number
  cursor: string | undefined
}

/** A page of a region's instances. */
export function instancesQuery(parameters: InstanceListParameters) {
  return queryOptions({
    queryKey: ['instances', 'list', parameters],
    queryFn: ({ signal }) => api.get<typeof instancePage>(withQuery('/instances', { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/** One instance and its version. */
export function instanceQuery(instanceId: string) {
  return queryOptions({
    queryKey: ['instances', 'one', instanceId],
    queryFn: ({ signal }) => api.getVersioned<typeof instance>(`/instances/${instanceId}`, { signal }),
  })
}

/** The same for its pages: what a list has of the instance is shown until it is read, without a version. */
export function useInstance(instanceId: string) {
  const queryClient = useQueryClient()
  return useQuery({
    ...instanceQuery(instanceId),
    placeholderData: () => findListed<InstanceView>(queryClient, ['instances', 'list'], ({ id }) => id === instanceId),
  })
}

/** Makes an instance. Fails with ALREADY_EXISTS when its region has one of that name. */
export function useCreateInstance() {
  return useChange({
    mutationFn: (body: z.input<typeof createInstanceBody>) => api.post<typeof instance>('/instances', body),
    onSuccess: useInvalidate(['instances'], ['regions']),
  })
}

/**
 * Changes an instance. Fails with PRECONDITION_FAILED, and reads it again, when the version is no longer that of
 * `etag`.
 */
export function useUpdateInstance(instanceId: string) {
  const queryClient = useQueryClient()
  // What holds the instance's name, or its host, which has the name in it.
  const refreshNamed = useInvalidate(['credentials'], ['robots'], ['grants'])
  return useChange({
    mutationFn: ({ body, etag }: { body: z.input<typeof updateInstanceBody>; etag: string }) =>
      api.patch<typeof instance>(`/instances/${instanceId}`, body, { ifMatch: etag }),
    onSuccess: (saved, { body }) => {
      const isRenamed = body.name !== undefined
      return Promise.all([
        showSaved(queryClient, saved, {
          one: instanceQuery(instanceId).queryKey,
          lists: ['instances', 'list'],
          mayMove: () => isRenamed,
        }),
        isRenamed && refreshNamed(),
      ])
    },
    onError: (error) =>
      isApiError(error, 'PRECONDITION_FAILED')
        ? queryClient.invalidateQueries({ queryKey: instanceQuery(instanceId).queryKey })
        : undefined,
  })
}

/** Deletes an instance. Fails with NOT_EMPTY while it has namespaces. */
export function useDeleteInstance(instanceId: string) {
  return useChange({
    mutationFn: (etag: string) => api.delete(`/instances/${instanceId}`, { ifMatch: etag }),
    onSuccess: useInvalidate(['instances', 'list'], ['regions']),
  })
}
