import { useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/lib/api/client/api'
import type { grant, createGrantBody, updateGrantBody } from '@/lib/api/schemas/grants'
import { useUserId } from '../user-context'
import { grantQuery } from './grants'
import type { GrantListParameters } from './grants'
import { useInvalidate } from './invalidate'
import { showSaved } from './saved'
import { useChange } from './use-change'

/** How the keys begin of what says what its reader may do there. */
const accessible = [['instances'], ['namespaces'], ['repositories']] as const

/** And of the lists of grants and the users, whose grants are counted. */
const granted = [['grants', 'list'], ['users'], ...accessible] as const

/** Creates a grant. Fails with ALREADY_EXISTS when the user or robot already has a grant on the same scope. */
export function useCreateGrant() {
  return useChange({
    mutationFn: (body: z.input<typeof createGrantBody>) => api.post<typeof grant>('/grants', body),
    onSuccess: useInvalidate(...granted),
  })
}

/** Changes what a grant allows. Fails with PRECONDITION_FAILED when the version is no longer that of `etag`. */
export function useUpdateGrant(grantId: string) {
  const queryClient = useQueryClient()
  const ownId = useUserId()
  const refreshAccess = useInvalidate(...accessible)
  return useChange({
    mutationFn: ({ body, etag }: { body: Partial<z.input<typeof updateGrantBody>>; etag: string }) =>
      api.patch<typeof grant>(`/grants/${grantId}`, body, { ifMatch: etag }),
    onSuccess: (saved) =>
      Promise.all([
        showSaved(queryClient, saved, {
          one: grantQuery(grantId).queryKey,
          lists: ['grants', 'list'],
          mayMove: ({ queryKey: [, , parameters] }) => Boolean((parameters as GrantListParameters).permission),
        }),
        saved.data.subject.id === ownId && refreshAccess(),
      ]),
  })
}

/** Revokes a grant. */
export function useDeleteGrant(grantId: string) {
  return useChange({ mutationFn: () => api.delete(`/grants/${grantId}`), onSuccess: useInvalidate(...granted) })
}
