import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { repository, repositoryPage, RepositoryView } from '@/lib/api/schemas/repositories'
import { findListed } from './listed'

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
