import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import { pageSizeMax } from '@/lib/api/schemas/limits'
import type {
  namespace,
  namespacePage,
  NamespaceView,
  createNamespaceBody,
  updateNamespaceBody,
} from '@/lib/api/schemas/namespaces'
import { useInvalidate } from './invalidate'
import { readOffered } from './offered'
import { showSaved, withSaved } from './saved'
import { useChange } from './use-change'

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

/** One namespace and its version. */
export function namespaceQuery(namespaceId: string) {
  return queryOptions({
    queryKey: ['namespaces', 'one', namespaceId],
    queryFn: ({ signal }) => api.getVersioned<typeof namespace>(`/namespaces/${namespaceId}`, { signal }),
  })
}

/** How the keys begin of the lists of namespaces, and of the instances, which count them. */
const listing = [['namespaces', 'list'], ['namespaces', 'all'], ['instances']] as const

/** Makes a namespace. Fails with ALREADY_EXISTS when the instance has one of that name. */
export function useCreateNamespace(instanceId: string) {
  return useChange({
    mutationFn: (body: z.input<typeof createNamespaceBody>) =>
      api.post<typeof namespace>(`/instances/${instanceId}/namespaces`, body),
    onSuccess: useInvalidate(...listing),
  })
}

/** Changes a namespace. Fails with PRECONDITION_FAILED when the version is no longer that of `etag`. */
export function useUpdateNamespace(namespaceId: string) {
  const queryClient = useQueryClient()
  return useChange({
    mutationFn: ({ body, etag }: { body: z.input<typeof updateNamespaceBody>; etag: string }) =>
      api.patch<typeof namespace>(`/namespaces/${namespaceId}`, body, { ifMatch: etag }),
    onSuccess: (saved) => {
      const { queryKey } = allNamespacesQuery(saved.data.instanceId)
      queryClient.setQueryData(queryKey, (all) => all && withSaved(all, saved.data))
      return Promise.all([
        showSaved(queryClient, saved, { one: namespaceQuery(namespaceId).queryKey, lists: ['namespaces', 'list'] }),
        queryClient.invalidateQueries({ queryKey }),
      ])
    },
  })
}

/** Deletes a namespace. Fails with NOT_EMPTY while it has repositories. */
export function useDeleteNamespace(namespaceId: string) {
  return useChange({
    mutationFn: (etag: string) => api.delete(`/namespaces/${namespaceId}`, { ifMatch: etag }),
    onSuccess: useInvalidate(...listing),
  })
}
