import { keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import { deletedTag, tagPage, tagWithEffect, untaggedManifestPage } from '@/lib/api/schemas/tags'
import { useInvalidate } from './invalidate'

interface TagListParameters {
  search: string
  sort: string
  pageSize: number
  cursor: string | undefined
}

/** A page of a repository's tags. */
export function tagsQuery(repositoryId: string, parameters: TagListParameters) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'list', parameters],
    queryFn: ({ signal }) =>
      api.get(withQuery(`/repositories/${repositoryId}/tags`, { ...parameters }), tagPage, { signal }),
    placeholderData: keepPreviousData,
  })
}

/** A page of the manifests of a repository that nothing reaches. */
export function untaggedQuery(repositoryId: string, parameters: { pageSize: number; cursor: string | undefined }) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'list', 'untagged', parameters],
    queryFn: ({ signal }) =>
      api.get(withQuery(`/repositories/${repositoryId}/untagged-manifests`, parameters), untaggedManifestPage, {
        signal,
      }),
    placeholderData: keepPreviousData,
  })
}

/** One tag with what its deletion frees, and its version. */
export function tagQuery(repositoryId: string, name: string) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'one', name],
    queryFn: ({ signal }) => api.getVersioned(tagPath(repositoryId, name), tagWithEffect, { signal }),
  })
}

interface DeleteTag {
  name: string
  etag: string
  /** Why; required for a protected tag. */
  reason?: string
}

/**
 * Deletes a tag; returns what garbage collection frees then. Fails with TAG_UNDELETABLE when it is protected and no
 * reason is given.
 */
export function useDeleteTag(repositoryId: string) {
  return useMutation({
    mutationFn: ({ name, etag, reason }: DeleteTag) =>
      api.deleteFor(withQuery(tagPath(repositoryId, name), { reason }), deletedTag, { ifMatch: etag }),
    onSuccess: useInvalidate(['tags', repositoryId, 'list'], ['repositories']),
  })
}

/** The path of a tag below `/api/v1`. */
export function tagPath(repositoryId: string, name: string): string {
  return `/repositories/${repositoryId}/tags/${encodeURIComponent(name)}`
}
