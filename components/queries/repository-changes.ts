import { useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import type { repository, UpdateRepositoryBody, createRepositoryBody } from '@/lib/api/schemas/repositories'
import { useInvalidate } from './invalidate'
import { repositoryQuery } from './repositories'
import { showSaved } from './saved'
import { useChange } from './use-change'

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
