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

/**
 * The same of those in which a push of the reader makes repositories. `name`: at most the one of that name; empty: any.
 */
export function pushableNamespacesQuery(instanceId: string, name: string) {
  return offeredNamespacesQuery(instanceId, name, 'pushable')
}

/** A namespace in a list to choose from. */
export function namespaceOption({ id, name }: Pick<NamespaceView, 'id' | 'name'>) {
  return { value: id, label: name, icon: 'namespaces' as const }
}

/** Whether a namespace is one of those, where a text is searched for. */
const choices = {
  visible: () => true,
  managed: ({ access }: NamespaceView) => access === 'MANAGE',
  pushable: ({ access, autoCreateRepository, name }: NamespaceView, search: string) =>
    autoCreateRepository && (access === 'PUSH' || access === 'MANAGE') && (search === '' || name === search),
}

function offeredNamespacesQuery(instanceId: string, search: string, which: keyof typeof choices) {
  return queryOptions({
    queryKey: ['namespaces', 'list', instanceId, 'offered', which, search],
    queryFn: ({ signal }) =>
      readOffered(
        (page) =>
          api.get<typeof namespacePage>(withQuery(`/instances/${instanceId}/namespaces`, { search, ...page }), {
            signal,
          }),
        (namespace) => choices[which](namespace, search),
      ),
    placeholderData: keepPreviousData,
  })
}
