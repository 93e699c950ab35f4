import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query'
import type { QueryKey } from '@tanstack/react-query'
import type { z } from 'zod'
import { api, withQuery } from '@/lib/api/client/api'
import type {
  garbageCollection,
  garbageCollectionPage,
  plannedManifestPage,
  scrub,
  scrubPage,
  createGarbageCollectionBody,
} from '@/lib/api/schemas/maintenance'
import { pageSizes } from '../ui/use-list-parameters'
import { useChange } from './use-change'

/** A run of garbage collection. */
export type GarbageCollection = z.infer<typeof garbageCollection>

/** A run of the scrub. */
export type Scrub = z.infer<typeof scrub>

/** A run of either. */
export type Run = GarbageCollection | Scrub

/** How often a run that goes on is asked how far it is, in milliseconds: as often as the server writes it down. */
const pollMs = 1_000

/** Which page of a list of runs. */
export interface RunListParameters {
  pageSize: number
  cursor: string | undefined
}

/** The page with the newest runs: the one that goes on is among them. */
export const newestRuns: RunListParameters = { pageSize: pageSizes[0], cursor: undefined }

/** A page of such a list. */
export interface RunPage<T extends Run = Run> {
  items: T[]
  nextCursor: string | null
  previousCursor: string | null
  totalCount: number
}

/** A page of the runs of garbage collection, the newest first. While one runs, it is asked for again and again. */
export function garbageCollectionsQuery(parameters: RunListParameters) {
  return queryOptions({
    queryKey: ['garbage-collections', parameters],
    queryFn: ({ signal }) =>
      api.get<typeof garbageCollectionPage>(withQuery('/garbage-collections', { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => whileOneRuns(state.data),
  })
}

/** The first manifests that a dry run would have removed. */
export function plannedManifestsQuery(runId: string) {
  return queryOptions({
    queryKey: ['garbage-collections', runId, 'manifests'],
    queryFn: ({ signal }) => api.get<typeof plannedManifestPage>(`/garbage-collections/${runId}/manifests`, { signal }),
  })
}

/** A page of the runs of the scrub, the newest first. While one runs, it is asked for again and again. */
export function scrubsQuery(parameters: RunListParameters) {
  return queryOptions({
    queryKey: ['scrubs', parameters],
    queryFn: ({ signal }) => api.get<typeof scrubPage>(withQuery('/scrubs', { ...parameters }), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => whileOneRuns(state.data),
  })
}

function whileOneRuns(page: RunPage | undefined): number | false {
  return page?.items.some(({ state }) => state === 'RUNNING') ? pollMs : false
}

/** Starts a garbage collection. Fails with ALREADY_RUNNING while one runs. */
export function useStartGarbageCollection() {
  const show = useShowStarted(['garbage-collections'], garbageCollectionsQuery(newestRuns).queryKey)
  return useChange({
    mutationFn: (body: z.input<typeof createGarbageCollectionBody>) =>
      api.post<typeof garbageCollection>('/garbage-collections', body),
    onSettled: show,
  })
}

/** Starts a scrub. Fails with ALREADY_RUNNING while one runs. */
export function useStartScrub() {
  const show = useShowStarted(['scrubs'], scrubsQuery(newestRuns).queryKey)
  return useChange({
    mutationFn: () => api.post<typeof scrub>('/scrubs', {}),
    onSettled: show,
  })
}

/**
 * Puts a run that was started at the head of the newest ones, so that it is seen running however short it is; then all
 * lists are read again. After a refusal too: somebody else's run may be the reason.
 */
function useShowStarted(all: QueryKey, newest: QueryKey) {
  const queryClient = useQueryClient()
  return (started: Run | undefined) => {
    if (started) {
      queryClient.setQueryData<RunPage>(
        newest,
        (page) =>
          page && {
            ...page,
            items: [started, ...page.items.filter(({ id }) => id !== started.id)].slice(0, newestRuns.pageSize),
            totalCount: page.totalCount + 1,
          },
      )
    }
    return queryClient.invalidateQueries({ queryKey: all })
  }
}
