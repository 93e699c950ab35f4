import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import type {
  repository,
  repositoryPage,
  RepositoryView,
  UpdateRepositoryBody,
  createRepositoryBody,
} from '@/lib/api/schemas/repositories'
import { useInvalidate } from './invalidate'
import { findListed } from './listed'
import { readOffered } from './offered'
import { showSaved } from './saved'
import { useChange } from './use-change'

interface RepositoryListParameters {
  search: string
  namespace: string
  type: string
  immutabilityMode: string
  sort: string
  pageSize: number
  cursor: string | undefined
  page: number | undefined
}

/** A page of an instance's repositories. */
export function repositoriesQuery(instanceId: string, parameters: RepositoryListParameters) {
  return queryOptions({
    queryKey: ['repositories', 'list', instanceId, parameters],
    queryFn: ({ signal }) =>
      api.get<typeof repositoryPage>(withQuery(`/instances/${instanceId}/repositories`, { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/**
 * The first repositories of an instance, by name, that the reader may manage, and whether there may be more of them.
 */
export function managedRepositoriesQuery(instanceId: string, search: string) {
  return offeredRepositoriesQuery(instanceId, search, ['MANAGE'])
}

/** The same of those that the reader may push to. */
export function pushableRepositoriesQuery(instanceId: string, search: string) {
  return offeredRepositoriesQuery(instanceId, search, ['PUSH', 'MANAGE'])
}

function offeredRepositoriesQuery(instanceId: string, search: string, allowed: readonly RepositoryView['access'][]) {
  return queryOptions({
    queryKey: ['repositories', 'list', instanceId, 'offered', allowed, search],
    queryFn: ({ signal }) =>
      readOffered(
        (page) =>
          api.get<typeof repositoryPage>(
            withQuery(`/instances/${instanceId}/repositories`, { search, sort: 'name', ...page }),
            { signal },
          ),
        ({ access }) => allowed.includes(access),
      ),
    placeholderData: keepPreviousData,
  })
}

/** One repository and its version, by the name that stands in the address of its page. Fails with NOT_FOUND. */
export function repositoryQuery(instanceId: string, namespace: string, name: string) {
  return queryOptions({
    queryKey: ['repositories', 'one', instanceId, namespace, name],
    queryFn: ({ signal }) => {
      const path = withQuery(`/instances/${instanceId}/repositories/by-name`, { path: `${namespace}/${name}` })
      return api.getVersioned<typeof repository>(path, { signal })
    },
  })
}

/** The same for its pages: what a list has of the repository is shown until it is read, without a version. */
export function useRepository(instanceId: string, namespace: string, name: string) {
  const queryClient = useQueryClient()
  return useQuery({
    ...repositoryQuery(instanceId, namespace, name),
    placeholderData: () =>
      findListed<RepositoryView>(
        queryClient,
        ['repositories', 'list', instanceId],
        (row) => row.namespace === namespace && row.name === name,
      ),
  })
}

/** Makes a repository. Fails with ALREADY_EXISTS when its namespace has one of that name. */
export function useCreateRepository(instanceId: string) {
  return useChange({
    mutationFn: (body: z.input<typeof createRepositoryBody>) =>
      api.post<typeof repository>(`/instances/${instanceId}/repositories`, body),
    onSuccess: useInvalidate(['repositories'], ['namespaces'], ['instances']),
  })
}

/** Changes a repository's settings. Fails with PRECONDITION_FAILED when the version is no longer that of `etag`. */
export function useUpdateRepository(repositoryId: string) {
  const queryClient = useQueryClient()
  return useChange({
    mutationFn: ({ body, etag }: { body: UpdateRepositoryBody; etag: string }) =>
      api.patch<typeof repository>(`/repositories/${repositoryId}`, body, { ifMatch: etag }),
    onSuccess: (saved, { body }) => {
      const { instanceId, namespace, name } = saved.data
      // Whether a tag is protected comes with the tag. What was read before must not be shown, however shortly.
      if (body.tagImmutability !== undefined || body.immutability !== undefined) {
        queryClient.removeQueries({ queryKey: ['tags', repositoryId], type: 'inactive' })
      }
      return Promise.all([
        showSaved(queryClient, saved, {
          one: repositoryQuery(instanceId, namespace, name).queryKey,
          lists: ['repositories', 'list'],
          mayMove: () => true,
        }),
        queryClient.invalidateQueries({ queryKey: ['tags', repositoryId] }),
        // Read again when it is next shown: the dialog that saved is about to close.
        queryClient.invalidateQueries({ queryKey: ['immutability', repositoryId], refetchType: 'none' }),
      ])
    },
  })
}

interface DeleteRepository {
  etag: string
  /** `<namespace>/<name>` typed out: deletes the repository although it has immutable tags. */
  force?: string
  /** Required with `force`. */
  reason?: string
}

/**
 * Deletes a repository with all its tags. Fails with REPOSITORY_PROTECTED while it has immutable tags, unless forced.
 *
 * What was read of the repository is left in place until its page is gone: asking again would answer "not found".
 */
export function useDeleteRepository(repositoryId: string) {
  return useChange({
    mutationFn: ({ etag, ...query }: DeleteRepository) =>
      api.delete(withQuery(`/repositories/${repositoryId}`, query), { ifMatch: etag }),
    onSuccess: useInvalidate(['repositories', 'list'], ['namespaces'], ['instances']),
  })
}
