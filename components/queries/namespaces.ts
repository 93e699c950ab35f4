import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { namespace, namespacePage } from '@/lib/api/schemas/namespaces'

interface NamespaceListParameters {
  search: string
  pageSize: number
  cursor: string | undefined
}

/** A page of an instance's namespaces. */
export function namespacesQuery(instanceId: string, parameters: NamespaceListParameters) {
  return queryOptions({
    queryKey: ['namespaces', 'list', instanceId, parameters],
    queryFn: ({ signal }) =>
      api.get<typeof namespacePage>(withQuery(`/instances/${instanceId}/namespaces`, { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/** One namespace and its version. */
export function namespaceQuery(namespaceId: string) {
  return queryOptions({
    queryKey: ['namespaces', 'one', namespaceId],
    queryFn: ({ signal }) => api.getVersioned<typeof namespace>(`/namespaces/${namespaceId}`, { signal }),
  })
}
