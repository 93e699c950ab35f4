import { useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/lib/api/client/api'
import type { namespace, createNamespaceBody, updateNamespaceBody } from '@/lib/api/schemas/namespaces'
import { useInvalidate } from './invalidate'
import { namespaceQuery } from './namespaces'
import { showSaved } from './saved'
import { useChange } from './use-change'

/** How the keys begin of the lists of namespaces, and of the instances, which count them. */
const listing = [['namespaces', 'list'], ['instances']] as const

/** Makes a namespace. Fails with ALREADY_EXISTS when the instance has one of that name. */
export function useCreateNamespace(instanceId: string) {
  return useChange({
    mutationFn: (body: z.input<typeof createNamespaceBody>) =>
      api.post<typeof namespace>(`/instances/${instanceId}/namespaces`, body),
    onSuccess: useInvalidate(...listing),
  })
}

/** Changes a namespace. Fails with PRECONDITION_FAILED when the version is no longer that of `etag`. */
export function useUpdateNamespace(namespaceId: string) {
  const queryClient = useQueryClient()
  return useChange({
    mutationFn: ({ body, etag }: { body: z.input<typeof updateNamespaceBody>; etag: string }) =>
      api.patch<typeof namespace>(`/namespaces/${namespaceId}`, body, { ifMatch: etag }),
    onSuccess: (saved) =>
      showSaved(queryClient, saved, { one: namespaceQuery(namespaceId).queryKey, lists: ['namespaces', 'list'] }),
  })
}

/** Deletes a namespace. Fails with NOT_EMPTY while it has repositories. */
export function useDeleteNamespace(namespaceId: string) {
  return useChange({
    mutationFn: (etag: string) => api.delete(`/namespaces/${namespaceId}`, { ifMatch: etag }),
    onSuccess: useInvalidate(...listing),
  })
}
