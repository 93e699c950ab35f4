import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { repositoryPage, RepositoryView } from '@/lib/api/schemas/repositories'
import { readOffered } from './offered'

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
