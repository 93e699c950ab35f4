import { queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import { pageSizeMax } from '@/lib/api/schemas/limits'
import type { credentials, temporaryTokenPage, temporaryTokenWithSecret } from '@/lib/api/schemas/credentials'
import { useInvalidate } from './invalidate'
import { useChange } from './use-change'

function base(instanceId: string) {
  return `/instances/${instanceId}/credentials`
}

/** What one logs on to an instance's registry with. */
export function credentialsQuery(instanceId: string) {
  return queryOptions({
    queryKey: ['credentials', instanceId],
    queryFn: ({ signal }) => api.get<typeof credentials>(base(instanceId), { signal }),
  })
}

/** One's newest temporary tokens of an instance: no more than half of them can be in force. */
export function temporaryTokensQuery(instanceId: string) {
  return queryOptions({
    queryKey: ['temporary-tokens', instanceId],
    queryFn: ({ signal }) =>
      api.get<typeof temporaryTokenPage>(withQuery(`${base(instanceId)}/temporary-token`, { pageSize: pageSizeMax }), {
        signal,
      }),
  })
}

/** Sets one's registry password of an instance. */
export function useSetPassword(instanceId: string) {
  return useChange({
    mutationFn: (password: string) => api.put(`${base(instanceId)}/password`, { password }),
    onSuccess: useInvalidate(['credentials', instanceId]),
    // The password is typed once and kept nowhere.
    gcTime: 0,
  })
}

/** Takes one's registry password of an instance away. */
export function useRemovePassword(instanceId: string) {
  return useChange({
    mutationFn: () => api.delete(`${base(instanceId)}/password`),
    onSuccess: useInvalidate(['credentials', instanceId]),
  })
}

/** Makes a temporary token for some hours. Fails with LIMIT_REACHED when 50 are in force. */
export function useCreateTemporaryToken(instanceId: string) {
  return useChange({
    mutationFn: (hours: number) =>
      api.post<typeof temporaryTokenWithSecret>(`${base(instanceId)}/temporary-token`, { hours }),
    onSuccess: useInvalidate(['temporary-tokens', instanceId]),
    // The answer holds the token: it is not kept once it is no longer shown.
    gcTime: 0,
  })
}

/** Revokes a temporary token. */
export function useRevokeTemporaryToken(instanceId: string) {
  return useChange({
    mutationFn: (id: string) => api.delete(`${base(instanceId)}/temporary-token/${id}`),
    onSuccess: useInvalidate(['temporary-tokens', instanceId]),
  })
}
