import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { immutabilityCheck } from '@/lib/api/schemas/immutability'
import type { movedTag, tagHistory } from '@/lib/api/schemas/tag-history'
import { pageSizes } from '../ui/use-list-parameters'
import { useInvalidate } from './invalidate'
import { tagPath } from './tags'
import { useChange } from './use-change'

/** The page of a history that a list of it begins with. */
export const firstHistoryPage = { pageSize: pageSizes[0], cursor: undefined }

/** A page of the history of a tag, refused pushes included. Fails with NOT_FOUND for a name that never was a tag. */
export function tagHistoryQuery(
  repositoryId: string,
  tag: string,
  parameters: { pageSize: number; cursor: string | undefined },
) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'history', tag, parameters],
    queryFn: ({ signal }) => {
      const path = withQuery(`${tagPath(repositoryId, tag)}/history`, { ...parameters, withRefusals: 'true' })
      return api.get<typeof tagHistory>(path, { signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** Whether the policy of a repository would let a tag point at a digest now. */
export function immutabilityCheckQuery(repositoryId: string, tag: string, digest: string) {
  return queryOptions({
    queryKey: ['immutability-check', repositoryId, tag, digest],
    queryFn: ({ signal }) =>
      api.post<typeof immutabilityCheck>(
        `/repositories/${repositoryId}/immutability/check`,
        { tag, digest },
        { signal },
      ),
    staleTime: 0,
    gcTime: 0,
  })
}

interface RestoreTag {
  digest: string
  reason?: string
  /** The digest that the person saw the tag at; null: no tag. */
  from: string | null
}

/** Points a tag at an earlier digest. Fails with PRECONDITION_FAILED when the tag has moved meanwhile. */
export function useRestoreTag(repositoryId: string, tag: string) {
  return useChange({
    mutationFn: ({ digest, reason, from }: RestoreTag) =>
      api.post<typeof movedTag>(
        `${tagPath(repositoryId, tag)}/restore`,
        { digest, reason },
        {
          ...(from !== null && { ifMatch: `"${from}"` }),
        },
      ),
    onSuccess: useInvalidate(['tags', repositoryId], ['repositories'], ['tag-events']),
  })
}

interface CopyTag {
  /** The repository that gets the copy, and its name there. */
  repositoryId: string
  name: string
  digest: string
}

/** Copies what a tag of the repository `sourceId` points at. */
export function useCopyTag(sourceId: string) {
  return useChange({
    mutationFn: ({ repositoryId, name, digest }: CopyTag) => {
      const body = { name, source: { repositoryId: sourceId, digest } }
      return api.post<typeof movedTag>(`/repositories/${repositoryId}/tags`, body)
    },
    onSuccess: useInvalidate(['tags'], ['repositories'], ['tag-events']),
  })
}
