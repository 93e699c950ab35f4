import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '@/lib/api/client/api'
import type { immutability, immutabilityCheck, immutabilityPreview } from '@/lib/api/schemas/immutability'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import { useChange } from './use-change'

/** A policy that a person sets up. */
export interface Policy {
  readonly mode: ImmutabilityMode
  readonly exemptTags: readonly string[]
}

/** The policy of a repository and what it protects. */
export function immutabilityQuery(repositoryId: string) {
  return queryOptions({
    queryKey: ['immutability', repositoryId, 'policy'],
    queryFn: ({ signal }) => api.get<typeof immutability>(`/repositories/${repositoryId}/immutability`, { signal }),
  })
}

/** The address of a preview, below `/api/v1`. */
function previewPath(repositoryId: string, { mode, exemptTags }: Policy): string {
  const query = new URLSearchParams({ mode })
  for (const pattern of exemptTags.length === 0 ? [''] : exemptTags) query.append('exemptTag', pattern)
  return `/repositories/${repositoryId}/immutability/preview?${query}`
}

/** What a policy would do to a repository. Read afresh whenever it is shown: pushes go on meanwhile. */
export function previewQuery(repositoryId: string, policy: Policy) {
  return queryOptions({
    queryKey: ['immutability', repositoryId, 'preview', policy],
    queryFn: ({ signal }) => api.get<typeof immutabilityPreview>(previewPath(repositoryId, policy), { signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}

/** What a push would get. */
export type PushCheck = z.infer<typeof immutabilityCheck>

/** Asks what a push of a tag would get now. */
export function useCheckPush(repositoryId: string) {
  return useChange({
    mutationFn: (push: { tag: string; digest?: string | undefined }) =>
      api.post<typeof immutabilityCheck>(`/repositories/${repositoryId}/immutability/check`, push),
  })
}
