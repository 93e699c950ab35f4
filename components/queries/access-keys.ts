import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api/client/api'
import type { accessKey, accessKeyPage, accessKeyWithSecret } from '@/lib/api/schemas/access-keys'
import { useInvalidate } from './invalidate'
import { showSaved } from './saved'
import { useChange } from './use-change'

/** One's own access keys: all of them are on one page. */
export const accessKeysQuery = queryOptions({
  queryKey: ['access-keys'],
  queryFn: ({ signal }) => api.get<typeof accessKeyPage>('/access-keys', { signal }),
})

/** Makes an access key. Fails with LIMIT_REACHED when there are two. */
export function useCreateAccessKey() {
  return useChange({
    mutationFn: () => api.post<typeof accessKeyWithSecret>('/access-keys', {}),
    onSuccess: useInvalidate(accessKeysQuery.queryKey),
    // The answer holds the secret: it is not kept once it is no longer shown.
    gcTime: 0,
  })
}

/** Disables or enables an access key. */
export function useSetAccessKeyDisabled() {
  const queryClient = useQueryClient()
  return useChange({
    mutationFn: ({ id, isDisabled }: { id: string; isDisabled: boolean }) =>
      api.patch<typeof accessKey>(`/access-keys/${id}`, { isDisabled }, {}),
    onSuccess: (saved) => showSaved(queryClient, saved, { lists: accessKeysQuery.queryKey }),
  })
}

/** Deletes an access key. */
export function useDeleteAccessKey() {
  return useChange({
    mutationFn: (id: string) => api.delete(`/access-keys/${id}`),
    onSuccess: useInvalidate(accessKeysQuery.queryKey),
  })
}
