import { useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/lib/api/client/api'
import { isApiError } from '@/lib/api/client/api-error'
import type { instance, createInstanceBody, updateInstanceBody } from '@/lib/api/schemas/instances'
import { instanceQuery } from './instances'
import { useInvalidate } from './invalidate'
import { showSaved } from './saved'
import { useChange } from './use-change'

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
