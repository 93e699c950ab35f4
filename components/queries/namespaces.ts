import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import { pageSizeMax } from '@/lib/api/schemas/limits'
import type { namespace, namespacePage, NamespaceView } from '@/lib/api/schemas/namespaces'

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

/** Every namespace of an instance, for a list to choose from: all pages, one after the other. */
export function allNamespacesQuery(instanceId: string) {
  return queryOptions({
    queryKey: ['namespaces', 'all', instanceId],
    queryFn: async ({ signal }) => {
      const all: NamespaceView[] = []
      let cursor: string | undefined
      do {
        const path = withQuery(`/instances/${instanceId}/namespaces`, { pageSize: pageSizeMax, cursor })
        const page = await api.get<typeof namespacePage>(path, { signal })
        all.push(...page.items)
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      return all
    },
  })
}

/** One namespace and its version. */
export function namespaceQuery(namespaceId: string) {
  return queryOptions({
    queryKey: ['namespaces', 'one', namespaceId],
    queryFn: ({ signal }) => api.getVersioned<typeof namespace>(`/namespaces/${namespaceId}`, { signal }),
  })
}
