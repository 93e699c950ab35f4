import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type {
  TagView,
  deletedTag,
  deletedTags,
  tagPage,
  tagWithEffect,
  untaggedManifestPage,
} from '@/lib/api/schemas/tags'
import { useInvalidate } from './invalidate'
import { findListed } from './listed'
import { useChange } from './use-change'

/** Which tags a list shows, in which order. */
export interface TagListParameters {
  search: string
  protection?: string
  kind?: string
  /** Left out or empty: without. */
  withTechnical?: string
  sort: string
  pageSize: number
  cursor: string | undefined
  page?: number | undefined
}

/** Reads a page of a repository's tags. */
export function readTags(repositoryId: string, parameters: TagListParameters, signal?: AbortSignal) {
  const withTechnical = parameters.withTechnical ? 'true' : 'false'
  const path = withQuery(`/repositories/${repositoryId}/tags`, { ...parameters, withTechnical })
  return api.get<typeof tagPage>(path, signal && { signal })
}

/** A page of a repository's tags. */
export function tagsQuery(repositoryId: string, parameters: TagListParameters) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'list', parameters],
    queryFn: ({ signal }) => readTags(repositoryId, parameters, signal),
    placeholderData: keepPreviousData,
  })
}

/** A page of the manifests of a repository that nothing reaches. */
export function untaggedQuery(repositoryId: string, parameters: { pageSize: number; cursor: string | undefined }) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'list', 'untagged', parameters],
    queryFn: ({ signal }) =>
      api.get<typeof untaggedManifestPage>(withQuery(`/repositories/${repositoryId}/untagged-manifests`, parameters), {
        signal,
      }),
    placeholderData: keepPreviousData,
  })
}

/** One tag with what its deletion frees, and its version. */
export function tagQuery(repositoryId: string, name: string) {
  return queryOptions({
    queryKey: ['tags', repositoryId, 'one', name],
    queryFn: ({ signal }) => api.getVersioned<typeof tagWithEffect>(tagPath(repositoryId, name), { signal }),
  })
}

/** The same for its page: what a list has of the tag is shown until it is read, without a version. */
export function useTag(repositoryId: string | undefined, name: string) {
  const queryClient = useQueryClient()
  return useQuery({
    ...tagQuery(repositoryId ?? '', name),
    enabled: repositoryId !== undefined,
    placeholderData: () => {
      const listed = findListed<TagView>(queryClient, ['tags', repositoryId, 'list'], (row) => row.name === name)
      return listed && { ...listed, data: { ...listed.data, ifDeleted: null } }
    },
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
  return useChange({
    mutationFn: ({ name, etag, reason }: DeleteTag) =>
      api.deleteFor<typeof deletedTag>(withQuery(tagPath(repositoryId, name), { reason }), { ifMatch: etag }),
    onSuccess: useInvalidate(['tags', repositoryId, 'list'], ['repositories']),
  })
}

/** Most names of one request, and how many tags a page of the list has while all that match are read. */
const batch = 100

/** All names that match the filters of a list, read page by page. */
async function namesMatching(repositoryId: string, parameters: TagListParameters): Promise<string[]> {
  const names: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = await readTags(repositoryId, { ...parameters, sort: 'name', pageSize: batch, page: undefined, cursor })
    names.push(...page.items.map(({ name }) => name))
    if (page.nextCursor === null) return names
    cursor = page.nextCursor
  }
}

/** Tags to delete: those with these names, or all that match the filters of a list. */
export type ChosenTags = { readonly names: readonly string[] } | { readonly matching: TagListParameters }

/** Deletes tags, some at a time; returns how many were deleted, and how many were left out because they are protected. */
export function useDeleteTags(repositoryId: string) {
  return useChange({
    mutationFn: async ({ chosen, reason }: { chosen: ChosenTags; reason?: string }) => {
      const names = 'names' in chosen ? chosen.names : await namesMatching(repositoryId, chosen.matching)
      const done = { deletedCount: 0, protectedCount: 0 }
      for (let at = 0; at < names.length; at += batch) {
        const body = { names: names.slice(at, at + batch), ...(reason !== undefined && { reason }) }
        const answer = await api.post<typeof deletedTags>(`/repositories/${repositoryId}/tag-deletions`, body)
        done.deletedCount += answer.deletedCount
        done.protectedCount += answer.protectedTags.length
      }
      return done
    },
    // Also after a failure: what was deleted until then is gone.
    onSettled: useInvalidate(['tags', repositoryId, 'list'], ['repositories']),
  })
}

/** The path of a tag below `/api/v1`. */
export function tagPath(repositoryId: string, name: string): string {
  return `/repositories/${repositoryId}/tags/${encodeURIComponent(name)}`
}
