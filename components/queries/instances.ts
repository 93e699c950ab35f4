import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client/api'
import type { InstanceView, instance, instancePage } from '@/lib/api/schemas/instances'
import { findListed } from './listed'

interface InstanceListParameters {
  regionId: string
  search: string
  pageSize: number
  cursor: string | undefined
}

/** A page of a region's instances. */
export function instancesQuery(parameters: InstanceListParameters) {
  return queryOptions({
    queryKey: ['instances', 'list', parameters],
    queryFn: ({ signal }) => api.get<typeof instancePage>(withQuery('/instances', { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
  })
}

/** One instance and its version. */
export function instanceQuery(instanceId: string) {
  return queryOptions({
    queryKey: ['instances', 'one', instanceId],
    queryFn: ({ signal }) => api.getVersioned<typeof instance>(`/instances/${instanceId}`, { signal }),
  })
}

/** The same for its pages: what a list has of the instance is shown until it is read, without a version. */
export function useInstance(instanceId: string) {
  const queryClient = useQueryClient()
  return useQuery({
    ...instanceQuery(instanceId),
    placeholderData: () => findListed<InstanceView>(queryClient, ['instances', 'list'], ({ id }) => id === instanceId),
  })
}
