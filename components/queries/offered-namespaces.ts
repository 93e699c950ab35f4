import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { namespacePage, NamespaceView } from '@/lib/api/schemas/namespaces'
import { readOffered } from './offered'

/** The first namespaces of an instance, by name, that the reader may see, and whether there may be more of them. */
export function visibleNamespacesQuery(instanceId: string, search: string) {
  return offeredNamespacesQuery(instanceId, search, 'visible')
}

/** The same of those that the reader may manage. */
export function managedNamespacesQuery(instanceId: string, search: string) {
  return offeredNamespacesQuery(instanceId, search, 'managed')
}

/** A namespace in a list to choose from. */
export function namespaceOption({ id, name }: Pick<NamespaceView, 'id' | 'name'>) {
  return { value: id, label: name, icon: 'namespaces' as const }
}

function offeredNamespacesQuery(instanceId: string, search: string, which: 'visible' | 'managed') {
  return queryOptions({
    queryKey: ['namespaces', 'list', instanceId, 'offered', which, search],
    queryFn: ({ signal }) =>
      readOffered(
        (page) =>
          api.get<typeof namespacePage>(withQuery(`/instances/${instanceId}/namespaces`, { search, ...page }), {
            signal,
          }),
        ({ access }) => which === 'visible' || access === 'MANAGE',
      ),
    placeholderData: keepPreviousData,
  })
}
